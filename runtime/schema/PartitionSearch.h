// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The recurrence of the partitioner: for every tail of the units, the best bottleneck per number of stages.
//
// Expects a table whose counts and times are within its limits. Leaves cells that Partitioner.h reads its
// answer from.
#ifndef DSC_RUNTIME_SCHEMA_PARTITIONSEARCH_H
#define DSC_RUNTIME_SCHEMA_PARTITIONSEARCH_H

#include "runtime/schema/CutTable.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace dsc::schema::detail {

constexpr uint64_t unreachable = UINT64_MAX;
constexpr uint64_t longestTransferNs = uint64_t(1) << 60;

inline uint64_t addBytes(uint64_t a, uint64_t b) { return a > UINT64_MAX - b ? UINT64_MAX : a + b; }
inline uint64_t scaleBytes(uint64_t bytes, uint32_t by) {
  return by != 0 && bytes > UINT64_MAX / by ? UINT64_MAX : bytes * by;
}

/// Latency plus bytes over bandwidth, rounded up, at most `longestTransferNs`; `unreachable` without a link.
inline uint64_t transferNs(const StageLink &link, uint64_t bytes) {
  if (link.bytesPerMicrosecond == 0)
    return unreachable;
  if (bytes > UINT64_MAX / 1000 || link.latencyNs > longestTransferNs)
    return longestTransferNs;
  uint64_t quotient = bytes * 1000 / link.bytesPerMicrosecond;
  uint64_t ns = quotient + (bytes * 1000 % link.bytesPerMicrosecond != 0);
  return std::min(std::min(ns, longestTransferNs) + link.latencyNs, longestTransferNs);
}

/// One run over a table. `cell(q, s, k)[m]` is the best bottleneck of the units from k on with m stages, the
/// first of them s, fed by q; q == s stands for no sender. `cell(q, s, k)[0]` is what that adds to the
/// compute of q, or `unreachable`: do not look. Times stay below 2^63.
struct Search {
  const CutTable &table;
  uint64_t *cells;
  bool capped; ///< memory counts

  uint64_t *cell(uint32_t q, uint32_t s, uint32_t k) const {
    return cells + ((size_t(s) * (s + 1) / 2 + q) * table.numUnits + k) * (table.numStages + 1);
  }
  bool blocking(uint32_t q, uint32_t s) const { return table.links[q * table.numStages + s].blocking; }
  uint64_t linkNs(uint32_t q, uint32_t s, uint32_t k) const {
    return transferNs(table.links[q * table.numStages + s], table.liveBytes[k]);
  }
};

/// Units [first, end) on one stage, grown one by one: prefix sums could not hold "cannot run".
struct Slice {
  const Search &search;
  uint32_t stage, first, end;
  uint64_t timeNs; ///< starts with what the sender's link blocks
  uint64_t weightBytes = 0, arenaBytes = 0;

  Slice(const Search &search, uint32_t stage, uint32_t first, uint64_t blockedNs)
      : search(search), stage(stage), first(first), end(first), timeNs(blockedNs) {}

  CutRule ruleAt(uint32_t k) const { return search.table.cuts ? search.table.cuts[k] : CutRule::free; }

  /// Takes the next unit behind. False if neither this slice nor a longer one is possible.
  bool grow() {
    if (end == search.table.numUnits || (end > first && ruleAt(end) == CutRule::cut))
      return false;
    return take(end++);
  }

  /// Takes the next unit in front; otherwise like `grow`.
  bool growFront() {
    if (first == 0 || (end > first && ruleAt(first) == CutRule::cut))
      return false;
    return take(--first);
  }

  bool take(uint32_t unit) {
    const CutTable &table = search.table;
    uint64_t time = table.timesNs[size_t(stage) * table.numUnits + unit];
    if (time == CutTable::cannotRun)
      return false;
    timeNs += time;
    weightBytes = addBytes(weightBytes, table.weightBytes[unit]);
    arenaBytes = std::max(arenaBytes, table.arenaBytes[unit]);
    return !search.capped || addBytes(weightBytes, arenaBytes) <= table.memoryBytes[stage];
  }

  /// Whether the stage may end here. Live bytes go up and down: where this does not fit, a longer one may.
  bool mayEnd() const {
    const CutTable &table = search.table;
    if (end < table.numUnits && ruleAt(end) == CutRule::keep)
      return false;
    uint64_t live = first > 0 ? table.liveBytes[first] : 0;
    live = addBytes(live, end < table.numUnits ? table.liveBytes[end] : 0);
    uint64_t bytes = addBytes(addBytes(weightBytes, arenaBytes), scaleBytes(live, table.depth));
    return !search.capped || bytes <= table.memoryBytes[stage];
  }
};

/// The recurrence: lowers best[m], m up to `most`, to the bottleneck with `slice` as the first of m stages.
inline void relax(const Search &search, const Slice &slice, uint32_t most, uint64_t *best) {
  if (slice.end == search.table.numUnits) {
    best[1] = std::min(best[1], slice.timeNs);
    return;
  }
  for (uint32_t r = slice.stage + 1; r < search.table.numStages; ++r) {
    const uint64_t *rest = search.cell(slice.stage, r, slice.end);
    if (rest[0] == unreachable)
      continue;
    for (uint32_t m = 2; m <= most; ++m)
      best[m] = std::min(best[m], std::max(slice.timeNs + rest[0], rest[m - 1]));
  }
}

/// Computes a cell by trying every end of its first stage, which starts with what the sender's link blocks.
/// Expects the result for one stage, and `unreachable` for more.
inline void relaxAll(const Search &search, uint32_t s, uint32_t k, uint64_t blockedNs, uint64_t *best) {
  uint32_t most = std::min(search.table.numStages - s, search.table.numUnits - k);
  for (Slice slice(search, s, k, blockedNs); slice.grow();) {
    while (most > 1 && slice.timeNs >= best[most])
      --most;
    if (most <= 1)
      return;
    if (slice.mayEnd())
      relax(search, slice, most, best);
  }
}

/// Joins receivers of stage s that load it alike: it never asks which one it was.
inline void joinReceivers(const Search &search, uint32_t s) {
  for (uint32_t k = 1; k < search.table.numUnits; ++k)
    for (uint32_t r = s + 1; r < search.table.numStages; ++r) {
      uint64_t *cell = search.cell(s, r, k), *other = cell;
      for (uint32_t p = s + 1; p < r && other == cell; ++p)
        if (search.cell(s, p, k)[0] == cell[0])
          other = search.cell(s, p, k);
      if (other == cell || cell[0] == unreachable)
        continue;
      for (uint32_t m = 1; m <= search.table.numStages; ++m)
        other[m] = std::min(other[m], cell[m]);
      cell[0] = unreachable;
    }
}

/// Fills the cells (q, s, k) of all senders q; `alone` is cell (s, s, k).
inline void fillSenders(const Search &search, uint32_t s, uint32_t k, const uint64_t *alone) {
  const uint32_t numStages = search.table.numStages;
  for (uint32_t q = 0; q < s; ++q) {
    uint64_t *cell = search.cell(q, s, k), linkNs = search.linkNs(q, s, k);
    bool blocking = search.blocking(q, s);
    std::fill_n(cell, numStages + 1, unreachable);
    if (linkNs == unreachable)
      continue;
    cell[0] = blocking ? linkNs : 0;
    const uint64_t *known = blocking ? nullptr : alone;
    for (uint32_t p = 0; p < q && !known; ++p)
      if (search.blocking(p, s) && search.cell(p, s, k)[0] == linkNs)
        known = search.cell(p, s, k);
    for (uint32_t m = 1; known && m <= numStages; ++m)
      cell[m] = std::max(linkNs, known[m]);
    if (known)
      continue;
    cell[1] = alone[1] == unreachable ? unreachable : alone[1] + linkNs;
    relaxAll(search, s, k, linkNs, cell);
  }
}

/// Fills the cells whose first stage is s; those of later stages are full.
inline void fillStage(const Search &search, uint32_t s) {
  const CutTable &table = search.table;
  joinReceivers(search, s);
  bool overlaps = false; // some sender's transfer does not load s
  for (uint32_t q = 0; q < s; ++q)
    overlaps |= !search.blocking(q, s);
  Slice tail(search, s, table.numUnits, 0); // all units from k on
  bool runs = true;
  for (uint32_t k = table.numUnits; k-- > 0;) {
    runs = runs && tail.growFront();
    uint64_t *alone = search.cell(s, s, k);
    std::fill_n(alone, table.numStages + 1, unreachable);
    alone[1] = runs && tail.mayEnd() ? tail.timeNs : unreachable;
    if (k == 0 || overlaps)
      relaxAll(search, s, k, 0, alone);
    if (k > 0)
      fillSenders(search, s, k, alone);
  }
}

/// Fills all cells; the best bottleneck of exactly m stages is then `bestOf(search, m)`.
inline void fill(const Search &search) {
  for (uint32_t s = search.table.numStages; s-- > 0;)
    fillStage(search, s);
}

inline uint64_t bestOf(const Search &search, uint32_t m) {
  uint64_t best = unreachable;
  for (uint32_t s = 0; s < search.table.numStages; ++s)
    best = std::min(best, search.cell(s, s, 0)[m]);
  return best;
}

} // namespace dsc::schema::detail
#endif
