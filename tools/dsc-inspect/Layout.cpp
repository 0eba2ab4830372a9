// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A layered drawing. The edges that leave a node share one lane, a chain of narrow nodes through the layers they cross.

#include "tools/dsc-inspect/Layout.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>

namespace dsc::inspect {
namespace {

constexpr size_t mostLaneNodes = 200000;
constexpr double laneWidth = 0.12;
// Nodes go where they want to; lanes make way.
constexpr double nodeWeight = 1, freeWeight = 0.1, laneWeight = 0.001;
constexpr int orderSweeps = 8, placeSweeps = 12;

/// A node of the graph or a point of a lane.
struct Point {
  Point(size_t layer, double width) : layer(layer), width(width) {}

  size_t layer;
  double width, x = 0;
  std::vector<size_t> above, below; ///< in the neighbouring layers
};

class Drawing {
public:
  Drawing(size_t numNodes, llvm::ArrayRef<Edge> edges, llvm::ArrayRef<int64_t> order)
      : numNodes(numNodes), edges(edges), order(order) {}

  GraphLayout draw();

private:
  void assignLayers();
  void makeLanes();
  void orderLayers();
  void placeLayers();
  void placeLayer(llvm::ArrayRef<size_t> layer, bool fromAbove);
  double meanOf(llvm::ArrayRef<size_t> near) const;

  size_t numNodes;
  llvm::ArrayRef<Edge> edges;
  llvm::ArrayRef<int64_t> order;
  std::vector<Point> points;              ///< nodes first
  std::vector<std::vector<size_t>> lanes; ///< per node: its points
  std::vector<std::vector<size_t>> layers;
};

void Drawing::assignLayers() {
  std::vector<std::vector<int64_t>> sources(numNodes), targets(numNodes);
  for (const Edge &edge : edges) {
    sources[edge.to].push_back(edge.from);
    targets[edge.from].push_back(edge.to);
  }
  points.assign(numNodes, Point(0, 1));
  for (int64_t node : order)
    for (int64_t source : sources[node])
      points[node].layer = std::max(points[node].layer, points[source].layer + 1);
  // What nothing leads to, the inputs above all, goes right above its first reader.
  for (int64_t node : llvm::reverse(order)) {
    size_t first = SIZE_MAX;
    for (int64_t target : targets[node])
      first = std::min(first, points[target].layer);
    if (sources[node].empty() && first != SIZE_MAX)
      points[node].layer = first - 1;
  }
}

void Drawing::makeLanes() {
  std::vector<size_t> length(numNodes, 0);
  for (const Edge &edge : edges)
    length[edge.from] = std::max(length[edge.from], points[edge.to].layer - points[edge.from].layer - 1);
  size_t total = 0;
  for (size_t each : length)
    total = std::min(total + each, mostLaneNodes + 1);
  lanes.assign(numNodes, {});
  bool isStraight = total > mostLaneNodes;
  for (size_t node = 0; node < numNodes && !isStraight; ++node)
    for (size_t i = 0, last = node; i < length[node]; ++i) {
      points.push_back(Point(points[last].layer + 1, laneWidth));
      points.back().above.push_back(last);
      lanes[node].push_back(points.size() - 1);
      points[last].below.push_back(points.size() - 1);
      last = points.size() - 1;
    }
  for (const Edge &edge : edges) {
    size_t span = points[edge.to].layer - points[edge.from].layer;
    if (isStraight && span > 1)
      continue;
    size_t last = span > 1 ? lanes[edge.from][span - 2] : size_t(edge.from);
    points[edge.to].above.push_back(last);
    points[last].below.push_back(edge.to);
  }
}

void Drawing::orderLayers() {
  size_t depth = 0;
  for (const Point &point : points)
    depth = std::max(depth, point.layer + 1);
  layers.assign(points.empty() ? 0 : depth, {});
  for (int64_t node : order)
    layers[points[node].layer].push_back(node);
  for (size_t i = numNodes; i < points.size(); ++i)
    layers[points[i].layer].push_back(i);
  std::vector<double> rank(points.size());
  auto number = [&](llvm::ArrayRef<size_t> layer) {
    for (auto [position, point] : llvm::enumerate(layer))
      rank[point] = double(position) - double(layer.size() - 1) / 2;
  };
  for (auto &layer : layers)
    number(layer);
  std::vector<double> wish(points.size());
  for (int sweep = 0; sweep < orderSweeps; ++sweep)
    for (size_t i = 0; i < layers.size(); ++i) {
      bool goesDown = sweep % 2 == 0;
      std::vector<size_t> &layer = layers[goesDown ? i : layers.size() - 1 - i];
      for (size_t point : layer) {
        const std::vector<size_t> &near = goesDown ? points[point].above : points[point].below;
        double sum = 0;
        for (size_t other : near)
          sum += rank[other];
        wish[point] = near.empty() ? rank[point] : sum / double(near.size());
      }
      llvm::sort(layer, [&](size_t a, size_t b) { return std::pair(wish[a], rank[a]) < std::pair(wish[b], rank[b]); });
      number(layer);
    }
}

/// Where points are on average; lanes only count among themselves, so that what passes by does not bend a chain.
double Drawing::meanOf(llvm::ArrayRef<size_t> near) const {
  bool hasNode = llvm::any_of(near, [&](size_t point) { return point < numNodes; });
  double sum = 0, count = 0;
  for (size_t point : near)
    if (point < numNodes || !hasNode) {
      sum += points[point].x;
      ++count;
    }
  return sum / count;
}

/// Moves the points of a layer as near as possible to the mean of their neighbours, in order and without overlap: the
/// least squares solution, by pooling those that collide.
void Drawing::placeLayer(llvm::ArrayRef<size_t> layer, bool fromAbove) {
  struct Block {
    double sum, weight;
    size_t count;
    double mean() const { return sum / weight; }
  };
  std::vector<Block> blocks;
  std::vector<double> shift; // of each point from where its block begins
  double reach = 0;
  for (auto [position, index] : llvm::enumerate(layer)) {
    const Point &point = points[index];
    if (position)
      reach += (points[layer[position - 1]].width + point.width) / 2;
    shift.push_back(reach);
    const std::vector<size_t> &near = fromAbove ? point.above : point.below;
    double weight = point.width < 1 ? laneWeight : near.empty() ? freeWeight : nodeWeight;
    blocks.push_back({((near.empty() ? point.x : meanOf(near)) - reach) * weight, weight, 1});
    while (blocks.size() > 1 && blocks[blocks.size() - 2].mean() > blocks.back().mean()) {
      Block last = blocks.back();
      blocks.pop_back();
      blocks.back() = {blocks.back().sum + last.sum, blocks.back().weight + last.weight, blocks.back().count + last.count};
    }
  }
  size_t position = 0;
  for (const Block &block : blocks)
    for (size_t i = 0; i < block.count; ++i, ++position)
      points[layer[position]].x = block.mean() + shift[position];
}

void Drawing::placeLayers() {
  for (auto &layer : layers)
    placeLayer(layer, true);
  for (int sweep = 0; sweep < placeSweeps; ++sweep)
    for (size_t i = 0; i < layers.size(); ++i)
      placeLayer(layers[sweep % 2 ? i : layers.size() - 1 - i], sweep % 2);
}

GraphLayout Drawing::draw() {
  assignLayers();
  makeLanes();
  orderLayers();
  placeLayers();
  GraphLayout layout;
  double left = 0;
  for (const Point &point : points)
    left = std::min(left, point.x);
  for (size_t node = 0; node < numNodes; ++node) {
    layout.layer.push_back(int64_t(points[node].layer));
    layout.x.push_back(points[node].x - left);
    std::vector<double> lane;
    for (size_t point : lanes[node])
      lane.push_back(points[point].x - left);
    layout.lanes.push_back(std::move(lane));
  }
  return layout;
}

} // namespace

GraphLayout layoutGraph(size_t numNodes, llvm::ArrayRef<Edge> edges, llvm::ArrayRef<int64_t> order) {
  return Drawing(numNodes, edges, order).draw();
}

} // namespace dsc::inspect
