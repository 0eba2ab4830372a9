// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Reductions and hoisting of element-wise evaluation.

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "passes/kernel/ElementwiseOps.h"
#include "passes/kernel/Evaluator.h"

using namespace mlir;

namespace dsc {

bool Evaluator::canFoldInLanes(Value tensor, ArrayRef<int64_t> axes) {
  auto type = typeOf(tensor);
  if (!rowsInLanes || vectorized || axes.empty() || axes.back() != type.getRank() - 1)
    return false;
  int64_t length = type.getDimSize(axes.back());
  return ShapedType::isDynamic(length) || length >= runLength;
}

Value Evaluator::mergeLanes(Value run, const Accumulator &accumulator) {
  // Halves a run until one element is left.
  for (int64_t length = runLength / 2; length > 0; length /= 2) {
    SmallVector<int64_t> low, high;
    for (int64_t lane = 0; lane < length; ++lane) {
      low.push_back(lane);
      high.push_back(lane + length);
    }
    Value left = vector::ShuffleOp::create(b, loc, run, run, low);
    Value right = vector::ShuffleOp::create(b, loc, run, run, high);
    run = accumulator.merge(left, right);
  }
  return vector::ExtractOp::create(b, loc, run, ArrayRef<int64_t>{0});
}

SmallVector<Value> Evaluator::initialValues(ArrayRef<Accumulator> accumulators) {
  SmallVector<Value> values;
  for (const Accumulator &accumulator : accumulators)
    values.push_back(constant(accumulator.type, accumulator.initial));
  return values;
}

SmallVector<Value> Evaluator::fold(ArrayRef<Value> extents, ArrayRef<Accumulator> accumulators, bool inLanes,
                                   FoldBody emit) {
  if (foldHook && !vectorized)
    return foldHook(extents, accumulators, inLanes, emit);
  auto asPoint = [](ValueRange indices) {
    Point point;
    for (Value index : indices)
      point.push_back({index});
    return point;
  };
  if (!inLanes)
    return nest(extents, initialValues(accumulators),
                [&](ValueRange indices, ValueRange carried) { return emit(asPoint(indices), carried); });
  CoordMath m = math();
  Coord length{extents.back()}, run = m.constant(runLength);
  Value whole = m.sub(length, m.rem(length, run)).value;
  vectorized = true;
  SmallVector<Value> runs = nest(extents.drop_back(), initialValues(accumulators),
                                 [&](ValueRange outer, ValueRange carried) {
    return loop(math().index(0), whole, carried, [&](Value index, ValueRange inner) {
      Point point = asPoint(outer);
      point.push_back({index, 1});
      return emit(point, inner);
    }, runLength);
  });
  vectorized = false;
  SmallVector<Value> merged;
  for (auto [value, accumulator] : llvm::zip(runs, accumulators))
    merged.push_back(mergeLanes(value, accumulator));
  if (std::optional<int64_t> known = getConstantIntValue(length.value); known && *known % runLength == 0)
    return merged;
  return nest(extents.drop_back(), merged, [&](ValueRange outer, ValueRange carried) {
    return loop(whole, length.value, carried, [&](Value index, ValueRange inner) {
      Point point = asPoint(outer);
      point.push_back({index});
      return emit(point, inner);
    });
  });
}

void Evaluator::hoist(Value tensor, ArrayRef<Coord> point) {
  std::set<Key> seen;
  hoist(tensor, point, seen);
}

void Evaluator::hoist(Value tensor, ArrayRef<Coord> point, std::set<Key> &seen) {
  if (provided.count(tensor) || !seen.insert(makeKey(tensor.getAsOpaquePointer(), point)).second)
    return;
  if (llvm::all_of(point, [](const Coord &coord) { return bool(coord.value); })) {
    if (point.size() != 0 || isa<BlockArgument>(tensor) || tensor.getDefiningOp()->getNumOperands() != 0)
      element(tensor, point);
    return;
  }
  Operation *op = tensor.getDefiningOp();
  if (!op || hoistRow(*this, op, point) || hoistAttention(*this, op, point))
    return;
  if (isElementwise(op) || isa<ExpandOp>(op))
    for (Value operand : op->getOperands())
      if (!isa<ExpandOp>(op) || operand == op->getOperand(0))
        hoist(operand, broadcastPoint(operand, tensor, point), seen);
}

} // namespace dsc
