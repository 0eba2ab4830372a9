// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Run, second half: resolves buffers, executes steps, reports to the hooks.
#include "runtime/src/Context.h"
#include "runtime/src/Cpu.h"

#include <algorithm>

namespace dsc::rt {

using namespace schema;

namespace {

/// What the threads of one launch share.
struct Region {
  const EntryStep *step;
  void *const *arguments;
  const int64_t *dims;
  uint8_t *scratch;
  uint64_t scratchBytes;
  int64_t tiles;
  uint32_t parts;
};

void runPart(void *argument, uint32_t index) {
  const Region &region = *static_cast<const Region *>(argument);
  // 128 bits: the product of a tile and a part may exceed 64.
  int64_t begin = int64_t(__int128(region.tiles) * index / region.parts);
  int64_t end = int64_t(__int128(region.tiles) * (index + 1) / region.parts);
  FloatScope floats; // threads of a caller's pool have any state
  region.step->code(region.arguments, region.dims, region.scratch + index * region.scratchBytes, begin, end);
}

dsc_status launch(dsc_context &context, ContextEntry &entry, const EntryStep &step, uint32_t index, dsc_error *error) {
  for (uint32_t i = 0; i < step.numBuffers; ++i)
    context.arguments[i] = entry.buffers[step.buffers[i]].pointer;
  for (uint32_t i = 0; i < step.numDims; ++i)
    context.dims[i] = context.slots[step.dims[i]];
  int64_t tiles = context.slots[step.tilesSlot];
  if (tiles < 0)
    return fail(error, DSC_E_INVALID_ARGUMENT, index, "step %u ('%s') has a negative size", index, step.name);
  if (tiles == 0)
    return DSC_OK;
  ThreadPool &pool = *context.pool;
  uint64_t worthwhile = uint64_t(tiles) / step.grain;
  uint32_t parts = uint32_t(std::max<uint64_t>(1, std::min<uint64_t>(worthwhile, pool.concurrency())));
  if (parts == 1) {
    step.code(context.arguments, context.dims, context.scratch, 0, tiles);
  } else {
    Region region = {&step, context.arguments, context.dims, context.scratch, context.scratchBytes, tiles, parts};
    pool.parallelFor(parts, runPart, &region);
  }
  uint32_t fault = 0;
  if (step.reportsFaults)
    memcpy(&fault, context.faultWord, sizeof fault);
  if (fault)
    return fail(error, DSC_E_BAD_DATA, index, "step %u ('%s') met data out of range (code %u)", index, step.name, fault);
  return DSC_OK;
}

dsc_status readDim(dsc_context &context, ContextEntry &entry, const EntryStep &step, uint32_t index, dsc_error *error) {
  const EntryBuffer &from = entry.buffers[step.buffers[0]];
  bool isWide = entry.entry->buffers()->Get(step.buffers[0])->dtype() == DType::I64;
  int64_t value = 0;
  int32_t narrow;
  memcpy(isWide ? static_cast<void *>(&value) : &narrow, from.pointer, isWide ? sizeof value : sizeof narrow);
  value = isWide ? value : narrow;
  uint32_t symbolIndex = step.dims[0];
  const Symbol &symbol = *context.function->symbols()->Get(symbolIndex);
  int64_t high = entry.entry->bounds()->Get(symbolIndex);
  if (entry.entry->open())
    high = std::min(high, context.bounds[symbolIndex]);
  if (value < symbol.min() || value > high || value % symbol.multiple_of())
    return fail(error, DSC_E_BAD_DATA, index, "step %u ('%s'): expected %s from %lld to %lld, but the model computed %lld",
                index, step.name, symbol.name()->c_str(), static_cast<long long>(symbol.min()),
                static_cast<long long>(high), static_cast<long long>(value));
  context.slots[symbolIndex] = value;
  uint32_t failed;
  if (!evaluate(*context.function, entry.ready, int32_t(index), context.slots, failed))
    return fail(error, DSC_E_BAD_DATA, index, "step %u ('%s') leads to a size that overflows or is divided by zero",
                index, step.name);
  return resolveBuffers(context, entry, int32_t(index), error);
}

dsc_status runStep(dsc_context &context, ContextEntry &entry, uint32_t index, dsc_error *error) {
  const EntryStep &step = entry.steps[index];
  switch (step.kind) {
  case StepKind::Launch:
    return launch(context, entry, step, index, error);
  case StepKind::Copy: {
    const EntryBuffer &from = entry.buffers[step.buffers[0]], &to = entry.buffers[step.buffers[1]];
    if (from.bytes != to.bytes)
      return fail(error, DSC_E_CORRUPT_PLAN, index, "step %u copies between buffers of different size", index);
    if (to.bytes)
      memmove(to.pointer, from.pointer, to.bytes);
    return DSC_OK;
  }
  case StepKind::Fill: {
    const EntryBuffer &to = entry.buffers[step.buffers[0]];
    if (to.bytes)
      memset(to.pointer, 0, to.bytes);
    return DSC_OK;
  }
  case StepKind::ReadDim:
    return readDim(context, entry, step, index, error);
  default:
    return DSC_OK; // Barrier: steps run in order anyway
  }
}

uint64_t slotOrZero(const dsc_context &context, uint32_t slot) {
  return slot == noIndex || context.slots[slot] < 0 ? 0 : uint64_t(context.slots[slot]);
}

bool isWritten(const EntryStep &step, uint32_t i) {
  if (step.kind == StepKind::Launch)
    return step.access[i] & 2;
  return step.kind == StepKind::Fill || (step.kind == StepKind::Copy && i == 1);
}

/// Shows every buffer the step wrote to the observe hook.
void observe(const dsc_context &context, const ContextEntry &entry, uint32_t index) {
  const EntryStep &step = entry.steps[index];
  const dsc_runtime_options &hooks = context.plan->runtime->options;
  for (uint32_t i = 0; i < step.numBuffers; ++i) {
    if (!isWritten(step, i))
      continue;
    const Buffer &buffer = *entry.entry->buffers()->Get(step.buffers[i]);
    if (buffer.place() == Place::Fault)
      continue;
    dsc_tensor tensor = {};
    tensor.struct_size = sizeof tensor;
    tensor.dtype = int32_t(buffer.dtype());
    tensor.device_kind = DSC_CPU;
    tensor.rank = int32_t(sizeOf(buffer.shape()));
    for (int32_t d = 0; d < tensor.rank; ++d)
      tensor.shape[d] = context.slots[buffer.shape()->Get(uint32_t(d))];
    tensor.data = entry.buffers[step.buffers[i]].pointer;
    tensor.data_bytes = entry.buffers[step.buffers[i]].bytes;
    hooks.observe(hooks.hook_self, index, step.name, &tensor);
  }
}

/// Size and place of one dynamic buffer, compared with what was reserved: subtraction and division in the shape program
/// are not monotonic, so the check at the bounds does not cover smaller sizes.
dsc_status resolveBuffer(dsc_context &context, ContextEntry &entry, uint32_t index, dsc_error *error) {
  EntryBuffer &buffer = entry.buffers[index];
  int64_t bytes = buffer.sizeSlot == noIndex ? int64_t(buffer.capacity) : context.slots[buffer.sizeSlot];
  if (bytes < 0 || uint64_t(bytes) > buffer.capacity)
    return fail(error, DSC_E_LIMIT, index, "buffer %u needs %lld bytes, but %llu are reserved", index,
                static_cast<long long>(bytes), static_cast<unsigned long long>(buffer.capacity));
  buffer.bytes = uint64_t(bytes);
  if (buffer.parent != noIndex) {
    const EntryBuffer &parent = entry.buffers[buffer.parent];
    int64_t shift = buffer.offsetSlot == noIndex ? 0 : context.slots[buffer.offsetSlot];
    uint64_t offset;
    if (shift < 0 || __builtin_add_overflow(buffer.offset, uint64_t(shift), &offset) || offset > parent.bytes ||
        buffer.bytes > parent.bytes - offset)
      return fail(error, DSC_E_LIMIT, index, "buffer %u does not fit its parent at these sizes", index);
    buffer.pointer = parent.pointer ? parent.pointer + offset : nullptr;
    return DSC_OK;
  }
  bool isOutput = buffer.place == Place::Output;
  if (!isOutput && buffer.place != Place::Input)
    return DSC_OK;
  const TensorDesc &tensor =
      *(isOutput ? context.function->outputs() : context.function->inputs())->Get(buffer.index);
  int64_t shape[DSC_MAX_RANK];
  for (uint32_t i = 0; i < tensor.shape()->size(); ++i)
    shape[i] = context.slots[tensor.shape()->Get(i)];
  uint64_t needed;
  bool isSize = tensorBytes(tensor.dtype(), shape, tensor.shape()->size(), needed);
  if (isSize && buffer.sizeSlot == noIndex)
    buffer.bytes = needed; // the root of a tensor is all of it
  if (!isSize || needed != buffer.bytes)
    return fail(error, DSC_E_LIMIT, index, "buffer %u has %llu bytes, which is not the size of '%s' at these sizes",
                index, static_cast<unsigned long long>(buffer.bytes), tensor.name()->c_str());
  const dsc_tensor &given = isOutput ? context.outputs[buffer.index] : context.inputs[buffer.index];
  bool isStaged = isOutput && !given.data;
  uint64_t room = isStaged ? context.staging[buffer.index].bytes : given.data_bytes;
  if (needed > room)
    return fail(error, DSC_E_INVALID_ARGUMENT, buffer.index, "'%s': expected %llu bytes, but got %llu",
                tensor.name()->c_str(), static_cast<unsigned long long>(needed), static_cast<unsigned long long>(room));
  buffer.pointer = isStaged ? context.staging[buffer.index].data : static_cast<uint8_t *>(given.data);
  return DSC_OK;
}

} // namespace

dsc_status resolveBuffers(dsc_context &context, ContextEntry &entry, int32_t step, dsc_error *error) {
  for (uint32_t i = 0; i < entry.numDynamic; ++i)
    if (entry.buffers[entry.dynamic[i]].ready == step)
      if (dsc_status s = resolveBuffer(context, entry, entry.dynamic[i], error))
        return s;
  return DSC_OK;
}

dsc_status runSteps(dsc_context &context, ContextEntry &entry, uint32_t first, uint32_t end, uint64_t deadlineNs,
                    dsc_error *error) {
  dsc_runtime &runtime = *context.plan->runtime;
  bool isTracing = runtime.isTracing();
  memset(context.faultWord, 0, faultBytes);
  for (uint32_t i = first; i < end; ++i) {
    if (__atomic_load_n(&context.isCancelled, __ATOMIC_RELAXED))
      return fail(error, DSC_E_CANCELLED, i, "cancelled before step %u", i);
    if (deadlineNs && nowNanoseconds() >= deadlineNs)
      return fail(error, DSC_E_DEADLINE, i, "the time was up before step %u", i);
    uint64_t begin = isTracing ? nowNanoseconds() : 0;
    if (dsc_status s = runStep(context, entry, i, error))
      return s;
    const EntryStep &step = entry.steps[i];
    if (isTracing)
      runtime.trace(step.kind == StepKind::Copy ? DSC_TRACE_COPY : DSC_TRACE_STEP, runtime.newTraceId(),
                    context.runTraceId, begin, slotOrZero(context, step.bytesSlot), slotOrZero(context, step.flopsSlot),
                    step.name);
    if (runtime.options.observe)
      observe(context, entry, i);
  }
  return DSC_OK;
}

dsc_status describeOutputs(dsc_context &context, const ContextEntry &entry, bool upperBounds, dsc_error *error) {
  for (uint32_t i = 0; i < context.outputs.count; ++i) {
    const TensorDesc &expected = *context.function->outputs()->Get(i);
    dsc_tensor &tensor = context.outputs.writable(i);
    tensor.dtype = int32_t(expected.dtype());
    tensor.device_kind = DSC_CPU;
    tensor.device_index = 0;
    tensor.rank = int32_t(expected.shape()->size());
    memset(tensor.shape, 0, sizeof tensor.shape);
    memset(tensor.strides, 0, sizeof tensor.strides);
    for (int32_t d = 0; d < tensor.rank; ++d) {
      uint32_t slot = expected.shape()->Get(uint32_t(d));
      bool useBound = upperBounds && entry.ready[slot] != readyAtStart;
      tensor.shape[d] = useBound ? context.ranges[slot].high : context.slots[slot];
    }
    uint64_t bytes;
    if (!tensorBytes(expected.dtype(), tensor.shape, uint32_t(tensor.rank), bytes))
      return fail(error, DSC_E_INVALID_ARGUMENT, i, "the shapes of the inputs give output '%s' no valid size",
                  expected.name()->c_str());
    if (!upperBounds && tensor.data)
      continue;
    tensor.data_bytes = bytes;
    if (!upperBounds)
      tensor.data = context.staging[i].data;
  }
  return DSC_OK;
}

} // namespace dsc::rt
