// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// dsc-assign-targets: gives every group a target and a pipeline stage. There is one device and one stage so far.

#include "passes/Passes.h"

using namespace mlir;

namespace dsc {
#define GEN_PASS_DEF_ASSIGNTARGETSPASS
#include "passes/Passes.h.inc"

namespace {

struct AssignTargetsPass : impl::AssignTargetsPassBase<AssignTargetsPass> {
  using AssignTargetsPassBase::AssignTargetsPassBase;

  void runOnOperation() override {
    if (target != "cpu") {
      getOperation().emitError() << "expected target 'cpu', but got '" << target << "'";
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
