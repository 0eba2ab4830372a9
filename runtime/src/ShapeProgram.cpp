// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Checked integer arithmetic over slots, by value and by interval.
#include "runtime/src/ShapeProgram.h"

#include <algorithm>

namespace dsc::rt {

using schema::ShapeOpKind;

static int64_t floorDivide(int64_t a, int64_t b) { return a / b - (a % b != 0 && a < 0); }

bool applyOp(ShapeOpKind kind, int64_t a, int64_t b, int64_t &result) {
  switch (kind) {
  case ShapeOpKind::Add:
    return !__builtin_add_overflow(a, b, &result);
  case ShapeOpKind::Sub:
    return !__builtin_sub_overflow(a, b, &result);
  case ShapeOpKind::Mul:
    return !__builtin_mul_overflow(a, b, &result);
  case ShapeOpKind::FloorDiv:
  case ShapeOpKind::CeilDiv:
    if (b < 1)
      return false;
    result = floorDivide(a, b) + (kind == ShapeOpKind::CeilDiv && a % b != 0);
    return true;
  case ShapeOpKind::Min:
    result = std::min(a, b);
    return true;
  case ShapeOpKind::Max:
    result = std::max(a, b);
    return true;
  case ShapeOpKind::Invalid:
    break;
  }
  return false;
}

bool applyOp(ShapeOpKind kind, Range a, Range b, Range &result) {
  if (kind == ShapeOpKind::Sub)
    std::swap(b.low, b.high);
  if (kind == ShapeOpKind::FloorDiv || kind == ShapeOpKind::CeilDiv)
    b.low = std::max(b.low, int64_t(1)); // with a smaller divisor nothing runs
  bool monotone = kind == ShapeOpKind::Add || kind == ShapeOpKind::Sub || kind == ShapeOpKind::Min ||
                  kind == ShapeOpKind::Max;
  if (monotone)
    return applyOp(kind, a.low, b.low, result.low) && applyOp(kind, a.high, b.high, result.high);
  const int64_t left[2] = {a.low, a.high}, right[2] = {b.low, b.high};
  for (int i = 0; i < 4; ++i) {
    int64_t corner;
    if (!applyOp(kind, left[i / 2], right[i % 2], corner))
      return false;
    result.low = i ? std::min(result.low, corner) : corner;
    result.high = i ? std::max(result.high, corner) : corner;
  }
  return true;
}

void computeReady(const schema::Function &function, const schema::Entry &entry, int32_t *ready) {
  uint32_t numSymbols = function.symbols()->size(), numConstants = function.constants()->size();
  for (uint32_t i = 0; i < numSymbols + numConstants; ++i) {
    bool isData = i < numSymbols && function.symbols()->Get(i)->kind() == schema::SymbolKind::Data;
    ready[i] = isData ? readyNever : readyAtStart;
  }
  const auto &steps = *entry.programs()->Get(0)->steps();
  for (uint32_t i = 0; i < steps.size(); ++i)
    if (steps[i]->kind() == schema::StepKind::ReadDim)
      ready[steps[i]->dims()->Get(0)] = int32_t(i);
  uint32_t slot = numSymbols + numConstants;
  for (const schema::ShapeOp *op : *function.ops())
    ready[slot++] = std::max(ready[op->a()], ready[op->b()]);
}

bool evaluate(const schema::Function &function, const int32_t *ready, int32_t step, int64_t *values, uint32_t &failed) {
  uint32_t slot = function.symbols()->size();
  const auto &constants = *function.constants();
  if (step == readyAtStart)
    for (uint32_t i = 0; i < constants.size(); ++i)
      values[slot + i] = constants[i];
  slot += constants.size();
  for (const schema::ShapeOp *op : *function.ops()) {
    if (ready[slot] == step && !applyOp(op->op(), values[op->a()], values[op->b()], values[slot])) {
      failed = slot;
      return false;
    }
    ++slot;
  }
  return true;
}

void evaluateRanges(const schema::Function &function, Range *ranges) {
  uint32_t slot = function.symbols()->size();
  for (int64_t constant : *function.constants())
    ranges[slot++] = {constant, constant};
  for (const schema::ShapeOp *op : *function.ops()) {
    if (!applyOp(op->op(), ranges[op->a()], ranges[op->b()], ranges[slot]))
      ranges[slot] = {INT64_MIN, INT64_MAX};
    ++slot;
  }
}

} // namespace dsc::rt
