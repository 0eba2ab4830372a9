// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Packs rows of activations into panels of columns in scratch, for products with a transposed right operand.

#ifndef DSC_PASSES_KERNEL_CPU_PANELTRANSPOSE_H
#define DSC_PASSES_KERNEL_CPU_PANELTRANSPOSE_H

#include "passes/kernel/IndexMath.h"

namespace dsc {

/// panel[to + k*32 + c] = source[from + c*rowStride + k] for k < depth and c < columns (at most 32), 0 for the other
/// columns. f32, flat memrefs.
void transposeIntoPanel(IndexMath m, mlir::Value source, mlir::Value from, mlir::Value rowStride,
                        mlir::Value columns, mlir::Value depth, mlir::Value panel, mlir::Value to);

} // namespace dsc

#endif // DSC_PASSES_KERNEL_CPU_PANELTRANSPOSE_H
