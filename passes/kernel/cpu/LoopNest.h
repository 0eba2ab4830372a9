// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How the loops over a group's results are ordered, cut into tiles and run in lanes. Pure functions of the group.

#ifndef DSC_PASSES_KERNEL_CPU_LOOPNEST_H
#define DSC_PASSES_KERNEL_CPU_LOOPNEST_H

#include "dialects/dsc/Dsc.h"
#include "passes/kernel/cpu/KernelFamily.h"

namespace dsc {

/// The loops over one result: tiles over `outer`, then runs over the last dimension if `inLanes`, then `inner`.
struct LoopNest {
  /// Dimensions whose product is the number of tiles.
  llvm::SmallVector<int64_t> outer;
  /// Dimensions that one tile runs over, in order.
  llvm::SmallVector<int64_t> inner;
  /// Whether the last dimension runs in lanes.
  bool inLanes = false;
  /// If not 0, the only dimension is cut into blocks of so many elements, one per tile.
  int64_t block = 0;
  /// The number of tiles.
  mlir::AffineExpr tiles;
};

/// The loops for a result. `fast` allows lanes.
LoopNest planLoops(mlir::Value result, bool fast);

/// The tiles of all results of a group, one behind the other, and how many are worth a thread.
KernelShape shapeOfLoops(GroupOp group, bool fast);

} // namespace dsc

#endif // DSC_PASSES_KERNEL_CPU_LOOPNEST_H
