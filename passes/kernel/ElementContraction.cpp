// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Elements of matrix products and convolutions: one sum of products each. Packed weights are read in place.

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "dialects/dsc/DscPacking.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "passes/kernel/Evaluator.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace dsc {

Value contractionParameter(Evaluator &e, Value parameter, ArrayRef<Coord> point, Type type) {
  Point at(point.take_back(std::min<size_t>(point.size(), rankOf(parameter))));
  while (int64_t(at.size()) < rankOf(parameter))
    at.insert(at.begin(), e.math().constant(0));
  for (int64_t d = 0; d < rankOf(parameter); ++d)
    if (typeOf(parameter).getDimSize(d) == 1)
      at[d] = e.math().constant(0);
  return e.convert(e.element(parameter, at), elementTypeOf(parameter), type);
}

namespace {

/// An operand of a contraction as its sum takes it.
struct Factor {
  Value tensor;
  Type sumType;
  Value zeroPoint; ///< of the operand, a tensor; null if it has none

  /// What stands at `point`; `zeroAt` is where its zero point is.
  Value at(Evaluator &e, ArrayRef<Coord> point, ArrayRef<Coord> zeroAt = {}) const {
    return shifted(e, e.element(tensor, point), zeroAt);
  }
  /// The same for a convolution's input behind `inside`; a mask reads also what is not inside.
  Value atInside(Evaluator &e, ArrayRef<Coord> point, Value inside, int64_t firstSpatial, int64_t ranks) const {
    if (!inside || !isa<VectorType>(inside.getType()))
      return at(e, point);
    auto spatial = llvm::to_vector(llvm::seq<int64_t>(firstSpatial, firstSpatial + ranks));
    return shifted(e, e.elementIfAny(tensor, point, spatial), {});
  }

private:
  Value shifted(Evaluator &e, Value element, ArrayRef<Coord> zeroAt) const {
    Value value = e.convert(element, elementTypeOf(tensor), sumType);
    if (!zeroPoint)
      return value;
    Value zero = parameterAt(e, zeroPoint, zeroAt, sumType);
    if (isa<FloatType>(sumType))
      return arith::SubFOp::create(e.b, e.loc, value, zero);
    return arith::SubIOp::create(e.b, e.loc, value, zero);
  }

public:
  static Value parameterAt(Evaluator &e, Value parameter, ArrayRef<Coord> point, Type type) {
    return contractionParameter(e, parameter, point, type);
  }
};

Type sumTypeOf(Evaluator &e, Value lhs, Operation *op) {
  Type type = elementTypeOf(lhs);
  if (isa<QMatmulOp, QConvOp>(op) && type.isInteger(8))
    return e.b.getI32Type();
  return e.accumulatorType(type);
}

Factor lhsOf(Evaluator &e, MatmulOp op) { return {op.getLhs(), sumTypeOf(e, op.getLhs(), op), {}}; }
Factor rhsOf(Evaluator &e, MatmulOp op) { return {op.getRhs(), sumTypeOf(e, op.getLhs(), op), {}}; }
Factor lhsOf(Evaluator &e, ConvOp op) { return {op.getInput(), sumTypeOf(e, op.getInput(), op), {}}; }
Factor rhsOf(Evaluator &e, ConvOp op) { return {op.getWeight(), sumTypeOf(e, op.getInput(), op), {}}; }
Factor lhsOf(Evaluator &e, QMatmulOp op) { return {op.getLhs(), sumTypeOf(e, op.getLhs(), op), op.getLhsZeroPoint()}; }
Factor rhsOf(Evaluator &e, QMatmulOp op) { return {op.getRhs(), sumTypeOf(e, op.getLhs(), op), op.getRhsZeroPoint()}; }
Factor lhsOf(Evaluator &e, QConvOp op) {
  return {op.getInput(), sumTypeOf(e, op.getInput(), op), op.getInputZeroPoint()};
}
Factor rhsOf(Evaluator &e, QConvOp op) {
  return {op.getWeight(), sumTypeOf(e, op.getInput(), op), op.getWeightZeroPoint()};
}

Value multiplyAdd(Evaluator &e, Value x, Value y, Value sum) {
  if (isa<FloatType>(getElementTypeOrSelf(x.getType())))
    return math::FmaOp::create(e.b, e.loc, x, y, sum);
  return arith::AddIOp::create(e.b, e.loc, sum, arith::MulIOp::create(e.b, e.loc, x, y));
}

/// The point of a weight element in its packed panels (`taps` empty for a matrix).
Point packedPoint(Evaluator &e, PanelsAttr panels, Type element, Coord group, Coord column, ArrayRef<Coord> taps,
                  Coord k) {
  CoordMath m = e.math();
  Coord nr = m.constant(panels.getNr()), kp = m.constant(panels.getKp());
  PanelLayout layout = getPanelLayout(panels, element.getIntOrFloatBitWidth() / 8);
  Point point;
  if (panels.getGroups() != 1)
    point.push_back(group);
  point.push_back(m.div(column, nr));
  if (layout.hasSums()) { // a panel is one row of bytes
    Coord step = m.constant(0);
    for (auto [tap, size] : llvm::zip_equal(taps, panels.getTaps()))
      step = m.add(m.mul(step, m.constant(size)), tap);
    step = m.add(m.mul(step, m.constant(layout.steps())), m.div(k, kp));
    Coord lane = m.add(m.mul(step, nr), m.rem(column, nr));
    point.push_back(m.add(m.mul(lane, kp), m.rem(k, kp)));
    return point;
  }
  point.append(taps.begin(), taps.end());
  point.push_back(panels.getKp() == 1 ? k : m.div(k, kp));
  point.push_back(m.rem(column, nr));
  if (panels.getKp() != 1)
    point.push_back(m.rem(k, kp));
  return point;
}

/// The operand's point: its batch coordinates, right-aligned, then row and column.
Point matrixPoint(Evaluator &e, Value operand, Value result, ArrayRef<Coord> batch, Coord row, Coord column,
                  bool transposed) {
  auto type = typeOf(operand);
  Point point;
  int64_t own = type.getRank() - 2, offset = int64_t(batch.size()) - own;
  for (int64_t d = 0; d < own; ++d)
    point.push_back(type.getDimSize(d) == 1 ? e.math().constant(0) : batch[d + offset]);
  if (transposed)
    std::swap(row, column);
  point.append({row, column});
  return point;
}

Value addTerm(Evaluator &e, Value sum, Value term) {
  if (isa<FloatType>(getElementTypeOrSelf(sum.getType())))
    return arith::AddFOp::create(e.b, e.loc, sum, term);
  return arith::AddIOp::create(e.b, e.loc, sum, term);
}

/// The sum in the result's type, with the bias of the channel.
Value finish(Evaluator &e, ConvOp op, Value sum, ArrayRef<Coord>, Coord channel) {
  Type type = elementTypeOf(op.getOutput()), sumType = e.accumulatorType(type);
  if (op.getBias())
    sum = addTerm(e, sum, Factor::parameterAt(e, op.getBias(), {channel}, sumType));
  return e.convert(sum, sumType, type);
}

Value finish(Evaluator &e, MatmulOp op, Value sum, ArrayRef<Coord>, Coord) {
  Type type = elementTypeOf(op.getOutput());
  return e.convert(sum, e.accumulatorType(type), type);
}

/// `sum * lhsScale * rhsScale + bias`, as far as they are there.
Value finishQuantized(Evaluator &e, Value sum, Type sumType, Value lhsScale, Value rhsScale, Value bias, Type result,
                      ArrayRef<Coord> point, Coord column) {
  Type wide = e.accumulatorType(result);
  sum = e.convert(sum, sumType, wide);
  if (lhsScale)
    sum = arith::MulFOp::create(e.b, e.loc, sum, Factor::parameterAt(e, lhsScale, point, wide));
  if (rhsScale)
    sum = arith::MulFOp::create(e.b, e.loc, sum, Factor::parameterAt(e, rhsScale, {column}, wide));
  if (bias)
    sum = addTerm(e, sum, Factor::parameterAt(e, bias, {column}, wide));
  return e.convert(sum, wide, result);
}

Value finish(Evaluator &e, QMatmulOp op, Value sum, ArrayRef<Coord> point, Coord column) {
  return finishQuantized(e, sum, sumTypeOf(e, op.getLhs(), op), op.getLhsScale(), op.getRhsScale(), op.getBias(),
                         elementTypeOf(op.getOutput()), point, column);
}

Value finish(Evaluator &e, QConvOp op, Value sum, ArrayRef<Coord>, Coord channel) {
  return finishQuantized(e, sum, sumTypeOf(e, op.getInput(), op), op.getInputScale(), op.getWeightScale(),
                         op.getBias(), elementTypeOf(op.getOutput()), {}, channel);
}

template <class Op> Value matmulElement(Evaluator &e, Op op, ArrayRef<Coord> point) {
  Value lhs = op.getLhs(), rhs = op.getRhs();
  bool rowVector = rankOf(lhs) == 1, columnVector = !op.getRhsPacking() && rankOf(rhs) == 1;
  Point batch(point);
  Coord column = columnVector ? e.math().constant(0) : batch.pop_back_val();
  Coord row = rowVector ? e.math().constant(0) : batch.pop_back_val();
  Factor leftFactor = lhsOf(e, op), rightFactor = rhsOf(e, op);
  int64_t contracted = rankOf(lhs) - (op.getTransposeLhs() ? 2 : 1);
  Evaluator::Accumulator sum{leftFactor.sumType, 0.0, {}};
  Value result = e.fold({e.size(lhs, contracted)}, sum, false,
                        [&](ArrayRef<Coord> at, ValueRange carried) -> SmallVector<Value> {
    Coord k = at[0];
    Point left = rowVector ? Point{k} : matrixPoint(e, lhs, op.getOutput(), batch, row, k, op.getTransposeLhs());
    Point right;
    if (auto panels = op.getRhsPacking()) {
      Coord shifted = e.math().add(column, e.math().constant(op.getRhsOffset().value_or(0)));
      right = packedPoint(e, *panels, elementTypeOf(rhs), {}, shifted, {}, k);
      // Batches of a packed operand come first.
      Point outer;
      int64_t own = rankOf(rhs) - int64_t(right.size());
      for (int64_t d = 0; d < own; ++d)
        outer.push_back(typeOf(rhs).getDimSize(d) == 1
                            ? e.math().constant(0)
                            : batch[d + int64_t(batch.size()) - own]);
      right.insert(right.begin(), outer.begin(), outer.end());
    } else {
      right = columnVector ? Point{k} : matrixPoint(e, rhs, op.getOutput(), batch, k, column, op.getTransposeRhs());
    }
    return {multiplyAdd(e, leftFactor.at(e, left, point), rightFactor.at(e, right, {column}), carried[0])};
  }).front();
  return finish(e, op, result, point, column);
}

/// The channel of a point and its spatial coordinates, by layout.
void splitPoint(ArrayRef<Coord> point, Layout layout, Coord &channel, Point &spatial) {
  bool last = layout == Layout::Nhwc;
  channel = last ? point.back() : point[1];
  for (size_t d = 1; d + 1 < point.size(); ++d)
    spatial.push_back(point[last ? d : d + 1]);
}

Point joinPoint(Coord batch, Coord channel, ArrayRef<Coord> spatial, Layout layout) {
  Point point{batch};
  if (layout == Layout::Nchw)
    point.push_back(channel);
  point.append(spatial.begin(), spatial.end());
  if (layout == Layout::Nhwc)
    point.push_back(channel);
  return point;
}

template <class Op> Value convElement(Evaluator &e, Op op, ArrayRef<Coord> point) {
  CoordMath m = e.math();
  Value input = op.getInput(), weight = op.getWeight();
  Coord outChannel;
  Point spatial;
  splitPoint(point, op.getLayout(), outChannel, spatial);
  int64_t ranks = spatial.size(), firstSpatial = op.getLayout() == Layout::Nhwc ? 1 : 2;
  auto panels = op.getWeightPacking();
  Coord perGroup = panels ? m.constant((*panels).getK()) : e.extent(weight, 1);
  Coord outputs = e.extent(op.getOutput(), op.getLayout() == Layout::Nhwc ? ranks + 1 : 1);
  Coord outPerGroup = m.div(outputs, m.constant(op.getGroup()));
  Coord group = op.getGroup() == 1 ? m.constant(0) : m.div(outChannel, outPerGroup);
  SmallVector<Value> extents;
  for (int64_t d = 0; d < ranks; ++d)
    extents.push_back(panels ? m.index((*panels).getTaps()[d]) : e.size(weight, d + 2));
  extents.push_back(perGroup.value);
  Factor pixel = lhsOf(e, op), tapWeight = rhsOf(e, op);
  Evaluator::Accumulator sum{pixel.sumType, 0.0, {}};
  Value result = e.fold(extents, sum, false, [&](ArrayRef<Coord> at, ValueRange carried) -> SmallVector<Value> {
    Point from;
    Value inside;
    for (int64_t d = 0; d < ranks; ++d) {
      Coord x = m.add(m.mul(spatial[d], m.constant(op.getStrides()[d])), m.mul(at[d], m.constant(op.getDilations()[d])));
      x = m.sub(x, m.constant(op.getPads()[d]));
      Coord size = e.extent(input, firstSpatial + d);
      if (op.getPads()[d] != 0 || op.getPads()[d + ranks] != 0) {
        inside = m.both(inside, m.both(m.less(m.constant(-1), x), m.less(x, size)));
        x = x.isUniform() ? x : m.clamp(x, size);
      }
      from.push_back(x);
    }
    if (inside && isa<VectorType>(inside.getType()))
      for (auto [d, x] : llvm::enumerate(from))
        x = m.clamp(x, e.extent(input, firstSpatial + d));
    Coord channel = m.add(m.mul(group, perGroup), at.back());
    auto product = [&]() -> Value {
      Point weightPoint{outChannel, at.back()};
      weightPoint.append(at.begin(), at.end() - 1);
      if (panels) {
        Coord inner = op.getGroup() == 1 ? outChannel : m.rem(outChannel, outPerGroup);
        weightPoint = packedPoint(e, *panels, elementTypeOf(weight), group, inner, at.drop_back(), at.back());
      }
      Point source = joinPoint(point[0], channel, from, op.getLayout());
      return multiplyAdd(e, pixel.atInside(e, source, inside, firstSpatial, ranks),
                         tapWeight.at(e, weightPoint, {outChannel}), carried[0]);
    };
    if (!inside)
      return {product()};
    return {e.choose(inside, product, [&]() -> Value { return carried[0]; })};
  }).front();
  return finish(e, op, result, point, outChannel);
}

/// One spatial coordinate of the input that a tap of a transposed convolution reads, and whether there is one.
Coord gatherTap(Evaluator &e, ConvTransposeOp op, int64_t d, Coord out, Coord tap, Value &inside) {
  CoordMath m = e.math();
  int64_t stride = op.getStrides()[d];
  // Shifted by a multiple of the stride that makes the dividend positive.
  Coord shift = m.mul(e.extent(op.getWeight(), d + 2), m.constant(stride * op.getDilations()[d]));
  Coord x = m.sub(m.add(out, m.constant(op.getPads()[d])), m.mul(tap, m.constant(op.getDilations()[d])));
  Coord positive = m.add(x, shift);
  int64_t slack = std::max<int64_t>(0, -op.getPads()[d]);
  Coord extra = m.constant((slack + stride - 1) / stride * stride);
  positive = m.add(positive, extra);
  Coord quotient = m.sub(m.div(positive, m.constant(stride)), m.div(m.add(shift, extra), m.constant(stride)));
  inside = m.both(inside, m.equal(m.rem(positive, m.constant(stride)), m.constant(0)));
  Coord size = e.extent(op.getInput(), d + 2);
  inside = m.both(inside, m.both(m.less(m.constant(-1), quotient), m.less(quotient, size)));
  return quotient.isUniform() ? quotient : m.clamp(quotient, size);
}

Value convTransposeElement(Evaluator &e, ConvTransposeOp op, ArrayRef<Coord> point) {
  CoordMath m = e.math();
  Value input = op.getInput(), weight = op.getWeight();
  int64_t ranks = point.size() - 2;
  Coord outPerGroup = e.extent(weight, 1);
  Coord perGroup = m.div(e.extent(input, 1), m.constant(op.getGroup()));
  Coord group = m.div(point[1], outPerGroup), outInner = m.rem(point[1], outPerGroup);
  SmallVector<Value> extents;
  for (int64_t d = 0; d < ranks; ++d)
    extents.push_back(e.size(weight, d + 2));
  extents.push_back(perGroup.value);
  Type type = elementTypeOf(input), sumType = e.accumulatorType(type);
  Factor pixel{input, sumType, {}}, tapWeight{weight, sumType, {}};
  Evaluator::Accumulator sum{sumType, 0.0, {}};
  Value result = e.fold(extents, sum, false, [&](ArrayRef<Coord> at, ValueRange carried) -> SmallVector<Value> {
    Value inside;
    Point from{point[0], m.add(m.mul(group, perGroup), at.back())};
    for (int64_t d = 0; d < ranks; ++d)
      from.push_back(gatherTap(e, op, d, point[d + 2], at[d], inside));
    Point weightPoint{from[1], outInner};
    weightPoint.append(at.begin(), at.end() - 1);
    auto product = [&] {
      Value x = pixel.atInside(e, from, inside, 2, ranks);
      return multiplyAdd(e, x, tapWeight.at(e, weightPoint), carried[0]);
    };
    return {e.choose(inside, product, [&]() -> Value { return carried[0]; })};
  }).front();
  if (op.getBias())
    result = addTerm(e, result, Factor::parameterAt(e, op.getBias(), {point[1]}, sumType));
  return e.convert(result, sumType, type);
}

} // namespace

Value finishContraction(Evaluator &e, Operation *op, Value sum, ArrayRef<Coord> point) {
  return TypeSwitch<Operation *, Value>(op)
      .Case<MatmulOp, ConvOp, QMatmulOp, QConvOp>([&](auto op) { return finish(e, op, sum, point, point.back()); })
      .Default([](Operation *) { return Value(); });
}

Value contractionElement(Evaluator &e, Operation *op, ArrayRef<Coord> point) {
  return TypeSwitch<Operation *, Value>(op)
      .Case([&](MatmulOp op) { return matmulElement(e, op, point); })
      .Case([&](ConvOp op) { return convElement(e, op, point); })
      .Case([&](QMatmulOp op) { return matmulElement(e, op, point); })
      .Case([&](QConvOp op) { return convElement(e, op, point); })
      .Case([&](ConvTransposeOp op) { return convTransposeElement(e, op, point); })
      .Default([](Operation *) { return Value(); });
}

} // namespace dsc
