// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Kernels that LLVM's NVPTX back end compiled, against f64, under many schedules; and with a line taken out.
#include "Formats.h"
#include "Harness.h"

#include <random>

using namespace dsc::sim;
using namespace dsc::sim::test;

namespace {
/// The text without the first line that contains `what`.
std::string without(std::string text, const std::string &what) {
  const size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos);
  const size_t begin = text.rfind('\n', at) + 1;
  return text.erase(begin, text.find('\n', at) - begin);
}

std::vector<LaunchOptions> schedules() {
  std::vector<LaunchOptions> all;
  for (uint64_t seed = 0; seed < 5; ++seed)
    for (CopyArrival copies : {CopyArrival::late, CopyArrival::early}) {
      LaunchOptions options;
      options.seed = seed;
      options.copies = copies;
      all.push_back(options);
    }
  return all;
}

double activate(double x, int i) {
  const double table[] = {0.5, -1, 2, 0.25};
  switch (i % 5) {
  case 0:
    return std::fmax(x, 0);
  case 1:
    return 1 / (1 + std::exp(-x));
  case 2:
    return std::fabs(x);
  case 3:
    return x * table[i & 3];
  default:
    return 0;
  }
}

struct RowSum {
  static constexpr int rows = 5, columns = 301;
  std::vector<uint16_t> in = std::vector<uint16_t>(rows * columns);
  std::vector<float> out = std::vector<float>(rows);

  RowSum() {
    std::mt19937 generator(3);
    std::normal_distribution<double> normal;
    for (uint16_t &x : in)
      x = uint16_t(half.encode(normal(generator), "rn"));
  }
  Error run(const std::string &ptx, const LaunchOptions &options = {}) {
    return launch(ptx, "row_sum", {rows}, {96}, 0, {Arg::input(in), Arg::output(out), Arg::value(columns)},
                  options);
  }
};

TEST(SimKernel, RowSum) {
  RowSum test;
  for (const LaunchOptions &options : schedules()) {
    const Error error = test.run(readInput("row-sum.ptx"), options);
    ASSERT_FALSE(error) << error.message;
    for (int r = 0; r < RowSum::rows; ++r) {
      double sum = 0, size = 0;
      for (int i = 0; i < RowSum::columns; ++i) {
        const double y = activate(half.decode(test.in[r * RowSum::columns + i]), i);
        sum += y;
        size += std::fabs(y);
      }
      EXPECT_NEAR(test.out[r], sum, size * 0x1p-20);
    }
  }
}

TEST(SimKernel, RowSumWithoutItsBarrierIsARace) {
  RowSum test;
  bool isFound = false;
  for (const LaunchOptions &options : schedules())
    isFound |= test.run(without(readInput("row-sum.ptx"), "bar.sync"), options).kind == ErrorKind::race;
  EXPECT_TRUE(isFound);
}

struct MmaTile {
  int depth;
  std::vector<uint16_t> a, b;
  std::vector<float> c = std::vector<float>(16 * 8);

  explicit MmaTile(int depth) : depth(depth), a(16 * depth), b(8 * depth) {
    std::mt19937 generator(5);
    std::normal_distribution<double> normal;
    for (uint16_t &x : a)
      x = uint16_t(bfloat.encode(normal(generator), "rn"));
    for (uint16_t &x : b)
      x = uint16_t(bfloat.encode(normal(generator), "rn"));
  }
  Error run(const std::string &ptx, const LaunchOptions &options = {}) {
    return launch(ptx, "mma_tile", {1}, {32}, 1536,
                  {Arg::input(a), Arg::input(b), Arg::output(c), Arg::value(depth)}, options);
  }
};

TEST(SimKernel, MmaTile) {
  for (int depth : {16, 48, 160})
    for (const LaunchOptions &options : schedules()) {
      MmaTile test(depth);
      const Error error = test.run(readInput("mma-tile.ptx"), options);
      ASSERT_FALSE(error) << error.message;
      for (int m = 0; m < 16; ++m)
        for (int n = 0; n < 8; ++n) {
          double sum = 0, size = 0;
          for (int k = 0; k < depth; ++k) {
            const double product =
                bfloat.decode(test.a[m * depth + k]) * bfloat.decode(test.b[n * depth + k]);
            sum += product;
            size += std::fabs(product);
          }
          EXPECT_NEAR(test.c[m * 8 + n], sum, size * depth * 0x1p-24);
        }
    }
}

TEST(SimKernel, MmaTileWithoutAWaitOrABarrierIsARace) {
  const std::string ptx = readInput("mma-tile.ptx");
  MmaTile test(64);
  for (const LaunchOptions &options : schedules()) {
    expectError(test.run(without(ptx, "cp.async.wait_group"), options), ErrorKind::race,
                "expected cp.async.wait_group before the access");
    expectError(test.run(without(ptx, "bar.warp.sync"), options), ErrorKind::race,
                "expected a barrier before the access");
    // A read past the end: K is not what the buffers hold.
    test.depth = 80;
    expectError(test.run(ptx, options), ErrorKind::bounds, "expected an access inside argument");
    test.depth = 64;
  }
}

TEST(SimKernel, AMissingWaitWithoutChecksLeavesNaN) {
  MmaTile test(64);
  LaunchOptions options;
  options.checkRaces = options.checkUninitialized = false;
  const Error error = test.run(without(readInput("mma-tile.ptx"), "cp.async.wait_group"), options);
  ASSERT_FALSE(error) << error.message;
  EXPECT_TRUE(std::isnan(test.c[0]));
}

TEST(SimKernel, TheSameSeedGivesTheSameBytes) {
  LaunchOptions options;
  options.seed = 11;
  LaunchCounts first, second;
  RowSum a, b;
  Program program;
  ASSERT_FALSE(Program::parse(readInput("row-sum.ptx"), program));
  for (auto [test, counts] : {std::pair(&a, &first), std::pair(&b, &second)})
    ASSERT_FALSE(program.launch("row_sum", {RowSum::rows}, {96}, 0,
                                {Arg::input(test->in), Arg::output(test->out), Arg::value(RowSum::columns)},
                                options, counts));
  EXPECT_EQ(a.out, b.out);
  EXPECT_EQ(first.warpInstructions, second.warpInstructions);
  EXPECT_GT(first.warpInstructions, 1000u);
}
} // namespace
