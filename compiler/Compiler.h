// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// compile(): a model file through every phase to a plan file, with what each phase cost.

#ifndef DSC_COMPILER_COMPILER_H
#define DSC_COMPILER_COMPILER_H

#include "compiler/Options.h"
#include "compiler/quantize/QuantReport.h"
#include "compiler/quantize/ScratchPlan.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"

#include <functional>

namespace dsc {

struct PhaseCost {
  std::string name;
  double seconds = 0;
  /// Largest resident memory of the process up to the end of the phase.
  int64_t peakBytes = 0;
  /// With `stats`: how many ops of our dialects the phase left, the most frequent first.
  std::vector<std::pair<std::string, int64_t>> opCounts;
};

/// What a compilation did; complete when compile() succeeds, up to the failing phase otherwise.
struct CompileReport {
  std::vector<PhaseCost> phases;
  int64_t ops = 0;
  int64_t groups = 0;
  int64_t kernels = 0;
  int64_t weightBytes = 0;
  /// Code of all levels together.
  int64_t codeBytes = 0;
  /// Arena at the entry's bounds; 0 and `open` when a dimension has no bound.
  int64_t arenaBytes = 0;
  /// The largest sum of bytes live at once: no placement can be smaller.
  int64_t arenaBound = 0;
  bool open = false;
  int64_t planBytes = 0;
  /// With `quantize`: what it did.
  std::optional<QuantReport> quant;
};

/// Where a compilation reports to; every member may be empty.
struct CompileHooks {
  /// Called as each phase starts, with its position and the number of phases.
  std::function<void(llvm::StringRef phase, size_t index, size_t count)> progress;
  /// Takes the IR asked for with stopAfter (standard output of the tool) and printAfter.
  llvm::raw_ostream *stopOutput = nullptr;
  llvm::raw_ostream *printOutput = nullptr;
  /// Takes the text of explainFuse and explainKernel.
  llvm::raw_ostream *explainOutput = nullptr;
  /// Runs plans for calibration; needed where the options ask for that.
  RunPlan runPlan;
};

/// Compiles `modelPath` into the plan file `outputPath` (not written with stopAfter). Errors are diagnostics of `context`
/// at the ONNX node's location; on failure there is no output file. The context must know the dialects and interfaces of
/// the phases (tools/Register).
mlir::LogicalResult compile(llvm::StringRef modelPath, llvm::StringRef outputPath, const CompileOptions &options,
                            mlir::MLIRContext &context, CompileReport &report, const CompileHooks &hooks = {});

} // namespace dsc

#endif // DSC_COMPILER_COMPILER_H
