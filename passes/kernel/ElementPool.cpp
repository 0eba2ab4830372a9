// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Elements of pooling: a window of the input, whose padding never counts as data.

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "passes/kernel/ElementwiseOps.h"
#include "passes/kernel/Evaluator.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace dsc {
namespace {

/// The geometry of a pooling op.
struct Window {
  Value input;
  ArrayRef<int64_t> kernel, strides, pads, dilations;
  Layout layout;
  int64_t ranks() const { return kernel.size(); }
  int64_t first() const { return layout == Layout::Nhwc ? 1 : 2; }

  /// The input's point of a window position; `inside` is null where nothing can be outside.
  Point at(Evaluator &e, ArrayRef<Coord> point, ArrayRef<Coord> tap, Value &inside) const {
    CoordMath m = e.math();
    Point from(point);
    for (int64_t d = 0; d < ranks(); ++d) {
      Coord x = m.mul(point[first() + d], m.constant(strides[d]));
      x = m.sub(m.add(x, m.mul(tap[d], m.constant(dilations[d]))), m.constant(pads[d]));
      Coord size = e.extent(input, first() + d);
      if (pads[d] != 0 || pads[d + ranks()] != 0)
        inside = m.both(inside, m.both(m.less(m.constant(-1), x), m.less(x, size)));
      from[first() + d] = inside && !x.isUniform() ? m.clamp(x, size) : x;
    }
    if (inside && isa<VectorType>(inside.getType()))
      for (int64_t d = 0; d < ranks(); ++d)
        from[first() + d] = m.clamp(from[first() + d], e.extent(input, first() + d));
    return from;
  }

  /// The element at a point that `at` gave; a mask reads also what is not inside.
  Value read(Evaluator &e, ArrayRef<Coord> from, Value inside) const {
    if (!inside || !isa<VectorType>(inside.getType()))
      return e.element(input, from);
    return e.elementIfAny(input, from, llvm::to_vector(llvm::seq<int64_t>(first(), first() + ranks())));
  }

  SmallVector<Value> extents(Evaluator &e) const {
    SmallVector<Value> result;
    for (int64_t size : kernel)
      result.push_back(e.math().index(size));
    return result;
  }
};

Value maxPoolValue(Evaluator &e, MaxPoolOp op, const Window &window, ArrayRef<Coord> point) {
  Type type = elementTypeOf(op.getInput());
  double lowest = -std::numeric_limits<double>::infinity();
  bool isUnsigned = type.isUnsignedInteger();
  Evaluator::Accumulator largest{type, lowest, {}};
  return e.fold(window.extents(e), largest, false, [&](ArrayRef<Coord> tap, ValueRange carried) -> SmallVector<Value> {
    Value inside;
    Point from = window.at(e, point, tap, inside);
    auto larger = [&] { return emitMax(e.b, e.loc, carried[0], window.read(e, from, inside), isUnsigned); };
    return {inside ? e.choose(inside, larger, [&]() -> Value { return carried[0]; }) : larger()};
  }).front();
}

/// The position in the whole input that `indices` reports.
Value reportedPosition(Evaluator &e, MaxPoolOp op, Point from) {
  CoordMath m = e.math();
  Value input = op.getInput();
  Point order(from);
  SmallVector<Value> sizes = e.sizes(input);
  if (op.getStorageOrder() == 1 && from.size() >= 4) {
    std::swap(order[order.size() - 1], order[order.size() - 2]);
    std::swap(sizes[sizes.size() - 1], sizes[sizes.size() - 2]);
  }
  Coord position = m.constant(0);
  for (size_t d = 0; d < order.size(); ++d)
    position = m.add(m.mul(position, {sizes[d]}), order[d]);
  Value index = e.vectorized ? m.vector(position) : position.value;
  return arith::IndexCastOp::create(e.b, e.loc, e.valueType(e.b.getI64Type()), index);
}

Value maxPoolIndex(Evaluator &e, MaxPoolOp op, const Window &window, ArrayRef<Coord> point) {
  Type type = elementTypeOf(op.getInput()), i64 = e.b.getI64Type();
  Evaluator::Accumulator best{type, -std::numeric_limits<double>::infinity(), {}}, where{i64, -1, {}};
  SmallVector<Value> result = e.fold(window.extents(e), {best, where}, false,
                                     [&](ArrayRef<Coord> tap, ValueRange carried) -> SmallVector<Value> {
    Value inside;
    Point from = window.at(e, point, tap, inside);
    auto value = [&]() -> Value { return window.read(e, from, inside); };
    Value x = inside ? e.choose(inside, value, [&]() -> Value { return carried[0]; }) : value();
    Value better;
    if (isa<FloatType>(type))
      better = arith::CmpFOp::create(e.b, e.loc, arith::CmpFPredicate::OGT, x, carried[0]);
    else
      better = arith::CmpIOp::create(e.b, e.loc,
                                     type.isUnsignedInteger() ? arith::CmpIPredicate::ugt : arith::CmpIPredicate::sgt,
                                     x, carried[0]);
    Value unset = arith::CmpIOp::create(e.b, e.loc, arith::CmpIPredicate::slt, carried[1], e.constant(i64, 0));
    Value take = arith::OrIOp::create(e.b, e.loc, better, unset);
    if (inside)
      take = arith::AndIOp::create(e.b, e.loc, take, e.splat(inside));
    Value position = reportedPosition(e, op, from);
    return {arith::SelectOp::create(e.b, e.loc, take, x, carried[0]),
            arith::SelectOp::create(e.b, e.loc, take, position, carried[1])};
  });
  return result[1];
}

/// How many taps of a window count, along one dimension: those inside the input widened by `before` and `after`.
Value countTaps(Evaluator &e, const Window &window, int64_t d, Coord out, int64_t before, int64_t after) {
  CoordMath m = e.math();
  Coord zero = m.constant(0), one = m.constant(1), step = m.constant(window.dilations[d]);
  Coord start = m.sub(m.mul(out, m.constant(window.strides[d])), m.constant(window.pads[d]));
  Coord limit = m.add(e.extent(window.input, window.first() + d), m.constant(after));
  // Taps below the lower edge, rounded up, and taps below the upper edge.
  Coord below = m.max(m.sub(m.constant(-before), start), zero);
  Coord first = m.div(m.add(below, m.sub(step, one)), step);
  Coord above = m.max(m.sub(limit, start), zero);
  Coord end = m.min(m.div(m.add(above, m.sub(step, one)), step), m.constant(window.kernel[d]));
  Coord count = m.max(m.sub(end, first), zero);
  Value value = e.vectorized ? m.vector(count) : count.value;
  return arith::IndexCastOp::create(e.b, e.loc, e.valueType(e.b.getI64Type()), value);
}

Value averagePoolValue(Evaluator &e, AveragePoolOp op, const Window &window, ArrayRef<Coord> point) {
  Type type = elementTypeOf(op.getInput()), sumType = e.accumulatorType(type);
  Evaluator::Accumulator sum{sumType, 0.0, {}};
  Value total = e.fold(window.extents(e), sum, false, [&](ArrayRef<Coord> tap, ValueRange carried) -> SmallVector<Value> {
    Value inside;
    Point from = window.at(e, point, tap, inside);
    auto more = [&]() -> Value {
      Value x = e.convert(window.read(e, from, inside), type, sumType);
      return arith::AddFOp::create(e.b, e.loc, carried[0], x);
    };
    return {inside ? e.choose(inside, more, [&]() -> Value { return carried[0]; }) : more()};
  }).front();
  ArrayRef<int64_t> counted = op.getCountPads() ? *op.getCountPads() : op.getPads();
  Value count;
  for (int64_t d = 0; d < window.ranks(); ++d) {
    int64_t before = op.getCountIncludePad() ? counted[d] : 0;
    int64_t after = op.getCountIncludePad() ? counted[d + window.ranks()] : 0;
    Value taps = countTaps(e, window, d, point[window.first() + d], before, after);
    count = count ? arith::MulIOp::create(e.b, e.loc, count, taps).getResult() : taps;
  }
  Value divisor = e.convert(count, e.b.getI64Type(), sumType);
  return e.convert(arith::DivFOp::create(e.b, e.loc, total, divisor), sumType, type);
}

} // namespace

Value poolElement(Evaluator &e, OpResult result, ArrayRef<Coord> point) {
  if (auto op = dyn_cast<MaxPoolOp>(result.getOwner())) {
    Window window{op.getInput(), op.getKernel(), op.getStrides(), op.getPads(), op.getDilations(), op.getLayout()};
    return result.getResultNumber() == 0 ? maxPoolValue(e, op, window, point) : maxPoolIndex(e, op, window, point);
  }
  if (auto op = dyn_cast<AveragePoolOp>(result.getOwner())) {
    Window window{op.getInput(), op.getKernel(), op.getStrides(), op.getPads(), op.getDilations(), op.getLayout()};
    return averagePoolValue(e, op, window, point);
  }
  return {};
}

} // namespace dsc
