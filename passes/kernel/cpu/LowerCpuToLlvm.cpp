// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Lowers one level's kernels from memref, vector, scf, arith and math to the llvm dialect.

#include "passes/kernel/cpu/BuildCpuKernels.h"

#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Transforms/Passes.h"
#include "passes/Passes.h"

using namespace mlir;

namespace dsc {

void buildLowerCpuToLlvm(OpPassManager &passes) {
  passes.addPass(createCanonicalizerPass());
  passes.addPass(createCSEPass());
  passes.addPass(createLoopInvariantCodeMotionPass());
  passes.addPass(createLowerMathPass());
  passes.addPass(createCSEPass());
  passes.addPass(createSCFToControlFlowPass());
  passes.addPass(memref::createExpandStridedMetadataPass());
  passes.addPass(createLowerAffinePass());
  passes.addPass(createConvertMathToLLVMPass());
  ConvertVectorToLLVMPassOptions vector;
  vector.x86Vector = true;
  passes.addPass(createConvertVectorToLLVMPass(vector));
  passes.addPass(createFinalizeMemRefToLLVMConversionPass());
  passes.addPass(createConvertFuncToLLVMPass());
  passes.addPass(createArithToLLVMConversionPass());
  passes.addPass(createConvertControlFlowToLLVMPass());
  passes.addPass(createConvertIndexToLLVMPass());
  passes.addPass(createUBToLLVMConversionPass());
  passes.addPass(createReconcileUnrealizedCastsPass());
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
