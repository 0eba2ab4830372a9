// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Follows a dimension from a tensor of a group to the buffers that it is computed from.

#include "passes/kernel/Lanes.h"

#include "passes/kernel/ElementwiseOps.h"
#include "passes/kernel/Evaluator.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace dsc {
namespace {

/// The operand's dimension that a dimension of a broadcast result runs over; -1 if it is stretched.
int64_t broadcastDim(Value operand, Value result, int64_t dim) {
  int64_t from = dim - (typeOf(result).getRank() - typeOf(operand).getRank());
  if (dim < 0 || from < 0)
    return -1;
  return typeOf(operand).getDimSize(from) == 1 && typeOf(result).getDimSize(dim) != 1 ? -1 : from;
}

/// Ops that leave a dimension where it is.
bool keepsDim(Operation *op) {
  return isa<RowOpInterface, GroupNormOp, BatchNormOp, TriluOp, LrnOp>(op);
}

/// Answers `canRunInLanes`; every tensor once, because many ops may read one.
class LaneQuery {
public:
  bool canRun(Value tensor, int64_t dim) {
    if (dim < 0)
      return true;
    if (auto found = known.find({tensor, dim}); found != known.end())
      return found->second;
    bool answer = decide(tensor, dim);
    known[{tensor, dim}] = answer;
    return answer;
  }

private:
  bool decide(Value tensor, int64_t dim) {
    Operation *op = tensor.getDefiningOp();
    if (!op)
      return dim + 1 == typeOf(tensor).getRank();
    if (isa<ConstantOp, DimValuesOp, ConstantOfShapeOp, RangeOp>(op))
      return true;
    if (keepsDim(op))
      return canRun(op->getOperand(0), dim);
    if (isElementwise(op))
      return operandsRunInLanes(op, dim);
    return TypeSwitch<Operation *, bool>(op)
        .Case([&](ExpandOp op) {
          return canRun(op.getInput(), broadcastDim(op.getInput(), op.getOutput(), dim));
        })
        .Case([&](TransposeOp op) { return canRun(op.getInput(), op.getPermutation()[dim]); })
        .Case([&](UnsqueezeOp op) {
          int64_t before = llvm::count_if(op.getAxes(), [&](int64_t axis) { return axis < dim; });
          return !llvm::is_contained(op.getAxes(), dim) && canRun(op.getInput(), dim - before);
        })
        .Case([&](SqueezeOp op) {
          int64_t from = dim;
          for (int64_t axis : op.getAxes())
            from += axis <= from;
          return canRun(op.getInput(), from);
        })
        .Case([&](ReshapeOp op) { return reshapeRunsInLanes(op, dim); })
        .Case([&](SliceOp op) { return sliceRunsInLanes(op, dim); })
        .Case([&](PadOp op) { return padRunsInLanes(op, dim); })
        .Case([&](GatherOp op) { return gatherRunsInLanes(op, dim); })
        .Case([&](ReduceOp op) { return reduceRunsInLanes(op, dim); })
        .Case<MatmulOp, QMatmulOp>([&](auto op) { return matmulRunsInLanes(op, dim); })
        .Case([&](MaxPoolOp op) { return poolRunsInLanes(op.getInput(), op.getLayout(), dim); })
        .Case([&](AveragePoolOp op) { return poolRunsInLanes(op.getInput(), op.getLayout(), dim); })
        .Case([&](ConcatOp op) {
          return op.getAxis() != uint64_t(dim) &&
                 llvm::all_of(op.getInputs(), [&](Value input) { return canRun(input, dim); });
        })
        .Case([&](TileOp op) {
          return getDims(op.getInput())[dim] == getDims(op.getOutput())[dim] && canRun(op.getInput(), dim);
        })
        .Default([](Operation *) { return false; });
  }

  bool operandsRunInLanes(Operation *op, int64_t dim) {
    return llvm::all_of(op->getOperands(), [&](Value operand) {
      return canRun(operand, broadcastDim(operand, op->getResult(0), dim));
    });
  }

  bool gatherRunsInLanes(GatherOp op, int64_t dim) {
    int64_t indexRank = rankOf(op.getIndices()), axis = op.getAxis();
    return dim >= axis + indexRank && canRun(op.getInput(), dim - indexRank + 1);
  }

  bool sliceRunsInLanes(SliceOp op, int64_t dim) {
    for (auto [i, axis] : llvm::enumerate(op.getAxes()))
      if (axis == dim) {
        auto steps = getConstantInts(op.getSteps());
        if (!steps || (*steps)[i] != 1)
          return false;
      }
    return canRun(op.getInput(), dim);
  }

  bool reshapeRunsInLanes(ReshapeOp op, int64_t dim) {
    Dims from = getDims(op.getInput()), to = getDims(op.getOutput());
    if (dim + 1 != int64_t(to.size()) || from.empty() || from.back() != to.back())
      return false;
    return canRun(op.getInput(), from.size() - 1);
  }

  bool reduceRunsInLanes(ReduceOp op, int64_t dim) {
    int64_t from = 0, seen = 0;
    for (int64_t rank = typeOf(op.getInput()).getRank(); from < rank; ++from) {
      bool reduced = llvm::is_contained(op.getAxes(), from);
      if (reduced && !op.getKeepdims())
        continue;
      if (seen++ == dim)
        return !reduced && canRun(op.getInput(), from);
    }
    return false;
  }

  template <class Op> bool matmulRunsInLanes(Op op, int64_t dim) {
    int64_t rhsRank = typeOf(op.getRhs()).getRank();
    return rhsRank >= 2 && dim + 1 == typeOf(op.getOutput()).getRank() && !op.getTransposeRhs() &&
           !op.getRhsPacking() && canRun(op.getRhs(), rhsRank - 1);
  }

  bool padRunsInLanes(PadOp op, int64_t dim) {
    auto pads = getConstantInts(op.getPads());
    int64_t rank = typeOf(op.getInput()).getRank();
    SmallVector<int64_t> axes = op.getAxes() ? SmallVector<int64_t>(*op.getAxes())
                                             : llvm::to_vector(llvm::seq<int64_t>(0, rank));
    for (auto [i, axis] : llvm::enumerate(axes))
      if (axis == dim && (!pads || (*pads)[i] != 0 || (*pads)[i + axes.size()] != 0))
        return false;
    return canRun(op.getInput(), dim);
  }

  bool poolRunsInLanes(Value input, Layout layout, int64_t dim) {
    return layout == Layout::Nhwc && dim + 1 == typeOf(input).getRank() && canRun(input, dim);
  }

  DenseMap<std::pair<Value, int64_t>, bool> known;
};

/// The dimensions of rows that the op itself makes.
SmallVector<int64_t> rowAxesOf(Operation *op) {
  if (auto rows = dyn_cast_or_null<RowOpInterface>(op))
    return rows.getRowAxes();
  if (isa_and_nonnull<GroupNormOp, AttentionOp>(op))
    return llvm::to_vector(llvm::seq<int64_t>(isa<GroupNormOp>(op) ? 2 : 3, typeOf(op->getResult(0)).getRank()));
  return {};
}

} // namespace

bool canRunInLanes(Value tensor, int64_t dim) { return LaneQuery().canRun(tensor, dim); }

SmallVector<int64_t> findRowAxes(Value tensor) {
  DenseSet<Value> seen;
  SmallVector<Value> open{tensor};
  while (!open.empty()) {
    Value next = open.pop_back_val();
    Operation *op = next.getDefiningOp();
    if (SmallVector<int64_t> axes = rowAxesOf(op); !axes.empty())
      return axes;
    if (!op || !isElementwise(op))
      continue;
    // A stretched operand of one element per row is not a row itself.
    for (Value operand : llvm::reverse(op->getOperands()))
      if (typeOf(operand).getShape() == typeOf(tensor).getShape() && seen.insert(operand).second)
        open.push_back(operand);
  }
  return {};
}

} // namespace dsc
