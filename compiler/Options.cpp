// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Parses and checks the values of CompileOptions; what a flag means is decided here, not in the tool.

#include "compiler/Options.h"

#include "compiler/Phases.h"
#include "dialects/dsc/DscTarget.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/TargetParser/Host.h"

using llvm::StringRef;

namespace dsc {

bool parseDim(StringRef text, CompileOptions &options, std::string &error) {
  auto [name, value] = text.split('=');
  auto [low, high] = value.split("..");
  DimRange range;
  bool isRange = value.contains("..");
  if (name.empty() || low.getAsInteger(10, range.min) || (isRange && high.getAsInteger(10, range.max))) {
    error = "expected name=value or name=low..high, but got '" + text.str() + "'";
    return false;
  }
  if (!isRange)
    range.max = range.min;
  if (range.min < 1 || range.max < range.min) {
    error = "expected 1 <= low <= high, but got '" + text.str() + "'";
    return false;
  }
  if (!options.dims.emplace(name.str(), range).second) {
    error = "expected each dimension once, but got '" + name.str() + "' again";
    return false;
  }
  return true;
}

/// The best level this machine can run; empty when it runs none.
static std::string getNativeLevel() {
  llvm::StringMap<bool> features = llvm::sys::getHostCPUFeatures();
  auto hasAll = [&](std::initializer_list<StringRef> names) {
    return llvm::all_of(names, [&](StringRef name) { return features.lookup(name); });
  };
  if (!hasAll({"avx2", "bmi", "bmi2", "f16c", "fma", "lzcnt", "movbe"}))
    return "";
  if (!hasAll({"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"}))
    return "v3";
  return hasAll({"avx512vnni", "avx512bf16"}) ? "v4vnni" : "v4";
}

bool parseLevels(StringRef text, CompileOptions &options, std::string &error) {
  options.levels.clear();
  for (StringRef part : llvm::split(text, ',')) {
    std::string level = part == "native" ? getNativeLevel() : part.str();
    if (part == "native" && level.empty()) {
      error = "this machine runs none of the levels";
      return false;
    }
    if (!findCpuLevel(level)) {
      error = "expected a level of v3, v4, v4vnni and native, but got '" + part.str() + "'";
      return false;
    }
    options.levels.push_back(level);
  }
  llvm::sort(options.levels);
  options.levels.erase(llvm::unique(options.levels), options.levels.end());
  return true;
}

bool checkOptions(const CompileOptions &options, std::string &error) {
  for (const std::string &phase : {options.stopAfter, options.printAfter})
    if (!phase.empty() && !findPhase(phase)) {
      error = "expected a phase of " + llvm::join(getPhaseNames(), " ") + ", but got '" + phase + "'";
      return false;
    }
  if (options.optLevel > 2) {
    error = "expected an optimization level of 0, 1 and 2, but got " + std::to_string(options.optLevel);
    return false;
  }
  return checkQuantize(options.quantize, error);
}

} // namespace dsc
