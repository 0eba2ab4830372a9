// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Elements of attention, for what no fused emitter takes: statistics per query, then one sum per element.

#include "passes/kernel/ElementAttention.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "passes/kernel/ElementwiseOps.h"

using namespace mlir;

namespace dsc {

static constexpr double infinity = std::numeric_limits<double>::infinity();

AttentionQuery::AttentionQuery(Evaluator &e, AttentionOp op, ArrayRef<Coord> point)
    : e(e), op(op), batch(point[0]), head(point[headDim()]), position(point[sequenceDim()]),
      sumType(e.accumulatorType(elementTypeOf(op.getQuery()))) {}

Value AttentionQuery::at(Value tensor, Coord h, Coord s, Coord d) {
  Point point{batch, h, s, d};
  if (headDim() == 2)
    std::swap(point[1], point[2]);
  return e.convert(e.element(tensor, point), elementTypeOf(tensor), sumType);
}

Coord AttentionQuery::sharedHead() {
  CoordMath m = e.math();
  Coord ratio = m.div(e.extent(op.getQuery(), headDim()), e.extent(op.getKey(), headDim()));
  return m.div(head, ratio);
}

Value AttentionQuery::masked(Value score, Coord key) {
  Value removed = e.constant(sumType, -infinity);
  if (Value mask = op.getMask()) {
    Point point{batch, head, position, key}, own;
    auto type = typeOf(mask);
    for (int64_t d = 0; d < type.getRank(); ++d)
      own.push_back(type.getDimSize(d) == 1 ? e.math().constant(0) : point[d + 4 - type.getRank()]);
    Value value = e.element(mask, own);
    if (type.getElementType().isInteger(1))
      score = arith::SelectOp::create(e.b, e.loc, value, score, removed);
    else
      score = arith::AddFOp::create(e.b, e.loc, score, e.convert(value, type.getElementType(), sumType));
  }
  if (op.getCausal())
    score = arith::SelectOp::create(e.b, e.loc, e.math().less(position, key), removed, score);
  return score;
}

Value AttentionQuery::score(Coord key, bool inLanes) {
  Coord shared = sharedHead();
  Evaluator::Accumulator sum{sumType, 0.0, [this](Value x, Value y) -> Value {
    return arith::AddFOp::create(e.b, e.loc, x, y);
  }};
  Value dot = e.fold({e.size(op.getQuery(), 3)}, sum, inLanes,
                     [&](ArrayRef<Coord> d, ValueRange carried) -> SmallVector<Value> {
    return {math::FmaOp::create(e.b, e.loc, at(op.getQuery(), head, position, d[0]),
                                at(op.getKey(), shared, key, d[0]), carried[0])};
  }).front();
  Value score = arith::MulFOp::create(e.b, e.loc, dot, e.constant(sumType, op.getScale().convertToDouble()));
  if (double cap = op.getSoftcap().convertToDouble(); cap != 0) {
    Value limit = e.constant(sumType, cap);
    Value bent = math::TanhOp::create(e.b, e.loc, arith::DivFOp::create(e.b, e.loc, score, limit));
    score = arith::MulFOp::create(e.b, e.loc, bent, limit);
  }
  return masked(score, key);
}

namespace {

Value exponential(AttentionQuery &query, Coord key, Value largest) {
  Evaluator &e = query.e;
  return math::ExpOp::create(e.b, e.loc, arith::SubFOp::create(e.b, e.loc, query.score(key, false), largest));
}

SmallVector<Value> attentionStatistics(Evaluator &e, AttentionOp op, ArrayRef<Coord> point) {
  Point row(point);
  row[3] = Coord{};
  return e.remember(op, row, [&]() -> SmallVector<Value> {
    AttentionQuery query(e, op, row);
    Value keys = e.size(op.getKey(), query.sequenceDim());
    Evaluator::Accumulator max{query.sumType, -infinity, {}}, sum{query.sumType, 0.0, {}};
    Value largest = e.fold({keys}, max, false, [&](ArrayRef<Coord> key, ValueRange carried) -> SmallVector<Value> {
      return {emitMax(e.b, e.loc, query.score(key[0], false), carried[0])};
    }).front();
    // Of a row without keys nothing is subtracted: every term is zero.
    Value none = arith::CmpFOp::create(e.b, e.loc, arith::CmpFPredicate::OEQ, largest,
                                       e.constant(query.sumType, -infinity));
    largest = arith::SelectOp::create(e.b, e.loc, none, e.constant(query.sumType, 0.0), largest);
    Value total = e.fold({keys}, sum, false, [&](ArrayRef<Coord> key, ValueRange carried) -> SmallVector<Value> {
      return {arith::AddFOp::create(e.b, e.loc, carried[0], exponential(query, key[0], largest))};
    }).front();
    if (!op.getNanIfRemoved())
      total = arith::SelectOp::create(e.b, e.loc, none, e.constant(query.sumType, 1.0), total);
    return {largest, total};
  });
}

} // namespace

bool hoistAttention(Evaluator &e, Operation *op, ArrayRef<Coord> point) {
  auto attention = dyn_cast<AttentionOp>(op);
  if (!attention || point[3].value)
    return false;
  attentionStatistics(e, attention, point);
  return true;
}

Value attentionElement(Evaluator &e, Operation *op, ArrayRef<Coord> point) {
  auto attention = dyn_cast<AttentionOp>(op);
  if (!attention)
    return {};
  SmallVector<Value> statistics = attentionStatistics(e, attention, point);
  AttentionQuery query(e, attention, point);
  Coord shared = query.sharedHead();
  Value keys = e.size(attention.getKey(), query.sequenceDim());
  Evaluator::Accumulator sum{query.sumType, 0.0, {}};
  Value total = e.fold({keys}, sum, false, [&](ArrayRef<Coord> key, ValueRange carried) -> SmallVector<Value> {
    Value weight = exponential(query, key[0], statistics[0]);
    return {math::FmaOp::create(e.b, e.loc, weight, query.at(attention.getValue(), shared, key[0], point[3]),
                                carried[0])};
  }).front();
  Value result = arith::DivFOp::create(e.b, e.loc, total, statistics[1]);
  return e.convert(result, query.sumType, elementTypeOf(attention.getOutput()));
}

} // namespace dsc
