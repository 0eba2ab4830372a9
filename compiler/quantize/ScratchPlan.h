// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A plan that is compiled only to be run: how the compiler learns what a model computes.

#ifndef DSC_COMPILER_QUANTIZE_SCRATCHPLAN_H
#define DSC_COMPILER_QUANTIZE_SCRATCHPLAN_H

#include "compiler/Options.h"

#include "mlir/IR/BuiltinOps.h"

#include <functional>

namespace dsc {

/// One output of a run, as numbers.
struct RunOutput {
  std::string name;
  bool isFloat = false;
  std::vector<float> values;
};

/// Runs the plan file on the inputs in an npz file or a folder with input_K.pb. False and one line of reason, also for
/// inputs that hold NaN. The program that has a runtime gives it.
using RunPlan = std::function<bool(const std::string &plan, const std::string &inputs, std::vector<RunOutput> &outputs,
                                   std::string &error)>;

/// The plan of a module as the quantize phase sees it, in a temporary file. It is for the lowest CPU level, so that what
/// is measured, and with it the final plan, is the same on every machine.
class ScratchPlan {
public:
  explicit ScratchPlan(const RunPlan &runPlan) : runPlan(runPlan) {}
  ScratchPlan(const ScratchPlan &) = delete;
  ~ScratchPlan();

  /// Compiles a copy of the module.
  mlir::LogicalResult build(mlir::ModuleOp module, const CompileOptions &options);
  /// Failures are diagnostics that name the inputs.
  mlir::LogicalResult run(llvm::StringRef inputs, std::vector<RunOutput> &outputs) const;

private:
  const RunPlan &runPlan;
  mlir::MLIRContext *context = nullptr;
  std::string path;
};

} // namespace dsc

#endif // DSC_COMPILER_QUANTIZE_SCRATCHPLAN_H
