// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Test kernels around single instructions. With DSC_SIM_DUMP=DIR every module is also written there, for
// ptxas.
#include "Harness.h"

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <random>
#include <sstream>
#include <unistd.h>

namespace dsc::sim::test {

namespace {
void dump(const std::string &ptx) {
  static int count = 0;
  if (const char *folder = std::getenv("DSC_SIM_DUMP"))
    std::ofstream(std::string(folder) + "/" + std::to_string(getpid()) + "-" + std::to_string(count++) +
                  ".ptx")
        << ptx;
}

std::string registerOf(char operand, uint32_t width) {
  const char *file = width == 1 ? "%p" : width == 16 ? "%h" : width == 32 ? "%r" : "%d";
  return file + std::string(1, char('1' + (operand - 'a')));
}

void replaceAll(std::string &text, const std::string &from, const std::string &to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

/// Loads an operand from its array: %q0 holds the thread's offset.
std::string loadOf(char operand, uint32_t width) {
  const std::string name = registerOf(operand, width);
  std::string text =
      std::string("ld.param.u64 %q1, [") + operand + "]; add.u64 %q1, %q1, %q0; ld.global.b64 %q2, [%q1];\n";
  if (width == 1)
    return text + "setp.ne.b64 " + name + ", %q2, 0;\n";
  return text + (width == 64 ? "mov.b64 " : "cvt.u" + std::to_string(width) + ".u64 ") + name + ", %q2;\n";
}
} // namespace

std::string kernelOf(const std::string &parameters, const std::string &body, const std::string &target,
                     const std::string &before) {
  std::string ptx =
      ".version 8.6\n.target " + target + "\n.address_size 64\n" + before + ".visible .entry test(" +
      parameters +
      ")\n{\n.reg .pred %p<8>;\n.reg .b16 %h<16>;\n.reg .b32 %r<48>;\n.reg .b64 %d<16>;\n.reg .b64 %q<8>;\n" +
      body + "\nret;\n}\n";
  dump(ptx);
  return ptx;
}

Values execute(const std::string &source, Widths widths, const Operands &operands) {
  std::string text = source, body = "mov.u32 %r40, %ctaid.x; mov.u32 %r41, %ntid.x; mov.u32 %r42, %tid.x;\n"
                                    "mad.lo.s32 %r43, %r40, %r41, %r42; ld.param.u32 %r44, [n];\n"
                                    "setp.ge.u32 %p7, %r43, %r44; @%p7 ret; mul.wide.u32 %q0, %r43, 8;\n";
  const uint32_t sizes[] = {widths.a, widths.b, widths.c};
  for (char operand = 'a'; operand <= 'c'; ++operand)
    if (sizes[operand - 'a']) {
      body += loadOf(operand, sizes[operand - 'a']);
      replaceAll(text, std::string("$") + operand, registerOf(operand, sizes[operand - 'a']));
    }
  const std::string result = registerOf('d', widths.d);
  replaceAll(text, "$d", result);
  body += "mov.b64 %q3, 0;\n" + text + "\n";
  body += widths.d == 1    ? "selp.b64 %q3, 1, 0, " + result + ";\n"
          : widths.d == 64 ? "mov.b64 %q3, " + result + ";\n"
                           : "cvt.u64.u" + std::to_string(widths.d) + " %q3, " + result + ";\n";
  body += "ld.param.u64 %q1, [out]; add.u64 %q1, %q1, %q0; st.global.b64 [%q1], %q3;\n";
  Values out(operands.a.size());
  const uint32_t count = uint32_t(out.size());
  mustRun(kernelOf(".param .u64 out, .param .u64 a, .param .u64 b, .param .u64 c, .param .u32 n", body),
          {(count + 95) / 96}, {96},
          {Arg::output(out), Arg::input(operands.a), Arg::input(operands.b), Arg::input(operands.c),
           Arg::value(count)});
  return out;
}

void expectBits(const std::string &text, Widths widths, const Operands &operands, const Expected &expected) {
  const Values got = execute(text, widths, operands);
  const uint64_t keep = ~uint64_t(0) >> (64 - widths.d);
  for (size_t k = 0; k < got.size(); ++k) {
    const uint64_t want = expected(operands.a[k], operands.b[k], operands.c[k]) & keep;
    ASSERT_EQ(got[k], want) << text << std::hex << "\n a " << operands.a[k] << " b " << operands.b[k] << " c "
                            << operands.c[k] << " got " << got[k] << " expected " << want;
  }
}

void expectNear(const std::string &text, Widths widths, const Operands &operands, double relative,
                const std::function<double(uint64_t, uint64_t, uint64_t)> &expected) {
  const Values got = execute(text, widths, operands);
  for (size_t k = 0; k < got.size(); ++k) {
    const double want = expected(operands.a[k], operands.b[k], operands.c[k]);
    const double have = widths.d == 64 ? asDouble(got[k]) : double(asFloat(got[k]));
    if (std::isnan(want) && std::isnan(have))
      continue;
    if (std::fabs(want) > 3.4e38 && widths.d == 32 && std::isinf(have) &&
        std::signbit(want) == std::signbit(have))
      continue;
    ASSERT_TRUE(want == have || std::fabs(have - want) <= relative * std::fabs(want) + 0x1p-149)
        << text << std::hex << "\n a " << operands.a[k] << " b " << operands.b[k] << " c " << operands.c[k]
        << " got " << have << " expected " << want;
  }
}

namespace {
Operands operandsOf(const Values &corners, uint32_t seed, uint64_t (*random)(std::mt19937_64 &)) {
  std::mt19937_64 generator(seed);
  Operands all;
  for (uint64_t a : corners)
    for (uint64_t b : corners) {
      all.a.push_back(a);
      all.b.push_back(b);
      all.c.push_back(corners[generator() % corners.size()]);
    }
  do {
    all.a.push_back(random(generator));
    all.b.push_back(random(generator));
    all.c.push_back(random(generator));
  } while (all.a.size() < 1003);
  return all;
}
} // namespace

Operands integerOperands(uint32_t seed) {
  return operandsOf({0, 1, 2, 31, 32, 33, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000,
                     0xffffffff, 0x7fffffffffffffff, 0x8000000000000000, ~uint64_t(0)},
                    seed, [](std::mt19937_64 &g) { return uint64_t(g() >> (g() % 64)); });
}

Operands floatOperands(uint32_t seed) {
  Values corners;
  for (float x : {0.0f, -0.0f, 1.0f, -1.0f, 0.5f, 2.5f, -3.5f, 0x1p-149f, -0x1p-130f, 0x1p-126f, 3.0e38f,
                  -3.0e38f, 65504.0f, INFINITY, -INFINITY, NAN, 2147483648.0f, 16777217.0f, 0.1f})
    corners.push_back(bitsOf(x));
  return operandsOf(corners, seed, [](std::mt19937_64 &g) {
    const float magnitude = std::ldexp(1.0f + float(g() % 8388608) / 8388608, int(g() % 80) - 40);
    return bitsOf(g() % 2 ? magnitude : -magnitude);
  });
}

Operands doubleOperands(uint32_t seed) {
  Values corners;
  for (double x : {0.0, -0.0, 1.0, -1.0, 0.5, 2.5, -3.5, 5e-324, -1e-310, 1e308, -1e308, double(INFINITY),
                   -double(INFINITY), double(NAN), 9223372036854775808.0, 1e-40, 0.1})
    corners.push_back(bitsOf(x));
  return operandsOf(corners, seed, [](std::mt19937_64 &g) {
    const double magnitude = std::ldexp(1.0 + double(g() % (1ull << 52)) * 0x1p-52, int(g() % 200) - 100);
    return bitsOf(g() % 2 ? magnitude : -magnitude);
  });
}

Operands halfOperands(uint32_t seed) {
  std::mt19937_64 generator(seed);
  Operands all;
  for (uint64_t a = 0; a < 65536; a += 7) {
    all.a.push_back(a | (generator() & 0xffff) << 16);
    all.b.push_back(generator() & 0xffffffff);
    all.c.push_back(generator() & 0xffffffff);
  }
  return all;
}

float asFloat(uint64_t bits) {
  const uint32_t low = uint32_t(bits);
  float value;
  std::memcpy(&value, &low, sizeof value);
  return value;
}
double asDouble(uint64_t bits) {
  double value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}
uint64_t bitsOf(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}
uint64_t bitsOf(double value) {
  uint64_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

void mustRun(const std::string &ptx, Dim3 grid, Dim3 block, const std::vector<Arg> &args, size_t sharedBytes,
             const LaunchOptions &options) {
  const Error error = launch(ptx, "test", grid, block, sharedBytes, args, options);
  ASSERT_FALSE(error) << error.message << "\n" << ptx;
}

void expectError(const Error &error, ErrorKind kind, const std::string &text) {
  EXPECT_EQ(int(error.kind), int(kind)) << error.message;
  EXPECT_NE(error.message.find(text), std::string::npos)
      << "got: " << error.message << "\nexpected: " << text;
}

std::string readInput(const std::string &name) {
  std::ifstream file(std::string(DSC_SIM_TEST_INPUTS) + "/" + name);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

} // namespace dsc::sim::test
