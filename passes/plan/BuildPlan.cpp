// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// dsc-build-plan: replaces `main`, kernels, symbols and weights by one plan.plan; leaves the levels' code alone.

#include "passes/Passes.h"
#include "passes/plan/PlanRecords.h"

using namespace mlir;

namespace dsc {
#define GEN_PASS_DEF_BUILDPLANPASS
#include "passes/Passes.h.inc"

namespace {

struct BuildPlanPass : impl::BuildPlanPassBase<BuildPlanPass> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto functions = llvm::to_vector(module.getOps<func::FuncOp>());
    int64_t bodies = llvm::count_if(functions, [](func::FuncOp function) { return !function.isExternal(); });
    bool areVariants = llvm::all_of(functions, [](func::FuncOp function) { return function->hasAttr("dsc.variant"); });
    if (functions.empty() || bodies != int64_t(functions.size()) || (functions.size() > 1 && !areVariants)) {
      module.emitError() << "expected one function, with a body, but got " << functions.size() << ", " << bodies
                         << " of them with a body";
      return signalPassFailure();
    }
    FailureOr<PlanRecords> records = collectPlan(module, functions);
    if (failed(records))
      return signalPassFailure();
    createPlan(module, functions.front().getSymName(), *records);
    numSteps += records->steps.size();
    numBuffers += records->buffers.size();
    for (func::FuncOp function : functions)
      function.erase();
    for (Operation &op : llvm::make_early_inc_range(module.getBody()->getOperations()))
      if (isa<SymbolOp, ParamOp, KernelOp>(op))
        op.erase();
  }
};

} // namespace
} // namespace dsc
