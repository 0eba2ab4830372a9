// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Validator: arena roots that share bytes are never live at the same time. Steps run in the order of their index, so
// lifetimes are intervals of steps; a sweep over time keeps the live ranges in order of offset.
#include "runtime/schema/Sort.h"
#include "runtime/src/Validate.h"

#include <algorithm>

namespace dsc::rt {

using namespace schema;

namespace {

/// A set of small integers with neighbours in O(log64 n): a bit per member, a bit per non-empty word above.
class RankSet {
public:
  bool init(uint32_t count, Memory &memory) {
    for (uint64_t n = count; depth == 0 || n > 1; ++depth) {
      n = n / 64 + 1;
      level[depth] = memory.array<uint64_t>(n);
      words[depth] = n;
      if (!level[depth])
        return false;
      if (n == 1)
        n = 0;
    }
    return true;
  }

  void insert(uint32_t i) {
    for (uint32_t d = 0; d < depth; ++d, i /= 64)
      level[d][i / 64] |= uint64_t(1) << i % 64;
  }

  void erase(uint32_t i) {
    for (uint32_t d = 0; d < depth; ++d, i /= 64)
      if (level[d][i / 64] &= ~(uint64_t(1) << i % 64))
        return;
  }

  /// The largest member below i, or the smallest above i; noIndex if there is none.
  uint32_t neighbour(uint32_t i, bool above) const {
    for (uint32_t d = 0; d < depth; ++d, i /= 64) {
      uint64_t bit = uint64_t(1) << i % 64;
      uint64_t found = level[d][i / 64] & (above ? ~(bit | (bit - 1)) : bit - 1);
      if (!found)
        continue;
      i = i / 64 * 64 + pick(found, above);
      while (d--)
        i = i * 64 + pick(level[d][i], above);
      return i;
    }
    return noIndex;
  }

private:
  static uint32_t pick(uint64_t word, bool lowest) {
    return uint32_t(lowest ? __builtin_ctzll(word) : 63 - __builtin_clzll(word));
  }

  uint64_t *level[6] = {};
  uint64_t words[6] = {};
  uint32_t depth = 0;
};

struct LiveRange {
  uint64_t begin, end;
  uint32_t first, last, buffer;
};

} // namespace

dsc_status Validator::checkLiveness(const EntryState &entry) {
  if (entry.open)
    return DSC_OK; // the context places these buffers itself
  for (uint32_t slot = 0; slot < plan.devices()->size(); ++slot)
    if (dsc_status s = checkOverlap(entry, slot))
      return s;
  return DSC_OK;
}

dsc_status Validator::checkOverlap(const EntryState &entry, uint32_t deviceSlot) {
  Memory memory;
  memory.init(&scratch.hooks());
  struct Release {
    Memory &memory;
    ~Release() { memory.releaseAll(); }
  } release{memory};
  auto ranges = memory.array<LiveRange>(entry.numBuffers);
  auto byFirst = memory.array<uint32_t>(entry.numBuffers), byLast = memory.array<uint32_t>(entry.numBuffers);
  if (!ranges || !byFirst || !byLast)
    return outOfMemory();
  uint32_t count = 0;
  for (uint32_t i = 0; i < entry.numBuffers; ++i) {
    const Buffer &buffer = *entry.entry->buffers()->Get(i);
    if (buffer.place() == Place::Arena && entry.root[i] == i && buffer.device_slot() == deviceSlot && buffer.size() &&
        entry.life[i].accessed)
      ranges[count++] = {buffer.offset(), buffer.offset() + buffer.size(), entry.life[i].first, entry.life[i].last, i};
  }
  sortRange(ranges, count, [](const LiveRange &a, const LiveRange &b) {
    return a.begin != b.begin ? a.begin < b.begin : a.buffer < b.buffer;
  });
  for (uint32_t i = 0; i < count; ++i)
    byFirst[i] = byLast[i] = i;
  sortRange(byFirst, count, [&](uint32_t a, uint32_t b) { return ranges[a].first < ranges[b].first; });
  sortRange(byLast, count, [&](uint32_t a, uint32_t b) { return ranges[a].last < ranges[b].last; });

  RankSet live;
  if (!live.init(count, memory))
    return outOfMemory();
  for (uint32_t i = 0, dead = 0; i < count; ++i) {
    uint32_t now = byFirst[i];
    for (; ranges[byLast[dead]].last < ranges[now].first; ++dead)
      live.erase(byLast[dead]);
    uint32_t below = live.neighbour(now, false), above = live.neighbour(now, true);
    if ((below != noIndex && ranges[below].end > ranges[now].begin) ||
        (above != noIndex && ranges[above].begin < ranges[now].end))
      return corrupt("buffer", ranges[now].buffer, "bytes that no other live buffer uses");
    live.insert(now);
  }
  return DSC_OK;
}

} // namespace dsc::rt
