// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Reads a plan file back as plan ops, for dsc-translate and round-trip tests.

#ifndef DSC_COMPILER_EMIT_PLANREADER_H
#define DSC_COMPILER_EMIT_PLANREADER_H

#include "dialects/plan/Plan.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace dsc {

/// A module with one plan.plan; every segment has one blob with all its bytes. The file's structure is checked before it
/// is read; its meaning is checked by the op's verifiers. Null and diagnostics on failure.
mlir::OwningOpRef<mlir::ModuleOp> readPlan(llvm::StringRef path, mlir::MLIRContext &context);

} // namespace dsc

#endif // DSC_COMPILER_EMIT_PLANREADER_H
