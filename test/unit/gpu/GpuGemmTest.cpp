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

} // namespace
} // namespace dsc::test
