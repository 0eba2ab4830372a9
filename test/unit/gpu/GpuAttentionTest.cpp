// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Attention on the GPU: layouts, shared heads, masks, causality, rows without keys, more keys than a chunk.

#include "test/unit/gpu/GpuHarness.h"
#include "gtest/gtest.h"

namespace dsc::test {
namespace {

std::string attention(const std::string &operands, const std::string &attributes, const std::string &types) {
  return "%y = dsc.attention " + operands + " {scale = 0.25 : f32" + attributes + "} : " + types;
}

TEST(GpuAttention, HeadsInsideAndOutside) {
  for (auto [type, tolerance] : {std::pair<std::string, double>("f32", 2e-6), {"f16", 1e-3}}) {
    std::string t = "tensor<2x3x7x16x" + type + ">", types = "(" + t + ", " + t + ", " + t + ") -> " + t;
    checkGpuGroup(gpuModule({t, t, t}, {t}, attention("%a0, %a1, %a2", "", types)), {"attention", tolerance});
    checkGpuGroup(gpuModule({t, t, t}, {t},
                            attention("%a0, %a1, %a2", ", causal, layout = #dsc.heads<bshd>", types)),
                  {"attention", tolerance});
  }
}

TEST(GpuAttention, SharedHeadsAndMask) {
  std::string q = "tensor<1x4x5x15xf32>", k = "tensor<1x2x9x15xf32>", v = "tensor<1x2x9x20xf32>", y = "tensor<1x4x5x20xf32>";
  for (std::string mask : {"tensor<1x1x5x9xi1>", "tensor<5x9xf32>"})
    checkGpuGroup(gpuModule({q, k, v, mask}, {y},
                            attention("%a0, %a1, %a2, %a3", ", softcap = 3.0 : f32",
                                      "(" + q + ", " + k + ", " + v + ", " + mask + ") -> " + y)),
                  {"attention"});
}

TEST(GpuAttention, SymbolicLengthOverSeveralChunks) {
  std::string t = "tensor<1x1x?x8xf32, #dsc.dims<()[s0] -> (1, 1, s0, 8)>>", types = "(" + t + ", " + t + ", " + t + ") -> " + t;
  for (int64_t length : {1, 530})
    checkGpuGroup(gpuModule({t, t, t}, {t}, attention("%a0, %a1, %a2", length == 1 ? "" : ", causal", types) +
                                                "\n"),
                  {"attention", 2e-6, {length}});
}

TEST(GpuAttention, RemovedRowsAndTail) {
  std::string t = "tensor<1x1x6x8xf32>", mask = "tensor<6x1xi1>";
  for (std::string attribute : {"", ", nan_if_removed"})
    checkGpuGroup(gpuModule({t, t, t, mask}, {t},
                            "%p = dsc.attention %a0, %a1, %a2, %a3 {scale = 0.5 : f32" + attribute + "} : (" + t + ", " +
                                t + ", " + t + ", " + mask + ") -> " + t + "\n%y = dsc.neg %p : " + t),
                  {"attention"});
}

} // namespace
} // namespace dsc::test
