// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Kernels whose blocks compute one row each: softmax, norms, reductions of contiguous elements, with what is fused.

#include "dialects/dsc/DscRoles.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "passes/kernel/CollapseDims.h"
#include "passes/kernel/Lanes.h"
#include "passes/kernel/gpu/BlockReduce.h"
#include "passes/kernel/gpu/ElementsFamily.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace dsc {
namespace {

constexpr int64_t mostThreads = 256;

/// How one result is cut into rows: a block per element of the `outer` dimensions, threads along the `row`.
struct RowCut {
  SmallVector<int64_t> outer, row;
  AffineExpr blocks;
};

/// A sum, maximum, ... along memory.
bool reducesRow(Operation &op) {
  auto reduce = dyn_cast<ReduceOp>(op);
  return reduce && llvm::is_contained(reduce.getAxes(), rankOf(reduce.getInput()) - 1);
}

RowCut cutOf(GroupOp group, Value result) {
  RowCut cut;
  cut.row = findRowAxes(result);
  int64_t rank = rankOf(result);
  if (cut.row.empty() && rank != 0 && llvm::none_of(*group.getBlock(), reducesRow))
    cut.row.push_back(rank - 1);
  Dims outer;
  for (int64_t d = 0; d < rank; ++d)
    if (!llvm::is_contained(cut.row, d)) {
      cut.outer.push_back(d);
      outer.push_back(getDims(result)[d]);
    }
  cut.blocks = productOfDims(outer, group.getContext());
  return cut;
}

/// The longest row that the group goes along; -1 if it is known at run time only.
int64_t longestRow(GroupOp group) {
  int64_t longest = 1;
  for (Operation &op : *group.getBlock()) {
    SmallVector<int64_t> axes;
    if (auto reduce = dyn_cast<ReduceOp>(op))
      axes = llvm::to_vector(reduce.getAxes());
    else if (auto rows = dyn_cast<RowOpInterface>(op))
      axes = rows.getRowAxes();
    else if (isa<GroupNormOp>(op))
      return -1;
    int64_t length = 1;
    for (int64_t axis : axes) {
      std::optional<int64_t> size = getConstantDim(getDims(op.getOperand(0))[axis]);
      if (!size)
        return -1;
      length *= *size;
    }
    longest = std::max(longest, length);
  }
  return longest;
}

/// Emits one result for the block that has its row.
struct ResultEmitter {
  Evaluator &e;
  GpuBody &body;
  unsigned position;
  Value tensor;
  RowCut cut;

  void storeAt(ArrayRef<Coord> point) { e.store(position, point, e.element(tensor, point)); }

  /// The elements of the row, after its statistics.
  void storeRow(Point point) {
    CoordMath m = e.math();
    SmallVector<Value> extents;
    for (int64_t d : cut.row)
      extents.push_back(e.size(tensor, d));
    int64_t last = rankOf(tensor) - 1;
    std::optional<int64_t> length = getConstantDim(getDims(tensor)[last]);
    bool inRuns = cut.row.back() == last && length && *length % e.runLength == 0 && canRunInLanes(tensor, last);
    if (inRuns)
      extents.back() = m.index(*length / e.runLength);
    Coord count = m.constant(1);
    for (Value extent : extents)
      count = m.mul(count, {extent});
    e.loop(body.thread, count.value, {}, [&](Value number, ValueRange) -> SmallVector<Value> {
      for (auto [d, coord] : llvm::zip(cut.row, e.delinearize({number}, extents)))
        point[d] = coord;
      if (inRuns)
        point[last] = {m.mul(point[last], m.constant(e.runLength)).value, 1};
      e.vectorized = inRuns;
      storeAt(point);
      e.vectorized = false;
      return {};
    }, body.threads);
  }

  void block(Value number) {
    SmallVector<Value> extents;
    for (int64_t d : cut.outer)
      extents.push_back(e.size(tensor, d));
    Point point(rankOf(tensor));
    for (auto [d, coord] : llvm::zip(cut.outer, e.delinearize({number}, extents)))
      point[d] = coord;
    Value whole;
    {
      BlockFold together(e, body);
      if (cut.row.empty())
        whole = e.element(tensor, point);
      else
        e.hoist(tensor, point);
    }
    if (!whole)
      return storeRow(point);
    Value isFirst = e.math().equal({body.thread}, e.math().constant(0));
    e.branch(isFirst, [&] { e.store(position, point, whole); });
  }
};

struct RowsFamily : GpuFamily {
  StringRef name() const override { return "rows"; }

  FailureOr<GpuShape> match(GroupOp group, std::string &whyNot) const override {
    bool hasRow = llvm::any_of(*group.getBlock(), [](Operation &op) {
      return isa<RowOpInterface, GroupNormOp>(op) || reducesRow(op);
    });
    if (!hasRow) {
      whyNot = "no statistics of rows";
      return failure();
    }
    if (const char *reason = whyNoElements(group)) {
      whyNot = reason;
      return failure();
    }
    CollapsedGroup collapsed(group);
    GpuShape shape;
    shape.runLength = lanesOf(group);
    int64_t length = longestRow(group);
    int64_t runs = llvm::divideCeil(length, shape.runLength);
    shape.threads = length < 0 ? mostThreads
                               : std::clamp<int64_t>(llvm::PowerOf2Ceil(runs), warpThreads, mostThreads);
    shape.sharedBytes = reduceBytes;
    shape.blocks = getAffineConstantExpr(0, group.getContext());
    for (Value result : collapsed.get().getYield().getResults())
      shape.blocks = addDims(shape.blocks, cutOf(collapsed.get(), result).blocks);
    return shape;
  }

  LogicalResult emit(GroupOp original, GpuBody &body) const override {
    CollapsedGroup collapsed(original);
    GroupOp group = collapsed.get();
    Evaluator e(group, body);
    e.rowsInLanes = true;
    CoordMath m = e.math();
    auto results = group.getYield().getResults();
    Coord number{body.block};
    for (auto [i, tensor] : llvm::enumerate(results)) {
      ResultEmitter emitter{e, body, unsigned(i), tensor, cutOf(group, tensor)};
      if (results.size() == 1) {
        emitter.block(number.value);
        break;
      }
      // The block's number is below the count of one result, and behind those of the results before.
      Coord count{body.dimValue(emitter.cut.blocks)};
      Value isHere = m.both(m.less(number, count), m.less(m.constant(-1), number));
      e.branch(isHere, [&] { emitter.block(number.value); });
      number = m.sub(number, count);
    }
    return failure(e.failed);
  }
};

} // namespace

const GpuFamily &gpuRowsFamily() {
  static const RowsFamily family;
  return family;
}

} // namespace dsc
