// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The equalities of sizes that ops rely on without a proof.

#ifndef DSC_DIALECTS_DSC_ASSUMEDSIZES_H
#define DSC_DIALECTS_DSC_ASSUMEDSIZES_H

#include "mlir/IR/AffineExpr.h"
#include "mlir/IR/Operation.h"

namespace dsc {

using AssumedSize = std::pair<mlir::AffineExpr, mlir::AffineExpr>;

/// The pairs of different expressions that a valid op takes to be the same size.
llvm::SmallVector<AssumedSize> getAssumedSizes(mlir::Operation *op);

} // namespace dsc

#endif // DSC_DIALECTS_DSC_ASSUMEDSIZES_H
