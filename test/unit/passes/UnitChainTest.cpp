// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which neighbours become one unit of the cut table, and where the chain of units is cut.
#include "passes/UnitChain.h"

#include <gtest/gtest.h>

namespace dsc {
namespace {

std::vector<ChainLink> chainOf(const std::vector<std::pair<int64_t, int64_t>> &links) {
  std::vector<ChainLink> chain;
  for (auto [costNs, liveBytes] : links)
    chain.push_back({costNs, liveBytes, false});
  return chain;
}

TEST(UnitChainTest, shortChainsStayAsTheyAre) {
  EXPECT_EQ(mergeUnits(chainOf({{1, 0}, {2, 9}, {3, 9}}), 3), (std::vector<size_t>{0, 1, 2}));
  EXPECT_EQ(mergeUnits({}, 3), std::vector<size_t>());
}

TEST(UnitChainTest, theWidestBoundaryForItsTimeGoesFirst) {
  EXPECT_EQ(mergeUnits(chainOf({{10, 0}, {10, 50}, {10, 500}, {10, 40}}), 3), (std::vector<size_t>{0, 1, 3}));
  // The same bytes weigh less where the units take longer.
  EXPECT_EQ(mergeUnits(chainOf({{40, 0}, {40, 50}, {10, 60}, {10, 55}}), 3), (std::vector<size_t>{0, 1, 2}));
}

TEST(UnitChainTest, cutsAndDearUnitsStayApart) {
  std::vector<ChainLink> chain = chainOf({{10, 0}, {10, 900}, {10, 50}, {10, 40}});
  chain[1].isCut = true;
  EXPECT_EQ(mergeUnits(chain, 2), (std::vector<size_t>{0, 1}));
  EXPECT_EQ(mergeUnits(chain, 1), (std::vector<size_t>{0, 1})) << "a cut counts more than the number of units";
  // Above twice the average the dearest unit takes nobody in.
  EXPECT_EQ(mergeUnits(chainOf({{100, 0}, {10, 900}, {10, 1}, {10, 1}}), 3), (std::vector<size_t>{0, 1, 3}));
}

TEST(UnitChainTest, thousandsOfLinksBecomeTheMost) {
  std::vector<ChainLink> chain;
  int64_t sumNs = 0;
  for (int64_t i = 0; i < 3000; ++i) {
    chain.push_back({1000 + i * 7919 % 1000, i * 104729 % 5000, false});
    sumNs += chain.back().costNs;
  }
  std::vector<size_t> firsts = mergeUnits(chain);
  ASSERT_EQ(firsts.size(), mostUnits);
  for (size_t i = 0; i < firsts.size(); ++i) {
    int64_t costNs = 0;
    size_t end = i + 1 < firsts.size() ? firsts[i + 1] : chain.size();
    for (size_t k = firsts[i]; k < end; ++k)
      costNs += chain[k].costNs;
    EXPECT_LE(costNs, 2 * sumNs / int64_t(mostUnits) + 1);
  }
}

TEST(UnitChainTest, stagesKeepTheCutsAskedFor) {
  std::vector<ChainLink> chain = chainOf({{900000, 0}, {100000, 8}, {100000, 8}, {100000, 8}});
  std::vector<uint32_t> stages;
  partitionChain(chain, 2, stages);
  EXPECT_EQ(stages, (std::vector<uint32_t>{0, 1, 1, 1}));
  chain[3].isCut = true;
  schema::Partition result = partitionChain(chain, 2, stages);
  EXPECT_EQ(stages, (std::vector<uint32_t>{0, 0, 0, 1}));
  EXPECT_EQ(result.bottleneckNs, 1100000u);
}

} // namespace
} // namespace dsc
