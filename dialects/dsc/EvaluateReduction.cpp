// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Constant evaluation of reductions; entry and dispatch of `evaluate`.

#include "dialects/dsc/Dsc.h"
#include "dialects/dsc/DscEvaluate.h"
#include "dialects/dsc/IndexWalk.h"

#include <cmath>

using namespace mlir;
using namespace dsc;

static double reduceFloats(ReduceKind kind, double a, double x) {
  switch (kind) {
  case ReduceKind::Sum:
  case ReduceKind::Mean:
    return a + x;
  case ReduceKind::Prod:
    return a * x;
  case ReduceKind::Max:
    return std::isnan(a) || a > x ? a : x;
  case ReduceKind::Min:
    return std::isnan(a) || a < x ? a : x;
  }
  return a;
}

static int64_t reduceInts(ReduceKind kind, int64_t a, int64_t x, bool isUnsigned) {
  bool less = isUnsigned ? uint64_t(a) < uint64_t(x) : a < x;
  switch (kind) {
  case ReduceKind::Sum:
  case ReduceKind::Mean:
    return int64_t(uint64_t(a) + uint64_t(x));
  case ReduceKind::Prod:
    return int64_t(uint64_t(a) * uint64_t(x));
  case ReduceKind::Max:
    return less ? x : a;
  case ReduceKind::Min:
    return less ? a : x;
  }
  return a;
}

/// The flat index of the result element that each input element goes to, as strides over the input's shape.
static SmallVector<int64_t> resultStrides(ArrayRef<int64_t> shape, ArrayRef<int64_t> axes) {
  SmallVector<int64_t> kept(shape);
  for (int64_t axis : axes)
    kept[axis] = 1;
  return broadcastStrides(kept, shape);
}

std::optional<HostTensor> dsc::detail::evaluateReduction(Operation *op, ArrayRef<HostTensor> operands) {
  auto reduce = llvm::dyn_cast<ReduceOp>(op);
  if (!reduce)
    return std::nullopt;
  const HostTensor &in = operands[0];
  auto type = llvm::cast<RankedTensorType>(op->getResult(0).getType());
  HostTensor out = HostTensor::zeros(type.getShape(), type.getElementType());
  // An empty maximum has no value, and i1 has no arithmetic here.
  if (in.getCount() == 0 || in.getElementType().isInteger(1) || out.getElementType() != in.getElementType())
    return std::nullopt;
  const ReduceKind kind = reduce.getKind();
  const int64_t count = in.getCount() / out.getCount();
  std::vector<double> floats(out.getCount());
  std::vector<int64_t> ints(out.getCount());
  std::vector<char> seen(out.getCount(), 0);
  IndexWalk walk(in.getShape(), resultStrides(in.getShape(), reduce.getAxes()));
  for (int64_t i = 0, e = in.getCount(); i < e; ++i, walk.next()) {
    const int64_t o = walk.getOffset();
    if (in.isFloat())
      floats[o] = seen[o] ? reduceFloats(kind, floats[o], in.getNumber(i)) : in.getNumber(i);
    else
      ints[o] = seen[o] ? reduceInts(kind, ints[o], in.getInt(i), in.getElementType().isUnsignedInteger()) : in.getInt(i);
    seen[o] = 1;
  }
  for (int64_t o = 0, e = out.getCount(); o < e; ++o) {
    if (in.isFloat())
      out.setDouble(o, kind == ReduceKind::Mean ? floats[o] / double(count) : floats[o]);
    else
      out.setInt(o, kind == ReduceKind::Mean ? ints[o] / count : ints[o]);
  }
  return out;
}

static bool hasStaticResults(Operation *op) {
  return op->getNumResults() == 1 && llvm::all_of(op->getResultTypes(), [](Type type) {
    auto tensor = llvm::dyn_cast<RankedTensorType>(type);
    return tensor && tensor.hasStaticShape();
  });
}

bool dsc::canEvaluate(Operation *op) {
  auto fusible = llvm::dyn_cast<FusibleOpInterface>(op);
  if (!fusible || !hasStaticResults(op) || llvm::isa<WeightOp, ConstantOp, DimValuesOp>(op))
    return false;
  switch (fusible.getFusionRole()) {
  case FusionRole::Pointwise:
  case FusionRole::Movement:
  case FusionRole::View:
    return true;
  case FusionRole::RowReduction:
    return llvm::isa<ReduceOp>(op);
  default:
    return false;
  }
}

LogicalResult dsc::evaluate(Operation *op, ArrayRef<ElementsAttr> operands, SmallVectorImpl<ElementsAttr> &results) {
  if (!canEvaluate(op))
    return failure();
  SmallVector<HostTensor> tensors;
  for (ElementsAttr operand : operands) {
    std::optional<HostTensor> tensor = HostTensor::read(operand);
    if (!tensor)
      return failure();
    tensors.push_back(std::move(*tensor));
  }
  std::optional<HostTensor> result = detail::evaluateMovement(op, tensors);
  if (!result)
    result = detail::evaluateReduction(op, tensors);
  if (!result && llvm::cast<FusibleOpInterface>(op).getFusionRole() == FusionRole::Pointwise)
    result = detail::evaluateElementwise(op, tensors);
  if (!result)
    return failure();
  results.push_back(std::move(*result).toAttribute("folded"));
  return success();
}
