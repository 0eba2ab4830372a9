// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Generates the code of every target and hangs it into the plan: a segment per CPU level, one of PTX, one per cubin.

#ifndef DSC_COMPILER_EMIT_CODESEGMENTS_H
#define DSC_COMPILER_EMIT_CODESEGMENTS_H

#include "dialects/plan/Plan.h"
#include "mlir/IR/BuiltinOps.h"

namespace dsc {

/// Compiles each nested `builtin.module` with `dsc.level` to a blob, in parallel where the context has threads, and the
/// one with `dsc.target = "cuda"` to PTX and cubins; appends their segments to `plan`, resolves `plan.kernel`'s
/// `function` into kernel codes, and erases the modules. `ptxas` is the program to use: a path, "none", or empty for
/// the one that is found. Gives the bytes of all code. Errors are diagnostics.
mlir::FailureOr<int64_t> addCodeSegments(mlir::ModuleOp module, plan::PlanOp plan, llvm::StringRef ptxas = "");

/// The CUDA part of it, of the module with `dsc.target = "cuda"`.
mlir::FailureOr<int64_t> addCudaSegments(mlir::ModuleOp module, plan::PlanOp plan, llvm::StringRef ptxas);

/// Appends a segment of code to the plan; gives its op and its position.
std::pair<plan::SegmentOp, int64_t> appendCodeSegment(plan::PlanOp plan, llvm::StringRef name, plan::SegmentKind kind,
                                                      llvm::ArrayRef<char> bytes, int64_t align, plan::CpuIsa isa);

} // namespace dsc

#endif // DSC_COMPILER_EMIT_CODESEGMENTS_H
