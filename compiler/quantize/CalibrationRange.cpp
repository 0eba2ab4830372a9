// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Ranges by minmax and by mse: a histogram, and a search over shortened ranges.

#include "compiler/quantize/CalibrationRange.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace dsc {

/// Ends of the range that are tried: from a fortieth of it to all of it.
static constexpr int numCuts = 40;

bool CalibrationRange::widen(llvm::ArrayRef<float> values) {
  bool isFinite = true;
  for (float value : values) {
    isFinite &= std::isfinite(value);
    low = std::min<double>(low, value);
    high = std::max<double>(high, value);
  }
  return isFinite;
}

void CalibrationRange::count(llvm::ArrayRef<float> values) {
  bins.resize(numBins);
  total += values.size();
  double perBin = high > low ? numBins / (high - low) : 0;
  for (float value : values)
    ++bins[std::min<int64_t>(numBins - 1, int64_t((value - low) * perBin))];
}

double CalibrationRange::getError(double from, double to) const {
  double step = (to - from) / 255, inside = step * step / 12, error = 0;
  for (int64_t bin = 0; bin < numBins; ++bin) {
    if (!bins[bin])
      continue;
    double x = getCenter(bin), cut = x < from ? from - x : x > to ? x - to : 0;
    error += double(bins[bin]) * (cut > 0 ? cut * cut : inside);
  }
  return error;
}

std::pair<double, double> CalibrationRange::findBest() const {
  std::pair<double, double> best{low, high};
  double least = std::numeric_limits<double>::infinity();
  for (int l = numCuts; l > 0; --l) {
    for (int h = numCuts; h > 0; --h) {
      std::pair<double, double> range{low * l / numCuts, high * h / numCuts};
      if (double error = getError(range.first, range.second); error < least) {
        least = error;
        best = range;
      }
      if (high == 0)
        break;
    }
    if (low == 0)
      break;
  }
  return best;
}

double CalibrationRange::getClipped(std::pair<double, double> range) const {
  int64_t outside = 0;
  for (int64_t bin = 0; bin < int64_t(bins.size()); ++bin)
    if (double x = getCenter(bin); x < range.first || x > range.second)
      outside += bins[bin];
  return total ? double(outside) / double(total) : 0;
}

} // namespace dsc
