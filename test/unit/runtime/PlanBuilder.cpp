// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Serialises hand-built plans.
#include "PlanBuilder.h"

#include "Kernels.h"

namespace dsc::test {

using namespace schema;

static constexpr uint64_t segmentAlign = pageBytes;

void PlanFile::updateSegments() {
  uint64_t end = 0;
  for (size_t i = 0; i < segments.size(); ++i) {
    SegmentT &segment = *plan.segments[i];
    const Bytes &bytes = segments[i];
    segment.align = uint32_t(segmentAlign);
    segment.offset = alignUp(end, segmentAlign);
    segment.size = bytes.size();
    end = segment.offset + segment.size;
    bool isWeights = segment.kind == SegmentKind::Weights;
    segment.crc32c.assign(isWeights ? numChunks(bytes.size()) : 0, 0);
    SegmentDigest digest(isWeights ? segment.crc32c.data() : nullptr);
    digest.update(bytes.data(), bytes.size());
    segment.digest.resize(digestBytes);
    digest.finish(segment.digest.data());
  }
}

Bytes assemble(const uint8_t *metadata, size_t metaBytes, const std::vector<Bytes> &segments) {
  uint64_t segmentBytes = 0;
  for (size_t i = 0; i < segments.size(); ++i)
    segmentBytes = std::max<uint64_t>(segmentBytes, alignUp(segmentBytes, segmentAlign) + segments[i].size());
  FileHeader header = makeHeader(metaBytes, segmentBytes);
  Seal seal = makeSeal(&header, sizeof header, metadata, metaBytes);
  Bytes file(header.segmentBase + segmentBytes);
  memcpy(file.data(), &header, sizeof header);
  memcpy(file.data() + header.metaOffset, metadata, metaBytes);
  memcpy(file.data() + header.sealOffset, &seal, sizeof seal);
  uint64_t offset = 0;
  for (const Bytes &segment : segments) {
    offset = alignUp(offset, segmentAlign);
    memcpy(file.data() + header.segmentBase + offset, segment.data(), segment.size());
    offset += segment.size();
  }
  return file;
}

Bytes PlanFile::write() const {
  flatbuffers::FlatBufferBuilder builder;
  FinishPlanBuffer(builder, CreatePlan(builder, &plan));
  return assemble(builder.GetBufferPointer(), builder.GetSize(), segments);
}

PlanBuilder::PlanBuilder() {
  PlanT &plan = file.plan;
  plan.min_runtime = std::make_unique<Version>(1, 0, 0);
  plan.producer = "test";
  plan.devices.push_back(std::make_unique<DeviceSlotT>());
  plan.devices[0]->kind = DeviceKind::Cpu;
  auto code = std::make_unique<SegmentT>();
  code->kind = SegmentKind::CpuCode;
  code->isa = CpuIsa::X86V3;
  plan.segments.push_back(std::move(code));
  file.segments.push_back(kernelBlob());
  auto function = std::make_unique<FunctionT>();
  function->name = "main";
  auto variant = std::make_unique<VariantT>();
  variant->name = "fp32";
  auto entry = std::make_unique<EntryT>();
  entry->arenas = {0};
  entry->programs.push_back(std::make_unique<ProgramT>());
  variant->entries.push_back(std::move(entry));
  function->variants.push_back(std::move(variant));
  plan.functions.push_back(std::move(function));
}

uint32_t PlanBuilder::symbol(const std::string &name, int64_t min, int64_t max, SymbolKind kind) {
  auto symbol = std::make_unique<SymbolT>();
  symbol->name = name;
  symbol->kind = kind;
  symbol->min = min;
  symbol->max = max;
  function().symbols.push_back(std::move(symbol));
  return uint32_t(function().symbols.size() - 1);
}

uint32_t PlanBuilder::constant(int64_t value) {
  function().constants.push_back(value);
  return uint32_t(function().symbols.size() + function().constants.size() - 1);
}

uint32_t PlanBuilder::op(ShapeOpKind kind, uint32_t a, uint32_t b) {
  FunctionT &f = function();
  f.ops.push_back(ShapeOp(kind, a, b));
  return uint32_t(f.symbols.size() + f.constants.size() + f.ops.size() - 1);
}

static std::unique_ptr<TensorDescT> tensor(const std::string &name, DType type, std::vector<uint32_t> shape) {
  auto desc = std::make_unique<TensorDescT>();
  desc->name = name;
  desc->dtype = type;
  desc->shape = std::move(shape);
  return desc;
}

uint32_t PlanBuilder::input(const std::string &name, DType type, std::vector<uint32_t> shape) {
  function().inputs.push_back(tensor(name, type, std::move(shape)));
  return uint32_t(function().inputs.size() - 1);
}

uint32_t PlanBuilder::output(const std::string &name, DType type, std::vector<uint32_t> shape) {
  function().outputs.push_back(tensor(name, type, std::move(shape)));
  return uint32_t(function().outputs.size() - 1);
}

BufferT &PlanBuilder::buffer(Place place, uint32_t index, uint64_t offset, uint64_t size, DType type) {
  auto buffer = std::make_unique<BufferT>();
  buffer->place = place;
  buffer->index = index;
  buffer->offset = offset;
  buffer->size = size;
  buffer->dtype = type;
  entry().buffers.push_back(std::move(buffer));
  return *entry().buffers.back();
}

BufferT &PlanBuilder::view(uint32_t parent, uint64_t offset, uint64_t size, DType type) {
  const BufferT &of = *entry().buffers[parent];
  BufferT &result = buffer(of.place, of.index, offset, size, type);
  result.parent = parent;
  return result;
}

uint32_t PlanBuilder::kernel(const std::string &name, std::vector<uint8_t> access, uint16_t numDims, uint32_t scratch) {
  auto kernel = std::make_unique<KernelT>();
  kernel->name = name;
  kernel->access = std::move(access);
  kernel->num_dims = numDims;
  kernel->scratch = scratch;
  kernel->codes.push_back(std::make_unique<KernelCodeT>());
  kernel->codes[0]->entry = kernelOffset(name);
  file.plan.kernels.push_back(std::move(kernel));
  return uint32_t(file.plan.kernels.size() - 1);
}

StepT &PlanBuilder::step(StepKind kind, std::vector<uint32_t> buffers, std::vector<uint32_t> dims) {
  auto step = std::make_unique<StepT>();
  step->kind = kind;
  step->buffers = std::move(buffers);
  step->dims = std::move(dims);
  entry().programs[0]->steps.push_back(std::move(step));
  return *entry().programs[0]->steps.back();
}

StepT &PlanBuilder::launch(uint32_t kernel, std::vector<uint32_t> buffers, uint32_t tiles, std::vector<uint32_t> dims) {
  StepT &result = step(StepKind::Launch, std::move(buffers), std::move(dims));
  result.kernel = kernel;
  result.grid = {tiles};
  result.loc = uint32_t(file.plan.locations.size());
  file.plan.locations.push_back("node_" + std::to_string(result.loc));
  return result;
}

uint32_t PlanBuilder::weights(Bytes bytes) {
  auto segment = std::make_unique<SegmentT>();
  segment->kind = SegmentKind::Weights;
  file.plan.segments.push_back(std::move(segment));
  file.segments.push_back(std::move(bytes));
  return uint32_t(file.plan.segments.size() - 1);
}

/// With what is alive behind it: inputs still to be read, arena buffers, outputs that have been written.
void PlanBuilder::addUnit(uint32_t first, uint32_t count) {
  EntryT &e = entry();
  auto unit = std::make_unique<UnitT>();
  unit->first_step = first;
  unit->num_steps = count;
  unit->cost_us = {1.0f};
  uint32_t end = first + count, numSteps = uint32_t(e.programs[0]->steps.size());
  for (uint32_t i = 0; i < e.buffers.size() && end < numSteps; ++i) {
    Place place = e.buffers[i]->place;
    if (e.buffers[i]->parent != noIndex || place == Place::Weights || place == Place::Fault)
      continue;
    bool isBefore = place == Place::Input, isBehind = false;
    for (uint32_t s = 0; s < numSteps; ++s)
      for (uint32_t root : e.programs[0]->steps[s]->buffers) {
        while (e.buffers[root]->parent != noIndex)
          root = e.buffers[root]->parent;
        if (root == i)
          (s < end ? isBefore : isBehind) = true;
      }
    if (isBefore && (isBehind || place == Place::Output))
      unit->live_after.push_back(i);
  }
  e.units.push_back(std::move(unit));
}

PlanFile &PlanBuilder::finish(bool unitPerStep) {
  EntryT &e = entry();
  e.bounds.clear();
  for (const auto &symbol : function().symbols)
    e.bounds.push_back(symbol->max);
  e.units.clear();
  uint32_t numSteps = uint32_t(e.programs[0]->steps.size());
  for (uint32_t s = 0; unitPerStep && s < numSteps; ++s)
    addUnit(s, 1);
  if (!unitPerStep)
    addUnit(0, numSteps);
  file.updateSegments();
  return file;
}

} // namespace dsc::test
