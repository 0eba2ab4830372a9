// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// dsc-predict-costs: writes on every group how long it is predicted to take. Groups that do not run on the CPU have no
// model yet and keep 0.

#include "passes/Passes.h"
#include "passes/partition/CpuCost.h"

using namespace mlir;

namespace dsc {
#define GEN_PASS_DEF_PREDICTCOSTSPASS
#include "passes/Passes.h.inc"

namespace {

struct PredictCostsPass : impl::PredictCostsPassBase<PredictCostsPass> {
  using PredictCostsPassBase::PredictCostsPassBase;

  void runOnOperation() override {
    const CpuLevel *cpu = findCpuLevel(level);
    if (!cpu) {
      getOperation().emitError() << "expected a known CPU level to predict times for, but got \"" << level << "\"";
      return signalPassFailure();
    }
    TypicalSizes sizes(getOperation());
    getOperation().walk([&](GroupOp group) {
      if (group.getTarget() == "cpu")
        group.setCostNs(predictCpuNs(group, *cpu, sizes));
    });
  }
};

} // namespace
} // namespace dsc
