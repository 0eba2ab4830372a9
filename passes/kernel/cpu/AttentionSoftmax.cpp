// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Online softmax over blocks of keys: scale, cap, mask, exponential, running maximum and total.

#include "passes/kernel/cpu/AttentionSoftmax.h"
#include "passes/kernel/ElementwiseOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/TypeUtilities.h"
#include <limits>

using namespace mlir;

namespace dsc {

namespace {
constexpr double minusInfinity = -std::numeric_limits<double>::infinity();
/// Below this the exponential is no normal f32: it counts as 0.
constexpr double smallestExponent = -87.0;
} // namespace

AttentionSoftmax::AttentionSoftmax(const AttentionSpec &spec, KernelBody &body)
    : spec(spec), m{body.b, body.loc}, math{body.b, body.loc}, lanes(body.level.lanes),
      vector(VectorType::get({lanes}, body.b.getF32Type())) {
  AttentionScratch scratch(spec);
  highest = m.view(body.scratch, scratch.highest, m.b.getF32Type());
  totals = m.view(body.scratch, scratch.totals, m.b.getF32Type());
  if (!spec.mask)
    return;
  mask = body.flat[*spec.mask];
  AttentionOp op = spec.op;
  Dims dims = getDims(op.getMask());
  Value stride = m.constant(1);
  for (int d = dims.size() - 1, position = 3; d >= 0; --d, --position) {
    if (getConstantDim(dims[d]) != 1)
      maskStrides[position] = stride;
    stride = m.mul(stride, body.dimValue(dims[d]));
  }
}

void AttentionSoftmax::reset(Value queries) {
  Value low = math.constant(m.b.getF32Type(), minusInfinity), zero = math.constant(m.b.getF32Type(), 0);
  m.loop(m.constant(0), queries, 1, [&](Value q) {
    memref::StoreOp::create(m.b, m.loc, low, highest, q);
    memref::StoreOp::create(m.b, m.loc, zero, totals, q);
  });
}

Value AttentionSoftmax::maskOffset(Place place, Value query) {
  Value offset = m.constant(0), indices[3] = {place.batch, place.head, query};
  for (int d = 0; d < 3; ++d)
    if (maskStrides[d])
      offset = m.add(offset, m.mul(indices[d], maskStrides[d]));
  return offset;
}

/// The vector exponential is only good in the range of normal numbers; removed scores are -infinity.
Value AttentionSoftmax::exponential(Value x) {
  Value low = math.constant(x.getType(), smallestExponent), zero = math.constant(x.getType(), 0);
  Value small = math.compare(arith::CmpFPredicate::OLT, x, low);
  return math.select(small, zero, math.make<math::ExpOp>(x));
}

Value AttentionSoftmax::removeAfterQuery(const Row &row, Value key, Value score) {
  Value visible = m.add(m.sub(row.query, m.add(row.firstKey, key)), 1); // keys from here on that are not later
  Value clamped = m.min(m.max(visible, m.constant(0)), m.constant(lanes));
  return math.select(m.mask(lanes, clamped), score, math.constant(vector, minusInfinity));
}

/// The finished scores of `lanes` keys of a row; lanes that are off are removed.
Value AttentionSoftmax::score(const Row &row, Value key, Value lanesOn) {
  AttentionOp op = spec.op;
  Value value = m.loadVector(row.scores, m.add(row.offset, key), lanes);
  value = math.mul(value, math.constant(vector, op.getScale().convertToDouble()));
  if (double cap = op.getSoftcap().convertToDouble(); cap != 0) {
    Value limit = math.constant(vector, cap);
    value = math.mul(limit, math.make<math::TanhOp>(math.div(value, limit)));
  }
  Value removed = math.constant(vector, minusInfinity);
  if (mask) {
    Type element = getElementTypeOrSelf(op.getMask().getType());
    Value loaded;
    if (maskStrides[3])
      loaded = m.loadVector(mask, m.add(m.add(row.maskStart, row.firstKey), key), lanes, lanesOn);
    else
      loaded = m.broadcast(m.loadScalar(mask, row.maskStart), lanes);
    if (element.isInteger(1))
      value = math.select(fromStorage(m.b, m.loc, loaded, element), value, removed);
    else
      value = math.add(value, loaded);
  }
  if (op.getCausal())
    value = removeAfterQuery(row, key, value);
  return lanesOn ? math.select(lanesOn, value, removed) : value;
}

void AttentionSoftmax::emitBlock(Value scores, Value sums, Value first, Value rows, Place place, Value firstKey,
                                 Value keyCount) {
  m.loop(m.constant(0), rows, 1, [&](Value r) {
    Value query = m.add(place.query, r);
    Row row{scores, m.mul(r, keysPerBlock), query, firstKey, {}};
    if (mask)
      row.maskStart = maskOffset(place, query);
    emitRow(row, sums, m.add(first, r), keyCount);
  });
}

void AttentionSoftmax::emitRow(Row row, Value sums, Value number, Value keyCount) {
  Value whole = m.mul(m.div(keyCount, m.constant(lanes)), lanes);
  auto take = [&](Value key, Value lanesOn, Value most) -> SmallVector<Value> {
    Value value = score(row, key, lanesOn);
    m.storeVector(value, row.scores, m.add(row.offset, key));
    return {emitMax(m.b, m.loc, most, value)};
  };
  SmallVector<Value> most{math.constant(vector, minusInfinity)};
  most = m.loop(m.constant(0), whole, lanes, most,
                [&](Value key, ValueRange carried) { return take(key, {}, carried[0]); });
  // The last keys: a loop of at most one turn, whose mask is the rest.
  most = m.loop(whole, keyCount, lanes, most, [&](Value key, ValueRange carried) {
    return take(key, m.mask(lanes, m.sub(keyCount, key)), carried[0]);
  });
  Value blockMost = vector::ReductionOp::create(m.b, m.loc, vector::CombiningKind::MAXIMUMF, most[0]);
  Value before = m.loadScalar(highest, number);
  Value now = emitMax(m.b, m.loc, before, blockMost);
  memref::StoreOp::create(m.b, m.loc, now, highest, number);
  // Without any key so far the maximum is -infinity, and -infinity - (-infinity) would be NaN.
  Value zero = math.constant(now.getType(), 0);
  Value none = math.compare(arith::CmpFPredicate::OEQ, now, math.constant(now.getType(), minusInfinity));
  Value base = math.select(none, zero, now);
  Value bases = m.broadcast(base, lanes);
  SmallVector<Value> total{math.constant(vector, 0)};
  total = m.loop(m.constant(0), keyCount, lanes, total, [&](Value key, ValueRange carried) {
    Value at = m.add(row.offset, key);
    Value weight = exponential(math.sub(m.loadVector(row.scores, at, lanes), bases));
    m.storeVector(weight, row.scores, at);
    return SmallVector<Value>{math.add(carried[0], weight)};
  });
  Value blockTotal = vector::ReductionOp::create(m.b, m.loc, vector::CombiningKind::ADD, total[0]);
  Value factor = exponential(math.sub(before, base));
  Value old = m.loadScalar(totals, number);
  memref::StoreOp::create(m.b, m.loc, math.add(math.mul(old, factor), blockTotal), totals, number);
  rescale(sums, number, factor);
}

void AttentionSoftmax::rescale(Value sums, Value number, Value factor) {
  Value same = math.compare(arith::CmpFPredicate::UNE, factor, math.constant(factor.getType(), 1));
  m.branch(same, [&] {
    Value factors = m.broadcast(factor, lanes), start = m.mul(number, spec.paddedDepth());
    m.loop(m.constant(0), m.constant(spec.paddedDepth()), lanes, [&](Value column) {
      Value at = m.add(start, column);
      m.storeVector(math.mul(m.loadVector(sums, at, lanes), factors), sums, at);
    });
  });
}

void AttentionSoftmax::normalise(Value sums, Value offset, Value row) {
  AttentionOp op = spec.op;
  Value total = m.loadScalar(totals, row), one = math.constant(total.getType(), 1);
  Value none = math.compare(arith::CmpFPredicate::OEQ, total, math.constant(total.getType(), 0));
  Value divisor = m.broadcast(op.getNanIfRemoved() ? total : math.select(none, one, total), lanes);
  m.loop(m.constant(0), m.constant(spec.paddedDepth()), lanes, [&](Value column) {
    Value at = m.add(offset, column);
    m.storeVector(math.div(m.loadVector(sums, at, lanes), divisor), sums, at);
  });
}

} // namespace dsc
