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
///  * a constant end behind a symbolic size: the size is the smaller of both, computed and read at run time;
///  * a symbolic end in a static dimension: it lies inside. If it is one symbol of the caller plus a constant, the
///    symbol's range is narrowed, so that the run refuses what lies outside;
///  * any other position lies inside. Kernels clamp what they read.
class SlicedDim {
public:
  SlicedDim(SliceOp op, ShapeContext &shapes, int64_t axis, AffineExpr size, int64_t step)
      : op(op), shapes(shapes), axis(axis), size(size), step(step) {}

  /// The size between two positions; null if it overflows.
  AffineExpr compute(AffineExpr start, AffineExpr end) {
    AffineExpr zero = constantDim(op, 0), last = subDims(size, constantDim(op, 1));
    AffineExpr from, to;
    if (step > 0) {
      from = clamp(start, zero, size, /*isEnd=*/false);
      to = clamp(end, zero, size, /*isEnd=*/true);
    } else {
      from = clamp(start, zero, last, /*isEnd=*/false);
      to = clamp(end, constantDim(op, -1), last, /*isEnd=*/false);
    }
    AffineExpr length = step > 0 ? subDims(to, from) : subDims(from, to);
    if (length && shapes.getRange(length).second <= 0)
      return zero;
    return ceilDivDims(length, constantDim(op, step > 0 ? step : -step));
  }

private:
  /// The position as a non-negative one within [low, high].
  AffineExpr clamp(AffineExpr position, AffineExpr low, AffineExpr high, bool isEnd) {
    std::optional<int64_t> known = getConstantDim(position);
    if (known && *known >= INT32_MAX) // exporters' spelling of "to the end"
      return high;
    if (known && *known <= INT32_MIN)
      return low;
    if (shapes.getRange(position).second < 0) {
      position = addDims(position, size);
      known = getConstantDim(position);
    }
    if (shapes.getRange(subDims(position, low)).second <= 0)
      return low;
    auto [least, most] = shapes.getRange(subDims(position, high));
    if (most <= 0)
      return position;
    if (least >= 0)
      return high;
    if (isEnd && known)
      return readSmaller(*known);
    if (getConstantDim(high))
      narrow(position, *getConstantDim(high));
    return position;
  }

  /// min(limit, size) as a data symbol.
  AffineExpr readSmaller(int64_t limit) {
    auto prior = dyn_cast_or_null<AffineSymbolExpr>(priorDim(op, shapes, 0, axis));
    SymbolOp known = prior ? shapes.getSymbolOp(prior.getPosition()) : SymbolOp();
    if (known && known.getKind() == SymbolKind::Data) // inferred before
      return prior;
    OpBuilder builder(op);
    auto type = RankedTensorType::get({1}, builder.getI64Type());
    Value sizes = DimValuesOp::create(builder, op.getLoc(), type, DimsAttr::get(op.getContext(), {size}));
    Value bound = ConstantOp::create(builder, op.getLoc(), DenseIntElementsAttr::get(type, limit));
    Value smaller = MinOp::create(builder, op.getLoc(), type, sizes, bound);
    int64_t least = std::max<int64_t>(0, std::min(limit, shapes.getRange(size).first));
    return shapes.readDim(builder, op.getLoc(), smaller, 0, "slice", least, limit);
  }

  /// Bounds a caller's symbol s in `s + constant <= limit`.
  void narrow(AffineExpr position, int64_t limit) {
    for (unsigned i = 0; i < shapes.getNumSymbols(); ++i) {
      AffineExpr symbol = getAffineSymbolExpr(i, op.getContext());
      std::optional<int64_t> offset = getConstantDim(subDims(position, symbol));
      SymbolOp symbolOp = shapes.getSymbolOp(i);
      if (!offset || symbolOp.getKind() != SymbolKind::Caller)
        continue;
      int64_t max = limit - *offset;
      if (max >= static_cast<int64_t>(symbolOp.getMin()) && max < static_cast<int64_t>(symbolOp.getMax()))
        symbolOp.setMax(max);
    }
  }

  SliceOp op;
  ShapeContext &shapes;
  int64_t axis;
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
      size = SlicedDim(*this, shapes, axis, dims[axis], *step).compute(starts[i], ends[i]);
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
