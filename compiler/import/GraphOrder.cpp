// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Stable topological sort of ONNX nodes, which finds cycles and values that are defined twice.

#include "compiler/import/GraphOrder.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

#include <queue>

namespace dsc::onnx_import {

static void collectUses(const NodeView &node, std::vector<std::string> &uses) {
  for (const std::string &input : node.inputs)
    if (!input.empty())
      uses.push_back(input);
  for (const AttributeView &attribute : node.attributes) {
    if (!attribute.graph)
      continue;
    const GraphView &graph = *attribute.graph;
    llvm::StringSet<> local;
    std::vector<std::string> inner;
    for (const ValueView &input : graph.inputs)
      local.insert(input.name);
    for (const TensorView &tensor : graph.initializers)
      local.insert(tensor.name);
    for (const NodeView &innerNode : graph.nodes) {
      collectUses(innerNode, inner);
      for (const std::string &output : innerNode.outputs)
        local.insert(output);
    }
    for (const ValueView &output : graph.outputs)
      inner.push_back(output.name);
    for (std::string &use : inner)
      if (!local.contains(use))
        uses.push_back(std::move(use));
  }
}

std::vector<std::string> getUses(const NodeView &node) {
  std::vector<std::string> uses;
  collectUses(node, uses);
  return uses;
}

/// Which node defines a value.
static llvm::StringMap<size_t> findProducers(llvm::ArrayRef<NodeView> nodes, GraphOrder &order) {
  llvm::StringMap<size_t> producers;
  for (size_t i = 0; i < nodes.size(); ++i)
    for (const std::string &output : nodes[i].outputs)
      if (!output.empty() && !producers.try_emplace(output, i).second)
        order.duplicates.emplace_back(output, i);
  return producers;
}

GraphOrder sortNodes(llvm::ArrayRef<NodeView> nodes) {
  GraphOrder order;
  llvm::StringMap<size_t> producers = findProducers(nodes, order);
  std::vector<std::vector<size_t>> users(nodes.size());
  std::vector<size_t> waiting(nodes.size());
  for (size_t i = 0; i < nodes.size(); ++i)
    for (const std::string &use : getUses(nodes[i])) {
      auto producer = producers.find(use);
      if (producer == producers.end())
        continue;
      users[producer->second].push_back(i);
      ++waiting[i];
    }
  // The smallest ready index first keeps the order of a sorted file.
  std::priority_queue<size_t, std::vector<size_t>, std::greater<size_t>> ready;
  for (size_t i = 0; i < nodes.size(); ++i)
    if (waiting[i] == 0)
      ready.push(i);
  while (!ready.empty()) {
    size_t node = ready.top();
    ready.pop();
    order.nodes.push_back(node);
    for (size_t user : users[node])
      if (--waiting[user] == 0)
        ready.push(user);
  }
  for (size_t i = 0; i < nodes.size(); ++i)
    if (waiting[i] != 0)
      order.cyclic.push_back(i);
  return order;
}

} // namespace dsc::onnx_import
