// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Small float formats by search: independent of the simulator's bit tricks.
#ifndef DSC_TEST_UNIT_CUDA_SIM_FORMATS_H
#define DSC_TEST_UNIT_CUDA_SIM_FORMATS_H

#include <cmath>
#include <cstdint>
#include <string>

namespace dsc::sim::test {

struct Format {
  int exponentBits, mantissaBits;
  bool hasInfinity;

  int bits() const { return 1 + exponentBits + mantissaBits; }
  uint64_t signBit() const { return uint64_t(1) << (bits() - 1); }
  uint64_t infinity() const { return ((uint64_t(1) << exponentBits) - 1) << mantissaBits; }
  uint64_t largest() const {
    return hasInfinity ? infinity() - 1 : infinity() + (uint64_t(1) << mantissaBits) - 2;
  }
  uint64_t nan() const { return signBit() - 1; }

  /// The number of bits without a sign; beyond the largest as if the exponent went on.
  double magnitude(uint64_t x) const {
    const int bias = (1 << (exponentBits - 1)) - 1;
    const double mantissa = double(x & ((uint64_t(1) << mantissaBits) - 1)),
                 field = double(x >> mantissaBits);
    const double one = std::ldexp(1.0, mantissaBits);
    return field == 0 ? std::ldexp(mantissa, 1 - bias - mantissaBits)
                      : std::ldexp(mantissa + one, int(field) - bias - mantissaBits);
  }

  double decode(uint64_t x) const {
    const uint64_t m = x & (signBit() - 1);
    if (m > largest())
      return hasInfinity && m == infinity() ? (x & signBit() ? -INFINITY : INFINITY) : NAN;
    return x & signBit() ? -magnitude(m) : magnitude(m);
  }

  /// Rounded in a mode ("rn", "rz", "rm", "rp", "rna") by bisection between neighbours.
  uint64_t encode(double x, const std::string &mode, bool isFinite = false) const {
    if (std::isnan(x))
      return nan();
    const uint64_t sign = std::signbit(x) ? signBit() : 0;
    const double value = std::fabs(x);
    uint64_t low = 0, high = infinity() + (uint64_t(1) << (mantissaBits + 1));
    while (high - low > 1) {
      const uint64_t middle = (low + high) / 2;
      (magnitude(middle) <= value ? low : high) = middle;
    }
    const double below = value - magnitude(low), above = magnitude(high) - value;
    uint64_t m = low;
    if (below > 0 && (mode == "rn" || mode == "rna"))
      m = below > above || (below == above && (mode == "rna" || (low & 1))) ? high : low;
    else if (below > 0 && ((mode == "rm" && sign) || (mode == "rp" && !sign)))
      m = high;
    if (m <= largest() && std::isfinite(x))
      return sign | m;
    const bool staysFinite =
        isFinite || (std::isfinite(x) && (mode == "rz" || (mode == "rm" && !sign) || (mode == "rp" && sign)));
    return sign | (staysFinite ? largest() : hasInfinity ? infinity() : nan());
  }
};

constexpr Format half{5, 10, true}, bfloat{8, 7, true}, single{8, 23, true}, e4m3{4, 3, false},
    e5m2{5, 2, true};

} // namespace dsc::sim::test
#endif
