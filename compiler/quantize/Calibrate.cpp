// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Calibration and measurement by scratch plans.

#include "compiler/quantize/Calibrate.h"

#include "compiler/Phases.h"
#include "compiler/quantize/CalibrationRange.h"
#include "passes/NodeName.h"
#include "passes/Passes.h"
#include "passes/quantize/Observers.h"
#include "passes/quantize/WeightQuantizer.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SHA256.h"

#include <cmath>

using namespace mlir;
namespace fs = llvm::sys::fs;

namespace dsc {
namespace {

bool isRunFolder(StringRef path) {
  llvm::SmallString<128> first(path);
  llvm::sys::path::append(first, "input_0.pb");
  return fs::exists(first);
}

/// What is accepted of a folder, by name.
std::vector<std::string> listFolder(StringRef folder, llvm::function_ref<bool(StringRef)> accept) {
  std::vector<std::string> paths;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; it != end && !error; it.increment(error))
    if (accept(it->path()))
      paths.push_back(it->path());
  llvm::sort(paths);
  return paths;
}

bool isRun(StringRef path) { return path.ends_with(".npz") || isRunFolder(path); }

func::FuncOp getMain(ModuleOp module) {
  for (auto function : module.getOps<func::FuncOp>())
    if (!function.isExternal())
      return function;
  return {};
}

class Calibrator {
public:
  Calibrator(ModuleOp module, const CompileOptions &options, ArrayRef<std::string> runs, const RunPlan &runPlan)
      : module(module), options(options), runs(runs), plan(runPlan), pool(module),
        observed(findObserved(getMain(module), pool)), ranges(observed.size()) {}

  LogicalResult run(Reference &reference) {
    if (failed(build()))
      return failure();
    for (const std::string &inputs : runs) {
      std::vector<RunOutput> outputs;
      if (failed(plan.run(inputs, outputs)) || failed(widen(inputs, outputs)))
        return failure();
      outputs.resize(outputs.size() - observed.size());
      reference.push_back(std::move(outputs));
    }
    if (options.quantize.method == CalibrationMethod::Mse && failed(count()))
      return failure();
    mark();
    return success();
  }

private:
  LogicalResult build() {
    OwningOpRef<ModuleOp> copy = module.clone();
    (*copy)->setAttr(borrowedMark, UnitAttr::get(module.getContext()));
    PassManager passes(module.getContext());
    passes.addPass(createInsertObserversPass());
    if (failed(passes.run(*copy)))
      return failure();
    return plan.build(*copy, options);
  }

  /// Observed values are the last outputs.
  ArrayRef<RunOutput> takeObserved(const std::vector<RunOutput> &outputs) {
    return ArrayRef(outputs).take_back(observed.size());
  }

  LogicalResult widen(const std::string &inputs, const std::vector<RunOutput> &outputs) {
    for (auto [range, output, layers] : llvm::zip_equal(ranges, takeObserved(outputs), observed))
      if (!range.widen(output.values))
        return layers.second.front()->emitOpError()
               << "expected finite numbers as its activation, but got others in the run of '" << inputs << "'";
    return success();
  }

  LogicalResult count() {
    for (const std::string &inputs : runs) {
      std::vector<RunOutput> outputs;
      if (failed(plan.run(inputs, outputs)))
        return failure();
      for (auto [range, output] : llvm::zip_equal(ranges, takeObserved(outputs)))
        range.count(output.values);
    }
    return success();
  }

  void mark() {
    Builder b(module.getContext());
    for (auto [range, layers] : llvm::zip_equal(ranges, observed)) {
      bool isMse = options.quantize.method == CalibrationMethod::Mse;
      std::pair<double, double> ends = isMse ? range.findBest() : range.getMinMax();
      for (Operation *layer : layers.second)
        layer->setAttr(rangeMark, b.getF64ArrayAttr({ends.first, ends.second, range.getClipped(ends)}));
    }
  }

  ModuleOp module;
  const CompileOptions &options;
  ArrayRef<std::string> runs;
  ScratchPlan plan;
  ConstantPool pool;
  llvm::MapVector<Value, SmallVector<Operation *>> observed;
  std::vector<CalibrationRange> ranges;
};

/// Sums over the elements of all runs.
struct Sums {
  double signal = 0, noise = 0, leastCosine = 1;

  void add(const RunOutput &expected, const RunOutput &actual) {
    double xx = 0, yy = 0, xy = 0;
    for (auto [x, y] : llvm::zip(expected.values, actual.values)) {
      noise += (double(x) - y) * (double(x) - y);
      xx += double(x) * x;
      yy += double(y) * y;
      xy += double(x) * y;
    }
    signal += xx;
    if (xx > 0)
      leastCosine = std::min(leastCosine, yy > 0 ? xy / std::sqrt(xx * yy) : 0.0);
  }
};

} // namespace

FailureOr<std::vector<std::string>> findCalibrationRuns(MLIRContext &context, ArrayRef<std::string> paths) {
  std::vector<std::string> runs;
  for (const std::string &path : paths) {
    std::vector<std::string> found{path};
    if (fs::is_directory(path) && !isRunFolder(path))
      found = listFolder(path, isRun);
    if (found.empty() || !fs::exists(path))
      return emitError(UnknownLoc::get(&context))
             << "expected npz files or folders with input_0.pb for --calibration, but got none in '" << path << "'";
    runs.insert(runs.end(), found.begin(), found.end());
  }
  return runs;
}

std::string hashRuns(ArrayRef<std::string> runs) {
  llvm::SHA256 hash;
  for (const std::string &run : runs) {
    std::vector<std::string> files{run};
    if (fs::is_directory(run))
      files = listFolder(run, [](StringRef path) { return path.ends_with(".pb"); });
    for (const std::string &file : files)
      if (auto buffer = llvm::MemoryBuffer::getFile(file))
        hash.update((*buffer)->getBuffer());
  }
  return llvm::toHex(hash.final(), /*LowerCase=*/true);
}

LogicalResult calibrate(ModuleOp module, const CompileOptions &options, ArrayRef<std::string> runs,
                        const RunPlan &runPlan, Reference &reference) {
  return Calibrator(module, options, runs, runPlan).run(reference);
}

LogicalResult measureLayers(ModuleOp module, const CompileOptions &options, ArrayRef<std::string> runs,
                            const RunPlan &runPlan) {
  OwningOpRef<ModuleOp> copy = module.clone();
  (*copy)->setAttr(borrowedMark, UnitAttr::get(module.getContext()));
  PassManager passes(module.getContext());
  passes.addPass(createInsertNoiseObserversPass());
  buildRewrites(passes);
  ScratchPlan plan(runPlan);
  if (failed(passes.run(*copy)) || failed(plan.build(*copy, options)))
    return failure();
  SmallVector<Operation *> layers = findInt8Layers(getMain(module), ConstantPool(module));
  std::vector<double> sums(2 * layers.size());
  for (const std::string &inputs : runs) {
    std::vector<RunOutput> outputs;
    if (failed(plan.run(inputs, outputs)))
      return failure();
    for (auto [sum, output] : llvm::zip_equal(sums, outputs))
      sum += output.values[0];
  }
  Builder b(module.getContext());
  for (auto [i, layer] : llvm::enumerate(layers))
    layer->setAttr(noiseMark, b.getF64FloatAttr(toDecibels(sums[2 * i], sums[2 * i + 1])));
  return success();
}

FailureOr<OutputQuality> measure(ModuleOp module, const CompileOptions &options, ArrayRef<std::string> runs,
                                 const RunPlan &runPlan, const Reference &reference) {
  ScratchPlan plan(runPlan);
  if (failed(plan.build(module, options)))
    return failure();
  Sums sums;
  for (auto [inputs, expected] : llvm::zip_equal(runs, reference)) {
    std::vector<RunOutput> actual;
    if (failed(plan.run(inputs, actual)))
      return failure();
    for (auto [x, y] : llvm::zip_equal(expected, actual))
      if (x.isFloat)
        sums.add(x, y);
  }
  return OutputQuality{toDecibels(sums.signal, sums.noise), sums.leastCosine};
}

} // namespace dsc
