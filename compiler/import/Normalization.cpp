// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Readers of normalisations.

#include "compiler/import/OpTable.h"

using namespace mlir;

namespace dsc::onnx_import {
namespace {

void readBatchNormalization(NodeReader &n) {
  if (n.getFlag("training_mode", false))
    return n.fail("expected 'training_mode' to be 0: only inference is supported");
  if (n.opset < 9 && !n.getFlag("spatial", true))
    return n.fail("expected 'spatial' to be 1");
  for (size_t i = 1; i < n.view.outputs.size(); ++i)
    if (n.wants(i) && n.opset >= 14)
      return n.fail("expected one result: only inference is supported");
  Type type = n.getElementType(n.require(0));
  SmallVector<Value> operands;
  for (size_t i = 0; i < 5; ++i)
    operands.push_back(n.castTo(n.require(i), type));
  n.set(0, n.create<BatchNormOp>(operands, {n.floatAttr("epsilon", n.getFloat("epsilon", 1e-5f))}));
  // Before opset 14 the other results are statistics of training; exporters list them and nobody reads them.
  Value placeholders[] = {nullptr, n.get(3), n.get(4), n.get(3), n.get(4)};
  for (size_t i = 1; i < 5; ++i)
    n.set(i, placeholders[i]);
}

void readInstanceNormalization(NodeReader &n) {
  Value x = n.require(0);
  int64_t channels = n.requireStaticDim(x, 1, "number of channels");
  n.set(0, n.create<GroupNormOp>({x, n.require(1), n.require(2)},
                                 {n.intAttr("groups", channels), n.floatAttr("epsilon", n.getFloat("epsilon", 1e-5f))}));
}

/// Before opset 21 scale and bias are per group.
Value spreadGroups(NodeReader &n, Value perGroup, int64_t groups, int64_t channels) {
  if (n.opset >= 21 || groups == 0 || groups == channels)
    return perGroup;
  Value column = n.unsqueeze(perGroup, {1});
  Value spread = n.create<ExpandOp>({column, n.makeInts({groups, channels / groups})});
  return n.reshape(spread, ArrayRef<int64_t>{channels});
}

void readGroupNormalization(NodeReader &n) {
  Value x = n.require(0);
  int64_t groups = n.requireInt("num_groups"), channels = n.requireStaticDim(x, 1, "number of channels");
  Value scale = spreadGroups(n, n.require(1), groups, channels), bias = spreadGroups(n, n.require(2), groups, channels);
  n.set(0, n.create<GroupNormOp>({x, scale, bias},
                                 {n.intAttr("groups", groups), n.floatAttr("epsilon", n.getFloat("epsilon", 1e-5f))}));
}

Ints axesFrom(int64_t axis, int64_t rank) {
  Ints axes;
  for (int64_t dim = axis; dim < rank; ++dim)
    axes.push_back(dim);
  return axes;
}

/// The mean and the inverse standard deviation, which training reads.
void readStatistics(NodeReader &n, Value x, int64_t axis, double epsilon) {
  if (!n.wants(1) && !n.wants(2))
    return;
  x = n.widen(x);
  Ints axes = axesFrom(axis, n.getRank(x));
  Value mean = n.reduce(x, ReduceKind::Mean, axes, true);
  n.set(1, mean);
  if (!n.wants(2))
    return;
  Value centred = n.create<SubOp>({x, mean});
  Value variance = n.reduce(n.create<MulOp>({centred, centred}), ReduceKind::Mean, axes, true);
  n.set(2, n.create<RsqrtOp>({n.create<AddOp>({variance, n.makeScalar(epsilon, n.getElementType(x))})}));
}

void readLayerNormalization(NodeReader &n) {
  Value x = n.require(0);
  int64_t axis = n.normalizeAxis(n.getInt("axis", -1), n.getRank(x));
  double epsilon = n.getFloat("epsilon", 1e-5f);
  // The operator may scale in another type than it normalises: only the common case is one op.
  Type type = n.getElementType(x);
  Value bias = n.has(2) ? n.castTo(n.get(2), type) : Value();
  n.set(0, n.create<LayerNormOp>({x, n.castTo(n.require(1), type), bias},
                                 {n.intAttr("axis", axis), n.floatAttr("epsilon", epsilon)}));
  readStatistics(n, x, axis, epsilon);
}

void readRmsNormalization(NodeReader &n) {
  Value x = n.require(0), scale = n.require(1);
  int64_t axis = n.normalizeAxis(n.getInt("axis", -1), n.getRank(x));
  Type type = n.getElementType(x), scaleType = n.getElementType(scale);
  auto attributes = {n.intAttr("axis", axis), n.floatAttr("epsilon", n.getFloat("epsilon", 1e-5f))};
  if (type == scaleType)
    return n.set(0, n.create<RmsNormOp>({x, scale}, attributes));
  // The result has the scale's type.
  Value y = n.create<RmsNormOp>({n.widen(x), n.castTo(scale, n.getElementType(n.widen(x)))}, attributes);
  n.set(0, n.castTo(y, scaleType));
}

void readLrn(NodeReader &n) {
  n.set(0, n.create<LrnOp>({n.require(0)}, {n.floatAttr("alpha", n.getFloat("alpha", 1e-4f)),
                                            n.floatAttr("beta", n.getFloat("beta", 0.75f)),
                                            n.floatAttr("bias", n.getFloat("bias", 1.0f)),
                                            n.intAttr("size", n.requireInt("size"))}));
}

void readMeanVarianceNormalization(NodeReader &n) {
  Value x = n.widen(n.require(0));
  Ints axes = n.normalizeAxes(n.getInts("axes").value_or(Ints{0, 2, 3}), n.getRank(x));
  Type type = n.getElementType(x);
  Value centred = n.create<SubOp>({x, n.reduce(x, ReduceKind::Mean, axes, true)});
  Value variance = n.reduce(n.create<MulOp>({centred, centred}), ReduceKind::Mean, axes, true);
  Value deviation = n.create<AddOp>({n.create<SqrtOp>({variance}), n.makeScalar(1e-9, type)});
  n.set(0, n.castTo(n.create<DivOp>({centred, deviation}), n.getElementType(n.require(0))));
}

void readLpNormalization(NodeReader &n) {
  Value x = n.widen(n.require(0));
  int64_t axis = n.normalizeAxis(n.getInt("axis", -1), n.getRank(x)), p = n.getInt("p", 2);
  if (p != 1 && p != 2)
    return n.fail("expected 'p' to be 1 or 2, but got " + Twine(p));
  Value powers = p == 1 ? n.create<AbsOp>({x}) : n.create<MulOp>({x, x});
  Value norm = n.reduce(powers, ReduceKind::Sum, {axis}, true);
  if (p == 2)
    norm = n.create<SqrtOp>({norm});
  // A row of zeros stays zero.
  Value zero = n.makeScalar(0, n.getElementType(x)), one = n.makeScalar(1, n.getElementType(x));
  Value divisor = n.create<WhereOp>({n.create<EqualOp>({norm, zero}), one, norm});
  n.set(0, n.castTo(n.create<DivOp>({x, divisor}), n.getElementType(n.require(0))));
}

const OpRow rows[] = {
    {"BatchNormalization", readBatchNormalization, 6, maxOpset, "inference only"},
    {"InstanceNormalization", readInstanceNormalization, 6, maxOpset, "static channels"},
    {"GroupNormalization", readGroupNormalization, 18, maxOpset, "static channels"},
    {"LayerNormalization", readLayerNormalization}, {"RMSNormalization", readRmsNormalization, 23},
    {"SimplifiedLayerNormalization", readRmsNormalization}, {"LRN", readLrn},
    {"MeanVarianceNormalization", readMeanVarianceNormalization, 9}, {"LpNormalization", readLpNormalization},
};

} // namespace

OpFamily getNormalizationFamily() { return {"Normalisations", rows}; }

} // namespace dsc::onnx_import
