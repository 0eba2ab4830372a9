// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// dsc-order-groups: a topological order of `main` with few live bytes; the model's own order unless another is better.

#include "dialects/dsc/DscRoles.h"
#include "passes/Passes.h"
#include "passes/TypicalSizes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <numeric>
#include <set>

using namespace mlir;

namespace dsc {
#define GEN_PASS_DEF_ORDERGROUPSPASS
#include "passes/Passes.h.inc"

namespace {

/// The ops of a function as a graph: which value each one makes and which it keeps alive.
class OrderProblem {
public:
  OrderProblem(func::FuncOp function, const TypicalSizes &sizes);

  size_t size() const { return nodes.size(); }
  /// The largest number of bytes live at once in that order.
  int64_t getPeak(ArrayRef<unsigned> order) const;
  std::vector<unsigned> getGreedyOrder() const;
  void apply(ArrayRef<unsigned> order, Block &block) const;

private:
  struct Node {
    Operation *op = nullptr;
    SmallVector<unsigned> users, operands; // memory roots of operands, distinct
    unsigned numPredecessors = 0;
    int64_t bytes = 0; // of results that take memory of their own
    unsigned numReaders = 0;
  };
  void addOrder(unsigned before, unsigned after) {
    nodes[before].users.push_back(after);
    ++nodes[after].numPredecessors;
  }
  int64_t getFreedBytes(unsigned node, ArrayRef<unsigned> readersLeft) const;

  std::vector<Node> nodes;
};

OrderProblem::OrderProblem(func::FuncOp function, const TypicalSizes &sizes) {
  DenseMap<Operation *, unsigned> index;
  Operation *lastRead = nullptr;
  for (Operation &op : function.getBody().front().without_terminator()) {
    unsigned self = nodes.size();
    index[&op] = self;
    nodes.emplace_back().op = &op;
    if (isa<GroupOp>(op))
      for (Value result : op.getResults())
        nodes[self].bytes += sizes.getBytes(result);
    std::set<unsigned> producers, roots;
    for (Value operand : op.getOperands()) {
      if (Operation *producer = operand.getDefiningOp())
        producers.insert(index.lookup(producer));
      if (Operation *root = getViewRoot(operand).getDefiningOp(); root && !isView(&op))
        roots.insert(index.lookup(root));
    }
    // A read_dim gives sizes to what stands behind it, and keeps its place among the others.
    if (lastRead)
      producers.insert(index.lookup(lastRead));
    for (unsigned producer : producers)
      addOrder(producer, self);
    if (isa<ReadDimOp>(op))
      lastRead = &op;
    nodes[self].operands.assign(roots.begin(), roots.end());
    for (unsigned root : roots)
      ++nodes[root].numReaders;
  }
  for (Value result : function.getBody().front().getTerminator()->getOperands())
    if (Operation *root = getViewRoot(result).getDefiningOp())
      ++nodes[index.lookup(root)].numReaders;
}

/// Bytes that die with `node`: operands it reads last, and its own results if nobody reads them.
int64_t OrderProblem::getFreedBytes(unsigned node, ArrayRef<unsigned> readersLeft) const {
  int64_t freed = nodes[node].numReaders == 0 ? nodes[node].bytes : 0;
  for (unsigned operand : nodes[node].operands)
    freed += readersLeft[operand] == 1 ? nodes[operand].bytes : 0;
  return freed;
}

int64_t OrderProblem::getPeak(ArrayRef<unsigned> order) const {
  std::vector<unsigned> readersLeft;
  for (const Node &node : nodes)
    readersLeft.push_back(node.numReaders);
  int64_t live = 0, peak = 0;
  for (unsigned node : order) {
    live += nodes[node].bytes;
    peak = std::max(peak, live);
    live -= getFreedBytes(node, readersLeft);
    for (unsigned operand : nodes[node].operands)
      --readersLeft[operand];
  }
  return peak;
}

std::vector<unsigned> OrderProblem::getGreedyOrder() const {
  std::vector<unsigned> readersLeft, predecessorsLeft, order;
  std::set<unsigned> ready;
  for (auto [i, node] : llvm::enumerate(nodes)) {
    readersLeft.push_back(node.numReaders);
    predecessorsLeft.push_back(node.numPredecessors);
    if (node.numPredecessors == 0)
      ready.insert(i);
  }
  auto growth = [&](unsigned node) { return nodes[node].bytes - getFreedBytes(node, readersLeft); };
  while (!ready.empty()) {
    // Ties go to the model's order: `ready` ascends and min_element takes the first.
    unsigned best = *std::min_element(ready.begin(), ready.end(),
                                      [&](unsigned a, unsigned b) { return growth(a) < growth(b); });
    ready.erase(best);
    order.push_back(best);
    for (unsigned operand : nodes[best].operands)
      --readersLeft[operand];
    for (unsigned user : nodes[best].users)
      if (--predecessorsLeft[user] == 0)
        ready.insert(user);
  }
  return order;
}

void OrderProblem::apply(ArrayRef<unsigned> order, Block &block) const {
  for (unsigned node : order)
    nodes[node].op->moveBefore(block.getTerminator());
}

struct OrderGroupsPass : impl::OrderGroupsPassBase<OrderGroupsPass> {
  void runOnOperation() override {
    TypicalSizes sizes(getOperation());
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      if (function.isExternal())
        continue;
      OrderProblem problem(function, sizes);
      std::vector<unsigned> model(problem.size());
      std::iota(model.begin(), model.end(), 0u);
      std::vector<unsigned> greedy = problem.getGreedyOrder();
      if (problem.getPeak(greedy) >= problem.getPeak(model))
        continue;
      problem.apply(greedy, function.getBody().front());
      ++numReordered;
    }
  }
};

} // namespace
} // namespace dsc
