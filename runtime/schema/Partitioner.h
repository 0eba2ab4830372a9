// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where to cut a pipeline: exact min-max partition of a chain of units over devices, for compiler and
// runtime.
//
// Expects the cut table of one entry: what each unit costs on each stage's device, what a cut would send.
// Leaves a stage per unit such that the slowest stage or link is as fast as it can be. Integers only; the
// caller owns all memory.
//
// The problem is chains-on-chains partitioning. The recurrence is that of PipeDream (Narayanan et al., SOSP
// 2019), with the transfer inside the maximum because it overlaps with compute, on one fixed order of the
// units. Extended here by a device per stage, memory, stages left unused, links that occupy both ends, and
// the best result per number of stages.
#ifndef DSC_RUNTIME_SCHEMA_PARTITIONER_H
#define DSC_RUNTIME_SCHEMA_PARTITIONER_H

#include "runtime/schema/PartitionSearch.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace dsc::schema {

namespace detail {

/// Picks the number of stages: the fewest possible, then more where every further one pays.
inline void chooseStages(const Search &search, Partition &result) {
  result.bottleneckNs = result.optimumNs = unreachable;
  for (uint32_t m = 1; m <= search.table.numStages; ++m) {
    uint64_t best = bestOf(search, m);
    if (best < result.optimumNs) {
      result.optimumNs = best;
      result.optimumStages = m;
    }
    using Wide = unsigned __int128;
    uint32_t further = m - result.stagesUsed;
    bool pays =
        best < result.bottleneckNs && Wide(result.bottleneckNs - best) * 100 >=
                                          Wide(result.bottleneckNs) * search.table.minGainPercent * further;
    if (best != unreachable && (result.stagesUsed == 0 || pays)) {
      result.bottleneckNs = best;
      result.stagesUsed = m;
    }
  }
}

/// Grows `slice`, the first of the last m stages, to the first end within the bound; false if none is.
inline bool growWithin(const Search &search, uint32_t m, uint64_t bound, Slice &slice) {
  uint64_t best[CutTable::maxStages + 1];
  std::fill_n(best, CutTable::maxStages + 1, unreachable);
  while (slice.grow()) {
    if (slice.mayEnd())
      relax(search, slice, m, best);
    if (best[m] <= bound)
      return true;
  }
  return false;
}

/// Writes the first partition into m stages that keeps the bound, which one must: earliest first cut, then
/// earliest first device, then the same for the second stage, and so on.
inline void assignStages(const Search &search, uint32_t m, uint64_t bound, uint32_t *stageOfUnit) {
  const uint32_t numUnits = search.table.numUnits;
  uint32_t first = 0, sender = 0;
  uint64_t senderNs = 0;
  for (; m > 0; --m) {
    uint32_t end = numUnits + 1, stage = 0;
    uint64_t stageNs = 0;
    for (uint32_t s = first == 0 ? 0 : sender + 1; s < search.table.numStages; ++s) {
      uint64_t linkNs = first == 0 ? 0 : search.linkNs(sender, s, first);
      uint64_t blockedNs = first > 0 && search.blocking(sender, s) ? linkNs : 0;
      if (linkNs > bound || senderNs + blockedNs > bound)
        continue;
      Slice slice(search, s, first, blockedNs);
      if (growWithin(search, m, bound, slice) && slice.end < end) {
        end = slice.end;
        stage = s;
        stageNs = slice.timeNs;
      }
    }
    for (; first < std::min(end, numUnits); ++first)
      stageOfUnit[first] = stage;
    sender = stage;
    senderNs = stageNs;
  }
}

/// Checks each unit alone and adds up the lower bound.
inline void judgeUnits(const CutTable &table, Partition &result) {
  uint64_t sum = 0, most = 0;
  for (uint32_t unit = 0; unit < table.numUnits; ++unit) {
    uint64_t least = CutTable::cannotRun;
    bool fits = false, valid = true;
    for (uint32_t s = 0; s < table.numStages; ++s) {
      uint64_t time = table.timesNs[size_t(s) * table.numUnits + unit];
      if (time == CutTable::cannotRun)
        continue;
      valid &= time <= CutTable::maxTimeNs;
      least = std::min(least, time);
      fits |= addBytes(table.weightBytes[unit], table.arenaBytes[unit]) <= table.memoryBytes[s];
    }
    bool runs = least != CutTable::cannotRun;
    if (!valid || !runs || !fits) {
      result.unit = unit;
      result.failure = !runs    ? PartitionFailure::noDevice
                       : !valid ? PartitionFailure::time
                                : PartitionFailure::unitTooLarge;
      return;
    }
    sum += least;
    most = std::max(most, least);
  }
  result.lowerBoundNs = std::max(most, sum / table.numStages + (sum % table.numStages != 0));
}

/// Why a chain of units that could each run has no partition.
inline PartitionFailure explain(Search search) {
  uint32_t forced = 0;
  for (uint32_t k = 1; search.table.cuts && k < search.table.numUnits; ++k)
    forced += search.table.cuts[k] == CutRule::cut;
  if (forced >= search.table.numStages)
    return PartitionFailure::tooManyCuts;
  search.capped = false;
  fill(search);
  for (uint32_t m = 1; m <= search.table.numStages; ++m)
    if (bestOf(search, m) != unreachable)
      return PartitionFailure::memory;
  return PartitionFailure::order;
}

} // namespace detail

/// Words of work memory for `partitionUnits`; 0 if the table would be refused for its counts.
inline size_t partitionWorkWords(uint32_t numUnits, uint32_t numStages) {
  if (numUnits == 0 || numStages == 0 || numUnits > CutTable::maxUnits || numStages > CutTable::maxStages)
    return 0;
  return size_t(numStages) * (numStages + 1) / 2 * numUnits * (numStages + 1);
}

/// Partitions `table`: with the stages it uses none is faster. `work` is room for `partitionWorkWords`,
/// `stageOfUnit` for `numUnits` results; the latter is written only on success. Fewest stages first: a
/// further one must pay `minGainPercent` of the bottleneck. Ties go to the earliest first cut, then the
/// earliest first device, then the same for the second stage, and so on. Takes O(units^2 * stages^2) steps,
/// O(units^2 * stages^4) where every link blocks and none like another.
inline Partition partitionUnits(const CutTable &table, uint64_t *work, uint32_t *stageOfUnit) {
  Partition result = {};
  if (partitionWorkWords(table.numUnits, table.numStages) == 0) {
    result.failure = PartitionFailure::counts;
    return result;
  }
  detail::judgeUnits(table, result);
  if (result.failure != PartitionFailure::none)
    return result;
  detail::Search search = {table, work, true};
  detail::fill(search);
  detail::chooseStages(search, result);
  if (result.stagesUsed == 0) {
    result.failure = detail::explain(search);
    result.bottleneckNs = result.optimumNs = 0;
    return result;
  }
  detail::assignStages(search, result.stagesUsed, result.bottleneckNs, stageOfUnit);
  return result;
}

} // namespace dsc::schema
#endif
