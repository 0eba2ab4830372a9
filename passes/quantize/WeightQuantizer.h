// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Rounds weights to int8 with a symmetric scale per channel.

#ifndef DSC_PASSES_QUANTIZE_WEIGHTQUANTIZER_H
#define DSC_PASSES_QUANTIZE_WEIGHTQUANTIZER_H

#include "dialects/dsc/HostTensor.h"

namespace dsc {

/// value = steps * scale, rounded.
struct QuantizedWeight {
  /// i8 in [-127, 127], of the weight's shape.
  HostTensor steps;
  /// Of the weight's element type and shape, but 1 along the dimensions that share a scale.
  HostTensor scale;
  /// Power of the weight over power of the error, in decibels; infinity without error.
  double sqnr;
};

/// Quantizes with one scale for all elements along the dimensions [first, last): the largest magnitude over 127. Nothing
/// if an element is not finite.
std::optional<QuantizedWeight> quantizeWeight(const HostTensor &weight, int64_t first, int64_t last);

/// 10 log10(signal / noise).
double toDecibels(double signal, double noise);

} // namespace dsc

#endif // DSC_PASSES_QUANTIZE_WEIGHTQUANTIZER_H
