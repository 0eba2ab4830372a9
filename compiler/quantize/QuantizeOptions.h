// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the user wants of the quantize phase: rules, and promises that are checked.

#ifndef DSC_COMPILER_QUANTIZE_QUANTIZEOPTIONS_H
#define DSC_COMPILER_QUANTIZE_QUANTIZEOPTIONS_H

#include "llvm/ADT/StringRef.h"

#include <optional>
#include <string>
#include <vector>

namespace dsc {

/// How the range of an activation is taken from the values seen.
enum class CalibrationMethod { MinMax, Mse };

struct QuantizeOptions {
  /// As given: off, int8-weights, int8 or the path of a file of rules.
  std::string mode = "off";
  /// In the form of dsc-choose-formats; none: nothing is quantized.
  std::vector<std::string> rules;
  /// `regex=kind`, and the names of layers that stay as they are.
  std::vector<std::string> layerKinds, keep;
  /// Files and folders of inputs.
  std::vector<std::string> calibration;
  CalibrationMethod method = CalibrationMethod::MinMax;
  /// Promises: weights in parts of fp32, and decibels of signal over noise on the calibration inputs.
  std::optional<double> maxSize, minSqnr;
  /// The JSON report; the Markdown one lies beside it. Empty: none is written.
  std::string reportPath;

  bool isOn() const { return !rules.empty(); }
};

/// Reads `off`, `int8-weights`, `int8` or a file of rules. False and a reason for anything else.
bool parseQuantize(llvm::StringRef text, QuantizeOptions &options, std::string &error);

/// Adds one `regex=kind` or one `regex=fp32`. False and a reason when it is malformed.
bool parseLayerKindRule(llvm::StringRef text, QuantizeOptions &options, std::string &error);
bool parseKeep(llvm::StringRef text, QuantizeOptions &options, std::string &error);

/// Reads a comma separated list of paths, minmax or mse, `25%`, `25dB`.
bool parseCalibration(llvm::StringRef text, QuantizeOptions &options, std::string &error);
bool parseCalibrationMethod(llvm::StringRef text, QuantizeOptions &options, std::string &error);
bool parseMaxSize(llvm::StringRef text, QuantizeOptions &options, std::string &error);
bool parseMinSqnr(llvm::StringRef text, QuantizeOptions &options, std::string &error);

/// Checks that flags which change quantization come with it.
bool checkQuantize(const QuantizeOptions &options, std::string &error);

} // namespace dsc

#endif // DSC_COMPILER_QUANTIZE_QUANTIZEOPTIONS_H
