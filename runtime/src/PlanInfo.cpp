// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Questions about an open plan.
#include "runtime/src/Handles.h"
#include "runtime/src/ShapeProgram.h"
#include "runtime/src/Structs.h"

#include <algorithm>

using namespace dsc::rt;
using namespace dsc::schema;

const Function *dsc::rt::functionOf(const dsc_plan *plan, uint32_t index) {
  return plan && index < plan->root->functions()->size() ? plan->root->functions()->Get(index) : nullptr;
}

const Variant *dsc::rt::variantOf(const dsc_plan *plan, uint32_t function, uint32_t index) {
  const Function *f = functionOf(plan, function);
  return f && index < f->variants()->size() ? f->variants()->Get(index) : nullptr;
}

namespace {

dsc_status noSuch(const char *what, uint32_t index, dsc_error *error) {
  return fail(error, DSC_E_NOT_FOUND, index, "the plan has no such %s", what);
}

uint64_t arenaBytes(const Entry &entry) {
  uint64_t sum = 0;
  for (uint64_t bytes : *entry.arenas())
    sum += bytes;
  return sum;
}

/// Sizes of a tensor over all sizes of the symbols. An expression's range needs the whole shape program, which needs
/// memory: the only question here that can fail for lack of it.
dsc_status describe(const dsc_plan &plan, const Function &function, const TensorDesc &tensor, dsc_tensor_info *out,
                    dsc_error *error) {
  Memory memory;
  memory.init(&plan.memory.hooks());
  auto ranges = memory.array<Range>(slotCount(function));
  if (!ranges)
    return fail(error, DSC_E_OUT_OF_MEMORY, nowhere, "no memory to evaluate shapes");
  uint32_t numSymbols = function.symbols()->size();
  for (uint32_t i = 0; i < numSymbols; ++i)
    ranges[i] = {function.symbols()->Get(i)->min(), function.symbols()->Get(i)->max()};
  evaluateRanges(function, ranges);
  dsc_tensor_info info = {};
  info.dtype = int32_t(tensor.dtype());
  info.rank = int32_t(tensor.shape()->size());
  info.batch_dim = tensor.batch_dim();
  info.name = tensor.name()->c_str();
  info.align = tensor.align();
  for (int32_t i = 0; i < info.rank; ++i) {
    uint32_t slot = tensor.shape()->Get(flatbuffers::uoffset_t(i));
    info.min_shape[i] = std::max<int64_t>(ranges[slot].low, 0);
    info.max_shape[i] = std::max<int64_t>(ranges[slot].high, 0);
    info.symbol[i] = slot < numSymbols ? function.symbols()->Get(slot)->name()->c_str() : nullptr;
  }
  memory.releaseAll();
  return writeStruct(info, out, "dsc_tensor_info", error);
}

/// Upper bound of the batch dimension in an entry; 0 if no input has one.
int64_t batchBound(const Function &function, const Entry &entry) {
  for (const TensorDesc *tensor : *function.inputs()) {
    if (tensor->batch_dim() < 0)
      continue;
    uint32_t slot = tensor->shape()->Get(uint32_t(tensor->batch_dim())), numSymbols = function.symbols()->size();
    if (slot < numSymbols)
      return entry.bounds()->Get(slot);
    if (slot - numSymbols < function.constants()->size())
      return function.constants()->Get(slot - numSymbols);
  }
  return 0;
}

/// Marks the weight segments a variant reads.
void markWeights(const Variant &variant, bool *used) {
  for (const Entry *entry : *variant.entries())
    for (const Buffer *buffer : *entry->buffers())
      if (buffer->place() == Place::Weights)
        used[buffer->index()] = true;
}

dsc_status weightBytes(const dsc_plan &plan, const Function &function, const Variant &variant, dsc_variant_info &info,
                       dsc_error *error) {
  const auto &segments = *plan.root->segments();
  Memory memory;
  memory.init(&plan.memory.hooks());
  auto own = memory.array<bool>(segments.size()), others = memory.array<bool>(segments.size());
  if (own && others) {
    for (const Variant *each : *function.variants())
      markWeights(*each, each == &variant ? own : others);
    for (uint32_t i = 0; i < segments.size(); ++i)
      if (own[i])
        (others[i] ? info.shared_weight_bytes : info.own_weight_bytes) += segments[i]->size();
  }
  bool complete = own && others;
  memory.releaseAll();
  return complete ? DSC_OK : fail(error, DSC_E_OUT_OF_MEMORY, nowhere, "no memory to count weights");
}

} // namespace

extern "C" {

void dsc_plan_digest(const dsc_plan *plan, uint8_t sha256[32]) {
  if (plan && sha256)
    memcpy(sha256, plan->digest, digestBytes);
}

const char *dsc_plan_metadata(const dsc_plan *plan, const char *key) {
  if (!plan || !key || !plan->root->metadata())
    return nullptr;
  for (const KeyValue *pair : *plan->root->metadata())
    if (strcmp(pair->key()->c_str(), key) == 0)
      return pair->value()->c_str();
  return nullptr;
}

uint32_t dsc_plan_function_count(const dsc_plan *plan) { return plan ? plan->root->functions()->size() : 0; }

const char *dsc_plan_function_name(const dsc_plan *plan, uint32_t fn) {
  const Function *function = functionOf(plan, fn);
  return function ? function->name()->c_str() : nullptr;
}

uint32_t dsc_plan_function_flags(const dsc_plan *plan, uint32_t fn) {
  const Function *function = functionOf(plan, fn);
  return function && function->rows_independent() ? DSC_FN_ROWS_INDEPENDENT : 0;
}

uint32_t dsc_plan_input_count(const dsc_plan *plan, uint32_t fn) {
  const Function *function = functionOf(plan, fn);
  return function ? function->inputs()->size() : 0;
}

uint32_t dsc_plan_output_count(const dsc_plan *plan, uint32_t fn) {
  const Function *function = functionOf(plan, fn);
  return function ? function->outputs()->size() : 0;
}

uint32_t dsc_plan_variant_count(const dsc_plan *plan, uint32_t fn) {
  const Function *function = functionOf(plan, fn);
  return function ? function->variants()->size() : 0;
}

uint32_t dsc_plan_symbol_count(const dsc_plan *plan, uint32_t fn) {
  const Function *function = functionOf(plan, fn);
  return function ? function->symbols()->size() : 0;
}

dsc_status dsc_plan_symbol(const dsc_plan *plan, uint32_t fn, uint32_t i, dsc_symbol_info *out, dsc_error *error) {
  const Function *function = functionOf(plan, fn);
  if (!function || i >= function->symbols()->size())
    return noSuch("symbol", i, error);
  const Symbol &symbol = *function->symbols()->Get(i);
  dsc_symbol_info info = {};
  info.flags = symbol.kind() == SymbolKind::Data ? DSC_SYMBOL_DATA : 0;
  info.min = symbol.min();
  info.max = symbol.max();
  info.multiple_of = symbol.multiple_of();
  info.name = symbol.name()->c_str();
  return writeStruct(info, out, "dsc_symbol_info", error);
}

dsc_status dsc_plan_input(const dsc_plan *plan, uint32_t fn, uint32_t i, dsc_tensor_info *out, dsc_error *error) {
  const Function *function = functionOf(plan, fn);
  if (!function || i >= function->inputs()->size())
    return noSuch("input", i, error);
  return describe(*plan, *function, *function->inputs()->Get(i), out, error);
}

dsc_status dsc_plan_output(const dsc_plan *plan, uint32_t fn, uint32_t i, dsc_tensor_info *out, dsc_error *error) {
  const Function *function = functionOf(plan, fn);
  if (!function || i >= function->outputs()->size())
    return noSuch("output", i, error);
  return describe(*plan, *function, *function->outputs()->Get(i), out, error);
}

dsc_status dsc_plan_variant(const dsc_plan *plan, uint32_t fn, uint32_t v, dsc_variant_info *out, dsc_error *error) {
  const Variant *variant = variantOf(plan, fn, v);
  if (!variant)
    return noSuch("variant", v, error);
  dsc_variant_info info = {};
  info.num_buckets = variant->entries()->size();
  const auto &units = *variant->entries()->Get(0)->units();
  info.num_units = units.size();
  info.num_stages = uint32_t(units[units.size() - 1]->stage()) + 1;
  info.quality = variant->quality();
  info.name = variant->name()->c_str();
  for (const Entry *entry : *variant->entries())
    info.arena_bytes = std::max(info.arena_bytes, arenaBytes(*entry));
  if (dsc_status s = weightBytes(*plan, *functionOf(plan, fn), *variant, info, error))
    return s;
  return writeStruct(info, out, "dsc_variant_info", error);
}

dsc_status dsc_plan_bucket(const dsc_plan *plan, uint32_t fn, uint32_t v, uint32_t b, dsc_bucket_info *out,
                           dsc_error *error) {
  const Variant *variant = variantOf(plan, fn, v);
  if (!variant || b >= variant->entries()->size())
    return noSuch("bucket", b, error);
  const Entry &entry = *variant->entries()->Get(b);
  dsc_bucket_info info = {};
  if (sizeOf(entry.costs()))
    info.predicted_us = entry.costs()->Get(entry.costs()->size() - 1)->predicted_us();
  info.batch = batchBound(*functionOf(plan, fn), entry);
  info.arena_bytes = arenaBytes(entry);
  return writeStruct(info, out, "dsc_bucket_info", error);
}

} // extern "C"
