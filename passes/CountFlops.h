// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The work of a group's products: for profiles and predictions.

#ifndef DSC_PASSES_COUNTFLOPS_H
#define DSC_PASSES_COUNTFLOPS_H

#include "dialects/dsc/Dsc.h"

namespace dsc {

/// Calls `visit` with each product, convolution and attention of the group and its multiply-adds; null where a size is not
/// known.
void forEachProduct(GroupOp group, llvm::function_ref<void(mlir::Operation *, mlir::AffineExpr)> visit);

/// The multiplications and additions of the group's float products, convolutions and attention. What is done
/// once per element is not counted. Null if the group has none of these ops, or a size is not known.
mlir::AffineExpr countFlops(GroupOp group);

} // namespace dsc

#endif // DSC_PASSES_COUNTFLOPS_H
