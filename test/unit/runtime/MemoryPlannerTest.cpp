// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The memory planner: valid and deterministic placements, near the lower bound.
#include "runtime/schema/MemoryPlanner.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace dsc::test {

using namespace schema;

static MemoryPlan place(std::vector<PlannedBuffer> &buffers, uint64_t align = 64) {
  std::vector<uint32_t> work(2 * buffers.size());
  MemoryPlan plan = {};
  EXPECT_TRUE(planMemory(buffers.data(), buffers.size(), align, work.data(), plan));
  for (size_t i = 0; i < buffers.size(); ++i) {
    const PlannedBuffer &a = buffers[i];
    EXPECT_EQ(a.offset % align, 0u);
    EXPECT_LE(a.offset + a.bytes, plan.arenaBytes);
    for (size_t k = 0; k < i; ++k) {
      const PlannedBuffer &b = buffers[k];
      bool inTime = a.firstUse <= b.lastUse && b.firstUse <= a.lastUse;
      bool inSpace = a.offset < b.offset + b.bytes && b.offset < a.offset + a.bytes;
      EXPECT_FALSE(inTime && inSpace) << i << " and " << k;
    }
  }
  return plan;
}

/// Buffers of a random graph like exported networks: each step reads one to three recent results, and what nobody reads
/// is a result of the model.
static std::vector<PlannedBuffer> randomNet(uint32_t seed, uint32_t steps) {
  std::mt19937 random(seed);
  const uint64_t sizes[] = {4, 8, 16, 24, 32, 48, 64, 96, 128, 200, 256}, factors[] = {1, 1, 2, 3, 7};
  std::vector<PlannedBuffer> buffers;
  for (uint32_t t = 0; t < steps; ++t) {
    buffers.push_back({sizes[random() % 11] * 1024 * factors[random() % 5], t, steps - 1, 0});
    for (uint32_t reads = t ? std::max<uint32_t>(1, random() % 4) : 0; reads--;) {
      uint32_t back = 1;
      while (back < t && random() % 5)
        ++back;
      buffers[t - back].lastUse = t;
    }
  }
  return buffers;
}

TEST(MemoryPlannerTest, chainsNeedTheTwoLargestNeighbours) {
  std::vector<PlannedBuffer> chain = {{100, 0, 1, 0}, {200, 1, 2, 0}, {300, 2, 3, 0}, {50, 3, 4, 0}};
  MemoryPlan plan = place(chain);
  EXPECT_EQ(plan.lowerBound, 256u + 320u);
  EXPECT_EQ(plan.arenaBytes, plan.lowerBound);
}

TEST(MemoryPlannerTest, emptyAndZeroBytes) {
  std::vector<PlannedBuffer> none;
  EXPECT_EQ(place(none).arenaBytes, 0u);
  std::vector<PlannedBuffer> zero = {{0, 0, 9, 5}, {1, 0, 9, 5}};
  EXPECT_EQ(place(zero).arenaBytes, 64u);
  EXPECT_EQ(zero[0].offset, 0u);
}

TEST(MemoryPlannerTest, refusesReversedLifetimesAndOverflow) {
  std::vector<uint32_t> work(8);
  MemoryPlan plan;
  PlannedBuffer reversed[] = {{64, 3, 2, 0}};
  EXPECT_FALSE(planMemory(reversed, 1, 64, work.data(), plan));
  PlannedBuffer huge[] = {{uint64_t(1) << 62, 0, 1, 0}, {uint64_t(1) << 62, 0, 1, 0}, {64, 0, 1, 0}};
  EXPECT_FALSE(planMemory(huge, 3, 64, work.data(), plan));
  PlannedBuffer all[] = {{~uint64_t(0), 0, 1, 0}};
  EXPECT_FALSE(planMemory(all, 1, 64, work.data(), plan));
}

TEST(MemoryPlannerTest, staysWithinTwoPercentOfTheBound) {
  double worst = 1, sum = 0;
  for (uint32_t seed = 1; seed <= 40; ++seed) {
    auto buffers = randomNet(seed, seed % 2 ? 120 : 300);
    MemoryPlan plan = place(buffers);
    double ratio = double(plan.arenaBytes) / double(plan.lowerBound);
    worst = std::max(worst, ratio);
    sum += ratio;
  }
  EXPECT_LE(sum / 40, 1.02);
  EXPECT_LE(worst, 1.08) << "a random set far from the bound";
}

TEST(MemoryPlannerTest, matchesBruteForceOnSmallSets) {
  // The best first-fit order of six buffers, by trying all.
  std::mt19937 random(7);
  for (int round = 0; round < 60; ++round) {
    std::vector<PlannedBuffer> buffers;
    for (int i = 0; i < 6; ++i) {
      uint32_t first = random() % 6;
      buffers.push_back({64 * (1 + random() % 8), first, first + uint32_t(random() % 3), 0});
    }
    std::vector<int> order = {0, 1, 2, 3, 4, 5};
    uint64_t best = UINT64_MAX;
    do {
      auto copy = buffers;
      std::vector<uint32_t> placed;
      uint64_t top = 0;
      for (int i : order) {
        auto &b = copy[size_t(i)];
        b.offset = detail::firstFit(copy.data(), b, placed.data(), placed.size());
        placed.push_back(uint32_t(i));
        std::sort(placed.begin(), placed.end(), [&](uint32_t l, uint32_t r) { return copy[l].offset < copy[r].offset; });
        top = std::max(top, b.offset + b.bytes);
      }
      best = std::min(best, top);
    } while (std::next_permutation(order.begin(), order.end()));
    MemoryPlan plan = place(buffers);
    EXPECT_GE(best, plan.lowerBound);
    EXPECT_LE(double(plan.arenaBytes), 1.35 * double(best));
  }
}

TEST(MemoryPlannerTest, isDeterministic) {
  auto a = randomNet(3, 200), b = a;
  place(a);
  place(b);
  for (size_t i = 0; i < a.size(); ++i)
    EXPECT_EQ(a[i].offset, b[i].offset);
}

} // namespace dsc::test
