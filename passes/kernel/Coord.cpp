// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Coordinate arithmetic in index values, with vectors of indices only where lanes do not follow a constant step.

#include "passes/kernel/Coord.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace dsc {

Value CoordMath::index(int64_t value) { return arith::ConstantIndexOp::create(b, loc, value); }

Value CoordMath::vector(Coord x) {
  if (x.isVector())
    return x.value;
  auto type = VectorType::get({lanes}, b.getIndexType());
  Value base = vector::BroadcastOp::create(b, loc, type, x.value);
  if (x.step == 0)
    return base;
  SmallVector<int64_t> steps;
  for (int64_t lane = 0; lane < lanes; ++lane)
    steps.push_back(lane * x.step);
  Value offsets = arith::ConstantOp::create(b, loc, DenseElementsAttr::get(type, ArrayRef(steps)));
  return arith::AddIOp::create(b, loc, base, offsets);
}

Value CoordMath::materialize(Coord x) { return x.isUniform() ? x.value : vector(x); }

Value CoordMath::lane(Coord x, int64_t lane) {
  if (x.isVector())
    return vector::ExtractOp::create(b, loc, x.value, ArrayRef<int64_t>{lane});
  return b.createOrFold<arith::AddIOp>(loc, x.value, index(lane * x.step));
}

template <class Op> Coord CoordMath::elementwise(Coord x, Coord y) {
  if (x.isUniform() && y.isUniform())
    return {b.createOrFold<Op>(loc, x.value, y.value)};
  return {b.createOrFold<Op>(loc, vector(x), vector(y))};
}

Coord CoordMath::add(Coord x, Coord y) {
  if (x.isVector() || y.isVector())
    return elementwise<arith::AddIOp>(x, y);
  return {b.createOrFold<arith::AddIOp>(loc, x.value, y.value), x.step + y.step};
}

Coord CoordMath::sub(Coord x, Coord y) {
  if (x.isVector() || y.isVector())
    return elementwise<arith::SubIOp>(x, y);
  return {b.createOrFold<arith::SubIOp>(loc, x.value, y.value), x.step - y.step};
}

Coord CoordMath::mul(Coord x, Coord y) {
  if (y.step != 0)
    std::swap(x, y);
  if (!x.isVector() && y.isUniform()) {
    std::optional<int64_t> factor = getConstantIntValue(y.value);
    if (x.step == 0 || factor)
      return {b.createOrFold<arith::MulIOp>(loc, x.value, y.value), factor ? x.step * *factor : 0};
  }
  return elementwise<arith::MulIOp>(x, y);
}

Coord CoordMath::div(Coord x, Coord y) { return elementwise<arith::DivUIOp>(x, y); }
Coord CoordMath::rem(Coord x, Coord y) {
  if (y.isUniform() && getConstantIntValue(y.value) == 1)
    return constant(0);
  return elementwise<arith::RemUIOp>(x, y);
}
Coord CoordMath::floorMod(Coord x, Coord y) {
  Coord remainder = elementwise<arith::RemSIOp>(x, y);
  return select(less(remainder, constant(0)), add(remainder, y), remainder);
}
Coord CoordMath::min(Coord x, Coord y) { return elementwise<arith::MinSIOp>(x, y); }
Coord CoordMath::max(Coord x, Coord y) { return elementwise<arith::MaxSIOp>(x, y); }

Coord CoordMath::clamp(Coord x, Coord size) {
  Coord last = sub(size, constant(1));
  return max(min(x, last), constant(0));
}

Value CoordMath::less(Coord x, Coord y) {
  bool uniform = x.isUniform() && y.isUniform();
  Value lhs = uniform ? x.value : vector(x), rhs = uniform ? y.value : vector(y);
  return b.createOrFold<arith::CmpIOp>(loc, arith::CmpIPredicate::slt, lhs, rhs);
}

Value CoordMath::equal(Coord x, Coord y) {
  bool uniform = x.isUniform() && y.isUniform();
  Value lhs = uniform ? x.value : vector(x), rhs = uniform ? y.value : vector(y);
  return b.createOrFold<arith::CmpIOp>(loc, arith::CmpIPredicate::eq, lhs, rhs);
}

Coord CoordMath::select(Value condition, Coord x, Coord y) {
  if (!isa<VectorType>(condition.getType()) && x.isUniform() && y.isUniform())
    return {b.createOrFold<arith::SelectOp>(loc, condition, x.value, y.value)};
  return {b.createOrFold<arith::SelectOp>(loc, condition, vector(x), vector(y))};
}

Value CoordMath::both(Value p, Value q) {
  if (!p || !q)
    return p ? p : q;
  auto widen = [&](Value value) -> Value {
    if (isa<VectorType>(value.getType()))
      return value;
    return vector::BroadcastOp::create(b, loc, VectorType::get({lanes}, b.getI1Type()), value);
  };
  if (isa<VectorType>(p.getType()) || isa<VectorType>(q.getType())) {
    p = widen(p);
    q = widen(q);
  }
  return b.createOrFold<arith::AndIOp>(loc, p, q);
}

} // namespace dsc
