// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// dsc-assign-stages: cuts a function into the stages of a pipeline, with the runtime's own partitioner. The result is
// only a default: whoever loads the plan may cut elsewhere.

#include "passes/Passes.h"
#include "passes/partition/GroupChain.h"
#include "runtime/schema/CutTable.h"

using namespace mlir;

namespace dsc {
#define GEN_PASS_DEF_ASSIGNSTAGESPASS
#include "passes/Passes.h.inc"

namespace {

struct AssignStagesPass : impl::AssignStagesPassBase<AssignStagesPass> {
  using AssignStagesPassBase::AssignStagesPassBase;

  void runOnOperation() override {
    if (stages <= 1 && cuts.empty())
      return;
    TypicalSizes sizes(getOperation());
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (!function.isExternal() && failed(assign(function, sizes)))
        return signalPassFailure();
  }

  LogicalResult assign(func::FuncOp function, const TypicalSizes &sizes) {
    GroupChain chain = buildGroupChain(function, sizes);
    std::string reason;
    if (!cutChain(chain, ArrayRef<std::string>(&*cuts.begin(), cuts.size()), reason))
      return fail() << reason;
    unsigned least = 1 + llvm::count_if(chain.links, [](const ChainLink &link) { return link.isCut; });
    unsigned most = std::min<size_t>(chain.groups.size(), schema::CutTable::maxStages);
    unsigned numStages = stages ? unsigned(stages) : least;
    if (numStages > most)
      return fail() << "expected at most " << most << " stages for " << chain.groups.size() << " groups, but got "
                    << numStages;
    if (numStages < least)
      return fail() << "expected at least " << least << " stages for these cuts, but got " << numStages;
    for (auto [group, stage] : llvm::zip_equal(chain.groups, chooseStages(chain, numStages)))
      group.setStage(stage);
    return success();
  }

  /// What is wrong with an option has no place in the model.
  InFlightDiagnostic fail() { return emitError(UnknownLoc::get(&getContext())); }
};

} // namespace
} // namespace dsc
