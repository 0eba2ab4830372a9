// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The plan of fusion: anchors take epilogues, row reductions their rows, pointwise ops form DAGs.

#include "passes/fuse/FusionPlan.h"
#include "passes/fuse/GroupGraph.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace dsc {
namespace {

constexpr StringRef escapes = "a value in between is also needed elsewhere, and an epilogue stores one result";
constexpr StringRef cyclic = "the group would need a result that needs the group";
constexpr StringRef full = "the group has as many ops or buffers as a kernel takes";
constexpr StringRef taken = "the consumer is already in another group";

class Planner {
public:
  explicit Planner(Block &block) : graph(block) {}

  void growAnchors();
  void growRowReductions();
  void growPointwise();
  FusionPlan finish(bool fuse);

private:
  bool isAlone(Operation *op) const { return graph.getMembers(op).size() == 1; }
  void growEpilogue(Operation *anchor);
  /// The next op, in program order, that reads the set and is not tried yet and may join as far as pairs can tell.
  Operation *findNextEpilogueOp(const SetVector<Operation *> &set, const SmallPtrSetImpl<Operation *> &tried);
  bool tryJoin(Operation *member, Operation *candidate, Operation *producer, Operation *consumer);
  void refuse(Operation *producer, Operation *consumer, Refusal reason) {
    structural.try_emplace({producer, consumer}, reason);
  }
  Refusal explain(Operation *producer, Operation *consumer) const;

  GroupGraph graph;
  /// Refusals that the pair alone does not show.
  DenseMap<std::pair<Operation *, Operation *>, Refusal> structural;
};

void Planner::growAnchors() {
  for (Operation *op : graph.getNodes())
    if (isAnchor(op))
      growEpilogue(op);
}

Operation *Planner::findNextEpilogueOp(const SetVector<Operation *> &set, const SmallPtrSetImpl<Operation *> &tried) {
  Operation *best = nullptr;
  for (Operation *member : set)
    for (Operation *user : member->getUsers()) {
      auto position = graph.getPosition(user);
      if (!position || tried.contains(user) || (best && *graph.getPosition(best) <= *position))
        continue;
      best = user;
    }
  return best;
}

/// The number of values of the set that something outside it reads.
size_t countResults(const SetVector<Operation *> &set) {
  size_t count = 0;
  for (Operation *op : set)
    for (Value result : op->getResults())
      count += llvm::any_of(result.getUsers(), [&](Operation *user) { return !set.contains(user); });
  return count;
}

void Planner::growEpilogue(Operation *anchor) {
  SetVector<Operation *> set;
  set.insert(anchor);
  SmallPtrSet<Operation *, 16> tried;
  size_t accepted = 1;
  while (Operation *user = findNextEpilogueOp(set, tried)) {
    tried.insert(user);
    if (!refuseFusion(anchor, user).empty() || !isAlone(user))
      continue;
    set.insert(user);
    ArrayRef<Operation *> ops = set.getArrayRef();
    Operation *producer = user->getOperand(0).getDefiningOp();
    for (Value operand : user->getOperands())
      if (Operation *op = operand.getDefiningOp(); op && op != user && set.contains(op))
        producer = op;
    if (ops.size() > GroupLimits::ops || GroupGraph::countBuffers(ops) > GroupLimits::buffers) {
      refuse(producer, user, full);
      break;
    }
    if (!graph.isConvex(ops)) {
      refuse(producer, user, cyclic);
      set.pop_back();
      continue;
    }
    if (countResults(set) == 1)
      accepted = set.size();
    else
      refuse(producer, user, escapes);
  }
  for (Operation *op : set.getArrayRef().take_front(accepted))
    graph.join(anchor, op);
}

/// Joins the candidate to the group of `member` if the pair, the limits and the other groups allow it.
bool Planner::tryJoin(Operation *member, Operation *candidate, Operation *producer, Operation *consumer) {
  if (graph.isInSameGroup(member, candidate) || !refuseFusion(producer, consumer).empty())
    return false;
  SmallVector<Operation *> ops = graph.getMembers(member);
  llvm::append_range(ops, graph.getMembers(candidate));
  if (ops.size() > GroupLimits::ops || GroupGraph::countBuffers(ops) > GroupLimits::buffers) {
    refuse(producer, consumer, full);
    return false;
  }
  if (!graph.isConvex(ops)) {
    refuse(producer, consumer, cyclic);
    return false;
  }
  graph.join(member, candidate);
  return true;
}

void Planner::growRowReductions() {
  for (Operation *reduction : graph.getNodes()) {
    if (getRole(reduction) != FusionRole::RowReduction)
      continue;
    // Behind it: elementwise ops that read the reduction or its epilogue, in program order.
    SetVector<Operation *> set;
    set.insert(reduction);
    SmallPtrSet<Operation *, 16> tried;
    while (Operation *user = findNextEpilogueOp(set, tried)) {
      tried.insert(user);
      if (isAlone(user) && tryJoin(reduction, user, reduction, user))
        set.insert(user);
    }
    // Before it: its producers, nearest first.
    SmallVector<Operation *> consumers{reduction};
    while (!consumers.empty()) {
      Operation *consumer = consumers.pop_back_val();
      for (Value operand : consumer->getOperands()) {
        Operation *producer = operand.getDefiningOp();
        if (!producer || !graph.getPosition(producer) || !isAlone(producer) || isAnchor(producer) ||
            getRole(producer) == FusionRole::RowReduction)
          continue;
        if (tryJoin(reduction, producer, producer, consumer))
          consumers.push_back(producer);
      }
    }
  }
}

void Planner::growPointwise() {
  auto isPointwiseGroup = [&](Operation *op) {
    return llvm::all_of(graph.getMembers(op), [](Operation *member) { return getRole(member) == FusionRole::Pointwise; });
  };
  for (Operation *op : graph.getNodes()) {
    if (getRole(op) != FusionRole::Pointwise || !isPointwiseGroup(op))
      continue;
    for (Value operand : op->getOperands()) {
      Operation *producer = operand.getDefiningOp();
      if (producer && graph.getPosition(producer) && isPointwiseGroup(producer))
        tryJoin(producer, op, producer, op);
    }
  }
}

Refusal Planner::explain(Operation *producer, Operation *consumer) const {
  if (Refusal reason = refuseFusion(producer, consumer); !reason.empty())
    return reason;
  auto found = structural.find({producer, consumer});
  return found == structural.end() ? Refusal(taken) : found->second;
}

/// The op that decides what the group is: its contraction, convolution, attention or reduction, else its first op.
Operation *findAnchor(ArrayRef<Operation *> ops) {
  for (Operation *op : ops)
    if (isAnchor(op))
      return op;
  for (Operation *op : ops)
    if (getRole(op) == FusionRole::RowReduction)
      return op;
  return ops.front();
}

FusionPlan Planner::finish(bool fuse) {
  FusionPlan plan;
  for (SmallVector<Operation *> &ops : graph.getGroupsInOrder()) {
    Operation *anchor = findAnchor(ops);
    plan.groups.push_back({getGroupKind(getRole(anchor)), anchor, ops, staysOutside(anchor)});
  }
  for (Operation *producer : graph.getNodes()) {
    llvm::SmallSetVector<Operation *, 4> consumers;
    for (Operation *user : producer->getUsers())
      if (graph.getPosition(user) && !graph.isInSameGroup(producer, user))
        consumers.insert(user);
    SmallVector<Operation *> sorted = consumers.takeVector();
    llvm::sort(sorted, [&](Operation *a, Operation *b) { return *graph.getPosition(a) < *graph.getPosition(b); });
    for (Operation *consumer : sorted)
      if (!staysOutside(producer) && !staysOutside(consumer))
        plan.refusals.push_back({producer, consumer, fuse ? explain(producer, consumer) : "fusion is off"});
  }
  return plan;
}

} // namespace

FusionPlan planFusion(Block &block, bool fuse) {
  Planner planner(block);
  if (fuse) {
    planner.growAnchors();
    planner.growRowReductions();
    planner.growPointwise();
  }
  return planner.finish(fuse);
}

} // namespace dsc
