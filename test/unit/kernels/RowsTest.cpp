// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Softmax, normalisations, pointwise groups and transposes against float64, on both routes and every level.

#include "test/unit/kernels/KernelHarness.h"
#include "gtest/gtest.h"
#include <cmath>
#include <cstring>
#include <functional>

namespace dsc::test {
namespace {

/// A module of one group over operands of these types; the body ends in %y.
std::string module(const std::vector<std::string> &operands, const std::string &result, const std::string &body) {
  std::string arguments, names, types, block;
  for (size_t i = 0; i < operands.size(); ++i) {
    std::string comma = i ? ", " : "", n = std::to_string(i);
    arguments += comma + "%x" + n + ": " + operands[i];
    names += comma + "%x" + n;
    types += comma + operands[i];
    block += comma + "%a" + n + ": " + operands[i];
  }
  return "module {\ndsc.symbol @rows {kind = #dsc.symbol_kind<caller>}\nfunc.func @main(" + arguments + ") -> " +
         result + " {\n%0 = dsc.group ins(" + names + " : " + types + ") -> (" + result +
         ") attributes {kind = #dsc.group_kind<pointwise>} {\n^bb0(" + block + "):\n" + body + "\ndsc.yield %y : " +
         result + "\n}\nreturn %0 : " + result + "\n}\n}\n";
}

std::string rowsType(int64_t columns) {
  return "tensor<?x" + std::to_string(columns) + "xf32, #dsc.dims<()[s0] -> (s0, " + std::to_string(columns) + ")>>";
}

using RowFunction = std::function<void(const float *, double *, int64_t)>;

/// Compiles a group of [s0, columns] for every level and both routes and compares it with `reference`, row by row; a
/// row must not depend on how many there are.
void checkRows(const std::string &op, const std::string &family, RowFunction reference) {
  for (int64_t columns : {1, 5, 16, 37, 128})
    for (const std::string &level : testLevels())
      for (bool fast : {true, false}) {
        SCOPED_TRACE(op + " " + level + " " + std::to_string(columns) + (fast ? " fast" : " loops"));
        std::string type = rowsType(columns);
        auto kernel = CompiledKernel::compile(module({type}, type, "%y = " + op + " : " + type), level, fast);
        ASSERT_TRUE(kernel);
        if (fast && columns >= 16) {
          EXPECT_NE(kernel->name.find(family), std::string::npos) << kernel->name;
        }
        if (!canExecute(level))
          continue;
        const int64_t rows = 7;
        std::vector<float> x = randomFloats(rows * columns, 3);
        for (float &value : x)
          value *= 4;
        std::vector<double> expected(x.size());
        for (int64_t row = 0; row < rows; ++row)
          reference(&x[row * columns], &expected[row * columns], columns);
        GuardedBuffer in = guarded(x), out(x.size() * 4), one(columns * 4);
        kernel->run({in.data(), out.data()}, {rows});
        EXPECT_LT(relativeError(out.as<float>(), expected), 2e-6);
        GuardedBuffer last = guarded({x.end() - columns, x.end()});
        kernel->run({last.data(), one.data()}, {1});
        EXPECT_EQ(std::memcmp(one.data(), out.as<float>() + (rows - 1) * columns, columns * 4), 0);
        EXPECT_TRUE(out.intact() && one.intact());
      }
}

TEST(Rows, Softmax) {
  checkRows("dsc.softmax %a0 {axis = 1 : i64}", "rows", [](const float *x, double *y, int64_t n) {
    double sum = 0, largest = *std::max_element(x, x + n);
    for (int64_t i = 0; i < n; ++i)
      sum += y[i] = std::exp(x[i] - largest);
    for (int64_t i = 0; i < n; ++i)
      y[i] /= sum;
  });
}

TEST(Rows, LogSoftmax) {
  checkRows("dsc.softmax %a0 {axis = 1 : i64, log = true}", "rows", [](const float *x, double *y, int64_t n) {
    double sum = 0;
    for (int64_t i = 0; i < n; ++i)
      sum += std::exp(x[i]);
    for (int64_t i = 0; i < n; ++i)
      y[i] = x[i] - std::log(sum);
  });
}

TEST(Rows, Gelu) {
  checkRows("dsc.gelu %a0", "rows", [](const float *x, double *y, int64_t n) {
    for (int64_t i = 0; i < n; ++i)
      y[i] = 0.5 * x[i] * (1 + std::erf(x[i] / std::sqrt(2.0)));
  });
}

struct Function {
  const char *op;
  double (*reference)(double);
  double scale; ///< arguments are in [-scale, scale)
  double shift;
};

TEST(Rows, ElementaryFunctions) {
  const Function functions[] = {
      {"exp", std::exp, 80, 0},    {"log", std::log, 1, 1.001},    {"sin", std::sin, 3e4, 0},
      {"cos", std::cos, 3e4, 0},   {"tan", std::tan, 1.5, 0},      {"asin", std::asin, 1, 0},
      {"acos", std::acos, 1, 0},   {"atan", std::atan, 50, 0},     {"sinh", std::sinh, 8, 0},
      {"cosh", std::cosh, 8, 0},   {"tanh", std::tanh, 6, 0},      {"asinh", std::asinh, 1e5, 0},
      {"acosh", std::acosh, 9, 10.5}, {"atanh", std::atanh, 0.999, 0}, {"erf", std::erf, 4, 0},
  };
  const int64_t count = 1000;
  for (const Function &function : functions)
    for (std::string element : {"f32", "f64"}) {
      SCOPED_TRACE(std::string(function.op) + " " + element);
      std::string type = tensorType({count}, element);
      auto kernel =
          CompiledKernel::compile(module({type}, type, std::string("%y = dsc.") + function.op + " %a0 : " + type), "v3");
      ASSERT_TRUE(kernel);
      bool wide = element == "f64";
      size_t bytes = wide ? 8 : 4;
      std::vector<float> x = randomFloats(count, 9);
      GuardedBuffer in(count * bytes), out(count * bytes);
      for (int64_t i = 0; i < count; ++i) {
        x[i] = float(x[i] * function.scale + function.shift);
        wide ? void(in.as<double>()[i] = x[i]) : void(in.as<float>()[i] = x[i]);
      }
      kernel->run({in.data(), out.data()});
      for (int64_t i = 0; i < count; ++i) {
        double expected = function.reference(x[i]), actual = wide ? out.as<double>()[i] : out.as<float>()[i];
        EXPECT_NEAR(actual, expected, (wide ? 3e-8 : 4e-7) * std::max(1.0, std::abs(expected))) << x[i];
      }
    }
}

TEST(Rows, LayerNormWithResidual) {
  const int64_t rows = 5, columns = 67;
  std::string type = tensorType({rows, columns}), row = tensorType({columns});
  std::string body = "%s = dsc.add %a0, %a1 : (" + type + ", " + type + ") -> " + type +
                     "\n%y = dsc.layer_norm %s, %a2, %a3 {axis = 1 : i64, epsilon = 1.0e-5 : f32} : (" + type + ", " +
                     row + ", " + row + ") -> " + type;
  std::vector<float> x = randomFloats(rows * columns, 1), r = randomFloats(rows * columns, 2);
  std::vector<float> scale = randomFloats(columns, 3), bias = randomFloats(columns, 4);
  std::vector<double> expected(x.size());
  for (int64_t i = 0; i < rows; ++i) {
    double mean = 0, variance = 0;
    auto at = [&](int64_t j) { return double(x[i * columns + j] + r[i * columns + j]); };
    for (int64_t j = 0; j < columns; ++j)
      mean += at(j) / columns;
    for (int64_t j = 0; j < columns; ++j)
      variance += (at(j) - mean) * (at(j) - mean) / columns;
    for (int64_t j = 0; j < columns; ++j)
      expected[i * columns + j] = (at(j) - mean) / std::sqrt(variance + 1e-5) * scale[j] + bias[j];
  }
  for (bool fast : {true, false}) {
    auto kernel = CompiledKernel::compile(module({type, type, row, row}, type, body), "v3", fast);
    ASSERT_TRUE(kernel);
    GuardedBuffer a = guarded(x), b = guarded(r), c = guarded(scale), d = guarded(bias), out(x.size() * 4);
    kernel->run({a.data(), b.data(), c.data(), d.data(), out.data()});
    EXPECT_LT(relativeError(out.as<float>(), expected), 2e-6);
    EXPECT_TRUE(out.intact());
  }
}

TEST(Rows, Transpose) {
  for (auto [height, width] : {std::pair<int64_t, int64_t>{8, 8}, {19, 33}, {3, 40}, {64, 5}}) {
    std::string from = tensorType({2, height, width}), to = tensorType({2, width, height});
    std::string body = "%y = dsc.transpose %a0 {permutation = array<i64: 0, 2, 1>} : (" + from + ") -> " + to;
    auto kernel = CompiledKernel::compile(module({from}, to, body), "v3");
    ASSERT_TRUE(kernel);
    EXPECT_NE(kernel->name.find("transpose"), std::string::npos);
    std::vector<float> x = randomFloats(2 * height * width, 5);
    GuardedBuffer in = guarded(x), out(x.size() * 4);
    kernel->run({in.data(), out.data()});
    for (int64_t b = 0; b < 2; ++b)
      for (int64_t i = 0; i < height; ++i)
        for (int64_t j = 0; j < width; ++j)
          ASSERT_EQ(out.as<float>()[(b * width + j) * height + i], x[(b * height + i) * width + j]);
    EXPECT_TRUE(out.intact());
  }
}

} // namespace
} // namespace dsc::test
