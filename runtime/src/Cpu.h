// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the machine is: its CPU level, how many threads are worth starting, and its floating-point state.
#ifndef DSC_RUNTIME_SRC_CPU_H
#define DSC_RUNTIME_SRC_CPU_H

#include <cstdint>

namespace dsc::rt {

/// The highest DSC_CPU_* level that both the processor (CPUID) and the kernel (XGETBV) support; 0 below v3.
int32_t detectCpuLevel();

/// "v3", "v4", ... for messages.
const char *cpuLevelName(int32_t level);

/// One thread per physical core, capped by the affinity mask and the cgroup's CPU quota; at least 1.
uint32_t defaultThreadCount();

/// Round to nearest, no flush to zero, all exceptions masked: what kernels are compiled for.
inline constexpr uint32_t kernelMxcsr = 0x1F80;

/// Sets the state kernels need for a scope, whatever the host has set.
class FloatScope {
public:
  FloatScope() : saved(__builtin_ia32_stmxcsr()) { __builtin_ia32_ldmxcsr(kernelMxcsr); }
  ~FloatScope() { __builtin_ia32_ldmxcsr(saved); }
  FloatScope(const FloatScope &) = delete;

private:
  uint32_t saved;
};

} // namespace dsc::rt
#endif
