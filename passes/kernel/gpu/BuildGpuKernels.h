// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The kernel phase for CUDA: from groups to kernels in the llvm and nvvm dialects, in the module @cuda.

#ifndef DSC_PASSES_KERNEL_GPU_BUILDGPUKERNELS_H
#define DSC_PASSES_KERNEL_GPU_BUILDGPUKERNELS_H

#include "mlir/Pass/PassManager.h"
#include <string>

namespace dsc {

/// Adds the passes that decide what runs on the GPU, before the kernels of any target are made: a variant of the function
/// for each of several targets, groups without a GPU kernel back to the CPU, copies between targets.
void buildChooseGpuGroups(mlir::OpPassManager &passes, llvm::ArrayRef<std::string> targets);

/// Adds the passes that make and lower the kernels of the other groups on CUDA. With `explain`, every `dsc.kernel` says
/// in its attribute `why` how it was chosen.
void buildGpuKernels(mlir::OpPassManager &passes, bool explain);

} // namespace dsc

#endif // DSC_PASSES_KERNEL_GPU_BUILDGPUKERNELS_H
