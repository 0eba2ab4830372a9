// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Lowers the module @cuda to the llvm and nvvm dialects and checks that nothing else and no call is left.

#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Pass/PassManager.h"
#include "passes/Passes.h"
#include "passes/kernel/GroupKernels.h"
#include "passes/kernel/LowerToLlvm.h"

using namespace mlir;

namespace dsc {
#define GEN_PASS_DEF_LOWERGPUKERNELSPASS
#include "passes/Passes.h.inc"

namespace {

LogicalResult verifyOp(Operation *op) {
  if (!isa_and_nonnull<LLVM::LLVMDialect, NVVM::NVVMDialect>(op->getDialect()))
    return op->emitOpError("expected GPU kernels in the llvm and nvvm dialects only");
  if (isa<LLVM::CallOp, LLVM::AllocaOp>(op))
    return op->emitOpError("expected a GPU kernel without calls and stack memory");
  return success();
}

/// Says in the dialect's own attributes that a function is an entry, and of how many threads.
void markEntry(LLVM::LLVMFuncOp function) {
  auto threads = function->getAttrOfType<IntegerAttr>("dsc.threads");
  if (!threads)
    return;
  Builder b(function.getContext());
  function->removeAttr("dsc.threads");
  function->setAttr(NVVM::NVVMDialect::getKernelFuncAttrName(), b.getUnitAttr());
  function->setAttr(NVVM::NVVMDialect::getReqntidAttrName(),
                    b.getDenseI32ArrayAttr({int32_t(threads.getInt()), 1, 1}));
  // Else ptxas spills a register where that lets it fit one block more.
  function->setAttr(NVVM::NVVMDialect::getMinctasmAttrName(), b.getI32IntegerAttr(1));
}

struct LowerGpuKernelsPass : impl::LowerGpuKernelsPassBase<LowerGpuKernelsPass> {
  using LowerGpuKernelsPassBase::LowerGpuKernelsPassBase;

  /// What the passes of the pipeline make.
  void getDependentDialects(DialectRegistry &registry) const override {
    LowerGpuKernelsPassBase::getDependentDialects(registry);
    makePipeline().getDependentDialects(registry);
  }

  static OpPassManager makePipeline() {
    OpPassManager passes(ModuleOp::getOperationName());
    buildLowerToLlvm(passes, {/*roundsToBf16=*/true, /*x86=*/false});
    return passes;
  }

  void runOnOperation() override {
    for (auto module : getOperation().getOps<ModuleOp>()) {
      auto target = module->getAttrOfType<StringAttr>("dsc.target");
      if (!target || target.getValue() != getTargetName(Target::Cuda))
        continue;
      OpPassManager passes = makePipeline();
      if (failed(runPipeline(passes, module)))
        return signalPassFailure();
      llvm::for_each(module.getOps<LLVM::LLVMFuncOp>(), markEntry);
      WalkResult checked = module.getBody()->walk(
          [](Operation *op) { return failed(verifyOp(op)) ? WalkResult::interrupt() : WalkResult::advance(); });
      if (checked.wasInterrupted())
        return signalPassFailure();
    }
  }
};

} // namespace
} // namespace dsc
