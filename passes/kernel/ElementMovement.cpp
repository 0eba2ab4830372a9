// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Elements of data movement: where in the operand an element of the result comes from.

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "passes/kernel/Evaluator.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace dsc {
namespace {

Value transposeElement(Evaluator &e, TransposeOp op, ArrayRef<Coord> point) {
  Point from(point.size());
  for (auto [d, source] : llvm::enumerate(op.getPermutation()))
    from[source] = point[d];
  return e.element(op.getInput(), from);
}

/// Same elements, other shape. Equal trailing sizes keep their coordinates, so that runs stay runs.
Value reshapeElement(Evaluator &e, Operation *op, ArrayRef<Coord> point) {
  Value input = op->getOperand(0), output = op->getResult(0);
  Dims from = getDims(input), to = getDims(output);
  size_t kept = 0;
  while (kept < from.size() && kept < to.size() && from[from.size() - 1 - kept] == to[to.size() - 1 - kept])
    ++kept;
  SmallVector<Value> leading = e.sizes(input);
  leading.truncate(from.size() - kept);
  CoordMath m = e.math();
  Coord position = m.constant(0);
  for (size_t d = 0; d + kept < to.size(); ++d)
    position = m.add(m.mul(position, e.extent(output, d)), point[d]);
  Point mapped = e.delinearize(position, leading);
  mapped.append(point.end() - kept, point.end());
  return e.element(input, mapped);
}

Value squeezeElement(Evaluator &e, SqueezeOp op, ArrayRef<Coord> point) {
  Point from;
  size_t next = 0, rank = rankOf(op.getInput());
  for (size_t d = 0; d < rank; ++d)
    from.push_back(llvm::is_contained(op.getAxes(), int64_t(d)) ? e.math().constant(0) : point[next++]);
  return e.element(op.getInput(), from);
}

Value unsqueezeElement(Evaluator &e, UnsqueezeOp op, ArrayRef<Coord> point) {
  Point from;
  for (size_t d = 0; d < point.size(); ++d)
    if (!llvm::is_contained(op.getAxes(), int64_t(d)))
      from.push_back(point[d]);
  return e.element(op.getInput(), from);
}

/// The coordinate in the operand of the first element of a slice, made safe for any run-time start.
Value sliceStart(Evaluator &e, SliceOp op, unsigned i, int64_t axis) {
  return e.atEntry(op.getOutput(), i, [&]() -> Value {
    CoordMath m = e.math();
    Coord zero = m.constant(0), one = m.constant(1), size = e.extent(op.getInput(), axis);
    Coord start{e.shapeOperand(op.getStarts(), i)}, step{e.shapeOperand(op.getSteps(), i)};
    Coord last = m.sub(size, one);
    start = m.select(m.less(start, zero), m.add(start, size), start);
    Coord span = m.mul(m.sub(e.extent(op.getOutput(), axis), one), step);
    Coord forward = m.max(m.min(m.max(start, zero), m.sub(last, span)), zero);
    Coord backward = m.min(m.max(m.min(start, last), m.sub(zero, span)), last);
    return m.select(m.less(zero, step), forward, backward).value;
  });
}

Value sliceElement(Evaluator &e, SliceOp op, ArrayRef<Coord> point) {
  CoordMath m = e.math();
  Point from(point);
  for (auto [i, axis] : llvm::enumerate(op.getAxes())) {
    Coord step{e.shapeOperand(op.getSteps(), i)};
    from[axis] = m.add({sliceStart(e, op, i, axis)}, m.mul(point[axis], step));
  }
  return e.element(op.getInput(), from);
}

/// A coordinate reflected at both edges without repeating them.
Coord reflect(CoordMath m, Coord x, Coord size) {
  Coord one = m.constant(1);
  Coord period = m.max(m.mul(m.sub(size, one), m.constant(2)), one);
  Coord shifted = m.floorMod(x, period);
  return m.select(m.less(shifted, size), shifted, m.sub(period, shifted));
}

Coord padCoordinate(CoordMath m, PadMode mode, Coord x, Coord size) {
  switch (mode) {
  case PadMode::Reflect:
    return reflect(m, x, size);
  case PadMode::Wrap:
    return m.floorMod(x, m.max(size, m.constant(1)));
  default:
    return m.clamp(x, size);
  }
}

SmallVector<int64_t> paddedAxes(PadOp op, int64_t rank) {
  if (op.getAxes())
    return SmallVector<int64_t>(*op.getAxes());
  return llvm::to_vector(llvm::seq<int64_t>(0, rank));
}

Value padElement(Evaluator &e, PadOp op, ArrayRef<Coord> point) {
  CoordMath m = e.math();
  SmallVector<int64_t> axes = paddedAxes(op, point.size()), padded;
  Point from(point);
  Value inside;
  for (auto [i, axis] : llvm::enumerate(axes)) {
    Value before = e.shapeOperand(op.getPads(), i), after = e.shapeOperand(op.getPads(), i + axes.size());
    if (getConstantIntValue(before) == 0 && getConstantIntValue(after) == 0)
      continue;
    padded.push_back(axis);
    Coord x = m.sub(point[axis], {before}), size = e.extent(op.getInput(), axis);
    if (op.getMode() == PadMode::Constant) {
      inside = m.both(inside, m.both(m.less(m.constant(-1), x), m.less(x, size)));
      // Inside a branch the coordinate is in range already; a mask still reads.
      from[axis] = x.isUniform() ? x : m.clamp(x, size);
    } else {
      from[axis] = padCoordinate(m, op.getMode(), x, size);
    }
  }
  if (!inside)
    return e.elementIfAny(op.getInput(), from, padded);
  // A branch on a condition of all lanes reads only what is inside.
  if (!isa<VectorType>(inside.getType()))
    padded.clear();
  else
    for (auto [d, coord] : llvm::enumerate(from))
      coord = m.clamp(coord, e.extent(op.getInput(), d));
  return e.choose(
      inside, [&] { return e.elementIfAny(op.getInput(), from, padded); },
      [&]() -> Value {
        Type elementType = elementTypeOf(op.getInput());
        if (!op.getValue())
          return e.constant(elementType, 0.0);
        return e.element(op.getValue(), Point(rankOf(op.getValue()), m.constant(0)));
      });
}

Value concatElement(Evaluator &e, ConcatOp op, ArrayRef<Coord> point) {
  CoordMath m = e.math();
  int64_t axis = op.getAxis();
  Coord rest = point[axis];
  std::function<Value(unsigned, Coord)> pick = [&](unsigned i, Coord x) -> Value {
    Value input = op.getInputs()[i];
    Coord size = e.extent(input, axis);
    auto here = [&] {
      Point from(point);
      from[axis] = x.isUniform() ? x : m.clamp(x, size);
      return x.isUniform() ? e.element(input, from) : e.elementIfAny(input, from, {axis});
    };
    if (i + 1 == op.getInputs().size())
      return here();
    return e.choose(m.less(x, size), here, [&] { return pick(i + 1, m.sub(x, size)); });
  };
  return pick(0, rest);
}

Value tileElement(Evaluator &e, TileOp op, ArrayRef<Coord> point) {
  Point from(point);
  for (auto [d, coord] : llvm::enumerate(from))
    if (getDims(op.getInput())[d] != getDims(op.getOutput())[d])
      coord = e.math().rem(coord, e.extent(op.getInput(), d));
  return e.element(op.getInput(), from);
}

Value triluElement(Evaluator &e, TriluOp op, ArrayRef<Coord> point) {
  CoordMath m = e.math();
  Coord row = point[point.size() - 2], column = point.back();
  Coord k = op.getK() ? Coord{e.shapeOperand(op.getK(), 0)} : m.constant(0);
  Coord diagonal = m.add(row, k);
  Value keep = op.getUpper() ? m.less(m.sub(diagonal, m.constant(1)), column)
                             : m.less(column, m.add(diagonal, m.constant(1)));
  return e.choose(
      keep, [&] { return e.element(op.getInput(), point); },
      [&] { return e.constant(elementTypeOf(op.getInput()), 0.0); });
}

Value depthToSpaceElement(Evaluator &e, DepthToSpaceOp op, ArrayRef<Coord> point) {
  CoordMath m = e.math();
  Coord block = m.constant(op.getBlock());
  Coord inner = m.add(m.mul(m.rem(point[2], block), block), m.rem(point[3], block));
  Coord channel = op.getMode() == DepthToSpaceMode::Dcr
                      ? m.add(m.mul(inner, e.extent(op.getOutput(), 1)), point[1])
                      : m.add(m.mul(point[1], m.constant(op.getBlock() * op.getBlock())), inner);
  return e.element(op.getInput(), Point{point[0], channel, m.div(point[2], block), m.div(point[3], block)});
}

Value spaceToDepthElement(Evaluator &e, SpaceToDepthOp op, ArrayRef<Coord> point) {
  CoordMath m = e.math();
  Coord block = m.constant(op.getBlock()), depth = e.extent(op.getInput(), 1);
  Coord inner = m.div(point[1], depth);
  Coord y = m.add(m.mul(point[2], block), m.div(inner, block));
  Coord x = m.add(m.mul(point[3], block), m.rem(inner, block));
  return e.element(op.getInput(), Point{point[0], m.rem(point[1], depth), y, x});
}

} // namespace

Value movementElement(Evaluator &e, Operation *op, ArrayRef<Coord> point) {
  return TypeSwitch<Operation *, Value>(op)
      .Case([&](TransposeOp op) { return transposeElement(e, op, point); })
      .Case([&](ReshapeOp op) { return reshapeElement(e, op, point); })
      .Case([&](SqueezeOp op) { return squeezeElement(e, op, point); })
      .Case([&](UnsqueezeOp op) { return unsqueezeElement(e, op, point); })
      .Case([&](ExpandOp op) {
        return e.element(op.getInput(), e.broadcastPoint(op.getInput(), op.getOutput(), point));
      })
      .Case([&](SliceOp op) -> Value { return sliceElement(e, op, point); })
      .Case([&](PadOp op) { return padElement(e, op, point); })
      .Case([&](ConcatOp op) { return concatElement(e, op, point); })
      .Case([&](TileOp op) { return tileElement(e, op, point); })
      .Case([&](TriluOp op) { return triluElement(e, op, point); })
      .Case([&](DepthToSpaceOp op) { return depthToSpaceElement(e, op, point); })
      .Case([&](SpaceToDepthOp op) { return spaceToDepthElement(e, op, point); })
      .Default([](Operation *) { return Value(); });
}

} // namespace dsc
