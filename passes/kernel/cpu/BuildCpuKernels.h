// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The kernel phase for the CPU: from groups to kernels in the llvm dialect, one module per level.

#ifndef DSC_PASSES_KERNEL_CPU_BUILDCPUKERNELS_H
#define DSC_PASSES_KERNEL_CPU_BUILDCPUKERNELS_H

#include "mlir/Pass/PassManager.h"
#include <string>
#include <vector>

namespace dsc {

struct CpuKernelOptions {
  /// Names of CPU levels; a module is made for each.
  std::vector<std::string> levels;
  /// False: every kernel comes from the family of plain loops, which defines the results.
  bool fast = true;
  /// Say in the attribute `why` of every `dsc.kernel` how it was chosen.
  bool explain = false;
};

/// Adds the passes of the phase to a pipeline on the top module.
void buildCpuKernels(mlir::OpPassManager &passes, const CpuKernelOptions &options);

/// Adds the lowering of one level's module.
void buildLowerCpuToLlvm(mlir::OpPassManager &passes);

} // namespace dsc

#endif // DSC_PASSES_KERNEL_CPU_BUILDCPUKERNELS_H
