// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Helpers shared by inference and verifiers of the dsc dialect; not for clients.

#ifndef DSC_DIALECTS_DSC_DSCDETAIL_H
#define DSC_DIALECTS_DSC_DSCDETAIL_H

#include "mlir/IR/Operation.h"
#include "mlir/IR/BuiltinTypes.h"

namespace dsc::detail {

/// The result type of an op of two broadcasting operands: the element type of the first.
llvm::LogicalResult inferBroadcast(mlir::Operation *op, llvm::SmallVectorImpl<mlir::Type> &results);
/// The same with element type i1.
llvm::LogicalResult inferCompare(mlir::Operation *op, llvm::SmallVectorImpl<mlir::Type> &results);
/// Constraints c1 to c3 of an op of two broadcasting operands.
llvm::LogicalResult verifyBroadcast(mlir::Operation *op);
/// The axis is inside the rank.
llvm::LogicalResult verifyAxis(mlir::Operation *op, int64_t axis, mlir::Type tensor);

} // namespace dsc::detail

#endif // DSC_DIALECTS_DSC_DSCDETAIL_H
