// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Between the parameters of a GPU kernel and the memrefs that emitters work on.

#ifndef DSC_PASSES_KERNEL_GPU_GPUABI_H
#define DSC_PASSES_KERNEL_GPU_GPUABI_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "passes/kernel/gpu/GpuFamily.h"

namespace dsc {

/// Appends to `module` an empty kernel of the group: a parameter per buffer (a pointer to global memory) and per size
/// (i64), with an entry block and a return. Attributes carry what a launch must know: `dsc.threads` of a
/// block, and `dsc.shared`, the bytes of its dynamic shared memory, if any.
mlir::func::FuncOp createGpuFunction(mlir::ModuleOp module, GroupOp group, llvm::StringRef symbol,
                                     const GpuShape &shape);

/// Emits the memrefs, sizes and numbers of thread and block at the builder, which stands in the entry block of a
/// function made by `createGpuFunction`.
GpuBody bindGpuArguments(mlir::OpBuilder &builder, mlir::func::FuncOp function, GroupOp group, const GpuShape &shape);

} // namespace dsc

#endif // DSC_PASSES_KERNEL_GPU_GPUABI_H
