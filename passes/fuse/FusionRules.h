// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The decisions of fusion as pure functions: may a consumer share a kernel with a producer, and why not.

#ifndef DSC_PASSES_FUSE_FUSIONRULES_H
#define DSC_PASSES_FUSE_FUSIONRULES_H

#include "dialects/dsc/DscRoles.h"

namespace dsc {

/// Why a fusion was refused: a phrase for people. Empty: it was not refused.
using Refusal = llvm::StringRef;

/// Limits of one group: what a kernel's argument list and code size bear.
struct GroupLimits {
  static constexpr size_t ops = 48;
  static constexpr size_t buffers = 24;
};

/// The kind of the group that an op of this role anchors. A view has none and gives Opaque.
GroupKind getGroupKind(FusionRole role);

/// Whether the op is copied into every group that reads it: a small constant or `dsc.dim_values`.
bool isCopiedIntoGroups(mlir::Operation *op);

/// Whether the op never joins a group: weights, views, `dsc.read_dim`, terminators.
bool staysOutside(mlir::Operation *op);

/// The position of the first reduced dimension where the op reduces trailing dimensions of its first operand, so that
/// each output row depends on one input row.
std::optional<int64_t> getRowAxis(mlir::Operation *op);

/// The sizes that the op's loops run over: its first operand's for a row reduction, else its first result's.
Dims getIterationSpace(mlir::Operation *op);

/// May the consumer compute in the kernel of the producer whose result it reads? Looks at this pair only: cycles, other
/// users and limits are the business of the plan.
Refusal refuseFusion(mlir::Operation *producer, mlir::Operation *consumer);

} // namespace dsc

#endif // DSC_PASSES_FUSE_FUSIONRULES_H
