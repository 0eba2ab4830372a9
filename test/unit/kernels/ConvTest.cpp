// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Convolutions in NHWC against float64: strides, dilation, groups, asymmetric padding, depthwise, unknown sizes.

#include "test/unit/kernels/KernelHarness.h"
#include "gtest/gtest.h"
#include <cstring>

namespace dsc::test {
namespace {

struct ConvCase {
  int64_t batch, height, width, channels, outputs, kh, kw;
  int64_t stride = 1, dilation = 1, group = 1;
  int64_t top = 0, left = 0, bottom = 0, right = 0;
  bool symbolicSize = false;

  bool depthwise() const { return group > 1 && group == channels && outputs == channels; }
  int64_t outHeight() const { return (height + top + bottom - dilation * (kh - 1) - 1) / stride + 1; }
  int64_t outWidth() const { return (width + left + right - dilation * (kw - 1) - 1) / stride + 1; }
};

std::string number(int64_t value) { return std::to_string(value); }

/// Sizes of one image side as expressions of s1 (height) or s2 (width).
std::string imageType(const ConvCase &c, bool isOutput) {
  int64_t last = isOutput ? c.outputs : c.channels;
  if (!c.symbolicSize)
    return tensorType({c.batch, isOutput ? c.outHeight() : c.height, isOutput ? c.outWidth() : c.width, last});
  auto side = [&](const std::string &symbol, int64_t kernel, int64_t pads) {
    int64_t add = pads - c.dilation * (kernel - 1) - 1;
    if (!isOutput)
      return symbol;
    std::string sum = symbol + (add < 0 ? " - " : " + ") + number(std::abs(add));
    return c.stride == 1 ? symbol + (add + 1 < 0 ? " - " : " + ") + number(std::abs(add + 1))
                         : "(" + sum + ") floordiv " + number(c.stride) + " + 1";
  };
  return "tensor<?x?x?x" + number(last) + "xf32, #dsc.dims<()[s0, s1, s2] -> (s0, " +
         side("s1", c.kh, c.top + c.bottom) + ", " + side("s2", c.kw, c.left + c.right) + ", " + number(last) + ")>>";
}

std::string panels(const ConvCase &c) {
  std::string groups = c.group > 1 && !c.depthwise() ? ", groups = " + number(c.group) : "";
  int64_t n = c.depthwise() ? c.outputs : c.outputs / c.group;
  return "#dsc.panels<kind = conv, n = " + number(n) + ", k = " + number(c.channels / c.group) + ", taps = [" +
         number(c.kh) + ", " + number(c.kw) + "]" + groups + ">";
}

std::string weightType(const ConvCase &c) {
  std::vector<int64_t> shape;
  if (c.group > 1 && !c.depthwise())
    shape.push_back(c.group);
  int64_t n = c.depthwise() ? c.outputs : c.outputs / c.group;
  shape.insert(shape.end(), {(n + 31) / 32, c.kh, c.kw, c.channels / c.group, 32});
  return tensorType(shape);
}

std::string moduleText(const ConvCase &c) {
  std::string x = imageType(c, false), y = imageType(c, true), w = weightType(c), b = tensorType({c.outputs});
  auto pair = [](int64_t a, int64_t b) { return number(a) + ", " + number(b); };
  std::string symbols = c.symbolicSize ? "dsc.symbol @b {kind = #dsc.symbol_kind<caller>}\n"
                                         "dsc.symbol @h {kind = #dsc.symbol_kind<caller>}\n"
                                         "dsc.symbol @w {kind = #dsc.symbol_kind<caller>}\n"
                                       : "";
  std::string attributes = "{strides = array<i64: " + pair(c.stride, c.stride) + ">, dilations = array<i64: " +
                           pair(c.dilation, c.dilation) + ">, pads = array<i64: " + pair(c.top, c.left) + ", " +
                           pair(c.bottom, c.right) + ">, group = " + number(c.group) +
                           " : i64, layout = #dsc.layout<nhwc>, weight_packing = " + panels(c) + "}";
  std::string types = x + ", " + w + ", " + b + ", " + y;
  return "module {\n" + symbols + "func.func @main(%x: " + x + ", %w: " + w + ", %b: " + b + ", %r: " + y + ") -> " +
         y + " {\n%0 = dsc.group ins(%x, %w, %b, %r : " + types + ") -> (" + y +
         ") attributes {kind = #dsc.group_kind<convolution>} {\n^bb0(%a0: " + x + ", %a1: " + w + ", %a2: " + b +
         ", %a3: " + y + "):\n%y0 = dsc.conv %a0, %a1, %a2 " + attributes + " : (" + x + ", " + w + ", " + b +
         ") -> " + y + "\n%y1 = dsc.add %y0, %a3 : (" + y + ", " + y + ") -> " + y + "\n%y2 = dsc.relu %y1 : " + y +
         "\ndsc.yield %y2 : " + y + "\n}\nreturn %0 : " + y + "\n}\n}\n";
}

struct ConvData {
  explicit ConvData(const ConvCase &c)
      : x(randomFloats(c.batch * c.height * c.width * c.channels, 1)),
        w(randomFloats(c.outputs * c.channels / c.group * c.kh * c.kw, 2)), bias(randomFloats(c.outputs, 3)),
        residual(randomFloats(c.batch * c.outHeight() * c.outWidth() * c.outputs, 4)) {}
  std::vector<float> x, w, bias, residual;
};

double pixel(const ConvCase &c, const ConvData &data, int64_t image, int64_t y, int64_t x, int64_t o) {
  int64_t perGroup = c.channels / c.group, first = o / (c.outputs / c.group) * perGroup;
  double sum = data.bias[o];
  for (int64_t kh = 0; kh < c.kh; ++kh)
    for (int64_t kw = 0; kw < c.kw; ++kw) {
      int64_t iy = y * c.stride + kh * c.dilation - c.top, ix = x * c.stride + kw * c.dilation - c.left;
      if (iy < 0 || iy >= c.height || ix < 0 || ix >= c.width)
        continue;
      for (int64_t k = 0; k < perGroup; ++k)
        sum += double(data.x[((image * c.height + iy) * c.width + ix) * c.channels + first + k]) *
               data.w[((o * perGroup + k) * c.kh + kh) * c.kw + kw];
    }
  return sum;
}

std::vector<double> reference(const ConvCase &c, const ConvData &data) {
  std::vector<double> result;
  for (int64_t image = 0; image < c.batch; ++image)
    for (int64_t y = 0; y < c.outHeight(); ++y)
      for (int64_t x = 0; x < c.outWidth(); ++x)
        for (int64_t o = 0; o < c.outputs; ++o)
          result.push_back(std::max(0.0, pixel(c, data, image, y, x, o) + data.residual[result.size()]));
  return result;
}

std::vector<float> runCase(const CompiledKernel &kernel, const ConvCase &c, const ConvData &data, int64_t step) {
  GuardedBuffer x = guarded(data.x), w = guarded(packed(panels(c), data.w)), bias = guarded(data.bias),
                residual = guarded(data.residual), out(data.residual.size() * sizeof(float));
  std::vector<void *> buffers{x.data(), w.data(), bias.data(), residual.data(), out.data()};
  std::vector<int64_t> symbols{c.batch, c.height, c.width};
  int64_t tiles = kernel.tiles(symbols);
  for (int64_t begin = 0; begin < tiles; begin += step)
    kernel.run(buffers, symbols, begin, std::min(tiles, begin + step));
  EXPECT_TRUE(x.intact() && w.intact() && out.intact());
  return std::vector<float>(out.as<float>(), out.as<float>() + data.residual.size());
}

class Conv : public testing::TestWithParam<std::string> {
protected:
  void check(const ConvCase &c) {
    auto kernel = CompiledKernel::compile(moduleText(c), GetParam());
    ASSERT_TRUE(kernel) << moduleText(c);
    EXPECT_EQ(kernel->name.substr(0, 8), "cpu_conv") << moduleText(c);
    if (!canExecute(GetParam()))
      return;
    ConvData data(c);
    std::vector<float> whole = runCase(*kernel, c, data, 1 << 30);
    EXPECT_LT(relativeError(whole.data(), reference(c, data)), 2e-6) << moduleText(c);
    std::vector<float> pieces = runCase(*kernel, c, data, 1);
    EXPECT_EQ(std::memcmp(whole.data(), pieces.data(), whole.size() * sizeof(float)), 0) << moduleText(c);
  }
};

TEST_P(Conv, PointwiseIsAMatrixProduct) {
  check({2, 5, 7, 9, 40, 1, 1});
  check({1, 9, 7, 12, 32, 1, 1, 2});
}

TEST_P(Conv, PaddingOfEveryKind) {
  check({1, 14, 14, 8, 32, 3, 3, 1, 1, 1, 1, 1, 1, 1});
  check({2, 7, 7, 8, 33, 3, 3, 1, 1, 1, 1, 1, 1, 1});
  check({1, 6, 11, 5, 16, 3, 4, 1, 1, 1, 0, 2, 1, 1});
  check({1, 2, 2, 3, 8, 5, 5, 1, 1, 1, 2, 2, 2, 2});
}

TEST_P(Conv, StrideAndDilation) {
  check({1, 20, 21, 3, 64, 7, 7, 2, 1, 1, 3, 3, 3, 3});
  check({1, 15, 15, 4, 32, 3, 3, 2, 1, 1, 0, 0, 1, 1});
  check({1, 13, 17, 4, 24, 3, 3, 1, 2, 1, 2, 2, 2, 2});
}

TEST_P(Conv, Groups) {
  check({1, 8, 8, 16, 24, 3, 3, 1, 1, 4, 1, 1, 1, 1});
  check({1, 8, 8, 8, 80, 1, 1, 1, 1, 2});
}

TEST_P(Conv, Depthwise) {
  check({1, 9, 14, 32, 32, 3, 3, 1, 1, 32, 1, 1, 1, 1});
  check({2, 11, 10, 45, 45, 3, 3, 2, 1, 45, 1, 1, 1, 1});
}

TEST_P(Conv, SmallImageUnderLargeWeights) { check({2, 7, 7, 320, 40, 3, 3, 1, 1, 1, 1, 1, 1, 1}); }

TEST_P(Conv, SizesKnownAtRunTime) {
  check({2, 9, 13, 6, 40, 3, 3, 1, 1, 1, 1, 1, 1, 1, true});
  check({1, 10, 11, 3, 16, 5, 5, 2, 1, 1, 2, 2, 2, 2, true});
  check({1, 3, 2, 32, 32, 3, 3, 1, 1, 32, 1, 1, 1, 1, true});
}

INSTANTIATE_TEST_SUITE_P(Levels, Conv, testing::ValuesIn(testLevels()));

} // namespace
} // namespace dsc::test
