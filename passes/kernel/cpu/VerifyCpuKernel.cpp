// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Checks what the runtime relies on in lowered kernels: no calls, no state, no large stack frames.

#include "passes/Passes.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;

namespace dsc {
#define GEN_PASS_DEF_VERIFYCPUKERNELPASS
#include "passes/Passes.h.inc"

namespace {

/// Intrinsics that LLVM may turn into a call of libm or libgcc on some level.
bool becomesCall(Operation *op) {
  return isa<LLVM::ExpOp, LLVM::Exp2Op, LLVM::LogOp, LLVM::Log2Op, LLVM::Log10Op, LLVM::PowOp, LLVM::PowIOp,
             LLVM::SinOp, LLVM::CosOp, LLVM::TanOp, LLVM::FRemOp, LLVM::MemcpyOp, LLVM::MemmoveOp, LLVM::MemsetOp>(op);
}

LogicalResult verifyOp(Operation *op) {
  if (auto call = dyn_cast<LLVM::CallOp>(op))
    return call.emitOpError("expected a kernel without calls");
  if (becomesCall(op))
    return op->emitOpError("expected arithmetic, but got an operation that becomes a library call");
  if (auto alloca = dyn_cast<LLVM::AllocaOp>(op))
    return alloca.emitOpError("expected a kernel without stack memory");
  if (auto global = dyn_cast<LLVM::GlobalOp>(op); global && !global.getConstant())
    return global.emitOpError("expected constant data, but got a global variable");
  if (auto function = dyn_cast<LLVM::LLVMFuncOp>(op); function && function.isExternal())
    return function.emitOpError("expected a definition, but got a declaration");
  return success();
}

struct VerifyCpuKernelPass : impl::VerifyCpuKernelPassBase<VerifyCpuKernelPass> {
  void runOnOperation() override {
    WalkResult result = getOperation()->walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (isa<ModuleOp>(op))
        return WalkResult::advance();
      if (!isa_and_nonnull<LLVM::LLVMDialect>(op->getDialect())) {
        op->emitOpError("expected kernels in the llvm dialect only");
        return WalkResult::interrupt();
      }
      return failed(verifyOp(op)) ? WalkResult::interrupt() : WalkResult::advance();
    });
    if (result.wasInterrupted())
      signalPassFailure();
  }
};

} // namespace
} // namespace dsc
