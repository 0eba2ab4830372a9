// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Integer arithmetic against the same in 128 bits.
#include "Harness.h"

#include <algorithm>

using namespace dsc::sim::test;

namespace {
using Wide = __int128;

/// The value of an operand of a type such as "s32".
Wide valueOf(const std::string &type, uint64_t bits) {
  const uint32_t unused = 64 - uint32_t(std::stoi(type.substr(1)));
  return type[0] == 's' ? Wide(int64_t(bits << unused) >> unused) : Wide(bits << unused >> unused);
}

const char *const allTypes[] = {"u16", "u32", "u64", "s16", "s32", "s64"};

using Formula = std::function<Wide(Wide, Wide, Wide)>;

/// Checks `text` with $t for the type; the third operand is as wide as the result if `isWide`.
void check(std::string text, const std::string &type, uint32_t sources, const Formula &formula,
           bool isWide = false) {
  const uint32_t width = uint32_t(std::stoi(type.substr(1))), result = isWide ? 2 * width : width;
  text.replace(text.find("$t"), 2, type);
  const std::string wide = type[0] + std::to_string(result);
  expectBits(text, {result, width, sources > 1 ? width : 0, sources > 2 ? result : 0}, integerOperands(),
             [&](uint64_t a, uint64_t b, uint64_t c) {
               return uint64_t(formula(valueOf(type, a), valueOf(type, b), valueOf(wide, c)));
             });
}

TEST(SimInteger, AddSubMultiplyWrap) {
  for (const char *type : allTypes) {
    check("add.$t $d, $a, $b;", type, 2, [](Wide a, Wide b, Wide) { return a + b; });
    check("sub.$t $d, $a, $b;", type, 2, [](Wide a, Wide b, Wide) { return a - b; });
    check("mul.lo.$t $d, $a, $b;", type, 2,
          [](Wide a, Wide b, Wide) { return Wide(uint64_t(a) * uint64_t(b)); });
    check("mad.lo.$t $d, $a, $b, $c;", type, 3,
          [](Wide a, Wide b, Wide c) { return Wide(uint64_t(a) * uint64_t(b) + uint64_t(c)); });
    const uint32_t width = uint32_t(std::stoi(type + 1));
    const bool isUnsigned = type[0] == 'u';
    auto high = [=](Wide a, Wide b) {
      return isUnsigned ? Wide((unsigned __int128)(a) * (unsigned __int128)(b) >> width) : a * b >> width;
    };
    check("mul.hi.$t $d, $a, $b;", type, 2, [=](Wide a, Wide b, Wide) { return high(a, b); });
    check("mad.hi.$t $d, $a, $b, $c;", type, 3, [=](Wide a, Wide b, Wide c) { return high(a, b) + c; });
  }
}

TEST(SimInteger, WideProductsKeepAllBits) {
  for (const char *type : {"u16", "s16", "u32", "s32"}) {
    check(
        "mul.wide.$t $d, $a, $b;", type, 2, [](Wide a, Wide b, Wide) { return a * b; }, true);
    check(
        "mad.wide.$t $d, $a, $b, $c;", type, 3, [](Wide a, Wide b, Wide c) { return a * b + c; }, true);
  }
}

TEST(SimInteger, DivisionTruncates) {
  for (const char *type : allTypes) {
    // By zero PTX leaves the value open; hardware gives all ones, and the dividend.
    check("div.$t $d, $a, $b;", type, 2, [](Wide a, Wide b, Wide) { return b ? a / b : -1; });
    check("rem.$t $d, $a, $b;", type, 2, [](Wide a, Wide b, Wide) { return b ? a % b : a; });
  }
}

TEST(SimInteger, MinMaxAbsNegSad) {
  for (const char *type : allTypes) {
    check("min.$t $d, $a, $b;", type, 2, [](Wide a, Wide b, Wide) { return std::min(a, b); });
    check("max.$t $d, $a, $b;", type, 2, [](Wide a, Wide b, Wide) { return std::max(a, b); });
    check("sad.$t $d, $a, $b, $c;", type, 3,
          [](Wide a, Wide b, Wide c) { return c + (a < b ? b - a : a - b); });
  }
  for (const char *type : {"s16", "s32", "s64"}) {
    check("abs.$t $d, $a;", type, 1, [](Wide a, Wide, Wide) { return a < 0 ? -a : a; });
    check("neg.$t $d, $a;", type, 1, [](Wide a, Wide, Wide) { return -a; });
  }
}

TEST(SimInteger, SaturatesWhereAsked) {
  auto clamp = [](Wide x) { return std::clamp<Wide>(x, INT32_MIN, INT32_MAX); };
  check("add.sat.$t $d, $a, $b;", "s32", 2, [=](Wide a, Wide b, Wide) { return clamp(a + b); });
  check("sub.sat.$t $d, $a, $b;", "s32", 2, [=](Wide a, Wide b, Wide) { return clamp(a - b); });
  check("mad.hi.sat.$t $d, $a, $b, $c;", "s32", 3,
        [=](Wide a, Wide b, Wide c) { return clamp((a * b >> 32) + c); });
}

TEST(SimInteger, Product24UsesLowBits) {
  auto low24 = [](Wide x, bool isSigned) {
    return isSigned ? Wide(int32_t(uint32_t(x) << 8) >> 8) : Wide(uint32_t(x) & 0xffffff);
  };
  for (const char *type : {"u32", "s32"}) {
    const bool isSigned = type[0] == 's';
    check("mul24.lo.$t $d, $a, $b;", type, 2,
          [=](Wide a, Wide b, Wide) { return low24(a, isSigned) * low24(b, isSigned); });
    check("mul24.hi.$t $d, $a, $b;", type, 2,
          [=](Wide a, Wide b, Wide) { return low24(a, isSigned) * low24(b, isSigned) >> 16; });
    check("mad24.lo.$t $d, $a, $b, $c;", type, 3,
          [=](Wide a, Wide b, Wide c) { return low24(a, isSigned) * low24(b, isSigned) + c; });
  }
}

TEST(SimInteger, CarriesChain) {
  const std::string parts = "mov.b64 {%r10, %r11}, $a; mov.b64 {%r12, %r13}, $b; mov.b64 {%r14, %r15}, $c;\n";
  const std::string whole = " mov.b64 $d, {%r20, %r21};";
  using U = uint64_t;
  expectBits(parts + "add.cc.u32 %r20, %r10, %r12; addc.u32 %r21, %r11, %r13;" + whole, {64, 64, 64, 64},
             integerOperands(), [](U a, U b, U) { return a + b; });
  expectBits(parts + "sub.cc.u32 %r20, %r10, %r12; subc.u32 %r21, %r11, %r13;" + whole, {64, 64, 64, 64},
             integerOperands(), [](U a, U b, U) { return a - b; });
  expectBits(parts + "mad.lo.cc.u32 %r20, %r10, %r12, %r14; madc.hi.u32 %r21, %r10, %r12, %r15;" + whole,
             {64, 64, 64, 64}, integerOperands(),
             [](U a, U b, U c) { return (a & 0xffffffff) * (b & 0xffffffff) + c; });
  expectBits("add.cc.u64 %d10, $a, $b; addc.u64 $d, 0, 0;", {64, 64, 64}, integerOperands(),
             [](U a, U b, U) { return U(a + b < a); });
}

TEST(SimInteger, DotProductsOfBytes) {
  for (const char *a : {"u32", "s32"})
    for (const char *b : {"u32", "s32"}) {
      auto byte = [](const char *type, uint64_t bits, int k) {
        return type[0] == 's' ? int64_t(int8_t(bits >> (8 * k))) : int64_t(uint8_t(bits >> (8 * k)));
      };
      auto word = [](const char *type, uint64_t bits, int k) {
        return type[0] == 's' ? int64_t(int16_t(bits >> (16 * k))) : int64_t(uint16_t(bits >> (16 * k)));
      };
      const std::string types = std::string(".") + a + "." + b + " $d, $a, $b, $c;";
      expectBits("dp4a" + types, {32, 32, 32, 32}, integerOperands(),
                 [=](uint64_t x, uint64_t y, uint64_t z) {
                   int64_t sum = int64_t(uint32_t(z));
                   for (int k = 0; k < 4; ++k)
                     sum += byte(a, x, k) * byte(b, y, k);
                   return uint64_t(sum);
                 });
      for (int half : {0, 1})
        expectBits((half ? "dp2a.hi" : "dp2a.lo") + types, {32, 32, 32, 32}, integerOperands(),
                   [=](uint64_t x, uint64_t y, uint64_t z) {
                     return uint64_t(int64_t(uint32_t(z)) + word(a, x, 0) * byte(b, y, 2 * half) +
                                     word(a, x, 1) * byte(b, y, 2 * half + 1));
                   });
    }
}
} // namespace
