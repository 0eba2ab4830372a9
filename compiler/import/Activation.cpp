// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Readers of activation functions and softmax. Those of several ops compute in f32 and round once.

#include "compiler/import/Activation.h"

#include "compiler/import/OpTable.h"
#include "compiler/import/TensorBytes.h"

using namespace mlir;

namespace dsc::onnx_import {
namespace {

/// The operand as wide floats and its own element type.
struct Wide {
  Value x;
  Type narrow;
  explicit Wide(NodeReader &n) : x(n.widen(n.require(0))), narrow(n.getElementType(n.require(0))) {}
};

void finish(NodeReader &n, const Wide &wide, Value result) { n.set(0, n.castTo(result, wide.narrow)); }

Value scale(NodeReader &n, Value x, double factor) {
  return n.create<MulOp>({x, n.makeScalar(factor, n.getElementType(x))});
}

void readLeakyRelu(NodeReader &n) {
  n.set(0, n.create<LeakyReluOp>({n.require(0)}, {n.floatAttr("alpha", n.getFloat("alpha", 0.01f))}));
}

void readElu(NodeReader &n) {
  n.set(0, n.create<EluOp>({n.require(0)}, {n.floatAttr("alpha", n.getFloat("alpha", 1.0f))}));
}

void readHardSigmoid(NodeReader &n) {
  n.set(0, n.create<HardSigmoidOp>({n.require(0)}, {n.floatAttr("alpha", n.getFloat("alpha", 0.2f)),
                                                    n.floatAttr("beta", n.getFloat("beta", 0.5f))}));
}

void readHardSwish(NodeReader &n) {
  Wide wide(n);
  Value gate = n.create<HardSigmoidOp>({wide.x}, {n.floatAttr("alpha", 1.0 / 6), n.floatAttr("beta", 0.5)});
  finish(n, wide, n.create<MulOp>({wide.x, gate}));
}

void readSelu(NodeReader &n) {
  Wide wide(n);
  Value elu = n.create<EluOp>({wide.x}, {n.floatAttr("alpha", n.getFloat("alpha", 1.67326319217681884765625f))});
  finish(n, wide, scale(n, elu, n.getFloat("gamma", 1.05070102214813232421875f)));
}

void readCelu(NodeReader &n) {
  Wide wide(n);
  double alpha = n.getFloat("alpha", 1.0f);
  if (alpha == 0)
    return n.fail("expected 'alpha' to differ from zero");
  Value elu = n.create<EluOp>({scale(n, wide.x, 1 / alpha)}, {n.floatAttr("alpha", 1.0)});
  Value positive = n.create<MaxOp>({wide.x, n.makeScalar(0, n.getElementType(wide.x))});
  // elu scaled by a negative alpha would change its positive half too.
  Value negative = n.create<MinOp>({scale(n, elu, alpha), n.makeScalar(0, n.getElementType(wide.x))});
  finish(n, wide, n.create<AddOp>({positive, negative}));
}

void readMish(NodeReader &n) {
  Wide wide(n);
  Value gate = n.create<TanhOp>({n.create<SoftplusOp>({wide.x})});
  finish(n, wide, n.create<MulOp>({wide.x, gate}));
}

void readSwishOf(NodeReader &n, double alpha) {
  Wide wide(n);
  Value scaled = alpha == 1 ? wide.x : scale(n, wide.x, alpha);
  finish(n, wide, n.create<MulOp>({wide.x, n.create<SigmoidOp>({scaled})}));
}

void readSwish(NodeReader &n) { readSwishOf(n, n.getFloat("alpha", 1.0f)); }
void readQuickGelu(NodeReader &n) { readSwishOf(n, n.getFloat("alpha", 1.702f)); }

void readSoftsign(NodeReader &n) {
  Wide wide(n);
  Value bound = n.create<AddOp>({n.create<AbsOp>({wide.x}), n.makeScalar(1, n.getElementType(wide.x))});
  finish(n, wide, n.create<DivOp>({wide.x, bound}));
}

void readThresholdedRelu(NodeReader &n) {
  Wide wide(n);
  Type type = n.getElementType(wide.x);
  Value above = n.create<GreaterOp>({wide.x, n.makeScalar(n.getFloat("alpha", 1.0f), type)});
  finish(n, wide, n.create<WhereOp>({above, wide.x, n.makeScalar(0, type)}));
}

void readShrink(NodeReader &n) {
  Wide wide(n);
  Type type = n.getElementType(wide.x);
  double lambd = n.getFloat("lambd", 0.5f);
  Value bias = n.makeScalar(n.getFloat("bias", 0.0f), type);
  Value below = n.create<LessOp>({wide.x, n.makeScalar(-lambd, type)});
  Value above = n.create<GreaterOp>({wide.x, n.makeScalar(lambd, type)});
  Value inner = n.create<WhereOp>({above, n.create<SubOp>({wide.x, bias}), n.makeScalar(0, type)});
  finish(n, wide, n.create<WhereOp>({below, n.create<AddOp>({wide.x, bias}), inner}));
}

void readPRelu(NodeReader &n) {
  Value x = n.require(0), slope = n.require(1);
  // Before opset 7 the slope is per channel.
  if (n.opset < 7 && n.getRank(slope) == 1 && n.getRank(x) > 2) {
    Ints axes;
    for (int64_t dim = 1; dim + 1 < n.getRank(x); ++dim)
      axes.push_back(dim);
    slope = n.unsqueeze(slope, axes);
  }
  Value negative = n.create<LessOp>({x, n.makeScalar(0, n.getElementType(x))});
  n.set(0, n.create<WhereOp>({negative, n.create<MulOp>({x, slope}), x}));
}

void readGelu(NodeReader &n) {
  std::string kind = n.getString("approximate", "none");
  if (kind != "none" && kind != "tanh")
    return n.fail("expected 'approximate' to be none or tanh, but got '" + escapeText(kind) + "'");
  auto attribute = GeluKindAttr::get(n.builder.getContext(), kind == "tanh" ? GeluKind::Tanh : GeluKind::None);
  n.set(0, n.create<GeluOp>({n.require(0)}, {n.attr("approximate", attribute)}));
}

/// BiasGelu and FastGelu of onnxruntime: gelu(x + bias).
void readBiasGeluOf(NodeReader &n, GeluKind kind) {
  Wide wide(n);
  Value sum = n.has(1) ? n.create<AddOp>({wide.x, n.widen(n.get(1))}) : wide.x;
  auto attribute = GeluKindAttr::get(n.builder.getContext(), kind);
  finish(n, wide, n.create<GeluOp>({sum}, {n.attr("approximate", attribute)}));
}
void readBiasGelu(NodeReader &n) { readBiasGeluOf(n, GeluKind::None); }
void readFastGelu(NodeReader &n) { readBiasGeluOf(n, GeluKind::Tanh); }

Value hardmax(NodeReader &n, Value x, int64_t axis) {
  Value position = n.create<ArgReduceOp>(
      {x}, {n.attr("kind", ReduceKindAttr::get(n.builder.getContext(), ReduceKind::Max)), n.intAttr("axis", axis),
            n.flagAttr("keepdims", false)});
  Value offOn = n.create<ConcatOp>({n.reshape(n.makeScalar(0, n.getElementType(x)), ArrayRef<int64_t>{1}),
                                    n.reshape(n.makeScalar(1, n.getElementType(x)), ArrayRef<int64_t>{1})},
                                   {n.intAttr("axis", 0)});
  return n.create<OneHotOp>({position, n.makeDims({n.getDim(x, axis)}), offOn}, {n.intAttr("axis", axis)});
}

} // namespace

Value makeSoftmax(NodeReader &n, Value x, SoftmaxKind kind, bool isMatrix) {
  int64_t rank = n.getRank(x), axis = n.normalizeAxis(n.getInt("axis", isMatrix ? 1 : -1), rank);
  Dims dims = getDims(x);
  bool reshaped = isMatrix && axis + 1 != rank && rank != 0;
  if (reshaped) {
    ArrayRef<AffineExpr> all(dims);
    MLIRContext *context = n.builder.getContext();
    x = n.reshape(x, {productOfDims(all.take_front(axis), context), productOfDims(all.drop_front(axis), context)});
    axis = 1;
  }
  Value y = kind == SoftmaxKind::Hard
                ? hardmax(n, x, axis)
                : n.create<SoftmaxOp>({x}, {n.intAttr("axis", axis), n.flagAttr("log", kind == SoftmaxKind::Log)});
  return reshaped ? n.reshape(y, dims) : y;
}

namespace {

template <SoftmaxKind kind>
void readSoftmax(NodeReader &n) {
  n.set(0, makeSoftmax(n, n.require(0), kind, n.opset < 13));
}

const OpRow rows[] = {
    {"LeakyRelu", readLeakyRelu, 6}, {"Elu", readElu, 6}, {"HardSigmoid", readHardSigmoid, 6},
    {"HardSwish", readHardSwish, 14}, {"Selu", readSelu, 6}, {"Celu", readCelu, 12}, {"Mish", readMish, 18},
    {"Swish", readSwish, 24}, {"Softsign", readSoftsign}, {"ThresholdedRelu", readThresholdedRelu, 10},
    {"Shrink", readShrink, 9}, {"PRelu", readPRelu, 6}, {"Gelu", readGelu, 20},
    {"Softmax", readSoftmax<SoftmaxKind::Plain>}, {"LogSoftmax", readSoftmax<SoftmaxKind::Log>},
    {"Hardmax", readSoftmax<SoftmaxKind::Hard>}, {"Gelu", readBiasGelu, 1, maxOpset, "", "com.microsoft"},
    {"BiasGelu", readBiasGelu, 1, maxOpset, "", "com.microsoft"},
    {"FastGelu", readFastGelu, 1, maxOpset, "", "com.microsoft"},
    {"QuickGelu", readQuickGelu, 1, maxOpset, "", "com.microsoft"},
};

} // namespace

OpFamily getActivationFamily() { return {"Activations", rows}; }

} // namespace dsc::onnx_import
