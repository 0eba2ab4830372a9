// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Bits of small floating-point formats to numbers and back, exactly, in every rounding mode.
#ifndef DSC_TOOLS_CUDA_SIM_NUMBERS_H
#define DSC_TOOLS_CUDA_SIM_NUMBERS_H

#include "tools/cuda-sim/Types.h"

#include <cmath>
#include <cstring>

namespace dsc::sim {

template <class To, class From> To bitCast(From from) {
  static_assert(sizeof(To) == sizeof(From), "expected equal sizes");
  To to;
  std::memcpy(&to, &from, sizeof to);
  return to;
}

constexpr uint32_t canonicalNan32 = 0x7fffffff;

/// A binary format: IEEE-like, but e4m3 has no infinity and one NaN, and tf32 is held in 32 bits.
struct FloatFormat {
  int exponentBits, mantissaBits;
  bool hasInfinity;
  int shift;    ///< zero bits below the number
  uint64_t nan; ///< the NaN that conversions make
};
const FloatFormat &formatOf(Type type);

/// mantissa * 2^exponent as bits of the format; Round::rn, rna, rz, rm or rp. Too large is infinity or, by
/// the rounding mode or with `saturate`, the largest number.
uint64_t encode(const FloatFormat &format, bool isNegative, uint64_t mantissa, int exponent, Round round,
                bool saturate);
/// A number, infinity or NaN.
uint64_t encode(Type type, double value, Round round, bool saturate = false);
/// The number of the bits; every format is exact in a double.
double decode(Type type, uint64_t bits);

inline float halfToFloat(uint16_t bits) {
  const uint32_t sign = uint32_t(bits & 0x8000) << 16, magnitude = bits & 0x7fff;
  if (magnitude >= 0x7c00)
    return bitCast<float>(sign | 0x7f800000 | (magnitude & 0x3ff) << 13);
  if (magnitude < 0x400) // subnormal: an integer times 2^-24
    return bitCast<float>(sign | bitCast<uint32_t>(float(magnitude) * 0x1p-24f));
  return bitCast<float>(sign | ((magnitude << 13) + (uint32_t(127 - 15) << 23)));
}
inline float bfloatToFloat(uint16_t bits) { return bitCast<float>(uint32_t(bits) << 16); }
/// To nearest even; NaN becomes 0x7fff.
uint16_t floatToHalf(float value);
uint16_t floatToBfloat(float value);
/// As tensor cores read an operand: the low 13 bits of a tf32 register are ignored.
inline float tf32ToFloat(uint32_t bits) { return bitCast<float>(bits & 0xffffe000u); }

/// a + b rounded so that a second rounding to fewer bits is right: the last bit holds whether it was inexact.
double addToOdd(double a, double b);

inline float flush(float x, bool ftz) { return ftz && std::fabs(x) < 0x1p-126f ? std::copysign(0.0f, x) : x; }
inline double flush(double x, bool) { return x; }

} // namespace dsc::sim
#endif
