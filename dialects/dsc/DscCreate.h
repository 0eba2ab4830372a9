// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Building dsc ops whose result types are inferred.

#ifndef DSC_DIALECTS_DSC_DSCCREATE_H
#define DSC_DIALECTS_DSC_DSCCREATE_H

#include "dialects/dsc/DscShape.h"

namespace dsc {

/// Builds the op named `name`, infers and sets its result types and verifies it. A null operand is an absent optional
/// one. `numResults` is the number of results, optional ones included. Returns null, and leaves no op behind, after a
/// diagnostic at `loc`. The sizes in `shapes.declareResults` hold for this op only.
mlir::Operation *createInferredOp(mlir::OpBuilder &builder, mlir::Location loc, llvm::StringRef name,
                                  ShapeContext &shapes, mlir::ValueRange operands,
                                  llvm::ArrayRef<mlir::NamedAttribute> attributes, unsigned numResults);

/// The same for an op class: `createInferred<dsc::AddOp>(builder, loc, shapes, {lhs, rhs})`.
template <class Op>
Op createInferred(mlir::OpBuilder &builder, mlir::Location loc, ShapeContext &shapes, mlir::ValueRange operands,
                  llvm::ArrayRef<mlir::NamedAttribute> attributes = {}, unsigned numResults = 1) {
  return llvm::cast_or_null<Op>(
      createInferredOp(builder, loc, Op::getOperationName(), shapes, operands, attributes, numResults));
}

} // namespace dsc

#endif // DSC_DIALECTS_DSC_DSCCREATE_H
