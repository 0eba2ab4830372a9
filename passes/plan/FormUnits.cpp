// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The cut table of a plan: units, what each costs and reads of the weights, and what is alive behind it.

#include "passes/UnitChain.h"
#include "passes/plan/PlanRecords.h"

#include "llvm/ADT/DenseSet.h"

using namespace mlir;

namespace dsc {
namespace {

class UnitFormer {
public:
  explicit UnitFormer(const PlanRecords &records) : records(records) {}

  std::vector<UnitRecord> run();

private:
  std::vector<int64_t> findLinks() const;
  SmallVector<int64_t> getLive(int64_t end) const;
  int64_t getWeightBytes(const UnitRecord &unit) const;
  int64_t getRoot(int64_t buffer) const {
    while (records.buffers[buffer].parent != plan::none)
      buffer = records.buffers[buffer].parent;
    return buffer;
  }

  const PlanRecords &records;
};

/// The steps a unit may begin with: the first one, and every launch behind another.
std::vector<int64_t> UnitFormer::findLinks() const {
  std::vector<int64_t> links;
  bool isBehindLaunch = false;
  for (auto [i, step] : llvm::enumerate(records.steps)) {
    bool isLaunch = step.kind == plan::StepKind::Launch;
    if (i == 0 || (isLaunch && isBehindLaunch))
      links.push_back(int64_t(i));
    isBehindLaunch |= isLaunch;
  }
  return links;
}

/// Roots alive between step `end` - 1 and step `end`: what is there and will be read, and outputs, which are handed on.
SmallVector<int64_t> UnitFormer::getLive(int64_t end) const {
  SmallVector<int64_t> live;
  for (auto [i, buffer] : llvm::enumerate(records.buffers)) {
    bool isInput = buffer.place == plan::Place::Input, isOutput = buffer.place == plan::Place::Output;
    if (buffer.parent != plan::none || buffer.firstUse < 0 || !(isInput || isOutput || buffer.place == plan::Place::Arena))
      continue;
    if ((isInput || buffer.firstUse < end) && (isOutput || buffer.lastUse >= end))
      live.push_back(int64_t(i));
  }
  return live;
}

int64_t UnitFormer::getWeightBytes(const UnitRecord &unit) const {
  llvm::DenseSet<int64_t> offsets;
  int64_t bytes = 0;
  for (const StepRecord &step : ArrayRef(records.steps).slice(unit.firstStep, unit.numSteps))
    for (int64_t index : step.buffers) {
      const BufferRecord &root = records.buffers[getRoot(index)];
      if (root.place == plan::Place::Weights && offsets.insert(root.offset).second)
        bytes += root.size;
    }
  return bytes;
}

std::vector<UnitRecord> UnitFormer::run() {
  std::vector<int64_t> links = findLinks();
  std::vector<ChainLink> chain;
  auto getEnd = [&](size_t link) { return link + 1 < links.size() ? links[link + 1] : int64_t(records.steps.size()); };
  for (size_t i = 0; i < links.size(); ++i) {
    ChainLink link;
    for (int64_t step = links[i]; step < getEnd(i); ++step)
      link.costNs += records.steps[step].costNs;
    int64_t before = i > 0 ? records.steps[links[i - 1]].stage : 0;
    link.isCut = i > 0 && records.steps[links[i]].stage > before;
    chain.push_back(link);
  }
  if (chain.size() > mostUnits)
    for (size_t i = 1; i < links.size(); ++i)
      for (int64_t index : getLive(links[i]))
        chain[i].liveBytes += records.buffers[index].size;
  std::vector<UnitRecord> units;
  std::vector<size_t> firsts = mergeUnits(chain);
  for (auto [i, first] : llvm::enumerate(firsts)) {
    size_t end = i + 1 < firsts.size() ? firsts[i + 1] : links.size();
    UnitRecord unit;
    unit.firstStep = links[first];
    unit.numSteps = getEnd(end - 1) - unit.firstStep;
    for (size_t link = first; link < end; ++link)
      unit.costNs += chain[link].costNs;
    unit.weightBytes = getWeightBytes(unit);
    unit.stage = units.empty() ? 0 : units.back().stage + chain[first].isCut;
    if (end < links.size())
      unit.liveAfter = getLive(unit.firstStep + unit.numSteps);
    units.push_back(std::move(unit));
  }
  return units;
}

} // namespace

std::vector<UnitRecord> formUnits(const PlanRecords &records) { return UnitFormer(records).run(); }

} // namespace dsc
