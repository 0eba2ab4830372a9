// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the user wants of the quantize phase: rules, and promises that are checked.

#ifndef DSC_COMPILER_QUANTIZE_QUANTIZEOPTIONS_H
#define DSC_COMPILER_QUANTIZE_QUANTIZEOPTIONS_H

#include "llvm/ADT/StringRef.h"

#include <optional>
#include <string>
#include <vector>

namespace dsc {

struct QuantizeOptions {
  /// As given: off, int8-weights, int8 or the path of a file of rules.
  std::string mode = "off";
  /// In the form of dsc-choose-formats; none: nothing is quantized.
  std::vector<std::string> rules;
  /// `regex=kind`, and the names of layers that stay as they are.
  std::vector<std::string> layerKinds, keep;

  bool isOn() const { return !rules.empty(); }
};

/// Reads `off`, `int8-weights`, `int8` or a file of rules. False and a reason for anything else.
bool parseQuantize(llvm::StringRef text, QuantizeOptions &options, std::string &error);

/// Adds one `regex=kind` or one `regex=fp32`. False and a reason when it is malformed.
bool parseLayerKindRule(llvm::StringRef text, QuantizeOptions &options, std::string &error);
bool parseKeep(llvm::StringRef text, QuantizeOptions &options, std::string &error);

/// Checks that flags which change quantization come with it.
bool checkQuantize(const QuantizeOptions &options, std::string &error);

} // namespace dsc

#endif // DSC_COMPILER_QUANTIZE_QUANTIZEOPTIONS_H
