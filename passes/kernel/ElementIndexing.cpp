// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Elements that are addressed by data, and elements made of sizes. No index from data reaches outside a buffer.

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "passes/kernel/ElementwiseOps.h"
#include "passes/kernel/Evaluator.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace dsc {
namespace {

/// A data index into a dimension: negative ones count from the end, what is outside is moved to the edge.
Coord safeIndex(Evaluator &e, Coord index, Coord size) {
  CoordMath m = e.math();
  return m.clamp(m.select(m.less(index, m.constant(0)), m.add(index, size), index), size);
}

Value gatherElement(Evaluator &e, GatherOp op, ArrayRef<Coord> point) {
  int64_t axis = op.getAxis(), indexRank = rankOf(op.getIndices());
  Point from(point.begin(), point.begin() + axis);
  Coord index = e.indexAt(op.getIndices(), point.slice(axis, indexRank));
  from.push_back(safeIndex(e, index, e.extent(op.getInput(), axis)));
  from.append(point.begin() + axis + indexRank, point.end());
  return e.elementIfAny(op.getInput(), from, {axis});
}

Value gatherElementsElement(Evaluator &e, GatherElementsOp op, ArrayRef<Coord> point) {
  Point from(point);
  from[op.getAxis()] = safeIndex(e, e.indexAt(op.getIndices(), point), e.extent(op.getInput(), op.getAxis()));
  return e.elementIfAny(op.getInput(), from, {int64_t(op.getAxis())});
}

Value gatherNdElement(Evaluator &e, GatherNdOp op, ArrayRef<Coord> point) {
  auto indices = typeOf(op.getIndices());
  int64_t outer = indices.getRank() - 1, tuple = indices.getDimSize(outer), batch = op.getBatchDims();
  Point from(point.begin(), point.begin() + batch);
  for (int64_t i = 0; i < tuple; ++i) {
    Point at(point.begin(), point.begin() + outer);
    at.push_back(e.math().constant(i));
    from.push_back(safeIndex(e, e.indexAt(op.getIndices(), at), e.extent(op.getInput(), batch + i)));
  }
  from.append(point.begin() + outer, point.end());
  return e.elementIfAny(op.getInput(), from, llvm::to_vector(llvm::seq<int64_t>(batch, batch + tuple)));
}

Value oneHotElement(Evaluator &e, OneHotOp op, ArrayRef<Coord> point) {
  CoordMath m = e.math();
  int64_t axis = op.getAxis();
  Point at(point.begin(), point.begin() + axis);
  at.append(point.begin() + axis + 1, point.end());
  Coord index = e.indexAt(op.getIndices(), at);
  index = m.select(m.less(index, m.constant(0)), m.add(index, e.extent(op.getOutput(), axis)), index);
  return e.choose(
      m.equal(index, point[axis]), [&] { return e.element(op.getValues(), Point{m.constant(1)}); },
      [&] { return e.element(op.getValues(), Point{m.constant(0)}); });
}

/// A number made of coordinates, as an element.
Value fromIndex(Evaluator &e, Coord index, Type elementType) {
  Value value = e.vectorized ? e.math().vector(index) : index.value;
  Type i64 = e.valueType(e.b.getI64Type());
  return e.convert(arith::IndexCastOp::create(e.b, e.loc, i64, value), e.b.getI64Type(), elementType);
}

Value rangeElement(Evaluator &e, RangeOp op, ArrayRef<Coord> point) {
  auto type = elementTypeOf(op.getOutput());
  auto scalar = [&](Value operand) {
    return e.element(operand, Point(rankOf(operand), e.math().constant(0)));
  };
  // In the accumulator's type: a rounded position would be wrong from 2048 on in f16.
  Type wide = e.accumulatorType(type);
  Value position = fromIndex(e, point[0], wide);
  Value start = e.convert(scalar(op.getStart()), type, wide), delta = e.convert(scalar(op.getDelta()), type, wide);
  Value result;
  if (isa<FloatType>(wide))
    result = arith::AddFOp::create(e.b, e.loc, start, arith::MulFOp::create(e.b, e.loc, position, delta));
  else
    result = arith::AddIOp::create(e.b, e.loc, start, arith::MulIOp::create(e.b, e.loc, position, delta));
  return e.convert(result, wide, type);
}

/// Picks the size that a coordinate names.
Value sizeElement(Evaluator &e, ArrayRef<Value> values, ArrayRef<Coord> point, Type elementType) {
  CoordMath m = e.math();
  Coord result = m.constant(0);
  for (auto [i, value] : llvm::enumerate(values))
    result = point.empty() ? Coord{value} : m.select(m.equal(point[0], m.constant(i)), {value}, result);
  return fromIndex(e, result, elementType);
}

Value dimValuesElement(Evaluator &e, DimValuesOp op, ArrayRef<Coord> point) {
  SmallVector<Value> values;
  for (auto [i, expr] : llvm::enumerate(op.getValues().getSizes()))
    values.push_back(e.atEntry(op.getOutput(), i, [&, expr = expr] { return e.body.dimValue(expr); }));
  return sizeElement(e, values, point, elementTypeOf(op.getOutput()));
}

Value shapeElement(Evaluator &e, ShapeOp op, ArrayRef<Coord> point) {
  SmallVector<Value> values;
  for (uint64_t d = op.getStart(); d < op.getEnd(); ++d)
    values.push_back(e.size(op.getInput(), d));
  return sizeElement(e, values, point, elementTypeOf(op.getOutput()));
}

Value constantOfShapeElement(Evaluator &e, ConstantOfShapeOp op) {
  Type elementType = elementTypeOf(op.getOutput());
  Attribute attr = *op.getValue().getValues<Attribute>().begin();
  if (auto integer = dyn_cast<IntegerAttr>(attr))
    attr = IntegerAttr::get(computeType(elementType), integer.getValue());
  return e.splat(arith::ConstantOp::create(e.b, e.loc, cast<TypedAttr>(attr)));
}

} // namespace

Value indexingElement(Evaluator &e, Operation *op, ArrayRef<Coord> point) {
  return TypeSwitch<Operation *, Value>(op)
      .Case([&](GatherOp op) { return gatherElement(e, op, point); })
      .Case([&](GatherElementsOp op) { return gatherElementsElement(e, op, point); })
      .Case([&](GatherNdOp op) { return gatherNdElement(e, op, point); })
      .Case([&](OneHotOp op) { return oneHotElement(e, op, point); })
      .Case([&](RangeOp op) { return rangeElement(e, op, point); })
      .Case([&](DimValuesOp op) { return dimValuesElement(e, op, point); })
      .Case([&](ShapeOp op) { return shapeElement(e, op, point); })
      .Case([&](ConstantOfShapeOp op) { return constantOfShapeElement(e, op); })
      .Default([](Operation *) { return Value(); });
}

} // namespace dsc
