// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The compiler's pipeline as a table: one row per phase, in order, with its passes and what may remain behind it.

#ifndef DSC_COMPILER_PHASES_H
#define DSC_COMPILER_PHASES_H

#include "compiler/Options.h"

#include "mlir/Pass/PassManager.h"

namespace dsc {

/// One row. Import and emit are not passes over a module: their `build` adds nothing and Compiler.cpp does their work.
struct Phase {
  llvm::StringRef name;
  /// Adds the phase's passes, without the check behind them.
  void (*build)(mlir::OpPassManager &, const CompileOptions &);
  /// Operations allowed behind the phase: full names, or a dialect as `name.*`.
  std::vector<std::string> mayRemain;
  /// What else dsc-verify-phase checks: an expression for every `?`, every op in a group, every group on a target.
  bool symbolicDims = false;
  bool grouped = false;
  bool targeted = false;
};

/// Every phase, in order.
llvm::ArrayRef<Phase> getPhases();

/// What the quantize phase does to layers before its row's own passes: their kinds and formats, then weights and
/// activations. Apart, because calibration comes between.
void buildFormats(mlir::OpPassManager &passes, const CompileOptions &options);
void buildRewrites(mlir::OpPassManager &passes);

/// The row of that name, or null.
const Phase *findPhase(llvm::StringRef name);

std::vector<std::string> getPhaseNames();

/// Adds a row's passes and the check of what it leaves.
void buildPhase(const Phase &phase, mlir::OpPassManager &passes, const CompileOptions &options);

} // namespace dsc

#endif // DSC_COMPILER_PHASES_H
