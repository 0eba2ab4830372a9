// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Readers of reductions, running sums and selection.

#include "compiler/import/OpTable.h"

using namespace mlir;

namespace dsc::onnx_import {
namespace {

struct ReduceSpec {
  Ints axes;
  bool keepDims = true;
};

/// Axes are an attribute before `axesOperandSince` and an operand from there on. No axes are all, or none at all with
/// `noop_with_empty_axes`.
ReduceSpec readSpec(NodeReader &n) {
  ReduceSpec spec;
  int64_t rank = n.getRank(n.require(0));
  spec.keepDims = n.getFlag("keepdims", true);
  Ints axes = n.getIntsAttributeOrOperand("axes", 1).value_or(Ints());
  if (axes.empty() && !n.getFlag("noop_with_empty_axes", false))
    for (int64_t dim = 0; dim < rank; ++dim)
      axes.push_back(dim);
  spec.axes = n.normalizeAxes(axes, rank);
  return spec;
}

template <ReduceKind kind>
void readReduce(NodeReader &n) {
  ReduceSpec spec = readSpec(n);
  if (spec.axes.empty())
    return n.set(0, n.require(0));
  n.set(0, n.reduce(n.require(0), kind, spec.axes, spec.keepDims));
}

Value sum(NodeReader &n, Value x, const ReduceSpec &spec) {
  return spec.axes.empty() ? x : n.reduce(x, ReduceKind::Sum, spec.axes, spec.keepDims);
}

void readReduceL1(NodeReader &n) {
  ReduceSpec spec = readSpec(n);
  Value x = n.widen(n.require(0));
  n.set(0, n.castTo(sum(n, n.create<AbsOp>({x}), spec), n.getElementType(n.require(0))));
}

Value sumSquares(NodeReader &n, Value x, const ReduceSpec &spec) { return sum(n, n.create<MulOp>({x, x}), spec); }

/// Functions of floats, also for operands of integers.
Value toFloat(NodeReader &n, Value x) {
  return isa<FloatType>(n.getElementType(x)) ? n.widen(x) : n.castTo(x, n.builder.getF64Type());
}

void readReduceL2(NodeReader &n) {
  ReduceSpec spec = readSpec(n);
  Value root = n.create<SqrtOp>({sumSquares(n, toFloat(n, n.require(0)), spec)});
  n.set(0, n.castTo(root, n.getElementType(n.require(0))));
}

void readReduceSumSquare(NodeReader &n) {
  ReduceSpec spec = readSpec(n);
  n.set(0, n.castTo(sumSquares(n, n.widen(n.require(0)), spec), n.getElementType(n.require(0))));
}

void readReduceLogSum(NodeReader &n) {
  ReduceSpec spec = readSpec(n);
  Value log = n.create<LogOp>({sum(n, toFloat(n, n.require(0)), spec)});
  n.set(0, n.castTo(log, n.getElementType(n.require(0))));
}

/// log(sum(exp(x - max))) + max, where an infinite maximum is not subtracted.
void readReduceLogSumExp(NodeReader &n) {
  ReduceSpec spec = readSpec(n);
  Value x = toFloat(n, n.require(0));
  if (spec.axes.empty())
    return n.set(0, n.require(0));
  Value max = n.reduce(x, ReduceKind::Max, spec.axes, true);
  Value shift = n.create<WhereOp>({n.create<IsInfOp>({max}), n.makeScalar(0, n.getElementType(x)), max});
  Value sums = n.reduce(n.create<ExpOp>({n.create<SubOp>({x, shift})}), ReduceKind::Sum, spec.axes, true);
  Value result = n.create<AddOp>({n.create<LogOp>({sums}), shift});
  if (!spec.keepDims)
    result = n.squeeze(result, spec.axes);
  n.set(0, n.castTo(result, n.getElementType(n.require(0))));
}

template <ReduceKind kind>
void readArg(NodeReader &n) {
  Value x = n.require(0);
  n.set(0, n.create<ArgReduceOp>({x}, {n.attr("kind", ReduceKindAttr::get(n.builder.getContext(), kind)),
                                       n.intAttr("axis", n.normalizeAxis(n.getInt("axis", 0), n.getRank(x))),
                                       n.flagAttr("keepdims", n.getFlag("keepdims", true)),
                                       n.flagAttr("select_last", n.getFlag("select_last_index", false))}));
}

void readCumSum(NodeReader &n) {
  Value x = n.require(0);
  Ints axis = n.requireInts(n.require(1), "axis");
  if (axis.size() != 1)
    return n.fail("expected 'axis' to have one element, but got " + Twine(axis.size()));
  n.set(0, n.create<CumsumOp>({x}, {n.intAttr("axis", n.normalizeAxis(axis.front(), n.getRank(x))),
                                    n.flagAttr("exclusive", n.getFlag("exclusive", false)),
                                    n.flagAttr("reverse", n.getFlag("reverse", false))}));
}

void readTopK(NodeReader &n) {
  Value x = n.require(0);
  Value k = n.opset >= 10 ? n.require(1) : n.makeInts({n.requireInt("k")});
  n.declareResults({0, 1});
  SmallVector<Value> results = n.createResults<TopKOp>(
      {x, k}, {n.intAttr("axis", n.normalizeAxis(n.getInt("axis", -1), n.getRank(x))),
               n.flagAttr("largest", n.getFlag("largest", true)), n.flagAttr("sorted", n.getFlag("sorted", true))},
      2);
  n.set(0, results[0]);
  n.set(1, results[1]);
}

const OpRow rows[] = {
    {"ReduceSum", readReduce<ReduceKind::Sum>, 1, maxOpset, "constant axes"},
    {"ReduceMean", readReduce<ReduceKind::Mean>, 1, maxOpset, "constant axes"},
    {"ReduceMax", readReduce<ReduceKind::Max>, 1, maxOpset, "constant axes"},
    {"ReduceMin", readReduce<ReduceKind::Min>, 1, maxOpset, "constant axes"},
    {"ReduceProd", readReduce<ReduceKind::Prod>, 1, maxOpset, "constant axes"},
    {"ReduceL1", readReduceL1, 1, maxOpset, "constant axes"},
    {"ReduceL2", readReduceL2, 1, maxOpset, "constant axes"},
    {"ReduceSumSquare", readReduceSumSquare, 1, maxOpset, "constant axes"},
    {"ReduceLogSum", readReduceLogSum, 1, maxOpset, "constant axes"},
    {"ReduceLogSumExp", readReduceLogSumExp, 1, maxOpset, "constant axes"},
    {"ArgMax", readArg<ReduceKind::Max>}, {"ArgMin", readArg<ReduceKind::Min>},
    {"CumSum", readCumSum, 11, maxOpset, "constant axis"}, {"TopK", readTopK},
};

} // namespace

OpFamily getReductionFamily() { return {"Reductions", rows}; }

} // namespace dsc::onnx_import
