// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Measured times of steps from what dsc-run wrote: a Chrome trace (--trace) or a profile (--profile --json).

#ifndef DSC_TOOLS_DSC_INSPECT_TIMES_H
#define DSC_TOOLS_DSC_INSPECT_TIMES_H

#include "tools/dsc-inspect/PlanView.h"

namespace dsc::inspect {

/// Sets `measuredUs` of the steps of `entry`: the median of the runs in the file at `path`. An empty string, or the reason
/// why it does not tell about this plan.
std::string readTimes(llvm::StringRef path, const PlanView &plan, EntryView &entry);

} // namespace dsc::inspect

#endif // DSC_TOOLS_DSC_INSPECT_TIMES_H
