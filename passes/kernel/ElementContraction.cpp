// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Elements of matrix products and convolutions: one sum of products each. Packed weights are read in place.

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "passes/kernel/Evaluator.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace dsc {
namespace {


Value wide(Evaluator &e, Value tensor, ArrayRef<Coord> point) {
  Type type = elementTypeOf(tensor);
  return e.convert(e.element(tensor, point), type, e.accumulatorType(type));
}

/// The element of a convolution's input behind `inside`; a mask reads also what is not inside.
Value wideInside(Evaluator &e, Value input, ArrayRef<Coord> point, Value inside, int64_t firstSpatial, int64_t ranks) {
  if (!inside || !isa<VectorType>(inside.getType()))
    return wide(e, input, point);
  Type type = elementTypeOf(input);
  auto spatial = llvm::to_vector(llvm::seq<int64_t>(firstSpatial, firstSpatial + ranks));
  return e.convert(e.elementIfAny(input, point, spatial), type, e.accumulatorType(type));
}

Value multiplyAdd(Evaluator &e, Value x, Value y, Value sum) {
  if (isa<FloatType>(getElementTypeOrSelf(x.getType())))
    return math::FmaOp::create(e.b, e.loc, x, y, sum);
  return arith::AddIOp::create(e.b, e.loc, sum, arith::MulIOp::create(e.b, e.loc, x, y));
}

/// The point of a weight element in its packed panels (`taps` empty for a matrix).
Point packedPoint(Evaluator &e, PanelsAttr panels, Coord group, Coord column, ArrayRef<Coord> taps, Coord k) {
  CoordMath m = e.math();
  Coord nr = m.constant(panels.getNr()), kp = m.constant(panels.getKp());
  Point point;
  if (panels.getGroups() != 1)
    point.push_back(group);
  point.push_back(m.div(column, nr));
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

Value matmulElement(Evaluator &e, MatmulOp op, ArrayRef<Coord> point) {
  Value lhs = op.getLhs(), rhs = op.getRhs();
  bool rowVector = rankOf(lhs) == 1, columnVector = !op.getRhsPacking() && rankOf(rhs) == 1;
  Point batch(point);
  Coord column = columnVector ? e.math().constant(0) : batch.pop_back_val();
  Coord row = rowVector ? e.math().constant(0) : batch.pop_back_val();
  Type type = elementTypeOf(lhs), sumType = e.accumulatorType(type);
  int64_t contracted = rankOf(lhs) - (op.getTransposeLhs() ? 2 : 1);
  Evaluator::Accumulator sum{sumType, 0.0, {}};
  Value result = e.fold({e.size(lhs, contracted)}, sum, false,
                        [&](ArrayRef<Coord> at, ValueRange carried) -> SmallVector<Value> {
    Coord k = at[0];
    Point left = rowVector ? Point{k} : matrixPoint(e, lhs, op.getOutput(), batch, row, k, op.getTransposeLhs());
    Point right;
    if (auto panels = op.getRhsPacking()) {
      Coord shifted = e.math().add(column, e.math().constant(op.getRhsOffset().value_or(0)));
      right = packedPoint(e, *panels, {}, shifted, {}, k);
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
    return {multiplyAdd(e, wide(e, lhs, left), wide(e, rhs, right), carried[0])};
  }).front();
  return e.convert(result, sumType, type);
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

Value addBias(Evaluator &e, Value sum, Value bias, Coord channel) {
  if (!bias)
    return sum;
  Value term = wide(e, bias, Point{channel});
  if (isa<FloatType>(getElementTypeOrSelf(sum.getType())))
    return arith::AddFOp::create(e.b, e.loc, sum, term);
  return arith::AddIOp::create(e.b, e.loc, sum, term);
}

Value convElement(Evaluator &e, ConvOp op, ArrayRef<Coord> point) {
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
  Type type = elementTypeOf(input), sumType = e.accumulatorType(type);
  Evaluator::Accumulator sum{sumType, 0.0, {}};
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
        weightPoint = packedPoint(e, *panels, group, inner, at.drop_back(), at.back());
      }
      Point source = joinPoint(point[0], channel, from, op.getLayout());
      return multiplyAdd(e, wideInside(e, input, source, inside, firstSpatial, ranks), wide(e, weight, weightPoint),
                         carried[0]);
    };
    if (!inside)
      return {product()};
    return {e.choose(inside, product, [&]() -> Value { return carried[0]; })};
  }).front();
  return e.convert(addBias(e, result, op.getBias(), outChannel), sumType, type);
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
  Evaluator::Accumulator sum{sumType, 0.0, {}};
  Value result = e.fold(extents, sum, false, [&](ArrayRef<Coord> at, ValueRange carried) -> SmallVector<Value> {
    Value inside;
    Point from{point[0], m.add(m.mul(group, perGroup), at.back())};
    for (int64_t d = 0; d < ranks; ++d)
      from.push_back(gatherTap(e, op, d, point[d + 2], at[d], inside));
    Point weightPoint{from[1], outInner};
    weightPoint.append(at.begin(), at.end() - 1);
    auto product = [&] {
      Value x = wideInside(e, input, from, inside, 2, ranks);
      return multiplyAdd(e, x, wide(e, weight, weightPoint), carried[0]);
    };
    return {e.choose(inside, product, [&]() -> Value { return carried[0]; })};
  }).front();
  return e.convert(addBias(e, result, op.getBias(), point[1]), sumType, type);
}

} // namespace

Value contractionElement(Evaluator &e, Operation *op, ArrayRef<Coord> point) {
  return TypeSwitch<Operation *, Value>(op)
      .Case([&](MatmulOp op) { return matmulElement(e, op, point); })
      .Case([&](ConvOp op) { return convElement(e, op, point); })
      .Case([&](ConvTransposeOp op) { return convTransposeElement(e, op, point); })
      .Default([](Operation *) { return Value(); });
}

} // namespace dsc
