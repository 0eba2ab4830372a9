// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The arithmetic of quantize and dequantize on scalars or vectors.

#include "passes/kernel/cpu/ElementMath.h"
#include "passes/kernel/cpu/ElementwiseOps.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;

namespace dsc {
namespace {

/// What scales multiply and divide in: f64 for f64, else f32.
Type realType(Builder &builder, Type element) { return element.isF64() ? element : Type(builder.getF32Type()); }

/// `x / s`, where one division for many x is moved out of loops: the product with the reciprocal is corrected by its
/// remainder (Markstein, "Computation of elementary functions on the IBM RISC System/6000 processor", 1990), which
/// gives the rounded quotient. Quotients are held where no integer of 16 bits is near, so that infinity stays itself.
Value divideSteps(ElementMath m, Value x, Value s) {
  Type type = x.getType();
  if (getElementTypeOrSelf(type).isF64()) // speed is of no concern
    return m.div(x, s);
  Value reciprocal = m.div(m.constant(type, 1), s);
  Value near = m.mul(x, reciprocal);
  near = emitMax(m.builder, m.loc, m.constant(type, -0x1p20), near);
  near = emitMin(m.builder, m.loc, m.constant(type, 0x1p20), near);
  Value rest = m.make<math::FmaOp>(m.make<arith::NegFOp>(near), s, x);
  return m.make<math::FmaOp>(rest, reciprocal, near);
}

Value quantize(ElementMath m, QuantizeOp op, Value input, Value scale, Value zeroPoint) {
  OpBuilder &b = m.builder;
  auto stored = cast<IntegerType>(getElementTypeOrSelf(op.getZeroPoint().getType()));
  Type inputType = getElementTypeOrSelf(op.getInput().getType());
  Type scaleType = getElementTypeOrSelf(op.getScale().getType()), real = realType(b, inputType);
  Value x = emitCast(b, m.loc, input, inputType, real), s = emitCast(b, m.loc, scale, scaleType, real);
  return emitSteps(m, x, s, emitCast(b, m.loc, zeroPoint, stored, real), stored);
}

Value dequantize(ElementMath m, DequantizeOp op, Value input, Value scale, Value zeroPoint) {
  OpBuilder &b = m.builder;
  Type stored = getElementTypeOrSelf(op.getInput().getType());
  Type scaleType = getElementTypeOrSelf(op.getScale().getType()), real = realType(b, scaleType), wide = b.getI32Type();
  Value steps = m.make<arith::SubIOp>(emitCast(b, m.loc, input, stored, wide), emitCast(b, m.loc, zeroPoint, stored, wide));
  Value product = m.mul(emitCast(b, m.loc, steps, wide, real), emitCast(b, m.loc, scale, scaleType, real));
  return emitCast(b, m.loc, product, real, scaleType);
}

} // namespace

// Rounds and saturates in float, so that the conversion is always defined.
Value emitSteps(ElementMath m, Value x, Value scale, Value zeroPoint, IntegerType stored) {
  OpBuilder &b = m.builder;
  Value steps = m.make<math::RoundEvenOp>(divideSteps(m, x, scale));
  Value isNan = m.compare(arith::CmpFPredicate::UNO, steps, steps);
  steps = m.select(isNan, m.constant(steps.getType(), 0), steps);
  Value shifted = m.add(steps, zeroPoint);
  unsigned width = stored.getWidth();
  double low = stored.isUnsigned() ? 0 : -double(int64_t(1) << (width - 1));
  double high = double((int64_t(1) << (stored.isUnsigned() ? width : width - 1)) - 1);
  Value limited = emitMax(b, m.loc, m.constant(shifted.getType(), low), shifted);
  limited = emitMin(b, m.loc, m.constant(shifted.getType(), high), limited);
  Value integer = m.make<arith::FPToSIOp>(ElementMath::withElement(limited.getType(), b.getI32Type()), limited);
  return m.make<arith::TruncIOp>(ElementMath::withElement(limited.getType(), computeType(stored)), integer);
}

Value emitQuantization(ElementMath m, Operation *op, ValueRange operands) {
  if (auto quantizeOp = dyn_cast<QuantizeOp>(op))
    return quantize(m, quantizeOp, operands[0], operands[1], operands[2]);
  return dequantize(m, cast<DequantizeOp>(op), operands[0], operands[1], operands[2]);
}

} // namespace dsc
