// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What stands behind dsc_pipeline: slots for items, a thread and a queue for each stage.
#ifndef DSC_RUNTIME_SRC_PIPELINE_H
#define DSC_RUNTIME_SRC_PIPELINE_H

#include "runtime/schema/CutTable.h"
#include "runtime/src/Context.h"

namespace dsc::rt {

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

struct dsc_pipeline {
  dsc_plan *plan;
  dsc::rt::Memory memory;
  uint32_t numStages, numThreads, numItems;
  dsc::rt::PipelineStage *stages;
  dsc::rt::PipelineItem *items;
  pthread_mutex_t lock; // guards queues, items that no stage works on, and what follows
  pthread_cond_t finished;
  uint64_t lastTicket;
  uint32_t numInFlight;
  bool isAborted, isClosing;
};

namespace dsc::rt {

class Locked {
public:
  explicit Locked(dsc_pipeline &pipeline) : lock(pipeline.lock) { pthread_mutex_lock(&lock); }
  ~Locked() { pthread_mutex_unlock(&lock); }
  Locked(const Locked &) = delete;

private:
  pthread_mutex_t &lock;
};

/// What the thread of a stage runs, until the pipeline closes.
void *serve(void *stage);

} // namespace dsc::rt
#endif
