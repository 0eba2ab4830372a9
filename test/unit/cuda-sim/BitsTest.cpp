// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Logic, shifts, fields, counts and permutations, one bit or byte at a time.
#include "Harness.h"

#include <algorithm>

using namespace dsc::sim::test;

namespace {
using U = uint64_t;

U maskOf(uint32_t width) { return ~U(0) >> (64 - width); }

void check(std::string text, uint32_t width, Widths widths, const Expected &expected) {
  text.replace(text.find("$t"), 2, "b" + std::to_string(width));
  expectBits(text, widths, integerOperands(), expected);
}

TEST(SimBits, Logic) {
  for (uint32_t w : {16u, 32u, 64u}) {
    check("and.$t $d, $a, $b;", w, {w, w, w}, [](U a, U b, U) { return a & b; });
    check("or.$t $d, $a, $b;", w, {w, w, w}, [](U a, U b, U) { return a | b; });
    check("xor.$t $d, $a, $b;", w, {w, w, w}, [](U a, U b, U) { return a ^ b; });
    check("not.$t $d, $a;", w, {w, w}, [](U a, U, U) { return ~a; });
    check("cnot.$t $d, $a;", w, {w, w}, [=](U a, U, U) { return U((a & maskOf(w)) == 0); });
  }
  const Operands operands = integerOperands();
  expectBits("and.pred $d, $a, $b;", {1, 1, 1}, operands, [](U a, U b, U) { return U(a && b); });
  expectBits("or.pred $d, $a, $b;", {1, 1, 1}, operands, [](U a, U b, U) { return U(a || b); });
  expectBits("xor.pred $d, $a, $b;", {1, 1, 1}, operands, [](U a, U b, U) { return U(!a != !b); });
  expectBits("not.pred $d, $a;", {1, 1}, operands, [](U a, U, U) { return U(!a); });
}

TEST(SimBits, ShiftsClampTheAmount) {
  for (uint32_t w : {16u, 32u, 64u}) {
    check("shl.$t $d, $a, $b;", w, {w, w, 32},
          [=](U a, U b, U) { return uint32_t(b) >= w ? 0 : a << uint32_t(b); });
    const std::string bits = std::to_string(w);
    expectBits("shr.u" + bits + " $d, $a, $b;", {w, w, 32}, integerOperands(),
               [=](U a, U b, U) { return uint32_t(b) >= w ? 0 : (a & maskOf(w)) >> uint32_t(b); });
    expectBits("shr.s" + bits + " $d, $a, $b;", {w, w, 32}, integerOperands(), [=](U a, U b, U) {
      return U((int64_t(a << (64 - w)) >> (64 - w)) >> std::min(uint32_t(b), 63u));
    });
  }
}

TEST(SimBits, FunnelShifts) {
  auto pair = [](U a, U b) { return (b & 0xffffffff) << 32 | (a & 0xffffffff); };
  auto clamp = [](U c) { return std::min<U>(c & 0xffffffff, 32); };
  const Widths all{32, 32, 32, 32};
  expectBits("shf.l.wrap.b32 $d, $a, $b, $c;", all, integerOperands(),
             [=](U a, U b, U c) { return pair(a, b) << (c & 31) >> 32; });
  expectBits("shf.r.wrap.b32 $d, $a, $b, $c;", all, integerOperands(),
             [=](U a, U b, U c) { return pair(a, b) >> (c & 31); });
  expectBits("shf.l.clamp.b32 $d, $a, $b, $c;", all, integerOperands(),
             [=](U a, U b, U c) { return pair(a, b) << clamp(c) >> 32; });
  expectBits("shf.r.clamp.b32 $d, $a, $b, $c;", all, integerOperands(),
             [=](U a, U b, U c) { return pair(a, b) >> clamp(c); });
}

/// A bit of the field from `at` of `count` bits, as the ISA's text has it.
U extract(U a, U at, U count, uint32_t width, bool isSigned) {
  const U top = width - 1, sign = isSigned && count ? a >> std::min(at + count - 1, top) & 1 : 0;
  U out = 0;
  for (U i = 0; i < width; ++i)
    out |= (i < count && at + i <= top ? a >> (at + i) & 1 : sign) << i;
  return out;
}

TEST(SimBits, Fields) {
  for (const char *type : {"u32", "s32", "u64", "s64"}) {
    const uint32_t w = uint32_t(std::stoi(type + 1));
    expectBits(std::string("bfe.") + type + " $d, $a, $b, $c;", {w, w, 32, 32}, integerOperands(),
               [=](U a, U b, U c) { return extract(a, b & 255, c & 255, w, type[0] == 's'); });
  }
  for (uint32_t w : {32u, 64u})
    check(
        "and.b32 %r20, $b, 255; shr.u32 %r21, $b, 8; and.b32 %r21, %r21, 255; bfi.$t $d, $a, $c, %r20, %r21;",
        w, {w, w, 32, w}, [=](U a, U b, U c) {
          U out = c;
          for (U i = 0, at = b & 255, count = b >> 8 & 255; i < count && at + i < w; ++i)
            out = (out & ~(U(1) << (at + i))) | (a >> i & 1) << (at + i);
          return out;
        });
}

TEST(SimBits, Counts) {
  for (uint32_t w : {32u, 64u}) {
    check("popc.$t $d, $a;", w, {32, w}, [=](U a, U, U) { return U(__builtin_popcountll(a & maskOf(w))); });
    auto top = [=](U a) {
      U n = 0;
      while (n < w && !(a >> (w - 1 - n) & 1))
        ++n;
      return n;
    };
    check("clz.$t $d, $a;", w, {32, w}, [=](U a, U, U) { return top(a); });
    check("brev.$t $d, $a;", w, {w, w}, [=](U a, U, U) {
      U out = 0;
      for (uint32_t k = 0; k < w; ++k)
        out = out << 1 | (a >> k & 1);
      return out;
    });
    const std::string bits = std::to_string(w);
    expectBits("bfind.u" + bits + " $d, $a;", {32, w}, integerOperands(),
               [=](U a, U, U) { return w - 1 - top(a); });
    expectBits("bfind.shiftamt.u" + bits + " $d, $a;", {32, w}, integerOperands(),
               [=](U a, U, U) { return a & maskOf(w) ? top(a) : ~U(0); });
    expectBits("bfind.s" + bits + " $d, $a;", {32, w}, integerOperands(),
               [=](U a, U, U) { return w - 1 - top(a >> (w - 1) & 1 ? ~a : a); });
  }
}

TEST(SimBits, Lop3TakesEveryTable) {
  for (int table = 0; table < 256; table += 5)
    expectBits("lop3.b32 $d, $a, $b, $c, " + std::to_string(table) + ";", {32, 32, 32, 32}, integerOperands(),
               [=](U a, U b, U c) {
                 U out = 0;
                 for (int k = 0; k < 32; ++k)
                   out |= U(table >> ((a >> k & 1) << 2 | (b >> k & 1) << 1 | (c >> k & 1)) & 1) << k;
                 return out;
               });
}

TEST(SimBits, PermutesBytes) {
  auto byte = [](U a, U b, U index) {
    return ((b & 0xffffffff) << 32 | (a & 0xffffffff)) >> (8 * (index & 7)) & 255;
  };
  expectBits("prmt.b32 $d, $a, $b, $c;", {32, 32, 32, 32}, integerOperands(), [=](U a, U b, U c) {
    U out = 0;
    for (int k = 0; k < 4; ++k) {
      const U pick = c >> (4 * k) & 15, value = byte(a, b, pick);
      out |= (pick & 8 ? (value & 128 ? 255 : 0) : value) << (8 * k);
    }
    return out;
  });
  // Byte k of the result for c & 3 = n, as formulas of the modes.
  struct Mode {
    const char *name;
    U (*pick)(U n, U k);
  };
  const Mode modes[] = {{"f4e", [](U n, U k) { return n + k; }},
                        {"b4e", [](U n, U k) { return (n + 8 - k) & 7; }},
                        {"rc8", [](U n, U) { return n; }},
                        {"ecl", [](U n, U k) { return std::max(n, k); }},
                        {"ecr", [](U n, U k) { return std::min(n, k); }},
                        {"rc16", [](U n, U k) { return 2 * (n & 1) + (k & 1); }}};
  for (const Mode &mode : modes)
    expectBits(std::string("prmt.b32.") + mode.name + " $d, $a, $b, $c;", {32, 32, 32, 32}, integerOperands(),
               [=](U a, U b, U c) {
                 U out = 0;
                 for (U k = 0; k < 4; ++k)
                   out |= byte(a, b, mode.pick(c & 3, k)) << (8 * k);
                 return out;
               });
}

TEST(SimBits, PackedSixteenBits) {
  auto each = [](U a, U b, bool isSigned, bool isMax) {
    U out = 0;
    for (int k = 0; k < 32; k += 16) {
      const int64_t x = isSigned ? int16_t(a >> k) : int64_t(uint16_t(a >> k)),
                    y = isSigned ? int16_t(b >> k) : int64_t(uint16_t(b >> k));
      out |= U(uint16_t(isMax ? std::max(x, y) : std::min(x, y))) << k;
    }
    return out;
  };
  for (bool isSigned : {false, true}) {
    const std::string type = isSigned ? "s16x2" : "u16x2";
    expectBits("add." + type + " $d, $a, $b;", {32, 32, 32}, integerOperands(),
               [](U a, U b, U) { return ((a + b) & 0xffff) | (((a >> 16) + (b >> 16)) & 0xffff) << 16; });
    for (bool isMax : {false, true})
      expectBits((isMax ? "max." : "min.") + type + " $d, $a, $b;", {32, 32, 32}, integerOperands(),
                 [=](U a, U b, U) { return each(a, b, isSigned, isMax); });
  }
}

TEST(SimBits, MovesPackAndUnpack) {
  expectBits("mov.b32 {%h10, %h11}, $a; mov.b32 $d, {%h11, %h10};", {32, 32}, integerOperands(),
             [](U a, U, U) { return (a & 0xffff) << 16 | (a >> 16 & 0xffff); });
  expectBits("mov.b64 {%h10, %h11, %h12, %h13}, $a; mov.b64 $d, {%h13, %h12, %h11, %h10};", {64, 64},
             integerOperands(), [](U a, U, U) {
               return a << 48 | (a >> 16 & 0xffff) << 32 | (a >> 32 & 0xffff) << 16 | a >> 48;
             });
  expectBits("mov.b64 {_, %r10}, $a; mov.b64 $d, {%r10, 7};", {64, 64}, integerOperands(),
             [](U a, U, U) { return a >> 32 | U(7) << 32; });
  expectBits("selp.b32 $d, $a, $b, $c;", {32, 32, 32, 1}, integerOperands(),
             [](U a, U b, U c) { return c ? a : b; });
  expectBits("slct.u32.s32 $d, $a, $b, $c;", {32, 32, 32, 32}, integerOperands(),
             [](U a, U b, U c) { return int32_t(c) >= 0 ? a : b; });
}
} // namespace
