// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Immediate post-dominators of instructions, by the iteration of Cooper, Harvey and Kennedy on the reversed
// graph.
#include "tools/cuda-sim/Program.h"

#include <algorithm>

namespace dsc::sim {

namespace {
constexpr uint32_t unknown = ~0u;

class PostDominators {
public:
  explicit PostDominators(const FunctionCode &function)
      : function(function), exit(uint32_t(function.code.size())) {
    before.resize(exit + 1);
    for (uint32_t pc = 0; pc < exit; ++pc)
      for (uint32_t next : successors(pc))
        before[next].push_back(pc);
    number();
    solve();
  }

  /// The end of the function for what never reaches it.
  uint32_t of(uint32_t pc) const { return parent[pc] == unknown ? exit : parent[pc]; }

private:
  std::vector<uint32_t> successors(uint32_t pc) const {
    const Instruction &i = function.code[pc];
    std::vector<uint32_t> all;
    if (i.flow == Flow::branch)
      all.push_back(i.target);
    else if (i.flow == Flow::indexed)
      all = *i.targets;
    else if (i.flow == Flow::end)
      all.push_back(exit);
    if (i.flow == Flow::next || i.guard >= 0)
      all.push_back(pc + 1);
    return all;
  }

  /// Numbers nodes in postorder of the reversed graph, from the exit.
  void number() {
    rank.assign(exit + 1, unknown);
    std::vector<std::pair<uint32_t, size_t>> stack{{exit, 0}};
    std::vector<bool> seen(exit + 1);
    seen[exit] = true;
    while (!stack.empty()) {
      auto &[node, edge] = stack.back();
      if (edge == before[node].size()) {
        rank[node] = uint32_t(order.size());
        order.push_back(node);
        stack.pop_back();
        continue;
      }
      const uint32_t next = before[node][edge++];
      if (!seen[next]) {
        seen[next] = true;
        stack.emplace_back(next, 0);
      }
    }
  }

  uint32_t intersect(uint32_t a, uint32_t b) const {
    while (a != b) {
      uint32_t &lower = rank[a] < rank[b] ? a : b;
      lower = parent[lower];
    }
    return a;
  }

  void solve() {
    parent.assign(exit + 1, unknown);
    parent[exit] = exit;
    for (bool isChanged = true; isChanged;) {
      isChanged = false;
      for (size_t k = order.size() - 1; k-- > 0;) {
        const uint32_t node = order[k];
        uint32_t meet = unknown;
        for (uint32_t next : successors(node))
          if (parent[next] != unknown)
            meet = meet == unknown ? next : intersect(meet, next);
        isChanged |= parent[node] != meet;
        parent[node] = meet;
      }
    }
  }

  const FunctionCode &function;
  const uint32_t exit;
  std::vector<std::vector<uint32_t>> before;
  std::vector<uint32_t> rank, order, parent;
};
} // namespace

void findReconvergence(FunctionCode &function) {
  PostDominators dominators(function);
  for (uint32_t pc = 0; pc < function.code.size(); ++pc)
    if (function.code[pc].flow == Flow::branch || function.code[pc].flow == Flow::indexed)
      function.code[pc].reconverge = dominators.of(pc);
}

} // namespace dsc::sim
