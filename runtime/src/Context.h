// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What stands behind dsc_context: entries prepared for execution, their memory, and the state of one run.
#ifndef DSC_RUNTIME_SRC_CONTEXT_H
#define DSC_RUNTIME_SRC_CONTEXT_H

#include "runtime/src/Handles.h"
#include "runtime/src/ShapeProgram.h"

namespace dsc::rt {

/// A buffer of an entry. Where nothing of it changes between runs its pointer is final when the context exists.
struct EntryBuffer {
  schema::Place place;
  bool isDynamic;
  uint32_t index;              // input, output or segment
  uint32_t parent;             // noIndex: a root
  uint32_t sizeSlot, offsetSlot;
  int32_t ready;               // step after which sizes are known
  uint64_t offset;             // inside the arena, segment or parent
  uint64_t capacity;           // reserved bytes
  uint8_t *pointer;            // of this run
  uint64_t bytes;              // of this run
};

/// A step of an entry, with its tables resolved.
struct EntryStep {
  schema::StepKind kind;
  bool reportsFaults;
  uint32_t numBuffers, numDims;
  const uint32_t *buffers, *dims;
  KernelCode code;
  const uint8_t *access; // Launch: per buffer
  uint32_t tilesSlot, grain;
  uint32_t flopsSlot, bytesSlot;
  const char *name;
};

struct ContextEntry {
  const schema::Entry *entry;
  uint32_t numBuffers, numSteps, numDynamic;
  EntryBuffer *buffers;
  EntryStep *steps;
  uint32_t *dynamic; // buffers to resolve in a run, in order
  int32_t *ready;    // per slot
};

struct ContextVariant {
  uint32_t numEntries;
  ContextEntry *entries;
};

/// The caller's tensors: `stride` is their struct_size.
struct TensorArray {
  const char *base;
  uint32_t count, stride;
  const dsc_tensor &operator[](uint32_t i) const {
    return *reinterpret_cast<const dsc_tensor *>(base + uint64_t(i) * stride);
  }
  dsc_tensor &writable(uint32_t i) const { return const_cast<dsc_tensor &>((*this)[i]); }
};

/// Staging memory of one output, for callers that give none.
struct Staging {
  uint8_t *data;
  uint64_t bytes;
};

} // namespace dsc::rt

struct dsc_context {
  dsc_plan *plan;
  dsc::rt::Memory memory;
  dsc::rt::ThreadPool *pool; // of the runtime, or of the pipeline stage that runs now
  bool isStaged;             // has memory for outputs the caller gives none for
  const dsc::schema::Function *function;
  uint32_t numVariants, variant;
  dsc::rt::ContextVariant *variants;
  int64_t *bounds;  // per symbol: largest size asked for, INT64_MAX where the plan's own bounds decide
  uint8_t **arenas; // per device slot
  dsc::rt::Staging *staging;
  uint8_t *faultWord;
  uint8_t *scratch;
  uint64_t scratchBytes; // per thread
  // The run in progress.
  int64_t *slots;
  dsc::rt::Range *ranges;
  void **arguments;
  int64_t *dims;
  dsc::rt::TensorArray inputs, outputs;
  uint64_t runTraceId;
  uint32_t isBusy, isCancelled;
  dsc_status lastStatus;
};

namespace dsc::rt {

/// dsc_context_create behind its checks of pointers. `stagePool`, when given, makes a context of a pipeline: without memory
/// for outputs, with scratch memory for as many threads as that pool has.
dsc_status createContext(dsc_plan &plan, const dsc_context_options &options, ThreadPool *stagePool, dsc_context *&out,
                         dsc_error *error);

/// A run up to its first step: reads and checks the tensors, picks the entry.
dsc_status startRun(dsc_context &context, const dsc_tensor *in, uint32_t numIn, dsc_tensor *out, uint32_t numOut,
                    ContextEntry *&entry, dsc_error *error);

/// Steps [first, end) with the context's pool awake and the floating-point state of kernels. `deadlineNs` 0 = none.
dsc_status continueRun(dsc_context &context, ContextEntry &entry, uint32_t first, uint32_t end, uint64_t deadlineNs,
                       dsc_error *error);

/// Tells the trace hook that the run is over.
void traceRun(const dsc_context &context, uint64_t beginNs);

/// Prepares every entry of every variant: places buffers, resolves kernels. Part of dsc_context_create.
dsc_status prepareEntries(dsc_context &context, dsc_error *error);

/// Allocates arenas, staging, scratch and work space for the largest entry, and points static buffers at them.
dsc_status allocateMemory(dsc_context &context, dsc_error *error);

/// Reads the shape of the inputs into the symbol slots, evaluates what that determines, and picks the entry.
dsc_status bindInputs(dsc_context &context, ContextEntry *&entry, dsc_error *error);

/// Checks memory of inputs and outputs: sizes, alignment, aliasing.
dsc_status checkTensors(dsc_context &context, const ContextEntry &entry, dsc_error *error);

/// Pointers and sizes of the dynamic buffers that become known at `step`.
dsc_status resolveBuffers(dsc_context &context, ContextEntry &entry, int32_t step, dsc_error *error);

/// Runs steps [first, end) of the entry. `deadlineNs` 0 = none.
dsc_status runSteps(dsc_context &context, ContextEntry &entry, uint32_t first, uint32_t end, uint64_t deadlineNs,
                    dsc_error *error);

/// Writes shape, type and, for staged outputs, memory into the caller's tensors. With `upperBounds`, sizes that depend on
/// data get their largest value.
dsc_status describeOutputs(dsc_context &context, const ContextEntry &entry, bool upperBounds, dsc_error *error);

} // namespace dsc::rt
#endif
