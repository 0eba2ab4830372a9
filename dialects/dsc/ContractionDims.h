// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Sizes of matrix products and convolutions, for the ops on numbers and the ops on integers; not for clients.

#ifndef DSC_DIALECTS_DSC_CONTRACTIONDIMS_H
#define DSC_DIALECTS_DSC_CONTRACTIONDIMS_H

#include "dialects/dsc/Dsc.h"
#include "dialects/dsc/DscDetail.h"

namespace dsc::detail {

/// The sizes of the result of a product, from its operands, attributes and packing; an error names what is wrong.
llvm::FailureOr<Dims> inferMatmulDims(MatmulOp op);
llvm::FailureOr<Dims> inferMatmulDims(QMatmulOp op);

/// The sizes of the result of a convolution. The bias is not looked at.
llvm::FailureOr<Dims> inferConvDims(ConvOp op);
llvm::FailureOr<Dims> inferConvDims(QConvOp op);

/// Counts and signs of the attributes of a sliding window.
llvm::LogicalResult checkWindow(mlir::Operation *op, int64_t spatial, llvm::ArrayRef<int64_t> strides,
                                llvm::ArrayRef<int64_t> pads, llvm::ArrayRef<int64_t> dilations, int64_t group);
/// The group count divides a size.
llvm::LogicalResult checkDivides(mlir::Operation *op, llvm::StringRef what, mlir::AffineExpr size, int64_t group);

} // namespace dsc::detail

#endif // DSC_DIALECTS_DSC_CONTRACTIONDIMS_H
