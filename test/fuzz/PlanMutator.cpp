// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Three ways to damage a plan, and what must hold for any plan.
#include "PlanMutator.h"

#include "PlanFields.h"

#include <cstdlib>
#include <cstring>

namespace dsc::test {

using namespace schema;

uint64_t Random::next() {
  uint64_t z = state += 0x9e3779b97f4a7c15u;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return z ^ z >> 31;
}

namespace {

/// Views, sizes read from data, symbolic offsets, costs, metadata: what the two standard plans do not have.
PlanBuilder richPlan() {
  PlanBuilder b;
  uint32_t n = b.symbol("n", 0, 4, SymbolKind::Data);
  uint32_t one = b.constant(1), eight = b.constant(8);
  uint32_t bytes = b.op(ShapeOpKind::Mul, n, eight), capped = b.op(ShapeOpKind::Min, n, one);
  b.input("count", DType::I64, {one});
  b.output("y", DType::I64, {n});
  b.buffer(Place::Input, 0, 0, 8, DType::I64);
  b.view(0, 0, 8, DType::I64);
  BufferT &out = b.buffer(Place::Output, 0, 0, 32, DType::I64);
  out.size_slot = bytes;
  out.shape = {n};
  b.buffer(Place::Arena, 0, 0, 64, DType::I64);
  BufferT &view = b.view(3, 8, 8, DType::I64);
  view.offset_slot = capped;
  b.buffer(Place::Fault, 0, 0, faultBytes, DType::I32);
  b.arena(64);
  b.step(StepKind::Fill, {3});
  b.step(StepKind::ReadDim, {1}, {n}).deps = {0};
  b.launch(b.kernel("dims", {2}, 4, 128), {2}, n, {eight, one, n, bytes}).flops = bytes;
  b.launch(b.kernel("check", {1, 2, 2}), {0, 4, 5}, one);
  b.step(StepKind::Barrier, {});
  b.entry().costs.push_back(std::make_unique<CostPointT>());
  b.entry().costs[0]->bounds = {4};
  b.file.plan.metadata.push_back(std::make_unique<KeyValueT>());
  b.file.plan.metadata[0]->key = "model";
  return b;
}

Bytes metadataOf(const Bytes &file) {
  FileHeader header;
  memcpy(&header, file.data(), sizeof header);
  auto begin = file.begin() + long(header.metaOffset);
  return Bytes(begin, begin + long(header.metaBytes));
}

/// A value that checks get wrong: small, at an edge, next to the old one, or anything.
uint64_t interesting(Random &random, uint64_t old) {
  switch (random.below(6)) {
  case 0:
    return random.below(8);
  case 1:
    return old + 1;
  case 2:
    return old - 1;
  case 3:
    return ~uint64_t(0) >> random.below(64);
  case 4:
    return uint64_t(1) << random.below(64);
  default:
    return random.next();
  }
}

void mutateField(Random &random, const Field &field) {
  uint64_t value = 0;
  size_t bytes = field.bytes < 8 ? field.bytes : 8;
  memcpy(&value, field.data, bytes);
  value = interesting(random, value);
  memcpy(field.data, &value, bytes);
}

void mutateList(Random &random, const List &list) {
  size_t size = list.size();
  if (!size)
    return;
  size_t a = random.below(size), b = random.below(size);
  switch (random.below(3)) {
  case 0:
    return list.remove(a);
  case 1:
    return list.repeat(a);
  default:
    return list.swap(a, b);
  }
}

} // namespace

void PlanCorpus::add(const PlanFile &file) {
  files.push_back(file.write());
  seeds.push_back({metadataOf(files.back()), file.segments});
}

PlanCorpus::PlanCorpus() {
  std::vector<PlanBuilder> plans;
  plans.push_back(addPlan(16));
  plans.push_back(batchPlan(8));
  plans.push_back(batchPlan(INT64_MAX));
  plans.push_back(richPlan());
  for (PlanBuilder &plan : plans)
    add(plan.finish());
  for (PlanBuilder &plan : plans)
    add(plan.finish(true));
  add(chainPlan(6, 16));
}

Bytes sealMetadata(const Bytes &metadata, const std::vector<Bytes> &segments) {
  return assemble(metadata.data(), metadata.size(), segments);
}

Bytes PlanCorpus::mutateRaw(Random &random) const {
  Bytes file = files[random.below(files.size())];
  if (random.below(8) == 0)
    file.resize(random.below(file.size() + 64));
  for (uint64_t n = 1 + random.below(4); n-- && !file.empty();) {
    // The front is where the structure is.
    size_t range = random.below(4) ? std::min<size_t>(file.size(), 4096) : file.size();
    file[random.below(range)] = uint8_t(random.next());
  }
  return file;
}

Bytes PlanCorpus::mutateMetadata(Random &random) const {
  const Seed &seed = seeds[random.below(seeds.size())];
  Bytes metadata = seed.metadata;
  for (uint64_t n = 1 + random.below(3); n--;)
    metadata[random.below(metadata.size())] = uint8_t(random.below(2) ? random.below(4) : random.next());
  return sealMetadata(metadata, seed.segments);
}

Bytes PlanCorpus::mutateTables(Random &random) const {
  const Seed &seed = seeds[random.below(seeds.size())];
  PlanFile file;
  GetPlan(seed.metadata.data())->UnPackTo(&file.plan);
  file.segments = seed.segments;
  for (uint64_t n = 1 + random.below(3); n--;) {
    PlanFields all = listFields(file.plan);
    uint64_t kind = random.below(10);
    if (kind == 0)
      all.texts[random.below(all.texts.size())]->assign(random.below(1100), char(random.next()));
    else if (kind < 3)
      mutateList(random, all.lists[random.below(all.lists.size())]);
    else
      mutateField(random, all.fields[random.below(all.fields.size())]);
  }
  return file.write();
}

/// A plan may ask for any amount of memory; the probe has little.
static void *allocateSome(void *, uint64_t bytes, uint64_t align, dsc_device_kind, int32_t) {
  return bytes > (64u << 20) ? nullptr : aligned_alloc(align, (bytes + align - 1) / align * align);
}

static void release(void *, void *p, uint64_t, dsc_device_kind, int32_t) { free(p); }

PlanProbe::PlanProbe() {
  dsc_allocator allocator = {};
  allocator.struct_size = sizeof allocator;
  allocator.alloc = allocateSome;
  allocator.free = release;
  dsc_runtime_options options = {};
  options.struct_size = sizeof options;
  options.num_threads = 1;
  options.allocator = &allocator;
  if (dsc_runtime_create(&options, &runtime, nullptr))
    abort();
}

PlanProbe::~PlanProbe() { dsc_runtime_release(runtime); }

static bool passesVerifier(const Bytes &file) {
  FileHeader header;
  if (file.size() < sizeof header)
    return false;
  memcpy(&header, file.data(), sizeof header);
  if (header.metaOffset > file.size() || header.metaBytes > file.size() - header.metaOffset || header.metaBytes < 8)
    return false;
  Bytes metadata = metadataOf(file);
  flatbuffers::Verifier verifier(metadata.data(), metadata.size(), 16, uint32_t(metadata.size() / 8));
  return PlanBufferHasIdentifier(metadata.data()) && VerifyPlanBuffer(verifier);
}

/// Cuts each variant into stages that may be too small.
static void cut(dsc_plan *plan, uint32_t fn) {
  for (uint32_t v = 0; v < dsc_plan_variant_count(plan, fn); ++v) {
    dsc_stage stages[4] = {};
    for (dsc_stage &stage : stages)
      stage.struct_size = sizeof stage;
    stages[3].mem_bytes = 64;
    dsc_plan_partition(plan, fn, v, stages, 4, nullptr, nullptr);
    dsc_pipeline_options options = {};
    options.struct_size = sizeof options;
    options.function = fn;
    options.variant = v;
    options.depth = 1;
    dsc_pipeline *pipeline = nullptr;
    dsc_pipeline_create(plan, &options, &pipeline, nullptr);
    dsc_pipeline_release(pipeline);
  }
}

/// Reads everything the API offers about a plan that passed.
static void inspect(dsc_plan *plan) {
  for (uint32_t fn = 0; fn < dsc_plan_function_count(plan); ++fn) {
    dsc_tensor_info tensor = {};
    tensor.struct_size = sizeof tensor;
    for (uint32_t i = 0; i < dsc_plan_input_count(plan, fn); ++i)
      dsc_plan_input(plan, fn, i, &tensor, nullptr);
    for (uint32_t i = 0; i < dsc_plan_output_count(plan, fn); ++i)
      dsc_plan_output(plan, fn, i, &tensor, nullptr);
    for (uint32_t v = 0; v < dsc_plan_variant_count(plan, fn); ++v) {
      dsc_variant_info info = {};
      info.struct_size = sizeof info;
      dsc_plan_variant(plan, fn, v, &info, nullptr);
    }
    std::vector<int64_t> most(dsc_plan_symbol_count(plan, fn), 3);
    dsc_context_options options = {};
    options.struct_size = sizeof options;
    options.function = fn;
    options.max_dims = most.data();
    options.num_max_dims = uint32_t(most.size());
    dsc_context *context = nullptr;
    dsc_context_create(plan, &options, &context, nullptr);
    dsc_context_release(context);
    cut(plan, fn);
  }
}

Outcome PlanProbe::probe(const Bytes &file) {
  std::unique_ptr<uint8_t[]> exact(new uint8_t[file.size()]);
  memcpy(exact.get(), file.data(), file.size());
  dsc_plan_options options = {};
  options.struct_size = sizeof options;
  options.max_arena_bytes = 64u << 20;
  dsc_plan *plan = nullptr;
  if (dsc_plan_open_memory(runtime, exact.get(), file.size(), &options, &plan, nullptr))
    return passesVerifier(file) ? Outcome::reachedValidator : Outcome::refused;
  inspect(plan);
  dsc_plan_release(plan);
  return Outcome::accepted;
}

} // namespace dsc::test
