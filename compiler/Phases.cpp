// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// THE table of phases. A new pass is one line here, after it has landed with its test.

#include "compiler/Phases.h"

#include "passes/Passes.h"
#include "passes/kernel/cpu/BuildCpuKernels.h"

using namespace mlir;

namespace dsc {
namespace {

/// What is left to do once there is a module.
void buildImport(OpPassManager &passes, const CompileOptions &options) { passes.addPass(createUnifySizesPass()); }

/// Emit is no pass over a module.
void buildNothing(OpPassManager &passes, const CompileOptions &options) {}

void buildGraph(OpPassManager &passes, const CompileOptions &options) {
  if (options.optLevel < 1)
    return;
  passes.addPass(createInferShapesPass());
  passes.addPass(createFoldConstantsPass());
  passes.addPass(createSimplifyGraphPass());
  passes.addPass(createRecomposePass());
  passes.addPass(createDecomposeConvTransposePass());
  passes.addPass(createFoldBatchnormPass());
}

void buildQuantize(OpPassManager &passes, const CompileOptions &options) {
  if (options.quantize.isOn())
    passes.addPass(createEraseLayerMarksPass());
  if (options.optLevel >= 1) {
    passes.addPass(createPropagateQuantizationPass());
    passes.addPass(createFoldConstantsPass());
    passes.addPass(createLowerQuantPass());
    FoldConstantsPassOptions fold;
    fold.dequantize = true; // weights that no contraction takes as integers
    passes.addPass(createFoldConstantsPass(fold));
  }
  passes.addPass(createAssignPrecisionPass());
}

void buildLayout(OpPassManager &passes, const CompileOptions &options) {
  if (options.optLevel < 2)
    return;
  passes.addPass(createChooseLayoutPass());
  passes.addPass(createPackWeightsPass());
}

void buildFuse(OpPassManager &passes, const CompileOptions &options) {
  FormGroupsPassOptions fuse;
  fuse.fuse = options.optLevel >= 2;
  passes.addPass(createFormGroupsPass(fuse));
}

void buildPartition(OpPassManager &passes, const CompileOptions &options) {
  passes.addPass(createAssignTargetsPass());
  passes.addPass(createOrderGroupsPass());
  PredictCostsPassOptions costs;
  costs.level = options.levels.back();
  passes.addPass(createPredictCostsPass(costs));
  AssignStagesPassOptions stages;
  stages.stages = options.stages;
  stages.cuts.assign(options.cuts.begin(), options.cuts.end());
  passes.addPass(createAssignStagesPass(stages));
}

void buildKernel(OpPassManager &passes, const CompileOptions &options) {
  buildCpuKernels(passes, {options.levels, options.optLevel >= 2, options.explainKernel});
}

void buildPlan(OpPassManager &passes, const CompileOptions &options) {
  passes.addPass(createBuildPlanPass());
  passes.addPass(createPlaceBuffersPass());
}

/// What lies outside groups once there are some.
#define DSC_GROUPED "func.*", "dsc.*"
/// What a compiled kernel consists of, and what calls it.
#define DSC_LAUNCHED                                                                                                   \
  "func.*", "llvm.*", "dsc.symbol", "dsc.param", "dsc.weight", "dsc.kernel", "dsc.launch", "dsc.read_dim",             \
      "dsc.reshape", "dsc.squeeze", "dsc.unsqueeze"

std::vector<Phase> makeTable() {
  return {
      {"import", buildImport, {"func.*", "dsc.*"}, true},
      {"graph", buildGraph, {"func.*", "dsc.*"}, true},
      {"quantize", buildQuantize, {"func.*", "dsc.*"}, true},
      {"layout", buildLayout, {"func.*", "dsc.*"}, true},
      {"fuse", buildFuse, {DSC_GROUPED}, true, true},
      {"partition", buildPartition, {DSC_GROUPED}, true, true, true},
      {"kernel", buildKernel, {DSC_LAUNCHED}},
      {"plan", buildPlan, {"plan.*", "llvm.*"}},
      {"emit", buildNothing, {"plan.*"}},
  };
}

} // namespace

void buildFormats(OpPassManager &passes, const CompileOptions &options) {
  AnnotateLayerKindPassOptions kinds;
  llvm::append_range(kinds.layerKinds, options.quantize.layerKinds);
  passes.addPass(createAnnotateLayerKindPass(kinds));
  ChooseFormatsPassOptions formats;
  llvm::append_range(formats.rules, options.quantize.rules);
  llvm::append_range(formats.keep, options.quantize.keep);
  passes.addPass(createChooseFormatsPass(formats));
}

void buildRewrites(OpPassManager &passes) {
  passes.addPass(createQuantizeWeightsPass());
  passes.addPass(createQuantizeActivationsPass());
}

ArrayRef<Phase> getPhases() {
  static const std::vector<Phase> table = makeTable();
  return table;
}

const Phase *findPhase(StringRef name) {
  const Phase *phase = llvm::find_if(getPhases(), [&](const Phase &row) { return row.name == name; });
  return phase == getPhases().end() ? nullptr : phase;
}

std::vector<std::string> getPhaseNames() {
  std::vector<std::string> names;
  for (const Phase &phase : getPhases())
    names.push_back(phase.name.str());
  return names;
}

void buildPhase(const Phase &phase, OpPassManager &passes, const CompileOptions &options) {
  phase.build(passes, options);
  VerifyPhasePassOptions verify;
  verify.phase = phase.name.str();
  verify.mayRemain.assign(phase.mayRemain.begin(), phase.mayRemain.end());
  verify.symbolicDims = phase.symbolicDims;
  verify.grouped = phase.grouped;
  verify.targeted = phase.targeted;
  passes.addPass(createVerifyPhasePass(verify));
}

} // namespace dsc
