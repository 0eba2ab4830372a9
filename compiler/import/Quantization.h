// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What readers of quantized operators share.

#ifndef DSC_COMPILER_IMPORT_QUANTIZATION_H
#define DSC_COMPILER_IMPORT_QUANTIZATION_H

#include "compiler/import/NodeReader.h"

namespace dsc::onnx_import {

/// A scale or zero point so that it broadcasts to `x`: one number, one per index of the axis, or one per block of it.
mlir::Value alignParameter(NodeReader &n, mlir::Value value, mlir::Value x, int64_t axis, int64_t block = 0);

/// An operand of a contraction with its parameters: one number, or one per row (left) or column (right). Scale and zero
/// point may be null.
struct Factor {
  mlir::Value values, scale, zeroPoint;
};

/// The product of two matrices of integers: real numbers if there are scales, else the sums in i32. The attributes are
/// those of `dsc.qmatmul`.
mlir::Value multiplyIntegers(NodeReader &n, const Factor &lhs, const Factor &rhs,
                             llvm::ArrayRef<mlir::NamedAttribute> attributes = {});

} // namespace dsc::onnx_import

#endif // DSC_COMPILER_IMPORT_QUANTIZATION_H
