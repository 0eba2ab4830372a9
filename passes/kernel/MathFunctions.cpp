// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Elementary functions on f64: argument reduction, then a Taylor or Chebyshev polynomial.

#include "passes/kernel/MathFunctions.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;

namespace dsc {
namespace {
constexpr double pi = 3.14159265358979323846;
/// Adding and subtracting it rounds to an integer, which the low bits of the sum then hold.
constexpr double roundingMagic = 6755399441055744.0; // 1.5 * 2^52
/// Below it the first two terms of an odd series are exact to 1e-16.
constexpr double tiny = 1e-4;
} // namespace

Value FloatMath::constant(double value) {
  auto element = cast<FloatType>(getElementTypeOrSelf(type));
  TypedAttr attr = b.getFloatAttr(element, value);
  if (auto vector = dyn_cast<VectorType>(type))
    attr = DenseElementsAttr::get(vector, cast<Attribute>(attr));
  return arith::ConstantOp::create(b, loc, attr);
}
Value FloatMath::add(Value x, Value y) { return arith::AddFOp::create(b, loc, x, y); }
Value FloatMath::sub(Value x, Value y) { return arith::SubFOp::create(b, loc, x, y); }
Value FloatMath::mul(Value x, Value y) { return arith::MulFOp::create(b, loc, x, y); }
Value FloatMath::div(Value x, Value y) { return arith::DivFOp::create(b, loc, x, y); }
Value FloatMath::fma(Value x, Value y, Value z) { return math::FmaOp::create(b, loc, x, y, z); }
Value FloatMath::neg(Value x) { return arith::NegFOp::create(b, loc, x); }
Value FloatMath::abs(Value x) { return math::AbsFOp::create(b, loc, x); }
Value FloatMath::sqrt(Value x) { return math::SqrtOp::create(b, loc, x); }
Value FloatMath::trunc(Value x) { return math::TruncOp::create(b, loc, x); }
Value FloatMath::copySign(Value x, Value sign) { return math::CopySignOp::create(b, loc, x, sign); }
Value FloatMath::less(Value x, Value y) {
  return arith::CmpFOp::create(b, loc, arith::CmpFPredicate::OLT, x, y);
}
Value FloatMath::equal(Value x, Value y) {
  return arith::CmpFOp::create(b, loc, arith::CmpFPredicate::OEQ, x, y);
}
Value FloatMath::isNan(Value x) { return arith::CmpFOp::create(b, loc, arith::CmpFPredicate::UNO, x, x); }
Value FloatMath::select(Value condition, Value x, Value y) {
  return arith::SelectOp::create(b, loc, condition, x, y);
}
Value FloatMath::both(Value p, Value q) { return arith::AndIOp::create(b, loc, p, q); }

Value FloatMath::polynomial(Value x, ArrayRef<double> coefficients) {
  Value sum = constant(coefficients.back());
  for (double coefficient : llvm::reverse(coefficients.drop_back()))
    sum = fma(sum, x, constant(coefficient));
  return sum;
}

Type FloatMath::integerType() {
  Type i64 = b.getI64Type();
  if (auto vector = dyn_cast<VectorType>(type))
    return VectorType::get(vector.getShape(), i64);
  return i64;
}
Value FloatMath::bits(Value x) { return arith::BitcastOp::create(b, loc, integerType(), x); }
Value FloatMath::fromBits(Value x) { return arith::BitcastOp::create(b, loc, type, x); }
Value FloatMath::integer(int64_t value) {
  TypedAttr attr = b.getI64IntegerAttr(value);
  if (auto vector = dyn_cast<VectorType>(integerType()))
    attr = DenseElementsAttr::get(vector, cast<Attribute>(attr));
  return arith::ConstantOp::create(b, loc, attr);
}
Value FloatMath::bitTest(Value x, int64_t mask) {
  Value masked = arith::AndIOp::create(b, loc, x, integer(mask));
  return arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ne, masked, integer(0));
}

Value FloatMath::exp(Value x) {
  Value low = constant(-746.0), high = constant(710.0), magic = constant(roundingMagic);
  Value clamped = select(less(x, high), x, high);
  clamped = select(less(low, clamped), clamped, low);
  Value n = sub(fma(clamped, constant(1.4426950408889634), magic), magic);
  Value r = fma(n, constant(-6.93147180369123816490e-01), clamped);
  r = fma(n, constant(-1.90821492927058770002e-10), r);
  SmallVector<double> taylor{1.0};
  for (int k = 1; k <= 13; ++k)
    taylor.push_back(taylor.back() / k);
  Value result = polynomial(r, taylor);
  // Two factors 2^(n/2), so that neither leaves the range of normal numbers.
  auto powerOfTwo = [&](Value shifted) {
    Value biased = arith::AddIOp::create(b, loc, bits(shifted), integer(1023));
    return fromBits(arith::ShLIOp::create(b, loc, biased, integer(52)));
  };
  Value half = fma(n, constant(0.5), magic);
  Value rest = add(sub(n, sub(half, magic)), magic);
  result = mul(mul(result, powerOfTwo(half)), powerOfTwo(rest));
  return select(isNan(x), x, result);
}

Value FloatMath::log(Value x) {
  Value zero = constant(0.0);
  Value subnormal = less(x, constant(0x1p-1022));
  Value scaled = select(subnormal, mul(x, constant(0x1p54)), x);
  Value raw = bits(scaled);
  // The exponent of x / sqrt(1/2), so that the mantissa lies around 1.
  Value shifted = arith::SubIOp::create(b, loc, raw, integer(0x3fe6a09e667f3bcd));
  Value exponent = arith::ShRSIOp::create(b, loc, shifted, integer(52));
  Value mantissaBits =
      arith::SubIOp::create(b, loc, raw, arith::ShLIOp::create(b, loc, exponent, integer(52)));
  Value f = sub(fromBits(mantissaBits), constant(1.0));
  Value magicBits = bits(constant(roundingMagic));
  Value e = sub(fromBits(arith::AddIOp::create(b, loc, exponent, magicBits)), constant(roundingMagic));
  e = sub(e, select(subnormal, constant(54.0), zero));
  Value s = div(f, add(f, constant(2.0)));
  SmallVector<double> series;
  for (int k = 1; k <= 12; ++k)
    series.push_back(2.0 / (2 * k + 1));
  Value square = mul(s, s);
  Value tail = mul(mul(s, square), polynomial(square, series));
  Value result = add(mul(e, constant(1.90821492927058770002e-10)), tail);
  result = add(result, add(s, s));
  result = fma(e, constant(6.93147180369123816490e-01), result);
  Value infinity = constant(std::numeric_limits<double>::infinity());
  result = select(equal(x, infinity), x, result);
  result = select(equal(x, zero), neg(infinity), result);
  result = select(less(x, zero), constant(std::numeric_limits<double>::quiet_NaN()), result);
  return select(isNan(x), x, result);
}

Value FloatMath::reduceAngle(Value x, Value &quadrant) {
  Value sane = select(less(abs(x), constant(0x1p50)), x, sub(x, x));
  Value magic = constant(roundingMagic);
  Value shifted = fma(sane, constant(2.0 / pi), magic);
  quadrant = bits(shifted);
  Value k = neg(sub(shifted, magic));
  Value r = fma(k, constant(1.5707963267948966), sane);
  r = fma(k, constant(6.123233995736766e-17), r);
  return fma(k, constant(-1.4973849048591833e-33), r);
}

Value FloatMath::sinOfReduced(Value r) {
  SmallVector<double> series{1.0};
  for (int k = 1; k <= 8; ++k)
    series.push_back(-series.back() / ((2 * k) * (2 * k + 1)));
  return mul(r, polynomial(mul(r, r), series));
}

Value FloatMath::cosOfReduced(Value r) {
  SmallVector<double> series{1.0};
  for (int k = 1; k <= 8; ++k)
    series.push_back(-series.back() / ((2 * k - 1) * (2 * k)));
  return polynomial(mul(r, r), series);
}

Value FloatMath::sin(Value x) {
  Value quadrant, r = reduceAngle(x, quadrant);
  Value result = select(bitTest(quadrant, 1), cosOfReduced(r), sinOfReduced(r));
  return select(bitTest(quadrant, 2), neg(result), result);
}

Value FloatMath::cos(Value x) {
  Value quadrant, r = reduceAngle(x, quadrant);
  Value result = select(bitTest(quadrant, 1), sinOfReduced(r), cosOfReduced(r));
  Value next = arith::AddIOp::create(b, loc, quadrant, integer(1));
  return select(bitTest(next, 2), neg(result), result);
}

Value FloatMath::tan(Value x) {
  Value quadrant, r = reduceAngle(x, quadrant);
  Value s = sinOfReduced(r), c = cosOfReduced(r);
  return select(bitTest(quadrant, 1), neg(div(c, s)), div(s, c));
}

Value FloatMath::atan(Value x) {
  Value one = constant(1.0), magnitude = abs(x);
  Value large = less(one, magnitude);
  Value t = select(large, div(one, magnitude), magnitude);
  Value middle = less(constant(0.41421356237309503), t);
  t = select(middle, div(sub(t, one), add(t, one)), t);
  SmallVector<double> series;
  for (int k = 0; k <= 20; ++k)
    series.push_back((k % 2 ? -1.0 : 1.0) / (2 * k + 1));
  Value result = mul(t, polynomial(mul(t, t), series));
  result = select(middle, add(result, constant(pi / 4)), result);
  result = select(large, sub(constant(pi / 2), result), result);
  return copySign(result, x);
}

Value FloatMath::asin(Value x) {
  Value one = constant(1.0);
  return atan(div(x, sqrt(mul(sub(one, x), add(one, x)))));
}

Value FloatMath::acos(Value x) {
  Value one = constant(1.0);
  Value half = atan(sqrt(div(sub(one, x), add(one, x))));
  return add(half, half);
}

Value FloatMath::sinh(Value x) {
  Value e = exp(x);
  Value wide = mul(constant(0.5), sub(e, div(constant(1.0), e)));
  Value narrow = mul(x, fma(mul(x, x), constant(1.0 / 6), constant(1.0)));
  return select(less(abs(x), constant(tiny)), narrow, wide);
}

Value FloatMath::cosh(Value x) {
  Value e = exp(x);
  return mul(constant(0.5), add(e, div(constant(1.0), e)));
}

Value FloatMath::tanh(Value x) {
  Value one = constant(1.0);
  Value wide = sub(one, div(constant(2.0), add(exp(add(x, x)), one)));
  Value narrow = mul(x, fma(mul(x, x), constant(-1.0 / 3), one));
  return select(less(abs(x), constant(tiny)), narrow, wide);
}

Value FloatMath::asinh(Value x) {
  Value magnitude = abs(x), one = constant(1.0);
  Value root = sqrt(fma(magnitude, magnitude, one));
  Value huge = less(constant(1e12), magnitude);
  Value wide = log(add(magnitude, select(huge, magnitude, root)));
  Value narrow = mul(magnitude, fma(mul(x, x), constant(-1.0 / 6), one));
  return copySign(select(less(magnitude, constant(tiny)), narrow, wide), x);
}

Value FloatMath::acosh(Value x) {
  Value one = constant(1.0);
  Value root = sqrt(mul(sub(x, one), add(x, one)));
  Value wide = log(add(x, select(less(constant(1e12), x), x, root)));
  return select(less(x, one), constant(std::numeric_limits<double>::quiet_NaN()), wide);
}

Value FloatMath::atanh(Value x) {
  Value one = constant(1.0);
  Value wide = mul(constant(0.5), log(div(add(one, x), sub(one, x))));
  Value narrow = mul(x, fma(mul(x, x), constant(1.0 / 3), one));
  return select(less(abs(x), constant(tiny)), narrow, wide);
}

Value FloatMath::log1p(Value x) {
  Value narrow = mul(x, polynomial(x, {1.0, -1.0 / 2, 1.0 / 3, -1.0 / 4}));
  return select(less(abs(x), constant(tiny)), narrow, log(add(constant(1.0), x)));
}

Value FloatMath::expm1(Value x) {
  Value narrow = mul(x, polynomial(x, {1.0, 1.0 / 2, 1.0 / 6, 1.0 / 24}));
  return select(less(abs(x), constant(tiny)), narrow, sub(exp(x), constant(1.0)));
}

Value FloatMath::erf(Value x) {
  Value magnitude = abs(x), one = constant(1.0), square = mul(x, x);
  SmallVector<double> series;
  double factor = 2.0 / std::sqrt(pi);
  for (int k = 0; k <= 18; ++k, factor /= -k)
    series.push_back(factor / (2 * k + 1));
  Value narrow = mul(x, polynomial(square, series));
  Value t = div(one, fma(magnitude, constant(0.5), one));
  Value exponent = polynomial(t, {-1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807,
                                  -1.13520398, 1.48851587, -0.82215223, 0.17087277});
  Value wide = sub(one, mul(t, exp(sub(exponent, square))));
  Value result = select(less(magnitude, one), narrow, copySign(wide, x));
  return select(isNan(x), x, result);
}

Value FloatMath::pow(Value x, Value y) {
  Value zero = constant(0.0), one = constant(1.0), magnitude = abs(x);
  Value result = exp(mul(y, log(magnitude)));
  Value integral = equal(trunc(y), y);
  Value half = mul(y, constant(0.5));
  Value even = equal(trunc(half), half);
  Value negated = select(even, result, neg(result));
  negated = select(integral, negated, constant(std::numeric_limits<double>::quiet_NaN()));
  result = select(less(x, zero), negated, result);
  result = select(equal(magnitude, one), select(less(x, zero), select(even, one, neg(one)), one), result);
  Value odd = both(equal(x, zero), integral);
  result = select(both(odd, arith::XOrIOp::create(b, loc, even, equal(zero, zero))), copySign(result, x), result);
  // -1 to a power that is no integer has no real value.
  Value bad = both(less(x, zero), less(magnitude, constant(std::numeric_limits<double>::infinity())));
  bad = both(bad, less(zero, abs(sub(trunc(y), y))));
  result = select(bad, constant(std::numeric_limits<double>::quiet_NaN()), result);
  result = select(isNan(y), y, result);
  return select(equal(y, zero), one, select(equal(x, one), one, result));
}

Value FloatMath::fmod(Value x, Value y) {
  Value zero = constant(0.0), magnitude = abs(y), dividend = abs(x);
  Value quotient = trunc(div(dividend, magnitude));
  Value r = fma(neg(quotient), magnitude, dividend);
  // The quotient may have been rounded over an integer, either way.
  r = select(less(r, zero), add(r, magnitude), r);
  r = select(less(r, magnitude), r, sub(r, magnitude));
  r = select(less(dividend, magnitude), dividend, r);
  return copySign(r, x);
}

} // namespace dsc
