// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// dsc-assign-targets: gives every group a target and a pipeline stage. There is one stage so far.

#include "passes/Passes.h"

#include "dialects/dsc/DscTarget.h"

using namespace mlir;

namespace dsc {
#define GEN_PASS_DEF_ASSIGNTARGETSPASS
#include "passes/Passes.h.inc"

namespace {

struct AssignTargetsPass : impl::AssignTargetsPassBase<AssignTargetsPass> {
  using AssignTargetsPassBase::AssignTargetsPassBase;

  void runOnOperation() override {
    if (!findTarget(target)) {
      getOperation().emitError() << "expected a target of cpu and cuda, but got '" << target << "'";
      return signalPassFailure();
    }
    getOperation().walk([&](GroupOp group) {
      group.setTarget(target);
      group.setStage(0);
      ++numGroups;
    });
  }
};

} // namespace
} // namespace dsc
