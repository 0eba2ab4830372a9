// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Integer and bool elementwise ops as arith ops; nothing here traps, whatever the data.

#include "dialects/dsc/Dsc.h"
#include "passes/kernel/ElementMath.h"
#include "passes/kernel/ElementwiseOps.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace dsc {

namespace {
using arith::CmpIPredicate;

/// Quotient and remainder of a division whose divisor 0 gives 0 and 0, and whose divisor -1 does
/// not overflow.
struct Division {
  Value quotient, remainder;
};

Division divide(ElementMath m, Value x, Value y, bool isUnsigned) {
  Type type = x.getType();
  Value zero = m.integer(type, 0), one = m.integer(type, 1);
  Value byZero = m.compare(CmpIPredicate::eq, y, zero);
  Value safe = m.select(byZero, one, y);
  if (isUnsigned) {
    Value quotient = m.make<arith::DivUIOp>(x, safe);
    Value rest = m.make<arith::RemUIOp>(x, safe);
    return {m.select(byZero, zero, quotient), m.select(byZero, zero, rest)};
  }
  Value byMinusOne = m.compare(CmpIPredicate::eq, y, m.integer(type, -1));
  safe = m.select(byMinusOne, one, safe);
  Value quotient = m.make<arith::DivSIOp>(x, safe);
  Value rest = m.make<arith::RemSIOp>(x, safe);
  Value negated = m.make<arith::SubIOp>(zero, x);
  quotient = m.select(byMinusOne, negated, quotient);
  return {m.select(byZero, zero, quotient), m.select(byZero, zero, rest)};
}

Value remainder(ElementMath m, ModOp op, Value x, Value y, bool isUnsigned) {
  Value rest = divide(m, x, y, isUnsigned).remainder;
  if (op.getFmod() || isUnsigned)
    return rest;
  Value zero = m.integer(x.getType(), 0);
  Value nonZero = m.compare(CmpIPredicate::ne, rest, zero);
  Value restNegative = m.compare(CmpIPredicate::slt, rest, zero);
  Value divisorNegative = m.compare(CmpIPredicate::slt, y, zero);
  Value adjust = m.make<arith::AndIOp>(
      nonZero, m.make<arith::XOrIOp>(restNegative, divisorNegative));
  return m.select(adjust, m.make<arith::AddIOp>(rest, y), rest);
}

/// A shift by the width or more gives zero.
Value shift(ElementMath m, Operation *op, Value x, Value by) {
  Type type = x.getType();
  Value width = m.integer(type, getElementTypeOrSelf(type).getIntOrFloatBitWidth());
  Value inRange = m.compare(CmpIPredicate::ult, by, width);
  Value zero = m.integer(type, 0);
  Value safe = m.select(inRange, by, zero);
  Value shifted = isa<ShiftLeftOp>(op) ? m.make<arith::ShLIOp>(x, safe)
                                       : m.make<arith::ShRUIOp>(x, safe);
  return m.select(inRange, shifted, zero);
}

Value sign(ElementMath m, Value x, bool isUnsigned) {
  Type type = x.getType();
  Value zero = m.integer(type, 0), one = m.integer(type, 1);
  if (isUnsigned)
    return m.select(m.compare(CmpIPredicate::ne, x, zero), one, zero);
  Value low = m.select(m.compare(CmpIPredicate::slt, x, zero), m.integer(type, -1), zero);
  return m.select(m.compare(CmpIPredicate::sgt, x, zero), one, low);
}

Value emitUnary(ElementMath m, Operation *op, Value x, bool isUnsigned) {
  Type type = x.getType();
  return llvm::TypeSwitch<Operation *, Value>(op)
      .Case<AbsOp>([&](auto) { return isUnsigned ? x : m.make<math::AbsIOp>(x); })
      .Case<NegOp>([&](auto) { return m.make<arith::SubIOp>(m.integer(type, 0), x); })
      .Case<ReluOp>([&](auto) {
        return isUnsigned ? x : m.make<arith::MaxSIOp>(x, m.integer(type, 0));
      })
      .Case<SignOp>([&](auto) { return sign(m, x, isUnsigned); })
      .Case<NotOp>([&](auto) { return m.make<arith::XOrIOp>(x, m.integer(type, 1)); })
      .Case<BitwiseNotOp>([&](auto) { return m.make<arith::XOrIOp>(x, m.integer(type, -1)); })
      .Default([](Operation *) { return Value(); });
}

Value emitComparison(ElementMath m, Operation *op, Value x, Value y, bool isUnsigned) {
  auto compare = [&](CmpIPredicate ifUnsigned, CmpIPredicate ifSigned) {
    return m.compare(isUnsigned ? ifUnsigned : ifSigned, x, y);
  };
  return llvm::TypeSwitch<Operation *, Value>(op)
      .Case<EqualOp>([&](auto) { return m.compare(CmpIPredicate::eq, x, y); })
      .Case<LessOp>([&](auto) { return compare(CmpIPredicate::ult, CmpIPredicate::slt); })
      .Case<LessEqualOp>([&](auto) { return compare(CmpIPredicate::ule, CmpIPredicate::sle); })
      .Case<GreaterOp>([&](auto) { return compare(CmpIPredicate::ugt, CmpIPredicate::sgt); })
      .Case<GreaterEqualOp>([&](auto) { return compare(CmpIPredicate::uge, CmpIPredicate::sge); })
      .Default([](Operation *) { return Value(); });
}

Value emitBinary(ElementMath m, Operation *op, Value x, Value y, bool isUnsigned) {
  return llvm::TypeSwitch<Operation *, Value>(op)
      .Case<AddOp>([&](auto) { return m.make<arith::AddIOp>(x, y); })
      .Case<SubOp>([&](auto) { return m.make<arith::SubIOp>(x, y); })
      .Case<MulOp>([&](auto) { return m.make<arith::MulIOp>(x, y); })
      .Case<DivOp>([&](auto) { return divide(m, x, y, isUnsigned).quotient; })
      .Case<ModOp>([&](ModOp o) { return remainder(m, o, x, y, isUnsigned); })
      .Case<MinOp>([&](auto) { return emitMin(m.builder, m.loc, x, y, isUnsigned); })
      .Case<MaxOp>([&](auto) { return emitMax(m.builder, m.loc, x, y, isUnsigned); })
      .Case<BitwiseAndOp, AndOp>([&](auto) { return m.make<arith::AndIOp>(x, y); })
      .Case<BitwiseOrOp, OrOp>([&](auto) { return m.make<arith::OrIOp>(x, y); })
      .Case<BitwiseXorOp, XorOp>([&](auto) { return m.make<arith::XOrIOp>(x, y); })
      .Case<ShiftLeftOp, ShiftRightOp>([&](auto o) { return shift(m, o, x, y); })
      .Default([&](Operation *o) { return emitComparison(m, o, x, y, isUnsigned); });
}
} // namespace

Value emitIntegerPower(ElementMath m, Value x, Value y, bool baseIsUnsigned, bool exponentIsUnsigned) {
  Type type = x.getType(), count = y.getType();
  Value one = m.integer(type, 1), odd = m.make<arith::AndIOp>(y, m.integer(count, 1));
  Value isLarge = m.compare(exponentIsUnsigned ? CmpIPredicate::ugt : CmpIPredicate::sgt, y, m.integer(count, 63));
  Value bits = m.select(isLarge, m.make<arith::OrIOp>(odd, m.integer(count, 62)), y);
  Value result = one, factor = x;
  for (int64_t bit = 1; bit < 64; bit *= 2) {
    Value set = m.make<arith::AndIOp>(bits, m.integer(count, bit));
    Value isSet = m.compare(CmpIPredicate::ne, set, m.integer(count, 0));
    result = m.select(isSet, m.make<arith::MulIOp>(result, factor), result);
    factor = m.make<arith::MulIOp>(factor, factor);
  }
  if (exponentIsUnsigned)
    return result;
  Value zero = m.integer(type, 0), minusOne = m.integer(type, -1);
  Value isOdd = m.compare(CmpIPredicate::ne, odd, m.integer(count, 0));
  Value inverse = m.select(m.compare(CmpIPredicate::eq, x, one), one, zero);
  if (!baseIsUnsigned)
    inverse = m.select(m.compare(CmpIPredicate::eq, x, minusOne), m.select(isOdd, minusOne, one), inverse);
  return m.select(m.compare(CmpIPredicate::slt, y, m.integer(count, 0)), inverse, result);
}

Value emitIntegerElementwise(ElementMath m, Operation *op, ValueRange operands, bool isUnsigned) {
  if (operands.size() == 1)
    return emitUnary(m, op, operands[0], isUnsigned);
  if (operands.size() == 2)
    return emitBinary(m, op, operands[0], operands[1], isUnsigned);
  return {};
}

} // namespace dsc
