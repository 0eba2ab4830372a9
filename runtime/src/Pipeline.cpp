// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// dsc_pipeline: a thread per stage runs its range of units on one item after the other. An item is a context of its own,
// so a stage hands over the whole arena and copies nothing; the number of items bounds every queue.
#include "runtime/schema/CutTable.h"
#include "runtime/src/Context.h"
#include "runtime/src/Structs.h"

#include <algorithm>

namespace dsc::rt {

using namespace schema;

/// A slot of the pipeline, and what is in it.
struct PipelineItem {
  dsc_context *context;
  ContextEntry *entry;
  uint64_t ticket; // 0: the slot is free
  uint64_t beginNs;
  bool isDone;
  dsc_error error; // its code is the status of the item
};

struct PipelineStage {
  dsc_pipeline *pipeline;
  uint32_t firstUnit;
  bool isLast;
  ThreadPool pool;
  pthread_t thread;
  pthread_cond_t filled;
  PipelineItem **queue; // a ring with room for every item
  uint32_t head, count;
};

} // namespace dsc::rt

using namespace dsc::rt;

struct dsc_pipeline {
  dsc_plan *plan;
  Memory memory;
  uint32_t numStages, numThreads, numItems;
  PipelineStage *stages;
  PipelineItem *items;
  pthread_mutex_t lock; // guards queues, items that no stage works on, and what follows
  pthread_cond_t finished;
  uint64_t lastTicket;
  uint32_t numInFlight;
  bool isAborted, isClosing;
};

namespace dsc::rt {
namespace {

constexpr uint32_t maxDepth = 64;

class Locked {
public:
  explicit Locked(dsc_pipeline &pipeline) : lock(pipeline.lock) { pthread_mutex_lock(&lock); }
  ~Locked() { pthread_mutex_unlock(&lock); }
  Locked(const Locked &) = delete;

private:
  pthread_mutex_t &lock;
};

void push(PipelineStage &stage, PipelineItem &item) {
  stage.queue[(stage.head + stage.count++) % stage.pipeline->numItems] = &item;
  pthread_cond_signal(&stage.filled);
}

/// The step a unit starts at; behind the last unit the number of steps.
uint32_t firstStep(const ContextEntry &entry, uint32_t unit) {
  const auto &units = *entry.entry->units();
  return unit < units.size() ? units[unit]->first_step() : entry.numSteps;
}

/// Runs the stage's steps on an item; one that failed before only passes through.
void work(PipelineStage &stage, PipelineItem &item) {
  dsc_context &context = *item.context;
  context.pool = &stage.pool;
  uint32_t end = stage.isLast ? item.entry->numSteps : firstStep(*item.entry, (&stage)[1].firstUnit);
  if (!item.error.code)
    continueRun(context, *item.entry, firstStep(*item.entry, stage.firstUnit), end, 0, &item.error);
  if (!stage.isLast)
    return;
  if (!item.error.code)
    describeOutputs(context, *item.entry, false, &item.error);
  traceRun(context, item.beginNs);
}

void *serve(void *argument) {
  PipelineStage &stage = *static_cast<PipelineStage *>(argument);
  dsc_pipeline &pipeline = *stage.pipeline;
  pthread_mutex_lock(&pipeline.lock);
  for (;;) {
    while (!stage.count && !pipeline.isClosing)
      pthread_cond_wait(&stage.filled, &pipeline.lock);
    if (!stage.count)
      break;
    PipelineItem &item = *stage.queue[stage.head];
    stage.head = (stage.head + 1) % pipeline.numItems;
    --stage.count;
    pthread_mutex_unlock(&pipeline.lock);
    work(stage, item);
    pthread_mutex_lock(&pipeline.lock);
    if (!stage.isLast) {
      push((&stage)[1], item);
      continue;
    }
    item.isDone = true;
    --pipeline.numInFlight;
    pthread_cond_broadcast(&pipeline.finished);
  }
  pthread_mutex_unlock(&pipeline.lock);
  return nullptr;
}

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

/// A free slot for a new item; null with a reason in `error` where there is none.
PipelineItem *takeSlot(dsc_pipeline &pipeline, dsc_error *error) {
  Locked locked(pipeline);
  for (uint32_t i = 0; i < pipeline.numItems && !pipeline.isAborted; ++i)
    if (PipelineItem &item = pipeline.items[i]; !item.ticket) {
      item.ticket = ++pipeline.lastTicket;
      item.isDone = false;
      item.error.struct_size = sizeof item.error;
      item.error.code = DSC_OK;
      return &item;
    }
  if (!pipeline.isAborted)
    fail(error, DSC_E_LIMIT, pipeline.numItems, "all %u slots of the pipeline are taken: wait for a ticket", pipeline.numItems);
  return nullptr;
}

dsc_status aborted(dsc_error *error) { return fail(error, DSC_E_CANCELLED, nowhere, "the pipeline was aborted"); }

} // namespace
} // namespace dsc::rt

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

dsc_status dsc_pipeline_submit(dsc_pipeline *pipeline, const dsc_tensor *in, uint32_t numIn, dsc_tensor *out,
                               uint32_t numOut, uint64_t *ticket, dsc_error *error) {
  if (!pipeline || !ticket)
    return fail(error, DSC_E_INVALID_ARGUMENT, nowhere, "expected a pipeline and a place for the ticket");
  if (!pipeline->plan->runtime->isAlive())
    return fail(error, DSC_E_INVALID_ARGUMENT, nowhere, "a runtime does not survive fork");
  PipelineItem *item = takeSlot(*pipeline, error);
  if (!item)
    return pipeline->isAborted ? aborted(error) : dsc_status(DSC_E_LIMIT);
  item->beginNs = pipeline->plan->runtime->isTracing() ? nowNanoseconds() : 0;
  dsc_status status = startRun(*item->context, in, numIn, out, numOut, item->entry, error);
  Locked locked(*pipeline);
  if (!status && pipeline->isAborted)
    status = aborted(error);
  if (status) {
    item->ticket = 0;
    return status;
  }
  *ticket = item->ticket;
  ++pipeline->numInFlight;
  push(pipeline->stages[0], *item);
  return succeed(error);
}

dsc_status dsc_pipeline_wait(dsc_pipeline *pipeline, uint64_t ticket, uint64_t timeoutNs, dsc_error *error) {
  if (!pipeline)
    return fail(error, DSC_E_INVALID_ARGUMENT, nowhere, "expected a pipeline");
  if (!pipeline->plan->runtime->isAlive())
    return fail(error, DSC_E_INVALID_ARGUMENT, nowhere, "a runtime does not survive fork");
  constexpr uint64_t second = 1000000000;
  uint64_t deadline = nowNanoseconds() + std::min(timeoutNs, uint64_t(1) << 60);
  timespec until = {time_t(deadline / second), long(deadline % second)};
  Locked locked(*pipeline);
  for (bool isLate = false;;) {
    PipelineItem *end = pipeline->items + pipeline->numItems;
    PipelineItem *item = std::find_if(pipeline->items, end, [&](const PipelineItem &each) { return each.ticket == ticket; });
    if (!ticket || item == end)
      return fail(error, DSC_E_NOT_FOUND, ticket, "the pipeline has no such ticket");
    if (item->isDone) {
      item->ticket = 0;
      const dsc_error &result = item->error;
      return result.code ? fail(error, result.code, result.where, "%s", result.message) : succeed(error);
    }
    if (isLate)
      return fail(error, DSC_E_DEADLINE, ticket, "the time was up before the item was done");
    if (timeoutNs)
      isLate = pthread_cond_clockwait(&pipeline->finished, &pipeline->lock, CLOCK_MONOTONIC, &until) != 0;
    else
      pthread_cond_wait(&pipeline->finished, &pipeline->lock);
  }
}

void dsc_pipeline_abort(dsc_pipeline *pipeline) {
  if (!pipeline)
    return;
  Locked locked(*pipeline);
  pipeline->isAborted = true;
  for (uint32_t i = 0; pipeline->items && i < pipeline->numItems; ++i)
    dsc_context_cancel(pipeline->items[i].context);
}

} // extern "C"
