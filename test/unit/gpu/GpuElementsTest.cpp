// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Elementwise groups and movement on the GPU: types, broadcasts, tails of runs, symbolic sizes.

#include "test/unit/gpu/GpuHarness.h"
#include "gtest/gtest.h"

namespace dsc::test {
namespace {

std::string tensor(const std::string &sizes, const std::string &type) { return "tensor<" + sizes + "x" + type + ">"; }

TEST(GpuElements, RunsWithATail) {
  for (std::string size : {"1", "3", "1024", "1031"})
    for (auto [type, tolerance] : {std::pair<std::string, double>("f32", 1e-6), {"f64", 1e-14}, {"f16", 1e-3}, {"bf16", 1e-2}}) {
      std::string t = tensor(size, type), pair = " : (" + t + ", " + t + ") -> " + t;
      checkGpuGroup(gpuModule({t, t}, {t}, "%b = dsc.add %a0, %a1" + pair + "\n%c = dsc.tanh %b : " + t +
                                               "\n%y = dsc.mul %c, %a0" + pair),
                    {"elements", tolerance});
    }
}

TEST(GpuElements, BroadcastsAndTwoResults) {
  for (std::string columns : {"64", "37"}) {
    std::string t = "tensor<5x" + columns + "xf32>", row = "tensor<" + columns + "xf32>", column = "tensor<5x1xf32>";
    checkGpuGroup(gpuModule({t, row, column}, {t, t},
                            "%b = dsc.add %a0, %a1 : (" + t + ", " + row + ") -> " + t + "\n%y = dsc.mul %b, %a2 : (" + t +
                                ", " + column + ") -> " + t + "\n%z = dsc.sigmoid %b : " + t),
                  {"elements"});
  }
}

TEST(GpuElements, IntegersAndBools) {
  std::string t = tensor("301", "i8"), mask = tensor("301", "i1"), wide = tensor("301", "i64");
  checkGpuGroup(gpuModule({t, t, mask}, {wide},
                          "%b = dsc.add %a0, %a1 : (" + t + ", " + t + ") -> " + t + "\n%c = dsc.where %a2, %b, %a0 : (" +
                              mask + ", " + t + ", " + t + ") -> " + t + "\n%y = dsc.cast %c {to = i64} : (" + t + ") -> " + wide),
                {"elements", 0, {}, 2, -100, 100});
}

TEST(GpuElements, SymbolicSizes) {
  std::string t = "tensor<?x20xf32, #dsc.dims<()[s0] -> (s0, 20)>>";
  for (int64_t rows : {1, 7, 130})
    checkGpuGroup(gpuModule({t}, {t}, "%y = dsc.exp %a0 : " + t), {"elements", 1e-6, {rows}});
}

TEST(GpuElements, Movement) {
  checkGpuGroup(gpuModule({"tensor<3x5x7xf32>"}, {"tensor<5x3x7xf32>"},
                          "%y = dsc.transpose %a0 {permutation = array<i64: 1, 0, 2>} : (tensor<3x5x7xf32>) -> "
                          "tensor<5x3x7xf32>"),
                {"elements", 0});
  checkGpuGroup(gpuModule({"tensor<3x5xf16>", "tensor<3x4xf16>"}, {"tensor<3x9xf16>"},
                          "%y = dsc.concat %a0, %a1 {axis = 1 : i64} : (tensor<3x5xf16>, tensor<3x4xf16>) -> "
                          "tensor<3x9xf16>"),
                {"elements", 0});
  checkGpuGroup(gpuModule({"tensor<10x24xf32>", "tensor<6xi64>"}, {"tensor<6x24xf32>"},
                          "%y = dsc.gather %a0, %a1 {axis = 0 : i64} : (tensor<10x24xf32>, tensor<6xi64>) -> "
                          "tensor<6x24xf32>"),
                {"elements", 0, {}, 2, -10, 9});
}

TEST(GpuTurn, TransposesOfEveryWidth) {
  for (std::string type : {"f64", "f32", "f16", "i8", "i1"})
    for (std::string sizes : {"2x33x70", "1x1x5", "40x3x32"}) {
      std::string from = "tensor<" + sizes + "x" + type + ">";
      size_t a = sizes.find('x'), b = sizes.rfind('x');
      std::string n = sizes.substr(0, a), r = sizes.substr(a + 1, b - a - 1), c = sizes.substr(b + 1);
      std::string to = "tensor<" + c + "x" + n + "x" + r + "x" + type + ">";
      checkGpuGroup(gpuModule({from}, {to},
                              "%y = dsc.transpose %a0 {permutation = array<i64: 2, 0, 1>} : (" + from + ") -> " + to),
                    {"turn", 0});
    }
}

TEST(GpuTurn, SymbolicAndFused) {
  std::string from = "tensor<?x37xf32, #dsc.dims<()[s0] -> (s0, 37)>>", to = "tensor<37x?xf32, #dsc.dims<()[s0] -> (37, s0)>>";
  checkGpuGroup(gpuModule({from, from}, {to},
                          "%b = dsc.add %a0, %a1 : (" + from + ", " + from + ") -> " + from +
                              "\n%y = dsc.transpose %b {permutation = array<i64: 1, 0>} : (" + from + ") -> " + to),
                {"turn", 1e-6, {45}});
}

} // namespace
} // namespace dsc::test
