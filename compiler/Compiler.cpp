// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Runs the phase table over a model; import and emit, which are not passes, are done here.

#include "compiler/Compiler.h"

#include "compiler/Phases.h"
#include "compiler/emit/CodeSegments.h"
#include "compiler/emit/PlanWriter.h"
#include "compiler/import/Importer.h"
#include "compiler/quantize/QuantizeModel.h"
#include "dialects/dsc/Dsc.h"
#include "dialects/plan/Plan.h"
#include "passes/fuse/ExplainFusion.h"
#include "passes/kernel/cpu/ExplainKernel.h"
#include "passes/plan/ExplainPartition.h"
#include "runtime/schema/MemoryPlanner.h"
#include "runtime/schema/PlanFile.h"

#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/raw_ostream.h"

#include <chrono>
#include <cstdio>
#include <cstring>
#include <map>

using namespace mlir;

namespace dsc {
namespace {

/// Largest resident memory of this process so far; 0 where the system does not tell.
int64_t getPeakBytes() {
  FILE *status = fopen("/proc/self/status", "r");
  if (!status)
    return 0;
  char line[256];
  long long kilobytes = 0;
  while (fgets(line, sizeof line, status))
    if (sscanf(line, "VmHWM: %lld kB", &kilobytes) == 1)
      break;
  fclose(status);
  return kilobytes * 1024;
}

/// The ops of our dialects in a module by name, the most frequent first.
std::vector<std::pair<std::string, int64_t>> countOps(ModuleOp module) {
  std::map<std::string, int64_t> counts;
  module.walk([&](Operation *op) {
    StringRef dialect = op->getName().getDialectNamespace();
    if (dialect == "dsc" || dialect == "plan")
      ++counts[op->getName().getStringRef().str()];
  });
  std::vector<std::pair<std::string, int64_t>> sorted(counts.begin(), counts.end());
  llvm::sort(sorted, [](auto &a, auto &b) { return std::pair(-a.second, a.first) < std::pair(-b.second, b.first); });
  return sorted;
}

class Compilation {
public:
  Compilation(StringRef modelPath, StringRef outputPath, const CompileOptions &options, MLIRContext &context,
              CompileReport &report, const CompileHooks &hooks)
      : modelPath(modelPath), outputPath(outputPath), options(options), context(context), report(report), hooks(hooks) {}

  LogicalResult run();

private:
  LogicalResult runPhase(const Phase &phase);
  LogicalResult runImport();
  LogicalResult runEmit();
  void print(llvm::raw_ostream *stream);
  void countBehind(StringRef phase);
  void countPlan(plan::PlanOp plan);

  StringRef modelPath, outputPath;
  const CompileOptions &options;
  MLIRContext &context;
  CompileReport &report;
  const CompileHooks &hooks;
  OwningOpRef<ModuleOp> module;
};

LogicalResult Compilation::run() {
  std::string reason;
  if (!checkOptions(options, reason))
    return emitError(UnknownLoc::get(&context)) << reason;
  if (options.stopAfter.empty())
    if (reason = checkOutputPath(outputPath, modelPath); !reason.empty())
      return emitError(UnknownLoc::get(&context)) << reason;
  for (auto [index, phase] : llvm::enumerate(getPhases())) {
    if (hooks.progress)
      hooks.progress(phase.name, index, getPhases().size());
    auto start = std::chrono::steady_clock::now();
    LogicalResult result = runPhase(phase);
    std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
    report.phases.push_back({phase.name.str(), taken.count(), getPeakBytes(), {}});
    if (failed(result))
      return failure();
    if (options.stats)
      report.phases.back().opCounts = countOps(*module);
    countBehind(phase.name);
    if (options.printAfter == phase.name)
      print(hooks.printOutput);
    if (options.stopAfter == phase.name) {
      print(hooks.stopOutput);
      return success();
    }
  }
  return success();
}

LogicalResult Compilation::runPhase(const Phase &phase) {
  if (phase.name == "import" && failed(runImport()))
    return failure();
  if (phase.name == "emit" && failed(runEmit()))
    return failure();
  if (phase.name == "quantize" && options.quantize.isOn() &&
      failed(quantizeModel(*module, options, hooks.runPlan, report.quant.emplace())))
    return failure();
  if (phase.name == "fuse" && options.explainFuse && hooks.explainOutput)
    explainFusion(*module, *hooks.explainOutput);
  PassManager passes(&context);
  buildPhase(phase, passes, options);
  LogicalResult result = passes.run(*module);
  if (succeeded(result) && phase.name == "kernel" && options.explainKernel && hooks.explainOutput)
    explainKernels(*module, *hooks.explainOutput);
  if (succeeded(result) && phase.name == "plan" && options.explainPartition && hooks.explainOutput)
    for (auto plan : module->getOps<plan::PlanOp>())
      explainPartition(plan, options.stages, *hooks.explainOutput);
  return result;
}

LogicalResult Compilation::runImport() {
  if (modelPath.ends_with(".mlir")) {
    module = parseSourceFile<ModuleOp>(modelPath, ParserConfig(&context));
  } else {
    ImportOptions import;
    import.dims = options.dims;
    import.externalDataRoot = options.externalDataRoot;
    module = importModel(modelPath, import, context);
  }
  return success(bool(module));
}

LogicalResult Compilation::runEmit() {
  auto plans = module->getOps<plan::PlanOp>();
  plan::PlanOp plan = *plans.begin();
  FailureOr<int64_t> codeBytes = addCodeSegments(*module, plan);
  if (failed(codeBytes))
    return failure();
  report.codeBytes = *codeBytes;
  if (options.stopAfter == "emit")
    return success();
  FailureOr<int64_t> planBytes = writePlan(plan, outputPath);
  if (failed(planBytes))
    return failure();
  report.planBytes = *planBytes;
  return success();
}

void Compilation::print(llvm::raw_ostream *stream) {
  if (!stream)
    return;
  OpPrintingFlags flags;
  flags.elideLargeElementsAttrs(64).elideLargeResourceString(256).enableDebugInfo(false);
  module->print(*stream, flags);
  *stream << '\n';
  stream->flush();
}

void Compilation::countBehind(StringRef phase) {
  if (phase == "import") {
    module->walk([&](Operation *op) { report.ops += isa<FusibleOpInterface>(op) && !isa<WeightOp, ConstantOp>(op); });
  } else if (phase == "fuse") {
    module->walk([&](GroupOp) { ++report.groups; });
  } else if (phase == "plan") {
    for (auto plan : module->getOps<plan::PlanOp>())
      countPlan(plan);
  }
}

/// The bytes live at once at most: what the planner could not do without.
int64_t getArenaBound(plan::EntryOp entry) {
  std::vector<schema::PlannedBuffer> planned;
  for (auto buffer : entry.getBuffers().getOps<plan::BufferOp>())
    if (buffer.getPlace() == plan::Place::Arena && buffer.getParent() == plan::none)
      planned.push_back({uint64_t(buffer.getSize()), uint32_t(buffer.getFirstUse()), uint32_t(buffer.getLastUse()), 0});
  std::vector<uint32_t> work(2 * planned.size());
  schema::MemoryPlan memory = {};
  schema::planMemory(planned.data(), planned.size(), schema::bufferAlign, work.data(), memory);
  return int64_t(memory.lowerBound);
}

void Compilation::countPlan(plan::PlanOp plan) {
  for (auto kernel : plan.getKernels().getOps<plan::KernelOp>()) {
    (void)kernel;
    ++report.kernels;
  }
  for (auto segment : plan.getSegments().getOps<plan::SegmentOp>())
    report.weightBytes += segment.getSize();
  plan.walk([&](plan::EntryOp entry) {
    report.open |= entry.getOpen();
    for (int64_t arena : entry.getArenas())
      report.arenaBytes += arena;
    if (!entry.getOpen())
      report.arenaBound += getArenaBound(entry);
  });
}

} // namespace

LogicalResult compile(StringRef modelPath, StringRef outputPath, const CompileOptions &options, MLIRContext &context,
                      CompileReport &report, const CompileHooks &hooks) {
  return Compilation(modelPath, outputPath, options, context, report, hooks).run();
}

} // namespace dsc
