// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Lowers kernels from memref, vector, scf, arith and math to the llvm dialect, for every target.

#include "passes/kernel/LowerToLlvm.h"

#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Transforms/Passes.h"
#include "passes/Passes.h"

using namespace mlir;

namespace dsc {

void buildLowerToLlvm(OpPassManager &passes, const LowerToLlvmOptions &options) {
  passes.addPass(createCanonicalizerPass());
  passes.addPass(createCSEPass());
  passes.addPass(createLoopInvariantCodeMotionPass());
  LowerMathPassOptions math;
  math.bf16 = options.roundsToBf16;
  passes.addPass(createLowerMathPass(math));
  passes.addPass(createCSEPass());
  passes.addPass(createSCFToControlFlowPass());
  passes.addPass(memref::createExpandStridedMetadataPass());
  passes.addPass(createLowerAffinePass());
  passes.addPass(createConvertMathToLLVMPass());
  ConvertVectorToLLVMPassOptions vector;
  vector.x86Vector = options.x86;
  passes.addPass(createConvertVectorToLLVMPass(vector));
  passes.addPass(createFinalizeMemRefToLLVMConversionPass());
  passes.addPass(createConvertFuncToLLVMPass());
  passes.addPass(createArithToLLVMConversionPass());
  passes.addPass(createConvertControlFlowToLLVMPass());
  passes.addPass(createConvertIndexToLLVMPass());
  passes.addPass(createUBToLLVMConversionPass());
  passes.addPass(createReconcileUnrealizedCastsPass());
}

} // namespace dsc
