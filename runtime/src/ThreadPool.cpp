// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// An epoch counter starts a region, one done word per worker ends it; futexes only for workers that gave up spinning.
#include "runtime/src/ThreadPool.h"

#include "runtime/src/Cpu.h"

#include <cerrno>
#include <climits>
#include <csignal>
#include <cstring>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

namespace dsc::rt {

struct alignas(64) ThreadPool::Worker {
  uint32_t done; // the last epoch this worker finished
  uint32_t index;
  ThreadPool *pool;
  pthread_t thread;
};

namespace {

constexpr uint32_t maxThreads = 1024;
constexpr uint64_t spinNanoseconds = 50000;
constexpr size_t stackBytes = 1u << 20;

template <class T>
T load(const T &value) {
  return __atomic_load_n(&value, __ATOMIC_ACQUIRE);
}

void pause() { __builtin_ia32_pause(); }

uint64_t nanoseconds() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return uint64_t(now.tv_sec) * 1000000000u + uint64_t(now.tv_nsec);
}

/// How many pauses make up the spinning time: PAUSE takes 40 to 140 cycles.
uint32_t calibrateSpin() {
  constexpr uint32_t sample = 256;
  uint64_t begin = nanoseconds();
  for (uint32_t i = 0; i < sample; ++i)
    pause();
  uint64_t spent = nanoseconds() - begin;
  uint64_t limit = spinNanoseconds * sample / (spent ? spent : 1);
  return limit < 100 ? 100 : limit > 100000 ? 100000 : uint32_t(limit);
}

} // namespace

bool startThread(pthread_t &thread, void *(*body)(void *), void *argument) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, stackBytes);
  bool isStarted = pthread_create(&thread, &attributes, body, argument) == 0;
  pthread_attr_destroy(&attributes);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return isStarted;
}

bool ThreadPool::start(uint32_t threads, const dsc_threads *callerHooks, Memory &memory) {
  memset(static_cast<void *>(this), 0, sizeof *this);
  if (callerHooks && callerHooks->parallel_for) {
    hooks = *callerHooks;
    count = hooks.concurrency ? hooks.concurrency : 1;
    if (threads && threads < count)
      count = threads;
    return true;
  }
  count = threads < maxThreads ? threads : maxThreads;
  if (count <= 1) {
    count = 1;
    return true;
  }
  workers = memory.array<Worker>(count - 1);
  if (!workers)
    return false;
  spinLimit = calibrateSpin();
  for (uint32_t i = 0; i + 1 < count; ++i) {
    workers[i].pool = this;
    workers[i].index = i + 1;
    if (!startThread(workers[i].thread, workerMain, &workers[i]))
      break;
    ++numWorkers;
  }
  count = numWorkers + 1;
  return true;
}

void ThreadPool::stop() {
  if (!numWorkers)
    return;
  __atomic_store_n(&quit, true, __ATOMIC_RELEASE);
  __atomic_fetch_add(&epoch, 1, __ATOMIC_SEQ_CST);
  syscall(SYS_futex, &epoch, FUTEX_WAKE_PRIVATE, INT_MAX, nullptr, nullptr, 0);
  for (uint32_t i = 0; i < numWorkers; ++i)
    pthread_join(workers[i].thread, nullptr);
  numWorkers = 0;
}

void *ThreadPool::workerMain(void *self) {
  Worker &worker = *static_cast<Worker *>(self);
  __builtin_ia32_ldmxcsr(kernelMxcsr);
  worker.pool->work(worker);
  return nullptr;
}

/// Spins while a run is in progress, then sleeps, until the epoch moves on; false when the pool stops.
bool ThreadPool::waitForEpoch(uint32_t seen) {
  uint32_t spins = 0;
  while (load(epoch) == seen) {
    if (spins < spinLimit && __atomic_load_n(&activeRuns, __ATOMIC_RELAXED)) {
      ++spins;
      pause();
      continue;
    }
    __atomic_fetch_add(&sleepers, 1, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&epoch, __ATOMIC_SEQ_CST) == seen)
      syscall(SYS_futex, &epoch, FUTEX_WAIT_PRIVATE, seen, nullptr, nullptr, 0);
    __atomic_fetch_sub(&sleepers, 1, __ATOMIC_SEQ_CST);
    spins = 0;
  }
  return !load(quit);
}

void ThreadPool::work(Worker &worker) {
  for (uint32_t seen = 0; waitForEpoch(seen);) {
    ++seen;
    if (worker.index < regionSize)
      regionBody(regionArgument, worker.index);
    __atomic_store_n(&worker.done, seen, __ATOMIC_RELEASE);
  }
}

void ThreadPool::beginRun() {
  if (numWorkers)
    __atomic_fetch_add(&activeRuns, 1, __ATOMIC_RELAXED);
}

void ThreadPool::endRun() {
  if (numWorkers)
    __atomic_fetch_sub(&activeRuns, 1, __ATOMIC_RELAXED);
}

void ThreadPool::wakeSleepers() {
  if (__atomic_load_n(&sleepers, __ATOMIC_SEQ_CST))
    syscall(SYS_futex, &epoch, FUTEX_WAKE_PRIVATE, INT_MAX, nullptr, nullptr, 0);
}

void ThreadPool::parallelFor(uint32_t n, PoolBody body, void *argument) {
  if (hooks.parallel_for && n > 1)
    return hooks.parallel_for(hooks.self, n, body, argument);
  if (n <= 1 || __atomic_exchange_n(&taken, 1, __ATOMIC_ACQUIRE)) {
    for (uint32_t i = 0; i < n; ++i)
      body(argument, i);
    return;
  }
  regionSize = n;
  regionBody = body;
  regionArgument = argument;
  uint32_t now = __atomic_add_fetch(&epoch, 1, __ATOMIC_SEQ_CST);
  wakeSleepers();
  body(argument, 0);
  for (uint32_t i = 0; i < numWorkers; ++i)
    for (uint32_t spins = 0; load(workers[i].done) != now;) {
      pause();
      // A worker that was descheduled needs this core, should there be no other.
      if (++spins % 4096 == 0)
        syscall(SYS_sched_yield);
    }
  __atomic_store_n(&taken, 0, __ATOMIC_RELEASE);
}

} // namespace dsc::rt
