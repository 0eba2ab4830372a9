// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The drawing of a plan's graph: layers, straight chains, nodes that do not overlap, lanes of long edges.

#include "tools/dsc-inspect/Layout.h"

#include <cmath>
#include <gtest/gtest.h>

using namespace dsc::inspect;

namespace {

std::vector<int64_t> upTo(int64_t count) {
  std::vector<int64_t> order;
  for (int64_t i = 0; i < count; ++i)
    order.push_back(i);
  return order;
}

TEST(Layout, NothingIsDrawnOfNothing) {
  GraphLayout layout = layoutGraph(0, {}, {});
  EXPECT_TRUE(layout.x.empty());
}

TEST(Layout, ChainWithShortcutsIsStraight) {
  // 0 - 1 - 2 - 3 - ... with an edge over every second node, as residual blocks have.
  std::vector<Edge> edges;
  for (int64_t i = 0; i < 20; ++i) {
    edges.push_back({i, i + 1});
    if (i % 2 == 0)
      edges.push_back({i, i + 2});
  }
  GraphLayout layout = layoutGraph(21, edges, upTo(21));
  for (int64_t i = 0; i <= 20; ++i) {
    EXPECT_EQ(layout.layer[i], i);
    EXPECT_LT(std::abs(layout.x[i] - layout.x[0]), 0.05);
  }
}

TEST(Layout, NodesOfALayerDoNotOverlap) {
  // 0 feeds 1..5, all of which feed 6.
  std::vector<Edge> edges;
  for (int64_t i = 1; i <= 5; ++i) {
    edges.push_back({0, i});
    edges.push_back({i, 6});
  }
  GraphLayout layout = layoutGraph(7, edges, upTo(7));
  for (int64_t i = 1; i <= 5; ++i)
    for (int64_t j = i + 1; j <= 5; ++j)
      EXPECT_GT(std::abs(layout.x[i] - layout.x[j]), 0.99);
  EXPECT_NEAR(layout.x[0], layout.x[3], 0.01);
  EXPECT_NEAR(layout.x[6], layout.x[3], 0.01);
}

TEST(Layout, InputsSitAboveTheirFirstReader) {
  // 3 is an input that only the end of the chain 0 - 1 - 2 reads.
  GraphLayout layout = layoutGraph(4, {{0, 1}, {1, 2}, {3, 2}}, {3, 0, 1, 2});
  EXPECT_EQ(layout.layer[3], 1);
}

TEST(Layout, EdgesOfANodeShareALane) {
  // 0 feeds 2, 3 and 4 besides 1: one lane through the layers of 1, 2 and 3.
  GraphLayout layout = layoutGraph(5, {{0, 1}, {1, 2}, {2, 3}, {3, 4}, {0, 2}, {0, 3}, {0, 4}}, upTo(5));
  EXPECT_EQ(layout.lanes[0].size(), 3u);
  EXPECT_TRUE(layout.lanes[1].empty());
  for (double x : layout.lanes[0])
    EXPECT_GT(std::abs(x - layout.x[1]), 0.5);
}

TEST(Layout, HugeGraphsHaveNoLanes) {
  // A chain of 1,000 nodes, every one of which feeds the last.
  std::vector<Edge> edges;
  for (int64_t i = 0; i + 1 < 1000; ++i) {
    edges.push_back({i, i + 1});
    edges.push_back({i, 999});
  }
  GraphLayout layout = layoutGraph(1000, edges, upTo(1000));
  EXPECT_TRUE(layout.lanes[0].empty());
  EXPECT_EQ(layout.layer[999], 999);
}

} // namespace
