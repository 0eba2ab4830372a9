// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The yardstick of the benchmarks: how many f32 operations a second one core of this machine does at most, measured
/// by independent fused multiply-adds on registers. A shared library, so a script can interleave it with what it times.
#include <cstdint>
#include <ctime>

namespace {

constexpr int64_t rounds = 400000;
constexpr int chains = 12;

double seconds() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return double(now.tv_sec) + 1e-9 * double(now.tv_nsec);
}

#define DSC_FMA(reg, i) "vfmadd231ps %%" reg "15, %%" reg "14, %%" reg #i "\n"
#define DSC_CHAINS(reg)                                                                                          \
  DSC_FMA(reg, 0)                                                                                                \
  DSC_FMA(reg, 1)                                                                                                \
  DSC_FMA(reg, 2)                                                                                                \
  DSC_FMA(reg, 3)                                                                                                \
  DSC_FMA(reg, 4)                                                                                                \
  DSC_FMA(reg, 5)                                                                                                \
  DSC_FMA(reg, 6)                                                                                                \
  DSC_FMA(reg, 7)                                                                                                \
  DSC_FMA(reg, 8)                                                                                                \
  DSC_FMA(reg, 9)                                                                                                \
  DSC_FMA(reg, 10)                                                                                               \
  DSC_FMA(reg, 11)
#define DSC_CLOBBERS                                                                                             \
  "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm14",       \
      "xmm15"

void runYmm() {
  int64_t n = rounds;
  asm volatile("vxorps %%ymm14, %%ymm14, %%ymm14\n vxorps %%ymm15, %%ymm15, %%ymm15\n"
               "1:\n" DSC_CHAINS("ymm") "dec %0\n jnz 1b\n vzeroupper\n"
               : "+r"(n)::DSC_CLOBBERS);
}

void runZmm() {
  int64_t n = rounds;
  asm volatile("vpxord %%zmm14, %%zmm14, %%zmm14\n vpxord %%zmm15, %%zmm15, %%zmm15\n"
               "1:\n" DSC_CHAINS("zmm") "dec %0\n jnz 1b\n vzeroupper\n"
               : "+r"(n)::DSC_CLOBBERS);
}

double measure(void (*run)(), int lanes) {
  double begin = seconds();
  run();
  return double(rounds) * chains * lanes * 2 / (seconds() - begin);
}

} // namespace

/// One measurement of about 10 ms: f32 operations per second, a multiply-add being two; the faster of the vector
/// widths the machine has.
extern "C" __attribute__((visibility("default"))) double dscPeakF32() {
  double peak = measure(runYmm, 8);
  if (__builtin_cpu_supports("avx512f")) {
    double wide = measure(runZmm, 16);
    peak = wide > peak ? wide : peak;
  }
  return peak;
}
