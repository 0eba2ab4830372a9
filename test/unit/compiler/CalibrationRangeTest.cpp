// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Ranges of activations from the values that calibration saw.

#include "compiler/quantize/CalibrationRange.h"

#include "gtest/gtest.h"
#include <cmath>

using namespace dsc;

namespace {

/// Numbers from -1 to 1, evenly.
std::vector<float> ramp(size_t count) {
  std::vector<float> values(count);
  for (size_t i = 0; i < count; ++i)
    values[i] = -1 + 2 * float(i) / float(count - 1);
  return values;
}

TEST(CalibrationRange, ZeroIsAlwaysInside) {
  CalibrationRange range;
  EXPECT_TRUE(range.widen({3, 5}));
  EXPECT_TRUE(range.widen({4, 8}));
  EXPECT_EQ(range.getMinMax(), std::pair(0.0, 8.0));
}

TEST(CalibrationRange, NumbersThatAreNotFiniteAreTold) {
  EXPECT_FALSE(CalibrationRange().widen({0, NAN}));
  EXPECT_FALSE(CalibrationRange().widen({0, -INFINITY}));
}

TEST(CalibrationRange, MseKeepsAnEvenRange) {
  CalibrationRange range;
  std::vector<float> values = ramp(10000);
  range.widen(values);
  range.count(values);
  EXPECT_EQ(range.findBest(), std::pair(-1.0, 1.0));
  EXPECT_EQ(range.getClipped({-1, 1}), 0);
  EXPECT_NEAR(range.getClipped({-0.5, 1}), 0.25, 1e-3);
}

TEST(CalibrationRange, MseCutsAnOutlier) {
  CalibrationRange range;
  std::vector<float> values = ramp(1000000);
  values.push_back(20);
  range.widen(values);
  range.count(values);
  auto [low, high] = range.findBest();
  EXPECT_EQ(low, -1);
  EXPECT_LT(high, 10);
  EXPECT_GT(range.getClipped({low, high}), 0);
  EXPECT_LT(range.getClipped({low, high}), 1e-5);
}

TEST(CalibrationRange, NothingButZerosIsARange) {
  CalibrationRange range;
  range.widen({0, 0});
  range.count({0, 0});
  EXPECT_EQ(range.findBest(), std::pair(0.0, 0.0));
}

} // namespace
