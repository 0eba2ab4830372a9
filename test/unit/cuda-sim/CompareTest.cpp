// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// setp and set with every comparison; NaNs; combination with a third predicate.
#include "Formats.h"
#include "Harness.h"

using namespace dsc::sim::test;

namespace {
using U = uint64_t;

template <class T> bool compare(const std::string &op, T a, T b) {
  return op == "eq"                 ? a == b
         : op == "ne"               ? a != b
         : op == "lt" || op == "lo" ? a < b
         : op == "le" || op == "ls" ? a <= b
         : op == "gt" || op == "hi" ? a > b
                                    : a >= b;
}

bool compareFloats(const std::string &op, double a, double b) {
  const bool hasNan = std::isnan(a) || std::isnan(b);
  if (op == "num" || op == "nan")
    return hasNan == (op == "nan");
  return op.size() == 3 ? hasNan || compare(op.substr(0, 2), a, b) : !hasNan && compare(op, a, b);
}

const char *const floatOps[] = {"eq",  "ne",  "lt",  "le",  "gt",  "ge",  "equ",
                                "neu", "ltu", "leu", "gtu", "geu", "num", "nan"};

TEST(SimCompare, Integers) {
  for (const std::string op : {"eq", "ne", "lt", "le", "gt", "ge"}) {
    expectBits("setp." + op + ".s32 $d, $a, $b;", {1, 32, 32}, integerOperands(),
               [=](U a, U b, U) { return U(compare(op, int32_t(a), int32_t(b))); });
    expectBits("setp." + op + ".u64 $d, $a, $b;", {1, 64, 64}, integerOperands(),
               [=](U a, U b, U) { return U(compare(op, a, b)); });
    expectBits("setp." + op + ".s16 $d, $a, $b;", {1, 16, 16}, integerOperands(),
               [=](U a, U b, U) { return U(compare(op, int16_t(a), int16_t(b))); });
    expectBits("setp." + op + ".s64 $d, $a, $b;", {1, 64, 64}, integerOperands(),
               [=](U a, U b, U) { return U(compare(op, int64_t(a), int64_t(b))); });
  }
  for (const std::string op : {"lo", "ls", "hi", "hs"})
    expectBits("setp." + op + ".u32 $d, $a, $b;", {1, 32, 32}, integerOperands(),
               [=](U a, U b, U) { return U(compare(op, uint32_t(a), uint32_t(b))); });
}

TEST(SimCompare, FloatsWithNaN) {
  for (const std::string op : floatOps) {
    expectBits("setp." + op + ".f32 $d, $a, $b;", {1, 32, 32}, floatOperands(),
               [=](U a, U b, U) { return U(compareFloats(op, asFloat(a), asFloat(b))); });
    expectBits("setp." + op + ".f64 $d, $a, $b;", {1, 64, 64}, doubleOperands(),
               [=](U a, U b, U) { return U(compareFloats(op, asDouble(a), asDouble(b))); });
    expectBits("setp." + op + ".f16 $d, $a, $b;", {1, 16, 16}, halfOperands(), [=](U a, U b, U) {
      return U(compareFloats(op, half.decode(a & 0xffff), half.decode(b & 0xffff)));
    });
    expectBits(
        "setp." + op +
            ".f16x2 %p5|%p6, $a, $b; selp.b32 %r20, 1, 0, %p5; selp.b32 $d, 2, 0, %p6; or.b32 $d, $d, %r20;",
        {32, 32, 32}, halfOperands(), [=](U a, U b, U) {
          return U(compareFloats(op, half.decode(a & 0xffff), half.decode(b & 0xffff))) |
                 U(compareFloats(op, half.decode(a >> 16 & 0xffff), half.decode(b >> 16 & 0xffff))) << 1;
        });
  }
  auto flush = [](float x) { return std::fabs(x) < 0x1p-126f ? 0.0f : x; };
  expectBits("setp.eq.ftz.f32 $d, $a, $b;", {1, 32, 32}, floatOperands(),
             [=](U a, U b, U) { return U(flush(asFloat(a)) == flush(asFloat(b))); });
}

TEST(SimCompare, CombinesAndComplements) {
  auto less = [](U a, U b) { return int32_t(a) < int32_t(b); };
  const std::string both =
      "|%p6, $a, $b, $c; selp.b32 %r20, 1, 0, %p5; selp.b32 $d, 2, 0, %p6; or.b32 $d, $d, %r20;";
  expectBits("setp.lt.and.s32 %p5" + both, {32, 32, 32, 1}, integerOperands(),
             [=](U a, U b, U c) { return U(less(a, b) && c) | U(!less(a, b) && c) << 1; });
  expectBits("setp.lt.or.s32 %p5" + both, {32, 32, 32, 1}, integerOperands(),
             [=](U a, U b, U c) { return U(less(a, b) || c) | U(!less(a, b) || c) << 1; });
  expectBits("setp.lt.xor.s32 $d, $a, $b, !$c;", {1, 32, 32, 1}, integerOperands(),
             [=](U a, U b, U c) { return U(less(a, b) != !c); });
}

TEST(SimCompare, SetWritesMasksAndOnes) {
  expectBits("set.lt.u32.s32 $d, $a, $b;", {32, 32, 32}, integerOperands(),
             [](U a, U b, U) { return int32_t(a) < int32_t(b) ? ~U(0) : 0; });
  expectBits("set.gt.f32.f32 $d, $a, $b;", {32, 32, 32}, floatOperands(),
             [](U a, U b, U) { return asFloat(a) > asFloat(b) ? bitsOf(1.0f) : 0; });
  expectBits("set.ge.f16x2.f16x2 $d, $a, $b;", {32, 32, 32}, halfOperands(), [](U a, U b, U) {
    U out = 0;
    for (int k = 0; k < 32; k += 16)
      out |= U(half.decode(a >> k & 0xffff) >= half.decode(b >> k & 0xffff) ? 0x3c00 : 0) << k;
    return out;
  });
  expectBits("set.eq.and.u32.u32 $d, $a, $b, $c;", {32, 32, 32, 1}, integerOperands(),
             [](U a, U b, U c) { return uint32_t(a) == uint32_t(b) && c ? ~U(0) : 0; });
}

TEST(SimCompare, SelectsBySignAndTestsKinds) {
  expectBits("slct.f32.f32 $d, $a, $b, $c;", {32, 32, 32, 32}, floatOperands(),
             [](U a, U b, U c) { return asFloat(c) >= 0 ? a : b; });
  const std::pair<const char *, bool (*)(float)> tests[] = {
      {"finite", [](float x) { return std::isfinite(x); }},
      {"infinite", [](float x) { return std::isinf(x); }},
      {"number", [](float x) { return !std::isnan(x); }},
      {"notanumber", [](float x) { return std::isnan(x); }},
      {"normal", [](float x) { return std::isnormal(x); }},
      {"subnormal", [](float x) { return std::fpclassify(x) == FP_SUBNORMAL; }}};
  for (const auto &[name, test] : tests)
    expectBits(std::string("testp.") + name + ".f32 $d, $a;", {1, 32}, floatOperands(),
               [=, test = test](U a, U, U) { return U(test(asFloat(a))); });
}
} // namespace
