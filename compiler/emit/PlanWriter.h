// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Writes a plan.plan as a plan file: a loop over tables that takes no decision.

#ifndef DSC_COMPILER_EMIT_PLANWRITER_H
#define DSC_COMPILER_EMIT_PLANWRITER_H

#include "dialects/plan/Plan.h"

namespace dsc {

/// Writes `plan` to `path`: to a temporary file beside it, renamed at the end, so there is the whole file or none. Weights
/// are packed while they stream out. Gives the file's size. Errors are diagnostics at the plan.
mlir::FailureOr<int64_t> writePlan(plan::PlanOp plan, llvm::StringRef path);

/// Checks before the work is done that a plan can be written to `path`, which must not be the model. An empty string, or
/// the reason why not.
std::string checkOutputPath(llvm::StringRef path, llvm::StringRef modelPath);

} // namespace dsc

#endif // DSC_COMPILER_EMIT_PLANWRITER_H
