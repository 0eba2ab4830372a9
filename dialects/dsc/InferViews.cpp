// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Shapes and verifiers of reshape, squeeze, unsqueeze, transpose and expand.

#include "dialects/dsc/Dsc.h"
#include "dialects/dsc/DscDetail.h"

using namespace mlir;
using namespace dsc::detail;

namespace dsc {

//===- reshape --------------------------------------------------------------------------------------------------===//

/// What the elements of `shape` say: sizes in place, null where the size is left over or unknown.
static LogicalResult readShape(ReshapeOp op, ArrayRef<AffineExpr> input, ArrayRef<AffineExpr> values, Dims &dims,
                               std::optional<unsigned> &leftOver) {
  bool hasZero = false;
  for (auto [i, value] : llvm::enumerate(values)) {
    std::optional<int64_t> known = getConstantDim(value);
    dims.push_back(value);
    if (known && *known < -1) // reshape_c4
      return op.emitOpError("expected sizes of at least -1, but got ") << *known;
    hasZero |= known && *known == 0;
    if (known && *known == -1) {
      if (leftOver) // reshape_c4
        return op.emitOpError("expected at most one size of -1, but got another in dimension ") << i;
      leftOver = i;
      dims.back() = AffineExpr();
    } else if (known && *known == 0 && !op.getAllowzero()) {
      if (i >= input.size())
        return op.emitOpError("expected an input dimension ") << i << " to copy, but got rank " << input.size();
      dims.back() = input[i];
    }
  }
  if (leftOver && hasZero && op.getAllowzero()) // reshape_c4
    return op.emitOpError("expected no size of 0 beside -1 with 'allowzero'");
  return success();
}

/// Settles sizes that depend on data: by what is known of the result, by reading, and the last one by what is left over.
static LogicalResult settleUnknown(ReshapeOp op, ShapeContext &shapes, AffineExpr total, Dims &dims,
                                   std::optional<unsigned> &leftOver) {
  for (unsigned i = dims.size(); i-- > 0;) {
    if (dims[i] || leftOver == i)
      continue;
    AffineExpr prior = priorDim(op, shapes, 0, i);
    if (getConstantDim(prior)) {
      dims[i] = prior;
    } else if (!leftOver) {
      leftOver = i;
    } else {
      OpBuilder builder(op);
      int64_t max = std::max<int64_t>(1, shapes.getRange(total).second);
      max = prior ? std::min(max, shapes.getRange(prior).second) : max;
      dims[i] = shapes.readDim(builder, op.getLoc(), op.getShape(), i, "reshape", 1, max);
    }
  }
  return success();
}

/// Gives the left-over dimension the elements that the others leave.
static LogicalResult fillLeftOver(ReshapeOp op, AffineExpr total, Dims &dims, unsigned leftOver) {
  dims[leftOver] = constantDim(op, 1);
  AffineExpr others = productOfDims(dims, op.getContext());
  std::optional<int64_t> all = getConstantDim(total), part = getConstantDim(others);
  if (part && *part == 0) {
    if (!all || *all != 0)
      return op.emitOpError("expected ") << printDim(total) << " elements, but got sizes " << printDims(dims);
    dims[leftOver] = constantDim(op, 0);
    return success();
  }
  if (all && part && *all % *part != 0)
    return op.emitOpError("expected a divisor of ") << *all << " elements beside -1, but got " << *part;
  dims[leftOver] = floorDivDims(total, others);
  return success();
}

/// Without `shape` the result's type is what was asked for.
static LogicalResult keepReshape(ReshapeOp op, SmallVectorImpl<Type> &results) {
  auto type = dyn_cast<RankedTensorType>(op.getOutput().getType());
  if (!type)
    return op.emitOpError("expected a 'shape' or a result type, but got neither");
  results.push_back(type);
  return success();
}

LogicalResult ReshapeOp::inferResultTypes(ShapeContext &shapes, SmallVectorImpl<Type> &results) {
  if (!getShape())
    return keepReshape(*this, results);
  Dims input = getDims(getInput()), dims;
  FailureOr<int64_t> rank = rankFromOperand(*this, "shape", getShape());
  if (failed(rank))
    return failure();
  std::optional<unsigned> leftOver;
  AffineExpr total = productOfDims(input, getContext());
  if (failed(readShape(*this, input, valuesOf(&shapes, getShape(), *rank), dims, leftOver)) ||
      failed(settleUnknown(*this, shapes, total, dims, leftOver)))
    return failure();
  if (leftOver && failed(fillLeftOver(*this, total, dims, *leftOver)))
    return failure();
  AffineExpr product = productOfDims(dims, getContext());
  if (areProvablyDifferent(total, product)) // reshape_c1
    return emitOpError("expected ") << printDim(total) << " elements, but got sizes " << printDims(dims);
  return appendType(*this, dims, elementType(getInput()), results);
}

LogicalResult ReshapeOp::verify() {
  Dims dims = getDims(getOutput());
  AffineExpr total = productOfDims(getDims(getInput()), getContext());
  if (!mayBeEqual(total, productOfDims(dims, getContext()))) // reshape_c1
    return emitOpError("expected ") << printDim(total) << " elements, but got sizes " << printDims(dims);
  if (getShape() && failed(checkVector(*this, "shape", getShape(), constantDim(*this, dims.size())))) // reshape_c3
    return failure();
  return checkResult(*this, 0, dims, elementType(getInput())); // reshape_c2
}

//===- squeeze, unsqueeze, transpose ----------------------------------------------------------------------------===//

static LogicalResult inferDims(SqueezeOp op, Dims &dims) {
  Dims input = getDims(op.getInput());
  if (failed(checkIncreasingAxes(op, op.getAxes(), input.size()))) // squeeze_c1
    return failure();
  for (auto [i, size] : llvm::enumerate(input)) {
    if (!llvm::is_contained(op.getAxes(), static_cast<int64_t>(i)))
      dims.push_back(size);
    else if (!mayBeEqual(size, constantDim(op, 1))) // squeeze_c2
      return op.emitOpError("expected size 1 of removed dimension ") << i << ", but got " << printDim(size);
  }
  return success();
}

LogicalResult SqueezeOp::inferResultTypes(ShapeContext &, SmallVectorImpl<Type> &results) {
  Dims dims;
  if (failed(inferDims(*this, dims)))
    return failure();
  return appendType(*this, dims, elementType(getInput()), results);
}

LogicalResult SqueezeOp::verify() {
  Dims dims;
  if (failed(inferDims(*this, dims)))
    return failure();
  return checkResult(*this, 0, dims, elementType(getInput())); // squeeze_c3
}

static LogicalResult inferDims(UnsqueezeOp op, Dims &dims) {
  dims = getDims(op.getInput());
  if (failed(checkIncreasingAxes(op, op.getAxes(), dims.size() + op.getAxes().size()))) // unsqueeze_c1
    return failure();
  for (int64_t axis : op.getAxes())
    dims.insert(dims.begin() + axis, constantDim(op, 1));
  return success();
}

LogicalResult UnsqueezeOp::inferResultTypes(ShapeContext &, SmallVectorImpl<Type> &results) {
  Dims dims;
  if (failed(inferDims(*this, dims)))
    return failure();
  return appendType(*this, dims, elementType(getInput()), results);
}

LogicalResult UnsqueezeOp::verify() {
  Dims dims;
  if (failed(inferDims(*this, dims)))
    return failure();
  return checkResult(*this, 0, dims, elementType(getInput())); // unsqueeze_c2
}

static LogicalResult inferDims(TransposeOp op, Dims &dims) {
  Dims input = getDims(op.getInput());
  if (failed(checkCount(op, "permutation", op.getPermutation().size(), input.size())) ||
      failed(checkDistinctAxes(op, op.getPermutation(), input.size()))) // transpose_c1
    return failure();
  for (int64_t axis : op.getPermutation())
    dims.push_back(input[axis]);
  return success();
}

LogicalResult TransposeOp::inferResultTypes(ShapeContext &, SmallVectorImpl<Type> &results) {
  Dims dims;
  if (failed(inferDims(*this, dims)))
    return failure();
  return appendType(*this, dims, elementType(getInput()), results);
}

LogicalResult TransposeOp::verify() {
  Dims dims;
  if (failed(inferDims(*this, dims)))
    return failure();
  return checkResult(*this, 0, dims, elementType(getInput())); // transpose_c2
}

//===- expand ---------------------------------------------------------------------------------------------------===//

/// The size of one dimension, from the input's (1 where it has none) and an element of `shape`.
static FailureOr<AffineExpr> expandDim(ExpandOp op, ShapeContext &shapes, unsigned dim, AffineExpr input,
                                       AffineExpr target, int64_t index) {
  std::optional<int64_t> size = getConstantDim(input);
  if (target && getConstantDim(target).value_or(0) < 0)
    return op.emitOpError("expected sizes in 'shape' that are not negative, but got ") << printDim(target);
  if (target) {
    std::optional<AffineExpr> result = broadcastDim(target, input);
    if (!result)
      return op.emitOpError("expected sizes that broadcast, but got ") << printDim(input) << " and " << printDim(target);
    return *result;
  }
  if (!size || *size != 1) {
    AffineExpr prior = priorDim(op, shapes, 0, dim);
    return getConstantDim(prior) && !size ? prior : input;
  }
  return sizeFromOperand(op, shapes, op.getShape(), index, dim, "shape");
}

LogicalResult ExpandOp::inferResultTypes(ShapeContext &shapes, SmallVectorImpl<Type> &results) {
  if (!getShape()) {
    auto type = dyn_cast<RankedTensorType>(getOutput().getType());
    if (!type)
      return emitOpError("expected a 'shape' or a result type, but got neither");
    results.push_back(type);
    return success();
  }
  FailureOr<int64_t> count = rankFromOperand(*this, "shape", getShape()); // expand_c3
  if (failed(count))
    return failure();
  Dims input = getDims(getInput()), values = valuesOf(&shapes, getShape(), *count), dims;
  int64_t rank = std::max<int64_t>(input.size(), *count);
  for (int64_t i = 0; i < rank; ++i) {
    int64_t inputDim = i - (rank - static_cast<int64_t>(input.size())), index = i - (rank - *count);
    AffineExpr own = inputDim >= 0 ? input[inputDim] : constantDim(*this, 1);
    FailureOr<AffineExpr> size = own;
    if (index >= 0)
      size = expandDim(*this, shapes, i, own, values[index], index);
    if (failed(size))
      return failure();
    dims.push_back(*size);
  }
  return appendType(*this, dims, elementType(getInput()), results);
}

LogicalResult ExpandOp::verify() {
  Dims dims = getDims(getOutput());
  if (failed(checkBroadcastsTo(*this, "input", getInput(), dims))) // expand_c1
    return failure();
  if (getShape() && failed(checkRank(*this, "shape", getShape(), 1, 1))) // expand_c3
    return failure();
  return checkResult(*this, 0, dims, elementType(getInput())); // expand_c2
}

} // namespace dsc
