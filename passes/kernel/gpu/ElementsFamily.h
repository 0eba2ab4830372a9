// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What families that evaluate element rules have in common.

#ifndef DSC_PASSES_KERNEL_GPU_ELEMENTSFAMILY_H
#define DSC_PASSES_KERNEL_GPU_ELEMENTSFAMILY_H

#include "passes/kernel/gpu/GpuFamily.h"

namespace dsc {

/// Elements of the largest type among operands and results that fit the widest access.
int64_t lanesOf(GroupOp group);

/// Why a group is not one of elements that threads compute independently, apart from statistics of rows; null if it is.
const char *whyNoElements(GroupOp group);

} // namespace dsc

#endif // DSC_PASSES_KERNEL_GPU_ELEMENTSFAMILY_H
