// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// dsc_pipeline: where it is cut, what it is made of, and its end.
#include "runtime/src/Pipeline.h"
#include "runtime/src/Structs.h"

#include <algorithm>

namespace dsc::rt {

using namespace schema;

namespace {

constexpr uint32_t maxDepth = 64;

/// The caller's stages, or else the plan's own, as the first unit of each that has some.
struct StageCuts {
  uint32_t firstUnit[CutTable::maxStages];
  uint32_t count;
};

dsc_status readCuts(const dsc_pipeline_options &options, const Entry &entry, StageCuts &cuts, dsc_error *error) {
  const auto &units = *entry.units();
  uint32_t covered = 0, stride = options.stages ? options.stages->struct_size : 0;
  for (uint32_t s = 0; covered < units.size(); ++s) {
    uint32_t count = 0;
    if (options.stages) {
      auto stage = reinterpret_cast<const dsc_stage *>(reinterpret_cast<const char *>(options.stages) + uint64_t(s) * stride);
      if (s == options.num_stages || stage->struct_size != stride || stride < sizeof *stage ||
          (stage->num_units && stage->first_unit != covered) || stage->num_units > units.size() - covered)
        return fail(error, DSC_E_INVALID_ARGUMENT, s, "stage %u: expected units that follow those of the stage before, up to %u",
                    s, units.size());
      count = stage->num_units;
    } else {
      while (covered + count < units.size() && units[covered + count]->stage() == s)
        ++count;
    }
    if (count && cuts.count == CutTable::maxStages)
      return fail(error, DSC_E_LIMIT, s, "expected at most %u stages", CutTable::maxStages);
    if (count)
      cuts.firstUnit[cuts.count++] = covered;
    covered += count;
  }
  return DSC_OK;
}

dsc_status noMemory(dsc_error *error) { return fail(error, DSC_E_OUT_OF_MEMORY, nowhere, "no memory for the pipeline"); }

dsc_status createStages(dsc_pipeline &pipeline, const dsc_pipeline_options &options, const StageCuts &cuts, dsc_error *error) {
  const ThreadPool &shared = pipeline.plan->runtime->pool;
  uint32_t threads = options.num_threads ? options.num_threads : std::max(1u, shared.concurrency() / pipeline.numStages);
  for (uint32_t s = 0; s < pipeline.numStages; ++s) {
    PipelineStage &stage = pipeline.stages[s];
    stage.pipeline = &pipeline;
    stage.firstUnit = cuts.firstUnit[s];
    stage.isLast = s + 1 == pipeline.numStages;
    stage.queue = pipeline.memory.array<PipelineItem *>(pipeline.numItems);
    pthread_cond_init(&stage.filled, nullptr);
    if (!stage.queue || !stage.pool.start(threads, shared.callerHooks(), pipeline.memory))
      return noMemory(error);
  }
  return DSC_OK;
}

dsc_status createItems(dsc_pipeline &pipeline, const dsc_pipeline_options &options, dsc_error *error) {
  ThreadPool *widest = &pipeline.stages[0].pool;
  for (uint32_t s = 1; s < pipeline.numStages; ++s)
    if (pipeline.stages[s].pool.concurrency() > widest->concurrency())
      widest = &pipeline.stages[s].pool;
  dsc_context_options each = {};
  each.function = options.function;
  each.variant = options.variant;
  each.max_dims = options.max_dims;
  each.num_max_dims = options.num_max_dims;
  for (uint32_t i = 0; i < pipeline.numItems; ++i)
    if (dsc_status s = createContext(*pipeline.plan, each, widest, pipeline.items[i].context, error))
      return s;
  return DSC_OK;
}

dsc_status setUp(dsc_pipeline &pipeline, const dsc_pipeline_options &options, dsc_error *error) {
  const Variant &variant = *variantOf(pipeline.plan, options.function, options.variant);
  StageCuts cuts = {};
  if (dsc_status s = readCuts(options, *variant.entries()->Get(0), cuts, error))
    return s;
  pipeline.numStages = cuts.count;
  pipeline.numItems = cuts.count * (options.depth ? options.depth : defaultDepth);
  pipeline.stages = pipeline.memory.array<PipelineStage>(pipeline.numStages);
  pipeline.items = pipeline.memory.array<PipelineItem>(pipeline.numItems);
  if (!pipeline.stages || !pipeline.items)
    return noMemory(error);
  if (dsc_status s = createStages(pipeline, options, cuts, error))
    return s;
  if (dsc_status s = createItems(pipeline, options, error))
    return s;
  for (; pipeline.numThreads < pipeline.numStages; ++pipeline.numThreads) {
    PipelineStage &stage = pipeline.stages[pipeline.numThreads];
    if (!startThread(stage.thread, serve, &stage))
      return noMemory(error);
  }
  return DSC_OK;
}

} // namespace
} // namespace dsc::rt

using namespace dsc::rt;

extern "C" {

dsc_status dsc_pipeline_create(dsc_plan *plan, const dsc_pipeline_options *given, dsc_pipeline **out, dsc_error *error) {
  if (out)
    *out = nullptr;
  if (!plan || !out)
    return fail(error, DSC_E_INVALID_ARGUMENT, nowhere, "expected a plan and a place for the pipeline");
  dsc_pipeline_options options;
  if (dsc_status s = readStruct(given, options, "dsc_pipeline_options", error))
    return s;
  if (!variantOf(plan, options.function, options.variant))
    return fail(error, DSC_E_NOT_FOUND, options.variant, "the plan has no such variant");
  if (options.depth > maxDepth || options.reserved || !options.stages != !options.num_stages)
    return fail(error, DSC_E_INVALID_ARGUMENT, options.depth, "expected stages with their number and a depth of at most %u",
                maxDepth);
  Memory memory;
  memory.init(&plan->runtime->memory.hooks());
  auto pipeline = memory.array<dsc_pipeline>(1);
  if (!pipeline)
    return noMemory(error);
  pipeline->memory = memory;
  pipeline->plan = plan;
  pthread_mutex_init(&pipeline->lock, nullptr);
  pthread_cond_init(&pipeline->finished, nullptr);
  retain(plan);
  if (dsc_status s = setUp(*pipeline, options, error)) {
    dsc_pipeline_release(pipeline);
    return s;
  }
  *out = pipeline;
  return succeed(error);
}

void dsc_pipeline_release(dsc_pipeline *pipeline) {
  if (!pipeline)
    return;
  if (pipeline->plan->runtime->isAlive()) {
    dsc_pipeline_abort(pipeline);
    {
      Locked locked(*pipeline);
      while (pipeline->numInFlight)
        pthread_cond_wait(&pipeline->finished, &pipeline->lock);
      pipeline->isClosing = true;
      for (uint32_t s = 0; s < pipeline->numThreads; ++s)
        pthread_cond_signal(&pipeline->stages[s].filled);
    }
    for (uint32_t s = 0; s < pipeline->numThreads; ++s)
      pthread_join(pipeline->stages[s].thread, nullptr);
    for (uint32_t s = 0; pipeline->stages && s < pipeline->numStages; ++s)
      pipeline->stages[s].pool.stop();
  }
  for (uint32_t i = 0; pipeline->items && i < pipeline->numItems; ++i)
    dsc_context_release(pipeline->items[i].context);
  dsc_plan *plan = pipeline->plan;
  Memory memory = pipeline->memory;
  memory.releaseAll();
  dsc_plan_release(plan);
}

} // extern "C"
