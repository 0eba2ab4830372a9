// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the code of a kernel can reach on every target: the buffers of its group and the sizes that it is given.

#ifndef DSC_PASSES_KERNEL_KERNELBUFFERS_H
#define DSC_PASSES_KERNEL_KERNELBUFFERS_H

#include "dialects/dsc/Dsc.h"
#include "mlir/IR/Builders.h"

namespace dsc {

/// Elements of a run on the CPU, on every level: v3 uses two registers.
constexpr int64_t cpuRunLength = 16;

/// The sizes that a kernel takes: `groupDims`, then the symbols of types inside the body that are not among them.
llvm::SmallVector<mlir::AffineExpr> kernelDims(GroupOp group);

/// The arguments of a kernel while it is emitted. The builder stands in the function's entry block.
struct KernelBuffers {
  mlir::OpBuilder &b;
  mlir::Location loc;
  /// The expressions of `dims`.
  llvm::SmallVector<mlir::AffineExpr> dimExprs;
  /// Elements of a run of lanes.
  int64_t runLength = cpuRunLength;
  /// What buffers start at a multiple of, in bytes; 1 leaves runs at the alignment of their element.
  int64_t alignment = 1;
  /// One row-major contiguous memref of `storageType` elements per operand, then per result.
  llvm::SmallVector<mlir::Value> buffers = {};
  /// The same memory as 1-D memrefs.
  llvm::SmallVector<mlir::Value> flat = {};
  /// `kernelDims` as index values.
  llvm::SmallVector<mlir::Value> dims = {};

  /// The value of a size as an index value, emitted where the builder stands. The expression is made of `dimExprs`,
  /// constants and arithmetic on them.
  mlir::Value dimValue(mlir::AffineExpr dim);
  /// Adds the memrefs of the tensor that lies at a pointer, in the pointer's address space.
  void addBuffer(mlir::Value pointer, mlir::RankedTensorType tensor);
};

/// A memref of `sizes` (i64 values) at a pointer, in its address space.
mlir::Value makeMemref(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value pointer,
                       llvm::ArrayRef<int64_t> shape, mlir::Type element, llvm::ArrayRef<mlir::Value> sizes);

} // namespace dsc

#endif // DSC_PASSES_KERNEL_KERNELBUFFERS_H
