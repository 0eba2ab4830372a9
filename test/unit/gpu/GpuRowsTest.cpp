// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Softmax, norms and reductions on the GPU, with what is fused to them.

#include "test/unit/gpu/GpuHarness.h"
#include "gtest/gtest.h"

namespace dsc::test {
namespace {

TEST(GpuRows, Softmax) {
  for (std::string columns : {"1", "5", "64", "255", "1024", "1031"})
    for (auto [type, tolerance] : {std::pair<std::string, double>("f32", 2e-6), {"f16", 1e-3}}) {
      std::string t = "tensor<3x" + columns + "x" + type + ">";
      checkGpuGroup(gpuModule({t}, {t}, "%y = dsc.softmax %a0 {axis = 1 : i64} : " + t), {"rows", tolerance, {}, 8});
    }
}

TEST(GpuRows, SoftmaxAcrossMemory) {
  std::string t = "tensor<2x37x5xf32>";
  checkGpuGroup(gpuModule({t}, {t}, "%y = dsc.softmax %a0 {axis = 1 : i64} : " + t), {"rows"});
}

TEST(GpuRows, NormWithResidualAndBothResults) {
  for (std::string columns : {"48", "768", "77"}) {
    std::string t = "tensor<4x" + columns + "xf32>", row = "tensor<" + columns + "xf32>";
    checkGpuGroup(gpuModule({t, t, row, row}, {t, t},
                            "%z = dsc.add %a0, %a1 : (" + t + ", " + t + ") -> " + t +
                                "\n%y = dsc.layer_norm %z, %a2, %a3 {axis = 1 : i64, epsilon = 1.0e-5 : f32} : (" + t +
                                ", " + row + ", " + row + ") -> " + t),
                  {"rows"});
  }
}

TEST(GpuRows, RmsNormOfSymbolicRows) {
  std::string t = "tensor<?x40xf32, #dsc.dims<()[s0] -> (s0, 40)>>", row = "tensor<40xf32>";
  checkGpuGroup(gpuModule({t, row}, {t},
                          "%y = dsc.rms_norm %a0, %a1 {axis = 1 : i64, epsilon = 1.0e-5 : f32} : (" + t + ", " + row +
                              ") -> " + t),
                {"rows", 2e-6, {9}});
}

TEST(GpuRows, Reductions) {
  for (std::string kind : {"sum", "mean", "max", "min"})
    for (std::string columns : {"3", "129", "512"}) {
      std::string t = "tensor<6x" + columns + "xf32>";
      checkGpuGroup(gpuModule({t}, {"tensor<6xf32>"},
                              "%s = dsc.reduce %a0 {kind = #dsc.reduce_kind<" + kind +
                                  ">, axes = array<i64: 1>, keepdims = false} : (" + t +
                                  ") -> tensor<6xf32>\n%y = dsc.abs %s : tensor<6xf32>"),
                    {"rows", 4e-6});
    }
}

TEST(GpuRows, SymbolicRowOfIntegers) {
  std::string t = "tensor<4x?xi64, #dsc.dims<()[s0] -> (4, s0)>>";
  for (int64_t length : {1, 300})
    checkGpuGroup(gpuModule({t}, {"tensor<4xi64>"},
                            "%y = dsc.reduce %a0 {kind = #dsc.reduce_kind<sum>, axes = array<i64: 1>, keepdims = "
                            "false} : (" + t + ") -> tensor<4xi64>"),
                  {"rows", 0, {length}, 2, -1000000, 1000000});
}

} // namespace
} // namespace dsc::test
