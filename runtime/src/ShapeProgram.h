// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Evaluates the shape program of a function: slots are symbols, then constants, then results of ops. Checked arithmetic.
#ifndef DSC_RUNTIME_SRC_SHAPEPROGRAM_H
#define DSC_RUNTIME_SRC_SHAPEPROGRAM_H

#include "runtime/src/Schema.h"

namespace dsc::rt {

/// When a slot is known: before the first step, after a ReadDim step, or (no step writes its symbol) never.
inline constexpr int32_t readyAtStart = -1;
inline constexpr int32_t readyNever = INT32_MAX;

/// Smallest and largest value a slot can take.
struct Range {
  int64_t low, high;
};

inline uint32_t slotCount(const schema::Function &function) {
  return function.symbols()->size() + function.constants()->size() + function.ops()->size();
}

/// One op; false on overflow and on a divisor below 1.
bool applyOp(schema::ShapeOpKind kind, int64_t a, int64_t b, int64_t &result);

/// Bounds of one op over bounds of its operands, over those it is defined for; false on overflow and if it is nowhere.
bool applyOp(schema::ShapeOpKind kind, Range a, Range b, Range &result);

/// Fills ready[slot] for the main program of `entry`.
void computeReady(const schema::Function &function, const schema::Entry &entry, int32_t *ready);

/// Evaluates the ops that become known at `step` (all constants too at the start), symbols being set. False with
/// `failed` = the slot on an arithmetic error; the slots behind it are not evaluated.
bool evaluate(const schema::Function &function, const int32_t *ready, int32_t step, int64_t *values, uint32_t &failed);

/// Evaluates the bounds of all slots, those of the symbols being set. A slot whose bounds overflow gets the widest
/// range: a use of it as a size then fails as too large.
void evaluateRanges(const schema::Function &function, Range *ranges);

} // namespace dsc::rt
#endif
