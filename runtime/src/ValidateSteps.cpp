// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Validator: steps of the main program, their operands, and who reads and writes which buffer when.
#include "runtime/src/Validate.h"

namespace dsc::rt {

using namespace schema;

namespace {

enum Access : uint8_t { readAccess = 1, writeAccess = 2 };

/// The mode of operand `i` of a step whose operands have been checked.
uint8_t modeOf(const Plan &plan, const Step &step, uint32_t i) {
  switch (step.kind()) {
  case StepKind::Launch:
    return plan.kernels()->Get(step.kernel())->access()->Get(i);
  case StepKind::Copy:
    return i == 0 ? readAccess : writeAccess;
  case StepKind::Fill:
    return writeAccess;
  default:
    return readAccess;
  }
}

} // namespace

/// ReadDim steps first: they decide when slots are known.
dsc_status Validator::checkReadDims(const FunctionState &state, const Entry &entry) {
  const auto &steps = *entry.programs()->Get(0)->steps();
  uint32_t numSymbols = state.function->symbols()->size();
  auto written = scratch.array<bool>(numSymbols);
  if (!written)
    return outOfMemory();
  for (uint32_t i = 0; i < steps.size(); ++i) {
    if (steps[i]->kind() != StepKind::ReadDim)
      continue;
    if (sizeOf(steps[i]->dims()) != 1)
      return corrupt("step", i, "one symbol to read");
    uint32_t symbol = steps[i]->dims()->Get(0);
    if (symbol >= numSymbols || state.function->symbols()->Get(symbol)->kind() != SymbolKind::Data || written[symbol])
      return corrupt("step", i, "a data symbol that no other step reads");
    written[symbol] = true;
  }
  return DSC_OK;
}

bool Validator::areReady(const FunctionState &state, const flatbuffers::Vector<uint32_t> *slots, uint32_t step) {
  if (!areSlots(state, slots))
    return false;
  for (uint32_t i = 0, n = sizeOf(slots); i < n; ++i)
    if (state.ready[slots->Get(i)] >= int32_t(step))
      return false;
  return true;
}

dsc_status Validator::checkSteps(const FunctionState &state, EntryState &entry) {
  for (uint32_t i = 0; i < entry.numSteps; ++i) {
    if (dsc_status s = checkStep(state, entry, i))
      return s;
    if (dsc_status s = checkAccesses(entry, i))
      return s;
  }
  for (uint32_t i = 0; i < entry.numBuffers; ++i) {
    const Buffer &buffer = *entry.entry->buffers()->Get(i);
    bool mayBeEmpty = entry.open || buffer.size() == 0;
    if (buffer.place() == Place::Output && entry.root[i] == i && !entry.life[i].written && !mayBeEmpty)
      return corrupt("buffer", i, "a step that writes this output");
    if (entry.bufferReady[i] == readyNever)
      return corrupt("buffer", i, "sizes that some step reads");
  }
  for (const TensorDesc *tensor : *state.function->outputs())
    for (uint32_t slot : *tensor->shape())
      if (state.ready[slot] == readyNever)
        return corrupt("slot", slot, "a symbol that some step reads");
  return DSC_OK;
}

dsc_status Validator::checkStep(const FunctionState &state, EntryState &entry, uint32_t index) {
  const Step &step = *entry.entry->programs()->Get(0)->steps()->Get(index);
  if (step.kind() == StepKind::Invalid || step.kind() > StepKind::MAX)
    return corrupt("step", index, "a known kind");
  if (step.kind() == StepKind::Branch || step.kind() == StepKind::Repeat)
    return fail(error, DSC_E_VERSION, index, "step %u: branch and repeat need a newer runtime", index);
  if (step.device_slot() >= plan.devices()->size() || sizeOf(step.programs()))
    return corrupt("step", index, "a device that exists and no sub-programs");
  uint32_t numDeps = sizeOf(step.deps()), numBuffers = sizeOf(step.buffers());
  if (!spend(numDeps) || !spend(numBuffers))
    return corrupt("step", index, "fewer operands");
  for (uint32_t i = 0; i < numDeps; ++i)
    if (step.deps()->Get(i) >= index)
      return corrupt("step", index, "dependences on earlier steps");
  for (uint32_t i = 0; i < numBuffers; ++i)
    if (step.buffers()->Get(i) >= entry.numBuffers)
      return corrupt("step", index, "buffers that exist");
  if (step.loc() != noIndex && step.loc() >= sizeOf(plan.locations()))
    return corrupt("step", index, "a location that exists");
  for (uint32_t slot : {step.flops(), step.bytes()})
    if (slot != noIndex && (slot >= state.numSlots || state.ready[slot] >= int32_t(index)))
      return corrupt("step", index, "costs of known sizes");
  return step.kind() == StepKind::Launch ? checkLaunch(state, entry, index) : checkMove(entry, index);
}

dsc_status Validator::checkLaunch(const FunctionState &state, const EntryState &entry, uint32_t index) {
  const Step &step = *entry.entry->programs()->Get(0)->steps()->Get(index);
  if (step.kernel() >= plan.kernels()->size())
    return corrupt("step", index, "a kernel that exists");
  const Kernel &kernel = *plan.kernels()->Get(step.kernel());
  if (sizeOf(step.buffers()) != kernel.access()->size() || sizeOf(step.dims()) != kernel.num_dims() ||
      sizeOf(step.maps()) != kernel.num_maps())
    return corrupt("step", index, "the arguments of its kernel");
  bool onCpu = plan.devices()->Get(step.device_slot())->kind() == DeviceKind::Cpu;
  if (sizeOf(step.grid()) != (onCpu ? 1u : 3u) || step.grain() == 0)
    return corrupt("step", index, "a grid for its device and a grain above 0");
  for (uint32_t i = 0; i < sizeOf(step.maps()); ++i)
    if (step.maps()->Get(i) >= sizeOf(entry.entry->maps()))
      return corrupt("step", index, "tensor maps that exist");
  if (!areReady(state, step.dims(), index) || !areReady(state, step.grid(), index))
    return corrupt("step", index, "sizes that are known before it");
  for (uint32_t slot : *step.grid())
    if (state.known[slot] && state.atBounds[slot] < 0)
      return corrupt("step", index, "a grid that is not negative at the bounds");
  bool hasCode = false;
  for (const KernelCode *code : *kernel.codes())
    hasCode |= (plan.segments()->Get(code->segment())->kind() == SegmentKind::CpuCode) == onCpu;
  if (!hasCode)
    return corrupt("step", index, "a kernel with code for its device");
  return DSC_OK;
}

/// Copy, Fill, ReadDim and Barrier: nothing but buffers (and the symbol of ReadDim, checked before).
dsc_status Validator::checkMove(const EntryState &entry, uint32_t index) {
  const Step &step = *entry.entry->programs()->Get(0)->steps()->Get(index);
  const auto &buffers = *entry.entry->buffers();
  bool isReadDim = step.kind() == StepKind::ReadDim;
  if (step.kernel() != noIndex || sizeOf(step.maps()) || sizeOf(step.grid()) || (sizeOf(step.dims()) && !isReadDim))
    return corrupt("step", index, "no kernel, grid or sizes");
  uint32_t operands = step.kind() == StepKind::Barrier ? 0 : step.kind() == StepKind::Copy ? 2 : 1;
  if (sizeOf(step.buffers()) != operands)
    return corrupt("step", index, "the number of buffers of its kind");
  for (uint32_t i = 0; i < operands; ++i)
    if (buffers[step.buffers()->Get(i)]->place() == Place::Fault)
      return corrupt("step", index, "no fault word");
  if (step.kind() == StepKind::Copy) {
    const Buffer &from = *buffers[step.buffers()->Get(0)], &to = *buffers[step.buffers()->Get(1)];
    bool isStatic = from.size_slot() == noIndex && to.size_slot() == noIndex;
    if (isStatic && from.size() != to.size() && !entry.open)
      return corrupt("step", index, "buffers of equal size");
  }
  if (isReadDim) {
    const Buffer &from = *buffers[step.buffers()->Get(0)];
    bool isInteger = from.dtype() == DType::I64 || from.dtype() == DType::I32;
    if (!isInteger || from.size() * 8 != elementBits(from.dtype()) || from.size_slot() != noIndex)
      return corrupt("step", index, "a buffer of one i64 or i32");
  }
  return DSC_OK;
}

dsc_status Validator::checkAccesses(EntryState &entry, uint32_t index) {
  const Step &step = *entry.entry->programs()->Get(0)->steps()->Get(index);
  uint32_t count = sizeOf(step.buffers());
  // Writes first: a kernel that fills a buffer may read it again.
  for (uint8_t pass : {writeAccess, readAccess})
    for (uint32_t i = 0; i < count; ++i) {
      uint8_t mode = modeOf(plan, step, i);
      if ((mode == writeAccess) != (pass == writeAccess))
        continue;
      uint32_t buffer = step.buffers()->Get(i);
      if (dsc_status s = access(entry, index, buffer, mode, i + 1 == count))
        return s;
    }
  return DSC_OK;
}

dsc_status Validator::access(EntryState &entry, uint32_t step, uint32_t index, uint8_t mode, bool isLast) {
  const Buffer &buffer = *entry.entry->buffers()->Get(index);
  uint32_t root = entry.root[index];
  RootLife &life = entry.life[root];
  bool writes = mode & writeAccess;
  if (entry.bufferReady[index] >= int32_t(step))
    return corrupt("step", step, "buffers of known size");
  if (writes && (buffer.place() == Place::Weights || buffer.place() == Place::Input))
    return corrupt("step", step, "no write to weights or inputs");
  if (buffer.place() == Place::Fault && !(writes && isLast))
    return corrupt("step", step, "the fault word as last buffer, written");
  const Buffer &owner = *entry.entry->buffers()->Get(root);
  if (entry.open && owner.place() == Place::Arena && (step < owner.first_use() || step > owner.last_use()))
    return corrupt("step", step, "buffers inside their lifetime");
  bool needsWriter = buffer.place() == Place::Arena || buffer.place() == Place::Output;
  if (!life.accessed) {
    if (needsWriter && mode != writeAccess)
      return corrupt("step", step, "no buffer that is read before it is written");
    life.first = step;
    life.accessed = true;
  }
  life.last = step;
  life.written |= writes;
  return DSC_OK;
}

} // namespace dsc::rt
