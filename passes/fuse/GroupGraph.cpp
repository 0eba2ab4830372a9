// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Joining nodes of a block's graph to groups, keeping the graph of groups free of cycles.

#include "passes/fuse/GroupGraph.h"
#include "passes/fuse/FusionRules.h"

#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/SetVector.h"

#include <queue>

using namespace mlir;

namespace dsc {

/// Collects the positions of the symbols in the type's sizes.
static void collectSymbols(Type type, llvm::SmallSetVector<unsigned, 4> &symbols) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor)
    return;
  if (auto dims = dyn_cast_or_null<DimsAttr>(tensor.getEncoding()))
    for (AffineExpr dim : dims.getSizes())
      symbols.insert_range(getSymbolsIn(dim));
}

static void collectSymbols(Operation *op, llvm::SmallSetVector<unsigned, 4> &symbols) {
  for (Type type : op->getOperandTypes())
    collectSymbols(type, symbols);
  for (Type type : op->getResultTypes())
    collectSymbols(type, symbols);
  if (auto values = dyn_cast<DimValuesOp>(op))
    for (AffineExpr value : values.getValues().getSizes())
      symbols.insert_range(getSymbolsIn(value));
  for (Value operand : op->getOperands())
    if (auto values = operand.getDefiningOp<DimValuesOp>(); values && op != values)
      collectSymbols(values, symbols);
}

GroupGraph::GroupGraph(Block &block) {
  for (Operation &op : block) {
    bool isRead = llvm::any_of(op.getUsers(), [](Operation *user) { return staysOutside(user); });
    if (isCopiedIntoGroups(&op) && !isRead)
      continue;
    positions[&op] = nodes.size();
    nodes.push_back(&op);
  }
  successors.resize(nodes.size());
  for (auto [position, op] : llvm::enumerate(nodes)) {
    groups.push_back(position);
    members.push_back({static_cast<unsigned>(position)});
    for (Operation *user : op->getUsers())
      addUser(position, user);
  }
  addSymbolEdges();
}

void GroupGraph::addUser(unsigned from, Operation *user) {
  auto to = getPosition(user);
  if (to && !llvm::is_contained(successors[from], *to))
    successors[from].push_back(*to);
}

void GroupGraph::addSymbolEdges() {
  DenseMap<StringRef, unsigned> symbolPositions;
  if (nodes.empty())
    return;
  auto module = nodes.front()->getParentOfType<ModuleOp>();
  for (SymbolOp symbol : module.getOps<SymbolOp>())
    symbolPositions.try_emplace(symbol.getSymName(), symbolPositions.size());
  DenseMap<unsigned, SmallVector<unsigned>> readers;
  for (auto [position, op] : llvm::enumerate(nodes))
    if (auto read = dyn_cast<ReadDimOp>(op))
      if (auto symbol = symbolPositions.find(read.getSymbol()); symbol != symbolPositions.end())
        readers[symbol->second].push_back(position);
  if (readers.empty())
    return;
  // A derived symbol is known when those in it are; it stands behind the derived ones among them.
  for (SymbolOp symbol : module.getOps<SymbolOp>())
    for (AffineExpr size : symbol.getOf() ? symbol.getOf()->getSizes() : ArrayRef<AffineExpr>())
      for (unsigned part : getSymbolsIn(size))
        llvm::append_range(readers[symbolPositions.lookup(symbol.getSymName())], SmallVector<unsigned>(readers.lookup(part)));
  for (auto [position, op] : llvm::enumerate(nodes)) {
    llvm::SmallSetVector<unsigned, 4> symbols;
    collectSymbols(op, symbols);
    for (unsigned symbol : symbols)
      for (unsigned reader : readers.lookup(symbol))
        if (reader < position)
          addUser(reader, op);
  }
}

std::optional<unsigned> GroupGraph::getPosition(Operation *op) const {
  auto it = positions.find(op);
  if (it == positions.end())
    return std::nullopt;
  return it->second;
}

bool GroupGraph::isInSameGroup(Operation *lhs, Operation *rhs) const {
  auto left = getPosition(lhs), right = getPosition(rhs);
  return left && right && groups[*left] == groups[*right];
}

SmallVector<Operation *> GroupGraph::getMembers(Operation *op) const {
  SmallVector<Operation *> result;
  for (unsigned member : members[groups[*getPosition(op)]])
    result.push_back(nodes[member]);
  return result;
}

size_t GroupGraph::countBuffers(ArrayRef<Operation *> ops) {
  SmallPtrSet<Operation *, 16> inside(ops.begin(), ops.end());
  SmallPtrSet<Value, 16> inputs;
  size_t outputs = 0;
  for (Operation *op : ops) {
    for (Value operand : op->getOperands()) {
      Operation *producer = operand.getDefiningOp();
      if (!producer || (!inside.contains(producer) && !isCopiedIntoGroups(producer)))
        inputs.insert(operand);
    }
    for (Value result : op->getResults())
      outputs += llvm::any_of(result.getUsers(), [&](Operation *user) { return !inside.contains(user); });
  }
  return inputs.size() + outputs;
}

bool GroupGraph::isConvex(ArrayRef<Operation *> ops) const {
  llvm::BitVector inside(nodes.size()), visited(nodes.size());
  SmallVector<unsigned> stack;
  for (Operation *op : ops)
    inside.set(groups[*getPosition(op)]);
  auto pushSuccessors = [&](unsigned group, bool stopInside) {
    for (unsigned member : members[group])
      for (unsigned next : successors[member]) {
        unsigned nextGroup = groups[next];
        if (inside.test(nextGroup)) {
          if (stopInside)
            return false;
        } else if (!visited.test(nextGroup)) {
          visited.set(nextGroup);
          stack.push_back(nextGroup);
        }
      }
    return true;
  };
  for (unsigned group : inside.set_bits())
    pushSuccessors(group, /*stopInside=*/false);
  while (!stack.empty())
    if (!pushSuccessors(stack.pop_back_val(), /*stopInside=*/true))
      return false;
  return true;
}

void GroupGraph::join(Operation *lhs, Operation *rhs) {
  unsigned into = groups[*getPosition(lhs)], from = groups[*getPosition(rhs)];
  if (into == from)
    return;
  for (unsigned member : members[from])
    groups[member] = into;
  llvm::append_range(members[into], members[from]);
  llvm::sort(members[into]);
  members[from].clear();
}

SmallVector<SmallVector<Operation *>> GroupGraph::getGroupsInOrder() const {
  SmallVector<unsigned> missing(nodes.size(), 0);
  auto forEachSuccessor = [&](unsigned group, auto callback) {
    llvm::SmallSetVector<unsigned, 8> next;
    for (unsigned member : members[group])
      for (unsigned successor : successors[member])
        if (groups[successor] != group)
          next.insert(groups[successor]);
    llvm::for_each(next, callback);
  };
  for (unsigned group = 0; group < nodes.size(); ++group)
    forEachSuccessor(group, [&](unsigned next) { ++missing[next]; });

  using Entry = std::pair<unsigned, unsigned>; // last member, group
  std::priority_queue<Entry, std::vector<Entry>, std::greater<Entry>> ready;
  for (unsigned group = 0; group < nodes.size(); ++group)
    if (!members[group].empty() && missing[group] == 0)
      ready.emplace(members[group].back(), group);
  SmallVector<SmallVector<Operation *>> result;
  while (!ready.empty()) {
    unsigned group = ready.top().second;
    ready.pop();
    result.push_back(getMembers(nodes[group]));
    forEachSuccessor(group, [&](unsigned next) {
      if (--missing[next] == 0)
        ready.emplace(members[next].back(), next);
    });
  }
  return result;
}

} // namespace dsc
