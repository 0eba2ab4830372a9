// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Sends groups that no GPU family takes back to the CPU, and says so: a fallback is never quiet.

#include "passes/Passes.h"

#include "passes/kernel/gpu/GpuFamily.h"

using namespace mlir;

namespace dsc {
#define GEN_PASS_DEF_CHOOSEGPUGROUPSPASS
#include "passes/Passes.h.inc"

namespace {

struct ChooseGpuGroupsPass : impl::ChooseGpuGroupsPassBase<ChooseGpuGroupsPass> {
  void runOnOperation() override {
    for (GroupOp group : findGroups(getOperation(), Target::Cuda)) {
      if (failed(checkGroup(group)))
        return signalPassFailure();
      GpuChoice choice = chooseGpuFamily(group);
      if (choice.family) {
        ++numGpuGroups;
        continue;
      }
      group.setTarget(getTargetName(Target::Cpu));
      InFlightDiagnostic warning = emitWarning(group.getLoc()) << "stays on the CPU, no GPU family takes it";
      for (const RefusedFamily &refused : choice.refusals)
        warning << "; not " << refused.name << ": " << refused.whyNot;
    }
  }
};

} // namespace
} // namespace dsc
