// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The kernel phase for CUDA: from groups to kernels in the llvm and nvvm dialects, in the module @cuda.

#ifndef DSC_PASSES_KERNEL_GPU_BUILDGPUKERNELS_H
#define DSC_PASSES_KERNEL_GPU_BUILDGPUKERNELS_H

#include "mlir/Pass/PassManager.h"

namespace dsc {

/// Adds the pass that sends groups without a GPU kernel back to the CPU; before the kernels of any target.
void buildChooseGpuGroups(mlir::OpPassManager &passes);

/// Adds the passes that make and lower the kernels of the other groups on CUDA. With `explain`, every `dsc.kernel` says
/// in its attribute `why` how it was chosen.
void buildGpuKernels(mlir::OpPassManager &passes, bool explain);

} // namespace dsc

#endif // DSC_PASSES_KERNEL_GPU_BUILDGPUKERNELS_H
