// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Takes a copy of a module through the phases behind quantization, and runs the plan through the caller's runtime.

#include "compiler/quantize/ScratchPlan.h"

#include "compiler/Phases.h"
#include "compiler/emit/CodeSegments.h"
#include "compiler/emit/PlanWriter.h"
#include "passes/ConstantPool.h"

#include "llvm/Support/FileSystem.h"

using namespace mlir;

namespace dsc {

ScratchPlan::~ScratchPlan() {
  if (!path.empty())
    llvm::sys::fs::remove(path);
}

LogicalResult ScratchPlan::build(ModuleOp module, const CompileOptions &options) {
  context = module.getContext();
  llvm::SmallString<128> file;
  if (std::error_code error = llvm::sys::fs::createTemporaryFile("dsc-calibration", "dsc", file))
    return emitError(UnknownLoc::get(context)) << "cannot write a temporary plan: " << error.message();
  path = file.str().str();
  OwningOpRef<ModuleOp> copy = module.clone();
  (*copy)->setAttr(borrowedMark, UnitAttr::get(context));
  CompileOptions scratch = options;
  scratch.levels = {"v3"};
  scratch.explainKernel = false;
  bool isBehind = false;
  for (const Phase &phase : getPhases()) {
    isBehind |= phase.name == "quantize";
    if (!isBehind)
      continue;
    PassManager passes(context);
    buildPhase(phase, passes, scratch);
    if (phase.name == "emit" && failed(addCodeSegments(*copy, *copy->getOps<plan::PlanOp>().begin())))
      return failure();
    if (failed(passes.run(*copy)))
      return failure();
  }
  return success(succeeded(writePlan(*copy->getOps<plan::PlanOp>().begin(), path)));
}

LogicalResult ScratchPlan::run(StringRef inputs, std::vector<RunOutput> &outputs) const {
  std::string error = "this program has no runtime";
  outputs.clear();
  if (runPlan && runPlan(path, inputs.str(), outputs, error))
    return success();
  return emitError(UnknownLoc::get(context)) << "calibration with '" << inputs << "': " << error;
}

} // namespace dsc
