// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Readers of constants and of operators that ask for or make shapes.

#include "compiler/import/OpTable.h"
#include "compiler/import/RuntimeSizes.h"
#include "compiler/import/TensorBytes.h"
#include "compiler/import/WeightStore.h"

using namespace mlir;

namespace dsc::onnx_import {
namespace {

template <class T>
Value makeVector(NodeReader &n, ArrayRef<T> values, Type type) {
  auto vector = RankedTensorType::get({int64_t(values.size())}, type);
  return n.makeConstant(DenseElementsAttr::get(vector, values));
}

void readConstant(NodeReader &n) {
  Builder &b = n.builder;
  if (const AttributeView *value = n.view.findAttribute("value"); value && value->tensor) {
    TensorView tensor = *value->tensor;
    if (tensor.name.empty() && !n.view.outputs.empty())
      tensor.name = n.view.outputs.front();
    Value constant = n.weights.materialize(tensor, n.builder, n.loc);
    return constant ? n.set(0, constant) : n.failReported();
  }
  if (const AttributeView *value = n.view.findAttribute("value_int"))
    return n.set(0, n.makeConstant(DenseElementsAttr::get(RankedTensorType::get({}, b.getI64Type()), value->i)));
  if (n.hasAttribute("value_float"))
    return n.set(0, n.makeScalar(n.getFloat("value_float", 0), b.getF32Type()));
  if (std::optional<Ints> values = n.getInts("value_ints"))
    return n.set(0, makeVector<int64_t>(n, *values, b.getI64Type()));
  if (const AttributeView *value = n.view.findAttribute("value_floats"))
    return n.set(0, makeVector<float>(n, value->floats, b.getF32Type()));
  n.fail("expected a dense constant of numbers");
}

/// A bound of `Shape`, clamped to the rank.
int64_t clampBound(int64_t bound, int64_t rank) { return std::clamp<int64_t>(bound < 0 ? bound + rank : bound, 0, rank); }

void readShape(NodeReader &n) {
  Value x = n.require(0);
  int64_t rank = n.getRank(x);
  int64_t start = clampBound(n.getInt("start", 0), rank);
  int64_t end = std::max(start, clampBound(n.getInt("end", rank), rank));
  n.set(0, n.create<ShapeOp>({x}, {n.intAttr("start", start), n.intAttr("end", end)}));
}

void readSize(NodeReader &n) {
  Dims dims = getDims(n.require(0));
  Value count = n.makeDims({productOfDims(dims, n.builder.getContext())});
  n.set(0, n.squeeze(count, {0}));
}

void readConstantOfShape(NodeReader &n) {
  ElementsAttr value;
  if (const AttributeView *attribute = n.view.findAttribute("value"); attribute && attribute->tensor) {
    value = n.weights.getElements(*attribute->tensor, n.loc);
    if (!value || value.getNumElements() != 1)
      return n.fail("expected 'value' to be a tensor of one element");
  } else {
    value = DenseElementsAttr::get(RankedTensorType::get({1}, n.builder.getF32Type()), 0.0f);
  }
  n.declareResults({0});
  n.set(0, n.create<ConstantOfShapeOp>({n.require(0)}, {n.attr("value", value)}));
}

void readRange(NodeReader &n) {
  Value start = n.require(0), limit = n.require(1), delta = n.require(2);
  n.declareResults({0});
  Value result = n.create<RangeOp>({start, limit, delta});
  n.set(0, result);
  auto isKnown = [&](Value value) {
    return value.getDefiningOp<ConstantOp>() || n.shapes.getValues(value).value_or(Dims(1))[0];
  };
  if (n.hasFailed() || (isKnown(start) && isKnown(limit) && isKnown(delta)))
    return;
  // The size was declared. In f64 a delta of 0 and differences that overflow give no such size.
  Type f64 = n.builder.getF64Type();
  Value span = n.create<SubOp>({n.castTo(limit, f64), n.castTo(start, f64)});
  Value size = n.create<CeilOp>({n.create<DivOp>({span, n.castTo(delta, f64)})});
  size = n.create<MaxOp>({size, n.makeScalar(0, f64)});
  checkSizes(n, n.reshape(n.castTo(size, n.builder.getI64Type()), ArrayRef<int64_t>{1}), getDims(result));
}

void readEyeLike(NodeReader &n) {
  Value x = n.require(0);
  Type type = n.hasAttribute("dtype")
                  ? onnx_import::getElementType(DataType(n.getInt("dtype", 1)), n.builder.getContext())
                  : n.getElementType(x);
  if (!type || n.getRank(x) != 2)
    return n.fail("expected an operand of rank 2 and a supported element type");
  Type i64 = n.builder.getI64Type();
  auto iota = [&](int64_t dim) {
    Value limit = n.squeeze(n.makeDims({n.getDim(x, dim)}), {0});
    return n.create<RangeOp>({n.makeScalar(0, i64), limit, n.makeScalar(1, i64)});
  };
  Value row = n.create<AddOp>({n.unsqueeze(iota(0), {1}), n.makeScalar(double(n.getInt("k", 0)), i64)});
  n.set(0, n.castTo(n.create<EqualOp>({row, n.unsqueeze(iota(1), {0})}), type));
}

const OpRow rows[] = {
    {"Constant", readConstant, 1, maxOpset, "no strings, no sparse tensors"}, {"Shape", readShape},
    {"Size", readSize}, {"ConstantOfShape", readConstantOfShape, 9}, {"Range", readRange, 11},
    {"EyeLike", readEyeLike, 9},
};

} // namespace

OpFamily getShapeFamily() { return {"Constants and shapes", rows}; }

} // namespace dsc::onnx_import
