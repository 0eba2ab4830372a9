// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The runtime's own threads: they spin between the regions of a run and sleep between runs.
#ifndef DSC_RUNTIME_SRC_THREADPOOL_H
#define DSC_RUNTIME_SRC_THREADPOOL_H

#include "runtime/src/Memory.h"

#include <pthread.h>

namespace dsc::rt {

using PoolBody = void (*)(void *argument, uint32_t index);

/// Starts a thread that never receives the host's signals; false if the system refuses.
bool startThread(pthread_t &thread, void *(*body)(void *), void *argument);

/// One region at a time. Contexts of other threads that find the pool taken run their share themselves, so nobody waits
/// and results, which do not depend on the number of threads, stay the same.
class ThreadPool {
public:
  /// Starts `threads` - 1 workers from `memory`, or uses `hooks` (may be null). False when there is no memory; fewer
  /// workers than asked for are not an error.
  bool start(uint32_t threads, const dsc_threads *hooks, Memory &memory);
  void stop();

  /// Threads a region may use, the caller's included.
  uint32_t concurrency() const { return count; }

  /// The hooks it was started with, or null.
  const dsc_threads *callerHooks() const { return hooks.parallel_for ? &hooks : nullptr; }

  /// Around a run: workers may spin for the next region while at least one run is in progress.
  void beginRun();
  void endRun();

  /// Calls body(argument, i) for every i < n <= concurrency() and returns when all are done.
  void parallelFor(uint32_t n, PoolBody body, void *argument);

private:
  struct Worker;
  static void *workerMain(void *self);
  void work(Worker &worker);
  bool waitForEpoch(uint32_t seen);
  void wakeSleepers();

  dsc_threads hooks;
  Worker *workers;
  uint32_t count, numWorkers;
  uint32_t spinLimit;
  // Written once per region by the caller, read by workers.
  alignas(64) uint32_t epoch;
  uint32_t regionSize;
  PoolBody regionBody;
  void *regionArgument;
  alignas(64) uint32_t taken;
  alignas(64) uint32_t activeRuns;
  alignas(64) uint32_t sleepers;
  bool quit;
};

} // namespace dsc::rt
#endif
