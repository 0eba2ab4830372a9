// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Shape and verifier of slice: where positions are symbolic, clamping is decided by the symbols' ranges.

#include "dialects/dsc/Dsc.h"
#include "dialects/dsc/DscDetail.h"

using namespace mlir;
using namespace dsc::detail;

namespace dsc {
namespace {

/// Computes the size of one sliced dimension.
///
/// numpy clamps positions to the dimension. Where ranges do not decide it, these rules hold:
///  * a position of unknown sign is not negative;
///  * a constant position behind a symbolic size is the smaller of both;
///  * a size that may be negative is at least zero;
///  * a symbolic end in a static dimension: it lies inside. If it is one symbol of the caller plus a constant, the
///    symbol's range is narrowed, so that the run refuses what lies outside;
///  * any other position lies inside. Kernels clamp what they read.
class SlicedDim {
public:
  SlicedDim(SliceOp op, ShapeContext &shapes, AffineExpr size, int64_t step)
      : op(op), shapes(shapes), size(size), step(step) {}

  /// The size between two positions; null if it overflows.
  AffineExpr compute(AffineExpr start, AffineExpr end) {
    AffineExpr zero = constantDim(op, 0), last = subDims(size, constantDim(op, 1));
    AffineExpr from, to;
    if (step > 0) {
      from = clamp(start, zero, size, /*isUpper=*/false);
      to = clamp(end, zero, size, /*isUpper=*/true);
    } else {
      from = clamp(start, zero, last, /*isUpper=*/true);
      to = clamp(end, constantDim(op, -1), last, /*isUpper=*/false);
    }
    AffineExpr length = step > 0 ? subDims(to, from) : subDims(from, to);
    if (length != size)
      length = shapes.getLarger(length, zero);
    return ceilDivDims(length, constantDim(op, std::abs(step)));
  }

private:
  /// The position as a non-negative one within [low, high]. The upper of both positions may lie below, and the lower one
  /// above: the size is zero then.
  AffineExpr clamp(AffineExpr position, AffineExpr low, AffineExpr high, bool isUpper) {
    std::optional<int64_t> known = getConstantDim(position);
    if (known && *known >= INT32_MAX) // exporters' spelling of "to the end"
      return high;
    if (known && *known <= INT32_MIN)
      return low;
    if (shapes.getRange(position).second < 0) {
      position = addDims(position, size);
      known = getConstantDim(position);
      if (!isUpper)
        position = shapes.getLarger(position, low);
    }
    if (shapes.getRange(subDims(position, low)).second <= 0)
      return low;
    auto [least, most] = shapes.getRange(subDims(position, high));
    if (most <= 0)
      return position;
    if (least >= 0)
      return high;
    if (isUpper && known)
      return shapes.getSmaller(high, position);
    if (std::optional<int64_t> limit = getConstantDim(high))
      shapes.boundSymbol(position, INT64_MIN, *limit);
    return position;
  }

  SliceOp op;
  ShapeContext &shapes;
  AffineExpr size;
  int64_t step;
};

} // namespace

static LogicalResult checkSlice(SliceOp op) {
  if (failed(checkDistinctAxes(op, op.getAxes(), rankOf(op.getInput())))) // slice_c1
    return failure();
  AffineExpr count = constantDim(op, op.getAxes().size());
  for (auto [name, operand] :
       {std::pair<StringRef, Value>("starts", op.getStarts()), {"ends", op.getEnds()}, {"steps", op.getSteps()}})
    if (failed(checkVector(op, name, operand, count))) // slice_c2
      return failure();
  return success();
}

/// A size that depends on data: the prior one, or the end read at run time where the start is 0 and the step 1.
static FailureOr<AffineExpr> dataDim(SliceOp op, ShapeContext &shapes, int64_t index, AffineExpr start,
                                     AffineExpr step, AffineExpr size) {
  int64_t axis = op.getAxes()[index];
  bool isPrefix = getConstantDim(start) == int64_t(0) && getConstantDim(step) == int64_t(1);
  if (priorDim(op, shapes, 0, axis) || !isPrefix)
    return requirePriorDim(op, shapes, axis, "starts, ends and steps");
  OpBuilder builder(op);
  return shapes.readDim(builder, op.getLoc(), op.getEnds(), index, "end", 0, shapes.getRange(size).second);
}

LogicalResult SliceOp::inferResultTypes(ShapeContext &shapes, SmallVectorImpl<Type> &results) {
  if (failed(checkSlice(*this)))
    return failure();
  Dims dims = getDims(getInput());
  size_t count = getAxes().size();
  Dims starts = valuesOf(&shapes, getStarts(), count), ends = valuesOf(&shapes, getEnds(), count);
  Dims steps = valuesOf(&shapes, getSteps(), count);
  for (auto [i, axis] : llvm::enumerate(getAxes())) {
    std::optional<int64_t> step = getConstantDim(steps[i]);
    if (step && (*step == 0 || *step == INT64_MIN)) // slice_c5
      return emitOpError("expected a step other than 0, but got ") << *step;
    FailureOr<AffineExpr> size;
    if (starts[i] && ends[i] && step)
      size = SlicedDim(*this, shapes, dims[axis], *step).compute(starts[i], ends[i]);
    else
      size = dataDim(*this, shapes, i, starts[i], steps[i], dims[axis]);
    if (failed(size))
      return failure();
    dims[axis] = *size;
  }
  return appendType(*this, dims, elementType(getInput()), results);
}

LogicalResult SliceOp::verify() {
  if (failed(checkSlice(*this)))
    return failure();
  Dims dims = getDims(getInput());
  for (int64_t axis : getAxes())
    dims[axis] = AffineExpr();
  return checkResult(*this, 0, dims, elementType(getInput())); // slice_c3, slice_c4
}

} // namespace dsc
