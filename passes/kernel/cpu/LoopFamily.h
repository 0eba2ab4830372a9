// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The kernel families that compute results element by element: with lanes where rows allow it, and plain loops.

#ifndef DSC_PASSES_KERNEL_CPU_LOOPFAMILY_H
#define DSC_PASSES_KERNEL_CPU_LOOPFAMILY_H

#include "passes/kernel/cpu/KernelFamily.h"

namespace dsc {

/// Pointwise groups, row reductions and data movement, whose rows run in lanes.
const KernelFamily &rowsFamily();
/// Any group, one element after the other: the definition that faster families are tested against.
const KernelFamily &loopsFamily();
/// Transposes of four-byte elements that move the last dimension, in blocks.
const KernelFamily &transposeFamily();
/// Ops that need memory of their results, alone in a group: scatters, running sums, selections.
const KernelFamily &sequentialFamily();

} // namespace dsc

#endif // DSC_PASSES_KERNEL_CPU_LOOPFAMILY_H
