// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Shapes and verifiers of pools and top_k.

#include "dialects/dsc/Dsc.h"
#include "dialects/dsc/DscDetail.h"

using namespace mlir;
using namespace dsc::detail;

namespace dsc {

//===- pools ----------------------------------------------------------------------------------------------------===//

/// Constraints c2 and c3 of the pools.
template <class Pool> static LogicalResult checkPool(Pool op, int64_t spatial) {
  if (failed(checkCount(op, "kernel", op.getKernel().size(), spatial)) ||
      failed(checkMinimum(op, "kernel", op.getKernel(), 1)) ||
      failed(checkCount(op, "strides", op.getStrides().size(), spatial)) ||
      failed(checkMinimum(op, "strides", op.getStrides(), 1)) ||
      failed(checkCount(op, "dilations", op.getDilations().size(), spatial)) ||
      failed(checkMinimum(op, "dilations", op.getDilations(), 1)) ||
      failed(checkCount(op, "pads", op.getPads().size(), 2 * spatial)) ||
      failed(checkMinimum(op, "pads", op.getPads(), 0)))
    return failure();
  return success();
}

template <class Pool> static LogicalResult inferPoolDims(Pool op, Dims &dims) {
  if (failed(checkRank(op, "input", op.getInput(), 3, 5)))
    return failure();
  Dims input = getDims(op.getInput());
  int64_t spatial = input.size() - 2;
  if (failed(checkPool(op, spatial)))
    return failure();
  bool channelsLast = op.getLayout() == Layout::Nhwc;
  dims = input;
  for (int64_t i = 0; i < spatial; ++i) {
    AffineExpr &size = dims[i + (channelsLast ? 1 : 2)];
    FailureOr<AffineExpr> result =
        windowDim(op, i, size, constantDim(op, op.getKernel()[i]), op.getPads()[i], op.getPads()[spatial + i],
                  op.getStrides()[i], op.getDilations()[i]);
    if (failed(result))
      return failure();
    size = *result;
  }
  return success();
}

LogicalResult MaxPoolOp::inferResultTypes(ShapeContext &, SmallVectorImpl<Type> &results) {
  Dims dims;
  if (failed(inferPoolDims(*this, dims)) || failed(appendType(*this, dims, elementType(getInput()), results)))
    return failure();
  if (getNumResults() == 2) // the accessor expects a type that is inferred here
    results.push_back(withElementType(results.front(), IntegerType::get(getContext(), 64)));
  return success();
}

LogicalResult MaxPoolOp::verify() {
  Dims dims;
  if (failed(inferPoolDims(*this, dims)) || // max_pool_c1 to max_pool_c4
      failed(checkResult(*this, 0, dims, elementType(getInput()))))
    return failure();
  if (!getIndices())
    return success();
  if (getLayout() != Layout::Nchw) // max_pool_c6
    return emitOpError("expected layout 'nchw' with indices, but got 'nhwc'");
  return checkResult(*this, 1, dims, IntegerType::get(getContext(), 64)); // max_pool_c5
}

LogicalResult AveragePoolOp::inferResultTypes(ShapeContext &, SmallVectorImpl<Type> &results) {
  Dims dims;
  if (failed(inferPoolDims(*this, dims)))
    return failure();
  return appendType(*this, dims, elementType(getInput()), results);
}

LogicalResult AveragePoolOp::verify() {
  Dims dims;
  if (failed(inferPoolDims(*this, dims))) // average_pool_c1 to average_pool_c4
    return failure();
  if (std::optional<ArrayRef<int64_t>> countPads = getCountPads()) // average_pool_c6
    if (failed(checkCount(*this, "count_pads", countPads->size(), getPads().size())) ||
        failed(checkMinimum(*this, "count_pads", *countPads, 0)))
      return failure();
  return checkResult(*this, 0, dims, elementType(getInput())); // average_pool_c5
}

//===- top_k ----------------------------------------------------------------------------------------------------===//

/// The size along the axis that is `k`, if it is known. A declared static size wins and is checked at run time.
static AffineExpr topKSize(TopKOp op, ShapeContext &shapes, AffineExpr dim) {
  OpBuilder builder(op);
  int64_t limit = shapes.getRange(dim).second, min = 0;
  AffineExpr declared = shapes.getDeclared(0, op.getAxis());
  if (std::optional<int64_t> size = getConstantDim(declared); size && *size <= limit)
    min = limit = *size;
  return shapes.readDim(builder, op.getLoc(), op.getK(), 0, "k", min, limit);
}

static LogicalResult checkTopK(TopKOp op) {
  return success(succeeded(checkAxis(op, op.getAxis(), rankOf(op.getInput()))) && // top_k_c1
                 succeeded(checkOneElement(op, "k", op.getK())));                 // top_k_c2
}

LogicalResult TopKOp::inferResultTypes(ShapeContext &shapes, SmallVectorImpl<Type> &results) {
  if (failed(checkTopK(*this)))
    return failure();
  Dims dims = getDims(getInput());
  AffineExpr k = topKSize(*this, shapes, dims[getAxis()]);
  std::optional<int64_t> count = getConstantDim(k), size = getConstantDim(dims[getAxis()]);
  if (count && (*count < 0 || (size && *count > *size))) // top_k_c4
    return emitOpError("expected 'k' in [0, ") << printDim(dims[getAxis()]) << "], but got " << *count;
  dims[getAxis()] = k;
  if (failed(appendType(*this, dims, elementType(getInput()), results)))
    return failure();
  results.push_back(withElementType(results.front(), IntegerType::get(getContext(), 64)));
  return success();
}

LogicalResult TopKOp::verify() {
  if (failed(checkTopK(*this)))
    return failure();
  Dims dims = getDims(getInput());
  if (rankOf(getValues()) == rankOf(getInput()))
    dims[getAxis()] = getDims(getValues())[getAxis()];
  if (failed(checkResult(*this, 0, dims, elementType(getInput())))) // top_k_c3
    return failure();
  return checkResult(*this, 1, dims, IntegerType::get(getContext(), 64)); // top_k_c3
}

} // namespace dsc
