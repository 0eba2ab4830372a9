// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The lowering that the targets share: from what emitters write to the llvm dialect.

#ifndef DSC_PASSES_KERNEL_LOWERTOLLVM_H
#define DSC_PASSES_KERNEL_LOWERTOLLVM_H

#include "mlir/Pass/PassManager.h"

namespace dsc {

struct LowerToLlvmOptions {
  /// The target has an instruction that rounds to bf16.
  bool roundsToBf16;
  /// Vector ops may become x86 instructions.
  bool x86;
};

/// Adds the passes to a pipeline on a module of kernels.
void buildLowerToLlvm(mlir::OpPassManager &passes, const LowerToLlvmOptions &options);

} // namespace dsc

#endif // DSC_PASSES_KERNEL_LOWERTOLLVM_H
