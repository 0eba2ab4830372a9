// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a family of GPU kernels is: a rule that says which groups it takes, and an emitter.

#ifndef DSC_PASSES_KERNEL_GPU_GPUFAMILY_H
#define DSC_PASSES_KERNEL_GPU_GPUFAMILY_H

#include "passes/kernel/GroupKernels.h"
#include "passes/kernel/KernelBuffers.h"
#include <string>

namespace dsc {

/// What every buffer of a GPU kernel starts at a multiple of, in bytes: the widest access of a thread.
constexpr int64_t gpuAlignment = 16;
/// Threads of a warp.
constexpr int64_t warpThreads = 32;

/// How the work of a group is cut.
struct GpuShape {
  /// Blocks, as an expression of the module's symbols; they form one row, so that no size can overflow a grid.
  mlir::AffineExpr blocks;
  /// Threads of a block, a multiple of `warpThreads`.
  int64_t threads = 256;
  /// Dynamic shared memory of a block.
  int64_t sharedBytes = 0;
  /// Elements of a run of lanes.
  int64_t runLength = 4;
};

/// The inside of a kernel while it is emitted. The builder stands in the function's entry block.
struct GpuBody : KernelBuffers {
  int64_t threads;
  /// The buffers as pointers to global memory.
  llvm::SmallVector<mlir::Value> pointers;
  /// Numbers of the thread in its block and of the block, index values.
  mlir::Value thread, block;
  /// The block's dynamic shared memory, a pointer of address space 3; null without any.
  mlir::Value shared;
};

/// A family of kernels. Stateless.
class GpuFamily {
public:
  virtual ~GpuFamily() = default;
  /// One lower-case word: "elements", "rows", ...
  virtual llvm::StringRef name() const = 0;
  /// Whether the family takes the group, and how it cuts it; `whyNot` says why not. Emits no diagnostic.
  virtual llvm::FailureOr<GpuShape> match(GroupOp group, std::string &whyNot) const = 0;
  /// Emits what one thread does of a group that `match` took. On failure a diagnostic was emitted.
  virtual llvm::LogicalResult emit(GroupOp group, GpuBody &body) const = 0;
};

/// All families; the first that matches wins.
llvm::ArrayRef<const GpuFamily *> gpuKernelFamilies();

/// The family that takes a group, with its shape; null with the reasons of all that do not.
struct GpuChoice {
  const GpuFamily *family = nullptr;
  GpuShape shape;
  /// Name and reason of each family that was asked before.
  llvm::SmallVector<RefusedFamily> refusals;
};
GpuChoice chooseGpuFamily(GroupOp group);

/// Matrix products on tensor cores, with an elementwise tail.
const GpuFamily &gpuGemmFamily();

/// Attention, a block per query.
const GpuFamily &gpuAttentionFamily();

/// Transposes that move the last dimension, through shared memory.
const GpuFamily &gpuTurnFamily();

/// Softmax, norms and reductions along memory, a block per row.
const GpuFamily &gpuRowsFamily();

/// One value per element of a result: elementwise groups, movement, pools, sums across rows.
const GpuFamily &gpuElementsFamily();

} // namespace dsc

#endif // DSC_PASSES_KERNEL_GPU_GPUFAMILY_H
