// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The partitioner's oracle: a cut table that owns its arrays, random ones, and the best partition by trying
// all of them.
#ifndef DSC_TEST_UNIT_RUNTIME_PARTITIONERREFERENCE_H
#define DSC_TEST_UNIT_RUNTIME_PARTITIONERREFERENCE_H

#include "runtime/schema/CutTable.h"

#include <algorithm>
#include <random>
#include <tuple>
#include <utility>
#include <vector>

namespace dsc::test {

/// A cut table with its arrays; without further words all is free: memory, transfers, cuts.
struct OwnedCutTable {
  uint32_t numUnits, numStages, depth = 0, minGainPercent = 0;
  std::vector<uint64_t> times, weights, arenas, live, memory;
  std::vector<schema::CutRule> cuts;
  std::vector<schema::StageLink> links;

  OwnedCutTable(uint32_t units, uint32_t stages, uint64_t time = 1)
      : numUnits(units), numStages(stages), times(size_t(units) * stages, time), weights(units),
        arenas(units), live(units), memory(stages, schema::CutTable::noCap), cuts(units),
        links(stages * stages, {0, 1, false}) {}

  schema::CutTable view() const {
    return {numUnits,    numStages,    times.data(),  weights.data(), arenas.data(), live.data(),
            cuts.data(), links.data(), memory.data(), depth,          minGainPercent};
  }
};

/// One partition, or none where `stages` is 0. `keys` are (end, device) of each stage: what ties go by.
struct ReferencePartition {
  unsigned __int128 bottleneck = 0;
  std::vector<std::pair<uint32_t, uint32_t>> keys;
  size_t stages() const { return keys.size(); }
};

/// What one stage of a partition needs, in arithmetic that does not overflow.
struct ReferenceStage {
  unsigned __int128 time = 0, weight = 0, arena = 0, live = 0;
};

/// Adds units [first, end) on a device; false if it cannot run one or a cut is asked for between them.
inline bool addUnits(const OwnedCutTable &table, uint32_t device, uint32_t first, uint32_t end,
                     ReferenceStage &stage) {
  for (uint32_t unit = first; unit < end; ++unit) {
    uint64_t time = table.times[device * table.numUnits + unit];
    if (time == schema::CutTable::cannotRun || (unit > first && table.cuts[unit] == schema::CutRule::cut))
      return false;
    stage.time += time;
    stage.weight += table.weights[unit];
    stage.arena = std::max<unsigned __int128>(stage.arena, table.arenas[unit]);
  }
  return true;
}

/// Adds what the cut before unit k means for one of its ends; false if there may be none or no way across.
inline bool addTransfer(const OwnedCutTable &table, uint32_t from, uint32_t to, uint32_t k,
                        ReferenceStage &stage, unsigned __int128 &bottleneck) {
  using Wide = unsigned __int128;
  const schema::StageLink &link = table.links[from * table.numStages + to];
  if (link.bytesPerMicrosecond == 0 || table.cuts[k] == schema::CutRule::keep)
    return false;
  Wide bytes = Wide(table.live[k]) * 1000, rate = link.bytesPerMicrosecond, most = Wide(1) << 60;
  Wide ns = bytes > UINT64_MAX ? most : std::min(most, (bytes + rate - 1) / rate + link.latencyNs);
  stage.live += table.live[k];
  stage.time += link.blocking ? ns : 0;
  bottleneck = std::max(bottleneck, ns);
  return true;
}

/// Whether `partition` is allowed in `table`, and how slow it is: written from the definition.
inline bool evaluate(const OwnedCutTable &table, bool capped, ReferencePartition &partition) {
  partition.bottleneck = 0;
  for (size_t i = 0; i < partition.stages(); ++i) {
    auto [end, device] = partition.keys[i];
    uint32_t first = i > 0 ? partition.keys[i - 1].first : 0;
    ReferenceStage stage;
    if (!addUnits(table, device, first, end, stage) ||
        (i > 0 &&
         !addTransfer(table, partition.keys[i - 1].second, device, first, stage, partition.bottleneck)) ||
        (i + 1 < partition.stages() &&
         !addTransfer(table, device, partition.keys[i + 1].second, end, stage, partition.bottleneck)))
      return false;
    uint64_t cap = table.memory[device];
    if (capped && cap != schema::CutTable::noCap &&
        stage.weight + stage.arena + table.depth * stage.live > cap)
      return false;
    partition.bottleneck = std::max(partition.bottleneck, stage.time);
  }
  return true;
}

/// The best partition for each number of stages: all contiguous ones times all increasing choices of devices.
inline std::vector<ReferencePartition> bruteForce(const OwnedCutTable &table, bool capped) {
  std::vector<ReferencePartition> best(table.numStages + 1);
  for (uint32_t boundaries = 0; boundaries < 1u << (table.numUnits - 1); ++boundaries)
    for (uint32_t devices = 1; devices < 1u << table.numStages; ++devices) {
      ReferencePartition tried;
      uint32_t end = 0;
      for (uint32_t device = 0; device < table.numStages && end < table.numUnits; ++device) {
        if (!(devices >> device & 1))
          continue;
        do
          ++end;
        while (end < table.numUnits && !(boundaries >> (end - 1) & 1));
        tried.keys.push_back({end, device});
      }
      bool allUsed = tried.stages() == size_t(__builtin_popcount(devices));
      if (end != table.numUnits || !allUsed || !evaluate(table, capped, tried))
        continue;
      ReferencePartition &known = best[tried.stages()];
      if (known.keys.empty() ||
          std::tie(tried.bottleneck, tried.keys) < std::tie(known.bottleneck, known.keys))
        known = tried;
    }
  return best;
}

/// A random small instance; half of them have so few different numbers that ties are common.
inline OwnedCutTable randomCutTable(std::mt19937_64 &random) {
  auto below = [&](uint64_t bound) { return random() % bound; };
  auto chance = [&](uint64_t percent) { return below(100) < percent; };
  OwnedCutTable table(uint32_t(1 + below(9)), uint32_t(1 + below(4)));
  const uint64_t range = chance(50) ? 4 : 100000, forbidden = chance(40) ? below(30) : 0;
  for (uint64_t &time : table.times)
    time = chance(forbidden) ? schema::CutTable::cannotRun : 1 + below(range);
  for (auto *sizes : {&table.weights, &table.arenas, &table.live})
    for (uint64_t &bytes : *sizes)
      bytes = below(20);
  const uint64_t blocking = chance(50) ? below(101) : 0, missing = chance(30) ? below(50) : 0;
  for (schema::StageLink &link : table.links)
    link = {below(2) * below(range), chance(missing) ? 0 : 1 + below(10000 / range + 20), chance(blocking)};
  if (chance(60))
    for (uint64_t &bytes : table.memory)
      bytes = chance(20) ? schema::CutTable::noCap : 20 + below(40 * (1 + table.numUnits / table.numStages));
  if (chance(35))
    for (schema::CutRule &rule : table.cuts)
      rule = chance(70) ? schema::CutRule::free : chance(60) ? schema::CutRule::keep : schema::CutRule::cut;
  table.depth = uint32_t(below(4));
  table.minGainPercent = chance(50) ? 5 : uint32_t(below(60));
  return table;
}

} // namespace dsc::test
#endif
