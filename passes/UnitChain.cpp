// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Merges greedily, one boundary at a time; cuts with the partitioner that the runtime has too.

#include "passes/UnitChain.h"

#include "runtime/schema/Partitioner.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <optional>

namespace dsc {
namespace {

struct MergedUnit {
  size_t first;
  int64_t costNs, liveBytes;
  bool isCut;
};

/// The unit to join with the one before it; nothing if none may be.
std::optional<size_t> pickMerge(llvm::ArrayRef<MergedUnit> units, int64_t mostNs) {
  std::optional<size_t> best;
  double bestWidth = -1;
  for (size_t i = 1; i < units.size(); ++i) {
    int64_t costNs = units[i - 1].costNs + units[i].costNs;
    double width = double(units[i].liveBytes) / double(costNs + 1);
    if (units[i].isCut || costNs > mostNs || width <= bestWidth)
      continue;
    best = i;
    bestWidth = width;
  }
  return best;
}

} // namespace

std::vector<size_t> mergeUnits(llvm::ArrayRef<ChainLink> chain, size_t most) {
  std::vector<MergedUnit> units;
  int64_t sumNs = 0, dearestNs = 0;
  for (auto [i, link] : llvm::enumerate(chain)) {
    units.push_back({i, link.costNs, link.liveBytes, link.isCut});
    sumNs += link.costNs;
    dearestNs = std::max(dearestNs, link.costNs);
  }
  // Below twice the average some pair can always be merged.
  int64_t mostNs = std::max(dearestNs, 2 * sumNs / int64_t(most) + 1);
  while (units.size() > most) {
    std::optional<size_t> at = pickMerge(units, mostNs);
    if (!at)
      break;
    units[*at - 1].costNs += units[*at].costNs;
    units.erase(units.begin() + *at);
  }
  std::vector<size_t> firsts;
  for (const MergedUnit &unit : units)
    firsts.push_back(unit.first);
  return firsts;
}

schema::Partition partitionChain(llvm::ArrayRef<ChainLink> chain, uint32_t numStages, std::vector<uint32_t> &stageOfLink) {
  uint32_t numUnits = uint32_t(chain.size());
  std::vector<uint64_t> times, live, none(numUnits);
  std::vector<schema::CutRule> cuts;
  for (uint32_t s = 0; s < numStages; ++s)
    for (const ChainLink &link : chain)
      times.push_back(std::min(uint64_t(link.costNs), schema::CutTable::maxTimeNs));
  for (const ChainLink &link : chain) {
    live.push_back(uint64_t(link.liveBytes));
    cuts.push_back(link.isCut ? schema::CutRule::cut : schema::CutRule::free);
  }
  std::vector<schema::StageLink> links(size_t(numStages) * numStages, schema::inProcessLink);
  std::vector<uint64_t> memory(numStages, schema::CutTable::noCap);
  std::vector<uint64_t> work(schema::partitionWorkWords(numUnits, numStages));
  stageOfLink.assign(numUnits, 0);
  schema::CutTable table = {numUnits,    numStages,   times.data(), none.data(),   none.data(),         live.data(),
                            cuts.data(), links.data(), memory.data(), schema::defaultDepth, schema::defaultGainPercent};
  return schema::partitionUnits(table, work.data(), stageOfLink.data());
}

} // namespace dsc
