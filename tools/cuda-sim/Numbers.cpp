// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One rounding routine for all formats, and quick ways for the two that kernels are full of.
#include "tools/cuda-sim/Numbers.h"

#include <algorithm>

namespace dsc::sim {

const FloatFormat &formatOf(Type type) {
  static const FloatFormat f16{5, 10, true, 0, 0x7fff}, bf16{8, 7, true, 0, 0x7fff},
      tf32{8, 10, true, 13, 0x7fffffff}, f32{8, 23, true, 0, canonicalNan32},
      f64{11, 52, true, 0, 0x7fffffffffffffff}, e4m3{4, 3, false, 0, 0x7f}, e5m2{5, 2, true, 0, 0x7f};
  switch (type) {
  case Type::f16:
    return f16;
  case Type::bf16:
    return bf16;
  case Type::tf32:
    return tf32;
  case Type::f64:
    return f64;
  case Type::e4m3:
    return e4m3;
  case Type::e5m2:
    return e5m2;
  default:
    return f32;
  }
}

namespace {
bool roundsUp(Round round, bool isNegative, bool isOdd, uint64_t rest, uint64_t half) {
  switch (round) {
  case Round::rz:
    return false;
  case Round::rm:
    return isNegative && rest;
  case Round::rp:
    return !isNegative && rest;
  case Round::rna:
    return rest >= half;
  default:
    return rest > half || (rest == half && isOdd);
  }
}
} // namespace

uint64_t encode(const FloatFormat &format, bool isNegative, uint64_t mantissa, int exponent, Round round,
                bool saturate) {
  const int bias = (1 << (format.exponentBits - 1)) - 1, m = format.mantissaBits;
  const uint64_t sign = uint64_t(isNegative) << (m + format.exponentBits);
  if (!mantissa)
    return sign << format.shift;
  const int zeros = __builtin_clzll(mantissa);
  mantissa <<= zeros;
  const int top = exponent + 63 - zeros; // the number is 1.x * 2^top
  const int drop = 63 - m + std::max(0, 1 - bias - top);
  uint64_t kept = drop > 63 ? 0 : mantissa >> drop;
  const uint64_t rest = drop > 64 ? 1 : drop == 64 ? mantissa : mantissa << (64 - drop);
  // Beyond 64 dropped bits the number is below half of the smallest one.
  const uint64_t half = uint64_t(1) << 63;
  kept += roundsUp(round, isNegative, kept & 1, rest, half);
  // A carry out of the mantissa raises the exponent by itself.
  const uint64_t bits = top < 1 - bias ? kept : kept + (uint64_t(top + bias - 1) << m);
  const uint64_t infinity = ((uint64_t(1) << format.exponentBits) - 1) << m;
  const uint64_t largest = format.hasInfinity ? infinity - 1 : infinity + (uint64_t(1) << m) - 2;
  if (bits <= largest && top <= bias + 1)
    return (sign | bits) << format.shift;
  const bool staysFinite = saturate || round == Round::rz || (round == Round::rm && !isNegative) ||
                           (round == Round::rp && isNegative);
  return (sign | (staysFinite ? largest : format.hasInfinity ? infinity : format.nan)) << format.shift;
}

uint64_t encode(Type type, double value, Round round, bool saturate) {
  const FloatFormat &format = formatOf(type);
  if (std::isnan(value))
    return format.nan;
  if (std::isinf(value)) // as a number too large for every format
    return format.hasInfinity && !saturate
               ? (uint64_t(value < 0) << (format.mantissaBits + format.exponentBits) |
                  ((uint64_t(1) << format.exponentBits) - 1) << format.mantissaBits)
                     << format.shift
               : encode(format, value < 0, 1, 1000, Round::rn, saturate);
  int exponent;
  const double fraction = std::frexp(std::fabs(value), &exponent);
  return encode(format, std::signbit(value), uint64_t(std::ldexp(fraction, 53)), exponent - 53, round,
                saturate);
}

double decode(Type type, uint64_t bits) {
  switch (type) {
  case Type::f64:
    return bitCast<double>(bits);
  case Type::f32:
    return double(bitCast<float>(uint32_t(bits)));
  case Type::tf32:
    return double(bitCast<float>(uint32_t(bits)));
  case Type::bf16:
    return double(bfloatToFloat(uint16_t(bits)));
  case Type::f16:
    return double(halfToFloat(uint16_t(bits)));
  default:
    break;
  }
  const FloatFormat &format = formatOf(type);
  const int m = format.mantissaBits, bias = (1 << (format.exponentBits - 1)) - 1;
  const int field = int(bits >> m) & ((1 << format.exponentBits) - 1), mantissa = int(bits) & ((1 << m) - 1);
  const bool isTop = field == (1 << format.exponentBits) - 1;
  double value =
      field ? std::ldexp(mantissa + (1 << m), field - bias - m) : std::ldexp(mantissa, 1 - bias - m);
  if (format.hasInfinity && isTop)
    value = mantissa ? double(NAN) : double(INFINITY);
  else if (isTop && mantissa == (1 << m) - 1)
    value = double(NAN);
  return bits >> (m + format.exponentBits) & 1 ? -value : value;
}

uint16_t floatToHalf(float value) {
  const uint32_t bits = bitCast<uint32_t>(value), sign = bits >> 16 & 0x8000, magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000)
    return 0x7fff;
  if (magnitude >= 0x47800000) // 65536 and above
    return uint16_t(sign | 0x7c00);
  if (magnitude < 0x38800000) // subnormal: adding 0.5 leaves multiples of 2^-24 in the mantissa
    return uint16_t(sign | (bitCast<uint32_t>(bitCast<float>(magnitude) + 0.5f) - 0x3f000000));
  const uint32_t odd = magnitude >> 13 & 1;
  return uint16_t(sign | ((magnitude + 0xfff + odd - (uint32_t(127 - 15) << 23)) >> 13));
}

uint16_t floatToBfloat(float value) {
  const uint32_t bits = bitCast<uint32_t>(value);
  if ((bits & 0x7fffffff) > 0x7f800000)
    return 0x7fff;
  return uint16_t((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

double addToOdd(double a, double b) {
  const double sum = a + b;
  if (!std::isfinite(sum))
    return sum;
  const double part = sum - a, error = (a - (sum - part)) + (b - part);
  if (error == 0 || (bitCast<uint64_t>(sum) & 1))
    return sum;
  const bool isAway = (error > 0) == (sum > 0);
  return bitCast<double>(bitCast<uint64_t>(sum) + (isAway ? 1 : ~uint64_t(0)));
}

} // namespace dsc::sim
