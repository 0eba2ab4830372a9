// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Validator: buffers of an entry lie inside their parent, arena, segment or tensor.
#include "runtime/src/Validate.h"

#include <algorithm>

namespace dsc::rt {

using namespace schema;

dsc_status Validator::checkBuffers(const FunctionState &state, EntryState &entry) {
  for (uint32_t i = 0; i < entry.numBuffers; ++i)
    if (dsc_status s = checkBuffer(state, entry, i))
      return s;
  return checkRootsOfTensors(state, entry);
}

dsc_status Validator::checkBuffer(const FunctionState &state, EntryState &entry, uint32_t index) {
  const Buffer &buffer = *entry.entry->buffers()->Get(index);
  if (buffer.place() == Place::Invalid || buffer.place() > Place::MAX || buffer.device_slot() >= plan.devices()->size())
    return corrupt("buffer", index, "a known place on a device that exists");
  if (!elementBits(buffer.dtype()) || sizeOf(buffer.shape()) > DSC_MAX_RANK)
    return corrupt("buffer", index, "a known element type and a rank of at most 8");
  if (!areSlots(state, buffer.shape()) || !isSlotOrNone(state, buffer.size_slot()) ||
      !isSlotOrNone(state, buffer.offset_slot()))
    return corrupt("buffer", index, "slots that exist");
  if (buffer.first_use() > buffer.last_use() || buffer.last_use() >= std::max(entry.numSteps, 1u))
    return corrupt("buffer", index, "a lifetime inside the program");
  int32_t ready = readyAtStart;
  for (uint32_t slot : {buffer.size_slot(), buffer.offset_slot()})
    if (slot != noIndex)
      ready = std::max(ready, state.ready[slot]);
  for (uint32_t i = 0; i < sizeOf(buffer.shape()); ++i)
    ready = std::max(ready, state.ready[buffer.shape()->Get(i)]);
  bool isView = buffer.parent() != noIndex;
  if (dsc_status s = isView ? checkView(state, entry, index) : checkRoot(state, entry, index))
    return s;
  if (!isView && buffer.place() == Place::Output)
    for (uint32_t slot : *state.function->outputs()->Get(buffer.index())->shape())
      ready = std::max(ready, state.ready[slot]);
  entry.root[index] = isView ? entry.root[buffer.parent()] : index;
  entry.bufferReady[index] = isView ? std::max(ready, entry.bufferReady[buffer.parent()]) : ready;
  return checkBufferSize(state, entry, index);
}

dsc_status Validator::checkView(const FunctionState &state, EntryState &entry, uint32_t index) {
  const auto &buffers = *entry.entry->buffers();
  const Buffer &buffer = *buffers[index];
  if (buffer.parent() >= index)
    return corrupt("buffer", index, "a parent in front of it");
  const Buffer &parent = *buffers[buffer.parent()];
  if (buffer.place() == Place::Fault || buffer.place() != parent.place() ||
      buffer.device_slot() != parent.device_slot() || buffer.index() != parent.index())
    return corrupt("buffer", index, "the place of its parent");
  // In an open entry, and behind a symbolic offset, a run checks what is left.
  if (entry.open && buffer.place() != Place::Weights)
    return DSC_OK;
  if (buffer.offset() > parent.size() || buffer.size() > parent.size() - buffer.offset())
    return corrupt("buffer", index, "a range inside its parent");
  uint32_t slot = buffer.offset_slot();
  if (slot == noIndex || !state.known[slot])
    return DSC_OK;
  int64_t shift = state.atBounds[slot];
  if (shift < 0 || uint64_t(shift) > parent.size() - buffer.offset() - buffer.size())
    return corrupt("buffer", index, "a range inside its parent at the bounds");
  return DSC_OK;
}

dsc_status Validator::checkRoot(const FunctionState &state, const EntryState &entry, uint32_t index) {
  const Buffer &buffer = *entry.entry->buffers()->Get(index);
  if (buffer.offset_slot() != noIndex)
    return corrupt("buffer", index, "a symbolic offset in views only");
  switch (buffer.place()) {
  case Place::Arena: {
    uint64_t arena = entry.entry->arenas()->Get(buffer.device_slot());
    if (buffer.index() || buffer.offset() % bufferAlign || buffer.offset() > arena ||
        buffer.size() > arena - buffer.offset())
      return entry.open && buffer.offset() == 0 && !buffer.index()
                 ? DSC_OK
                 : corrupt("buffer", index, "an aligned range inside its arena");
    return DSC_OK;
  }
  case Place::Weights: {
    if (buffer.index() >= plan.segments()->size() || buffer.size_slot() != noIndex)
      return corrupt("buffer", index, "a segment that exists and a fixed size");
    const Segment &segment = *plan.segments()->Get(buffer.index());
    if (segment.kind() != SegmentKind::Weights || buffer.offset() % bufferAlign || buffer.offset() > segment.size() ||
        buffer.size() > segment.size() - buffer.offset())
      return corrupt("buffer", index, "an aligned range inside a segment of weights");
    return DSC_OK;
  }
  case Place::Fault:
    if (buffer.index() || buffer.offset() || buffer.size() != faultBytes || buffer.size_slot() != noIndex)
      return corrupt("buffer", index, "a fault word of 64 bytes");
    return DSC_OK;
  default:
    return checkBoundary(state, entry, index);
  }
}

/// Root of an input or output: all of that tensor.
dsc_status Validator::checkBoundary(const FunctionState &state, const EntryState &entry, uint32_t index) {
  const Buffer &buffer = *entry.entry->buffers()->Get(index);
  const auto &tensors = buffer.place() == Place::Input ? *state.function->inputs() : *state.function->outputs();
  if (buffer.index() >= tensors.size() || buffer.offset())
    return corrupt("buffer", index, "the whole of a tensor that exists");
  const TensorDesc &tensor = *tensors[buffer.index()];
  int64_t shape[DSC_MAX_RANK];
  uint64_t bytes;
  bool known = !entry.open;
  for (uint32_t i = 0; i < tensor.shape()->size(); ++i) {
    known &= state.known[tensor.shape()->Get(i)];
    shape[i] = state.atBounds[tensor.shape()->Get(i)];
  }
  if (known && (!tensorBytes(tensor.dtype(), shape, tensor.shape()->size(), bytes) || bytes > buffer.size()))
    return corrupt("buffer", index, "the size of its tensor");
  if (buffer.dtype() != tensor.dtype())
    return corrupt("buffer", index, "the element type of its tensor");
  return DSC_OK;
}

/// The size slot and the shape at the bounds fit the reserved bytes.
dsc_status Validator::checkBufferSize(const FunctionState &state, const EntryState &entry, uint32_t index) {
  const Buffer &buffer = *entry.entry->buffers()->Get(index);
  uint32_t slot = buffer.size_slot();
  if (entry.open && slot != noIndex && buffer.size())
    return corrupt("buffer", index, "either a size or a size slot in an open entry");
  uint64_t bytes = buffer.size();
  if (bytes > uint64_t(INT64_MAX))
    return corrupt("buffer", index, "a size below 2^63");
  if (slot != noIndex && state.known[slot]) {
    if (state.atBounds[slot] < 0 || (!entry.open && uint64_t(state.atBounds[slot]) > bytes))
      return corrupt("buffer", index, "a size at the bounds inside the reserved bytes");
    bytes = uint64_t(state.atBounds[slot]);
  } else if (slot != noIndex) {
    return DSC_OK;
  }
  int64_t shape[DSC_MAX_RANK];
  uint32_t rank = sizeOf(buffer.shape());
  for (uint32_t i = 0; i < rank; ++i) {
    if (!state.known[buffer.shape()->Get(i)])
      return DSC_OK;
    shape[i] = state.atBounds[buffer.shape()->Get(i)];
  }
  uint64_t needed;
  if (rank && (!tensorBytes(buffer.dtype(), shape, rank, needed) || needed > bytes))
    return corrupt("buffer", index, "a shape that fits its size");
  return DSC_OK;
}

/// An input has at most one root and an output exactly one, so that no two buffers share a tensor unseen.
dsc_status Validator::checkRootsOfTensors(const FunctionState &state, const EntryState &entry) {
  uint32_t numInputs = state.function->inputs()->size(), numOutputs = state.function->outputs()->size();
  auto seen = scratch.array<bool>(uint64_t(numInputs) + numOutputs);
  if (!seen)
    return outOfMemory();
  if (!spend(uint64_t(numInputs) + numOutputs))
    return corrupt("outputs", numOutputs, "no shared tables");
  for (uint32_t i = 0; i < entry.numBuffers; ++i) {
    const Buffer &buffer = *entry.entry->buffers()->Get(i);
    bool isOutput = buffer.place() == Place::Output;
    if (entry.root[i] != i || (!isOutput && buffer.place() != Place::Input))
      continue;
    bool &mark = seen[isOutput ? numInputs + buffer.index() : buffer.index()];
    if (mark)
      return corrupt("buffer", i, "one root for each input and output");
    mark = true;
  }
  for (uint32_t i = 0; i < numOutputs; ++i)
    if (!seen[numInputs + i])
      return corrupt("output", i, "a buffer");
  return DSC_OK;
}

} // namespace dsc::rt
