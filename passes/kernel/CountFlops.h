// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The work of a group in floating-point operations, for profiles.

#ifndef DSC_PASSES_KERNEL_COUNTFLOPS_H
#define DSC_PASSES_KERNEL_COUNTFLOPS_H

#include "dialects/dsc/Dsc.h"

namespace dsc {

/// The multiplications and additions of the group's float products, convolutions and attention. What is done
/// once per element is not counted. Null if the group has none of these ops, or a size is not known.
mlir::AffineExpr countFlops(GroupOp group);

} // namespace dsc

#endif // DSC_PASSES_KERNEL_COUNTFLOPS_H
