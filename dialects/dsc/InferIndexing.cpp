// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Shapes and verifiers of gathers, scatters and one_hot.

#include "dialects/dsc/Dsc.h"
#include "dialects/dsc/DscDetail.h"

using namespace mlir;
using namespace dsc::detail;

namespace dsc {

//===- gathers --------------------------------------------------------------------------------------------------===//

/// Constant indices address the input.
static LogicalResult checkIndices(Operation *op, Value indices, AffineExpr dim) {
  std::optional<int64_t> size = getConstantDim(dim);
  if (!size)
    return success();
  for (int64_t index : getConstantInts(indices).value_or(SmallVector<int64_t>()))
    if (index < -*size || index >= *size)
      return op->emitOpError("expected an index of ") << -*size << " to " << *size - 1 << ", but got " << index;
  return success();
}

static LogicalResult inferDims(GatherOp op, Dims &dims) {
  Dims input = getDims(op.getInput()), indices = getDims(op.getIndices());
  int64_t axis = op.getAxis();
  if (failed(checkAxis(op, axis, input.size()))) // gather_c1
    return failure();
  dims.assign(input.begin(), input.begin() + axis);
  llvm::append_range(dims, indices);
  dims.append(input.begin() + axis + 1, input.end());
  return success();
}

LogicalResult GatherOp::inferResultTypes(ShapeContext &, SmallVectorImpl<Type> &results) {
  Dims dims;
  if (failed(inferDims(*this, dims)))
    return failure();
  return appendType(*this, dims, elementType(getInput()), results);
}

LogicalResult GatherOp::verify() {
  Dims dims;
  if (failed(inferDims(*this, dims)) ||
      failed(checkIndices(*this, getIndices(), getDims(getInput())[getAxis()]))) // gather_c4
    return failure();
  return checkResult(*this, 0, dims, elementType(getInput())); // gather_c2, gather_c3
}

static LogicalResult inferDims(GatherElementsOp op, Dims &dims) {
  Dims input = getDims(op.getInput());
  int64_t rank = input.size(), axis = op.getAxis();
  if (failed(checkAxis(op, axis, rank)) ||                            // gather_elements_c1
      failed(checkRank(op, "indices", op.getIndices(), rank, rank))) // gather_elements_c2
    return failure();
  dims = getDims(op.getIndices());
  for (int64_t i = 0; i < rank; ++i) {
    std::optional<int64_t> size = getConstantDim(dims[i]), limit = getConstantDim(input[i]);
    if (i != axis && size && limit && *size > *limit) // gather_elements_c5
      return op.emitOpError("expected at most ") << *limit << " indices in dimension " << i << ", but got " << *size;
  }
  return success();
}

LogicalResult GatherElementsOp::inferResultTypes(ShapeContext &, SmallVectorImpl<Type> &results) {
  Dims dims;
  if (failed(inferDims(*this, dims)))
    return failure();
  return appendType(*this, dims, elementType(getInput()), results);
}

LogicalResult GatherElementsOp::verify() {
  Dims dims;
  if (failed(inferDims(*this, dims)) ||
      failed(checkIndices(*this, getIndices(), getDims(getInput())[getAxis()]))) // gather_elements_c6
    return failure();
  return checkResult(*this, 0, dims, elementType(getInput())); // gather_elements_c3, gather_elements_c4
}

/// The static number of positions in a tuple of `indices`, at most `limit`.
static FailureOr<int64_t> tupleSize(Operation *op, Value indices, int64_t limit) {
  AffineExpr size = getDims(indices).back();
  std::optional<int64_t> known = getConstantDim(size);
  if (known && *known >= 0 && *known <= limit)
    return *known;
  return op->emitOpError("expected a last dimension of 'indices' in [0, ") << limit << "], but got " << printDim(size);
}

static LogicalResult inferDims(GatherNdOp op, Dims &dims) {
  int64_t batch = op.getBatchDims();
  if (failed(checkMinimum(op, "batch_dims", batch, 0)) ||
      failed(checkRank(op, "input", op.getInput(), batch + 1, INT64_MAX)) ||
      failed(checkRank(op, "indices", op.getIndices(), batch + 1, INT64_MAX))) // gather_nd_c1
    return failure();
  Dims input = getDims(op.getInput()), indices = getDims(op.getIndices());
  FailureOr<int64_t> size = tupleSize(op, op.getIndices(), input.size() - batch); // gather_nd_c2
  if (failed(size))
    return failure();
  for (int64_t i = 0; i < batch; ++i)
    if (failed(checkSize(op, "a batch dimension", indices[i], input[i]))) // gather_nd_c3
      return failure();
  dims.assign(indices.begin(), indices.end() - 1);
  dims.append(input.begin() + batch + *size, input.end());
  return success();
}

LogicalResult GatherNdOp::inferResultTypes(ShapeContext &, SmallVectorImpl<Type> &results) {
  Dims dims;
  if (failed(inferDims(*this, dims)))
    return failure();
  return appendType(*this, dims, elementType(getInput()), results);
}

LogicalResult GatherNdOp::verify() {
  Dims dims;
  if (failed(inferDims(*this, dims)))
    return failure();
  return checkResult(*this, 0, dims, elementType(getInput())); // gather_nd_c4, gather_nd_c5
}

//===- scatters -------------------------------------------------------------------------------------------------===//

/// Sizes of an operand that must be equal to others, dimension by dimension.
static LogicalResult checkDims(Operation *op, StringRef name, Value tensor, ArrayRef<AffineExpr> expected) {
  Dims dims = getDims(tensor);
  bool agrees = dims.size() == expected.size();
  for (size_t i = 0; agrees && i < dims.size(); ++i)
    agrees = mayBeEqual(dims[i], expected[i]);
  if (agrees)
    return success();
  return op->emitOpError("expected sizes ") << printDims(expected) << " of '" << name << "', but got "
                                            << printDims(dims);
}

LogicalResult ScatterElementsOp::verify() {
  int64_t rank = rankOf(getInput());
  if (failed(checkAxis(*this, getAxis(), rank)) ||                                // scatter_elements_c1
      failed(checkRank(*this, "indices", getIndices(), rank, rank)) ||           // scatter_elements_c2
      failed(checkDims(*this, "updates", getUpdates(), getDims(getIndices())))) // scatter_elements_c3
    return failure();
  return checkElementType(*this, "updates", getUpdates(), elementType(getInput())); // scatter_elements_c4
}

LogicalResult ScatterNdOp::verify() {
  if (failed(checkRank(*this, "indices", getIndices(), 1, INT64_MAX))) // scatter_nd_c1
    return failure();
  FailureOr<int64_t> size = tupleSize(*this, getIndices(), rankOf(getInput())); // scatter_nd_c2
  if (failed(size))
    return failure();
  Dims expected(ArrayRef(getDims(getIndices())).drop_back());
  llvm::append_range(expected, dimsFrom(getInput(), *size));
  if (failed(checkDims(*this, "updates", getUpdates(), expected))) // scatter_nd_c3
    return failure();
  return checkElementType(*this, "updates", getUpdates(), elementType(getInput())); // scatter_nd_c4
}

LogicalResult TensorScatterOp::verify() {
  Dims dims = getDims(getInput());
  int64_t axis = getAxis();
  if (failed(checkAxis(*this, axis, dims.size())) || failed(checkMinimum(*this, "axis", axis, 1))) // tensor_scatter_c1
    return failure();
  AffineExpr batch = dims[0];
  dims[axis] = AffineExpr();
  if (failed(checkDims(*this, "update", getUpdate(), dims))) // tensor_scatter_c2
    return failure();
  if (getWriteIndices() && failed(checkVector(*this, "write_indices", getWriteIndices(), batch))) // tensor_scatter_c3
    return failure();
  return checkElementType(*this, "update", getUpdate(), elementType(getInput())); // tensor_scatter_c4
}

//===- one_hot --------------------------------------------------------------------------------------------------===//

static LogicalResult checkOneHot(OneHotOp op) {
  return success(succeeded(checkAxis(op, op.getAxis(), rankOf(op.getIndices()) + 1)) && // one_hot_c1
                 succeeded(checkOneElement(op, "depth", op.getDepth())) &&              // one_hot_c2
                 succeeded(checkVector(op, "values", op.getValues(), constantDim(op, 2)))); // one_hot_c3
}

LogicalResult OneHotOp::inferResultTypes(ShapeContext &shapes, SmallVectorImpl<Type> &results) {
  if (failed(checkOneHot(*this)))
    return failure();
  Dims dims = getDims(getIndices());
  bool isReadable = elementType(getDepth()).isSignlessInteger(32) || elementType(getDepth()).isSignlessInteger(64);
  AffineExpr known = valuesOf(&shapes, getDepth(), 1)[0];
  FailureOr<AffineExpr> depth;
  if (known || isReadable)
    depth = sizeFromOperand(*this, shapes, getDepth(), 0, getAxis(), "depth");
  else
    depth = requirePriorDim(*this, shapes, getAxis(), "depth");
  if (failed(depth))
    return failure();
  dims.insert(dims.begin() + getAxis(), *depth);
  return appendType(*this, dims, elementType(getValues()), results);
}

LogicalResult OneHotOp::verify() {
  if (failed(checkOneHot(*this)))
    return failure();
  Dims dims = getDims(getIndices());
  dims.insert(dims.begin() + getAxis(), AffineExpr());
  return checkResult(*this, 0, dims, elementType(getValues())); // one_hot_c4, one_hot_c5
}

} // namespace dsc
