// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Propagation of the contents of small integer tensors through ops that move elements or make them.

#include "dialects/dsc/Dsc.h"
#include "dialects/dsc/DscDetail.h"
#include "dialects/dsc/HostTensor.h"

using namespace mlir;
using namespace dsc::detail;

namespace dsc {
namespace {

ArrayRef<int64_t> shapeOf(Value tensor) { return cast<RankedTensorType>(tensor.getType()).getShape(); }

/// The number of elements of a result that may be tracked; 0 if none.
int64_t trackedCount(Value tensor) {
  auto type = cast<RankedTensorType>(tensor.getType());
  bool isSmall = type.hasStaticShape() && type.getNumElements() <= ShapeContext::maxTrackedElements;
  return isSmall ? type.getNumElements() : 0;
}

/// The same elements in the same order.
void copyValues(ShapeContext &shapes, Value from, Value to) {
  if (std::optional<Dims> values = shapes.getValues(from))
    shapes.setValues(to, *values);
}

/// The product of the sizes in [begin, end).
int64_t sizeOf(ArrayRef<int64_t> shape, int64_t begin, int64_t end) {
  int64_t size = 1;
  for (int64_t i = begin; i < end; ++i)
    size *= shape[i];
  return size;
}

/// The coordinates of a row-major position.
SmallVector<int64_t> delinearize(int64_t position, ArrayRef<int64_t> shape) {
  SmallVector<int64_t> coordinates(shape.size());
  for (size_t i = shape.size(); i-- > 0;) {
    coordinates[i] = position % shape[i];
    position /= shape[i];
  }
  return coordinates;
}

int64_t linearize(ArrayRef<int64_t> coordinates, ArrayRef<int64_t> shape) {
  int64_t position = 0;
  for (auto [coordinate, size] : llvm::zip(coordinates, shape))
    position = position * size + coordinate;
  return position;
}

} // namespace

void ReshapeOp::inferValues(ShapeContext &shapes) { copyValues(shapes, getInput(), getOutput()); }
void SqueezeOp::inferValues(ShapeContext &shapes) { copyValues(shapes, getInput(), getOutput()); }
void UnsqueezeOp::inferValues(ShapeContext &shapes) { copyValues(shapes, getInput(), getOutput()); }
void ConstantOp::inferValues(ShapeContext &) {}
void DimValuesOp::inferValues(ShapeContext &) {}

void ShapeOp::inferValues(ShapeContext &shapes) {
  Dims dims = getDims(getInput());
  shapes.setValues(getOutput(), ArrayRef(dims).slice(getStart(), getEnd() - getStart()));
}

void TransposeOp::inferValues(ShapeContext &shapes) {
  std::optional<Dims> values = shapes.getValues(getInput());
  if (!values)
    return;
  Dims result;
  ArrayRef<int64_t> to = shapeOf(getOutput()), from = shapeOf(getInput());
  for (int64_t i = 0, count = trackedCount(getOutput()); i < count; ++i) {
    SmallVector<int64_t> target = delinearize(i, to), source(target.size());
    for (auto [dim, axis] : llvm::enumerate(getPermutation()))
      source[axis] = target[dim];
    result.push_back((*values)[linearize(source, from)]);
  }
  shapes.setValues(getOutput(), result);
}

void ConcatOp::inferValues(ShapeContext &shapes) {
  // An input may have sizes that depend on the run where another one makes those of the output static.
  auto isStatic = [](Value input) { return cast<RankedTensorType>(input.getType()).hasStaticShape(); };
  if (!trackedCount(getOutput()) || !llvm::all_of(getInputs(), isStatic))
    return;
  ArrayRef<int64_t> shape = shapeOf(getOutput());
  int64_t axis = getAxis(), outer = sizeOf(shape, 0, axis);
  Dims result;
  for (int64_t row = 0; row < outer; ++row)
    for (Value input : getInputs()) {
      int64_t inner = sizeOf(shapeOf(input), axis, shape.size());
      Dims values = shapes.getValues(input).value_or(Dims(outer * inner));
      result.append(values.begin() + row * inner, values.begin() + (row + 1) * inner);
    }
  shapes.setValues(getOutput(), result);
}

void GatherOp::inferValues(ShapeContext &shapes) {
  std::optional<Dims> values = shapes.getValues(getInput()), indices = shapes.getValues(getIndices());
  if (!values || !indices || !trackedCount(getOutput()))
    return;
  ArrayRef<int64_t> shape = shapeOf(getInput());
  int64_t axis = getAxis(), outer = sizeOf(shape, 0, axis), inner = sizeOf(shape, axis + 1, shape.size());
  Dims result;
  for (int64_t row = 0; row < outer; ++row)
    for (AffineExpr index : *indices) {
      std::optional<int64_t> position = getConstantDim(index);
      if (position && *position < 0)
        *position += shape[axis];
      bool isKnown = position && *position >= 0 && *position < shape[axis];
      for (int64_t i = 0; i < inner; ++i)
        result.push_back(isKnown ? (*values)[(row * shape[axis] + *position) * inner + i] : AffineExpr());
    }
  shapes.setValues(getOutput(), result);
}

/// The clamped constant start and the constant step of every dimension; nothing if one is unknown.
static bool getBox(SliceOp op, const ShapeContext &shapes, SmallVectorImpl<int64_t> &starts,
                   SmallVectorImpl<int64_t> &steps) {
  ArrayRef<int64_t> shape = shapeOf(op.getInput());
  size_t count = op.getAxes().size();
  starts.assign(shape.size(), 0);
  steps.assign(shape.size(), 1);
  Dims startValues = valuesOf(&shapes, op.getStarts(), count), stepValues = valuesOf(&shapes, op.getSteps(), count);
  for (auto [i, axis] : llvm::enumerate(op.getAxes())) {
    std::optional<int64_t> start = getConstantDim(startValues[i]), step = getConstantDim(stepValues[i]);
    if (!start || !step)
      return false;
    int64_t position = *start < 0 ? std::max<int64_t>(*start, -shape[axis]) + shape[axis] : *start;
    starts[axis] = std::min<int64_t>(position, *step < 0 ? shape[axis] - 1 : shape[axis]);
    steps[axis] = *step;
  }
  return true;
}

void SliceOp::inferValues(ShapeContext &shapes) {
  std::optional<Dims> values = shapes.getValues(getInput());
  SmallVector<int64_t> starts, steps;
  if (!values || !trackedCount(getOutput()) || !getBox(*this, shapes, starts, steps))
    return;
  Dims result;
  ArrayRef<int64_t> to = shapeOf(getOutput()), from = shapeOf(getInput());
  for (int64_t i = 0, count = trackedCount(getOutput()); i < count; ++i) {
    SmallVector<int64_t> coordinates = delinearize(i, to);
    for (size_t dim = 0; dim < coordinates.size(); ++dim)
      coordinates[dim] = starts[dim] + coordinates[dim] * steps[dim];
    int64_t position = linearize(coordinates, from);
    bool isInside = position >= 0 && position < static_cast<int64_t>(values->size());
    result.push_back(isInside ? (*values)[position] : AffineExpr());
  }
  shapes.setValues(getOutput(), result);
}

void ConstantOfShapeOp::inferValues(ShapeContext &shapes) {
  int64_t count = trackedCount(getOutput());
  std::optional<HostTensor> value = HostTensor::read(getValue());
  if (count && value && value->getCount() == 1 && !value->isFloat())
    shapes.setValues(getOutput(), Dims(count, constantDim(*this, value->getInt(0))));
}

void RangeOp::inferValues(ShapeContext &shapes) {
  Dims start = valuesOf(&shapes, getStart(), 1), delta = valuesOf(&shapes, getDelta(), 1);
  Dims result;
  for (int64_t i = 0, count = trackedCount(getOutput()); i < count; ++i)
    result.push_back(addDims(start[0], mulDims(delta[0], constantDim(*this, i))));
  shapes.setValues(getOutput(), result);
}

void ReduceOp::inferValues(ShapeContext &shapes) {
  std::optional<Dims> values = shapes.getValues(getInput());
  bool adds = getKind() == ReduceKind::Sum, multiplies = getKind() == ReduceKind::Prod;
  if (!values || !(adds || multiplies) || trackedCount(getOutput()) != 1)
    return;
  AffineExpr result = constantDim(*this, multiplies);
  for (AffineExpr value : *values)
    result = adds ? addDims(result, value) : mulDims(result, value);
  shapes.setValues(getOutput(), result);
}

} // namespace dsc
