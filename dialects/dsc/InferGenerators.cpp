// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Shapes and verifiers of ops whose result size comes from contents: shape, constant_of_shape, range, and constants.

#include "dialects/dsc/Dsc.h"
#include "dialects/dsc/DscDetail.h"
#include "dialects/dsc/HostTensor.h"

#include <cmath>

using namespace mlir;
using namespace dsc::detail;

namespace dsc {

LogicalResult ConstantOp::inferResultTypes(ShapeContext &, SmallVectorImpl<Type> &results) {
  results.push_back(getValue().getType());
  return success();
}

LogicalResult DimValuesOp::inferResultTypes(ShapeContext &, SmallVectorImpl<Type> &results) {
  auto type = dyn_cast<RankedTensorType>(getOutput().getType());
  int64_t count = getValues().getSizes().size();
  results.push_back(type ? type : RankedTensorType::get({count}, IntegerType::get(getContext(), 64)));
  return success();
}

LogicalResult DimValuesOp::verify() {
  int64_t count = getValues().getSizes().size();
  if (failed(checkRank(*this, "output", getOutput(), 0, 1))) // dim_values_c1
    return failure();
  AffineExpr size = productOfDims(getDims(getOutput()), getContext());
  return checkSize(*this, "a number of elements", size, constantDim(*this, count)); // dim_values_c1
}

//===- shape ----------------------------------------------------------------------------------------------------===//

static LogicalResult checkShape(ShapeOp op) {
  int64_t start = op.getStart(), end = op.getEnd(), rank = rankOf(op.getInput());
  if (start >= 0 && start <= end && end <= rank) // shape_c1
    return success();
  return op.emitOpError("expected 0 <= start <= end <= ") << rank << ", but got " << start << " and " << end;
}

LogicalResult ShapeOp::inferResultTypes(ShapeContext &, SmallVectorImpl<Type> &results) {
  if (failed(checkShape(*this)))
    return failure();
  int64_t count = getEnd() - getStart();
  return appendType(*this, {constantDim(*this, count)}, IntegerType::get(getContext(), 64), results);
}

LogicalResult ShapeOp::verify() {
  if (failed(checkShape(*this)))
    return failure();
  int64_t count = getEnd() - getStart();
  return checkResult(*this, 0, {constantDim(*this, count)}, IntegerType::get(getContext(), 64)); // shape_c2
}

//===- constant_of_shape ----------------------------------------------------------------------------------------===//

LogicalResult ConstantOfShapeOp::inferResultTypes(ShapeContext &shapes, SmallVectorImpl<Type> &results) {
  FailureOr<int64_t> rank = rankFromOperand(*this, "shape", getShape());
  if (failed(rank))
    return failure();
  Dims dims;
  for (int64_t i = 0; i < *rank; ++i) {
    FailureOr<AffineExpr> size = sizeFromOperand(*this, shapes, getShape(), i, i, "shape"); // constant_of_shape_c3
    if (failed(size))
      return failure();
    dims.push_back(*size);
  }
  return appendType(*this, dims, getValue().getElementType(), results);
}

LogicalResult ConstantOfShapeOp::verify() {
  if (getValue().getNumElements() != 1) // constant_of_shape_c1
    return emitOpError("expected one element in 'value', but got ") << getValue().getNumElements();
  int64_t rank = rankOf(getOutput());
  if (failed(checkVector(*this, "shape", getShape(), constantDim(*this, rank)))) // constant_of_shape_c2
    return failure();
  return checkResult(*this, 0, Dims(rank), getValue().getElementType()); // constant_of_shape_c1
}

//===- range ----------------------------------------------------------------------------------------------------===//

static LogicalResult checkRange(RangeOp op) {
  for (auto [name, operand] :
       {std::pair<StringRef, Value>("start", op.getStart()), {"limit", op.getLimit()}, {"delta", op.getDelta()}})
    if (failed(checkOneElement(op, name, operand)) || // range_c1
        failed(checkElementType(op, name, operand, elementType(op.getStart())))) // range_c2
      return failure();
  return success();
}

/// The number in a constant scalar.
static std::optional<double> constantNumber(Value scalar) {
  auto constant = scalar.getDefiningOp<ConstantOp>();
  std::optional<HostTensor> tensor;
  if (constant)
    tensor = HostTensor::read(constant.getValue());
  return tensor && tensor->getCount() == 1 ? std::optional<double>(tensor->getNumber(0)) : std::nullopt;
}

/// The size of a range of constants that are no integers; nothing if one is not constant.
static FailureOr<AffineExpr> fractionalRange(RangeOp op) {
  std::optional<double> start = constantNumber(op.getStart()), limit = constantNumber(op.getLimit());
  std::optional<double> delta = constantNumber(op.getDelta());
  if (!start || !limit || !delta)
    return AffineExpr();
  double count = std::ceil((*limit - *start) / *delta);
  if (!(std::abs(count) < 0x1p48)) // range_c4
    return op.emitOpError("expected a range of at most 2^48 elements");
  return constantDim(op, std::max<int64_t>(0, static_cast<int64_t>(count)));
}

/// ceil((limit - start) / delta), not negative, or null if something is not known.
static FailureOr<AffineExpr> rangeSize(RangeOp op, ShapeContext &shapes) {
  AffineExpr start = valuesOf(&shapes, op.getStart(), 1)[0], limit = valuesOf(&shapes, op.getLimit(), 1)[0];
  AffineExpr delta = valuesOf(&shapes, op.getDelta(), 1)[0];
  std::optional<int64_t> step = getConstantDim(delta);
  if (step && *step == 0) // range_c4
    return op.emitOpError("expected a 'delta' other than 0, but got 0");
  Type element = elementType(op.getLimit());
  bool isReadable = element.isSignlessInteger(32) || element.isSignlessInteger(64);
  if (start && delta && !limit && isReadable && !priorDim(op, shapes, 0, 0)) {
    OpBuilder builder(op);
    limit = shapes.readDim(builder, op.getLoc(), op.getLimit(), 0, "limit", INT32_MIN, INT32_MAX);
  }
  if (!start || !limit || !step)
    return fractionalRange(op);
  AffineExpr size = ceilDivDims(subDims(limit, start), delta);
  if (size && shapes.getRange(size).second < 0)
    return constantDim(op, 0);
  return size;
}

LogicalResult RangeOp::inferResultTypes(ShapeContext &shapes, SmallVectorImpl<Type> &results) {
  if (failed(checkRange(*this)))
    return failure();
  FailureOr<AffineExpr> size = rangeSize(*this, shapes);
  if (succeeded(size) && !*size)
    size = requirePriorDim(*this, shapes, 0, "start, limit and delta");
  if (failed(size))
    return failure();
  return appendType(*this, *size, elementType(getStart()), results);
}

LogicalResult RangeOp::verify() {
  if (failed(checkRange(*this)))
    return failure();
  return checkResult(*this, 0, Dims(1), elementType(getStart())); // range_c2, range_c3
}

} // namespace dsc
