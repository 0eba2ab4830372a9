// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Elements of reductions, softmax and normalisations. Statistics of a row are computed once per row.

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "passes/kernel/cpu/ElementMath.h"
#include "passes/kernel/cpu/ElementwiseOps.h"
#include "passes/kernel/cpu/Evaluator.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace dsc {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();


Value add(Evaluator &e, Value x, Value y) {
  if (isa<FloatType>(getElementTypeOrSelf(x.getType())))
    return arith::AddFOp::create(e.b, e.loc, x, y);
  return arith::AddIOp::create(e.b, e.loc, x, y);
}
Value sub(Evaluator &e, Value x, Value y) { return arith::SubFOp::create(e.b, e.loc, x, y); }
Value mul(Evaluator &e, Value x, Value y) {
  if (isa<FloatType>(getElementTypeOrSelf(x.getType())))
    return arith::MulFOp::create(e.b, e.loc, x, y);
  return arith::MulIOp::create(e.b, e.loc, x, y);
}
Value div(Evaluator &e, Value x, Value y) { return arith::DivFOp::create(e.b, e.loc, x, y); }

/// The input's element at a point, in the accumulator's type.
Value wide(Evaluator &e, Value tensor, ArrayRef<Coord> point) {
  Type type = elementTypeOf(tensor);
  return e.convert(e.element(tensor, point), type, e.accumulatorType(type));
}

/// The number of elements along axes of a tensor, as a float scalar.
Value countAlong(Evaluator &e, Value tensor, ArrayRef<int64_t> axes, Type type) {
  CoordMath m = e.math();
  Coord count = m.constant(1);
  for (int64_t axis : axes)
    count = m.mul(count, e.extent(tensor, axis));
  Value number = e.b.createOrFold<arith::IndexCastOp>(e.loc, e.b.getI64Type(), count.value);
  return e.convert(number, e.b.getI64Type(), type);
}

/// `point` of a row with the axes' coordinates replaced.
Point withAxes(ArrayRef<Coord> point, ArrayRef<int64_t> axes, ArrayRef<Coord> indices) {
  Point at(point);
  for (auto [axis, index] : llvm::zip(axes, indices))
    at[axis] = index;
  return at;
}

SmallVector<Value> extentsAlong(Evaluator &e, Value tensor, ArrayRef<int64_t> axes) {
  SmallVector<Value> extents;
  for (int64_t axis : axes)
    extents.push_back(e.size(tensor, axis));
  return extents;
}

Evaluator::Accumulator accumulatorFor(Evaluator &e, ReduceKind kind, Type type) {
  bool isUnsigned = type.isUnsignedInteger() || type.isInteger(1);
  switch (kind) {
  case ReduceKind::Max:
    return {type, -infinity, [&e, isUnsigned](Value x, Value y) { return emitMax(e.b, e.loc, x, y, isUnsigned); }};
  case ReduceKind::Min:
    return {type, infinity, [&e, isUnsigned](Value x, Value y) { return emitMin(e.b, e.loc, x, y, isUnsigned); }};
  case ReduceKind::Prod:
    return {type, 1.0, [&e](Value x, Value y) { return mul(e, x, y); }};
  default:
    return {type, 0.0, [&e](Value x, Value y) { return add(e, x, y); }};
  }
}

Value divideByCount(Evaluator &e, Value sum, Value input, ArrayRef<int64_t> axes, Type type) {
  if (isa<FloatType>(type))
    return div(e, sum, e.splat(countAlong(e, input, axes, type)));
  CoordMath m = e.math();
  Value one = m.index(1);
  Value count = e.asScalar([&] {
    Coord product = m.constant(1);
    for (int64_t axis : axes)
      product = m.mul(product, e.extent(input, axis));
    Value safe = m.max(product, {one}).value;
    Value number = arith::IndexCastOp::create(e.b, e.loc, e.b.getI64Type(), safe);
    return e.convert(number, e.b.getI64Type(), type);
  });
  if (type.isUnsignedInteger())
    return arith::DivUIOp::create(e.b, e.loc, sum, e.splat(count));
  return arith::DivSIOp::create(e.b, e.loc, sum, e.splat(count));
}

Value reduceElement(Evaluator &e, ReduceOp op, ArrayRef<Coord> point) {
  Value input = op.getInput();
  ArrayRef<int64_t> axes = op.getAxes();
  Type type = elementTypeOf(input), sumType = e.accumulatorType(type);
  Point at;
  size_t next = 0;
  for (int64_t d = 0, rank = rankOf(op.getInput()); d < rank; ++d) {
    bool reduced = llvm::is_contained(axes, d);
    at.push_back(reduced ? Coord{} : point[next]);
    next += !reduced || op.getKeepdims();
  }
  if (axes.empty())
    return e.element(input, at);
  Evaluator::Accumulator accumulator = accumulatorFor(e, op.getKind(), sumType);
  Value result = e.fold(extentsAlong(e, input, axes), accumulator, e.canFoldInLanes(input, axes),
                        [&](ArrayRef<Coord> indices, ValueRange carried) -> SmallVector<Value> {
    return {accumulator.merge(carried[0], wide(e, input, withAxes(at, axes, indices)))};
  }).front();
  if (op.getKind() == ReduceKind::Mean)
    result = divideByCount(e, result, input, axes, sumType);
  return e.convert(result, sumType, type);
}

/// Whether `value` takes the place of `best`, a NaN before everything.
Value isBetter(Evaluator &e, ArgReduceOp op, Value value, Value best) {
  bool max = op.getKind() == ReduceKind::Max, ties = op.getSelectLast();
  Type type = elementTypeOf(op.getInput());
  if (isa<FloatType>(type)) {
    auto predicate = max ? (ties ? arith::CmpFPredicate::OGE : arith::CmpFPredicate::OGT)
                         : (ties ? arith::CmpFPredicate::OLE : arith::CmpFPredicate::OLT);
    Value better = arith::CmpFOp::create(e.b, e.loc, predicate, value, best);
    Value nan = arith::CmpFOp::create(e.b, e.loc, arith::CmpFPredicate::UNO, value, value);
    Value number = arith::CmpFOp::create(e.b, e.loc, arith::CmpFPredicate::ORD, best, best);
    Value firstNan = arith::AndIOp::create(e.b, e.loc, nan, number);
    return arith::OrIOp::create(e.b, e.loc, better, firstNan);
  }
  using Predicate = arith::CmpIPredicate;
  Predicate table[2][2][2] = {{{Predicate::slt, Predicate::sle}, {Predicate::sgt, Predicate::sge}},
                              {{Predicate::ult, Predicate::ule}, {Predicate::ugt, Predicate::uge}}};
  return arith::CmpIOp::create(e.b, e.loc, table[type.isUnsignedInteger()][max][ties], value, best);
}

Value argReduceElement(Evaluator &e, ArgReduceOp op, ArrayRef<Coord> point) {
  Point at(point);
  int64_t axis = op.getAxis();
  if (!op.getKeepdims())
    at.insert(at.begin() + axis, Coord{});
  at[axis] = e.math().constant(0);
  Value first = wide(e, op.getInput(), at);
  Value zero = e.constant(e.b.getI64Type(), 0);
  SmallVector<Value> result = e.loop(e.math().index(1), e.size(op.getInput(), axis), {first, zero},
                                     [&](Value index, ValueRange best) -> SmallVector<Value> {
    at[axis] = {index};
    Value value = wide(e, op.getInput(), at);
    Value better = isBetter(e, op, value, best[0]);
    Value position = e.splat(arith::IndexCastOp::create(e.b, e.loc, e.b.getI64Type(), index));
    return {arith::SelectOp::create(e.b, e.loc, better, value, best[0]),
            arith::SelectOp::create(e.b, e.loc, better, position, best[1])};
  });
  return result[1];
}

/// Runs `compute` for the row through `point`, whose coordinates along `axes` do not matter, once per row.
SmallVector<Value> rowStatistics(Evaluator &e, Operation *op, ArrayRef<Coord> point, ArrayRef<int64_t> axes,
                                 llvm::function_ref<SmallVector<Value>(Point)> compute) {
  Point row(point);
  for (int64_t axis : axes)
    row[axis] = Coord{};
  bool uniform = llvm::all_of(row, [](const Coord &coord) { return !coord.value || coord.isUniform(); });
  bool saved = std::exchange(e.vectorized, e.vectorized && !uniform);
  SmallVector<Value> values = e.remember(op, row, [&] { return compute(row); });
  e.vectorized = saved;
  for (Value &value : values)
    value = e.splat(value);
  return values;
}

/// The maximum of a row and the sum of exp(x - maximum).
SmallVector<Value> softmaxStatistics(Evaluator &e, SoftmaxOp op, ArrayRef<Coord> point) {
  SmallVector<int64_t> axes{int64_t(op.getAxis())};
  Value input = op.getInput();
  Type type = e.accumulatorType(elementTypeOf(input));
  return rowStatistics(e, op, point, axes, [&](Point row) -> SmallVector<Value> {
    SmallVector<Value> extents = extentsAlong(e, input, axes);
    bool lanes = e.canFoldInLanes(input, axes);
    auto max = accumulatorFor(e, ReduceKind::Max, type), sum = accumulatorFor(e, ReduceKind::Sum, type);
    Value largest = e.fold(extents, max, lanes, [&](ArrayRef<Coord> at, ValueRange carried) -> SmallVector<Value> {
      return {max.merge(wide(e, input, withAxes(row, axes, at)), carried[0])};
    }).front();
    Value total = e.fold(extents, sum, lanes, [&](ArrayRef<Coord> at, ValueRange carried) -> SmallVector<Value> {
      Value shifted = sub(e, wide(e, input, withAxes(row, axes, at)), e.splat(largest));
      return {add(e, carried[0], math::ExpOp::create(e.b, e.loc, shifted))};
    }).front();
    return {largest, total};
  });
}

Value softmaxElement(Evaluator &e, SoftmaxOp op, ArrayRef<Coord> point) {
  SmallVector<Value> statistics = softmaxStatistics(e, op, point);
  Type type = elementTypeOf(op.getInput());
  Value shifted = sub(e, wide(e, op.getInput(), point), statistics[0]);
  Value result;
  if (op.getLog())
    result = sub(e, shifted, math::LogOp::create(e.b, e.loc, statistics[1]));
  else
    result = div(e, math::ExpOp::create(e.b, e.loc, shifted), statistics[1]);
  return e.convert(result, e.accumulatorType(type), type);
}

/// What all normalisations share: which axes of the input make a row.
struct NormSpec {
  Operation *op;
  SmallVector<int64_t> axes;
  double epsilon;
  bool centred;
};

std::optional<NormSpec> matchNorm(Operation *op) {
  auto from = [&](int64_t axis) {
    return llvm::to_vector(llvm::seq<int64_t>(axis, cast<RankedTensorType>(op->getOperand(0).getType()).getRank()));
  };
  return TypeSwitch<Operation *, std::optional<NormSpec>>(op)
      .Case([&](LayerNormOp norm) {
        return NormSpec{op, from(norm.getAxis()), norm.getEpsilon().convertToDouble(), true};
      })
      .Case([&](RmsNormOp norm) {
        return NormSpec{op, from(norm.getAxis()), norm.getEpsilon().convertToDouble(), false};
      })
      .Case([&](GroupNormOp norm) { return NormSpec{op, from(2), norm.getEpsilon().convertToDouble(), true}; })
      .Default([](Operation *) { return std::nullopt; });
}

/// The elements that share statistics with `row`: extents to run over, and the point of a position.
struct RowSpace {
  SmallVector<Value> extents;
  std::function<Point(ArrayRef<Coord>)> at;
  bool lanes;
  Value count;
};

RowSpace rowSpace(Evaluator &e, const NormSpec &spec, Point row, Type type) {
  Value input = spec.op->getOperand(0);
  RowSpace space;
  space.extents = extentsAlong(e, input, spec.axes);
  space.lanes = e.canFoldInLanes(input, spec.axes);
  space.count = countAlong(e, input, spec.axes, type);
  space.at = [row, axes = spec.axes](ArrayRef<Coord> at) { return withAxes(row, axes, at); };
  auto group = dyn_cast<GroupNormOp>(spec.op);
  if (!group)
    return space;
  CoordMath m = e.math();
  Coord channels = m.div(e.extent(input, 1), m.constant(group.getGroups()));
  Coord first = m.mul(m.div(row[1], channels), channels);
  space.extents.insert(space.extents.begin(), channels.value);
  Value perGroup = arith::IndexCastOp::create(e.b, e.loc, e.b.getI64Type(), channels.value);
  space.count = mul(e, space.count, e.asScalar([&] { return e.convert(perGroup, e.b.getI64Type(), type); }));
  space.at = [&e, row, first, axes = spec.axes](ArrayRef<Coord> at) {
    Point point = withAxes(row, axes, at.drop_front());
    point[1] = e.math().add(first, at.front());
    return point;
  };
  return space;
}

/// Mean (if centred) and one over the standard deviation.
SmallVector<Value> normStatistics(Evaluator &e, const NormSpec &spec, ArrayRef<Coord> point) {
  Value input = spec.op->getOperand(0);
  Type type = e.accumulatorType(elementTypeOf(input));
  return rowStatistics(e, spec.op, point, spec.axes, [&](Point row) -> SmallVector<Value> {
    RowSpace space = rowSpace(e, spec, row, type);
    auto sum = accumulatorFor(e, ReduceKind::Sum, type);
    Value count = e.splat(space.count), mean;
    if (spec.centred) {
      mean = e.fold(space.extents, sum, space.lanes, [&](ArrayRef<Coord> at, ValueRange carried) -> SmallVector<Value> {
        return {add(e, carried[0], wide(e, input, space.at(at)))};
      }).front();
      mean = div(e, mean, count);
    }
    Value squares = e.fold(space.extents, sum, space.lanes,
                           [&](ArrayRef<Coord> at, ValueRange carried) -> SmallVector<Value> {
      Value x = wide(e, input, space.at(at));
      if (mean)
        x = sub(e, x, e.splat(mean));
      return {math::FmaOp::create(e.b, e.loc, x, x, carried[0])};
    }).front();
    Value variance = add(e, div(e, squares, count), e.constant(type, spec.epsilon));
    Value scale = div(e, e.constant(type, 1.0), math::SqrtOp::create(e.b, e.loc, variance));
    if (!mean)
      mean = e.constant(type, 0.0);
    return {mean, scale};
  });
}

/// A parameter of a norm at the element's point: per channel for a group norm, else broadcast.
Value normParameter(Evaluator &e, const NormSpec &spec, Value parameter, ArrayRef<Coord> point) {
  if (isa<GroupNormOp>(spec.op))
    return wide(e, parameter, Point{point[1]});
  return wide(e, parameter, e.broadcastPoint(parameter, spec.op->getResult(0), point));
}

Value statisticsNormElement(Evaluator &e, const NormSpec &spec, ArrayRef<Coord> point) {
  SmallVector<Value> statistics = normStatistics(e, spec, point);
  Value input = spec.op->getOperand(0);
  Type type = elementTypeOf(input);
  Value x = wide(e, input, point);
  if (spec.centred)
    x = sub(e, x, statistics[0]);
  x = mul(e, mul(e, x, statistics[1]), normParameter(e, spec, spec.op->getOperand(1), point));
  if (spec.op->getNumOperands() > 2)
    x = add(e, x, normParameter(e, spec, spec.op->getOperand(2), point));
  return e.convert(x, e.accumulatorType(type), type);
}

Value batchNormElement(Evaluator &e, BatchNormOp op, ArrayRef<Coord> point) {
  Type type = elementTypeOf(op.getInput()), sumType = e.accumulatorType(type);
  Coord channel = op.getLayout() == Layout::Nhwc ? point.back()
                  : point.size() > 1            ? point[1]
                                                : e.math().constant(0);
  auto parameter = [&](Value tensor) {
    Type from = elementTypeOf(tensor);
    return e.convert(e.element(tensor, Point{channel}), from, sumType);
  };
  Value variance = add(e, parameter(op.getVariance()), e.constant(sumType, op.getEpsilon().convertToDouble()));
  Value x = sub(e, wide(e, op.getInput(), point), parameter(op.getMean()));
  x = div(e, x, math::SqrtOp::create(e.b, e.loc, variance));
  x = add(e, mul(e, x, parameter(op.getScale())), parameter(op.getBias()));
  return e.convert(x, sumType, type);
}

Value lrnElement(Evaluator &e, LrnOp op, ArrayRef<Coord> point) {
  CoordMath m = e.math();
  Value input = op.getInput();
  Type type = elementTypeOf(input), sumType = e.accumulatorType(type);
  // No channel lies further away than that.
  Coord reach = m.sub(e.extent(input, 1), m.constant(1));
  int64_t half = (op.getSize() - 1) / 2;
  Coord before = m.min(m.constant(half), reach), after = m.min(m.constant(op.getSize() - 1 - half), reach);
  auto sum = accumulatorFor(e, ReduceKind::Sum, sumType);
  Value count = m.add(m.add(before, after), m.constant(1)).value;
  Value squares = e.fold({count}, sum, false,
                         [&](ArrayRef<Coord> at, ValueRange carried) -> SmallVector<Value> {
    Coord channel = m.add(m.sub(point[1], before), at[0]);
    Value inside = m.both(m.less(m.constant(-1), channel), m.less(channel, e.extent(input, 1)));
    Value x = e.choose(
        inside,
        [&] {
          Point from(point);
          from[1] = channel.isUniform() ? channel : m.clamp(channel, e.extent(input, 1));
          return wide(e, input, from);
        },
        [&] { return e.constant(sumType, 0.0); });
    return {add(e, carried[0], mul(e, x, x))};
  }).front();
  double factor = op.getAlpha().convertToDouble() / op.getSize();
  Value base = add(e, mul(e, squares, e.constant(sumType, factor)),
                   e.constant(sumType, op.getBias().convertToDouble()));
  Value power = math::PowFOp::create(e.b, e.loc, base, e.constant(sumType, op.getBeta().convertToDouble()));
  return e.convert(div(e, wide(e, input, point), power), sumType, type);
}

/// The scale of a row and its zero point, both as floats.
SmallVector<Value> quantizationStatistics(Evaluator &e, DynQuantizeOp op, ArrayRef<Coord> point) {
  SmallVector<int64_t> axes = op.getRowAxes();
  Value input = op.getInput();
  Type element = elementTypeOf(input), type = e.accumulatorType(element);
  return rowStatistics(e, op, point, axes, [&](Point row) -> SmallVector<Value> {
    auto min = accumulatorFor(e, ReduceKind::Min, type), max = accumulatorFor(e, ReduceKind::Max, type);
    SmallVector<Value> ends = e.fold(extentsAlong(e, input, axes), {min, max}, e.canFoldInLanes(input, axes),
                                     [&](ArrayRef<Coord> at, ValueRange carried) -> SmallVector<Value> {
      Value x = wide(e, input, withAxes(row, axes, at));
      return {min.merge(carried[0], x), max.merge(carried[1], x)};
    });
    Value zero = e.constant(type, 0), low = min.merge(ends[0], zero), high = max.merge(ends[1], zero);
    bool isUnsigned = op.getStorage().isUnsignedInteger();
    // Divided before the difference, which may be too large for the type.
    Value steps = e.constant(type, isUnsigned ? 255 : 127);
    Value scale = isUnsigned ? sub(e, div(e, high, steps), div(e, low, steps))
                             : div(e, max.merge(high, sub(e, zero, low)), steps);
    scale = e.convert(e.convert(scale, type, element), element, type);
    ElementMath m{e.b, e.loc};
    scale = m.select(m.compare(arith::CmpFPredicate::OEQ, scale, zero), e.constant(type, 1), scale);
    if (!isUnsigned)
      return {scale, zero};
    Value zeroPoint = m.make<math::RoundEvenOp>(div(e, sub(e, zero, low), scale));
    // A row with NaN has a scale that is no number; any zero point will do.
    zeroPoint = m.select(m.compare(arith::CmpFPredicate::UNO, zeroPoint, zeroPoint), zero, zeroPoint);
    return {scale, emitMin(e.b, e.loc, zeroPoint, steps)};
  });
}

Value dynQuantizeElement(Evaluator &e, DynQuantizeOp op, unsigned result, ArrayRef<Coord> point) {
  SmallVector<Value> statistics = quantizationStatistics(e, op, point);
  Type element = elementTypeOf(op.getInput()), type = e.accumulatorType(element);
  if (result == 1)
    return e.convert(statistics[0], type, element);
  auto stored = cast<IntegerType>(op.getStorage());
  if (result == 2)
    return emitSteps({e.b, e.loc}, e.constant(type, 0), e.constant(type, 1), statistics[1], stored);
  return emitSteps({e.b, e.loc}, wide(e, op.getInput(), point), statistics[0], statistics[1], stored);
}

} // namespace

bool hoistRow(Evaluator &e, Operation *op, ArrayRef<Coord> point) {
  if (auto softmax = dyn_cast<SoftmaxOp>(op)) {
    for (auto [d, coord] : llvm::enumerate(point))
      if (bool(coord.value) == (d == softmax.getAxis()))
        return false;
    softmaxStatistics(e, softmax, point);
    return true;
  }
  std::optional<NormSpec> norm = matchNorm(op);
  auto quantize = dyn_cast<DynQuantizeOp>(op);
  if (!norm && !quantize)
    return false;
  SmallVector<int64_t> axes = norm ? norm->axes : quantize.getRowAxes();
  // Only where every null coordinate lies along the row.
  for (auto [d, coord] : llvm::enumerate(point))
    if (!coord.value && !llvm::is_contained(axes, int64_t(d)))
      return false;
  if (norm)
    normStatistics(e, *norm, point);
  else
    quantizationStatistics(e, quantize, point);
  return true;
}

Value reductionElement(Evaluator &e, OpResult result, ArrayRef<Coord> point) {
  return TypeSwitch<Operation *, Value>(result.getOwner())
      .Case([&](ReduceOp op) { return reduceElement(e, op, point); })
      .Case([&](ArgReduceOp op) { return argReduceElement(e, op, point); })
      .Case([&](LrnOp op) { return lrnElement(e, op, point); })
      .Case([&](DynQuantizeOp op) { return dynQuantizeElement(e, op, result.getResultNumber(), point); })
      .Default([](Operation *) { return Value(); });
}

Value normElement(Evaluator &e, Operation *op, ArrayRef<Coord> point) {
  if (auto softmax = dyn_cast<SoftmaxOp>(op))
    return softmaxElement(e, softmax, point);
  if (auto norm = dyn_cast<BatchNormOp>(op))
    return batchNormElement(e, norm, point);
  if (std::optional<NormSpec> norm = matchNorm(op))
    return statisticsNormElement(e, *norm, point);
  return {};
}

} // namespace dsc
