// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Validator: functions, their symbols, shape program, inputs, outputs, variants and the bounds of entries.
#include "runtime/src/Validate.h"

#include <cmath>

namespace dsc::rt {

using namespace schema;

namespace {

static_assert(maxRank == DSC_MAX_RANK, "the C interface has room for every tensor");

constexpr uint32_t maxNameBytes = 1024;
constexpr uint32_t maxTensorAlign = 4096;

/// 64-bit elements must be aligned before they are read: the flatbuffers verifier checks the length word only.
template <class T>
bool isAligned(const flatbuffers::Vector<T> *vector) {
  return vector->size() == 0 || reinterpret_cast<uintptr_t>(vector->Data()) % sizeof(T) == 0;
}

template <class Table>
uint8_t rawByte(const Table *table, flatbuffers::voffset_t field) {
  return reinterpret_cast<const flatbuffers::Table *>(table)->GetField<uint8_t>(field, 0);
}

} // namespace

bool Validator::areSlots(const FunctionState &state, const flatbuffers::Vector<uint32_t> *slots) {
  uint32_t count = sizeOf(slots);
  if (!spend(count))
    return false;
  for (uint32_t i = 0; i < count; ++i)
    if (slots->Get(i) >= state.numSlots)
      return false;
  return true;
}

bool Validator::isSlotOrNone(const FunctionState &state, uint32_t slot) {
  return slot == noIndex || slot < state.numSlots;
}

dsc_status Validator::checkFunctions() {
  const auto &functions = *plan.functions();
  uint32_t count = functions.size();
  if (count == 0 || !spend(count))
    return corrupt("functions", count, "at least one");
  auto names = scratch.array<const flatbuffers::String *>(count);
  if (!names)
    return outOfMemory();
  for (uint32_t i = 0; i < count; ++i) {
    names[i] = functions[i]->name();
    if (!isName(names[i], maxNameBytes))
      return corrupt("function", i, "a name of 1 to 1024 bytes");
  }
  if (!isUnique(names, count))
    return corrupt("functions", count, "unique names");
  for (uint32_t i = 0; i < count; ++i)
    if (dsc_status s = checkFunction(i))
      return s;
  return DSC_OK;
}

dsc_status Validator::checkFunction(uint32_t index) {
  const Function &function = *plan.functions()->Get(index);
  if (rawByte(&function, Function::VT_ROWS_INDEPENDENT) > 1)
    return corrupt("function", index, "a truth value of 0 or 1");
  if (dsc_status s = checkSymbols(function))
    return s;
  if (!isAligned(function.constants()) || !spend(function.constants()->size()) || !spend(function.ops()->size()))
    return corrupt("function", index, "aligned constants");
  FunctionState state = {};
  state.function = &function;
  state.numSlots = slotCount(function);
  state.ready = scratch.array<int32_t>(state.numSlots);
  state.atBounds = scratch.array<int64_t>(state.numSlots);
  state.known = scratch.array<bool>(state.numSlots);
  if (!state.ready || !state.atBounds || !state.known)
    return outOfMemory();
  if (dsc_status s = checkShapeOps(state))
    return s;
  if (dsc_status s = checkTensors(state, true))
    return s;
  if (dsc_status s = checkTensors(state, false))
    return s;
  if (function.outputs()->size() == 0)
    return corrupt("function", index, "at least one output");
  if (dsc_status s = checkBinding(function))
    return s;
  return checkVariants(state);
}

dsc_status Validator::checkSymbols(const Function &function) {
  const auto &symbols = *function.symbols();
  auto names = scratch.array<const flatbuffers::String *>(symbols.size());
  if (!names)
    return outOfMemory();
  for (uint32_t i = 0; i < symbols.size(); ++i) {
    const Symbol &symbol = *symbols[i];
    names[i] = symbol.name();
    if (!isName(names[i], maxNameBytes))
      return corrupt("symbol", i, "a name of 1 to 1024 bytes");
    if (symbol.kind() == SymbolKind::Invalid || symbol.kind() > SymbolKind::MAX)
      return corrupt("symbol", i, "a known kind");
    // What a model computes may be negative, such as the start of a slice; what a caller's shape has may not.
    bool isCaller = symbol.kind() == SymbolKind::Caller;
    if ((isCaller && symbol.min() < 0) || symbol.min() > symbol.max() || symbol.multiple_of() < 1)
      return corrupt("symbol", i, "min <= max, 0 or more for callers, and a positive multiple");
  }
  return isUnique(names, symbols.size()) ? DSC_OK : corrupt("symbols", symbols.size(), "unique names");
}

dsc_status Validator::checkShapeOps(FunctionState &state) {
  uint32_t slot = state.function->symbols()->size() + state.function->constants()->size();
  for (const ShapeOp *op : *state.function->ops()) {
    if (op->op() == ShapeOpKind::Invalid || op->op() > ShapeOpKind::MAX)
      return corrupt("slot", slot, "a known operation");
    if (op->a() >= slot || op->b() >= slot)
      return corrupt("slot", slot, "operands in front of the operation");
    ++slot;
  }
  return DSC_OK;
}

dsc_status Validator::checkTensors(const FunctionState &state, bool inputs) {
  const auto &tensors = inputs ? *state.function->inputs() : *state.function->outputs();
  const char *table = inputs ? "input" : "output";
  auto names = scratch.array<const flatbuffers::String *>(tensors.size());
  if (!names)
    return outOfMemory();
  for (uint32_t i = 0; i < tensors.size(); ++i) {
    const TensorDesc &tensor = *tensors[i];
    names[i] = tensor.name();
    if (!isName(names[i], maxNameBytes))
      return corrupt(table, i, "a name of 1 to 1024 bytes");
    if (!elementBits(tensor.dtype()))
      return corrupt(table, i, "a known element type");
    uint32_t rank = tensor.shape()->size();
    if (rank > maxRank || !areSlots(state, tensor.shape()))
      return corrupt(table, i, "a rank of at most 8, of slots that exist");
    if (tensor.batch_dim() < -1 || tensor.batch_dim() >= int32_t(rank))
      return corrupt(table, i, "a batch dimension inside the shape");
    uint32_t align = tensor.align();
    if (align == 0 || (align & (align - 1)) || align > maxTensorAlign)
      return corrupt(table, i, "a power-of-two alignment up to 4096");
  }
  return isUnique(names, tensors.size()) ? DSC_OK : corrupt(table, tensors.size(), "unique names");
}

/// Sizes come from the caller's shapes, so each caller symbol has to be a dimension of some input.
dsc_status Validator::checkBinding(const Function &function) {
  uint32_t numSymbols = function.symbols()->size();
  auto bound = scratch.array<bool>(numSymbols);
  if (!bound)
    return outOfMemory();
  for (const TensorDesc *tensor : *function.inputs())
    for (uint32_t slot : *tensor->shape())
      if (slot < numSymbols)
        bound[slot] = true;
  for (uint32_t i = 0; i < numSymbols; ++i) {
    bool isCaller = function.symbols()->Get(i)->kind() == SymbolKind::Caller;
    if (isCaller != bound[i])
      return corrupt("symbol", i, "caller symbols, and only those, as dimensions of inputs");
  }
  return DSC_OK;
}

dsc_status Validator::checkVariants(FunctionState &state) {
  const auto &variants = *state.function->variants();
  auto names = scratch.array<const flatbuffers::String *>(variants.size());
  if (!names)
    return outOfMemory();
  if (variants.size() == 0)
    return corrupt("variants", 0, "at least one");
  for (uint32_t i = 0; i < variants.size(); ++i) {
    const Variant &variant = *variants[i];
    names[i] = variant.name();
    if (!isName(names[i], maxNameBytes) || (variant.metric() && !isName(variant.metric(), maxNameBytes)))
      return corrupt("variant", i, "names of 1 to 1024 bytes");
    if (!(variant.quality() >= -1 && variant.quality() <= 1))
      return corrupt("variant", i, "a quality from -1 to 1");
    if (variant.entries()->size() == 0)
      return corrupt("variant", i, "at least one entry");
    const Entry *before = nullptr;
    for (const Entry *entry : *variant.entries()) {
      if (dsc_status s = checkBounds(state, *entry, before))
        return s;
      if (dsc_status s = checkEntry(state, *entry))
        return s;
      before = entry;
    }
  }
  return isUnique(names, variants.size()) ? DSC_OK : corrupt("variants", variants.size(), "unique names");
}

/// Bounds inside those of the symbols, and behind those of the entry before in lexicographic order.
dsc_status Validator::checkBounds(const FunctionState &state, const Entry &entry, const Entry *before) {
  const auto &symbols = *state.function->symbols();
  if (entry.bounds()->size() != symbols.size() || !spend(symbols.size()) || !isAligned(entry.bounds()))
    return corrupt("bounds", entry.bounds()->size(), "one for each symbol");
  if (rawByte(&entry, Entry::VT_OPEN) > 1)
    return corrupt("entry", 0, "a truth value of 0 or 1");
  bool open = false;
  for (uint32_t i = 0; i < symbols.size(); ++i) {
    int64_t bound = entry.bounds()->Get(i);
    if (bound < symbols[i]->min() || bound > symbols[i]->max())
      return corrupt("bound", i, "a value in the range of its symbol");
    open |= bound == INT64_MAX;
  }
  if (open && !entry.open())
    return corrupt("bounds", symbols.size(), "an open entry where a symbol has no bound");
  for (uint32_t i = 0; before && i <= symbols.size(); ++i) {
    if (i == symbols.size() || entry.bounds()->Get(i) < before->bounds()->Get(i))
      return corrupt("bounds", i, "entries in ascending order");
    if (entry.bounds()->Get(i) > before->bounds()->Get(i))
      break;
  }
  if (!isAligned(entry.arenas()))
    return corrupt("arenas", 0, "alignment");
  return DSC_OK;
}

} // namespace dsc::rt
