// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The groups of a function as a chain that a pipeline may be cut from.

#ifndef DSC_PASSES_PARTITION_GROUPCHAIN_H
#define DSC_PASSES_PARTITION_GROUPCHAIN_H

#include "dialects/dsc/Dsc.h"
#include "passes/UnitChain.h"
#include "passes/TypicalSizes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace dsc {

struct GroupChain {
  std::vector<GroupOp> groups;  ///< in their order
  std::vector<ChainLink> links; ///< one for each
};

/// What is alive across the cut before a group: inputs and results that it or a later group reads, and results that leave
/// the function, each once. Weights are not: every stage has its own.
GroupChain buildGroupChain(mlir::func::FuncOp function, const TypicalSizes &sizes);

/// Makes the group of each node a first one of a stage. False with a reason, which proposes names like it, for a node that
/// is in no group, and for the first group.
bool cutChain(GroupChain &chain, llvm::ArrayRef<std::string> nodes, std::string &reason);

/// A stage for each group: `numStages` at most, fewer where more do not pay. Cuts of the chain must be fewer than that.
std::vector<uint32_t> chooseStages(const GroupChain &chain, uint32_t numStages);

} // namespace dsc

#endif // DSC_PASSES_PARTITION_GROUPCHAIN_H
