// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Shapes and verifiers of reductions and normalisations.

#include "dialects/dsc/Dsc.h"
#include "dialects/dsc/DscDetail.h"

using namespace mlir;
using namespace dsc::detail;

namespace dsc {

//===- reductions -----------------------------------------------------------------------------------------------===//

/// The sizes without the reduced ones, or with 1 in their places.
static Dims reducedDims(Operation *op, Value input, ArrayRef<int64_t> axes, bool keepdims) {
  Dims dims;
  for (auto [i, size] : llvm::enumerate(getDims(input))) {
    if (!llvm::is_contained(axes, static_cast<int64_t>(i)))
      dims.push_back(size);
    else if (keepdims)
      dims.push_back(constantDim(op, 1));
  }
  return dims;
}

static LogicalResult inferDims(ReduceOp op, Dims &dims) {
  if (failed(checkIncreasingAxes(op, op.getAxes(), rankOf(op.getInput())))) // reduce_c1
    return failure();
  dims = reducedDims(op, op.getInput(), op.getAxes(), op.getKeepdims());
  return success();
}

LogicalResult ReduceOp::inferResultTypes(ShapeContext &, SmallVectorImpl<Type> &results) {
  Dims dims;
  if (failed(inferDims(*this, dims)))
    return failure();
  return appendType(*this, dims, elementType(getInput()), results);
}

LogicalResult ReduceOp::verify() {
  Dims dims;
  Type element = elementType(getInput());
  if (failed(inferDims(*this, dims)) || failed(checkResult(*this, 0, dims, element))) // reduce_c2, reduce_c3
    return failure();
  if (element.isInteger(1) && getKind() != ReduceKind::Max && getKind() != ReduceKind::Min) // reduce_c4
    return emitOpError("expected 'max' or 'min' of i1, but got '") << stringifyReduceKind(getKind()) << "'";
  return success();
}

static LogicalResult inferDims(ArgReduceOp op, Dims &dims) {
  int64_t axis = op.getAxis();
  if (failed(checkAxis(op, axis, rankOf(op.getInput())))) // arg_reduce_c1
    return failure();
  if (op.getKind() != ReduceKind::Max && op.getKind() != ReduceKind::Min) // arg_reduce_c2
    return op.emitOpError("expected the position of 'max' or 'min', but got '")
           << stringifyReduceKind(op.getKind()) << "'";
  dims = reducedDims(op, op.getInput(), axis, op.getKeepdims());
  return success();
}

LogicalResult ArgReduceOp::inferResultTypes(ShapeContext &, SmallVectorImpl<Type> &results) {
  Dims dims;
  if (failed(inferDims(*this, dims)))
    return failure();
  return appendType(*this, dims, IntegerType::get(getContext(), 64), results);
}

LogicalResult ArgReduceOp::verify() {
  Dims dims;
  if (failed(inferDims(*this, dims)))
    return failure();
  return checkResult(*this, 0, dims, IntegerType::get(getContext(), 64)); // arg_reduce_c3
}

SmallVector<int64_t> SoftmaxOp::getRowAxes() { return {static_cast<int64_t>(getAxis())}; }

//===- norms ----------------------------------------------------------------------------------------------------===//

/// The result has the input's type.
static LogicalResult checkKeepsType(Operation *op) {
  return checkResult(op, 0, getDims(op->getOperand(0)), elementType(op->getOperand(0)));
}

/// A norm over the last dimensions: axis, and a factor or summand that broadcasts into the input.
static LogicalResult checkNorm(Operation *op, int64_t axis, ArrayRef<std::pair<StringRef, Value>> operands) {
  Value input = op->getOperand(0);
  if (failed(checkAxis(op, axis, rankOf(input))))
    return failure();
  for (auto [name, operand] : operands)
    if (operand && (failed(checkBroadcastsTo(op, name, operand, getDims(input))) ||
                    failed(checkElementType(op, name, operand, elementType(input)))))
      return failure();
  return checkKeepsType(op);
}

LogicalResult LayerNormOp::verify() { // layer_norm_c1 to layer_norm_c4
  return checkNorm(*this, getAxis(), {{"scale", getScale()}, {"bias", getBias()}});
}

LogicalResult RmsNormOp::verify() { // rms_norm_c1 to rms_norm_c4
  return checkNorm(*this, getAxis(), {{"scale", getScale()}});
}

LogicalResult GroupNormOp::verify() {
  int64_t groups = getGroups();
  if (failed(checkRank(*this, "input", getInput(), 2, INT64_MAX)) || // group_norm_c1
      failed(checkMinimum(*this, "groups", groups, 1)))
    return failure();
  AffineExpr channels = getDims(getInput())[1];
  std::optional<int64_t> known = getConstantDim(channels);
  if (known && *known % groups != 0) // group_norm_c2
    return emitOpError("expected channels divisible by ") << groups << ", but got " << *known;
  for (auto [name, operand] : {std::pair<StringRef, Value>("scale", getScale()), {"bias", getBias()}})
    if (failed(checkVector(*this, name, operand, channels)) || // group_norm_c3
        failed(checkElementType(*this, name, operand, elementType(getInput())))) // group_norm_c4
      return failure();
  return checkKeepsType(*this); // group_norm_c5
}

LogicalResult BatchNormOp::verify() {
  bool channelsLast = getLayout() == Layout::Nhwc;
  if (failed(checkRank(*this, "input", getInput(), channelsLast ? 2 : 1, INT64_MAX))) // batch_norm_c1
    return failure();
  Dims dims = getDims(getInput());
  AffineExpr channels = channelsLast ? dims.back() : dims.size() > 1 ? dims[1] : constantDim(*this, 1);
  for (auto [name, operand] : {std::pair<StringRef, Value>("scale", getScale()),
                               {"bias", getBias()},
                               {"mean", getMean()},
                               {"variance", getVariance()}})
    if (failed(checkVector(*this, name, operand, channels))) // batch_norm_c2
      return failure();
  return checkKeepsType(*this); // batch_norm_c3
}

LogicalResult LrnOp::verify() {
  if (failed(checkRank(*this, "input", getInput(), 3, INT64_MAX)) || // lrn_c1
      failed(checkMinimum(*this, "size", getSize(), 1)))             // lrn_c2
    return failure();
  return checkKeepsType(*this); // lrn_c3
}

} // namespace dsc
