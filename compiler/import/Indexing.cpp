// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Readers of operators that address elements by index tensors.

#include "compiler/import/OpTable.h"
#include "compiler/import/TensorBytes.h"

using namespace mlir;

namespace dsc::onnx_import {
namespace {

NamedAttribute axisAttr(NodeReader &n, int64_t rank, int64_t otherwise = 0) {
  return n.intAttr("axis", n.normalizeAxis(n.getInt("axis", otherwise), rank));
}

void readGather(NodeReader &n) {
  n.set(0, n.create<GatherOp>({n.require(0), n.require(1)}, {axisAttr(n, n.getRank(n.require(0)))}));
}

void readGatherElements(NodeReader &n) {
  n.set(0, n.create<GatherElementsOp>({n.require(0), n.require(1)}, {axisAttr(n, n.getRank(n.require(0)))}));
}

void readGatherNd(NodeReader &n) {
  n.set(0, n.create<GatherNdOp>({n.require(0), n.require(1)}, {n.intAttr("batch_dims", n.getInt("batch_dims", 0))}));
}

std::optional<ScatterReduction> parseReduction(StringRef text) {
  if (text == "none")
    return ScatterReduction::None;
  if (text == "add")
    return ScatterReduction::Add;
  if (text == "mul")
    return ScatterReduction::Mul;
  if (text == "max")
    return ScatterReduction::Max;
  if (text == "min")
    return ScatterReduction::Min;
  return std::nullopt;
}

template <class Op>
void readScatter(NodeReader &n, SmallVector<NamedAttribute> attributes) {
  std::string text = n.getString("reduction", "none");
  std::optional<ScatterReduction> reduction = parseReduction(text);
  if (!reduction)
    return n.fail("expected 'reduction' to be none, add, mul, max or min, but got '" + escapeText(text) + "'");
  attributes.push_back(n.attr("reduction", ScatterReductionAttr::get(n.builder.getContext(), *reduction)));
  n.set(0, n.create<Op>({n.require(0), n.require(1), n.require(2)}, attributes));
}

void readScatterElements(NodeReader &n) {
  readScatter<ScatterElementsOp>(n, {axisAttr(n, n.getRank(n.require(0)))});
}

void readScatterNd(NodeReader &n) { readScatter<ScatterNdOp>(n, {}); }

void readTensorScatter(NodeReader &n) {
  std::string mode = n.getString("mode", "linear");
  if (mode != "linear" && mode != "circular")
    return n.fail("expected 'mode' to be linear or circular, but got '" + escapeText(mode) + "'");
  auto cache = CacheModeAttr::get(n.builder.getContext(), mode == "linear" ? CacheMode::Linear : CacheMode::Circular);
  n.set(0, n.create<TensorScatterOp>({n.require(0), n.require(1), n.get(2)},
                                     {axisAttr(n, n.getRank(n.require(0)), -2), n.attr("mode", cache)}));
}

/// A tensor of one element as a scalar or vector of one.
void readOneHot(NodeReader &n) {
  Value indices = n.require(0);
  n.declareResults({0});
  n.set(0, n.create<OneHotOp>({indices, n.require(1), n.require(2)}, {axisAttr(n, n.getRank(indices) + 1, -1)}));
}

const OpRow rows[] = {
    {"Gather", readGather}, {"GatherElements", readGatherElements, 11}, {"GatherND", readGatherNd, 11},
    {"ScatterElements", readScatterElements, 11}, {"Scatter", readScatterElements, 9},
    {"ScatterND", readScatterNd, 11}, {"TensorScatter", readTensorScatter, 24}, {"OneHot", readOneHot, 9},
};

} // namespace

OpFamily getIndexingFamily() { return {"Indexing", rows}; }

} // namespace dsc::onnx_import
