// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Matrix products on tensor cores: how a product is cut, and the emitter of its main loop and tail.

#ifndef DSC_PASSES_KERNEL_GPU_GEMM_H
#define DSC_PASSES_KERNEL_GPU_GEMM_H

#include "passes/kernel/cpu/Contraction.h"
#include "passes/kernel/gpu/GpuFamily.h"

namespace dsc {

/// The tile of a block and of its warps, and the ring of tiles in flight. The sums of an element are added in the same
/// order under every configuration, so that a row does not depend on how many there are.
struct GpuGemmConfig {
  int64_t rows, columns; ///< of a block
  int64_t warpRows = 2, warpColumns = 2;
  int64_t stages = 3;

  /// Bytes of one row of A's tile: the depth of one step.
  static constexpr int64_t depthBytes = 64;

  int64_t threads() const { return warpRows * warpColumns * warpThreads; }
  int64_t stageBytes() const { return (rows + columns) * depthBytes; }
  int64_t sharedBytes() const { return stages * stageBytes(); }
};

/// A product that the family takes. Pure.
struct GpuGemm {
  GemmSpec spec;
  mlir::Type element;
  GpuGemmConfig config;
};

/// The product of a group, or why it is none of this family.
llvm::FailureOr<GpuGemm> matchGpuGemm(GroupOp group, std::string &whyNot);

/// The widest copy that never crosses a row of that many elements; the element alone if the size is symbolic.
int64_t pieceBytesOf(mlir::AffineExpr rowElements, int64_t elementBytes);

/// Emits what a block does.
llvm::LogicalResult emitGpuGemm(GroupOp group, const GpuGemm &gemm, GpuBody &body);

} // namespace dsc

#endif // DSC_PASSES_KERNEL_GPU_GEMM_H
