// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Matrix products against float64: odd sizes, tails, packed and unpacked weights, epilogues, and bitwise invariance.

#include "test/unit/kernels/KernelHarness.h"
#include "gtest/gtest.h"
#include <cmath>
#include <cstring>

namespace dsc::test {
namespace {

struct GemmCase {
  int64_t batch, m, n, k;
  bool isPacked, transposed, symbolicRows;
  std::string tail; ///< "", "bias", "gelu": bias then gelu, "residual": bias then + full operand
};

std::string rowsType(const GemmCase &c, int64_t columns) {
  if (!c.symbolicRows)
    return c.batch > 1 ? tensorType({c.batch, c.m, columns}) : tensorType({c.m, columns});
  return "tensor<?x" + std::to_string(columns) + "xf32, #dsc.dims<()[s0] -> (s0, " + std::to_string(columns) + ")>>";
}

std::string panels(const GemmCase &c) {
  return "#dsc.panels<kind = gemm, n = " + std::to_string(c.n) + ", k = " + std::to_string(c.k) +
         (c.transposed ? ", transposed = true" : "") + ">";
}

std::string moduleText(const GemmCase &c) {
  std::string x = rowsType(c, c.k), y = rowsType(c, c.n), b = tensorType({c.n});
  std::string w = c.isPacked     ? tensorType({(c.n + 31) / 32, c.k, 32})
                  : c.transposed ? tensorType({c.n, c.k})
                                 : tensorType({c.k, c.n});
  if (c.batch > 1 && !c.isPacked)
    w = c.transposed ? tensorType({c.batch, c.n, c.k}) : tensorType({c.batch, c.k, c.n});
  std::string types = x + ", " + w + ", " + b + ", " + y;
  std::string body = "%y0 = dsc.matmul %a0, %a1 {" + (c.isPacked ? "rhs_packing = " + panels(c) : "") +
                     (!c.isPacked && c.transposed ? "transpose_rhs" : "") + "} : (" + x + ", " + w + ") -> " + y + "\n";
  std::string last = "%y0";
  auto add = [&](const std::string &operand, const std::string &type) {
    body += "%y1 = dsc.add " + last + ", " + operand + " : (" + y + ", " + type + ") -> " + y + "\n";
    last = "%y1";
  };
  if (!c.tail.empty())
    add("%a2", b);
  if (c.tail == "gelu") {
    body += "%y2 = dsc.gelu %y1 : " + y + "\n";
    last = "%y2";
  }
  if (c.tail == "residual") {
    body += "%y2 = dsc.add %y1, %a3 : (" + y + ", " + y + ") -> " + y + "\n%y3 = dsc.relu %y2 : " + y + "\n";
    last = "%y3";
  }
  return std::string("module {\n") +
         (c.symbolicRows ? "dsc.symbol @rows {kind = #dsc.symbol_kind<caller>}\n" : "") + "func.func @main(%x: " + x +
         ", %w: " + w + ", %b: " + b + ", %r: " + y + ") -> " + y + " {\n%0 = dsc.group ins(%x, %w, %b, %r : " + types +
         ") -> (" + y + ") attributes {kind = #dsc.group_kind<contraction>} {\n^bb0(%a0: " + x + ", %a1: " + w +
         ", %a2: " + b + ", %a3: " + y + "):\n" + body + "dsc.yield " + last + " : " + y + "\n}\nreturn %0 : " + y +
         "\n}\n}\n";
}

struct GemmData {
  explicit GemmData(const GemmCase &c)
      : a(randomFloats(c.batch * c.m * c.k, 1)), b(randomFloats((c.isPacked ? 1 : c.batch) * c.k * c.n, 2)),
        bias(randomFloats(c.n, 3)), residual(randomFloats(c.batch * c.m * c.n, 4)) {}
  std::vector<float> a, b, bias, residual;
};

std::vector<double> reference(const GemmCase &c, const GemmData &data) {
  std::vector<double> result;
  for (int64_t row = 0; row < c.batch * c.m; ++row)
    for (int64_t j = 0; j < c.n; ++j) {
      int64_t base = c.isPacked ? 0 : row / c.m * c.k * c.n;
      double sum = 0;
      for (int64_t k = 0; k < c.k; ++k)
        sum += double(data.a[row * c.k + k]) * data.b[base + (c.transposed ? j * c.k + k : k * c.n + j)];
      if (!c.tail.empty())
        sum += data.bias[j];
      if (c.tail == "gelu")
        sum = 0.5 * sum * (1 + std::erf(sum / std::sqrt(2.0)));
      if (c.tail == "residual")
        sum = std::max(0.0, sum + data.residual[row * c.n + j]);
      result.push_back(sum);
    }
  return result;
}

/// Runs rows [0, c.m) of the data and returns the result.
std::vector<float> runCase(const CompiledKernel &kernel, const GemmCase &c, const GemmData &data, int64_t split = 0) {
  GuardedBuffer a = guarded(data.a), b = guarded(c.isPacked ? packed(panels(c), data.b) : data.b),
                bias = guarded(data.bias), residual = guarded(data.residual),
                out(c.batch * c.m * c.n * sizeof(float));
  std::vector<void *> buffers{a.data(), b.data(), bias.data(), residual.data(), out.data()};
  int64_t tiles = kernel.tiles({c.m});
  for (int64_t begin = 0, step = split ? split : tiles; begin < tiles; begin += step)
    kernel.run(buffers, {c.m}, begin, std::min(tiles, begin + step));
  EXPECT_TRUE(a.intact() && b.intact() && out.intact());
  return std::vector<float>(out.as<float>(), out.as<float>() + c.batch * c.m * c.n);
}

class Gemm : public testing::TestWithParam<std::string> {
protected:
  /// Compiles; null if this machine cannot execute the level, after the compilation was checked.
  std::unique_ptr<CompiledKernel> compile(const GemmCase &c) {
    auto kernel = CompiledKernel::compile(moduleText(c), GetParam());
    EXPECT_TRUE(kernel) << moduleText(c);
    if (kernel)
      EXPECT_EQ(kernel->name.substr(0, 8), "cpu_gemm") << moduleText(c);
    return kernel && canExecute(GetParam()) ? std::move(kernel) : nullptr;
  }
  void check(const GemmCase &c) {
    auto kernel = compile(c);
    if (!kernel)
      return;
    GemmData data(c);
    std::vector<float> result = runCase(*kernel, c, data);
    EXPECT_LT(relativeError(result.data(), reference(c, data)), 2e-6) << moduleText(c);
  }
};

TEST_P(Gemm, RowsAndTailsOfPackedWeights) {
  for (int64_t m : {1, 2, 13, 14, 15, 127})
    for (int64_t n : {32, 77})
      check({1, m, n, 37, true, false, false, "bias"});
  for (int64_t n : {1, 5, 8, 31, 40, 64})
    check({1, 7, n, 19, true, false, false, "residual"});
}

TEST_P(Gemm, LongTailGoesThroughScratch) {
  for (int64_t m : {1, 6, 20})
    check({1, m, 45, 16, true, false, false, "gelu"});
}

TEST_P(Gemm, UnpackedWeights) {
  for (int64_t n : {8, 33, 64}) {
    check({1, 9, n, 21, false, false, false, "bias"});
    check({1, 9, n, 21, false, true, false, ""});
    check({3, 9, n, 21, false, false, false, ""});
    check({3, 9, n, 16, false, true, false, ""});
  }
}

TEST_P(Gemm, ManyRowsOfSmallWeights) { check({1, 333, 48, 40, true, false, false, "bias"}); }

TEST_P(Gemm, BitsOfARowDependOnNeitherRowsNorTilesNorThreads) {
  GemmCase c{1, 129, 72, 50, true, false, true, "gelu"};
  auto kernel = compile(c);
  if (!kernel)
    GTEST_SKIP() << "this machine cannot execute level " << GetParam();
  GemmData all(c);
  std::vector<float> whole = runCase(*kernel, c, all);
  EXPECT_LT(relativeError(whole.data(), reference(c, all)), 2e-6);
  EXPECT_EQ(std::memcmp(whole.data(), runCase(*kernel, c, all, 1).data(), whole.size() * 4), 0);
  for (int64_t rows : {1, 2, 3, 4, 5, 6, 13, 43}) {
    GemmCase part = c;
    part.m = rows;
    GemmData some = all;
    some.a.resize(rows * c.k);
    some.residual.resize(rows * c.n);
    std::vector<float> result = runCase(*kernel, part, some);
    EXPECT_EQ(std::memcmp(whole.data(), result.data(), result.size() * 4), 0) << rows;
  }
  // A plan whose rows are pinned computes the same bits.
  GemmCase pinned = c;
  pinned.symbolicRows = false;
  auto other = compile(pinned);
  std::vector<float> same = runCase(*other, pinned, all);
  EXPECT_EQ(std::memcmp(whole.data(), same.data(), whole.size() * 4), 0);
}

INSTANTIATE_TEST_SUITE_P(Levels, Gemm, testing::ValuesIn(testLevels()));

} // namespace
} // namespace dsc::test
