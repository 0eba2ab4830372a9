// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Lowers one level's kernels from memref, vector, scf, arith and math to the llvm dialect.

#include "passes/kernel/cpu/BuildCpuKernels.h"

#include "passes/Passes.h"
#include "passes/kernel/LowerToLlvm.h"

using namespace mlir;

namespace dsc {

void buildLowerCpuToLlvm(OpPassManager &passes) {
  buildLowerToLlvm(passes, {/*roundsToBf16=*/false, /*x86=*/true});
  passes.addPass(createVerifyCpuKernelPass());
}

void buildCpuKernels(OpPassManager &passes, const CpuKernelOptions &options) {
  BuildCpuKernelsPassOptions build;
  build.levels.assign(options.levels.begin(), options.levels.end());
  build.fast = options.fast;
  build.explain = options.explain;
  passes.addPass(createBuildCpuKernelsPass(build));
  buildLowerCpuToLlvm(passes.nest<ModuleOp>());
}

} // namespace dsc
