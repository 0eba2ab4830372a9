// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What `--explain=kernel` says of a CPU kernel.

#ifndef DSC_PASSES_KERNEL_CPU_EXPLAINKERNEL_H
#define DSC_PASSES_KERNEL_CPU_EXPLAINKERNEL_H

#include "passes/kernel/GroupKernels.h"
#include "passes/kernel/cpu/KernelFamily.h"

namespace dsc {

/// The attribute `why` of a kernel: its family, its tiles, the reason of every rule of its schedule, and the
/// families that came before and refused.
std::string explainChoice(GroupOp group, const KernelFamily &family, const KernelShape &shape,
                          llvm::ArrayRef<RefusedFamily> refusals, llvm::ArrayRef<const CpuLevel *> levels);

} // namespace dsc

#endif // DSC_PASSES_KERNEL_CPU_EXPLAINKERNEL_H
