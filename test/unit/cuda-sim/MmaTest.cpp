// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// mma.sync of every shape and type against f64, with the ISA's own index formulas for fragments.
#include "Formats.h"
#include "Harness.h"

#include <algorithm>
#include <random>

using namespace dsc::sim;
using namespace dsc::sim::test;

namespace {
struct Place {
  uint32_t row, column;
};
using Fragment = Place (*)(uint32_t group, uint32_t thread, uint32_t i);

/// Where element i of a lane lies; group is lane / 4, thread is lane % 4. After the tables of the PTX ISA.
struct Shape {
  const char *name;
  uint32_t m, k, aElements, bElements;
  Fragment a, b;
};
const Shape half8{"m16n8k8",
                  16,
                  8,
                  4,
                  2,
                  [](uint32_t g, uint32_t t, uint32_t i) {
                    return Place{i < 2 ? g : g + 8, t * 2 + (i & 1)};
                  },
                  [](uint32_t g, uint32_t t, uint32_t i) {
                    return Place{t * 2 + i, g};
                  }};
const Shape half16{"m16n8k16",
                   16,
                   16,
                   8,
                   4,
                   [](uint32_t g, uint32_t t, uint32_t i) {
                     return Place{i < 2 || (i >= 4 && i < 6) ? g : g + 8, t * 2 + (i & 1) + (i >= 4 ? 8 : 0)};
                   },
                   [](uint32_t g, uint32_t t, uint32_t i) {
                     return Place{t * 2 + (i & 1) + (i >= 2 ? 8 : 0), g};
                   }};
const Shape tf4{"m16n8k4",
                16,
                4,
                2,
                1,
                [](uint32_t g, uint32_t t, uint32_t i) {
                  return Place{i == 0 ? g : g + 8, t};
                },
                [](uint32_t g, uint32_t t, uint32_t) {
                  return Place{t, g};
                }};
const Shape tf8{"m16n8k8",
                16,
                8,
                4,
                2,
                [](uint32_t g, uint32_t t, uint32_t i) {
                  return Place{i == 0 || i == 2 ? g : g + 8, i < 2 ? t : t + 4};
                },
                [](uint32_t g, uint32_t t, uint32_t i) {
                  return Place{i == 0 ? t : t + 4, g};
                }};
const Shape byte16{"m16n8k16",
                   16,
                   16,
                   8,
                   4,
                   [](uint32_t g, uint32_t t, uint32_t i) {
                     return Place{i < 4 ? g : g + 8, t * 4 + (i & 3)};
                   },
                   [](uint32_t g, uint32_t t, uint32_t i) {
                     return Place{t * 4 + i, g};
                   }};
const Shape byte32{
    "m16n8k32",
    16,
    32,
    16,
    8,
    [](uint32_t g, uint32_t t, uint32_t i) {
      return Place{i < 4 || (i >= 8 && i < 12) ? g : g + 8, t * 4 + (i & 3) + (i < 8 ? 0 : 16)};
    },
    [](uint32_t g, uint32_t t, uint32_t i) {
      return Place{t * 4 + (i & 3) + (i < 4 ? 0 : 16), g};
    }};
const Shape small16{"m8n8k16",
                    8,
                    16,
                    4,
                    4,
                    [](uint32_t g, uint32_t t, uint32_t i) {
                      return Place{g, t * 4 + i};
                    },
                    [](uint32_t g, uint32_t t, uint32_t i) {
                      return Place{t * 4 + i, g};
                    }};

struct Element {
  const char *name;
  uint32_t bits;
  std::function<double(uint64_t)> decode;
};
const Element f16{"f16", 16, [](uint64_t x) { return half.decode(x); }},
    bf16{"bf16", 16, [](uint64_t x) { return bfloat.decode(x); }},
    tf32{"tf32", 32, [](uint64_t x) { return double(asFloat(x & 0xffffe000)); }},
    s8{"s8", 8, [](uint64_t x) { return double(int8_t(x)); }},
    u8{"u8", 8, [](uint64_t x) { return double(uint8_t(x)); }},
    fp8{"e4m3", 8, [](uint64_t x) { return e4m3.decode(x); }},
    fp8wide{"e5m2", 8, [](uint64_t x) { return e5m2.decode(x); }};

/// Registers of 32 lanes: [lane][register].
struct Inputs {
  std::vector<uint32_t> a, b, c;
};

std::string list(char base, uint32_t first, uint32_t count) {
  std::string text = "{";
  for (uint32_t k = 0; k < count; ++k)
    text += (k ? ", %" : "%") + std::string(1, base) + std::to_string(first + k);
  return text + "}";
}

std::string loads(const std::string &parameter, uint32_t first, uint32_t count) {
  std::string text = "ld.param.u64 %q0, [" + parameter + "]; mul.wide.u32 %q1, %r47, " +
                     std::to_string(4 * count) + "; add.u64 %q0, %q0, %q1;\n";
  for (uint32_t k = 0; k < count; ++k)
    text += "ld.global.b32 %r" + std::to_string(first + k) + ", [%q0+" + std::to_string(4 * k) + "];\n";
  return text;
}

std::vector<uint32_t> multiply(const std::string &opcode, const Inputs &in, const std::string &target) {
  const uint32_t a = uint32_t(in.a.size() / 32), b = uint32_t(in.b.size() / 32),
                 c = uint32_t(in.c.size() / 32);
  std::vector<uint32_t> out(32 * c);
  std::string stores = "ld.param.u64 %q0, [d]; mul.wide.u32 %q1, %r47, " + std::to_string(4 * c) +
                       "; add.u64 %q0, %q0, %q1;\n";
  for (uint32_t k = 0; k < c; ++k)
    stores += "st.global.b32 [%q0+" + std::to_string(4 * k) + "], %r" + std::to_string(30 + k) + ";\n";
  mustRun(kernelOf(".param .u64 a, .param .u64 b, .param .u64 c, .param .u64 d",
                   "mov.u32 %r47, %laneid;\n" + loads("a", 0, a) + loads("b", 10, b) + loads("c", 20, c) +
                       opcode + " " + list('r', 30, c) + ", " + list('r', 0, a) + ", " + list('r', 10, b) +
                       ", " + list('r', 20, c) + ";\n" + stores,
                   target),
          {1}, {32}, {Arg::input(in.a), Arg::input(in.b), Arg::input(in.c), Arg::output(out)});
  return out;
}

uint64_t elementAt(const std::vector<uint32_t> &registers, uint32_t lane, uint32_t i, uint32_t bits) {
  const uint32_t perLane = uint32_t(registers.size() / 32), packed = 32 / bits;
  return uint64_t(registers[lane * perLane + i / packed]) >> (bits * (i % packed)) &
         (~uint64_t(0) >> (64 - bits));
}

/// Random finite elements of moderate size.
std::vector<uint32_t> randomRegisters(std::mt19937 &generator, uint32_t elements, const Element &type) {
  std::vector<uint32_t> out(32 * elements * type.bits / 32);
  const Format format = type.name == f16.name       ? half
                        : type.name == bf16.name    ? bfloat
                        : type.name == fp8.name     ? e4m3
                        : type.name == fp8wide.name ? e5m2
                                                    : single;
  std::normal_distribution<double> normal;
  for (uint32_t &x : out) {
    x = 0;
    for (uint32_t at = 0; at < 32; at += type.bits)
      x |= uint32_t(type.decode == nullptr || std::string(type.name + 1) == "8"
                        ? generator() & 255
                        : format.encode(normal(generator), "rn", true))
           << at;
  }
  return out;
}

/// A and B as matrices of numbers; C as 16x8.
struct Reference {
  double a[16][32] = {}, b[32][8] = {}, c[16][8] = {}, sum[16][8] = {}, size[16][8] = {};
};

Reference referenceOf(const Shape &s, const Element &a, const Element &b, const Inputs &in,
                      const std::function<double(uint32_t lane, uint32_t i)> &c) {
  Reference r;
  for (uint32_t l = 0; l < 32; ++l) {
    for (uint32_t i = 0; i < s.aElements; ++i) {
      const Place p = s.a(l / 4, l % 4, i);
      r.a[p.row][p.column] = a.decode(elementAt(in.a, l, i, a.bits));
    }
    for (uint32_t i = 0; i < s.bElements; ++i) {
      const Place p = s.b(l / 4, l % 4, i);
      r.b[p.row][p.column] = b.decode(elementAt(in.b, l, i, b.bits));
    }
    for (uint32_t i = 0; i < s.m / 4; ++i)
      r.c[i < 2 ? l / 4 : l / 4 + 8][l % 4 * 2 + (i & 1)] = c(l, i);
  }
  for (uint32_t m = 0; m < s.m; ++m)
    for (uint32_t n = 0; n < 8; ++n) {
      r.sum[m][n] = r.c[m][n];
      r.size[m][n] = std::fabs(r.c[m][n]);
      for (uint32_t k = 0; k < s.k; ++k) {
        r.sum[m][n] += r.a[m][k] * r.b[k][n];
        r.size[m][n] += std::fabs(r.a[m][k] * r.b[k][n]);
      }
    }
  return r;
}

void checkFloats(const Shape &s, const Element &a, const Element &b, bool isHalf,
                 const std::string &target = "sm_80") {
  std::mt19937 generator(7);
  const Element accumulator =
      isHalf ? f16 : Element{"f32", 32, [](uint64_t x) { return double(asFloat(x)); }};
  Inputs in{randomRegisters(generator, s.aElements, a), randomRegisters(generator, s.bElements, b),
            randomRegisters(generator, s.m / 4, accumulator)};
  auto at = [&](const std::vector<uint32_t> &v, uint32_t l, uint32_t i) {
    return accumulator.decode(elementAt(v, l, i, accumulator.bits));
  };
  const Reference r = referenceOf(s, a, b, in, [&](uint32_t l, uint32_t i) { return at(in.c, l, i); });
  const std::string type = accumulator.name;
  const std::vector<uint32_t> out = multiply("mma.sync.aligned." + std::string(s.name) + ".row.col." + type +
                                                 "." + a.name + "." + b.name + "." + type,
                                             in, target);
  for (uint32_t l = 0; l < 32; ++l)
    for (uint32_t i = 0; i < s.m / 4; ++i) {
      const uint32_t row = i < 2 ? l / 4 : l / 4 + 8, column = l % 4 * 2 + (i & 1);
      const double bound =
          r.size[row][column] * s.k * 0x1p-24 + (isHalf ? std::fabs(r.sum[row][column]) * 0x1p-11 : 0);
      ASSERT_NEAR(at(out, l, i), r.sum[row][column], bound)
          << s.name << a.name << " lane " << l << " element " << i;
    }
}

void checkIntegers(const Shape &s, const Element &a, const Element &b, bool isClamped) {
  std::mt19937 generator(9);
  Inputs in{randomRegisters(generator, s.aElements, a), randomRegisters(generator, s.bElements, b),
            std::vector<uint32_t>(32 * s.m / 4)};
  for (uint32_t &x : in.c) // near the ends, so that sums leave the range
    x = 0x7fffffff + uint32_t(generator() % 3 ? int32_t(generator() % 40000) - 20000 : 0);
  const Reference r = referenceOf(
      s, a, b, in, [&](uint32_t l, uint32_t i) { return double(int32_t(in.c[l * s.m / 4 + i])); });
  const std::vector<uint32_t> out =
      multiply("mma.sync.aligned." + std::string(s.name) + ".row.col" + (isClamped ? ".satfinite" : "") +
                   ".s32." + a.name + "." + b.name + ".s32",
               in, "sm_80");
  for (uint32_t l = 0; l < 32; ++l)
    for (uint32_t i = 0; i < s.m / 4; ++i) {
      const int64_t sum = int64_t(r.sum[i < 2 ? l / 4 : l / 4 + 8][l % 4 * 2 + (i & 1)]);
      ASSERT_EQ(out[l * s.m / 4 + i],
                uint32_t(isClamped ? std::clamp<int64_t>(sum, INT32_MIN, INT32_MAX) : sum))
          << s.name << a.name << b.name << l << i;
    }
}

TEST(SimMma, Halves) {
  for (const Shape &shape : {half8, half16}) {
    checkFloats(shape, f16, f16, false);
    checkFloats(shape, f16, f16, true);
    checkFloats(shape, bf16, bf16, false);
  }
}

TEST(SimMma, Tf32IgnoresLowBits) {
  checkFloats(tf4, tf32, tf32, false);
  checkFloats(tf8, tf32, tf32, false);
}

TEST(SimMma, EightBitFloats) {
  for (const Element &a : {fp8, fp8wide})
    checkFloats(byte32, a, a, false, "sm_89");
}

TEST(SimMma, IntegersWrapOrClamp) {
  for (const Shape &shape : {byte16, byte32, small16})
    for (const Element &a : {s8, u8})
      for (const Element &b : {s8, u8})
        for (bool isClamped : {false, true})
          checkIntegers(shape, a, b, isClamped);
}

TEST(SimMma, Doubles) {
  std::vector<double> a(32), b(32), c(64), d(64);
  for (int k = 0; k < 64; ++k)
    (k < 32 ? a[k] : b[k - 32]) = c[k] = 1.0 / (k + 1);
  mustRun(
      kernelOf(".param .u64 a, .param .u64 b, .param .u64 c, .param .u64 d",
               "mov.u32 %r0, %laneid; ld.param.u64 %q0, [a]; ld.param.u64 %q1, [b]; ld.param.u64 %q2, [c]; "
               "ld.param.u64 %q3, [d]; mul.wide.u32 %q4, %r0, 8; mul.wide.u32 %q5, %r0, 16;\n"
               "add.u64 %q0, %q0, %q4; add.u64 %q1, %q1, %q4; add.u64 %q2, %q2, %q5; add.u64 %q3, %q3, %q5; "
               "ld.global.f64 %d0, [%q0]; ld.global.f64 %d1, [%q1]; ld.global.v2.f64 {%d2, %d3}, [%q2];\n"
               "mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {%d4, %d5}, {%d0}, {%d1}, {%d2, %d3}; "
               "st.global.v2.f64 [%q3], {%d4, %d5};"),
      {1}, {32}, {Arg::input(a), Arg::input(b), Arg::input(c), Arg::output(d)});
  for (int l = 0; l < 32; ++l)
    for (int i = 0; i < 2; ++i) {
      double sum = c[2 * l + i];
      for (int k = 0; k < 4; ++k)
        sum += a[l / 4 * 4 + k] * b[(l % 4 * 2 + i) * 4 + k];
      EXPECT_NEAR(d[2 * l + i], sum, 1e-15);
    }
}
} // namespace
