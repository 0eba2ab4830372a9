// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Dispatch of elementwise dsc ops by element type, and the conversions between element types.

#include "passes/kernel/cpu/ElementwiseOps.h"
#include "dialects/dsc/DscRoles.h"
#include "passes/kernel/cpu/ElementMath.h"

#include "mlir/IR/TypeUtilities.h"

using namespace mlir;

namespace dsc {

Value ElementMath::constant(Type type, double value) {
  Type element = getElementTypeOrSelf(type);
  TypedAttr attr;
  if (auto floating = dyn_cast<FloatType>(element))
    attr = builder.getFloatAttr(floating, value);
  else
    attr = builder.getIntegerAttr(element, static_cast<int64_t>(value));
  if (auto vector = dyn_cast<VectorType>(type))
    attr = DenseElementsAttr::get(vector, Attribute(attr));
  return make<arith::ConstantOp>(attr);
}

Value ElementMath::integer(Type type, int64_t value) {
  TypedAttr attr = builder.getIntegerAttr(getElementTypeOrSelf(type), value);
  if (auto vector = dyn_cast<VectorType>(type))
    attr = DenseElementsAttr::get(vector, Attribute(attr));
  return make<arith::ConstantOp>(attr);
}

Type computeType(Type elementType) {
  if (auto integer = dyn_cast<IntegerType>(elementType))
    return IntegerType::get(integer.getContext(), integer.getWidth());
  return elementType;
}

Type storageType(Type elementType) {
  if (elementType.isInteger(1))
    return IntegerType::get(elementType.getContext(), 8);
  return computeType(elementType);
}

namespace {
bool isNarrowFloat(Type type) {
  Type element = getElementTypeOrSelf(type);
  return element.isF16() || element.isBF16();
}

bool isComputable(Type element) {
  return element.isF16() || element.isBF16() || element.isF32() || element.isF64() ||
         isa<IntegerType>(element);
}

Value extendNarrow(ElementMath m, Value value) {
  if (!isNarrowFloat(value.getType()))
    return value;
  return m.make<arith::ExtFOp>(ElementMath::withElement(value.getType(), m.builder.getF32Type()),
                               value);
}

bool isNeverNan(Value value) {
  DenseElementsAttr dense;
  FloatAttr scalar;
  if (matchPattern(value, m_Constant(&dense)) && dense.isSplat())
    scalar = dense.getSplatValue<FloatAttr>();
  else if (!matchPattern(value, m_Constant(&scalar)))
    return false;
  return !scalar.getValue().isNaN();
}

/// x86's maximum and minimum give the second operand if either is NaN, so the form select(a > b,
/// a, b) is one instruction; a NaN in `a` then needs a blend, unless `a` is a constant.
Value emitExtremum(ElementMath m, arith::CmpFPredicate predicate, Value a, Value b) {
  if (!isNeverNan(a) && isNeverNan(b))
    std::swap(a, b);
  Value picked = m.select(m.compare(predicate, a, b), a, b);
  if (isNeverNan(a))
    return picked;
  return m.select(m.compare(arith::CmpFPredicate::UNO, a, a), a, picked);
}

/// The largest floats inside an integer type's range, so that the conversion is defined.
Value clampToRange(ElementMath m, Value value, unsigned width, bool isUnsigned) {
  Type type = value.getType();
  int mantissa = getElementTypeOrSelf(type).isF32() ? 24 : 53;
  int bits = isUnsigned ? width : width - 1;
  double limit = std::ldexp(1.0, bits);
  double high = bits > mantissa ? limit - std::ldexp(1.0, bits - mantissa) : limit - 1;
  Value low = m.constant(type, isUnsigned ? 0.0 : -limit);
  Value nan = m.compare(arith::CmpFPredicate::UNO, value, value);
  Value number = m.select(nan, m.constant(type, 0.0), value);
  Value above = emitMax(m.builder, m.loc, low, number);
  return emitMin(m.builder, m.loc, m.constant(type, high), above);
}

/// Truncates toward zero. Narrow integers wrap the 32-bit result, as numpy and the reference
/// runtime do; what no 32-bit (64-bit) integer holds saturates.
Value floatToInteger(ElementMath m, Value value, IntegerType to) {
  value = extendNarrow(m, value);
  bool wide = to.getWidth() == 64 || (to.isUnsigned() && to.getWidth() == 32);
  bool isUnsigned = to.isUnsigned() && to.getWidth() == 64;
  unsigned width = wide ? 64 : 32;
  Type middle = ElementMath::withElement(value.getType(), m.builder.getIntegerType(width));
  Value clamped = clampToRange(m, value, width, isUnsigned);
  Value converted = isUnsigned ? m.make<arith::FPToUIOp>(middle, clamped)
                               : m.make<arith::FPToSIOp>(middle, clamped);
  if (to.getWidth() == width)
    return converted;
  Type target = ElementMath::withElement(value.getType(), computeType(to));
  return m.make<arith::TruncIOp>(target, converted);
}

Value castFloat(ElementMath m, Value value, Type to) {
  Type target = ElementMath::withElement(value.getType(), computeType(to));
  if (to.isInteger(1)) {
    value = extendNarrow(m, value);
    return m.compare(arith::CmpFPredicate::UNE, value, m.constant(value.getType(), 0.0));
  }
  if (auto integer = dyn_cast<IntegerType>(to))
    return floatToInteger(m, value, integer);
  unsigned from = getElementTypeOrSelf(value.getType()).getIntOrFloatBitWidth();
  if (from == to.getIntOrFloatBitWidth()) {
    // f16 and bf16 meet in f32.
    return m.make<arith::TruncFOp>(target, extendNarrow(m, value));
  }
  if (from < to.getIntOrFloatBitWidth())
    return m.make<arith::ExtFOp>(target, value);
  return m.make<arith::TruncFOp>(target, value);
}

Value castInteger(ElementMath m, Value value, IntegerType from, Type to) {
  Type target = ElementMath::withElement(value.getType(), computeType(to));
  bool isUnsigned = from.isUnsigned() || from.getWidth() == 1;
  if (to.isInteger(1))
    return m.compare(arith::CmpIPredicate::ne, value, m.integer(value.getType(), 0));
  if (isa<FloatType>(to)) {
    Type middle = target;
    if (isNarrowFloat(to))
      middle = ElementMath::withElement(target, m.builder.getF32Type());
    Value converted = isUnsigned ? m.make<arith::UIToFPOp>(middle, value)
                                 : m.make<arith::SIToFPOp>(middle, value);
    return middle == target ? converted : m.make<arith::TruncFOp>(target, converted);
  }
  unsigned width = to.getIntOrFloatBitWidth();
  if (width == from.getWidth())
    return value;
  if (width < from.getWidth())
    return m.make<arith::TruncIOp>(target, value);
  return isUnsigned ? m.make<arith::ExtUIOp>(target, value)
                    : m.make<arith::ExtSIOp>(target, value);
}
} // namespace

Value emitMax(OpBuilder &builder, Location loc, Value lhs, Value rhs, bool isUnsigned) {
  ElementMath m{builder, loc};
  if (isa<FloatType>(getElementTypeOrSelf(lhs.getType())))
    return emitExtremum(m, arith::CmpFPredicate::OGT, lhs, rhs);
  return isUnsigned ? m.make<arith::MaxUIOp>(lhs, rhs) : m.make<arith::MaxSIOp>(lhs, rhs);
}

Value emitMin(OpBuilder &builder, Location loc, Value lhs, Value rhs, bool isUnsigned) {
  ElementMath m{builder, loc};
  if (isa<FloatType>(getElementTypeOrSelf(lhs.getType())))
    return emitExtremum(m, arith::CmpFPredicate::OLT, lhs, rhs);
  return isUnsigned ? m.make<arith::MinUIOp>(lhs, rhs) : m.make<arith::MinSIOp>(lhs, rhs);
}

Value emitCast(OpBuilder &builder, Location loc, Value value, Type from, Type to) {
  if (from == to)
    return value;
  ElementMath m{builder, loc};
  if (auto integer = dyn_cast<IntegerType>(from))
    return castInteger(m, value, integer, to);
  return castFloat(m, value, to);
}

Value fromStorage(OpBuilder &builder, Location loc, Value value, Type elementType) {
  if (!elementType.isInteger(1) || getElementTypeOrSelf(value.getType()).isInteger(1))
    return value;
  ElementMath m{builder, loc};
  return m.compare(arith::CmpIPredicate::ne, value, m.integer(value.getType(), 0));
}

Value toStorage(OpBuilder &builder, Location loc, Value value, Type elementType) {
  if (!elementType.isInteger(1))
    return value;
  ElementMath m{builder, loc};
  return m.make<arith::ExtUIOp>(ElementMath::withElement(value.getType(), builder.getI8Type()),
                                value);
}

bool isElementwise(Operation *op) {
  if (getRole(op) != FusionRole::Pointwise)
    return false;
  auto computable = [](Type type) { return isComputable(getElementTypeOrSelf(type)); };
  return op->getNumResults() == 1 && llvm::all_of(op->getOperandTypes(), computable) &&
         computable(op->getResult(0).getType());
}

bool isExpensive(Operation *op) {
  return isa<ExpOp, LogOp, SinOp, CosOp, TanOp, AsinOp, AcosOp, AtanOp, SinhOp, CoshOp, TanhOp,
             AsinhOp, AcoshOp, AtanhOp, ErfOp, SigmoidOp, SoftplusOp, GeluOp, EluOp, PowOp, ModOp, QuantizeOp>(
      op);
}

Value emitElementwise(OpBuilder &builder, Location loc, Operation *op, ValueRange operands) {
  if (!isElementwise(op))
    return {};
  ElementMath m{builder, loc};
  auto elementOf = [](Value v) { return getElementTypeOrSelf(v.getType()); };
  if (auto cast = dyn_cast<CastOp>(op))
    return emitCast(builder, loc, operands[0], elementOf(cast.getInput()),
                    elementOf(cast.getOutput()));
  if (isa<WhereOp>(op))
    return m.select(operands[0], operands[1], operands[2]);

  Type element = elementOf(op->getOperand(0)), result = elementOf(op->getResult(0));
  SmallVector<Value> values(operands);
  if (isa<PowOp>(op)) {
    Type exponentType = elementOf(op->getOperand(1));
    if (isa<IntegerType>(element) && isa<IntegerType>(exponentType))
      return emitIntegerPower(m, values[0], values[1], element.isUnsignedInteger(), exponentType.isUnsignedInteger());
    Type wide = isa<IntegerType>(element) ? Type(builder.getF64Type())
                : element.isF64()         ? element
                                          : Type(builder.getF32Type());
    Value base = emitCast(builder, loc, values[0], element, wide);
    Value exponent = emitCast(builder, loc, values[1], exponentType, wide);
    return emitCast(builder, loc, emitFloatElementwise(m, op, {base, exponent}), wide, result);
  }
  if (isa<QuantizeOp, DequantizeOp>(op))
    return emitQuantization(m, op, operands);
  if (auto integer = dyn_cast<IntegerType>(element))
    return emitIntegerElementwise(m, op, values, integer.isUnsigned());
  for (Value &value : values)
    value = extendNarrow(m, value);
  Value computed = emitFloatElementwise(m, op, values);
  if (!computed || !isNarrowFloat(result))
    return computed;
  return m.make<arith::TruncFOp>(ElementMath::withElement(computed.getType(), result), computed);
}

} // namespace dsc
