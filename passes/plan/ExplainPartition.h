// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Says where a plan's pipeline is cut by default, what each stage costs, and what limits it.

#ifndef DSC_PASSES_PLAN_EXPLAINPARTITION_H
#define DSC_PASSES_PLAN_EXPLAINPARTITION_H

#include "dialects/plan/Plan.h"
#include "llvm/Support/raw_ostream.h"

namespace dsc {

/// Prints the report of every entry. `stagesAsked` of 0: as many as there are.
void explainPartition(plan::PlanOp plan, unsigned stagesAsked, llvm::raw_ostream &os);

} // namespace dsc

#endif // DSC_PASSES_PLAN_EXPLAINPARTITION_H
