// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How long a group is predicted to take on one thread of the CPU: a pure function of shapes, types and level.

#ifndef DSC_PASSES_PARTITION_CPUCOST_H
#define DSC_PASSES_PARTITION_CPUCOST_H

#include "dialects/dsc/Dsc.h"
#include "dialects/dsc/DscTarget.h"
#include "passes/TypicalSizes.h"

namespace dsc {

/// Nanoseconds, at least 1. A roofline: products at the rate of their kernels or memory, whichever takes longer, then what
/// is done once per element. Made for ratios between groups, on the machine of docs/performance.md.
int64_t predictCpuNs(GroupOp group, const CpuLevel &level, const TypicalSizes &sizes);

} // namespace dsc

#endif // DSC_PASSES_PARTITION_CPUCOST_H
