// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From groups to a cut table, and from its partition back to groups.

#include "passes/partition/GroupChain.h"

#include "dialects/dsc/DscRoles.h"
#include "passes/NodeNames.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;

namespace dsc {
namespace {

/// When a value is there and when it is needed, in positions of groups; inputs are there from the start.
struct Lifetime {
  size_t first, last;
};

/// Names of the chain that resemble `name`, the best three.
std::string proposeNames(const GroupChain &chain, StringRef name) {
  std::vector<std::pair<unsigned, StringRef>> candidates;
  llvm::StringSet<> seen;
  for (GroupOp group : chain.groups)
    for (StringAttr known : getNodeNames(group.getLoc()))
      if (seen.insert(known.getValue()).second)
        candidates.push_back({name.edit_distance_insensitive(known.getValue()), known.getValue()});
  llvm::sort(candidates);
  std::string text;
  for (auto &[distance, known] : ArrayRef(candidates).take_front(3))
    text += (text.empty() ? "; near it: '" : ", '") + known.str() + "'";
  return text;
}

} // namespace

GroupChain buildGroupChain(func::FuncOp function, const TypicalSizes &sizes) {
  GroupChain chain;
  llvm::MapVector<Value, Lifetime> lives;
  for (BlockArgument argument : function.getArguments())
    lives[argument] = {0, 0};
  for (Operation &op : function.getBody().front()) {
    for (Value operand : op.getOperands())
      if (auto life = lives.find(getViewRoot(operand)); life != lives.end() && !isView(&op))
        life->second.last = chain.groups.size();
    if (auto group = dyn_cast<GroupOp>(op)) {
      chain.groups.push_back(group);
      chain.links.push_back({int64_t(group.getCostNs())});
      for (Value result : group.getResults())
        lives[result] = {chain.groups.size(), 0};
    }
  }
  for (auto &[value, life] : lives)
    for (size_t k = std::max<size_t>(life.first, 1); k <= life.last && k < chain.links.size(); ++k)
      chain.links[k].liveBytes += sizes.getBytes(value);
  return chain;
}

bool cutChain(GroupChain &chain, ArrayRef<std::string> nodes, std::string &reason) {
  for (StringRef node : nodes) {
    size_t at = 0;
    while (at < chain.groups.size() && !llvm::is_contained(llvm::map_range(getNodeNames(chain.groups[at].getLoc()),
                                                                          [](StringAttr name) { return name.getValue(); }),
                                                           node))
      ++at;
    if (at == chain.groups.size()) {
      reason = "expected the name of a node to cut before, but got '" + node.str() + "'" + proposeNames(chain, node);
      return false;
    }
    if (at == 0) {
      reason = "expected a node behind the first group to cut before, but got '" + node.str() + "'";
      return false;
    }
    chain.links[at].isCut = true;
  }
  return true;
}

std::vector<uint32_t> chooseStages(const GroupChain &chain, uint32_t numStages) {
  std::vector<size_t> firsts = mergeUnits(chain.links);
  std::vector<ChainLink> units;
  auto getEnd = [&](size_t unit) { return unit + 1 < firsts.size() ? firsts[unit + 1] : chain.links.size(); };
  for (auto [unit, first] : llvm::enumerate(firsts)) {
    units.push_back(chain.links[first]);
    for (size_t k = first + 1; k < getEnd(unit); ++k)
      units.back().costNs += chain.links[k].costNs;
  }
  std::vector<uint32_t> stageOfUnit, stages;
  partitionChain(units, numStages, stageOfUnit);
  for (auto [unit, stage] : llvm::enumerate(stageOfUnit))
    stages.resize(getEnd(unit), stage);
  return stages;
}

} // namespace dsc
