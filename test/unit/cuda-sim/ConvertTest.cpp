// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// cvt: every pair of kinds, every rounding, saturation, packing.
#include "Formats.h"
#include "Harness.h"

#include <algorithm>

using namespace dsc::sim::test;

namespace {
using U = uint64_t;
using Wide = __int128;

uint32_t widthOf(const std::string &type) { return uint32_t(std::stoi(type.substr(1))); }
Wide integerOf(const std::string &type, U bits) {
  const uint32_t unused = 64 - widthOf(type);
  return type[0] == 's' ? Wide(int64_t(bits << unused) >> unused) : Wide(bits << unused >> unused);
}
Wide lowest(const std::string &type) { return type[0] == 's' ? -(Wide(1) << (widthOf(type) - 1)) : 0; }
Wide highest(const std::string &type) { return (Wide(1) << (widthOf(type) - (type[0] == 's'))) - 1; }

const char *const integerTypes[] = {"u8", "s8", "u16", "s16", "u32", "s32", "u64", "s64"};
uint32_t registerWidth(const std::string &type) { return std::max(16u, widthOf(type)); }

double roundTo(double x, const std::string &mode) {
  return mode == "rni"   ? std::nearbyint(x)
         : mode == "rzi" ? std::trunc(x)
         : mode == "rmi" ? std::floor(x)
                         : std::ceil(x);
}

TEST(SimConvert, IntegersWidenNarrowAndSaturate) {
  for (const std::string from : integerTypes)
    for (const std::string to : integerTypes) {
      const Widths widths{registerWidth(to), registerWidth(from)};
      // What is cut off is extended again to the width of the register.
      expectBits("cvt." + to + "." + from + " $d, $a;", widths, integerOperands(),
                 [=](U a, U, U) { return U(integerOf(to, U(integerOf(from, a)))); });
      // What is clamped fills the whole register.
      if (lowest(from) < lowest(to) || highest(from) > highest(to))
        expectBits("cvt.sat." + to + "." + from + " $d, $a;", widths, integerOperands(),
                   [=](U a, U, U) { return U(std::clamp(integerOf(from, a), lowest(to), highest(to))); });
    }
}

TEST(SimConvert, FloatsToIntegersRoundAndClamp) {
  for (const std::string mode : {"rni", "rzi", "rmi", "rpi"})
    for (const std::string to : integerTypes) {
      auto expected = [=](double x, bool isDouble) {
        if (std::isnan(x))
          return isDouble || widthOf(to) == 64 ? U(1) << (widthOf(to) - 1) : U(0);
        const double whole = roundTo(x, mode);
        return whole >= 0x1p100    ? U(highest(to))
               : whole <= -0x1p100 ? U(lowest(to))
                                   : U(std::clamp(Wide(whole), lowest(to), highest(to)));
      };
      const uint32_t d = registerWidth(to);
      expectBits("cvt." + mode + "." + to + ".f32 $d, $a;", {d, 32}, floatOperands(),
                 [=](U a, U, U) { return expected(asFloat(a), false); });
      expectBits("cvt." + mode + "." + to + ".f64 $d, $a;", {d, 64}, doubleOperands(),
                 [=](U a, U, U) { return expected(asDouble(a), true); });
      expectBits("cvt." + mode + "." + to + ".f16 $d, $a;", {d, 16}, halfOperands(),
                 [=](U a, U, U) { return expected(half.decode(a & 0xffff), false); });
    }
}

TEST(SimConvert, IntegersToFloatsRound) {
  for (const std::string mode : {"rn", "rz", "rm", "rp"})
    for (const std::string from : {"s32", "u32", "s64", "u64"}) {
      // A long double holds any 64-bit integer; the rest goes to the last bit of the double.
      auto toOdd = [=](U a) {
        const long double x = (long double)(integerOf(from, a));
        double y = double(x);
        if ((long double)(y) != x && !(bitsOf(y) & 1))
          y = std::nextafter(y, x > y ? INFINITY : -INFINITY);
        return y;
      };
      expectBits("cvt." + mode + ".f32." + from + " $d, $a;", {32, widthOf(from)}, integerOperands(),
                 [=](U a, U, U) { return single.encode(toOdd(a), mode); });
      expectBits("cvt." + mode + ".f16." + from + " $d, $a;", {16, widthOf(from)}, integerOperands(),
                 [=](U a, U, U) { return half.encode(toOdd(a), mode); });
    }
  expectBits("cvt.rn.f64.s64 $d, $a;", {64, 64}, integerOperands(),
             [](U a, U, U) { return bitsOf(double(int64_t(a))); });
  expectBits("cvt.rn.f32.u8 $d, $a;", {32, 16}, integerOperands(),
             [](U a, U, U) { return bitsOf(float(a & 255)); });
  expectBits("cvt.rn.f32.s16 $d, $a;", {32, 16}, integerOperands(),
             [](U a, U, U) { return bitsOf(float(int16_t(a))); });
}

TEST(SimConvert, FloatsToFloats) {
  for (const std::string mode : {"rn", "rz", "rm", "rp"})
    expectBits("cvt." + mode + ".f32.f64 $d, $a;", {32, 64}, doubleOperands(),
               [=](U a, U, U) { return single.encode(asDouble(a), mode); });
  for (const std::string mode : {"rn", "rz"}) {
    expectBits("cvt." + mode + ".f16.f32 $d, $a;", {16, 32}, floatOperands(),
               [=](U a, U, U) { return half.encode(asFloat(a), mode); });
    expectBits("cvt." + mode + ".bf16.f32 $d, $a;", {16, 32}, floatOperands(),
               [=](U a, U, U) { return bfloat.encode(asFloat(a), mode); });
    expectBits("cvt." + mode + ".relu.f16.f32 $d, $a;", {16, 32}, floatOperands(),
               [=](U a, U, U) { return asFloat(a) < 0 ? 0 : half.encode(asFloat(a) + 0.0, mode); });
    expectBits("cvt." + mode + ".f16x2.f32 $d, $a, $b;", {32, 32, 32}, floatOperands(), [=](U a, U b, U) {
      return half.encode(asFloat(a), mode) << 16 | half.encode(asFloat(b), mode);
    });
    expectBits("cvt." + mode + ".bf16x2.f32 $d, $a, $b;", {32, 32, 32}, floatOperands(), [=](U a, U b, U) {
      return bfloat.encode(asFloat(a), mode) << 16 | bfloat.encode(asFloat(b), mode);
    });
  }
  expectBits("cvt.f32.f16 $d, $a;", {32, 16}, halfOperands(), [](U a, U, U) {
    const U m = a & 0x7fff; // NaNs keep their bits
    return m > 0x7c00 ? (a & 0x8000) << 16 | 0x7f800000 | (m & 0x3ff) << 13
                      : bitsOf(float(half.decode(a & 0xffff)));
  });
  expectBits("cvt.f32.bf16 $d, $a;", {32, 16}, halfOperands(), [](U a, U, U) { return (a & 0xffff) << 16; });
  expectBits("cvt.f64.f32 $d, $a; testp.number.f64 %p6, $d; selp.b64 $d, $d, 0, %p6;", {64, 32},
             floatOperands(),
             [](U a, U, U) { return std::isnan(asFloat(a)) ? 0 : bitsOf(double(asFloat(a))); });
  expectBits("cvt.rna.tf32.f32 $d, $a;", {32, 32}, floatOperands(), [](U a, U, U) {
    const double x = asFloat(a);
    return std::isnan(x) ? 0x7fffffff : Format{8, 10, true}.encode(x, "rna") << 13;
  });
  expectBits("cvt.sat.f32.f32 $d, $a;", {32, 32}, floatOperands(),
             [](U a, U, U) { return bitsOf(asFloat(a) > 0 ? std::fmin(asFloat(a), 1.0f) : 0.0f); });
  for (const std::string mode : {"rni", "rzi", "rmi", "rpi"})
    expectBits("cvt." + mode + ".f32.f32 $d, $a;", {32, 32}, floatOperands(), [=](U a, U, U) {
      return std::isnan(asFloat(a)) ? 0x7fffffff : bitsOf(float(roundTo(asFloat(a), mode)));
    });
}

TEST(SimConvert, EightBitFloats) {
  for (const char *name : {"e4m3", "e5m2"}) {
    const Format format = name[1] == '4' ? e4m3 : e5m2;
    const std::string pair = std::string(name) + "x2";
    expectBits("cvt.rn.satfinite." + pair + ".f32 $d, $a, $b;", {16, 32, 32}, floatOperands(),
               [=](U a, U b, U) {
                 return format.encode(asFloat(a), "rn", true) << 8 | format.encode(asFloat(b), "rn", true);
               });
    expectBits("cvt.rn.f16x2." + pair + " $d, $a;", {32, 16}, halfOperands(), [=](U a, U, U) {
      return half.encode(format.decode(a >> 8 & 255), "rn") << 16 | half.encode(format.decode(a & 255), "rn");
    });
    expectBits("cvt.rn.satfinite." + pair + ".f16x2 $d, $a;", {16, 32}, halfOperands(), [=](U a, U, U) {
      return format.encode(half.decode(a >> 16 & 0xffff), "rn", true) << 8 |
             format.encode(half.decode(a & 0xffff), "rn", true);
    });
  }
}

TEST(SimConvert, Packs) {
  auto clamp = [](U x, const std::string &type) {
    return U(std::clamp(Wide(int32_t(x)), lowest(type), highest(type)));
  };
  for (const std::string type : {"u8", "s8"})
    expectBits("cvt.pack.sat." + type + ".s32.b32 $d, $a, $b, $c;", {32, 32, 32, 32}, integerOperands(),
               [=](U a, U b, U c) { return c << 16 | (clamp(a, type) & 255) << 8 | (clamp(b, type) & 255); });
  for (const std::string type : {"u16", "s16"})
    expectBits("cvt.pack.sat." + type + ".s32 $d, $a, $b;", {32, 32, 32}, integerOperands(),
               [=](U a, U b, U) { return (clamp(a, type) & 0xffff) << 16 | (clamp(b, type) & 0xffff); });
}
} // namespace
