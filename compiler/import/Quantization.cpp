// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Readers of the operators between real numbers and integers, and of the products of integers with scales.

#include "compiler/import/Quantization.h"

#include "compiler/import/Convolution.h"
#include "compiler/import/OpTable.h"
#include "compiler/import/TensorBytes.h"
#include "compiler/import/WeightStore.h"

using namespace mlir;

namespace dsc::onnx_import {
namespace {

/// One number per block of the axis as one number per element.
Value repeatBlocks(NodeReader &n, Value value, Value x, int64_t axis, int64_t block) {
  Dims wide = getDims(value), flat = getDims(x);
  AffineExpr size = n.constantDim(block), blocks = wide[axis];
  wide.insert(wide.begin() + axis + 1, size);
  Value repeated = n.create<ExpandOp>({n.unsqueeze(value, {axis + 1}), n.makeDims(wide)});
  AffineExpr end = flat[axis];
  flat[axis] = mulDims(blocks, size);
  return n.slice(n.reshape(repeated, flat), axis, n.constantDim(0), end);
}

} // namespace

Value alignParameter(NodeReader &n, Value value, Value x, int64_t axis, int64_t block) {
  int64_t rank = n.getRank(x);
  if (block > 0 && rank > 0 && n.getRank(value) == rank)
    return repeatBlocks(n, value, x, n.normalizeAxis(axis, rank), block);
  if (n.getRank(value) == 0 || (n.getRank(value) == 1 && n.getStaticDim(value, 0) == 1))
    return value;
  if (n.getRank(value) != 1)
    n.fail("expected scale and zero point to be a number, a vector or, with 'block_size', of the operand's rank");
  // An axis is only meant where there is more than one number.
  int64_t from = n.normalizeAxis(axis, rank);
  Ints behind;
  for (int64_t dim = from + 1; dim < rank; ++dim)
    behind.push_back(dim - from);
  return n.unsqueeze(value, behind);
}

/// A parameter of the left operand of a product: one number, or one per row.
static Value perRow(NodeReader &n, Value parameter) {
  return parameter && n.getRank(parameter) == 1 && n.getStaticDim(parameter, 0) != 1 ? n.unsqueeze(parameter, {1})
                                                                                     : parameter;
}

/// The same of the right one: one number, or one per column.
static Value perColumn(NodeReader &n, Value parameter) {
  if (parameter && n.getRank(parameter) > 1)
    n.fail("expected scale and zero point of the right operand to be a number or a vector");
  return parameter;
}

Value multiplyIntegers(NodeReader &n, const Factor &lhs, const Factor &rhs, ArrayRef<NamedAttribute> attributes) {
  Value rhsScale = perColumn(n, rhs.scale), rhsZero = perColumn(n, rhs.zeroPoint);
  return n.create<QMatmulOp>({lhs.values, perRow(n, lhs.scale), perRow(n, lhs.zeroPoint), rhs.values, rhsScale, rhsZero,
                              Value()},
                             attributes);
}

namespace {

/// The element type that an attribute names, if it does.
Type getTypeAttribute(NodeReader &n, StringRef name) {
  int64_t number = n.getInt(name, 0);
  Type type = number ? getElementType(DataType(number), n.builder.getContext()) : Type();
  if (number && !type)
    n.fail("unsupported element type " + getTypeName(DataType(number)));
  return type;
}

bool isStored(Type type) {
  return type && (type.isSignlessInteger(8) || type.isUnsignedInteger(8) || type.isSignlessInteger(16) ||
                  type.isUnsignedInteger(16));
}

void readQuantizeLinear(NodeReader &n) {
  Value x = n.require(0), scale = n.require(1);
  int64_t axis = n.getInt("axis", 1), block = n.getInt("block_size", 0);
  Type stored = n.has(2) ? n.getElementType(n.get(2)) : getTypeAttribute(n, "output_dtype");
  if (!stored)
    stored = n.builder.getIntegerType(8, /*isSigned=*/false);
  if (!isStored(stored))
    return n.fail("expected a result of int8, uint8, int16 or uint16");
  Value zeroPoint = n.has(2) ? n.get(2) : n.makeScalar(0, stored);
  if (isa<IntegerType>(n.getElementType(x)))
    x = n.castTo(x, n.builder.getF32Type());
  n.set(0, n.create<QuantizeOp>(
               {x, alignParameter(n, scale, x, axis, block), alignParameter(n, zeroPoint, x, axis, block)}));
}

void readDequantizeLinear(NodeReader &n) {
  Value x = n.require(0), scale = n.require(1);
  int64_t axis = n.getInt("axis", 1), block = n.getInt("block_size", 0);
  Type stored = n.getElementType(x);
  if (!isStored(stored) && !stored.isSignlessInteger(32))
    return n.fail("expected an operand of int8, uint8, int16, uint16 or int32");
  Value zeroPoint = n.has(2) ? n.get(2) : n.makeScalar(0, stored);
  if (Type type = getTypeAttribute(n, "output_dtype"))
    scale = n.castTo(scale, type);
  n.set(0, n.create<DequantizeOp>(
               {x, alignParameter(n, scale, x, axis, block), alignParameter(n, zeroPoint, x, axis, block)}));
}

Value convolveIntegers(NodeReader &n, const Factor &input, const Factor &weight, Value bias) {
  return makeConvolution(n, input.values, weight.values, [&](ArrayRef<NamedAttribute> attributes) {
    return n.create<QConvOp>({input.values, input.scale, input.zeroPoint, weight.values, weight.scale, weight.zeroPoint,
                              bias},
                             attributes);
  });
}

void readMatMulInteger(NodeReader &n) {
  n.set(0, multiplyIntegers(n, {n.require(0), Value(), n.get(2)}, {n.require(1), Value(), n.get(3)}));
}

void readConvInteger(NodeReader &n) {
  n.set(0, convolveIntegers(n, {n.require(0), Value(), n.get(2)}, {n.require(1), Value(), n.get(3)}, Value()));
}

/// Operands: a with its scale and zero point, b with its, scale and zero point of the result.
void readQLinearMatMul(NodeReader &n) {
  Factor lhs{n.require(0), n.widen(n.require(1)), n.require(2)}, rhs{n.require(3), n.widen(n.require(4)), n.require(5)};
  n.set(0, n.create<QuantizeOp>({multiplyIntegers(n, lhs, rhs), n.widen(n.require(6)), n.require(7)}));
}

/// The same for input and weight, and a bias in steps of both scales.
void readQLinearConv(NodeReader &n) {
  Factor input{n.require(0), n.widen(n.require(1)), n.require(2)};
  Factor weight{n.require(3), n.widen(n.require(4)), n.require(5)};
  Value bias = n.get(8);
  if (bias)
    bias = n.create<DequantizeOp>(
        {bias, n.create<MulOp>({input.scale, weight.scale}), n.makeScalar(0, n.builder.getI32Type())});
  Value real = convolveIntegers(n, input, weight, bias);
  n.set(0, n.create<QuantizeOp>({real, n.widen(n.require(6)), n.require(7)}));
}

const OpRow rows[] = {
    {"QuantizeLinear", readQuantizeLinear, 10, maxOpset, "to int8, uint8, int16, uint16"},
    {"DequantizeLinear", readDequantizeLinear, 10, maxOpset, "from int8, uint8, int16, uint16, int32"},
    {"MatMulInteger", readMatMulInteger, 10}, {"QLinearMatMul", readQLinearMatMul, 10},
    {"ConvInteger", readConvInteger, 10, maxOpset, "one to three spatial dimensions"},
    {"QLinearConv", readQLinearConv, 10, maxOpset, "one to three spatial dimensions"},
    // onnxruntime's quantizer writes these where ai.onnx did not have the type yet.
    {"QuantizeLinear", readQuantizeLinear, 1, maxOpset, "to int8, uint8, int16, uint16", "com.microsoft"},
    {"DequantizeLinear", readDequantizeLinear, 1, maxOpset, "from int8, uint8, int16, uint16, int32", "com.microsoft"},
};

} // namespace

OpFamily getQuantizationFamily() { return {"Quantization", rows}; }

} // namespace dsc::onnx_import
