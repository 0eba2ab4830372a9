// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// dsc_pipeline at work: a thread per stage runs its range of units on one item after the other. An item is a context of
// its own, so a stage hands over the whole arena and copies nothing; the number of items bounds every queue.
#include "runtime/src/Pipeline.h"

#include <algorithm>

using namespace dsc::rt;

namespace dsc::rt {
namespace {

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

} // namespace

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

namespace {

/// A slot that is reserved for an item not submitted yet.
constexpr uint64_t reserved = UINT64_MAX;

dsc_status aborted(dsc_error *error) { return fail(error, DSC_E_CANCELLED, nowhere, "the pipeline was aborted"); }

/// A free slot for a new item.
dsc_status takeSlot(dsc_pipeline &pipeline, PipelineItem *&item, dsc_error *error) {
  Locked locked(pipeline);
  if (pipeline.isAborted)
    return aborted(error);
  PipelineItem *end = pipeline.items + pipeline.numItems;
  item = std::find_if(pipeline.items, end, [](const PipelineItem &each) { return !each.ticket; });
  if (item == end)
    return fail(error, DSC_E_LIMIT, pipeline.numItems, "all %u slots of the pipeline are taken: wait for a ticket",
                pipeline.numItems);
  item->ticket = reserved;
  item->isDone = false;
  item->error.struct_size = sizeof item->error;
  item->error.code = DSC_OK;
  return DSC_OK;
}

} // namespace
} // namespace dsc::rt

extern "C" {

dsc_status dsc_pipeline_submit(dsc_pipeline *pipeline, const dsc_tensor *in, uint32_t numIn, dsc_tensor *out,
                               uint32_t numOut, uint64_t *ticket, dsc_error *error) {
  if (!pipeline || !ticket)
    return fail(error, DSC_E_INVALID_ARGUMENT, nowhere, "expected a pipeline and a place for the ticket");
  if (!pipeline->plan->runtime->isAlive())
    return fail(error, DSC_E_INVALID_ARGUMENT, nowhere, "a runtime does not survive fork");
  PipelineItem *item;
  if (dsc_status s = takeSlot(*pipeline, item, error))
    return s;
  item->beginNs = pipeline->plan->runtime->isTracing() ? nowNanoseconds() : 0;
  dsc_status status = startRun(*item->context, in, numIn, out, numOut, item->entry, error);
  Locked locked(*pipeline);
  if (!status && pipeline->isAborted)
    status = aborted(error);
  if (status) {
    item->ticket = 0;
    return status;
  }
  *ticket = item->ticket = ++pipeline->lastTicket;
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
    if (!ticket || ticket == reserved || item == end)
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
