// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Validator: what an entry owns besides its buffers and steps: sizes at its bounds, arenas, tensor maps, costs.
#include "runtime/src/Validate.h"

#include <algorithm>

namespace dsc::rt {

using namespace schema;

namespace {

constexpr uint32_t maxMapRank = 5, maxMapEnum = 7;

/// Work space of one entry.
struct ScopedMemory : Memory {
  explicit ScopedMemory(const dsc_allocator &hooks) { init(&hooks); }
  ~ScopedMemory() { releaseAll(); }
};

} // namespace

dsc_status Validator::checkEntry(FunctionState &state, const Entry &entry) {
  if (entry.programs()->size() == 0)
    return corrupt("programs", 0, "a main program");
  if (entry.programs()->size() != 1)
    return fail(error, DSC_E_VERSION, 1, "the plan has sub-programs, which need a newer runtime");
  ScopedMemory memory(scratch.hooks());
  EntryState work = {};
  work.entry = &entry;
  work.open = entry.open();
  work.numBuffers = entry.buffers()->size();
  work.numSteps = entry.programs()->Get(0)->steps()->size();
  if (work.numSteps > input.maxSteps)
    return fail(error, DSC_E_LIMIT, work.numSteps, "expected at most %u steps, but got %u", input.maxSteps, work.numSteps);
  if (!spend(work.numBuffers) || !spend(work.numSteps))
    return corrupt("entry", 0, "no shared tables");
  work.root = memory.array<uint32_t>(work.numBuffers);
  work.bufferReady = memory.array<int32_t>(work.numBuffers);
  work.life = memory.array<RootLife>(work.numBuffers);
  if (!work.root || !work.bufferReady || !work.life)
    return outOfMemory();
  if (dsc_status s = checkReadDims(state, entry))
    return s;
  computeReady(*state.function, entry, state.ready);
  if (dsc_status s = evaluateAtBounds(state, entry))
    return s;
  if (dsc_status s = checkArenas(entry))
    return s;
  if (dsc_status s = checkBuffers(state, work))
    return s;
  if (dsc_status s = checkMaps(state, work))
    return s;
  if (dsc_status s = checkSteps(state, work))
    return s;
  if (dsc_status s = checkLiveness(work))
    return s;
  if (dsc_status s = checkUnits(work))
    return s;
  return checkCosts(state, work);
}

/// Slots at the entry's bounds. What depends on data may be anything, an open bound has no value: neither is known.
dsc_status Validator::evaluateAtBounds(FunctionState &state, const Entry &entry) {
  const Function &function = *state.function;
  uint32_t numSymbols = function.symbols()->size(), slot = numSymbols;
  for (uint32_t i = 0; i < numSymbols; ++i) {
    state.atBounds[i] = entry.bounds()->Get(i);
    state.known[i] = state.ready[i] == readyAtStart && state.atBounds[i] != INT64_MAX;
  }
  for (int64_t constant : *function.constants()) {
    state.atBounds[slot] = constant;
    state.known[slot++] = true;
  }
  if (!spend(function.ops()->size()))
    return corrupt("entry", 0, "a shorter shape program");
  for (const ShapeOp *op : *function.ops()) {
    state.known[slot] = state.known[op->a()] && state.known[op->b()];
    if (state.known[slot] && !applyOp(op->op(), state.atBounds[op->a()], state.atBounds[op->b()], state.atBounds[slot]))
      return corrupt("slot", slot, "a shape program without overflow or division by zero at the bounds");
    ++slot;
  }
  if (!spend(uint64_t(function.inputs()->size()) + function.outputs()->size()))
    return corrupt("entry", 0, "no shared tables");
  for (const TensorDesc *tensor : *function.inputs())
    for (uint32_t dim : *tensor->shape())
      if (state.ready[dim] != readyAtStart)
        return corrupt("slot", dim, "a size of an input that does not depend on data");
  for (const auto *tensors : {function.inputs(), function.outputs()})
    for (const TensorDesc *tensor : *tensors)
      for (uint32_t dim : *tensor->shape())
        if (state.known[dim] && state.atBounds[dim] < 0)
          return corrupt("slot", dim, "a size that is not negative at the bounds");
  return DSC_OK;
}

dsc_status Validator::checkArenas(const Entry &entry) {
  if (entry.arenas()->size() != plan.devices()->size())
    return corrupt("arenas", entry.arenas()->size(), "one for each device slot");
  for (uint32_t i = 0; i < entry.arenas()->size(); ++i) {
    if (entry.open() && entry.arenas()->Get(i))
      return corrupt("arena", i, "no size in an open entry");
    if (entry.arenas()->Get(i) > input.maxArenaBytes)
      return fail(error, DSC_E_LIMIT, i, "expected at most %llu bytes of arena, but got %llu",
                  static_cast<unsigned long long>(input.maxArenaBytes),
                  static_cast<unsigned long long>(entry.arenas()->Get(i)));
  }
  return DSC_OK;
}

dsc_status Validator::checkMaps(const FunctionState &state, const EntryState &entry) {
  uint32_t count = sizeOf(entry.entry->maps());
  if (!spend(count))
    return corrupt("maps", count, "fewer");
  for (uint32_t i = 0; i < count; ++i) {
    const TensorMap &map = *entry.entry->maps()->Get(i);
    uint32_t rank = map.dims()->size();
    if (map.buffer() >= entry.numBuffers || !elementBits(map.dtype()))
      return corrupt("map", i, "a buffer that exists and a known element type");
    if (rank == 0 || rank > maxMapRank || map.strides()->size() + 1 != rank || map.box()->size() != rank ||
        map.element_strides()->size() != rank)
      return corrupt("map", i, "a rank of 1 to 5");
    if (!areSlots(state, map.dims()) || !areSlots(state, map.strides()) || !spend(2 * rank))
      return corrupt("map", i, "slots that exist");
    if (std::max({map.swizzle(), map.l2_promotion(), map.oob_fill(), map.interleave()}) > maxMapEnum)
      return corrupt("map", i, "known modes");
  }
  return DSC_OK;
}

dsc_status Validator::checkCosts(const FunctionState &state, const EntryState &entry) {
  uint32_t numSymbols = state.function->symbols()->size();
  for (uint32_t i = 0, n = sizeOf(entry.entry->costs()); i < n; ++i) {
    const CostPoint &point = *entry.entry->costs()->Get(i);
    if (point.bounds()->size() != numSymbols || !spend(1 + numSymbols) ||
        (numSymbols && reinterpret_cast<uintptr_t>(point.bounds()->Data()) % sizeof(int64_t)))
      return corrupt("cost", i, "a size for each symbol");
    for (uint32_t k = 0; k < numSymbols; ++k)
      if (point.bounds()->Get(k) < 0 || point.bounds()->Get(k) > entry.entry->bounds()->Get(k))
        return corrupt("cost", i, "sizes inside the bounds of the entry");
    if (!(point.predicted_us() >= 0 && point.predicted_us() <= maxMicroseconds))
      return corrupt("cost", i, "a finite time");
  }
  return DSC_OK;
}

} // namespace dsc::rt
