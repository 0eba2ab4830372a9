// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Sizes that are operands known only at run time: what the run computes from them, and how it checks them.

#ifndef DSC_COMPILER_IMPORT_RUNTIMESIZES_H
#define DSC_COMPILER_IMPORT_RUNTIMESIZES_H

#include "compiler/import/NodeReader.h"

namespace dsc::onnx_import {

/// What is known of each element of a vector; null where nothing is.
Dims getKnownSizes(NodeReader &n, mlir::Value sizes);
/// Whether each element of a vector is known as a constant or an expression of symbols.
bool areSizesKnown(NodeReader &n, mlir::Value sizes);

/// Has the run check that a vector it computes is what inference took for sizes.
void checkSizes(NodeReader &n, mlir::Value computed, llvm::ArrayRef<mlir::AffineExpr> taken);

/// The shape operand of a reshape of `x` without -1 and, unless 0 is a size, without 0.
mlir::Value resolveShape(NodeReader &n, mlir::Value x, mlir::Value shape, bool allowZero);

} // namespace dsc::onnx_import

#endif // DSC_COMPILER_IMPORT_RUNTIMESIZES_H
