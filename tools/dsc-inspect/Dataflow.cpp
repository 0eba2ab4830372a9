// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which step reads what another one wrote: last writers per byte range of every root buffer.

#include "tools/dsc-inspect/PlanView.h"

#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLExtras.h"

namespace dsc::inspect {
namespace {

/// Bytes of a root; unknown ones may be any.
struct Range {
  bool isKnown;
  int64_t begin, size;

  bool overlaps(const Range &other) const {
    return !isKnown || !other.isKnown ||
           (begin - other.begin < other.size && other.begin - begin < size);
  }
  bool covers(const Range &other) const {
    return isKnown && other.isKnown && begin <= other.begin && other.size <= size &&
           other.begin - begin <= size - other.size;
  }
};

class Connector {
public:
  explicit Connector(EntryView &entry) : entry(entry), writers(entry.buffers.size()) {}

  void addStep(int64_t index);
  void addOutput(int64_t node, int64_t root);

private:
  Range rangeOf(int64_t buffer) const;
  void connect(int64_t from, int64_t to, int64_t buffer) {
    if (from != to && seen.insert({from, to}).second)
      entry.edges.push_back({from, to, buffer});
  }

  struct Writer {
    int64_t step;
    Range range;
  };
  EntryView &entry;
  std::vector<std::vector<Writer>> writers; ///< per root, in order
  llvm::DenseSet<std::pair<int64_t, int64_t>> seen;
};

Range Connector::rangeOf(int64_t index) const {
  const BufferView &buffer = entry.buffers[index];
  if (buffer.root == index)
    return {true, 0, INT64_MAX};
  return {buffer.hasOffset && buffer.size.value, buffer.offset, buffer.size.value.value_or(0)};
}

void Connector::addStep(int64_t index) {
  for (auto [buffer, access] : entry.steps[index].arguments) {
    int64_t root = entry.buffers[buffer].root;
    if (!(access & 1))
      continue;
    if (entry.buffers[root].place == "input")
      connect(int64_t(entry.steps.size()) + entry.buffers[root].index, index, buffer);
    Range range = rangeOf(buffer);
    for (const Writer &writer : writers[root])
      if (writer.range.overlaps(range))
        connect(writer.step, index, buffer);
  }
  for (auto [buffer, access] : entry.steps[index].arguments) {
    if (!(access & 2))
      continue;
    Range range = rangeOf(buffer);
    std::vector<Writer> &list = writers[entry.buffers[buffer].root];
    llvm::erase_if(list, [&](const Writer &writer) { return range.covers(writer.range); });
    list.push_back({index, range});
  }
}

void Connector::addOutput(int64_t node, int64_t root) {
  for (const Writer &writer : writers[root])
    connect(writer.step, node, root);
}

} // namespace

void connectSteps(EntryView &entry, size_t inputs, size_t outputs) {
  Connector connector(entry);
  int64_t numSteps = int64_t(entry.steps.size());
  for (int64_t i = 0; i < numSteps; ++i)
    connector.addStep(i);
  for (auto [index, buffer] : llvm::enumerate(entry.buffers))
    if (buffer.place == "output" && buffer.root == int64_t(index))
      connector.addOutput(numSteps + int64_t(inputs) + buffer.index, int64_t(index));
  std::vector<int64_t> order;
  for (size_t i = 0; i < inputs; ++i)
    order.push_back(numSteps + int64_t(i));
  for (int64_t i = 0; i < numSteps; ++i)
    order.push_back(i);
  for (size_t i = 0; i < outputs; ++i)
    order.push_back(numSteps + int64_t(inputs + i));
  entry.layout = layoutGraph(order.size(), entry.edges, order);
}

} // namespace dsc::inspect
