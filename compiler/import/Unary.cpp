// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Readers of operators with one operand that map to one dsc op or to nothing.

#include "compiler/import/OpTable.h"

using namespace mlir;

namespace dsc::onnx_import {
namespace {

template <class Op>
void readUnary(NodeReader &n) {
  n.set(0, n.create<Op>({n.require(0)}));
}

/// Negation also of known integers, which make shapes.
void readNeg(NodeReader &n) {
  Value x = n.require(0), y = n.create<NegOp>({x});
  n.set(0, y);
  std::optional<Dims> values = n.shapes.getValues(x);
  if (!values || n.hasFailed())
    return;
  for (AffineExpr &value : *values)
    value = mulDims(value, n.constantDim(-1));
  n.shapes.setValues(y, *values);
}

void readIdentity(NodeReader &n) { n.set(0, n.require(0)); }

void readIsInf(NodeReader &n) {
  n.set(0, n.create<IsInfOp>({n.require(0)}, {n.flagAttr("detect_positive", n.getFlag("detect_positive", true)),
                                              n.flagAttr("detect_negative", n.getFlag("detect_negative", true))}));
}

/// Inference keeps every element; the mask says so.
void readDropout(NodeReader &n) {
  if (n.opset >= 12 && n.has(2)) {
    std::optional<Ints> training = n.findInts(n.get(2));
    if (!training || training->size() != 1 || training->front() != 0)
      return n.fail("expected 'training_mode' to be constant and false");
  }
  n.set(0, n.require(0));
  if (!n.wants(1))
    return;
  Type type = n.opset >= 10 ? n.builder.getI1Type() : n.getElementType(n.get(0));
  auto one = RankedTensorType::get({1}, type);
  Attribute element = isa<FloatType>(type) ? Attribute(n.builder.getFloatAttr(type, 1.0))
                                           : Attribute(n.builder.getIntegerAttr(type, type.isInteger(1) ? -1 : 1));
  Value shape = n.makeDims(getDims(n.get(0)));
  n.set(1, n.create<ConstantOfShapeOp>({shape}, {n.attr("value", DenseElementsAttr::get(one, element))}));
}

const OpRow rows[] = {
    {"Abs", readUnary<AbsOp>, 6}, {"Neg", readNeg, 6}, {"Exp", readUnary<ExpOp>, 6},
    {"Log", readUnary<LogOp>, 6}, {"Sqrt", readUnary<SqrtOp>, 6}, {"Reciprocal", readUnary<ReciprocalOp>, 6},
    {"Sin", readUnary<SinOp>, 7}, {"Cos", readUnary<CosOp>, 7}, {"Tan", readUnary<TanOp>, 7},
    {"Asin", readUnary<AsinOp>, 7}, {"Acos", readUnary<AcosOp>, 7}, {"Atan", readUnary<AtanOp>, 7},
    {"Sinh", readUnary<SinhOp>, 9}, {"Cosh", readUnary<CoshOp>, 9}, {"Tanh", readUnary<TanhOp>, 6},
    {"Asinh", readUnary<AsinhOp>, 9}, {"Acosh", readUnary<AcoshOp>, 9}, {"Atanh", readUnary<AtanhOp>, 9},
    {"Erf", readUnary<ErfOp>, 9}, {"Sigmoid", readUnary<SigmoidOp>, 6}, {"Softplus", readUnary<SoftplusOp>},
    {"Relu", readUnary<ReluOp>, 6}, {"Floor", readUnary<FloorOp>, 6}, {"Ceil", readUnary<CeilOp>, 6},
    {"Round", readUnary<RoundOp>, 11}, {"Sign", readUnary<SignOp>, 9}, {"Not", readUnary<NotOp>},
    {"BitwiseNot", readUnary<BitwiseNotOp>, 18}, {"IsNaN", readUnary<IsNanOp>, 9}, {"IsInf", readIsInf, 10},
    {"Identity", readIdentity}, {"Dropout", readDropout, 1, maxOpset, "inference only"},
};

} // namespace

OpFamily getUnaryFamily() { return {"Unary", rows}; }

} // namespace dsc::onnx_import
