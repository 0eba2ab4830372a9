// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// dsc_context: creation, run, cancellation, release.
#include "runtime/src/Context.h"
#include "runtime/src/Cpu.h"
#include "runtime/src/Structs.h"

namespace dsc::rt {

using namespace schema;

namespace {

dsc_status readMaxDims(dsc_context &context, const dsc_context_options &options, dsc_error *error) {
  uint32_t numSymbols = context.function->symbols()->size();
  context.bounds = context.memory.array<int64_t>(numSymbols);
  if (!context.bounds)
    return fail(error, DSC_E_OUT_OF_MEMORY, nowhere, "no memory for the context");
  if (options.num_max_dims > numSymbols || (options.num_max_dims && !options.max_dims))
    return fail(error, DSC_E_INVALID_ARGUMENT, nowhere, "expected at most %u sizes in max_dims, but got %u", numSymbols,
                options.num_max_dims);
  for (uint32_t i = 0; i < numSymbols; ++i) {
    int64_t size = i < options.num_max_dims ? options.max_dims[i] : 0;
    const Symbol &symbol = *context.function->symbols()->Get(i);
    if (size < 0 || (size && size < symbol.min()) || size > symbol.max())
      return fail(error, DSC_E_INVALID_ARGUMENT, i, "max_dims: expected '%s' from %lld to %lld, but got %lld",
                  symbol.name()->c_str(), static_cast<long long>(symbol.min()), static_cast<long long>(symbol.max()),
                  static_cast<long long>(size));
    context.bounds[i] = size ? size : INT64_MAX;
  }
  return DSC_OK;
}

dsc_status setUp(dsc_context &context, const dsc_context_options &options, dsc_error *error) {
  if (dsc_status s = readMaxDims(context, options, error))
    return s;
  if (dsc_status s = prepareCode(*context.plan, error))
    return s;
  if (dsc_status s = prepareEntries(context, error))
    return s;
  return allocateMemory(context, error);
}

/// The caller's array: all elements of one known size, unknown tails zero.
dsc_status readTensors(const dsc_tensor *tensors, uint32_t count, const char *kind, TensorArray &array, dsc_error *error) {
  array = {reinterpret_cast<const char *>(tensors), count, count && tensors ? tensors->struct_size : 0};
  if (count && !tensors)
    return fail(error, DSC_E_INVALID_ARGUMENT, nowhere, "expected %s tensors, but got none", kind);
  for (uint32_t i = 0; i < count; ++i)
    if (!acceptsStruct(&array[i], array.stride, sizeof(dsc_tensor)) || array[i].struct_size != array.stride)
      return fail(error, DSC_E_INVALID_ARGUMENT, i, "%s %u: expected a dsc_tensor with its struct_size set", kind, i);
  return DSC_OK;
}

/// Marks the context as in use for a scope.
class Busy {
public:
  explicit Busy(dsc_context &context)
      : context(context), acquired(!__atomic_exchange_n(&context.isBusy, 1, __ATOMIC_ACQUIRE)) {}
  ~Busy() {
    if (acquired)
      __atomic_store_n(&context.isBusy, 0, __ATOMIC_RELEASE);
  }
  bool isAcquired() const { return acquired; }

private:
  dsc_context &context;
  bool acquired;
};

dsc_status checkUse(const Busy &busy, const dsc_context &context, dsc_error *error) {
  if (!busy.isAcquired())
    return fail(error, DSC_E_INVALID_ARGUMENT, nowhere, "the context is in use by another thread");
  if (!context.plan->runtime->isAlive())
    return fail(error, DSC_E_INVALID_ARGUMENT, nowhere, "a runtime does not survive fork");
  return DSC_OK;
}

dsc_status run(dsc_context *context, const dsc_tensor *in, uint32_t numIn, dsc_tensor *out, uint32_t numOut,
               uint64_t timeoutNs, dsc_error *error) {
  if (!context)
    return fail(error, DSC_E_INVALID_ARGUMENT, nowhere, "expected a context");
  Busy busy(*context);
  if (dsc_status s = checkUse(busy, *context, error))
    return s;
  uint64_t begin = context->plan->runtime->isTracing() || timeoutNs ? nowNanoseconds() : 0;
  uint64_t deadline = timeoutNs > UINT64_MAX - begin ? UINT64_MAX : timeoutNs ? begin + timeoutNs : 0;
  ContextEntry *entry;
  dsc_status status = startRun(*context, in, numIn, out, numOut, entry, error);
  if (!status)
    status = continueRun(*context, *entry, 0, entry->numSteps, deadline, error);
  if (!status)
    status = describeOutputs(*context, *entry, false, error);
  context->lastStatus = status;
  traceRun(*context, begin);
  return status ? status : succeed(error);
}

dsc_status checkCreateCall(const dsc_plan &plan, const dsc_context_options &options, dsc_error *error) {
  if (!plan.runtime->isAlive())
    return fail(error, DSC_E_INVALID_ARGUMENT, nowhere, "a runtime does not survive fork");
  const auto &functions = *plan.root->functions();
  if (options.function >= functions.size())
    return fail(error, DSC_E_NOT_FOUND, options.function, "the plan has no such function");
  if (options.variant >= functions[options.function]->variants()->size())
    return fail(error, DSC_E_NOT_FOUND, options.variant, "the function has no such variant");
  if (options.reserved)
    return fail(error, DSC_E_INVALID_ARGUMENT, nowhere, "expected reserved fields to be zero");
  return DSC_OK;
}

} // namespace

dsc_status createContext(dsc_plan &plan, const dsc_context_options &options, ThreadPool *stagePool, dsc_context *&out,
                         dsc_error *error) {
  if (dsc_status s = checkCreateCall(plan, options, error))
    return s;
  Memory memory;
  memory.init(&plan.runtime->memory.hooks());
  auto context = memory.array<dsc_context>(1);
  if (!context)
    return fail(error, DSC_E_OUT_OF_MEMORY, nowhere, "no memory for the context");
  context->memory = memory;
  context->plan = &plan;
  context->pool = stagePool ? stagePool : &plan.runtime->pool;
  context->isStaged = !stagePool;
  context->function = plan.root->functions()->Get(options.function);
  context->variant = options.variant;
  retain(&plan);
  if (dsc_status s = setUp(*context, options, error)) {
    dsc_context_release(context);
    return s;
  }
  out = context;
  return succeed(error);
}

dsc_status startRun(dsc_context &context, const dsc_tensor *in, uint32_t numIn, dsc_tensor *out, uint32_t numOut,
                    ContextEntry *&entry, dsc_error *error) {
  dsc_runtime &runtime = *context.plan->runtime;
  context.runTraceId = runtime.isTracing() ? runtime.newTraceId() : 0;
  __atomic_store_n(&context.isCancelled, 0, __ATOMIC_RELAXED);
  if (dsc_status s = readTensors(in, numIn, "input", context.inputs, error))
    return s;
  if (dsc_status s = readTensors(out, numOut, "output", context.outputs, error))
    return s;
  if (dsc_status s = bindInputs(context, entry, error))
    return s;
  if (dsc_status s = checkTensors(context, *entry, error))
    return s;
  return resolveBuffers(context, *entry, readyAtStart, error);
}

dsc_status continueRun(dsc_context &context, ContextEntry &entry, uint32_t first, uint32_t end, uint64_t deadlineNs,
                       dsc_error *error) {
  context.pool->beginRun();
  dsc_status status;
  {
    FloatScope floats;
    status = runSteps(context, entry, first, end, deadlineNs, error);
  }
  context.pool->endRun();
  return status;
}

void traceRun(const dsc_context &context, uint64_t beginNs) {
  const dsc_runtime &runtime = *context.plan->runtime;
  if (runtime.isTracing())
    runtime.trace(DSC_TRACE_RUN, context.runTraceId, 0, beginNs, 0, 0, context.function->name()->c_str());
}

} // namespace dsc::rt

using namespace dsc::rt;

extern "C" {

dsc_status dsc_context_create(dsc_plan *plan, const dsc_context_options *given, dsc_context **out, dsc_error *error) {
  if (out)
    *out = nullptr;
  if (!plan || !out)
    return fail(error, DSC_E_INVALID_ARGUMENT, nowhere, "expected a plan and a place for the context");
  dsc_context_options options;
  if (dsc_status s = readStruct(given, options, "dsc_context_options", error))
    return s;
  return createContext(*plan, options, nullptr, *out, error);
}

void dsc_context_release(dsc_context *context) {
  if (!context)
    return;
  dsc_plan *plan = context->plan;
  Memory memory = context->memory;
  memory.releaseAll();
  dsc_plan_release(plan);
}

dsc_status dsc_context_set_variant(dsc_context *context, uint32_t variant, dsc_error *error) {
  if (!context)
    return fail(error, DSC_E_INVALID_ARGUMENT, nowhere, "expected a context");
  Busy busy(*context);
  if (dsc_status s = checkUse(busy, *context, error))
    return s;
  if (variant >= context->numVariants)
    return fail(error, DSC_E_NOT_FOUND, variant, "the function has no such variant");
  context->variant = variant;
  return succeed(error);
}

dsc_status dsc_context_output_shapes(dsc_context *context, const dsc_tensor *in, uint32_t numIn, dsc_tensor *out,
                                     uint32_t numOut, dsc_error *error) {
  if (!context)
    return fail(error, DSC_E_INVALID_ARGUMENT, nowhere, "expected a context");
  Busy busy(*context);
  if (dsc_status s = checkUse(busy, *context, error))
    return s;
  if (dsc_status s = readTensors(in, numIn, "input", context->inputs, error))
    return s;
  if (dsc_status s = readTensors(out, numOut, "output", context->outputs, error))
    return s;
  if (numOut != context->function->outputs()->size())
    return fail(error, DSC_E_INVALID_ARGUMENT, numOut, "expected %u outputs, but got %u",
                context->function->outputs()->size(), numOut);
  ContextEntry *entry;
  if (dsc_status s = bindInputs(*context, entry, error))
    return s;
  for (uint32_t i = 0; i < context->function->symbols()->size(); ++i) {
    const Symbol &symbol = *context->function->symbols()->Get(i);
    int64_t high = entry->entry->bounds()->Get(i);
    bool isData = symbol.kind() == SymbolKind::Data;
    context->ranges[i] = isData ? Range{symbol.min(), context->bounds[i] < high ? context->bounds[i] : high}
                                : Range{context->slots[i], context->slots[i]};
  }
  evaluateRanges(*context->function, context->ranges);
  dsc_status status = describeOutputs(*context, *entry, true, error);
  return status ? status : succeed(error);
}

dsc_status dsc_context_run(dsc_context *context, const dsc_tensor *in, uint32_t numIn, dsc_tensor *out, uint32_t numOut,
                           uint64_t timeoutNs, dsc_error *error) {
  return run(context, in, numIn, out, numOut, timeoutNs, error);
}

dsc_status dsc_context_enqueue(dsc_context *context, const dsc_tensor *in, uint32_t numIn, dsc_tensor *out,
                               uint32_t numOut, void *nativeStream, dsc_error *error) {
  if (nativeStream)
    return fail(error, DSC_E_INVALID_ARGUMENT, nowhere, "expected no stream: this context runs on the CPU");
  return run(context, in, numIn, out, numOut, 0, error);
}

dsc_status dsc_context_wait(dsc_context *context, uint64_t, dsc_error *error) {
  if (!context)
    return fail(error, DSC_E_INVALID_ARGUMENT, nowhere, "expected a context");
  Busy busy(*context);
  if (dsc_status s = checkUse(busy, *context, error))
    return s;
  if (context->lastStatus)
    return fail(error, context->lastStatus, nowhere, "the last run failed: %s", dsc_status_name(context->lastStatus));
  return succeed(error);
}

void dsc_context_cancel(dsc_context *context) {
  if (context)
    __atomic_store_n(&context->isCancelled, 1, __ATOMIC_RELAXED);
}

} // extern "C"
