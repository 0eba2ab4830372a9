// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Readers of onnxruntime's quantized operators. Pointwise ones, pools and softmax compute on real numbers between a
// dequantize and a quantize; products are sums of integers, scaled once.

#include "compiler/import/Activation.h"
#include "compiler/import/Attention.h"
#include "compiler/import/OpTable.h"
#include "compiler/import/Pool.h"
#include "compiler/import/Quantization.h"

using namespace mlir;

namespace dsc::onnx_import {
namespace {

/// The real numbers of the operand `at`, whose scale and zero point follow; without a zero point it is 0.
Value dequantize(NodeReader &n, size_t at) {
  Value x = n.require(at), scale = n.require(at + 1);
  Value zero = n.has(at + 2) ? n.get(at + 2) : n.makeScalar(0, n.getElementType(x));
  return n.create<DequantizeOp>({x, n.widen(scale), zero});
}

/// Sets the result to `real` in the steps of the scale `at` and the zero point behind it; without one it is 0 of the type
/// that operand `like` has.
void setQuantized(NodeReader &n, Value real, size_t at, size_t like = 0) {
  Value zero = n.has(at + 1) ? n.get(at + 1) : n.makeScalar(0, n.getElementType(n.require(like)));
  n.set(0, n.create<QuantizeOp>({real, n.widen(n.require(at)), zero}));
}

template <class Op>
void readBinary(NodeReader &n) {
  setQuantized(n, n.create<Op>({dequantize(n, 0), dequantize(n, 3)}), 6);
}

void readSigmoid(NodeReader &n) { setQuantized(n, n.create<SigmoidOp>({dequantize(n, 0)}), 3); }

void readLeakyRelu(NodeReader &n) {
  NamedAttribute alpha = n.floatAttr("alpha", n.getFloat("alpha", 0.01f));
  setQuantized(n, n.create<LeakyReluOp>({dequantize(n, 0)}, {alpha}), 3);
}

/// `opset` tells which softmax of ai.onnx is meant.
void readSoftmax(NodeReader &n) {
  setQuantized(n, makeSoftmax(n, dequantize(n, 0), SoftmaxKind::Plain, n.requireInt("opset") < 13), 3);
}

void readGlobalAveragePool(NodeReader &n) {
  int64_t rank = n.getRank(n.require(0)), first = n.getFlag("channels_last", false) ? 1 : 2;
  Ints axes;
  for (int64_t i = 0; i + 2 < rank; ++i)
    axes.push_back(first + i);
  setQuantized(n, n.reduce(dequantize(n, 0), ReduceKind::Mean, axes, true), 3);
}

void readAveragePool(NodeReader &n) {
  if (n.getFlag("channels_last", false))
    return n.fail("expected 'channels_last' to be 0: export below onnxruntime's \"extended\" level");
  setQuantized(n, makeAveragePool(n, dequantize(n, 0)), 3);
}

/// Operands: scale and zero point of the result, then every part with its own.
void readConcat(NodeReader &n) {
  SmallVector<Value> parts;
  for (size_t at = 2; at < n.getNumOperands(); at += 3)
    parts.push_back(dequantize(n, at));
  if (parts.empty())
    return n.fail("expected at least one part with its scale and zero point");
  int64_t axis = n.normalizeAxis(n.requireInt("axis"), n.getRank(parts[0]));
  setQuantized(n, n.create<ConcatOp>(parts, {n.intAttr("axis", axis)}), 0, 2);
}

/// Operands: condition, x with its scale and zero point, y with its, scale and zero point of the result.
void readWhere(NodeReader &n) {
  setQuantized(n, n.create<WhereOp>({n.require(0), dequantize(n, 1), dequantize(n, 4)}), 7, 1);
}

/// Operands: a with its scale and zero point, b with its, integers to add to the sums, and, for a result of integers,
/// its scale and zero point.
void readGemm(NodeReader &n) {
  bool flipLhs = n.getFlag("transA", false), flipRhs = n.getFlag("transB", false);
  SmallVector<NamedAttribute> attributes;
  if (flipLhs)
    attributes.push_back(n.unitAttr("transpose_lhs"));
  if (flipRhs)
    attributes.push_back(n.unitAttr("transpose_rhs"));
  Factor lhs{n.require(0), n.widen(n.require(1)), n.require(2)}, rhs{n.require(3), n.widen(n.require(4)), n.require(5)};
  if (double alpha = n.getFloat("alpha", 1); alpha != 1)
    lhs.scale = n.create<MulOp>({lhs.scale, n.makeScalar(alpha, n.getElementType(lhs.scale))});
  Value real = multiplyIntegers(n, lhs, rhs, attributes);
  if (n.has(6)) {
    Value scale = n.create<MulOp>({lhs.scale, rhs.scale}), zero = n.makeScalar(0, n.builder.getI32Type());
    real = n.create<AddOp>({real, n.create<DequantizeOp>({n.get(6), scale, zero})});
  }
  if (n.has(7))
    setQuantized(n, real, 7);
  else
    n.set(0, real);
}

/// A product as floats in the type of `typed`, with a bias that may be null.
void setProduct(NodeReader &n, const Factor &lhs, const Factor &rhs, Value bias, Value typed) {
  Value real = multiplyIntegers(n, {lhs.values, n.widen(lhs.scale), lhs.zeroPoint},
                                {rhs.values, n.widen(rhs.scale), rhs.zeroPoint});
  if (bias)
    real = n.create<AddOp>({real, n.widen(bias)});
  n.set(0, n.castTo(real, n.getElementType(typed)));
}

/// Operands: a, b, their scales, their zero points, a bias.
void readMatMulIntegerToFloat(NodeReader &n) {
  setProduct(n, {n.require(0), n.require(2), n.get(4)}, {n.require(1), n.require(3), n.get(5)}, n.get(6), n.require(3));
}

/// As DynamicQuantizeLinear: steps of 1/255 of the range, which includes 0.
struct Dynamic {
  Value steps, scale, zeroPoint;
};

Dynamic quantizeDynamically(NodeReader &n, Value x) {
  Type f32 = n.builder.getF32Type();
  Value zero = n.makeScalar(0, f32), most = n.makeScalar(255, f32), one = n.makeScalar(1, f32);
  Ints axes;
  for (int64_t i = 0; i < n.getRank(x); ++i)
    axes.push_back(i);
  Value low = n.create<MinOp>({n.reduce(x, ReduceKind::Min, axes, false), zero});
  Value high = n.create<MaxOp>({n.reduce(x, ReduceKind::Max, axes, false), zero});
  Value scale = n.create<DivOp>({n.create<SubOp>({high, low}), most});
  // All zeros have no range: any scale does.
  scale = n.create<WhereOp>({n.create<EqualOp>({scale, zero}), one, scale});
  Value exact = n.create<SubOp>({zero, n.create<DivOp>({low, scale})});
  Value clipped = n.create<MinOp>({n.create<MaxOp>({exact, zero}), most});
  Value point = n.castTo(n.create<RoundOp>({clipped}), n.builder.getIntegerType(8, /*isSigned=*/false));
  return {n.create<QuantizeOp>({x, scale, point}), scale, point};
}

/// Operands: a in floats, b, its scale and zero point, a bias.
void readDynamicQuantizeMatMul(NodeReader &n) {
  Dynamic lhs = quantizeDynamically(n, n.require(0));
  setProduct(n, {lhs.steps, lhs.scale, lhs.zeroPoint}, {n.require(1), n.require(2), n.get(3)}, n.get(4), n.require(2));
}

/// Operands: input, weight, bias, their scales, mask_index, their zero points, past.
void readQAttention(NodeReader &n) {
  Value product = multiplyIntegers(n, {n.require(0), n.widen(n.require(3)), n.get(6)},
                                   {n.require(1), n.widen(n.require(4)), n.get(7)});
  Value projected = n.create<AddOp>({product, n.widen(n.require(2))});
  readPackedAttention(n, projected, n.get(5), n.get(8));
}

/// `[..., bytes]` of numbers of 2 or 4 bits, the lowest first, as `[..., bytes * 8 / bits]`.
Value unpackBits(NodeReader &n, Value packed, int64_t bits) {
  if (bits == 8)
    return packed;
  Type u8 = n.getElementType(packed);
  Value mask = n.makeScalar(double((1 << bits) - 1), u8);
  int64_t rank = n.getRank(packed);
  SmallVector<Value> fields;
  for (int64_t from = 0; from < 8; from += bits) {
    Value shifted = from ? n.create<ShiftRightOp>({packed, n.makeScalar(double(from), u8)}) : packed;
    fields.push_back(n.unsqueeze(n.create<BitwiseAndOp>({shifted, mask}), {rank}));
  }
  Dims dims = getDims(packed);
  dims.back() = mulDims(dims.back(), n.constantDim(8 / bits));
  return n.reshape(n.create<ConcatOp>(fields, {n.intAttr("axis", rank)}), dims);
}

/// The zero points of MatMulNBits as `[columns, blocks, 1]`, or half of the range.
Value readBlockZeroPoints(NodeReader &n, int64_t columns, int64_t blocks, int64_t bits) {
  Type u8 = n.builder.getIntegerType(8, /*isSigned=*/false);
  if (!n.has(3))
    return n.makeScalar(double(1 << (bits - 1)), u8);
  if (n.getElementType(n.get(3)) != u8) {
    n.fail("expected zero points of uint8");
    return n.get(3);
  }
  int64_t bytes = (blocks * bits + 7) / 8;
  Value points = unpackBits(n, n.reshape(n.get(3), Ints{columns, bytes}), bits);
  points = n.slice(points, 1, n.constantDim(0), n.constantDim(blocks));
  return n.unsqueeze(points, {2});
}

/// Operands: a, b in blocks of steps along the contracted dimension, their scales and zero points, g_idx, a bias.
void readMatMulNBits(NodeReader &n) {
  int64_t depth = n.requireInt("K"), columns = n.requireInt("N"), bits = n.getInt("bits", 4);
  int64_t block = n.requireInt("block_size");
  if (n.has(4))
    return n.fail("expected no 'g_idx'");
  if ((bits != 2 && bits != 4 && bits != 8) || depth < 1 || columns < 1 || block < 16 || (block & (block - 1)))
    return n.fail("expected 2, 4 or 8 bits, positive 'K' and 'N', and a power of two of at least 16 as 'block_size'");
  int64_t blocks = (depth + block - 1) / block;
  Value steps = unpackBits(n, n.reshape(n.require(1), Ints{columns, blocks, block * bits / 8}), bits);
  Value scales = n.reshape(n.widen(n.require(2)), Ints{columns, blocks, 1});
  Value weight = n.create<DequantizeOp>({steps, scales, readBlockZeroPoints(n, columns, blocks, bits)});
  weight = n.slice(n.reshape(weight, Ints{columns, blocks * block}), 1, n.constantDim(0), n.constantDim(depth));
  Value product = n.create<MatmulOp>({n.widen(n.require(0)), weight}, {n.unitAttr("transpose_rhs")});
  if (n.has(5))
    product = n.create<AddOp>({product, n.widen(n.get(5))});
  n.set(0, n.castTo(product, n.getElementType(n.require(0))));
}

OpRow row(StringRef opType, Reader reader, StringRef limits = "") {
  return {opType, reader, 1, maxOpset, limits, "com.microsoft"};
}

const OpRow rows[] = {
    row("QLinearAdd", readBinary<AddOp>),
    row("QLinearMul", readBinary<MulOp>),
    row("QLinearSigmoid", readSigmoid),
    row("QLinearLeakyRelu", readLeakyRelu),
    row("QLinearSoftmax", readSoftmax),
    row("QLinearGlobalAveragePool", readGlobalAveragePool),
    row("QLinearAveragePool", readAveragePool, "no channels_last"),
    row("QLinearConcat", readConcat),
    row("QLinearWhere", readWhere),
    row("QGemm", readGemm),
    row("QAttention", readQAttention, "no rotation, no shared cache"),
    row("MatMulIntegerToFloat", readMatMulIntegerToFloat),
    row("DynamicQuantizeMatMul", readDynamicQuantizeMatMul),
    row("MatMulNBits", readMatMulNBits, "no g_idx, zero points of uint8"),
};

} // namespace

OpFamily getContribQuantizationFamily() { return {"Quantized operators of onnxruntime", rows}; }

} // namespace dsc::onnx_import
