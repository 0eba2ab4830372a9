// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// dsc_runtime: options, hooks, thread pool, life time.
#include "runtime/src/Cpu.h"
#include "runtime/src/Handles.h"
#include "runtime/src/Structs.h"

#include <sys/mman.h>
#include <time.h>

namespace dsc::rt {

uint64_t nowNanoseconds() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return uint64_t(now.tv_sec) * 1000000000u + uint64_t(now.tv_nsec);
}

void retain(dsc_runtime *runtime) { __atomic_fetch_add(&runtime->references, 1, __ATOMIC_RELAXED); }

void unmap(Mapping &mapping) {
  if (mapping.data)
    munmap(mapping.data, mapping.bytes);
  mapping = {};
}

/// A page that the kernel wipes in a forked child; null where it cannot.
static uint32_t *mapAlivePage() {
  void *page = mmap(nullptr, schema::pageBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED)
    return nullptr;
  if (madvise(page, schema::pageBytes, MADV_WIPEONFORK) != 0) {
    munmap(page, schema::pageBytes);
    return nullptr;
  }
  uint32_t *alive = static_cast<uint32_t *>(page);
  *alive = 1;
  return alive;
}

static dsc_status readOptions(const dsc_runtime_options *given, dsc_runtime_options &options, dsc_error *error) {
  if (dsc_status s = readStruct(given, options, "dsc_runtime_options", error))
    return s;
  if (options.flags & ~uint32_t(DSC_RUNTIME_NO_CUDA))
    return fail(error, DSC_E_INVALID_ARGUMENT, nowhere, "expected known runtime flags, but got 0x%x", options.flags);
  if (options.max_cpu_level < 0 || options.max_cpu_level > DSC_CPU_X86_V4_VNNI_BF16)
    return fail(error, DSC_E_INVALID_ARGUMENT, nowhere, "expected a known CPU level, but got %d", options.max_cpu_level);
  const dsc_allocator *allocator = options.allocator;
  if (allocator && (!acceptsStruct(allocator, allocator->struct_size, sizeof *allocator) || !allocator->alloc ||
                    !allocator->free || allocator->reserved))
    return fail(error, DSC_E_INVALID_ARGUMENT, nowhere, "expected a dsc_allocator with alloc and free");
  const dsc_threads *threads = options.threads;
  if (threads && (!acceptsStruct(threads, threads->struct_size, sizeof *threads) || !threads->parallel_for))
    return fail(error, DSC_E_INVALID_ARGUMENT, nowhere, "expected a dsc_threads with parallel_for");
  return DSC_OK;
}

} // namespace dsc::rt

using namespace dsc::rt;

void dsc_runtime::trace(int32_t kind, uint64_t id, uint64_t parent, uint64_t beginNs, uint64_t bytes, uint64_t flops,
                        const char *name) const {
  dsc_trace_event event = {};
  event.struct_size = sizeof event;
  event.kind = kind;
  event.id = id;
  event.parent = parent;
  event.begin_ns = beginNs;
  event.end_ns = nowNanoseconds();
  event.bytes = bytes;
  event.flops = flops;
  event.device_kind = DSC_CPU;
  event.name = name;
  options.trace(options.hook_self, &event);
}

extern "C" {

dsc_status dsc_runtime_create(const dsc_runtime_options *given, dsc_runtime **out, dsc_error *error) {
  if (!out)
    return fail(error, DSC_E_INVALID_ARGUMENT, nowhere, "expected a place for the runtime");
  *out = nullptr;
  dsc_runtime_options options;
  if (dsc_status s = readOptions(given, options, error))
    return s;
  Memory memory;
  memory.init(options.allocator);
  auto runtime = memory.array<dsc_runtime>(1);
  if (!runtime)
    return fail(error, DSC_E_OUT_OF_MEMORY, nowhere, "no memory for the runtime");
  runtime->memory = memory;
  uint32_t threads = options.num_threads ? options.num_threads : options.threads ? 0 : defaultThreadCount();
  if (!runtime->pool.start(threads, options.threads, runtime->memory)) {
    memory = runtime->memory;
    memory.releaseAll();
    return fail(error, DSC_E_OUT_OF_MEMORY, nowhere, "no memory for the thread pool");
  }
  runtime->options = options;
  runtime->options.allocator = nullptr;
  runtime->options.threads = nullptr;
  runtime->cpuLevel = detectCpuLevel();
  if (options.max_cpu_level && options.max_cpu_level < runtime->cpuLevel)
    runtime->cpuLevel = options.max_cpu_level;
  runtime->references = 1;
  runtime->alive = mapAlivePage();
  *out = runtime;
  return succeed(error);
}

void dsc_runtime_release(dsc_runtime *runtime) {
  if (!runtime || __atomic_sub_fetch(&runtime->references, 1, __ATOMIC_ACQ_REL))
    return;
  if (runtime->isAlive())
    runtime->pool.stop();
  if (runtime->alive)
    munmap(runtime->alive, dsc::schema::pageBytes);
  Memory memory = runtime->memory;
  memory.releaseAll();
}

uint32_t dsc_runtime_device_count(const dsc_runtime *runtime, dsc_device_kind kind) {
  return runtime && kind == DSC_CPU ? 1 : 0;
}

} // extern "C"
