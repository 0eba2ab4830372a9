// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The range of a value over many runs, and the part of it that is worth 256 steps.

#ifndef DSC_COMPILER_QUANTIZE_CALIBRATIONRANGE_H
#define DSC_COMPILER_QUANTIZE_CALIBRATIONRANGE_H

#include "llvm/ADT/ArrayRef.h"

#include <cstdint>
#include <utility>
#include <vector>

namespace dsc {

class CalibrationRange {
public:
  static constexpr int64_t numBins = 2048;

  /// First all values are shown; false if one of them is not finite.
  bool widen(llvm::ArrayRef<float> values);
  /// Then, for the mse method, all of them once more.
  void count(llvm::ArrayRef<float> values);

  /// What was seen, with zero.
  std::pair<double, double> getMinMax() const { return {low, high}; }
  /// The range for which rounding to 255 steps and cutting what lies outside give the smallest squared error.
  std::pair<double, double> findBest() const;
  /// The part of the counted values that a range cuts.
  double getClipped(std::pair<double, double> range) const;

private:
  double getCenter(int64_t bin) const { return low + (double(bin) + 0.5) * (high - low) / numBins; }
  double getError(double from, double to) const;

  double low = 0, high = 0;
  int64_t total = 0;
  std::vector<int64_t> bins;
};

} // namespace dsc

#endif // DSC_COMPILER_QUANTIZE_CALIBRATIONRANGE_H
