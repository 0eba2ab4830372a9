// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Evaluates a shape program in checked arithmetic.

#include "dialects/plan/PlanSizes.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>

namespace dsc::plan {

static std::optional<int64_t> compute(ShapeOpKind kind, int64_t a, int64_t b) {
  int64_t result = 0;
  bool overflows = false;
  switch (kind) {
  case ShapeOpKind::Add:
    overflows = llvm::AddOverflow(a, b, result);
    break;
  case ShapeOpKind::Sub:
    overflows = llvm::SubOverflow(a, b, result);
    break;
  case ShapeOpKind::Mul:
    overflows = llvm::MulOverflow(a, b, result);
    break;
  case ShapeOpKind::FloorDiv:
  case ShapeOpKind::CeilDiv:
    if (b < 1)
      return std::nullopt;
    result = kind == ShapeOpKind::FloorDiv ? llvm::divideFloorSigned(a, b) : llvm::divideCeilSigned(a, b);
    break;
  case ShapeOpKind::Min:
    result = std::min(a, b);
    break;
  case ShapeOpKind::Max:
    result = std::max(a, b);
    break;
  }
  return overflows ? std::nullopt : std::optional(result);
}

std::vector<std::optional<int64_t>> evaluateSlots(FunctionOp function, llvm::ArrayRef<int64_t> symbols) {
  std::vector<std::optional<int64_t>> slots(symbols.begin(), symbols.end());
  slots.insert(slots.end(), function.getConstants().begin(), function.getConstants().end());
  for (auto op : function.getOps().getOps<ShapeOpOp>()) {
    std::optional<int64_t> a = slots[op.getA()], b = slots[op.getB()];
    slots.push_back(a && b ? compute(op.getOp(), *a, *b) : std::nullopt);
  }
  return slots;
}

} // namespace dsc::plan
