// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Axes that are an operand known only at run time, where the declared shapes leave few possibilities.

#ifndef DSC_COMPILER_IMPORT_RUNTIMEAXES_H
#define DSC_COMPILER_IMPORT_RUNTIMEAXES_H

#include "compiler/import/NodeReader.h"

namespace dsc::onnx_import {

/// Computes `body` for each candidate set of sorted axes and takes the one that `axes` (a vector) names at run time. A
/// single candidate is checked by the run instead.
mlir::Value selectByAxes(NodeReader &n, mlir::Value axes, int64_t rank, llvm::ArrayRef<Ints> candidates,
                         llvm::function_ref<mlir::Value(const Ints &)> body);

/// The sets of `count` dimensions of `value` whose reduction gives the declared sizes. None if they are not static.
llvm::SmallVector<Ints> findReducedAxes(NodeReader &n, mlir::Value value, int64_t count, bool keepDims);

/// A vector of `size` elements that are `filler`, but `values` at the (run-time) positions `axes`.
mlir::Value placeAtAxes(NodeReader &n, mlir::Value axes, mlir::Value values, int64_t size, int64_t filler);

} // namespace dsc::onnx_import

#endif // DSC_COMPILER_IMPORT_RUNTIMEAXES_H
