// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The values of --quantize, --layer-kind and --keep.

#include "compiler/quantize/QuantizeOptions.h"

#include "compiler/quantize/QuantizeRules.h"
#include "passes/quantize/Layers.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Regex.h"

#include <cmath>

using llvm::StringRef;

namespace dsc {

/// Whether the text is a pattern; else a reason.
static bool checkRegex(StringRef text, std::string &error) {
  std::string reason;
  if (llvm::Regex(text).isValid(reason))
    return true;
  error = "expected a regular expression, but got '" + text.str() + "': " + reason;
  return false;
}

bool parseQuantize(StringRef text, QuantizeOptions &options, std::string &error) {
  options.mode = text.str();
  options.rules.clear();
  if (text == "int8-weights") {
    options.rules = {"any/i8/none/"};
  } else if (text == "int8") {
    options.rules = {"conv/i8/static/", "feed_forward/i8/dynamic_token/", "any/i8/none/"};
  } else if (text == "balanced" || text == "int4") {
    error = "--quantize=" + text.str() + " does not exist yet: expected off, int8-weights, int8 or a file of rules";
    return false;
  } else if (text.ends_with(".yaml") || text.ends_with(".yml")) {
    return readQuantizeRules(text, options, error);
  } else if (text != "off") {
    error = "expected --quantize of off, int8-weights, int8 or a .yaml file, but got '" + text.str() + "'";
    return false;
  }
  return true;
}

bool parseLayerKindRule(StringRef text, QuantizeOptions &options, std::string &error) {
  auto [pattern, kind] = text.rsplit('=');
  if (pattern.empty() || !parseLayerKind(kind)) {
    error = "expected --layer-kind of regex=kind with a kind of " + listLayerKinds() + ", but got '" + text.str() + "'";
    return false;
  }
  options.layerKinds.push_back(text.str());
  return checkRegex(pattern, error);
}

bool parseKeep(StringRef text, QuantizeOptions &options, std::string &error) {
  auto [pattern, precision] = text.rsplit('=');
  if (pattern.empty() || precision != "fp32") {
    error = "expected --keep of regex=fp32, but got '" + text.str() + "'";
    return false;
  }
  options.keep.push_back(pattern.str());
  return checkRegex(pattern, error);
}

bool parseCalibration(StringRef text, QuantizeOptions &options, std::string &error) {
  for (StringRef path : llvm::split(text, ','))
    options.calibration.push_back(path.str());
  if (!llvm::is_contained(options.calibration, ""))
    return true;
  error = "expected --calibration of paths, but got '" + text.str() + "'";
  return false;
}

bool parseCalibrationMethod(StringRef text, QuantizeOptions &options, std::string &error) {
  if (text == "percentile" || text.starts_with("percentile:") || text == "entropy") {
    error = "--calibration-method=" + text.str() + " does not exist yet: expected minmax or mse";
    return false;
  }
  options.method = text == "mse" ? CalibrationMethod::Mse : CalibrationMethod::MinMax;
  if (text == "minmax" || text == "mse")
    return true;
  error = "expected --calibration-method of minmax and mse, but got '" + text.str() + "'";
  return false;
}

bool parseMaxSize(StringRef text, QuantizeOptions &options, std::string &error) {
  double percent;
  if (text.consume_back("%") && !text.getAsDouble(percent) && percent > 0 && percent <= 100) {
    options.maxSize = percent / 100;
    return true;
  }
  error = "expected --max-size in percent of fp32, like 25%, but got '" + text.str() + "'";
  return false;
}

bool parseMinSqnr(StringRef text, QuantizeOptions &options, std::string &error) {
  double decibels;
  if (text.consume_back("dB") && !text.getAsDouble(decibels) && std::isfinite(decibels)) {
    options.minSqnr = decibels;
    return true;
  }
  error = "expected --min-sqnr in decibels, like 25dB, but got '" + text.str() + "'";
  return false;
}

bool checkQuantize(const QuantizeOptions &options, std::string &error) {
  if (options.minSqnr && options.calibration.empty()) {
    error = "expected --calibration with --min-sqnr, but got none";
    return false;
  }
  if (!options.reportPath.empty() && !StringRef(options.reportPath).ends_with(".json")) {
    error = "expected --quant-report of a .json file, but got '" + options.reportPath + "'";
    return false;
  }
  if (options.isOn())
    return true;
  const std::pair<StringRef, bool> flags[] = {{"--layer-kind", !options.layerKinds.empty()},
                                              {"--keep", !options.keep.empty()},
                                              {"--calibration", !options.calibration.empty()},
                                              {"--max-size", options.maxSize.has_value()},
                                              {"--quant-report", !options.reportPath.empty()}};
  for (auto [flag, isGiven] : flags)
    if (isGiven) {
      error = "expected --quantize with " + flag.str() + ", but got none";
      return false;
    }
  return true;
}

} // namespace dsc
