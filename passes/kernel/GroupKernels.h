// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What making kernels of groups has in common on all targets: which groups share one, its name, its launches.

#ifndef DSC_PASSES_KERNEL_GROUPKERNELS_H
#define DSC_PASSES_KERNEL_GROUPKERNELS_H

#include "dialects/dsc/Dsc.h"
#include "dialects/dsc/DscTarget.h"
#include <string>

namespace dsc {

/// The attribute of a group that would have run on the GPU: a line per family that refused it.
constexpr const char *refusedByGpuName = "dsc.refused_by_gpu";

/// Everything of a group that its kernel depends on: the body and all types, not where they came from.
std::string structureOfGroup(GroupOp group);

/// "cpu_rows_gelu_f32": target, family, main op, type of the first result.
std::string readableKernelName(GroupOp group, Target target, llvm::StringRef family);

/// What families take for granted; only written by hand can it be otherwise.
mlir::LogicalResult checkGroup(GroupOp group);

/// The groups below `root` that run on a target, in order.
llvm::SmallVector<GroupOp> findGroups(mlir::Operation *root, Target target);

/// Declares the kernel of a group in front of its function.
KernelOp createKernelDeclaration(GroupOp group, llvm::StringRef symbol, Target target, llvm::StringRef family,
                                 int64_t scratchBytes);

/// Puts a launch in the place of a group. Equal groups have equal expressions, so `tiles` of one hold for all.
void replaceByLaunch(GroupOp group, llvm::StringRef symbol, llvm::ArrayRef<mlir::AffineExpr> tiles, int64_t grain,
                     mlir::AffineExpr flops);

/// A family that did not take a group, and why not.
struct RefusedFamily {
  llvm::StringRef name;
  std::string whyNot;
};

/// A line for people per family that came before and refused.
void printRefusals(llvm::ArrayRef<RefusedFamily> refusals, llvm::raw_ostream &os);

/// Prints the `why` of every kernel of a module: the answer to `--explain=kernel`.
void explainKernels(mlir::ModuleOp module, llvm::raw_ostream &os);

} // namespace dsc

#endif // DSC_PASSES_KERNEL_GROUPKERNELS_H
