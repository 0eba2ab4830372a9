// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Merges dimensions of a group whose tensors all broadcast to one shape.

#include "passes/kernel/CollapseDims.h"

#include "passes/kernel/ElementwiseOps.h"

using namespace mlir;

namespace dsc {
namespace {

RankedTensorType typeOf(Value tensor) { return cast<RankedTensorType>(tensor.getType()); }

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
      if (!isa<ConstantOp>(op) && !isa<RowOpInterface>(op) && !isElementwise(&op))
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
             return !isa<RowOpInterface>(op) || typeOf(op.getResult(0)).getRank() == int64_t(shape.size());
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

  /// Whether no row ends between the dimension and the next one.
  bool rowsAllow(GroupOp group, int64_t d) {
    return llvm::all_of(group.getBlock()->getOps<RowOpInterface>(), [&](RowOpInterface op) {
      SmallVector<int64_t> row = op.getRowAxes();
      return llvm::is_contained(row, d) == llvm::is_contained(row, d + 1);
    });
  }

  /// Whether the dimensions from `first` to `last` can be one: each tensor has all of them, or is stretched along all. A
  /// dimension of size 1 goes with either.
  bool merges(int64_t first, int64_t last) {
    return llvm::all_of(tensors, [&](Value tensor) {
      bool isWhole = false, isStretched = false;
      for (int64_t d = first; d <= last; ++d)
        if (getConstantDim(shape[d]) != 1)
          (alignedDim(tensor, d, shape.size()) == shape[d] ? isWhole : isStretched) = true;
      return !isWhole || !isStretched;
    });
  }

  bool decide(GroupOp group) {
    if (shape.empty())
      return false;
    target.push_back(0);
    for (int64_t d = 1, first = 0; d < int64_t(shape.size()); ++d) {
      if (!rowsAllow(group, d - 1) || !merges(first, d))
        first = d;
      target.push_back(target.back() + (first == d));
    }
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
  for (RowOpInterface op : copy->getBlock()->getOps<RowOpInterface>())
    op.setRowAxis(plan.target[op.getRowAxes().front()]);
  for (auto [value, type] : types)
    value.setType(type);
  for (auto constant : copy->getBlock()->getOps<ConstantOp>())
    constant.setValueAttr(cast<DenseElementsAttr>(constant.getValue()).reshape(cast<ShapedType>(constant.getType())));
  for (auto [result, value] : llvm::zip(copy->getResults(), copy->getYield().getResults()))
    result.setType(value.getType());
}

} // namespace dsc
