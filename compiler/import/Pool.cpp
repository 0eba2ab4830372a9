// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Readers of pools over windows and over whole images.

#include "compiler/import/Pool.h"

#include "compiler/import/OpTable.h"
#include "compiler/import/Windows.h"

using namespace mlir;

namespace dsc::onnx_import {
namespace {

SmallVector<NamedAttribute> makeAttributes(NodeReader &n, const Windows &w) {
  return {n.intsAttr("kernel", w.kernel), n.intsAttr("strides", w.strides), n.intsAttr("pads", w.pads),
          n.intsAttr("dilations", w.dilations)};
}

Windows readPoolWindows(NodeReader &n) {
  if (!n.hasAttribute("kernel_shape"))
    n.fail("expected attribute 'kernel_shape', but it is absent");
  return readWindows(n, n.require(0), std::nullopt, n.getFlag("ceil_mode", false));
}

void readMaxPool(NodeReader &n) {
  Windows w = readPoolWindows(n);
  SmallVector<NamedAttribute> attributes = makeAttributes(n, w);
  attributes.push_back(n.intAttr("storage_order", n.getInt("storage_order", 0)));
  SmallVector<Value> results = n.createResults<MaxPoolOp>({n.require(0)}, attributes, n.wants(1) ? 2 : 1);
  n.set(0, results[0]);
  if (n.wants(1))
    n.set(1, results.back());
}

Value averagePool(NodeReader &n, Value input, const Windows &w, bool countPads) {
  SmallVector<NamedAttribute> attributes = makeAttributes(n, w);
  attributes.push_back(n.flagAttr("count_include_pad", countPads));
  if (countPads && w.askedPads != w.pads)
    attributes.push_back(n.intsAttr("count_pads", w.askedPads));
  return n.create<AveragePoolOp>({input}, attributes);
}

} // namespace

Value makeAveragePool(NodeReader &n, Value input) {
  return averagePool(n, input, readPoolWindows(n), n.getFlag("count_include_pad", false));
}

namespace {

void readAveragePool(NodeReader &n) { n.set(0, makeAveragePool(n, n.require(0))); }

/// x^p; the exponents that models use are exact.
Value power(NodeReader &n, Value x, double p) {
  if (p == 1)
    return x;
  if (p == 2)
    return n.create<MulOp>({x, x});
  return p == 0.5 ? n.create<SqrtOp>({x}) : n.create<PowOp>({x, n.makeScalar(p, n.getElementType(x))});
}

/// The mean over all window positions times their number is the sum.
void readLpPool(NodeReader &n) {
  double p = double(n.getInt("p", 2));
  if (p < 1)
    return n.fail("expected 'p' to be positive");
  Windows w = readPoolWindows(n);
  w.askedPads = w.pads;
  Value x = n.widen(n.require(0));
  double count = 1;
  for (int64_t size : w.kernel)
    count *= double(size);
  Value mean = averagePool(n, power(n, n.create<AbsOp>({x}), p), w, true);
  Value sum = n.create<MulOp>({mean, n.makeScalar(count, n.getElementType(x))});
  n.set(0, n.castTo(power(n, sum, 1 / p), n.getElementType(n.require(0))));
}

Ints getSpatialAxes(NodeReader &n) {
  Ints axes;
  for (int64_t dim = 2; dim < n.getRank(n.require(0)); ++dim)
    axes.push_back(dim);
  return axes;
}

template <ReduceKind kind>
void readGlobalPool(NodeReader &n) {
  n.set(0, n.reduce(n.require(0), kind, getSpatialAxes(n), true));
}

void readGlobalLpPool(NodeReader &n) {
  double p = double(n.getInt("p", 2));
  if (p < 1)
    return n.fail("expected 'p' to be positive");
  Value x = n.widen(n.require(0));
  Value sum = n.reduce(power(n, n.create<AbsOp>({x}), p), ReduceKind::Sum, getSpatialAxes(n), true);
  n.set(0, n.castTo(power(n, sum, 1 / p), n.getElementType(n.require(0))));
}

const OpRow rows[] = {
    {"MaxPool", readMaxPool}, {"AveragePool", readAveragePool}, {"LpPool", readLpPool, 2},
    {"GlobalAveragePool", readGlobalPool<ReduceKind::Mean>}, {"GlobalMaxPool", readGlobalPool<ReduceKind::Max>},
    {"GlobalLpPool", readGlobalLpPool, 2},
};

} // namespace

OpFamily getPoolFamily() { return {"Pools", rows}; }

} // namespace dsc::onnx_import
