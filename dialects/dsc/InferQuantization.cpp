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

} // namespace dsc
