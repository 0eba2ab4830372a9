// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What quantization did to every layer and to the whole model, for people and for programs.

#ifndef DSC_COMPILER_QUANTIZE_QUANTREPORT_H
#define DSC_COMPILER_QUANTIZE_QUANTREPORT_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dsc {

/// The range of an activation, and the part of its values that lies outside.
struct ActivationRange {
  double low = 0, high = 0, clipped = 0;
};

/// One layer with a weight.
struct QuantizedLayer {
  std::string name, weight, kind, reason, op, storage, activation;
  std::vector<int64_t> shape;
  /// Bytes of the weight as the model has it, and as it is stored now with its scales.
  int64_t before = 0, after = 0;
  /// Of the stored weight, in decibels; nothing where the weight stays as it was.
  std::optional<double> weightSqnr;
  /// Of the layer's result when the layer alone is quantized; nothing without calibration.
  std::optional<double> localSqnr;
  std::optional<ActivationRange> range;

  bool isInt8() const { return storage == "i8"; }
};

/// Float outputs of the quantized model against those of the f32 model, over all runs.
struct OutputQuality {
  double sqnr = 0;
  /// The smallest cosine of an output in a run.
  double leastCosine = 1;
};

struct QuantReport {
  std::string mode;
  /// All weights of the model in fp32 and as the model has them.
  int64_t fp32Bytes = 0, modelBytes = 0;
  /// All weights now: numbers, scales of int8 weights.
  int64_t weightBytes = 0, scaleBytes = 0;
  std::vector<QuantizedLayer> layers;
  /// The promises that were asked for, and whether they are kept.
  std::optional<double> maxSize, minSqnr;
  bool isKept = true;
  /// The inputs of each calibration run, and how ranges were taken from them.
  std::vector<std::string> calibration;
  std::string method, calibrationHash;
  /// With calibration.
  std::optional<OutputQuality> quality;

  int64_t getResultBytes() const { return weightBytes + scaleBytes; }
  double getSize() const { return fp32Bytes ? double(getResultBytes()) / double(fp32Bytes) : 1; }
  /// If noises of layers added up at the output as they are; nothing without local figures.
  std::optional<double> predictSqnr() const;
  /// The layers with the lowest SQNR first, of the result where that was measured, else of the weight.
  std::vector<const QuantizedLayer *> findWorst(size_t count) const;
};

/// A few lines for a terminal.
void printQuantSummary(const QuantReport &report, llvm::raw_ostream &os);

/// The whole report; "version" tells its form.
void printQuantJson(const QuantReport &report, llvm::json::OStream &json);
void printQuantMarkdown(const QuantReport &report, llvm::raw_ostream &os);

/// Writes the JSON report to `path` and the Markdown one beside it, with the extension .md. False and a reason if that
/// cannot be done.
bool writeQuantReport(const QuantReport &report, llvm::StringRef path, std::string &error);

} // namespace dsc

#endif // DSC_COMPILER_QUANTIZE_QUANTREPORT_H
