// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Shapes and verifiers of the ops between real numbers and integers.

#include "dialects/dsc/Dsc.h"
#include "dialects/dsc/DscDetail.h"

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

} // namespace dsc
