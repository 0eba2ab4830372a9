// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Between the C signature of a kernel and the memrefs that emitters work on.

#ifndef DSC_PASSES_KERNEL_CPU_KERNELABI_H
#define DSC_PASSES_KERNEL_CPU_KERNELABI_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "passes/kernel/cpu/KernelFamily.h"

namespace dsc {

/// Appends to `module` an empty function `symbol` of the kernel signature (pointers to buffers, dims and scratch; begin
/// and end), with an entry block and a return. Returns it.
mlir::func::FuncOp createKernelFunction(mlir::ModuleOp module, mlir::Location loc, llvm::StringRef symbol);

/// Emits the memrefs, sizes and tile bounds of the group at the builder, which stands in the entry block of a function
/// made by `createKernelFunction`.
KernelBody bindKernelArguments(mlir::OpBuilder &builder, mlir::func::FuncOp function, GroupOp group,
                               const KernelShape &shape, const CpuLevel &level);

} // namespace dsc

#endif // DSC_PASSES_KERNEL_CPU_KERNELABI_H
