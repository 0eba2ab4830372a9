// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Selects among the results for all axes that fit, or moves operands to where constant axes find them.

#include "compiler/import/RuntimeAxes.h"

using namespace mlir;

namespace dsc::onnx_import {

/// A scalar with bit i set if dimension i is among the axes.
static Value makeAxesMask(NodeReader &n, Value axes, int64_t rank) {
  Type i64 = n.builder.getI64Type();
  axes = n.castTo(axes, i64);
  Value isNegative = n.create<LessOp>({axes, n.makeScalar(0, i64)});
  Value fromEnd = n.create<AddOp>({axes, n.makeScalar(double(rank), i64)});
  Value column = n.unsqueeze(n.create<WhereOp>({isNegative, fromEnd, axes}), {1});
  Ints positions, bits;
  for (int64_t dim = 0; dim < rank; ++dim) {
    positions.push_back(dim);
    bits.push_back(int64_t(1) << dim);
  }
  Value isNamed = n.castTo(n.create<EqualOp>({column, n.makeInts(positions)}), i64);
  Value named = n.reduce(isNamed, ReduceKind::Max, {0}, false);
  return n.reduce(n.create<MulOp>({named, n.makeInts(bits)}), ReduceKind::Sum, {0}, false);
}

static int64_t getMask(const Ints &axes) {
  int64_t mask = 0;
  for (int64_t axis : axes)
    mask |= int64_t(1) << axis;
  return mask;
}

Value selectByAxes(NodeReader &n, Value axes, int64_t rank, ArrayRef<Ints> candidates,
                   llvm::function_ref<Value(const Ints &)> body) {
  Value mask = makeAxesMask(n, axes, rank);
  if (candidates.size() == 1)
    n.checkElement(mask, 0, getMask(candidates.front()));
  Value result = body(candidates.front());
  for (const Ints &candidate : candidates.drop_front()) {
    Value isThis = n.create<EqualOp>({mask, n.makeScalar(double(getMask(candidate)), n.builder.getI64Type())});
    result = n.create<WhereOp>({isThis, body(candidate), result});
  }
  return result;
}

SmallVector<Ints> findReducedAxes(NodeReader &n, Value value, int64_t count, bool keepDims) {
  SmallVector<Ints> candidates;
  std::optional<Dims> declared = n.getDeclaredShape(0);
  // Every candidate becomes code.
  constexpr int64_t maxRank = 6;
  int64_t rank = n.getRank(value);
  if (!declared || rank > maxRank)
    return candidates;
  for (int64_t mask = 0; mask < int64_t(1) << rank; ++mask) {
    if (llvm::popcount(uint64_t(mask)) != count)
      continue;
    Ints axes;
    Dims dims;
    for (int64_t dim = 0; dim < rank; ++dim) {
      bool isReduced = (mask >> dim) & 1;
      if (isReduced)
        axes.push_back(dim);
      if (!isReduced || keepDims)
        dims.push_back(isReduced ? n.constantDim(1) : n.getDim(value, dim));
    }
    if (dims == *declared)
      candidates.push_back(axes);
  }
  return candidates;
}

Value placeAtAxes(NodeReader &n, Value axes, Value values, int64_t size, int64_t filler) {
  Value all = n.makeInts(Ints(size_t(size), filler));
  return n.create<ScatterElementsOp>({all, axes, n.castTo(values, n.builder.getI64Type())}, {n.intAttr("axis", 0)});
}

} // namespace dsc::onnx_import
