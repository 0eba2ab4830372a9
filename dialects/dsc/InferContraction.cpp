// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Shapes and verifiers of matrix product, convolutions and attention.

#include "dialects/dsc/ContractionDims.h"

using namespace mlir;
using namespace dsc::detail;

namespace dsc {

//===- matmul ---------------------------------------------------------------------------------------------------===//

LogicalResult MatmulOp::inferResultTypes(ShapeContext &, SmallVectorImpl<Type> &results) {
  FailureOr<Dims> dims = inferMatmulDims(*this);
  return success(succeeded(dims) && succeeded(appendType(*this, *dims, elementType(getLhs()), results)));
}

LogicalResult MatmulOp::verify() {
  FailureOr<Dims> dims = inferMatmulDims(*this);
  if (failed(dims) || failed(checkElementType(*this, "rhs", getRhs(), elementType(getLhs())))) // matmul_c4
    return failure();
  if (getRhsOffset()) // The columns in use are those of the result.
    dims->back() = getDims(getOutput()).back();
  return checkResult(*this, 0, *dims, elementType(getLhs())); // matmul_c5
}

//===- conv -----------------------------------------------------------------------------------------------------===//

LogicalResult ConvOp::inferResultTypes(ShapeContext &, SmallVectorImpl<Type> &results) {
  FailureOr<Dims> dims = inferConvDims(*this);
  return success(succeeded(dims) && succeeded(appendType(*this, *dims, elementType(getInput()), results)));
}

LogicalResult ConvOp::verify() {
  FailureOr<Dims> dims = inferConvDims(*this);
  Type element = elementType(getInput());
  if (failed(dims) || failed(checkElementType(*this, "weight", getWeight(), element)) ||
      (getBias() && failed(checkElementType(*this, "bias", getBias(), element)))) // conv_c9
    return failure();
  AffineExpr outputs = getLayout() == Layout::Nhwc ? dims->back() : (*dims)[1];
  if (getBias() && failed(checkVector(*this, "bias", getBias(), outputs))) // conv_c7
    return failure();
  return checkResult(*this, 0, *dims, element); // conv_c10
}

//===- conv_transpose -------------------------------------------------------------------------------------------===//

/// stride*(in-1) + output_padding + dilation*(kernel-1) + 1 - before - after.
static FailureOr<AffineExpr> transposedDim(ConvTransposeOp op, int64_t i, AffineExpr in, AffineExpr kernel) {
  auto constant = [&](int64_t value) { return constantDim(op, value); };
  int64_t spatial = op.getStrides().size();
  AffineExpr reach = mulDims(constant(op.getStrides()[i]), subDims(in, constant(1)));
  AffineExpr span = mulDims(constant(op.getDilations()[i]), subDims(kernel, constant(1)));
  AffineExpr size = addDims(addDims(reach, span), constant(op.getOutputPadding()[i]));
  size = subDims(subDims(addDims(size, constant(1)), constant(op.getPads()[i])), constant(op.getPads()[spatial + i]));
  if (std::optional<int64_t> known = getConstantDim(size); known && *known < 0) // conv_transpose_c7
    return op.emitOpError("expected an output size of spatial dimension ")
           << i << " that is not negative, but got " << *known;
  return size;
}

static LogicalResult inferDims(ConvTransposeOp op, Dims &dims) {
  if (failed(checkRank(op, "input", op.getInput(), 3, 5))) // conv_transpose_c1
    return failure();
  Dims input = getDims(op.getInput());
  int64_t spatial = input.size() - 2, group = op.getGroup();
  if (failed(checkRank(op, "weight", op.getWeight(), spatial + 2, spatial + 2)) ||
      failed(checkWindow(op, spatial, op.getStrides(), op.getPads(), op.getDilations(), group)) ||
      failed(checkCount(op, "output_padding", op.getOutputPadding().size(), spatial)) ||
      failed(checkMinimum(op, "output_padding", op.getOutputPadding(), 0)) || // conv_transpose_c3
      failed(checkDivides(op, "channels", input[1], group)))                  // conv_transpose_c4
    return failure();
  Dims weight = getDims(op.getWeight());
  AffineExpr outputs = mulDims(weight[1], constantDim(op, group));
  if (failed(checkSize(op, "the weight's channels", weight[0], input[1]))) // conv_transpose_c5
    return failure();
  if (op.getBias() && failed(checkVector(op, "bias", op.getBias(), outputs))) // conv_transpose_c6
    return failure();
  dims = {input[0], outputs};
  for (int64_t i = 0; i < spatial; ++i) {
    FailureOr<AffineExpr> size = transposedDim(op, i, input[i + 2], weight[i + 2]);
    if (failed(size))
      return failure();
    dims.push_back(*size);
  }
  return success();
}

LogicalResult ConvTransposeOp::inferResultTypes(ShapeContext &, SmallVectorImpl<Type> &results) {
  Dims dims;
  if (failed(inferDims(*this, dims)))
    return failure();
  return appendType(*this, dims, elementType(getInput()), results);
}

LogicalResult ConvTransposeOp::verify() {
  Dims dims;
  Type element = elementType(getInput());
  if (failed(inferDims(*this, dims)) || failed(checkElementType(*this, "weight", getWeight(), element)) ||
      (getBias() && failed(checkElementType(*this, "bias", getBias(), element)))) // conv_transpose_c8
    return failure();
  return checkResult(*this, 0, dims, element); // conv_transpose_c9
}

} // namespace dsc
