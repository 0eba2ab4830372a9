// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which ops of a block share a kernel, decided before anything is changed, and why others do not.

#ifndef DSC_PASSES_FUSE_FUSIONPLAN_H
#define DSC_PASSES_FUSE_FUSIONPLAN_H

#include "passes/fuse/FusionRules.h"

namespace dsc {

struct PlannedGroup {
  GroupKind kind = GroupKind::Opaque;
  /// The op that gives the group its kind.
  mlir::Operation *anchor = nullptr;
  /// In program order, the anchor among them. Copied ops (constants) are not listed.
  llvm::SmallVector<mlir::Operation *> ops;
  /// Whether this is an op that has no group: a weight, a view, a `dsc.read_dim`.
  bool outside = false;
};

/// A use of one group's result in another, and why the two are not one.
struct RefusedFusion {
  mlir::Operation *producer = nullptr;
  mlir::Operation *consumer = nullptr;
  Refusal reason;
};

struct FusionPlan {
  /// In an order in which no group reads a later one.
  llvm::SmallVector<PlannedGroup> groups;
  /// In the order of the producers, then of the consumers.
  llvm::SmallVector<RefusedFusion> refusals;
};

/// Decides the groups of a block; changes nothing. Without `fuse` every op is a group of its own.
FusionPlan planFusion(mlir::Block &block, bool fuse);

} // namespace dsc

#endif // DSC_PASSES_FUSE_FUSIONPLAN_H
