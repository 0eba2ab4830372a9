// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// f16 and bf16 arithmetic: exact in long double, then rounded once.
#include "Formats.h"
#include "Harness.h"

using namespace dsc::sim::test;

namespace {
using U = uint64_t;
using Exact = long double; // 64 bits hold any product of two, and the sums that these tests compare

struct Case {
  const char *name;
  Format format;
  double least; ///< smallest normal number
};
const Case cases[] = {{"f16", half, 0x1p-14}, {"bf16", bfloat, 0x1p-126}};

/// An exact sum in a format, through f64 with the sign of what f64 lost.
U roundExact(const Format &format, Exact x) {
  double nearest = double(x);
  const Exact rest = x - nearest;
  if (rest != 0 && !(bitsOf(nearest) & 1)) // to odd: then a second rounding is right
    nearest = std::nextafter(nearest, rest > 0 ? INFINITY : -INFINITY);
  return format.encode(nearest, "rn");
}

/// a * b + c, to odd in 64 bits.
Exact fused(Exact a, Exact b, Exact c) {
  const Exact product = a * b, sum = product + c, part = sum - product,
              rest = (product - (sum - part)) + (c - part);
  U bits;
  std::memcpy(&bits, &sum, sizeof bits);
  return std::isfinite(sum) && rest != 0 && !(bits & 1)
             ? std::nextafter(sum, rest > 0 ? Exact(INFINITY) : -Exact(INFINITY))
             : sum;
}

using Formula = std::function<Exact(Exact, Exact, Exact)>;

void check(
    const std::string &text, const Case &type, uint32_t sources, const Formula &f,
    const std::function<U(U)> &after = [](U x) { return x; }) {
  auto one = [=](U a, U b, U c) {
    const Exact x =
        f(type.format.decode(a & 0xffff), type.format.decode(b & 0xffff), type.format.decode(c & 0xffff));
    return after(std::isnan(x) ? 0x7fff : roundExact(type.format, x));
  };
  const uint32_t b = sources > 1, c = sources > 2;
  std::string scalar = text, packed = text;
  scalar.replace(scalar.find("$t"), 2, type.name);
  packed.replace(packed.find("$t"), 2, std::string(type.name) + "x2");
  expectBits(scalar, {16, 16, 16 * b, 16 * c}, halfOperands(), one);
  expectBits(packed, {32, 32, 32 * b, 32 * c}, halfOperands(),
             [=](U x, U y, U z) { return one(x >> 16, y >> 16, z >> 16) << 16 | one(x, y, z); });
}

TEST(SimHalf, ArithmeticRoundsOnce) {
  for (const Case &type : cases) {
    check("fma.rn.$t $d, $a, $b, $c;", type, 3, fused);
    check("fma.rn.relu.$t $d, $a, $b, $c;", type, 3, fused, [](U x) {
      return (x & 0x7fff) == 0x7fff ? x : x & 0x8000 ? 0 : x;
    });
  }
  check("add.$t $d, $a, $b;", cases[0], 2, [](Exact a, Exact b, Exact) { return a + b; });
  check("sub.rn.$t $d, $a, $b;", cases[0], 2, [](Exact a, Exact b, Exact) { return a - b; });
  check("mul.$t $d, $a, $b;", cases[0], 2, [](Exact a, Exact b, Exact) { return a * b; });
  check(
      "add.sat.$t $d, $a, $b;", cases[0], 2, [](Exact a, Exact b, Exact) { return a + b; },
      [](U x) { return x > 0x7c00 ? 0 : std::min<U>(x, 0x3c00); });
}

TEST(SimHalf, FlushesSubnormals) {
  auto flush = [](Exact x) { return std::fabs(double(x)) < 0x1p-14 ? std::copysign(Exact(0), x) : x; };
  check(
      "mul.ftz.$t $d, $a, $b;", cases[0], 2, [=](Exact a, Exact b, Exact) { return flush(a) * flush(b); },
      [](U x) { return (x & 0x7fff) < 0x400 ? x & 0x8000 : x; });
}

TEST(SimHalf, MinMax) {
  auto pick = [](Exact a, Exact b, bool isMax) {
    if (std::isnan(a) || std::isnan(b))
      return std::isnan(a) ? b : a;
    if (a == b)
      return std::signbit(a) != isMax ? a : b;
    return (a < b) != isMax ? a : b;
  };
  for (const Case &type : cases)
    for (bool isMax : {false, true}) {
      const std::string op = isMax ? "max" : "min";
      check(op + ".$t $d, $a, $b;", type, 2, [=](Exact a, Exact b, Exact) { return pick(a, b, isMax); });
      check(op + ".NaN.$t $d, $a, $b;", type, 2, [=](Exact a, Exact b, Exact) {
        return a + b != a + b && (std::isnan(a) || std::isnan(b)) ? Exact(NAN) : pick(a, b, isMax);
      });
    }
}

TEST(SimHalf, Approximations) {
  for (const Case &type : cases) {
    const std::string name = type.name;
    auto one = [=](U a, double (*f)(double)) {
      return type.format.encode(f(type.format.decode(a & 0xffff)), "rn");
    };
    expectBits("tanh.approx." + name + " $d, $a;", {16, 16}, halfOperands(),
               [=](U a, U, U) { return one(a, std::tanh); });
    const std::string ftz = name == "bf16" ? ".ftz" : "";
    expectBits("ex2.approx" + ftz + "." + name + "x2 $d, $a;", {32, 32}, halfOperands(), [=](U a, U, U) {
      auto ex2 = [=](U x) {
        const U y = one(x, std::exp2);
        return name == "bf16" && (y & 0x7fff) < 0x80 ? y & 0x8000 : y;
      };
      return ex2(a >> 16) << 16 | ex2(a);
    });
  }
}

TEST(SimHalf, BitsOfSigns) {
  for (const std::string type : {"f16", "bf16"}) {
    expectBits("abs." + type + " $d, $a;", {16, 16}, halfOperands(), [](U a, U, U) { return a & 0x7fff; });
    expectBits("neg." + type + "x2 $d, $a;", {32, 32}, halfOperands(),
               [](U a, U, U) { return a ^ 0x80008000; });
  }
}
} // namespace
