// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Compiles one group to PTX in process, runs it in the simulator and compares it with the CPU's plain loops in float64.

#ifndef DSC_TEST_UNIT_GPU_GPUHARNESS_H
#define DSC_TEST_UNIT_GPU_GPUHARNESS_H

#include <cstdint>
#include <string>
#include <vector>

namespace dsc::test {

/// A module whose `@main` is one group on CUDA with these operands, as `%a0`, `%a1`, ...; the body defines `%y` (and
/// `%z` with two results). `@s0` and `@s1` are symbols.
std::string gpuModule(const std::vector<std::string> &operands, const std::vector<std::string> &results,
                      const std::string &body);

struct GpuCheck {
  /// The family that is to take the group.
  std::string family;
  /// Largest difference to float64, relative to the largest element; 0: the same bits as the CPU's kernel.
  double tolerance = 2e-6;
  /// Values of the symbols.
  std::vector<int64_t> symbols = {};
  /// Operands of floats are uniform in [-scale, scale).
  double scale = 2;
  /// Integer operands are uniform in [low, high].
  int64_t low = 0, high = 3;
  /// Whether the reference computes in float64; false where an op has no such types.
  bool inDouble = true;
};

/// Compiles the module, assembles its PTX for every architecture (no spills, no stack, no warnings), runs it in the
/// simulator under several schedules on outputs full of NaN, and compares. Differences are test failures.
void checkGpuGroup(const std::string &module, const GpuCheck &check);

} // namespace dsc::test

#endif // DSC_TEST_UNIT_GPU_GPUHARNESS_H
