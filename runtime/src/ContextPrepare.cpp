// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Context creation: entries become arrays that a run walks without looking at the plan's tables.
#include "runtime/schema/MemoryPlanner.h"
#include "runtime/src/Context.h"

#include <dlfcn.h>

namespace dsc::rt {

using namespace schema;

namespace {

dsc_status noMemory(dsc_error *error) {
  return fail(error, DSC_E_OUT_OF_MEMORY, nowhere, "no memory for the context");
}

bool hasCudaDriver(const dsc_runtime &runtime) {
  void *driver = runtime.options.flags & DSC_RUNTIME_NO_CUDA ? nullptr : dlopen("libcuda.so.1", RTLD_LAZY);
  if (driver)
    dlclose(driver);
  return driver;
}

/// Builds one ContextEntry.
class EntryBuilder {
public:
  EntryBuilder(dsc_context &context, const schema::Entry &source, ContextEntry &entry, dsc_error *error)
      : context(context), plan(*context.plan->root), function(*context.function), source(source), entry(entry),
        error(error) {}

  dsc_status build() {
    const auto &steps = *source.programs()->Get(0)->steps();
    entry.entry = &source;
    entry.numBuffers = source.buffers()->size();
    entry.numSteps = steps.size();
    entry.buffers = context.memory.array<EntryBuffer>(entry.numBuffers);
    entry.steps = context.memory.array<EntryStep>(entry.numSteps);
    entry.dynamic = context.memory.array<uint32_t>(entry.numBuffers);
    entry.ready = context.memory.array<int32_t>(slotCount(function));
    if (!entry.buffers || !entry.steps || !entry.dynamic || !entry.ready)
      return noMemory(error);
    computeReady(function, source, entry.ready);
    for (uint32_t i = 0; i < entry.numBuffers; ++i)
      addBuffer(i);
    for (uint32_t i = 0; i < entry.numSteps; ++i)
      if (dsc_status s = addStep(i, *steps[i]))
        return s;
    return source.open() ? placeOpen() : DSC_OK;
  }

private:
  void addBuffer(uint32_t index);
  dsc_status addStep(uint32_t index, const schema::Step &step);
  dsc_status boundSymbols();
  dsc_status placeOpen();
  dsc_status planArenas(PlannedBuffer *planned, uint32_t *members, uint32_t *work);

  dsc_context &context;
  const Plan &plan;
  const Function &function;
  const schema::Entry &source;
  ContextEntry &entry;
  dsc_error *error;
};

void EntryBuilder::addBuffer(uint32_t index) {
  const Buffer &from = *source.buffers()->Get(index);
  EntryBuffer &to = entry.buffers[index];
  to = {from.place(), false,         from.index(), from.parent(), from.size_slot(), from.offset_slot(),
        readyAtStart, from.offset(), from.size(),  nullptr,       from.size()};
  bool isView = to.parent != noIndex;
  to.isDynamic = to.sizeSlot != noIndex || to.offsetSlot != noIndex || to.place == Place::Input ||
                 to.place == Place::Output || (isView && entry.buffers[to.parent].isDynamic);
  for (uint32_t slot : {to.sizeSlot, to.offsetSlot})
    if (slot != noIndex)
      to.ready = std::max(to.ready, entry.ready[slot]);
  for (uint32_t i = 0; i < sizeOf(from.shape()); ++i)
    to.ready = std::max(to.ready, entry.ready[from.shape()->Get(i)]);
  if (isView)
    to.ready = std::max(to.ready, entry.buffers[to.parent].ready);
  else if (to.place == Place::Output)
    for (uint32_t slot : *function.outputs()->Get(to.index)->shape())
      to.ready = std::max(to.ready, entry.ready[slot]);
  if (to.isDynamic)
    entry.dynamic[entry.numDynamic++] = index;
}

dsc_status EntryBuilder::addStep(uint32_t index, const schema::Step &from) {
  EntryStep &to = entry.steps[index];
  to.kind = from.kind();
  to.numBuffers = sizeOf(from.buffers());
  to.numDims = sizeOf(from.dims());
  to.buffers = dataOf(from.buffers());
  to.dims = dataOf(from.dims());
  to.grain = from.grain();
  to.flopsSlot = from.flops();
  to.bytesSlot = from.bytes();
  to.name = from.loc() != noIndex ? plan.locations()->Get(from.loc())->c_str() : EnumNameStepKind(to.kind);
  if (plan.devices()->Get(from.device_slot())->kind() != DeviceKind::Cpu)
    return fail(error, DSC_E_UNSUPPORTED_DEVICE, index, "step %u runs on CUDA, but %s", index,
                hasCudaDriver(*context.plan->runtime) ? "this runtime has no CUDA device yet"
                                                      : "no CUDA driver is found");
  if (to.kind != StepKind::Launch)
    return DSC_OK;
  const Kernel &kernel = *plan.kernels()->Get(from.kernel());
  const CpuKernel &code = context.plan->kernels[from.kernel()];
  to.code = code.code;
  to.access = kernel.access()->Data();
  to.tilesSlot = from.grid()->Get(0);
  if (from.loc() == noIndex)
    to.name = kernel.name()->c_str();
  to.reportsFaults = to.numBuffers && entry.buffers[to.buffers[to.numBuffers - 1]].place == Place::Fault;
  context.scratchBytes = std::max(context.scratchBytes, alignUp(code.scratchBytes, bufferAlign));
  return DSC_OK;
}

/// Symbols of an open entry from their smallest size to what the caller asked for.
dsc_status EntryBuilder::boundSymbols() {
  for (uint32_t i = 0; i < function.symbols()->size(); ++i) {
    const Symbol &symbol = *function.symbols()->Get(i);
    int64_t bound = std::min(context.bounds[i], source.bounds()->Get(i));
    if (bound == INT64_MAX)
      return fail(error, DSC_E_INVALID_ARGUMENT, i, "dimension '%s' has no bound in the plan: expected one in max_dims",
                  symbol.name()->c_str());
    context.ranges[i] = {std::min(symbol.min(), bound), bound};
  }
  evaluateRanges(function, context.ranges);
  return DSC_OK;
}

/// Sizes at the bounds, then the same planner as in the compiler, per device slot.
dsc_status EntryBuilder::placeOpen() {
  if (dsc_status s = boundSymbols())
    return s;
  for (uint32_t i = 0; i < entry.numBuffers; ++i) {
    EntryBuffer &buffer = entry.buffers[i];
    if (buffer.sizeSlot == noIndex)
      continue;
    int64_t bytes = context.ranges[buffer.sizeSlot].high;
    if (bytes > int64_t(context.plan->maxArenaBytes))
      return fail(error, DSC_E_LIMIT, i, "buffer %u is larger than the limit for arenas at these sizes", i);
    buffer.capacity = uint64_t(std::max<int64_t>(bytes, 0));
  }
  auto planned = context.memory.array<PlannedBuffer>(entry.numBuffers);
  auto members = context.memory.array<uint32_t>(entry.numBuffers);
  auto work = context.memory.array<uint32_t>(uint64_t(entry.numBuffers) * 2);
  if (!planned || !members || !work)
    return noMemory(error);
  return planArenas(planned, members, work);
}

dsc_status EntryBuilder::planArenas(PlannedBuffer *planned, uint32_t *members, uint32_t *work) {
  for (uint32_t slot = 0; slot < plan.devices()->size(); ++slot) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < entry.numBuffers; ++i) {
      const Buffer &buffer = *source.buffers()->Get(i);
      if (buffer.place() != Place::Arena || buffer.parent() != noIndex || buffer.device_slot() != slot)
        continue;
      members[count] = i;
      planned[count++] = {entry.buffers[i].capacity, buffer.first_use(), buffer.last_use(), 0};
    }
    MemoryPlan result;
    if (!planMemory(planned, count, bufferAlign, work, result) || result.arenaBytes > context.plan->maxArenaBytes)
      return fail(error, DSC_E_LIMIT, slot, "the arena is larger than the limit at these sizes");
    for (uint32_t i = 0; i < count; ++i)
      entry.buffers[members[i]].offset = planned[i].offset;
  }
  return DSC_OK;
}

} // namespace

dsc_status prepareEntries(dsc_context &context, dsc_error *error) {
  const auto &variants = *context.function->variants();
  context.numVariants = variants.size();
  context.variants = context.memory.array<ContextVariant>(variants.size());
  context.ranges = context.memory.array<Range>(slotCount(*context.function));
  if (!context.variants || !context.ranges)
    return noMemory(error);
  for (uint32_t v = 0; v < variants.size(); ++v) {
    const auto &entries = *variants[v]->entries();
    ContextVariant &variant = context.variants[v];
    variant.numEntries = entries.size();
    variant.entries = context.memory.array<ContextEntry>(entries.size());
    if (!variant.entries)
      return noMemory(error);
    for (uint32_t i = 0; i < entries.size(); ++i)
      if (dsc_status s = EntryBuilder(context, *entries[i], variant.entries[i], error).build()) {
        if (s != DSC_E_UNSUPPORTED_DEVICE || v == context.variant)
          return s;
        // What this machine cannot run is no variant of the context.
        variant.numEntries = 0;
        break;
      }
  }
  return DSC_OK;
}

} // namespace dsc::rt
