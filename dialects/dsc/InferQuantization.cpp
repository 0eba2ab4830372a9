// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Shapes and verifiers of the ops between real numbers and integers.

#include "dialects/dsc/ContractionDims.h"

using namespace mlir;
using namespace dsc::detail;

namespace dsc {

/// Scale and zero point stretch to the input.
template <class Op> static LogicalResult checkParameters(Op op) {
  Dims dims = getDims(op.getInput());
  return success(succeeded(checkBroadcastsTo(op, "scale", op.getScale(), dims)) &&
                 succeeded(checkBroadcastsTo(op, "zero_point", op.getZeroPoint(), dims)));
}

LogicalResult QuantizeOp::inferResultTypes(ShapeContext &, SmallVectorImpl<Type> &results) {
  results.push_back(withElementType(getInput().getType(), elementType(getZeroPoint())));
  return success();
}

LogicalResult QuantizeOp::verify() {
  if (failed(checkParameters(*this))) // quantize_c1
    return failure();
  return checkResult(*this, 0, getDims(getInput()), elementType(getZeroPoint())); // quantize_c2
}

LogicalResult DequantizeOp::inferResultTypes(ShapeContext &, SmallVectorImpl<Type> &results) {
  results.push_back(withElementType(getInput().getType(), elementType(getScale())));
  return success();
}

LogicalResult DequantizeOp::verify() {
  if (failed(checkParameters(*this))) // dequantize_c1
    return failure();
  if (failed(checkElementType(*this, "zero_point", getZeroPoint(), elementType(getInput())))) // dequantize_c2
    return failure();
  return checkResult(*this, 0, getDims(getInput()), elementType(getScale())); // dequantize_c3
}

static Dims getRowDims(DynQuantizeOp op) {
  Dims dims = getDims(op.getInput());
  std::fill(dims.begin() + op.getAxis(), dims.end(), constantDim(op, 1));
  return dims;
}

static LogicalResult checkStorage(DynQuantizeOp op) {
  if (failed(checkAxis(op, op.getAxis(), rankOf(op.getInput())))) // dyn_quantize_c1
    return failure();
  if (op.getStorage().isSignlessInteger(8) || op.getStorage().isUnsignedInteger(8))
    return success();
  return op.emitOpError() << "expected a storage of i8 or ui8, but got " << op.getStorage(); // dyn_quantize_c2
}

LogicalResult DynQuantizeOp::inferResultTypes(ShapeContext &, SmallVectorImpl<Type> &results) {
  if (failed(checkStorage(*this)))
    return failure();
  results.push_back(withElementType(getInput().getType(), getStorage()));
  Dims rows = getRowDims(*this);
  return success(succeeded(appendType(*this, rows, elementType(getInput()), results)) &&
                 succeeded(appendType(*this, rows, getStorage(), results)));
}

LogicalResult DynQuantizeOp::verify() {
  if (failed(checkStorage(*this)))
    return failure();
  if (failed(checkResult(*this, 0, getDims(getInput()), getStorage()))) // dyn_quantize_c3
    return failure();
  Dims rows = getRowDims(*this);
  return success(succeeded(checkResult(*this, 1, rows, elementType(getInput()))) && // dyn_quantize_c4
                 succeeded(checkResult(*this, 2, rows, getStorage())));
}

//===- contractions ---------------------------------------------------------------------------------------------===//

namespace {
/// An operand of a quantized contraction with its parameters; `name` is what they are called after.
struct Factor {
  StringRef name;
  Value values, scale, zeroPoint;
};
} // namespace

static Type resultElement(Value scale, Operation *op) {
  return scale ? elementType(scale) : Type(IntegerType::get(op->getContext(), 32));
}

/// Counts and element types of the parameters of both factors.
static LogicalResult checkFactors(Operation *op, const Factor &lhs, const Factor &rhs) {
  bool isReal = isa<FloatType>(elementType(lhs.values));
  if (isReal && (lhs.scale || lhs.zeroPoint)) // c2
    return op->emitOpError() << "expected no scale and no zero point of '" << lhs.name << "', which is real";
  if ((isReal || lhs.scale) && !rhs.scale) // c2, c3
    return op->emitOpError() << "expected a scale of '" << rhs.name << "'";
  Type real = isReal ? elementType(lhs.values) : lhs.scale ? elementType(lhs.scale) : Type();
  if (real && failed(checkElementType(op, (rhs.name + "_scale").str(), rhs.scale, real))) // c3
    return failure();
  for (const Factor *factor : {&lhs, &rhs})
    if (factor->zeroPoint && failed(checkElementType(op, (factor->name + "_zero_point").str(), factor->zeroPoint,
                                                     elementType(factor->values)))) // c4
      return failure();
  return success();
}

/// One number, or one per column of the result.
static LogicalResult checkPerColumn(Operation *op, StringRef name, Value parameter, AffineExpr columns) {
  auto type = parameter ? cast<RankedTensorType>(parameter.getType()) : RankedTensorType();
  if (!type || type.getRank() == 0 || (type.getRank() == 1 && type.getDimSize(0) == 1))
    return success();
  return checkVector(op, name, parameter, columns);
}

static LogicalResult checkColumns(Operation *op, const Factor &rhs, Value bias, AffineExpr columns) {
  if (bias && failed(checkElementType(op, "bias", bias, resultElement(rhs.scale, op)))) // c6
    return failure();
  return success(succeeded(checkPerColumn(op, (rhs.name + "_scale").str(), rhs.scale, columns)) && // c5
                 succeeded(checkPerColumn(op, (rhs.name + "_zero_point").str(), rhs.zeroPoint, columns)) &&
                 succeeded(checkPerColumn(op, "bias", bias, columns)));
}

LogicalResult QMatmulOp::inferResultTypes(ShapeContext &, SmallVectorImpl<Type> &results) {
  FailureOr<Dims> dims = inferMatmulDims(*this);
  return success(succeeded(dims) &&
                 succeeded(appendType(*this, *dims, resultElement(getRhsScale(), *this), results)));
}

LogicalResult QMatmulOp::verify() {
  FailureOr<Dims> dims = inferMatmulDims(*this);
  Factor lhs{"lhs", getLhs(), getLhsScale(), getLhsZeroPoint()}, rhs{"rhs", getRhs(), getRhsScale(), getRhsZeroPoint()};
  if (failed(dims) || failed(checkFactors(*this, lhs, rhs)))
    return failure();
  if (getRhsOffset()) // The columns in use are those of the result.
    dims->back() = getDims(getOutput()).back();
  // Parameters of a row end in 1, so they stretch to the result exactly if they stretch to the left operand.
  for (auto [name, value] : {std::pair<StringRef, Value>("lhs_scale", lhs.scale), {"lhs_zero_point", lhs.zeroPoint}})
    if (value && (failed(checkBroadcastsTo(*this, name, value, *dims)) ||
                  (rankOf(value) > 0 && failed(checkSize(*this, "the last size of a row's parameter",
                                                         getDims(value).back(), constantDim(*this, 1))))))
      return failure();
  if (failed(checkColumns(*this, rhs, getBias(), dims->back())))
    return failure();
  return checkResult(*this, 0, *dims, resultElement(getRhsScale(), *this));
}

LogicalResult QConvOp::inferResultTypes(ShapeContext &, SmallVectorImpl<Type> &results) {
  FailureOr<Dims> dims = inferConvDims(*this);
  return success(succeeded(dims) &&
                 succeeded(appendType(*this, *dims, resultElement(getWeightScale(), *this), results)));
}

LogicalResult QConvOp::verify() {
  FailureOr<Dims> dims = inferConvDims(*this);
  Factor input{"input", getInput(), getInputScale(), getInputZeroPoint()};
  Factor weight{"weight", getWeight(), getWeightScale(), getWeightZeroPoint()};
  if (failed(dims) || failed(checkFactors(*this, input, weight)) ||
      (input.scale && failed(checkOneElement(*this, "input_scale", input.scale))) ||
      (input.zeroPoint && failed(checkOneElement(*this, "input_zero_point", input.zeroPoint))) ||
      failed(checkColumns(*this, weight, getBias(), getLayout() == Layout::Nhwc ? dims->back() : (*dims)[1])))
    return failure();
  return checkResult(*this, 0, *dims, resultElement(getWeightScale(), *this));
}

} // namespace dsc
