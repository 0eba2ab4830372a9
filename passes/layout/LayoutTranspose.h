// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Moving channels between dimension 1 and the last one: permutations, types and transposes.

#ifndef DSC_PASSES_LAYOUT_LAYOUTTRANSPOSE_H
#define DSC_PASSES_LAYOUT_LAYOUTTRANSPOSE_H

#include "dialects/dsc/Dsc.h"

namespace dsc {

/// [0, 2, ..., rank-1, 1]: from NCHW to NHWC.
llvm::SmallVector<int64_t> getToNhwc(int64_t rank);
/// [0, rank-1, 1, ..., rank-2]: from NHWC to NCHW.
llvm::SmallVector<int64_t> getToNchw(int64_t rank);
/// Where dimension `axis` of an NCHW tensor is in NHWC.
int64_t mapAxisToNhwc(int64_t axis, int64_t rank);

/// The type with its dimensions permuted as by `dsc.transpose`.
mlir::RankedTensorType permuteType(mlir::Type type, llvm::ArrayRef<int64_t> permutation);

mlir::Value makeTranspose(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value value,
                          llvm::ArrayRef<int64_t> permutation);

/// The NHWC tensor behind a transpose to NCHW of rank 3 or more; null for any other value.
mlir::Value getNhwcSource(mlir::Value value);
/// Whether some user transposes the value to NHWC.
bool isWantedInNhwc(mlir::Value value);
/// Whether the permutation only moves dimensions of size 1, so that the bytes stay where they are.
bool keepsBytes(mlir::RankedTensorType type, llvm::ArrayRef<int64_t> permutation);

/// Patterns that move transposes to NCHW from the operands of an op behind the op.
void addSinkElementwisePatterns(mlir::RewritePatternSet &patterns);
void addSinkAxisPatterns(mlir::RewritePatternSet &patterns);
/// Patterns that cancel transposes and turn those that keep bytes into reshapes.
void addCancelTransposePatterns(mlir::RewritePatternSet &patterns);

} // namespace dsc

#endif // DSC_PASSES_LAYOUT_LAYOUTTRANSPOSE_H
