// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What quantization did to every layer and to the whole model, for people and for programs.

#ifndef DSC_COMPILER_QUANTIZE_QUANTREPORT_H
#define DSC_COMPILER_QUANTIZE_QUANTREPORT_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dsc {

/// One layer with a weight.
struct QuantizedLayer {
  std::string name, kind, reason, op, shape, storage, activation;
  /// Bytes of the weight as the model has it, and as it is stored now with its scales.
  int64_t before = 0, after = 0;
  /// Of the stored weight, in decibels; nothing where the weight stays as it was.
  std::optional<double> weightSqnr;
};

struct QuantReport {
  std::string mode;
  /// All weights of the model in fp32 and as the model has them.
  int64_t fp32Bytes = 0, modelBytes = 0;
  /// All weights now: numbers, scales of int8 weights.
  int64_t weightBytes = 0, scaleBytes = 0;
  std::vector<QuantizedLayer> layers;

  int64_t getResultBytes() const { return weightBytes + scaleBytes; }
  double getSize() const { return fp32Bytes ? double(getResultBytes()) / double(fp32Bytes) : 1; }
};

/// A few lines for a terminal.
void printQuantSummary(const QuantReport &report, llvm::raw_ostream &os);

} // namespace dsc

#endif // DSC_COMPILER_QUANTIZE_QUANTREPORT_H
