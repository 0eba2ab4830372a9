// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The kernel families that are emitted by hand, for the table of families.

#ifndef DSC_PASSES_KERNEL_CPU_FAMILIES_H
#define DSC_PASSES_KERNEL_CPU_FAMILIES_H

namespace dsc {
class KernelFamily;

/// Matrix products of f32 with an elementwise tail.
const KernelFamily &gemmFamily();

/// Convolutions of f32 in NHWC with packed weights, depthwise ones included, with an elementwise tail.
const KernelFamily &convFamily();

/// Fused attention of f32 with an elementwise tail.
const KernelFamily &attentionFamily();

} // namespace dsc

#endif // DSC_PASSES_KERNEL_CPU_FAMILIES_H
