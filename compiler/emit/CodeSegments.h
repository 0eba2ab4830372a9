// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Generates the code of every level and hangs it into the plan: one segment per level, one entry offset per kernel.

#ifndef DSC_COMPILER_EMIT_CODESEGMENTS_H
#define DSC_COMPILER_EMIT_CODESEGMENTS_H

#include "dialects/plan/Plan.h"
#include "mlir/IR/BuiltinOps.h"

namespace dsc {

/// Compiles each `builtin.module` with `dsc.level` in `module` to a blob, in parallel where the context has threads,
/// appends its segment to `plan`, resolves `plan.kernel`'s `function` into kernel codes, and erases the level modules.
/// Gives the bytes of all blobs. Errors are diagnostics.
mlir::FailureOr<int64_t> addCodeSegments(mlir::ModuleOp module, plan::PlanOp plan);

} // namespace dsc

#endif // DSC_COMPILER_EMIT_CODESEGMENTS_H
