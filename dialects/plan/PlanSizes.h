// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The sizes of a plan as numbers.

#ifndef DSC_DIALECTS_PLAN_PLANSIZES_H
#define DSC_DIALECTS_PLAN_PLANSIZES_H

#include "dialects/plan/Plan.h"

#include <optional>
#include <vector>

namespace dsc::plan {

/// Every slot of the function for these values of its symbols; nothing where the shape program overflows or divides by
/// less than 1.
std::vector<std::optional<int64_t>> evaluateSlots(FunctionOp function, llvm::ArrayRef<int64_t> symbols);

} // namespace dsc::plan

#endif // DSC_DIALECTS_PLAN_PLANSIZES_H
