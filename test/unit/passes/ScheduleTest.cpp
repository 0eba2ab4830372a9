// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Every rule of the schedule by its reason, at the sizes where it begins and ends.

#include "dialects/dsc/Schedule.h"

#include "gtest/gtest.h"

using namespace dsc;

namespace {

const CpuLevel &v3 = *findCpuLevel("v3");
const CpuLevel &v4 = *findCpuLevel("v4");

void expectWork(const WorkPlan &plan, WorkUnit unit, int64_t grain, llvm::StringRef why) {
  EXPECT_EQ(plan.unit, unit) << why.str();
  EXPECT_EQ(plan.grain, grain) << why.str();
  EXPECT_EQ(plan.why.str(), why.str());
}

void expectTile(const TilePlan &plan, int rows, ConvOrder order, llvm::StringRef why) {
  EXPECT_EQ(plan.rows, rows) << why.str();
  EXPECT_EQ(plan.order, order) << why.str();
  EXPECT_EQ(plan.why.str(), why.str());
}

TEST(Schedule, SmallWeightsUnderManyRowsGoByRows) {
  const char *why = "the weights stay in the second-level cache: blocks of rows outside";
  // 192 KiB of weights are the most, four blocks of rows the fewest.
  expectWork(scheduleWork(GemmShape{4 * rowsPerBlock, 256, 192}), WorkUnit::RowBlock, 1, why);
  expectWork(scheduleWork(GemmShape{4 * rowsPerBlock, 16, 16}), WorkUnit::RowBlock, 97, why);
  expectWork(scheduleWork(GemmShape{-1, 256, 192}), WorkUnit::RowBlock, 1, why);
}

TEST(Schedule, OtherProductsGoByPanels) {
  const char *why = "the weights are read once: panels outside";
  expectWork(scheduleWork(GemmShape{4 * rowsPerBlock, 257, 192}), WorkUnit::Panel, 1, why);
  expectWork(scheduleWork(GemmShape{4 * rowsPerBlock - 1, 256, 192}), WorkUnit::Panel, 1, why);
  expectWork(scheduleWork(GemmShape{1, 64, 64}), WorkUnit::Panel, 512, why);
  // What is not known counts as 64, but is not small.
  expectWork(scheduleWork(GemmShape{-1, -1, 64}), WorkUnit::Panel, 8, why);
  expectWork(scheduleWork(GemmShape{-1, 64, -1}), WorkUnit::Panel, 8, why);
}

TEST(Schedule, ConvolutionsGoByImageWhereTapsAreOutside) {
  expectWork(scheduleWork(ConvShape{7, 7, 512, 512, 3, 3}), WorkUnit::Image, 1,
             "a small image: one panel of an image at a time");
  expectWork(scheduleWork(ConvShape{56, 56, 64, 64, 3, 3}), WorkUnit::ImageRow, 1, "image rows of one panel");
  expectWork(scheduleWork(ConvShape{-1, -1, 3, 32, 1, 1}), WorkUnit::ImageRow, 170,
             "image rows of one panel");
}

TEST(Schedule, TilesOfProductsFillTheRegisters) {
  expectTile(scheduleTile(GemmShape{512, 512, 1024}, v3), 6, ConvOrder::PixelsOuter,
             "6 rows x 16 columns fill 12 of 16 registers");
  expectTile(scheduleTile(GemmShape{512, 512, 768}, v4), 14, ConvOrder::PixelsOuter,
             "14 rows x 32 columns fill 28 of 32 registers");
  expectTile(scheduleTile(GemmShape{512, 512, -1}, v4), 14, ConvOrder::PixelsOuter,
             "14 rows x 32 columns fill 28 of 32 registers");
  expectTile(scheduleTile(GemmShape{512, 512, 1024}, v4), 7, ConvOrder::PixelsOuter,
             "rows a multiple of 4 KiB apart fall into one cache set: 7 rows");
}

TEST(Schedule, TilesOfConvolutions) {
  const char *small = "a small image under large weights: accumulators in memory, taps outside";
  const char *row = "tiles of pixels of one image row, all taps in registers";
  expectTile(scheduleTile(ConvShape{8, 8, 512, 512, 3, 3}, v3), 6, ConvOrder::TapsOuter, small);
  expectTile(scheduleTile(ConvShape{8, 8, 512, 512, 3, 3}, v4), 14, ConvOrder::TapsOuter, small);
  expectTile(scheduleTile(ConvShape{8, 9, 512, 512, 3, 3}, v4), 14, ConvOrder::PixelsOuter,
             row); // a larger image
  expectTile(scheduleTile(ConvShape{8, 8, 170, 512, 3, 3}, v4), 14, ConvOrder::PixelsOuter,
             row); // small weights
  expectTile(scheduleTile(ConvShape{8, 8, 4096, 512, 1, 1}, v4), 14, ConvOrder::PixelsOuter, row); // one tap
  expectTile(scheduleTile(ConvShape{-1, 8, 512, 512, 3, 3}, v3), 6, ConvOrder::PixelsOuter, row);
}

} // namespace
