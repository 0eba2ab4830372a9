// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Reads a plan file back as plan ops, for dsc-translate, dsc-inspect and round-trip tests.

#ifndef DSC_COMPILER_EMIT_PLANREADER_H
#define DSC_COMPILER_EMIT_PLANREADER_H

#include "dialects/plan/Plan.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include <string>
#include <vector>

namespace dsc {

/// What a plan file says besides its tables.
struct PlanFrame {
  uint64_t fileBytes = 0, metadataBytes = 0;
  uint16_t formatMajor = 0, formatMinor = 0;
  std::string digest;                   ///< the plan's identity, in hexadecimal
  std::vector<uint64_t> segmentOffsets; ///< from the start of the file
};

/// A module with one plan.plan; every segment has one blob with all its bytes. The file's structure is checked before it
/// is read; its meaning is checked by the op's verifiers. Null and diagnostics on failure.
mlir::OwningOpRef<mlir::ModuleOp> readPlan(llvm::StringRef path, mlir::MLIRContext &context);

/// As readPlan, but segments stay empty and the seal must fit header and metadata: for tools that tell what a plan is.
mlir::OwningOpRef<mlir::ModuleOp> readPlanTables(llvm::StringRef path, mlir::MLIRContext &context, PlanFrame &frame);

} // namespace dsc

#endif // DSC_COMPILER_EMIT_PLANREADER_H
