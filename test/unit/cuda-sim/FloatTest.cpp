// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// f32 and f64: one rounding in every mode, against f64 (f32) and against the enclosing neighbours (f64).
#include "Harness.h"

#include <cmath>

using namespace dsc::sim;
using namespace dsc::sim::test;

namespace {
using U = uint64_t;
constexpr U nan32 = 0x7fffffff;

/// The double `x` (with `rest`, the sign of what x lacks of the exact value) as f32 in a mode.
U roundTo32(double x, double rest, const std::string &mode) {
  if (std::isnan(x))
    return nan32;
  float nearest = float(x);
  // Half-way cases of the double are decided by the rest.
  const float other = std::nextafter(
      nearest, double(nearest) < x || (double(nearest) == x && rest > 0) ? INFINITY : -INFINITY);
  if (mode == "rn" && rest != 0 && std::isfinite(nearest) &&
      std::fabs(x - double(nearest)) == std::fabs(x - double(other)))
    nearest = (rest > 0) == (other > nearest) ? other : nearest;
  const double low = double(nearest);
  const bool isBelow = low > x || (low == x && rest < 0), isAbove = low < x || (low == x && rest > 0);
  if ((mode == "rm" || (mode == "rz" && x > 0)) && isBelow)
    nearest = std::nextafter(nearest, -INFINITY);
  if ((mode == "rp" || (mode == "rz" && x < 0)) && isAbove)
    nearest = std::nextafter(nearest, INFINITY);
  return bitsOf(nearest);
}

TEST(SimFloat, AddMultiplyRoundOnce) {
  for (const char *mode : {"rn", "rz", "rm", "rp"}) {
    expectBits(std::string("add.") + mode + ".f32 $d, $a, $b;", {32, 32, 32}, floatOperands(),
               [=](U a, U b, U) {
                 const double x = asFloat(a), y = asFloat(b), sum = x + y;
                 if (sum == 0 && x == -y && x != 0) // exact cancellation is -0 only when rounding down
                   return bitsOf(mode[1] == 'm' ? -0.0f : 0.0f);
                 if (sum == 0)
                   return bitsOf(std::signbit(x) && std::signbit(y)                     ? -0.0f
                                 : std::signbit(x) != std::signbit(y) && mode[1] == 'm' ? -0.0f
                                                                                        : 0.0f);
                 const double part = sum - x, rest = std::isfinite(sum) ? (x - (sum - part)) + (y - part) : 0;
                 return roundTo32(sum, rest, mode);
               });
    expectBits(std::string("mul.") + mode + ".f32 $d, $a, $b;", {32, 32, 32}, floatOperands(),
               [=](U a, U b, U) { return roundTo32(double(asFloat(a)) * double(asFloat(b)), 0, mode); });
  }
  expectBits("sub.f32 $d, $a, $b;", {32, 32, 32}, floatOperands(), [](U a, U b, U) {
    const float x = asFloat(a) - asFloat(b);
    return std::isnan(x) ? nan32 : bitsOf(x);
  });
}

TEST(SimFloat, FmaRoundsOnce) {
  // 1 + 2^-23 times 1 - 2^-23 is 1 - 2^-46: lost if the product were rounded.
  const Operands one{{bitsOf(1 + 0x1p-23f)}, {bitsOf(1 - 0x1p-23f)}, {bitsOf(-1.0f)}};
  expectBits("fma.rn.f32 $d, $a, $b, $c;", {32, 32, 32, 32}, one, [](U, U, U) { return bitsOf(-0x1p-46f); });
  for (const char *mode : {"rn", "rz", "rm", "rp"})
    expectBits(std::string("fma.") + mode + ".f32 $d, $a, $b, $c;", {32, 32, 32, 32}, floatOperands(),
               [=](U a, U b, U c) {
                 const double product = double(asFloat(a)) * double(asFloat(b)), z = asFloat(c),
                              sum = product + z;
                 if (sum == 0)
                   return bitsOf(std::signbit(product) && std::signbit(z)                       ? -0.0f
                                 : (std::signbit(product) != std::signbit(z)) && mode[1] == 'm' ? -0.0f
                                                                                                : 0.0f);
                 const double part = sum - product,
                              rest = std::isfinite(sum) ? (product - (sum - part)) + (z - part) : 0;
                 return roundTo32(sum, rest, mode);
               });
}

TEST(SimFloat, DivideRootReciprocal) {
  for (const char *mode : {"rn", "rz", "rm", "rp"}) {
    // The sign of a / b - q is that of a - q b (by a fused one), times that of b.
    auto quotient = [=](double a, double b) {
      const double q = a / b, rest = std::isfinite(q) && b != 0 && std::isfinite(b)
                                         ? std::fma(-q, b, a) * (b < 0 ? -1 : 1)
                                         : 0;
      return q == 0 ? bitsOf(float(q)) : roundTo32(q, rest, mode);
    };
    expectBits(std::string("div.") + mode + ".f32 $d, $a, $b;", {32, 32, 32}, floatOperands(),
               [=](U a, U b, U) { return quotient(asFloat(a), asFloat(b)); });
    expectBits(std::string("rcp.") + mode + ".f32 $d, $a;", {32, 32}, floatOperands(),
               [=](U a, U, U) { return quotient(1, asFloat(a)); });
    expectBits(std::string("sqrt.") + mode + ".f32 $d, $a;", {32, 32}, floatOperands(), [=](U a, U, U) {
      const double x = asFloat(a), s = std::sqrt(x);
      return s == 0 ? bitsOf(float(s)) : roundTo32(s, std::isfinite(s) ? std::fma(-s, s, x) : 0, mode);
    });
  }
}

TEST(SimFloat, DoublesRoundOnce) {
  const Widths w{64, 64, 64, 64};
  auto same = [](double x) { return std::isnan(x) ? ~U(0) : bitsOf(x); };
  auto check = [&](const std::string &text, const std::function<double(double, double, double)> &f) {
    // NaN bits of f64 are the host's.
    expectBits(text + " testp.notanumber.f64 %p6, $d; selp.b64 $d, -1, $d, %p6;", w, doubleOperands(),
               [&](U a, U b, U c) { return same(f(asDouble(a), asDouble(b), asDouble(c))); });
  };
  check("add.rn.f64 $d, $a, $b;", [](double a, double b, double) { return a + b; });
  check("sub.f64 $d, $a, $b;", [](double a, double b, double) { return a - b; });
  check("mul.rn.f64 $d, $a, $b;", [](double a, double b, double) { return a * b; });
  check("fma.rn.f64 $d, $a, $b, $c;", [](double a, double b, double c) { return std::fma(a, b, c); });
  check("div.rn.f64 $d, $a, $b;", [](double a, double b, double) { return a / b; });
  check("sqrt.rn.f64 $d, $a;", [](double a, double, double) { return std::sqrt(a); });
  check("min.f64 $d, $a, $b;",
        [](double a, double b, double) { return a == b ? (std::signbit(a) ? a : b) : std::fmin(a, b); });
  check("neg.f64 $d, $a;", [](double a, double, double) { return -a; });
  // The neighbours that down and up give enclose the sum.
  const Operands x = doubleOperands();
  const Values down = execute("add.rm.f64 $d, $a, $b;", w, x), up = execute("add.rp.f64 $d, $a, $b;", w, x);
  for (size_t k = 0; k < down.size(); ++k) {
    const double sum = asDouble(x.a[k]) + asDouble(x.b[k]);
    if (std::isnan(sum))
      continue;
    EXPECT_TRUE(asDouble(down[k]) <= sum && sum <= asDouble(up[k]));
    EXPECT_TRUE(asDouble(up[k]) == asDouble(down[k]) ||
                std::nextafter(asDouble(down[k]), INFINITY) == asDouble(up[k]));
  }
}

TEST(SimFloat, FlushesAndSaturates) {
  auto flush = [](float x) { return std::fabs(x) < 0x1p-126f ? std::copysign(0.0f, x) : x; };
  expectBits("mul.ftz.f32 $d, $a, $b;", {32, 32, 32}, floatOperands(), [=](U a, U b, U) {
    const float x = flush(flush(asFloat(a)) * flush(asFloat(b)));
    return std::isnan(x) ? nan32 : bitsOf(x);
  });
  expectBits("add.sat.f32 $d, $a, $b;", {32, 32, 32}, floatOperands(), [](U a, U b, U) {
    const float x = asFloat(a) + asFloat(b);
    return bitsOf(x > 0 ? std::fmin(x, 1.0f) : 0.0f); // NaN is 0
  });
}

TEST(SimFloat, MinMaxSigns) {
  auto pick = [](U a, U b, bool isMax, bool keepsNan) {
    const float x = asFloat(a), y = asFloat(b);
    if (std::isnan(x) || std::isnan(y))
      return keepsNan || (std::isnan(x) && std::isnan(y)) ? nan32
             : std::isnan(x)                              ? b & 0xffffffff
                                                          : a & 0xffffffff;
    if (x == y)
      return bitsOf(std::signbit(x) != isMax ? x : y);
    return bitsOf((x < y) != isMax ? x : y);
  };
  for (bool isMax : {false, true}) {
    const std::string op = isMax ? "max" : "min";
    expectBits(op + ".f32 $d, $a, $b;", {32, 32, 32}, floatOperands(),
               [=](U a, U b, U) { return pick(a, b, isMax, false); });
    expectBits(op + ".NaN.f32 $d, $a, $b;", {32, 32, 32}, floatOperands(),
               [=](U a, U b, U) { return pick(a, b, isMax, true); });
    expectBits(op + ".xorsign.abs.f32 $d, $a, $b;", {32, 32, 32}, floatOperands(), [=](U a, U b, U) {
      const U m = pick(a & 0x7fffffff, b & 0x7fffffff, isMax, false);
      return m == nan32 ? m : m ^ ((a ^ b) & 0x80000000);
    });
  }
  expectBits("neg.f32 $d, $a;", {32, 32}, floatOperands(), [](U a, U, U) { return a ^ 0x80000000; });
  expectBits("abs.f32 $d, $a;", {32, 32}, floatOperands(), [](U a, U, U) { return a & 0x7fffffff; });
  expectBits("copysign.f32 $d, $a, $b;", {32, 32, 32}, floatOperands(),
             [](U a, U b, U) { return (b & 0x7fffffff) | (a & 0x80000000); });
}

TEST(SimFloat, Approximations) {
  auto f = [](U a) { return double(asFloat(a)); };
  const double ulp = 0x1p-23;
  expectNear("ex2.approx.f32 $d, $a;", {32, 32}, floatOperands(), ulp,
             [=](U a, U, U) { return std::exp2(f(a)); });
  expectNear("lg2.approx.f32 $d, $a;", {32, 32}, floatOperands(), ulp,
             [=](U a, U, U) { return std::log2(f(a)); });
  expectNear("rsqrt.approx.f32 $d, $a;", {32, 32}, floatOperands(), ulp,
             [=](U a, U, U) { return 1 / std::sqrt(f(a)); });
  expectNear("rsqrt.approx.f64 $d, $a;", {64, 64}, doubleOperands(), ulp,
             [](U a, U, U) { return 1 / std::sqrt(asDouble(a)); });
  expectNear("sqrt.approx.f32 $d, $a;", {32, 32}, floatOperands(), ulp,
             [=](U a, U, U) { return std::sqrt(f(a)); });
  expectNear("rcp.approx.f32 $d, $a;", {32, 32}, floatOperands(), ulp, [=](U a, U, U) { return 1 / f(a); });
  expectNear("sin.approx.f32 $d, $a;", {32, 32}, floatOperands(), ulp,
             [=](U a, U, U) { return std::sin(f(a)); });
  expectNear("cos.approx.f32 $d, $a;", {32, 32}, floatOperands(), ulp,
             [=](U a, U, U) { return std::cos(f(a)); });
  expectNear("tanh.approx.f32 $d, $a;", {32, 32}, floatOperands(), ulp,
             [=](U a, U, U) { return std::tanh(f(a)); });
  expectNear("div.approx.f32 $d, $a, $b;", {32, 32, 32}, floatOperands(), ulp,
             [=](U a, U b, U) { return f(a) / f(b); });
  expectNear("div.full.f32 $d, $a, $b;", {32, 32, 32}, floatOperands(), ulp,
             [=](U a, U b, U) { return f(a) / f(b); });
  auto flush = [=](U a) { return std::fabs(f(a)) < 0x1p-126 ? std::copysign(0.0, f(a)) : f(a); };
  expectNear("rcp.approx.ftz.f32 $d, $a;", {32, 32}, floatOperands(), ulp, [=](U a, U, U) {
    const double x = 1 / flush(a);
    return std::fabs(x) < 0x1p-126 ? 0 : x;
  });
}
TEST(SimFloat, RoughApproximationsStayInTheBoundsOfTheIsa) {
  struct Case {
    const char *text;
    double bound; ///< relative, or absolute below 1 where that is looser
    double (*exact)(double);
  };
  const Case cases[] = {{"ex2.approx.f32", 0x1p-22, std::exp2},
                        {"lg2.approx.f32", 0x1p-21, std::log2},
                        {"rsqrt.approx.f32", 0x1.2p-23, [](double x) { return 1 / std::sqrt(x); }},
                        {"sqrt.approx.f32", 0x1p-22, std::sqrt},
                        {"rcp.approx.f32", 0x1p-22, [](double x) { return 1 / x; }},
                        {"sin.approx.f32", 0x1p-20, std::sin},
                        {"cos.approx.f32", 0x1p-20, std::cos},
                        {"tanh.approx.f32", 0x1.1p-11, std::tanh}};
  std::vector<float> in(1000), out(1000);
  for (size_t k = 0; k < in.size(); ++k)
    in[k] = 0.003f * float(k + 1);
  LaunchOptions options;
  options.roughApproximations = true;
  for (const Case &c : cases) {
    mustRun(kernelOf(".param .u64 in, .param .u64 out",
                     "ld.param.u64 %q0, [in]; ld.param.u64 %q1, [out]; mov.u32 %r0, %tid.x; mul.wide.u32 "
                     "%q2, %r0, 4; add.u64 %q0, %q0, %q2; add.u64 %q1, %q1, %q2;\n"
                     "ld.global.f32 %r1, [%q0]; " +
                         std::string(c.text) + " %r2, %r1; st.global.f32 [%q1], %r2;"),
            {1}, {1000}, {Arg::input(in), Arg::output(out)}, 0, options);
    double worst = 0;
    for (size_t k = 0; k < in.size(); ++k) {
      const double exact = c.exact(in[k]);
      worst =
          std::fmax(worst, std::fabs(out[k] - exact) /
                               std::fmax(std::fabs(exact),
                                         c.text[0] == 's' || c.text[0] == 'c' || c.text[0] == 'l' ? 1 : 0));
    }
    EXPECT_LT(worst, c.bound + 0x1p-24) << c.text;
    EXPECT_GT(worst, c.bound / 4) << c.text;
  }
}
} // namespace
