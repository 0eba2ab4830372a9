// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Packed weights against their definition, element by element, written whole and panel by panel.

#include "dialects/dsc/DscPacking.h"

#include "gtest/gtest.h"
#include <cstring>

using namespace dsc;

namespace {

/// The flat source index of a logical element.
int64_t sourceIndex(const PanelLayout &layout, int64_t group, int64_t column, int64_t tap, int64_t k) {
  if (layout.isConv)
    return ((group * layout.n + column) * layout.k + k) * layout.taps + tap;
  return layout.transposed ? column * layout.k + k : k * layout.n + column;
}

/// The sums of bytes stand behind every panel, and what they sum is `panel`.
void checkSums(const PanelLayout &layout, const char *panel) {
  for (int64_t lane = 0; lane < layout.nr; ++lane) {
    int32_t sum, expected = 0;
    std::memcpy(&sum, panel + layout.sumsOffset() + lane * 4, 4);
    for (int64_t step = 0; step < layout.taps * layout.steps(); ++step)
      for (int64_t part = 0; part < layout.kp; ++part)
        expected += static_cast<signed char>(panel[(step * layout.nr + lane) * layout.kp + part]);
    EXPECT_EQ(sum, expected) << lane;
  }
}

/// Every packed element is the source's, or zero in the padding; panels written one by one are the same bytes.
void check(const PanelLayout &layout) {
  std::vector<char> source(layout.sourceBytes());
  for (size_t i = 0; i < source.size(); ++i)
    source[i] = static_cast<char>(i * 7 + i / 251 + 1);
  std::vector<char> packed(layout.packedBytes(), 'x');
  packPanels(layout, source, 0, layout.panels(), packed);
  size_t position = 0;
  std::vector<char> zero(layout.elementBytes);
  for (int64_t group = 0; group < layout.groups; ++group)
    for (int64_t panel = 0; panel < layout.panelsPerGroup(); ++panel) {
      const char *start = &packed[position];
      for (int64_t tap = 0; tap < layout.taps; ++tap)
        for (int64_t step = 0; step < layout.steps(); ++step)
          for (int64_t lane = 0; lane < layout.nr; ++lane)
            for (int64_t part = 0; part < layout.kp; ++part) {
              int64_t column = panel * layout.nr + lane, k = step * layout.kp + part;
              bool isPadding = column >= layout.n || k >= layout.k;
              const char *expected =
                  isPadding ? zero.data()
                            : &source[sourceIndex(layout, group, column, tap, k) * layout.elementBytes];
              ASSERT_EQ(std::memcmp(&packed[position], expected, layout.elementBytes), 0) << position;
              position += layout.elementBytes;
            }
      if (!layout.hasSums())
        continue;
      checkSums(layout, start);
      position += layout.nr * 4;
    }
  EXPECT_EQ(position, packed.size());
  std::vector<char> streamed(layout.panelBytes());
  for (int64_t panel = 0; panel < layout.panels(); ++panel) {
    packPanels(layout, source, panel, 1, streamed);
    EXPECT_EQ(std::memcmp(streamed.data(), &packed[panel * layout.panelBytes()], streamed.size()), 0);
  }
}

TEST(Packing, MatricesOfEveryElementSize) {
  for (int64_t bytes : {1, 2, 4, 8})
    for (int64_t kp : {1, 2, 4})
      for (bool transposed : {false, true}) {
        PanelLayout layout;
        layout.n = 45;
        layout.k = 7;
        layout.kp = kp;
        layout.transposed = transposed;
        layout.elementBytes = bytes;
        check(layout);
      }
}

TEST(Packing, ConvolutionsWithGroups) {
  for (int64_t groups : {1, 3})
    for (int64_t kp : {1, 2, 4}) {
      PanelLayout layout;
      layout.groups = groups;
      layout.n = 33;
      layout.k = 5;
      layout.taps = 6;
      layout.kp = kp;
      layout.isConv = true;
      layout.elementBytes = 4 / kp; // bytes four at a time
      check(layout);
    }
}

} // namespace
