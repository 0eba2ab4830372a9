// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Sizes of matrix products and convolutions, from operands or from their packing.

#include "dialects/dsc/ContractionDims.h"
#include "dialects/dsc/DscPacking.h"

using namespace mlir;

namespace dsc::detail {

//===- matmul ---------------------------------------------------------------------------------------------------===//

/// The logical sizes of an operand: of a packed weight [k, n], else with the last two swapped if asked.
template <class Op>
static FailureOr<Dims> matmulOperandDims(Op op, StringRef name, Value operand, bool transposed) {
  if (failed(checkRank(op, name, operand, transposed ? 2 : 1, INT64_MAX))) // matmul_c1, matmul_c6
    return failure();
  Dims dims = getDims(operand);
  if (transposed)
    std::swap(dims[dims.size() - 1], dims[dims.size() - 2]);
  return dims;
}

/// The packed operand's type agrees with its packing.
static LogicalResult checkPacked(Operation *op, StringRef name, Value operand, PanelsAttr packing, PanelKind kind) {
  if (packing.getKind() != kind)
    return op->emitOpError("expected a '") << name << "' packed as '" << stringifyPanelKind(kind) << "', but got '"
                                           << stringifyPanelKind(packing.getKind()) << "'";
  RankedTensorType expected = getPackedType(packing, elementType(operand));
  if (operand.getType() != expected)
    return op->emitOpError("expected packed '") << name << "' of type " << expected << ", but got "
                                                << operand.getType();
  return success();
}

template <class Op> static FailureOr<Dims> matmulRhsDims(Op op) {
  std::optional<PanelsAttr> packing = op.getRhsPacking();
  if (!packing)
    return matmulOperandDims(op, "rhs", op.getRhs(), op.getTransposeRhs());
  if (failed(checkPacked(op, "rhs", op.getRhs(), *packing, PanelKind::Gemm))) // matmul_c7
    return failure();
  return Dims{constantDim(op, packing->getK()), constantDim(op, packing->getN())};
}

template <class Op> static FailureOr<Dims> productDims(Op op) {
  FailureOr<Dims> left = matmulOperandDims(op, "lhs", op.getLhs(), op.getTransposeLhs());
  FailureOr<Dims> right = failed(left) ? left : matmulRhsDims(op);
  if (failed(right))
    return failure();
  Dims lhs = *left, rhs = *right;
  bool isRow = lhs.size() == 1, isColumn = rhs.size() == 1;
  if (isRow)
    lhs.insert(lhs.begin(), constantDim(op, 1));
  if (isColumn)
    rhs.push_back(constantDim(op, 1));
  if (failed(checkSize(op, "a contracted size", rhs[rhs.size() - 2], lhs.back()))) // matmul_c2
    return failure();
  Dims dims(lhs.begin(), lhs.end() - 2);
  if (failed(broadcastInto(op, dims, ArrayRef(rhs).drop_back(2)))) // matmul_c3
    return failure();
  if (!isRow)
    dims.push_back(lhs[lhs.size() - 2]);
  if (!isColumn)
    dims.push_back(rhs.back());
  return dims;
}

FailureOr<Dims> inferMatmulDims(MatmulOp op) { return productDims(op); }
FailureOr<Dims> inferMatmulDims(QMatmulOp op) { return productDims(op); }

//===- conv -----------------------------------------------------------------------------------------------------===//

namespace {

/// The logical sizes of a convolution's weight: outputs, channels of a group, kernel.
struct WeightDims {
  AffineExpr outputs, channels;
  Dims kernel;
};

} // namespace

template <class Op> static FailureOr<WeightDims> convWeightDims(Op op, int64_t spatial) {
  WeightDims result;
  if (std::optional<PanelsAttr> packing = op.getWeightPacking()) {
    if (failed(checkPacked(op, "weight", op.getWeight(), *packing, PanelKind::Conv)) || // conv_c11
        failed(checkCount(op, "taps", packing->getTaps().size(), spatial)))
      return failure();
    result.outputs = mulDims(constantDim(op, packing->getN()), constantDim(op, packing->getGroups()));
    result.channels = constantDim(op, packing->getK());
    for (int64_t tap : packing->getTaps())
      result.kernel.push_back(constantDim(op, tap));
    return result;
  }
  if (failed(checkRank(op, "weight", op.getWeight(), spatial + 2, spatial + 2))) // conv_c2
    return failure();
  Dims dims = getDims(op.getWeight());
  result.outputs = dims[0];
  result.channels = dims[1];
  result.kernel.append(dims.begin() + 2, dims.end());
  return result;
}

LogicalResult checkDivides(Operation *op, StringRef what, AffineExpr size, int64_t group) {
  std::optional<int64_t> known = getConstantDim(size);
  if (!known || *known % group == 0)
    return success();
  return op->emitOpError("expected ") << what << " divisible by " << group << ", but got " << *known;
}

LogicalResult checkWindow(Operation *op, int64_t spatial, ArrayRef<int64_t> strides, ArrayRef<int64_t> pads,
                          ArrayRef<int64_t> dilations, int64_t group) {
  return success(succeeded(checkCount(op, "strides", strides.size(), spatial)) &&
                 succeeded(checkMinimum(op, "strides", strides, 1)) &&
                 succeeded(checkCount(op, "dilations", dilations.size(), spatial)) &&
                 succeeded(checkMinimum(op, "dilations", dilations, 1)) &&
                 succeeded(checkCount(op, "pads", pads.size(), 2 * spatial)) &&
                 succeeded(checkMinimum(op, "group", group, 1)));
}

template <class Op> static FailureOr<Dims> convolutionDims(Op op) {
  if (failed(checkRank(op, "input", op.getInput(), 3, 5))) // conv_c1
    return failure();
  Dims input = getDims(op.getInput());
  int64_t spatial = input.size() - 2, group = op.getGroup();
  if (failed(checkWindow(op, spatial, op.getStrides(), op.getPads(), op.getDilations(), group))) // conv_c3, conv_c4
    return failure();
  FailureOr<WeightDims> weight = convWeightDims(op, spatial);
  if (failed(weight))
    return failure();
  bool channelsLast = op.getLayout() == Layout::Nhwc;
  AffineExpr channels = channelsLast ? input.back() : input[1];
  if (failed(checkDivides(op, "channels", channels, group)) || // conv_c5
      failed(checkDivides(op, "outputs", weight->outputs, group)) ||
      failed(checkSize(op, "the weight's channels", mulDims(weight->channels, constantDim(op, group)),
                       channels))) // conv_c6
    return failure();
  Dims dims{input[0]};
  for (int64_t i = 0; i < spatial; ++i) {
    FailureOr<AffineExpr> size =
        windowDim(op, i, input[i + (channelsLast ? 1 : 2)], weight->kernel[i], op.getPads()[i],
                  op.getPads()[spatial + i], op.getStrides()[i], op.getDilations()[i]); // conv_c8
    if (failed(size))
      return failure();
    dims.push_back(*size);
  }
  dims.insert(channelsLast ? dims.end() : dims.begin() + 1, weight->outputs);
  return dims;
}

FailureOr<Dims> inferConvDims(ConvOp op) { return convolutionDims(op); }
FailureOr<Dims> inferConvDims(QConvOp op) { return convolutionDims(op); }

} // namespace dsc::detail
