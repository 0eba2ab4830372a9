// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Merges dimensions of a group whose tensors all broadcast to one shape.

#include "passes/kernel/cpu/CollapseDims.h"

#include "passes/kernel/cpu/ElementwiseOps.h"

using namespace mlir;

namespace dsc {
namespace {

RankedTensorType typeOf(Value tensor) { return cast<RankedTensorType>(tensor.getType()); }

bool isRowOp(Operation *op) { return isa<SoftmaxOp, LayerNormOp, RmsNormOp>(op); }

/// The size of a tensor in a dimension of the common shape; 1 where it has none.
AffineExpr alignedDim(Value tensor, int64_t dim, int64_t rank) {
  Dims dims = getDims(tensor);
  int64_t own = dim - (rank - int64_t(dims.size()));
  return own < 0 ? getAffineConstantExpr(1, tensor.getContext()) : dims[own];
}

/// Decides which dimensions merge.
struct Plan {
  Dims shape;
  SmallVector<Value> tensors;
  /// The merged dimension of every dimension.
  SmallVector<int64_t> target;

  /// False if the group has no common shape.
  bool collect(GroupOp group) {
    llvm::append_range(tensors, group.getBlock()->getArguments());
    for (Operation &op : group.getBlock()->without_terminator()) {
      if (!isa<ConstantOp>(op) && !isRowOp(&op) && (!isElementwise(&op) || isa<BatchNormOp>(op)))
        return false;
      if (auto constant = dyn_cast<ConstantOp>(op); constant && !isa<DenseElementsAttr>(constant.getValue()))
        return false;
      llvm::append_range(tensors, op.getResults());
    }
    for (Value tensor : tensors)
      if (getDims(tensor).size() > shape.size())
        shape = getDims(tensor);
    return llvm::all_of(tensors, [&](Value tensor) { return broadcasts(tensor); }) &&
           llvm::all_of(group.getBlock()->getOperations(), [&](Operation &op) {
             return !isRowOp(&op) || typeOf(op.getResult(0)).getRank() == int64_t(shape.size());
           });
  }

  /// Also widens dimensions of size 1 that another tensor has larger.
  bool broadcasts(Value tensor) {
    for (int64_t d = 0, rank = shape.size(); d < rank; ++d) {
      AffineExpr dim = alignedDim(tensor, d, rank);
      if (getConstantDim(shape[d]) == 1)
        shape[d] = dim;
      else if (dim != shape[d] && getConstantDim(dim) != 1)
        return false;
    }
    return true;
  }

  bool rowsAllow(GroupOp group, int64_t d) {
    for (Operation &op : group.getBlock()->without_terminator()) {
      if (auto softmax = dyn_cast<SoftmaxOp>(op); softmax && (int64_t(softmax.getAxis()) == d || int64_t(softmax.getAxis()) == d + 1))
        return false;
      int64_t axis = -1;
      if (auto norm = dyn_cast<LayerNormOp>(op))
        axis = norm.getAxis();
      if (auto norm = dyn_cast<RmsNormOp>(op))
        axis = norm.getAxis();
      if (axis == d + 1)
        return false;
    }
    return true;
  }

  bool merges(GroupOp group, int64_t d) {
    if (!rowsAllow(group, d))
      return false;
    for (Value tensor : tensors) {
      bool whole[2];
      for (int64_t i : {0, 1})
        whole[i] = alignedDim(tensor, d + i, shape.size()) == shape[d + i];
      // A dimension of size 1 goes with either neighbour.
      bool free = getConstantDim(shape[d]) == 1 || getConstantDim(shape[d + 1]) == 1;
      if (whole[0] != whole[1] && !free)
        return false;
    }
    return true;
  }

  bool decide(GroupOp group) {
    if (shape.empty())
      return false;
    target.push_back(0);
    for (int64_t d = 0; d + 1 < int64_t(shape.size()); ++d)
      target.push_back(target.back() + !merges(group, d));
    return target.back() + 1 < int64_t(shape.size());
  }

  RankedTensorType collapse(RankedTensorType type, Value tensor) {
    int64_t rank = shape.size();
    MLIRContext *context = type.getContext();
    Dims dims(target.back() + 1, getAffineConstantExpr(1, context));
    for (int64_t d = 0; d < rank; ++d)
      dims[target[d]] = mulDims(dims[target[d]], alignedDim(tensor, d, rank));
    // Leading dimensions that the tensor does not have stay away.
    int64_t missing = rank - type.getRank(), drop = 0;
    while (drop + 1 < int64_t(dims.size()) && llvm::none_of(llvm::seq<int64_t>(missing, rank), [&](int64_t d) {
             return target[d] == drop;
           }))
      ++drop;
    return makeType(ArrayRef(dims).drop_front(type.getRank() == 0 ? dims.size() : drop), type.getElementType());
  }
};

void renameAxis(Operation *op, const Plan &plan) {
  Builder b(op->getContext());
  auto renamed = [&](uint64_t axis) { return b.getI64IntegerAttr(plan.target[axis]); };
  if (auto softmax = dyn_cast<SoftmaxOp>(op))
    softmax.setAxisAttr(renamed(softmax.getAxis()));
  if (auto norm = dyn_cast<LayerNormOp>(op))
    norm.setAxisAttr(renamed(norm.getAxis()));
  if (auto norm = dyn_cast<RmsNormOp>(op))
    norm.setAxisAttr(renamed(norm.getAxis()));
}

} // namespace

CollapsedGroup::CollapsedGroup(GroupOp group) : original(group) {
  Plan plan;
  if (!plan.collect(group) || !plan.decide(group))
    return;
  copy = group.clone();
  SmallVector<std::pair<Value, RankedTensorType>> types;
  for (Value argument : copy->getBlock()->getArguments())
    types.push_back({argument, plan.collapse(typeOf(argument), argument)});
  for (Operation &op : copy->getBlock()->without_terminator())
    for (Value result : op.getResults())
      types.push_back({result, plan.collapse(typeOf(result), result)});
  for (Operation &op : copy->getBlock()->without_terminator())
    renameAxis(&op, plan);
  for (auto [value, type] : types)
    value.setType(type);
  for (auto constant : copy->getBlock()->getOps<ConstantOp>())
    constant.setValueAttr(cast<DenseElementsAttr>(constant.getValue()).reshape(cast<ShapedType>(constant.getType())));
  for (auto [result, value] : llvm::zip(copy->getResults(), copy->getYield().getResults()))
    result.setType(value.getType());
}

} // namespace dsc
