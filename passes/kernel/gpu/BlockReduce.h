// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Reductions over the threads of a block: warp shuffles, then one round through shared memory.

#ifndef DSC_PASSES_KERNEL_GPU_BLOCKREDUCE_H
#define DSC_PASSES_KERNEL_GPU_BLOCKREDUCE_H

#include "passes/kernel/Evaluator.h"
#include "passes/kernel/gpu/GpuFamily.h"

namespace dsc {

/// Shared memory that reductions need, at the start of the block's.
constexpr int64_t reduceBytes = 256;

/// What the values of all threads of the block give together, the same in every thread. All threads must get there
/// together. What threads wrote to shared memory before is visible to all behind it.
mlir::Value reduceInBlock(GpuBody &body, mlir::Value value, const Evaluator::Accumulator &accumulator);

/// Makes the rows of an evaluator the work of all threads of the block: while it exists, `Evaluator::fold` deals the
/// elements out to threads and every thread gets the whole result. All threads must get there together: no condition
/// around it may differ between them. The order of operations depends on the sizes of the row and the block alone.
class BlockFold {
public:
  BlockFold(Evaluator &e, GpuBody &body);
  ~BlockFold();

private:
  llvm::SmallVector<mlir::Value> fold(llvm::ArrayRef<mlir::Value> extents,
                                      llvm::ArrayRef<Evaluator::Accumulator> accumulators, bool inLanes,
                                      Evaluator::FoldBody emit);

  Evaluator &e;
  GpuBody &body;
};

} // namespace dsc

#endif // DSC_PASSES_KERNEL_GPU_BLOCKREDUCE_H
