// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Shapes and verifiers of elementwise ops that broadcast or change the element type.

#include "dialects/dsc/Dsc.h"
#include "dialects/dsc/DscDetail.h"

using namespace mlir;
using namespace dsc::detail;

namespace dsc {
namespace detail {

/// The broadcast sizes of all operands from `first` on.
static LogicalResult broadcastOperands(Operation *op, Dims &dims) {
  dims = getDims(op->getOperand(0));
  for (Value operand : llvm::drop_begin(op->getOperands()))
    if (failed(broadcastInto(op, dims, getDims(operand))))
      return failure();
  return success();
}

LogicalResult inferBroadcast(Operation *op, SmallVectorImpl<Type> &results) {
  Dims dims;
  if (failed(broadcastOperands(op, dims)))
    return failure();
  return appendType(op, dims, elementType(op->getOperand(0)), results);
}

LogicalResult inferCompare(Operation *op, SmallVectorImpl<Type> &results) {
  Dims dims;
  if (failed(broadcastOperands(op, dims)))
    return failure();
  return appendType(op, dims, IntegerType::get(op->getContext(), 1), results);
}

LogicalResult verifyBroadcast(Operation *op) {
  Dims dims;
  if (failed(broadcastOperands(op, dims))) // add_c1
    return failure();
  Type element = elementType(op->getOperand(0));
  if (!isa<PowOp>(op) && failed(checkElementType(op, "rhs", op->getOperand(1), element))) // add_c2
    return failure();
  bool compares = isa<EqualOp, LessOp, LessEqualOp, GreaterOp, GreaterEqualOp>(op);
  return checkResult(op, 0, dims, compares ? IntegerType::get(op->getContext(), 1) : element); // add_c3
}

LogicalResult verifyAxis(Operation *op, int64_t axis, Type tensor) {
  return checkAxis(op, axis, cast<RankedTensorType>(tensor).getRank());
}

} // namespace detail

LogicalResult WhereOp::inferResultTypes(ShapeContext &, SmallVectorImpl<Type> &results) {
  Dims dims;
  if (failed(broadcastOperands(*this, dims)))
    return failure();
  return appendType(*this, dims, elementType(getOnTrue()), results);
}

LogicalResult WhereOp::verify() {
  Dims dims;
  if (failed(broadcastOperands(*this, dims))) // where_c1
    return failure();
  if (failed(checkElementType(*this, "on_false", getOnFalse(), elementType(getOnTrue())))) // where_c2
    return failure();
  return checkResult(*this, 0, dims, elementType(getOnTrue())); // where_c3
}

LogicalResult CastOp::inferResultTypes(ShapeContext &, SmallVectorImpl<Type> &results) {
  results.push_back(withElementType(getInput().getType(), getTo()));
  return success();
}

LogicalResult CastOp::verify() {
  return checkResult(*this, 0, getDims(getInput()), getTo()); // cast_c1, cast_c2
}

} // namespace dsc
