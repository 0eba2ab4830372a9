// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Readers of reductions, running sums and selection.

#include "compiler/import/OpTable.h"
#include "compiler/import/RuntimeAxes.h"

using namespace mlir;

namespace dsc::onnx_import {
namespace {

struct ReduceSpec {
  Ints axes;
  bool keepDims = true;
};

/// Axes are an attribute in older opsets and an operand in newer ones. No axes are all, or none at all with
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

/// Reads a reduction; axes that are known at run time only are chosen among those that give the declared shape.
template <Value (*body)(NodeReader &, const ReduceSpec &)>
void readWithAxes(NodeReader &n) {
  Value axes = n.get(1);
  if (axes && !n.findInts(axes) && n.getRank(axes) == 1 && n.getStaticDim(axes, 0).value_or(0) > 0) {
    bool keepDims = n.getFlag("keepdims", true);
    SmallVector<Ints> candidates = findReducedAxes(n, n.require(0), *n.getStaticDim(axes, 0), keepDims);
    if (!candidates.empty())
      return n.set(0, selectByAxes(n, axes, n.getRank(n.require(0)), candidates,
                                   [&](const Ints &fixed) { return body(n, {fixed, keepDims}); }));
  }
  n.set(0, body(n, readSpec(n)));
}

template <ReduceKind kind>
Value reduceBy(NodeReader &n, const ReduceSpec &spec) {
  return spec.axes.empty() ? n.require(0) : n.reduce(n.require(0), kind, spec.axes, spec.keepDims);
}

Value sum(NodeReader &n, Value x, const ReduceSpec &spec) {
  return spec.axes.empty() ? x : n.reduce(x, ReduceKind::Sum, spec.axes, spec.keepDims);
}

Value narrow(NodeReader &n, Value result) { return n.castTo(result, n.getElementType(n.require(0))); }

Value reduceL1(NodeReader &n, const ReduceSpec &spec) {
  return narrow(n, sum(n, n.create<AbsOp>({n.widen(n.require(0))}), spec));
}

Value sumSquares(NodeReader &n, Value x, const ReduceSpec &spec) { return sum(n, n.create<MulOp>({x, x}), spec); }

/// Functions of floats, also for operands of integers.
Value toFloat(NodeReader &n, Value x) {
  return isa<FloatType>(n.getElementType(x)) ? n.widen(x) : n.castTo(x, n.builder.getF64Type());
}

Value reduceL2(NodeReader &n, const ReduceSpec &spec) {
  return narrow(n, n.create<SqrtOp>({sumSquares(n, toFloat(n, n.require(0)), spec)}));
}

Value reduceSumSquare(NodeReader &n, const ReduceSpec &spec) {
  return narrow(n, sumSquares(n, n.widen(n.require(0)), spec));
}

Value reduceLogSum(NodeReader &n, const ReduceSpec &spec) {
  return narrow(n, n.create<LogOp>({sum(n, toFloat(n, n.require(0)), spec)}));
}

/// log(sum(exp(x - max))) + max, where an infinite maximum is not subtracted.
Value reduceLogSumExp(NodeReader &n, const ReduceSpec &spec) {
  if (spec.axes.empty())
    return n.require(0);
  Value x = toFloat(n, n.require(0));
  Value max = n.reduce(x, ReduceKind::Max, spec.axes, true);
  Value shift = n.create<WhereOp>({n.create<IsInfOp>({max}), n.makeScalar(0, n.getElementType(x)), max});
  Value sums = n.reduce(n.create<ExpOp>({n.create<SubOp>({x, shift})}), ReduceKind::Sum, spec.axes, true);
  Value result = n.create<AddOp>({n.create<LogOp>({sums}), shift});
  return narrow(n, spec.keepDims ? result : n.squeeze(result, spec.axes));
}

template <ReduceKind kind>
void readArg(NodeReader &n) {
  Value x = n.require(0);
  n.set(0, n.create<ArgReduceOp>({x}, {n.attr("kind", ReduceKindAttr::get(n.builder.getContext(), kind)),
                                       n.intAttr("axis", n.normalizeAxis(n.getInt("axis", 0), n.getRank(x))),
                                       n.flagAttr("keepdims", n.getFlag("keepdims", true)),
                                       n.flagAttr("select_last", n.getFlag("select_last_index", false))}));
}

Value cumSum(NodeReader &n, int64_t axis) {
  return n.create<CumsumOp>({n.require(0)}, {n.intAttr("axis", axis),
                                             n.flagAttr("exclusive", n.getFlag("exclusive", false)),
                                             n.flagAttr("reverse", n.getFlag("reverse", false))});
}

void readCumSum(NodeReader &n) {
  Value x = n.require(0), axis = n.require(1);
  int64_t rank = n.getRank(x);
  // Every candidate becomes code.
  constexpr int64_t maxRank = 4;
  if (!n.findInts(axis) && rank > 0 && rank <= maxRank) {
    SmallVector<Ints> candidates;
    for (int64_t dim = 0; dim < rank; ++dim)
      candidates.push_back({dim});
    Value axes = n.reshape(axis, ArrayRef<int64_t>{1});
    return n.set(0, selectByAxes(n, axes, rank, candidates, [&](const Ints &fixed) { return cumSum(n, fixed[0]); }));
  }
  Ints axes = n.requireInts(axis, "axis");
  if (axes.size() != 1)
    return n.fail("expected 'axis' to have one element, but got " + Twine(axes.size()));
  n.set(0, cumSum(n, n.normalizeAxis(axes.front(), rank)));
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

constexpr StringRef axesLimit = "axes constant, or a static declared shape";

const OpRow rows[] = {
    {"ReduceSum", readWithAxes<reduceBy<ReduceKind::Sum>>, 1, maxOpset, axesLimit},
    {"ReduceMean", readWithAxes<reduceBy<ReduceKind::Mean>>, 1, maxOpset, axesLimit},
    {"ReduceMax", readWithAxes<reduceBy<ReduceKind::Max>>, 1, maxOpset, axesLimit},
    {"ReduceMin", readWithAxes<reduceBy<ReduceKind::Min>>, 1, maxOpset, axesLimit},
    {"ReduceProd", readWithAxes<reduceBy<ReduceKind::Prod>>, 1, maxOpset, axesLimit},
    {"ReduceL1", readWithAxes<reduceL1>, 1, maxOpset, axesLimit},
    {"ReduceL2", readWithAxes<reduceL2>, 1, maxOpset, axesLimit},
    {"ReduceSumSquare", readWithAxes<reduceSumSquare>, 1, maxOpset, axesLimit},
    {"ReduceLogSum", readWithAxes<reduceLogSum>, 1, maxOpset, axesLimit},
    {"ReduceLogSumExp", readWithAxes<reduceLogSumExp>, 1, maxOpset, axesLimit},
    {"ArgMax", readArg<ReduceKind::Max>}, {"ArgMin", readArg<ReduceKind::Min>},
    {"CumSum", readCumSum, 11, maxOpset, "constant axis, or up to four dimensions"}, {"TopK", readTopK},
};

} // namespace

OpFamily getReductionFamily() { return {"Reductions", rows}; }

} // namespace dsc::onnx_import
