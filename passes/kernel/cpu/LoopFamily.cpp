// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Emits the loops of `LoopNest` around the element rules, for every result of a group.

#include "passes/kernel/cpu/LoopFamily.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "passes/kernel/cpu/CollapseDims.h"
#include "passes/kernel/cpu/Evaluator.h"
#include "passes/kernel/cpu/LoopNest.h"

using namespace mlir;

namespace dsc {
namespace {

/// Emits one result.
struct ResultEmitter {
  Evaluator &e;
  unsigned position;
  Value tensor;
  LoopNest nest;

  void storeAt(ArrayRef<Coord> point) { e.store(position, point, e.element(tensor, point)); }

  /// Fills the null coordinates of `dims` by loops, then stores.
  void innerLoops(Point point, ArrayRef<int64_t> dims) {
    if (dims.empty())
      return storeAt(point);
    e.loop(e.math().index(0), e.size(tensor, dims.front()), {}, [&](Value index, ValueRange) -> SmallVector<Value> {
      point[dims.front()] = {index};
      innerLoops(point, dims.drop_front());
      return {};
    });
  }

  /// Loops over [lower, upper) of the last dimension, in runs and then one by one. Rows along other dimensions are
  /// hoisted into each run; a row along the last one was hoisted before.
  void laneLoops(Point point, Value lower, Value upper) {
    int64_t last = point.size() - 1;
    CoordMath m = e.math();
    auto inside = [&](Coord coord) {
      point[last] = coord;
      if (!nest.inner.empty())
        e.hoist(tensor, point);
      innerLoops(point, nest.inner);
    };
    Coord length = m.sub({upper}, {lower});
    Value whole = m.add({lower}, m.sub(length, m.rem(length, m.constant(Evaluator::runLength)))).value;
    e.vectorized = true;
    e.loop(lower, whole, {}, [&](Value index, ValueRange) -> SmallVector<Value> {
      inside({index, 1});
      return {};
    }, Evaluator::runLength);
    e.vectorized = false;
    if (auto known = getConstantIntValue(length.value); known && *known % Evaluator::runLength == 0)
      return;
    e.loop(whole, upper, {}, [&](Value index, ValueRange) -> SmallVector<Value> {
      inside({index});
      return {};
    });
  }

  /// Loops over the row dimensions but the last, with the lanes innermost: the statistics do not depend on them.
  void rowLoops(Point point, ArrayRef<int64_t> dims) {
    int64_t last = point.size() - 1;
    if (dims.empty())
      return laneLoops(point, e.math().index(0), e.size(tensor, last));
    e.loop(e.math().index(0), e.size(tensor, dims.front()), {}, [&](Value index, ValueRange) -> SmallVector<Value> {
      point[dims.front()] = {index};
      e.hoist(tensor, point);
      rowLoops(point, dims.drop_front());
      return {};
    });
  }

  void tile(Value index) {
    int64_t rank = rankOf(tensor);
    CoordMath m = e.math();
    Point point(rank);
    SmallVector<Value> extents;
    for (int64_t d : nest.outer)
      extents.push_back(e.size(tensor, d));
    Point outer = e.delinearize({index}, extents);
    for (auto [d, coord] : llvm::zip(nest.outer, outer))
      point[d] = coord;
    if (nest.block) {
      e.hoist(tensor, point);
      Coord lower = m.mul({index}, m.constant(nest.block));
      Coord upper = m.min(m.add(lower, m.constant(nest.block)), e.extent(tensor, 0));
      return laneLoops(point, lower.value, upper.value);
    }
    if (!nest.inLanes) {
      if (!nest.inner.empty())
        e.hoist(tensor, point);
      return innerLoops(point, nest.inner);
    }
    SmallVector<int64_t> rows = findRowAxes(tensor);
    if (rows.empty() || llvm::is_contained(rows, rank - 1)) {
      e.hoist(tensor, point);
      SmallVector<int64_t> dims = std::exchange(nest.inner, {});
      rowLoops(point, dims);
      nest.inner = dims;
      return;
    }
    laneLoops(point, m.index(0), e.size(tensor, rank - 1));
  }
};

LogicalResult emitLoops(GroupOp group, KernelBody &body, bool fast) {
  Evaluator e(group, body);
  e.rowsInLanes = fast;
  CoordMath m = e.math();
  Coord begin{body.begin}, end{body.end}, first = m.constant(0);
  for (auto [i, tensor] : llvm::enumerate(group.getYield().getResults())) {
    ResultEmitter emitter{e, unsigned(i), tensor, planLoops(tensor, fast)};
    Coord count{body.dimValue(emitter.nest.tiles)};
    Coord lower = m.max(m.sub(begin, first), m.constant(0)), upper = m.min(m.sub(end, first), count);
    e.loop(lower.value, upper.value, {}, [&](Value index, ValueRange) -> SmallVector<Value> {
      emitter.tile(index);
      return {};
    });
    first = m.add(first, count);
  }
  return failure(e.failed);
}

struct LoopsFamily : KernelFamily {
  StringRef name() const override { return "loops"; }
  FailureOr<KernelShape> match(GroupOp group, std::string &) const override { return shapeOfLoops(group, false); }
  LogicalResult emit(GroupOp group, KernelBody &body) const override { return emitLoops(group, body, false); }
};

struct RowsFamily : KernelFamily {
  StringRef name() const override { return "rows"; }

  FailureOr<KernelShape> match(GroupOp group, std::string &whyNot) const override {
    CollapsedGroup collapsed(group);
    auto results = collapsed.get().getYield().getResults();
    // Beside rows there may be results of one element per row.
    auto runsInLanes = [](Value result) { return planLoops(result, true).inLanes; };
    auto isOnePerRow = [](Value result) { return rankOf(result) > 1 && typeOf(result).getShape().back() == 1; };
    if (llvm::none_of(results, runsInLanes) ||
        !llvm::all_of(results, [&](Value result) { return runsInLanes(result) || isOnePerRow(result); })) {
      whyNot = "a result's last dimension does not run in lanes";
      return failure();
    }
    return shapeOfLoops(collapsed.get(), true);
  }

  LogicalResult emit(GroupOp group, KernelBody &body) const override {
    CollapsedGroup collapsed(group);
    return emitLoops(collapsed.get(), body, true);
  }
};

} // namespace

const KernelFamily &loopsFamily() {
  static const LoopsFamily family;
  return family;
}

const KernelFamily &rowsFamily() {
  static const RowsFamily family;
  return family;
}

} // namespace dsc
