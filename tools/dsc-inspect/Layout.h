// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where the nodes of a graph are drawn: layers by longest path, orders by barycentre, places by least squares.

#ifndef DSC_TOOLS_DSC_INSPECT_LAYOUT_H
#define DSC_TOOLS_DSC_INSPECT_LAYOUT_H

#include "llvm/ADT/ArrayRef.h"

#include <cstdint>
#include <vector>

namespace dsc::inspect {

/// `from` comes before `to`.
struct Edge {
  int64_t from, to;
  int64_t buffer = -1; ///< what flows
};

struct GraphLayout {
  std::vector<int64_t> layer; ///< per node; edges go to higher layers
  std::vector<double> x;      ///< per node, in widths of a node; those of a layer are at least 1 apart
  /// Per node: where the edges that leave it cross each of the layers behind it. As long as its longest edge needs, or
  /// empty if the graph is so large that edges run straight.
  std::vector<std::vector<double>> lanes;
};

/// Draws a graph whose edges form no cycle. `order` numbers nodes so that every edge goes up.
GraphLayout layoutGraph(size_t numNodes, llvm::ArrayRef<Edge> edges, llvm::ArrayRef<int64_t> order);

} // namespace dsc::inspect

#endif // DSC_TOOLS_DSC_INSPECT_LAYOUT_H
