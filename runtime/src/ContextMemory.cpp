// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Context creation: all memory a run will need, for the largest entry.
#include "runtime/src/Context.h"

#include <algorithm>

namespace dsc::rt {

using namespace schema;

namespace {

dsc_status noMemory(const char *what, uint64_t bytes, dsc_error *error) {
  return fail(error, DSC_E_OUT_OF_MEMORY, nowhere, "no memory for %s: %llu bytes", what,
              static_cast<unsigned long long>(bytes));
}

template <class Visit>
void forEachEntry(dsc_context &context, Visit visit) {
  for (uint32_t v = 0; v < context.numVariants; ++v)
    for (uint32_t i = 0; i < context.variants[v].numEntries; ++i)
      visit(context.variants[v].entries[i]);
}

uint16_t deviceSlot(const ContextEntry &entry, uint32_t buffer) {
  return entry.entry->buffers()->Get(buffer)->device_slot();
}

dsc_status allocateArenas(dsc_context &context, dsc_error *error) {
  uint32_t numSlots = context.plan->root->devices()->size();
  context.arenas = context.memory.array<uint8_t *>(numSlots);
  auto sizes = context.memory.array<uint64_t>(numSlots);
  if (!context.arenas || !sizes)
    return noMemory("arenas", 0, error);
  forEachEntry(context, [&](ContextEntry &entry) {
    for (uint32_t i = 0; i < entry.numBuffers; ++i) {
      const EntryBuffer &buffer = entry.buffers[i];
      uint64_t &size = sizes[deviceSlot(entry, i)];
      if (buffer.place == Place::Arena && buffer.parent == noIndex)
        size = std::max(size, buffer.offset + buffer.capacity);
    }
  });
  for (uint32_t i = 0; i < numSlots; ++i) {
    context.arenas[i] = static_cast<uint8_t *>(context.memory.allocate(std::max(sizes[i], bufferAlign)));
    if (!context.arenas[i])
      return noMemory("the arena", sizes[i], error);
  }
  return DSC_OK;
}

dsc_status allocateStaging(dsc_context &context, dsc_error *error) {
  uint32_t count = context.function->outputs()->size();
  context.staging = context.memory.array<Staging>(count);
  if (!context.staging)
    return noMemory("outputs", 0, error);
  forEachEntry(context, [&](ContextEntry &entry) {
    for (uint32_t i = 0; i < entry.numBuffers; ++i) {
      const EntryBuffer &buffer = entry.buffers[i];
      if (buffer.place == Place::Output && buffer.parent == noIndex)
        context.staging[buffer.index].bytes = std::max(context.staging[buffer.index].bytes, buffer.capacity);
    }
  });
  for (uint32_t i = 0; i < count; ++i) {
    if (!context.isStaged) {
      context.staging[i].bytes = 0;
      continue;
    }
    context.staging[i].data =
        static_cast<uint8_t *>(context.memory.allocate(std::max(context.staging[i].bytes, bufferAlign)));
    if (!context.staging[i].data)
      return noMemory("outputs", context.staging[i].bytes, error);
  }
  return DSC_OK;
}

dsc_status allocateWorkSpace(dsc_context &context, dsc_error *error) {
  uint32_t mostBuffers = 0, mostDims = 0;
  forEachEntry(context, [&](ContextEntry &entry) {
    for (uint32_t i = 0; i < entry.numSteps; ++i) {
      mostBuffers = std::max(mostBuffers, entry.steps[i].numBuffers);
      mostDims = std::max(mostDims, entry.steps[i].numDims);
    }
  });
  context.arguments = context.memory.array<void *>(mostBuffers);
  context.dims = context.memory.array<int64_t>(mostDims);
  context.slots = context.memory.array<int64_t>(slotCount(*context.function));
  context.faultWord = context.memory.array<uint8_t>(faultBytes);
  uint64_t threads = context.pool->concurrency();
  context.scratch = static_cast<uint8_t *>(context.memory.allocate(threads * context.scratchBytes));
  if (!context.arguments || !context.dims || !context.slots || !context.faultWord || !context.scratch)
    return noMemory("work space", threads * context.scratchBytes, error);
  return DSC_OK;
}

uint8_t *rootPointer(const dsc_context &context, const ContextEntry &entry, uint32_t index) {
  const EntryBuffer &buffer = entry.buffers[index];
  switch (buffer.place) {
  case Place::Arena:
    return context.arenas[deviceSlot(entry, index)] + buffer.offset;
  case Place::Weights: {
    // Kernels take pointers to non-const; the validator made sure that nothing writes through this one.
    const Segment &segment = *context.plan->root->segments()->Get(buffer.index);
    return const_cast<uint8_t *>(context.plan->segments) + segment.offset() + buffer.offset;
  }
  case Place::Fault:
    return context.faultWord;
  default:
    return nullptr; // the caller's
  }
}

} // namespace

dsc_status allocateMemory(dsc_context &context, dsc_error *error) {
  if (dsc_status s = allocateArenas(context, error))
    return s;
  if (dsc_status s = allocateStaging(context, error))
    return s;
  if (dsc_status s = allocateWorkSpace(context, error))
    return s;
  forEachEntry(context, [&](ContextEntry &entry) {
    for (uint32_t i = 0; i < entry.numBuffers; ++i) {
      EntryBuffer &buffer = entry.buffers[i];
      if (buffer.parent == noIndex)
        buffer.pointer = rootPointer(context, entry, i);
      else if (!buffer.isDynamic)
        buffer.pointer = entry.buffers[buffer.parent].pointer + buffer.offset;
    }
  });
  return DSC_OK;
}

} // namespace dsc::rt
