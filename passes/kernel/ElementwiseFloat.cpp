// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Float elementwise ops as arith and math ops; expects f32 or f64 scalars or 1-D vectors.

#include "dialects/dsc/Dsc.h"
#include "passes/kernel/ElementMath.h"
#include "passes/kernel/ElementwiseOps.h"
#include "llvm/ADT/TypeSwitch.h"
#include <cmath>
#include <limits>

using namespace mlir;

namespace dsc {

namespace {
using arith::CmpFPredicate;

/// 1 / (1 + e^-x): saturates to 0 and 1 without a special case, as e^-x overflows to infinity.
Value sigmoid(ElementMath m, Value x) {
  Value one = m.constant(x.getType(), 1.0);
  Value negated = m.make<arith::NegFOp>(x);
  return m.div(one, m.add(one, m.make<math::ExpOp>(negated)));
}

/// log(1 + e^x) as max(x, 0) + log1p(e^-|x|), which never overflows.
Value softplus(ElementMath m, Value x) {
  Value zero = m.constant(x.getType(), 0.0);
  Value magnitude = m.make<math::AbsFOp>(x);
  Value decay = m.make<math::ExpOp>(m.make<arith::NegFOp>(magnitude));
  return m.add(emitMax(m.builder, m.loc, zero, x), m.make<math::Log1pOp>(decay));
}

Value gelu(ElementMath m, GeluOp op, Value x) {
  Type type = x.getType();
  Value half = m.mul(x, m.constant(type, 0.5));
  Value one = m.constant(type, 1.0);
  if (op.getApproximate() == GeluKind::None) {
    Value scaled = m.mul(x, m.constant(type, M_SQRT1_2));
    return m.mul(half, m.add(one, m.make<math::ErfOp>(scaled)));
  }
  Value cubic = m.mul(m.mul(x, x), m.constant(type, 0.044715));
  Value inner = m.mul(m.mul(x, m.add(cubic, one)), m.constant(type, std::sqrt(2.0 / M_PI)));
  return m.mul(half, m.add(one, m.make<math::TanhOp>(inner)));
}

Value sign(ElementMath m, Value x) {
  Type type = x.getType();
  Value zero = m.constant(type, 0.0);
  Value positive = m.compare(CmpFPredicate::OGT, x, zero);
  Value negative = m.compare(CmpFPredicate::OLT, x, zero);
  Value low = m.select(negative, m.constant(type, -1.0), x);
  return m.select(positive, m.constant(type, 1.0), low);
}

Value hardSigmoid(ElementMath m, HardSigmoidOp op, Value x) {
  Type type = x.getType();
  Value line = m.add(m.mul(x, m.constant(type, op.getAlpha().convertToDouble())),
                     m.constant(type, op.getBeta().convertToDouble()));
  Value low = emitMax(m.builder, m.loc, m.constant(type, 0.0), line);
  return emitMin(m.builder, m.loc, m.constant(type, 1.0), low);
}

/// The negative side is `slope(x)`, the other one x; NaN stays.
Value withNegativeSide(ElementMath m, Value x, Value slope) {
  Value negative = m.compare(CmpFPredicate::OLT, x, m.constant(x.getType(), 0.0));
  return m.select(negative, slope, x);
}

Value elu(ElementMath m, EluOp op, Value x) {
  Value alpha = m.constant(x.getType(), op.getAlpha().convertToDouble());
  return withNegativeSide(m, x, m.mul(alpha, m.make<math::ExpM1Op>(x)));
}

/// The remainder with the sign of the dividend (`fmod`) or of the divisor.
Value remainder(ElementMath m, ModOp op, Value x, Value y) {
  Value rest = m.make<arith::RemFOp>(x, y);
  if (op.getFmod())
    return rest;
  Value zero = m.constant(x.getType(), 0.0);
  Value nonZero = m.compare(CmpFPredicate::UNE, rest, zero);
  Value restNegative = m.compare(CmpFPredicate::OLT, rest, zero);
  Value divisorNegative = m.compare(CmpFPredicate::OLT, y, zero);
  Value differ = m.make<arith::XOrIOp>(restNegative, divisorNegative);
  Value adjust = m.make<arith::AndIOp>(nonZero, differ);
  return m.select(adjust, m.add(rest, y), rest);
}

Value isInf(ElementMath m, IsInfOp op, Value x) {
  double infinity = std::numeric_limits<double>::infinity();
  Type type = x.getType();
  Value positive = m.compare(CmpFPredicate::OEQ, x, m.constant(type, infinity));
  Value negative = m.compare(CmpFPredicate::OEQ, x, m.constant(type, -infinity));
  if (op.getDetectPositive() && op.getDetectNegative())
    return m.make<arith::OrIOp>(positive, negative);
  if (op.getDetectPositive())
    return positive;
  if (op.getDetectNegative())
    return negative;
  return m.constant(positive.getType(), 0);
}

/// Ops that are one math op, else null.
Value emitMathOp(ElementMath m, Operation *op, Value x) {
  return llvm::TypeSwitch<Operation *, Value>(op)
      .Case<AbsOp>([&](auto) { return m.make<math::AbsFOp>(x); })
      .Case<ExpOp>([&](auto) { return m.make<math::ExpOp>(x); })
      .Case<LogOp>([&](auto) { return m.make<math::LogOp>(x); })
      .Case<SqrtOp>([&](auto) { return m.make<math::SqrtOp>(x); })
      .Case<SinOp>([&](auto) { return m.make<math::SinOp>(x); })
      .Case<CosOp>([&](auto) { return m.make<math::CosOp>(x); })
      .Case<TanOp>([&](auto) { return m.make<math::TanOp>(x); })
      .Case<AsinOp>([&](auto) { return m.make<math::AsinOp>(x); })
      .Case<AcosOp>([&](auto) { return m.make<math::AcosOp>(x); })
      .Case<AtanOp>([&](auto) { return m.make<math::AtanOp>(x); })
      .Case<SinhOp>([&](auto) { return m.make<math::SinhOp>(x); })
      .Case<CoshOp>([&](auto) { return m.make<math::CoshOp>(x); })
      .Case<TanhOp>([&](auto) { return m.make<math::TanhOp>(x); })
      .Case<AsinhOp>([&](auto) { return m.make<math::AsinhOp>(x); })
      .Case<AcoshOp>([&](auto) { return m.make<math::AcoshOp>(x); })
      .Case<AtanhOp>([&](auto) { return m.make<math::AtanhOp>(x); })
      .Case<ErfOp>([&](auto) { return m.make<math::ErfOp>(x); })
      .Case<FloorOp>([&](auto) { return m.make<math::FloorOp>(x); })
      .Case<CeilOp>([&](auto) { return m.make<math::CeilOp>(x); })
      .Case<RoundOp>([&](auto) { return m.make<math::RoundEvenOp>(x); })
      .Case<NegOp>([&](auto) { return m.make<arith::NegFOp>(x); })
      .Default([](Operation *) { return Value(); });
}

/// Unary ops of several instructions, else null.
Value emitComposite(ElementMath m, Operation *op, Value x) {
  Type type = x.getType();
  return llvm::TypeSwitch<Operation *, Value>(op)
      .Case<RsqrtOp>([&](auto) {
        return m.div(m.constant(type, 1.0), m.make<math::SqrtOp>(x));
      })
      .Case<ReciprocalOp>([&](auto) { return m.div(m.constant(type, 1.0), x); })
      .Case<SigmoidOp>([&](auto) { return sigmoid(m, x); })
      .Case<SoftplusOp>([&](auto) { return softplus(m, x); })
      .Case<ReluOp>(
          [&](auto) { return emitMax(m.builder, m.loc, m.constant(type, 0.0), x); })
      .Case<SignOp>([&](auto) { return sign(m, x); })
      .Case<GeluOp>([&](GeluOp o) { return gelu(m, o, x); })
      .Case<LeakyReluOp>([&](LeakyReluOp o) {
        Value alpha = m.constant(type, o.getAlpha().convertToDouble());
        return withNegativeSide(m, x, m.mul(alpha, x));
      })
      .Case<EluOp>([&](EluOp o) { return elu(m, o, x); })
      .Case<HardSigmoidOp>([&](HardSigmoidOp o) { return hardSigmoid(m, o, x); })
      .Case<IsNanOp>([&](auto) { return m.compare(CmpFPredicate::UNO, x, x); })
      .Case<IsInfOp>([&](IsInfOp o) { return isInf(m, o, x); })
      .Default([](Operation *) { return Value(); });
}

/// Ops of two operands, else null.
Value emitBinary(ElementMath m, Operation *op, Value x, Value y) {
  return llvm::TypeSwitch<Operation *, Value>(op)
      .Case<AddOp>([&](auto) { return m.add(x, y); })
      .Case<SubOp>([&](auto) { return m.sub(x, y); })
      .Case<MulOp>([&](auto) { return m.mul(x, y); })
      .Case<DivOp>([&](auto) { return m.div(x, y); })
      .Case<MinOp>([&](auto) { return emitMin(m.builder, m.loc, x, y); })
      .Case<MaxOp>([&](auto) { return emitMax(m.builder, m.loc, x, y); })
      .Case<PowOp>([&](auto) { return m.make<math::PowFOp>(x, y); })
      .Case<ModOp>([&](ModOp o) { return remainder(m, o, x, y); })
      .Case<EqualOp>([&](auto) { return m.compare(CmpFPredicate::OEQ, x, y); })
      .Case<LessOp>([&](auto) { return m.compare(CmpFPredicate::OLT, x, y); })
      .Case<LessEqualOp>([&](auto) { return m.compare(CmpFPredicate::OLE, x, y); })
      .Case<GreaterOp>([&](auto) { return m.compare(CmpFPredicate::OGT, x, y); })
      .Case<GreaterEqualOp>([&](auto) { return m.compare(CmpFPredicate::OGE, x, y); })
      .Default([](Operation *) { return Value(); });
}
} // namespace

Value emitFloatElementwise(ElementMath m, Operation *op, ValueRange operands) {
  if (operands.size() == 2)
    return emitBinary(m, op, operands[0], operands[1]);
  if (operands.size() != 1)
    return {};
  if (Value value = emitMathOp(m, op, operands[0]))
    return value;
  return emitComposite(m, op, operands[0]);
}

} // namespace dsc
