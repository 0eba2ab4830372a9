// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The values of --quantize, --layer-kind and --keep.

#include "compiler/quantize/QuantizeOptions.h"

#include "passes/quantize/Layers.h"

#include "llvm/Support/Regex.h"

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

bool checkQuantize(const QuantizeOptions &options, std::string &error) {
  if (options.isOn())
    return true;
  const std::pair<StringRef, bool> flags[] = {{"--layer-kind", !options.layerKinds.empty()},
                                              {"--keep", !options.keep.empty()}};
  for (auto [flag, isGiven] : flags)
    if (isGiven) {
      error = "expected --quantize with " + flag.str() + ", but got none";
      return false;
    }
  return true;
}

} // namespace dsc
