// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The answer to `--explain=kernel`.

#ifndef DSC_PASSES_KERNEL_CPU_EXPLAINKERNEL_H
#define DSC_PASSES_KERNEL_CPU_EXPLAINKERNEL_H

#include "passes/kernel/cpu/KernelFamily.h"

namespace dsc {

/// A family that did not take a group, and why not.
struct RefusedFamily {
  llvm::StringRef name;
  std::string whyNot;
};

/// The attribute `why` of a kernel: its family, its tiles, the reason of every rule of its schedule, and the
/// families that came before and refused.
std::string explainChoice(GroupOp group, const KernelFamily &family, const KernelShape &shape,
                          llvm::ArrayRef<RefusedFamily> refusals, llvm::ArrayRef<const CpuLevel *> levels);

/// Prints the `why` of every kernel of a module.
void explainKernels(mlir::ModuleOp module, llvm::raw_ostream &os);

} // namespace dsc

#endif // DSC_PASSES_KERNEL_CPU_EXPLAINKERNEL_H
