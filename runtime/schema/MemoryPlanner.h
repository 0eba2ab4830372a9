// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Static memory planner, greedy with first fit, shared by the compiler and by contexts of plans with open bounds.
//
// Expects root buffers only: the caller merges every view's lifetime into its root. Leaves an offset per buffer such that
// buffers live at the same time never share a byte. Placing by size meets the lower bound on real networks; where it does
// not, two other orders are tried and the best result is kept.
#ifndef DSC_RUNTIME_SCHEMA_MEMORYPLANNER_H
#define DSC_RUNTIME_SCHEMA_MEMORYPLANNER_H

#include "runtime/schema/Sort.h"

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
  sortRange(first, count, [&](uint32_t a, uint32_t b) { return buffers[a].firstUse < buffers[b].firstUse; });
  sortRange(last, count, [&](uint32_t a, uint32_t b) { return buffers[a].lastUse < buffers[b].lastUse; });
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

/// What is placed first: large buffers, those that block most bytes for most steps, or those that live longest.
enum class PlacementOrder { size, area, duration };

/// Sort key of a buffer, larger first; 128 bits hold size times duration.
inline unsigned __int128 placementKey(const PlannedBuffer &buffer, PlacementOrder order) {
  uint64_t duration = uint64_t(buffer.lastUse) - buffer.firstUse + 1;
  if (order == PlacementOrder::duration)
    return static_cast<unsigned __int128>(duration) << 64 | buffer.bytes;
  return order == PlacementOrder::size ? buffer.bytes : static_cast<unsigned __int128>(buffer.bytes) * duration;
}

/// Places all buffers in one order and returns the bytes needed.
inline uint64_t placeInOrder(PlannedBuffer *buffers, size_t count, PlacementOrder by, uint32_t *order,
                             uint32_t *byOffset) {
  for (size_t i = 0; i < count; ++i)
    order[i] = uint32_t(i);
  sortRange(order, count, [&](uint32_t a, uint32_t b) {
    unsigned __int128 keyA = placementKey(buffers[a], by), keyB = placementKey(buffers[b], by);
    if (keyA != keyB)
      return keyA > keyB;
    return buffers[a].firstUse != buffers[b].firstUse ? buffers[a].firstUse < buffers[b].firstUse : a < b;
  });
  uint64_t arenaBytes = 0;
  size_t placed = 0;
  for (size_t i = 0; i < count; ++i) {
    PlannedBuffer &buffer = buffers[order[i]];
    if (buffer.bytes == 0)
      continue;
    buffer.offset = firstFit(buffers, buffer, byOffset, placed);
    arenaBytes = std::max(arenaBytes, buffer.offset + buffer.bytes);
    uint32_t *at = std::upper_bound(byOffset, byOffset + placed, buffer.offset,
                                    [&](uint64_t offset, uint32_t other) { return offset < buffers[other].offset; });
    std::copy_backward(at, byOffset + placed, byOffset + placed + 1);
    *at = order[i];
    ++placed;
  }
  return arenaBytes;
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
  detail::PlacementOrder best = detail::PlacementOrder::size, last = best;
  plan.arenaBytes = detail::placeInOrder(buffers, count, best, order, byOffset);
  for (detail::PlacementOrder next : {detail::PlacementOrder::area, detail::PlacementOrder::duration}) {
    if (plan.arenaBytes == plan.lowerBound)
      return true;
    last = next;
    uint64_t bytes = detail::placeInOrder(buffers, count, next, order, byOffset);
    if (bytes < plan.arenaBytes) {
      plan.arenaBytes = bytes;
      best = next;
    }
  }
  if (last != best)
    detail::placeInOrder(buffers, count, best, order, byOffset);
  return true;
}

} // namespace dsc::schema
#endif
