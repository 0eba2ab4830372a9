// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Matrix products on tensor cores: types, odd sizes, batches, transposed and symbolic operands, tails.

#include "test/unit/gpu/GpuHarness.h"
#include "gtest/gtest.h"

namespace dsc::test {
namespace {

std::string matrix(std::initializer_list<int64_t> sizes, const std::string &type) {
  std::string text = "tensor<";
  for (int64_t size : sizes)
    text += std::to_string(size) + "x";
  return text + type + ">";
}

double toleranceOf(const std::string &type) { return type == "f32" ? 2e-6 : type == "f16" ? 1e-3 : 8e-3; }

TEST(GpuGemm, OddSizes) {
  struct Size {
    int64_t m, n, k;
  };
  for (std::string type : {"f32", "f16", "bf16"})
    for (auto [m, n, k] : {Size{1, 1, 1}, {64, 64, 64}, {65, 37, 33}, {17, 130, 100}, {3, 8, 257}}) {
      std::string a = matrix({m, k}, type), b = matrix({k, n}, type), c = matrix({m, n}, type);
      checkGpuGroup(gpuModule({a, b}, {c}, "%y = dsc.matmul %a0, %a1 : (" + a + ", " + b + ") -> " + c),
                    {"gemm", toleranceOf(type)});
    }
}

TEST(GpuGemm, TransposedWithTail) {
  for (std::string type : {"f32", "f16", "bf16"})
    for (int64_t k : {64, 37}) {
      std::string a = matrix({70, k}, type), b = matrix({50, k}, type), c = matrix({70, 50}, type);
      std::string row = matrix({50}, type), pair = " : (" + c + ", " + c + ") -> " + c;
      checkGpuGroup(gpuModule({a, b, row, c}, {c},
                              "%p = dsc.matmul %a0, %a1 {transpose_rhs} : (" + a + ", " + b + ") -> " + c +
                                  "\n%q = dsc.add %p, %a2 : (" + c + ", " + row + ") -> " + c +
                                  "\n%r = dsc.relu %q : " + c + "\n%y = dsc.add %r, %a3" + pair),
                    {"gemm", 2 * toleranceOf(type)});
    }
}

TEST(GpuGemm, Batches) {
  for (std::string type : {"f32", "f16"}) {
    std::string a = matrix({2, 3, 20, 24}, type), b = matrix({3, 24, 40}, type), c = matrix({2, 3, 20, 40}, type);
    checkGpuGroup(gpuModule({a, b}, {c}, "%y = dsc.matmul %a0, %a1 : (" + a + ", " + b + ") -> " + c),
                  {"gemm", toleranceOf(type)});
  }
}

TEST(GpuGemm, LargeTiles) {
  for (std::string type : {"f32", "f16", "bf16"}) {
    std::string a = "tensor<?x72x" + type + ", #dsc.dims<()[s0] -> (s0, 72)>>", b = matrix({72, 136}, type);
    std::string c = "tensor<?x136x" + type + ", #dsc.dims<()[s0] -> (s0, 136)>>";
    for (int64_t rows : {1, 131})
      checkGpuGroup(gpuModule({a, b}, {c}, "%y = dsc.matmul %a0, %a1 : (" + a + ", " + b + ") -> " + c),
                    {"gemm", toleranceOf(type), {rows}});
  }
}

TEST(GpuGemm, SymbolicDepthAndColumns) {
  std::string a = "tensor<10x?xf16, #dsc.dims<()[s0] -> (10, s0)>>", b = "tensor<?x?xf16, #dsc.dims<()[s0, s1] -> (s0, s1)>>";
  std::string c = "tensor<10x?xf16, #dsc.dims<()[s0, s1] -> (10, s1)>>";
  for (int64_t size : {1, 45, 64})
    checkGpuGroup(gpuModule({a, b}, {c}, "%y = dsc.matmul %a0, %a1 : (" + a + ", " + b + ") -> " + c),
                  {"gemm", 1e-3, {size, size + 2}});
}

TEST(GpuGemm, PackedWeight) {
  std::string a = "tensor<2x35x37xf32>", b = "tensor<2x37x32xf32>", c = "tensor<2x35x50xf32>";
  checkGpuGroup(gpuModule({a, b}, {c},
                          "%y = dsc.matmul %a0, %a1 {rhs_packing = #dsc.panels<kind = gemm, n = 50, k = 37>} : (" + a +
                              ", " + b + ") -> " + c),
                {"gemm"});
}

TEST(GpuGemm, PackedPairs) {
  std::string a = "tensor<35x38xbf16>", b = "tensor<2x19x32x2xbf16>", c = "tensor<35x50xbf16>";
  checkGpuGroup(gpuModule({a, b}, {c},
                          "%y = dsc.matmul %a0, %a1 {rhs_packing = #dsc.panels<kind = gemm, n = 50, k = 38, kp = 2>} : (" +
                              a + ", " + b + ") -> " + c),
                {"gemm", toleranceOf("bf16")});
}

TEST(GpuGemm, ConvolutionOfOnePixel) {
  std::string x = "tensor<2x5x7x24xf32>", w = "tensor<2x1x1x24x32xf32>", bias = "tensor<40xf32>", y = "tensor<2x5x7x40xf32>";
  checkGpuGroup(gpuModule({x, w, bias, y}, {y},
                          "%c = dsc.conv %a0, %a1, %a2 {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, "
                          "dilations = array<i64: 1, 1>, layout = #dsc.layout<nhwc>, weight_packing = "
                          "#dsc.panels<kind = conv, n = 40, k = 24, taps = [1, 1]>} : (" + x + ", " + w + ", " + bias +
                              ") -> " + y + "\n%y = dsc.add %c, %a3 : (" + y + ", " + y + ") -> " + y),
                {"gemm"});
}

TEST(GpuGemm, BytesAreExact) {
  for (std::string lhs : {"i8", "ui8"})
    for (std::string b : {"tensor<37x21xi8>", "tensor<1x1408xi8>"}) {
      bool packed = b[7] == '1';
      // Packed words are whole here: the padding of a real panel is zero.
      std::string a = std::string("tensor<19x") + (packed ? "40x" : "37x") + lhs + ">", y = "tensor<19x21xi32>";
      std::string packing = packed ? " {rhs_packing = #dsc.panels<kind = gemm, n = 21, k = 40, kp = 4>}" : "";
      std::string zero = "tensor<" + lhs + ">";
      GpuCheck check{"gemm", 0, {}, 2, lhs == "i8" ? -128 : 0, 127};
      checkGpuGroup(gpuModule({a, b}, {y}, "%y = dsc.qmatmul %a0, %a1" + packing + " : (" + a + ", " + b + ") -> " + y),
                    check);
      checkGpuGroup(gpuModule({a, b, zero, "tensor<21xi8>"}, {y},
                              "%y = dsc.qmatmul %a0 zero %a2, %a1 zero %a3" + packing + " : (" + a + ", " + zero + ", " +
                                  b + ", tensor<21xi8>) -> " + y),
                    check);
    }
}

TEST(GpuGemm, BytesOfRealNumbers) {
  std::string a = "tensor<70x64xui8>", b = "tensor<64x50xi8>", y = "tensor<70x50xf32>";
  checkGpuGroup(gpuModule({a, b, "tensor<f32>", "tensor<70x1xui8>", "tensor<50xf32>", "tensor<50xf32>"}, {y},
                          "%p = dsc.qmatmul %a0 scale %a2 zero %a3, %a1 scale %a4 bias %a5 : (" + a +
                              ", tensor<f32>, tensor<70x1xui8>, " + b + ", tensor<50xf32>, tensor<50xf32>) -> " + y +
                              "\n%y = dsc.relu %p : " + y),
                {"gemm", 1e-6, {}, 2, 0, 100, /*inDouble=*/false});
}

TEST(GpuGemm, StoredWeights) {
  std::string a = "tensor<35x37xf32>", b = "tensor<2x37x32xi8>", y = "tensor<35x50xf32>";
  checkGpuGroup(gpuModule({a, b, "tensor<50xf32>"}, {y},
                          "%y = dsc.qmatmul %a0, %a1 scale %a2 {rhs_packing = #dsc.panels<kind = gemm, n = 50, k = 37>} : (" +
                              a + ", " + b + ", tensor<50xf32>) -> " + y),
                {"gemm", 2e-6, {}, 2, -127, 127, /*inDouble=*/false});
}

} // namespace
} // namespace dsc::test
