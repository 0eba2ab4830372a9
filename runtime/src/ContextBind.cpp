// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Run, first half: the caller's tensors against the plan. Nothing is executed before everything here holds.
#include "runtime/src/Context.h"

#include <algorithm>

namespace dsc::rt {

using namespace schema;

namespace {

using Text = unsigned long long;

/// Type, rank, device, layout: what does not depend on sizes.
dsc_status checkForm(const TensorDesc &expected, const dsc_tensor &tensor, const char *kind, uint32_t index,
                     bool isOutput, dsc_error *error) {
  const char *name = expected.name()->c_str();
  bool isUnset = isOutput && tensor.dtype == 0;
  if (tensor.dtype != int32_t(expected.dtype()) && !isUnset)
    return fail(error, DSC_E_INVALID_ARGUMENT, index, "%s '%s': expected element type %d, but got %d", kind, name,
                int(expected.dtype()), tensor.dtype);
  bool isHost = tensor.device_kind == DSC_CPU || tensor.device_kind == DSC_CUDA_HOST;
  if (!isHost && !(isOutput && tensor.device_kind == 0))
    return fail(error, DSC_E_INVALID_ARGUMENT, index, "%s '%s': expected memory of the host", kind, name);
  if (tensor.reserved)
    return fail(error, DSC_E_INVALID_ARGUMENT, index, "%s '%s': expected reserved to be zero", kind, name);
  if (isOutput)
    return DSC_OK;
  if (tensor.rank != int32_t(expected.shape()->size()))
    return fail(error, DSC_E_INVALID_ARGUMENT, index, "%s '%s': expected rank %u, but got %d", kind, name,
                expected.shape()->size(), tensor.rank);
  return DSC_OK;
}

/// Row-major contiguous, or all strides zero, which means the same. Strides of dimensions of size 1 mean nothing.
bool isContiguous(const dsc_tensor &tensor) {
  bool isUnset = true, isEmpty = false;
  for (int32_t i = 0; i < tensor.rank; ++i) {
    isUnset &= tensor.strides[i] == 0;
    isEmpty |= tensor.shape[i] == 0;
  }
  if (isUnset || isEmpty)
    return true;
  int64_t stride = 1;
  for (int32_t i = tensor.rank - 1; i >= 0; --i) {
    if (tensor.shape[i] != 1 && tensor.strides[i] != stride)
      return false;
    if (__builtin_mul_overflow(stride, tensor.shape[i], &stride))
      return false;
  }
  return true;
}

/// One size of the caller for a symbol.
dsc_status bindSymbol(dsc_context &context, const char *tensor, uint32_t symbolIndex, int64_t size, bool isBound,
                      dsc_error *error) {
  const Symbol &symbol = *context.function->symbols()->Get(symbolIndex);
  const char *name = symbol.name()->c_str();
  if (isBound && context.slots[symbolIndex] != size)
    return fail(error, DSC_E_INVALID_ARGUMENT, symbolIndex, "input '%s': expected %s = %lld as in another input, but got %lld",
                tensor, name, static_cast<long long>(context.slots[symbolIndex]), static_cast<long long>(size));
  if (size < symbol.min() || size % symbol.multiple_of())
    return fail(error, DSC_E_INVALID_ARGUMENT, symbolIndex, "input '%s': expected %s of at least %lld and a multiple of %lld, but got %lld",
                tensor, name, static_cast<long long>(symbol.min()), static_cast<long long>(symbol.multiple_of()),
                static_cast<long long>(size));
  if (size > symbol.max())
    return fail(error, DSC_E_LIMIT, symbolIndex, "input '%s': expected %s of at most %lld, but got %lld", tensor, name,
                static_cast<long long>(symbol.max()), static_cast<long long>(size));
  context.slots[symbolIndex] = size;
  return DSC_OK;
}

/// Direct dimensions bind symbols: the validator made sure that each caller symbol is one.
dsc_status bindSymbols(dsc_context &context, dsc_error *error) {
  const Function &function = *context.function;
  uint32_t numSymbols = function.symbols()->size();
  for (uint32_t i = 0; i < numSymbols; ++i)
    context.slots[i] = -1;
  for (uint32_t i = 0; i < context.inputs.count; ++i) {
    const TensorDesc &expected = *function.inputs()->Get(i);
    const dsc_tensor &tensor = context.inputs[i];
    if (dsc_status s = checkForm(expected, tensor, "input", i, false, error))
      return s;
    for (int32_t d = 0; d < tensor.rank; ++d) {
      if (tensor.shape[d] < 0)
        return fail(error, DSC_E_INVALID_ARGUMENT, i, "input '%s': dimension %d is negative", expected.name()->c_str(), d);
      uint32_t slot = expected.shape()->Get(uint32_t(d));
      if (slot >= numSymbols)
        continue;
      if (dsc_status s = bindSymbol(context, expected.name()->c_str(), slot, tensor.shape[d], context.slots[slot] >= 0, error))
        return s;
    }
  }
  return DSC_OK;
}

bool fits(const dsc_context &context, const ContextEntry &entry, uint32_t &tooLarge) {
  for (uint32_t i = 0; i < context.function->symbols()->size(); ++i) {
    int64_t bound = entry.entry->bounds()->Get(i);
    if (entry.entry->open())
      bound = std::min(bound, context.bounds[i]);
    if (context.slots[i] > bound) {
      tooLarge = i;
      return false;
    }
  }
  return true;
}

dsc_status pickEntry(dsc_context &context, ContextEntry *&entry, dsc_error *error) {
  const ContextVariant &variant = context.variants[context.variant];
  uint32_t tooLarge = 0;
  for (uint32_t i = 0; i < variant.numEntries; ++i) {
    entry = &variant.entries[i];
    if (fits(context, *entry, tooLarge))
      return DSC_OK;
  }
  return fail(error, DSC_E_LIMIT, tooLarge, "dimension '%s' is %lld, more than this context was created for",
              context.function->symbols()->Get(tooLarge)->name()->c_str(),
              static_cast<long long>(context.slots[tooLarge]));
}

dsc_status checkShapes(const dsc_context &context, dsc_error *error) {
  for (uint32_t i = 0; i < context.inputs.count; ++i) {
    const TensorDesc &expected = *context.function->inputs()->Get(i);
    const dsc_tensor &tensor = context.inputs[i];
    for (int32_t d = 0; d < tensor.rank; ++d) {
      int64_t size = context.slots[expected.shape()->Get(uint32_t(d))];
      if (tensor.shape[d] != size)
        return fail(error, DSC_E_INVALID_ARGUMENT, i, "input '%s': expected %lld in dimension %d, but got %lld",
                    expected.name()->c_str(), static_cast<long long>(size), d, static_cast<long long>(tensor.shape[d]));
    }
    if (!isContiguous(tensor))
      return fail(error, DSC_E_INVALID_ARGUMENT, i, "input '%s': expected contiguous elements", expected.name()->c_str());
  }
  return DSC_OK;
}

dsc_status checkMemory(const TensorDesc &expected, const dsc_tensor &tensor, uint64_t bytes, const char *kind,
                       uint32_t index, dsc_error *error) {
  const char *name = expected.name()->c_str();
  if (tensor.data_bytes < bytes)
    return fail(error, DSC_E_INVALID_ARGUMENT, index, "%s '%s': expected %llu bytes, but got %llu", kind, name,
                Text(bytes), Text(tensor.data_bytes));
  if (bytes && !tensor.data)
    return fail(error, DSC_E_INVALID_ARGUMENT, index, "%s '%s': expected memory, but got none", kind, name);
  if (reinterpret_cast<uintptr_t>(tensor.data) % expected.align())
    return fail(error, DSC_E_INVALID_ARGUMENT, index, "%s '%s': expected memory aligned to %u bytes", kind, name,
                expected.align());
  return DSC_OK;
}

bool overlaps(const dsc_tensor &a, const dsc_tensor &b) {
  uintptr_t x = reinterpret_cast<uintptr_t>(a.data), y = reinterpret_cast<uintptr_t>(b.data);
  return x <= y ? y - x < a.data_bytes && b.data_bytes : x - y < b.data_bytes && a.data_bytes;
}

dsc_status checkAliasing(const dsc_context &context, uint32_t output, dsc_error *error) {
  const dsc_tensor &tensor = context.outputs[output];
  const char *name = context.function->outputs()->Get(output)->name()->c_str();
  for (uint32_t i = 0; i < context.inputs.count; ++i)
    if (overlaps(tensor, context.inputs[i]))
      return fail(error, DSC_E_INVALID_ARGUMENT, output, "output '%s': expected memory apart from input '%s'", name,
                  context.function->inputs()->Get(i)->name()->c_str());
  for (uint32_t i = 0; i < output; ++i)
    if (context.outputs[i].data && overlaps(tensor, context.outputs[i]))
      return fail(error, DSC_E_INVALID_ARGUMENT, output, "output '%s': expected memory apart from output '%s'", name,
                  context.function->outputs()->Get(i)->name()->c_str());
  return DSC_OK;
}

/// Bytes of a tensor at this run's sizes; false while a size is not known yet or is no size.
bool currentBytes(const dsc_context &context, const ContextEntry &entry, const TensorDesc &tensor, bool &isKnown,
                  uint64_t &bytes) {
  int64_t shape[DSC_MAX_RANK];
  uint32_t rank = tensor.shape()->size();
  isKnown = true;
  for (uint32_t i = 0; i < rank; ++i) {
    isKnown &= entry.ready[tensor.shape()->Get(i)] == readyAtStart;
    shape[i] = context.slots[tensor.shape()->Get(i)];
  }
  return isKnown && tensorBytes(tensor.dtype(), shape, rank, bytes);
}

} // namespace

dsc_status bindInputs(dsc_context &context, ContextEntry *&entry, dsc_error *error) {
  uint32_t expected = context.function->inputs()->size();
  if (context.inputs.count != expected)
    return fail(error, DSC_E_INVALID_ARGUMENT, context.inputs.count, "expected %u inputs, but got %u", expected,
                context.inputs.count);
  if (dsc_status s = bindSymbols(context, error))
    return s;
  if (dsc_status s = pickEntry(context, entry, error))
    return s;
  uint32_t failed;
  if (!evaluate(*context.function, entry->ready, readyAtStart, context.slots, failed))
    return fail(error, DSC_E_INVALID_ARGUMENT, failed,
                "the shapes of the inputs lead to a size that overflows or is divided by zero");
  return checkShapes(context, error);
}

dsc_status checkTensors(dsc_context &context, const ContextEntry &entry, dsc_error *error) {
  const Function &function = *context.function;
  if (context.outputs.count != function.outputs()->size())
    return fail(error, DSC_E_INVALID_ARGUMENT, context.outputs.count, "expected %u outputs, but got %u",
                function.outputs()->size(), context.outputs.count);
  bool isKnown;
  uint64_t bytes;
  for (uint32_t i = 0; i < context.inputs.count; ++i) {
    const TensorDesc &tensor = *function.inputs()->Get(i);
    if (!currentBytes(context, entry, tensor, isKnown, bytes))
      return fail(error, DSC_E_INVALID_ARGUMENT, i, "input '%s' is too large", tensor.name()->c_str());
    if (dsc_status s = checkMemory(tensor, context.inputs[i], bytes, "input", i, error))
      return s;
  }
  for (uint32_t i = 0; i < context.outputs.count; ++i) {
    const TensorDesc &tensor = *function.outputs()->Get(i);
    if (dsc_status s = checkForm(tensor, context.outputs[i], "output", i, true, error))
      return s;
    if (!currentBytes(context, entry, tensor, isKnown, bytes) && isKnown)
      return fail(error, DSC_E_INVALID_ARGUMENT, i, "the shapes of the inputs give output '%s' no valid size",
                  tensor.name()->c_str());
    if (!context.outputs[i].data)
      continue;
    if (dsc_status s = checkMemory(tensor, context.outputs[i], isKnown ? bytes : 0, "output", i, error))
      return s;
    if (dsc_status s = checkAliasing(context, i, error))
      return s;
  }
  return DSC_OK;
}

} // namespace dsc::rt
