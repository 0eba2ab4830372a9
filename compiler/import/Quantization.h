// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What readers of quantized operators share.

#ifndef DSC_COMPILER_IMPORT_QUANTIZATION_H
#define DSC_COMPILER_IMPORT_QUANTIZATION_H

#include "compiler/import/NodeReader.h"

namespace dsc::onnx_import {

/// A scale or zero point so that it broadcasts to `x`: one number, one per index of the axis, or one per block of it.
mlir::Value alignParameter(NodeReader &n, mlir::Value value, mlir::Value x, int64_t axis, int64_t block = 0);

/// The integers as i32 without their zero point, which is one number or one per index of the axis; null is 0.
mlir::Value withoutZeroPoint(NodeReader &n, mlir::Value x, mlir::Value zeroPoint, int64_t axis);

/// The sums of products of two matrices of integers, in i32.
mlir::Value multiplyIntegers(NodeReader &n, mlir::Value lhs, mlir::Value lhsZero, mlir::Value rhs, mlir::Value rhsZero);

/// `sums * lhs * rhs` as floats. A scale is one number or one per index of its axis.
mlir::Value scaleSums(NodeReader &n, mlir::Value sums, mlir::Value lhs, int64_t lhsAxis, mlir::Value rhs,
                      int64_t rhsAxis);

} // namespace dsc::onnx_import

#endif // DSC_COMPILER_IMPORT_QUANTIZATION_H
