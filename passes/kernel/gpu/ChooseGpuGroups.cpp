// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Sends groups that no GPU family takes back to the CPU, and says so: a fallback is never quiet.

#include "passes/Passes.h"

#include "dialects/dsc/DscRoles.h"
#include "passes/kernel/gpu/GpuFamily.h"

using namespace mlir;

namespace dsc {
#define GEN_PASS_DEF_CHOOSEGPUGROUPSPASS
#include "passes/Passes.h.inc"

namespace {

/// The family that people expect to take a group.
StringRef expectedFamily(GroupOp group) {
  bool hasProduct = false;
  for (Operation &op : *group.getBlock()) {
    if (isa<AttentionOp>(op))
      return gpuAttentionFamily().name();
    hasProduct |= isAnchor(&op);
  }
  return hasProduct ? gpuGemmFamily().name() : gpuElementsFamily().name();
}

void fallBack(GroupOp group, ArrayRef<RefusedFamily> refusals) {
  group.setTarget(getTargetName(Target::Cpu));
  std::string reasons;
  llvm::raw_string_ostream os(reasons);
  printRefusals(refusals, os);
  group->setAttr(refusedByGpuName, StringAttr::get(group.getContext(), reasons));
  const RefusedFamily *expected = llvm::find_if(
      refusals, [&](const RefusedFamily &refused) { return refused.name == expectedFamily(group); });
  emitWarning(group.getLoc()) << "stays on the CPU, no GPU family takes it: " << expected->whyNot;
}

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
      fallBack(group, choice.refusals);
    }
  }
};

} // namespace
} // namespace dsc
