// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What stands behind dsc_runtime and dsc_plan.
#ifndef DSC_RUNTIME_SRC_HANDLES_H
#define DSC_RUNTIME_SRC_HANDLES_H

#include "runtime/src/Schema.h"
#include "runtime/src/ThreadPool.h"

namespace dsc::rt {

/// A CPU kernel: tiles [begin, end) with this thread's scratch memory.
using KernelCode = void (*)(void *const *buffers, const int64_t *dims, void *scratch, int64_t begin, int64_t end);

/// A kernel as a context calls it; code is null where the machine has no code for it.
struct CpuKernel {
  KernelCode code;
  uint32_t scratchBytes;
};

struct Mapping {
  void *data; // null: not mapped
  uint64_t bytes;
};

void unmap(Mapping &mapping);
uint64_t nowNanoseconds();

} // namespace dsc::rt

struct dsc_runtime {
  dsc::rt::Memory memory;
  dsc::rt::ThreadPool pool;
  dsc_runtime_options options; // hooks only; pointers inside are not used after creation
  int32_t cpuLevel;
  uint32_t references;
  uint32_t *alive; // a page that fork() wipes: zero in a child, where the pool has no threads
  uint64_t nextTraceId;

  /// False in a forked child.
  bool isAlive() const { return !alive || __atomic_load_n(alive, __ATOMIC_RELAXED); }
  void log(int32_t level, const char *message) const {
    if (options.log)
      options.log(options.hook_self, level, message);
  }
  bool isTracing() const { return options.trace; }
  uint64_t newTraceId() { return __atomic_add_fetch(&nextTraceId, 1, __ATOMIC_RELAXED); }
  void trace(int32_t kind, uint64_t id, uint64_t parent, uint64_t beginNs, uint64_t bytes, uint64_t flops,
             const char *name) const;
};

struct dsc_plan {
  dsc_runtime *runtime;
  dsc::rt::Memory memory;
  uint32_t references;
  uint32_t flags;
  uint64_t maxArenaBytes; // limit for contexts of open entries
  int fd; // -1 for plans in memory
  const dsc::schema::Plan *root;
  uint8_t digest[dsc::schema::digestBytes];
  uint64_t segmentBase;
  const uint8_t *segments; // mapped, copied or borrowed; from seg_base
  uint64_t segmentBytes;
  dsc::rt::Mapping segmentMapping;
  pthread_mutex_t lock; // guards what follows: made by the first context
  bool weightsChecked, codeMapped;
  dsc::rt::Mapping *codeMappings; // per segment
  dsc::rt::CpuKernel *kernels;
};

namespace dsc::rt {

void retain(dsc_runtime *runtime);
void retain(dsc_plan *plan);

/// Null where the plan has no such function or variant.
const schema::Function *functionOf(const dsc_plan *plan, uint32_t index);
const schema::Variant *variantOf(const dsc_plan *plan, uint32_t function, uint32_t index);

/// Compares weights with their CRC-32C, or their SHA-256 with `thorough`, and all other segments with their SHA-256.
dsc_status checkDigests(dsc_plan &plan, bool weights, bool others, bool thorough, dsc_error *error);

/// Checks deferred weights and maps code for this machine, once per plan. DSC_E_UNSUPPORTED_DEVICE if some kernel of the
/// CPU has no code at or below the runtime's level.
dsc_status prepareCode(dsc_plan &plan, dsc_error *error);

} // namespace dsc::rt
#endif
