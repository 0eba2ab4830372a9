// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The rules of fusion for one pair of producer and consumer.

#include "passes/fuse/FusionRules.h"

#include "mlir/IR/TypeUtilities.h"

using namespace mlir;

namespace dsc {

GroupKind getGroupKind(FusionRole role) {
  switch (role) {
  case FusionRole::Contraction:
    return GroupKind::Contraction;
  case FusionRole::Convolution:
    return GroupKind::Convolution;
  case FusionRole::Attention:
    return GroupKind::Attention;
  case FusionRole::RowReduction:
    return GroupKind::RowReduction;
  case FusionRole::Pointwise:
  case FusionRole::Channelwise:
    return GroupKind::Pointwise;
  case FusionRole::Movement:
    return GroupKind::Movement;
  case FusionRole::View:
  case FusionRole::Opaque:
    break;
  }
  return GroupKind::Opaque;
}

bool isCopiedIntoGroups(Operation *op) { return isa<ConstantOp, DimValuesOp>(op); }

bool staysOutside(Operation *op) {
  return isa<WeightOp, ReadDimOp>(op) || op->hasTrait<OpTrait::IsTerminator>() || isView(op);
}

std::optional<int64_t> getRowAxis(Operation *op) {
  SmallVector<int64_t> axes;
  if (auto rows = dyn_cast<RowOpInterface>(op))
    axes = rows.getRowAxes();
  else if (auto reduce = dyn_cast<ReduceOp>(op))
    llvm::append_range(axes, reduce.getAxes());
  if (axes.empty())
    return std::nullopt;
  int64_t rank = cast<RankedTensorType>(op->getOperand(0).getType()).getRank();
  if (axes.front() != rank - static_cast<int64_t>(axes.size()))
    return std::nullopt;
  return axes.front();
}

Dims getIterationSpace(Operation *op) {
  if (getRole(op) == FusionRole::RowReduction)
    return getDims(op->getOperand(0));
  return getDims(op->getResult(0));
}

/// Whether both spaces are surely the same; an unknown size is like no other.
static bool isSameSpace(const Dims &lhs, const Dims &rhs) {
  return lhs == rhs && llvm::all_of(lhs, [](AffineExpr dim) { return dim != nullptr; });
}

/// Whether an epilogue computes the values: real numbers, or integers that stand for some.
static bool isReal(Value value) {
  Operation *op = value.getDefiningOp();
  return isa<FloatType>(getElementTypeOrSelf(value.getType())) || isa_and_nonnull<QuantizeOp, QMatmulOp, QConvOp>(op);
}

static bool isElementwise(Operation *op) { return getRole(op) == FusionRole::Pointwise; }

static Refusal refuseEpilogue(Operation *anchor, Operation *consumer) {
  if (!isElementwise(consumer))
    return "the consumer is not elementwise, and an epilogue sees one tile only";
  if (!isSameSpace(getDims(anchor->getResult(0)), getDims(consumer->getResult(0))))
    return "the consumer has another iteration space than the anchor's result";
  if (!isReal(anchor->getResult(0)) || !isReal(consumer->getResult(0)))
    return "an epilogue computes in floats";
  return {};
}

static Refusal refuseRowEpilogue(Operation *reduction, Operation *consumer) {
  if (!getRowAxis(reduction))
    return "the reduction is not over trailing dimensions, so rows do not lie together";
  if (!isElementwise(consumer))
    return "a group holds one reduction, and the consumer is not elementwise";
  Dims space = getDims(consumer->getResult(0));
  if (!isSameSpace(space, getDims(reduction->getResult(0))) && !isSameSpace(space, getIterationSpace(reduction)))
    return "the consumer has another row space than the reduction";
  return {};
}

static Refusal refuseRowPrologue(Operation *producer, Operation *reduction) {
  if (!getRowAxis(reduction))
    return "the reduction is not over trailing dimensions, so rows do not lie together";
  if (reduction->getOperand(0).getDefiningOp() != producer)
    return "the producer makes a parameter of the reduction, which every row reads";
  if (!isElementwise(producer))
    return "the producer is not elementwise";
  if (!isSameSpace(getDims(producer->getResult(0)), getIterationSpace(reduction)))
    return "the producer has another row space than the reduction";
  return {};
}

static Refusal refusePointwise(Operation *producer, Operation *consumer) {
  if (!isElementwise(producer) || !isElementwise(consumer))
    return "parameters of one value per channel do not broadcast like elements";
  if (!isSameSpace(getDims(producer->getResult(0)), getDims(consumer->getResult(0))))
    return "the producer would be computed again for every element of a larger space";
  return {};
}

Refusal refuseFusion(Operation *producer, Operation *consumer) {
  if (staysOutside(producer) || staysOutside(consumer))
    return "a view, a weight or a size has no code";
  FusionRole from = getRole(producer), to = getRole(consumer);
  if (from == FusionRole::Opaque || to == FusionRole::Opaque)
    return "an opaque op is alone in its group";
  if (from == FusionRole::Movement || to == FusionRole::Movement)
    return "data movement has an iteration space of its own";
  if (from == FusionRole::Attention)
    return "attention keeps its result in registers of another shape";
  if (to == FusionRole::Contraction || to == FusionRole::Convolution || to == FusionRole::Attention)
    return "a contraction reads its operands many times, so they are stored first";
  if (from == FusionRole::Contraction || from == FusionRole::Convolution)
    return refuseEpilogue(producer, consumer);
  if (from == FusionRole::RowReduction)
    return refuseRowEpilogue(producer, consumer);
  if (to == FusionRole::RowReduction)
    return refuseRowPrologue(producer, consumer);
  return refusePointwise(producer, consumer);
}

} // namespace dsc
