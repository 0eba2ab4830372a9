// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// dsc-insert-noise-observers: puts every int8 layer beside its unquantized self and shows how far they are apart.

#include "passes/Passes.h"
#include "passes/quantize/Observers.h"

using namespace mlir;

namespace dsc {
#define GEN_PASS_DEF_INSERTNOISEOBSERVERSPASS
#include "passes/Passes.h.inc"

SmallVector<Operation *> findInt8Layers(func::FuncOp function, const ConstantPool &pool) {
  SmallVector<Operation *> layers;
  for (Operation &op : function.getBody().front())
    if (getLayerFormat(&op).isInt8 && getWeightOperand(&op, pool))
      layers.push_back(&op);
  return layers;
}

namespace {

struct InsertNoiseObserversPass : impl::InsertNoiseObserversPassBase<InsertNoiseObserversPass> {
  using InsertNoiseObserversPassBase::InsertNoiseObserversPassBase;

  void runOnOperation() override {
    ConstantPool pool(getOperation());
    ShapeContext shapes(getOperation());
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      if (function.isExternal())
        continue;
      SmallVector<Value> sums;
      for (Operation *layer : findInt8Layers(function, pool))
        addSums(layer, shapes, sums);
      showValues(function, sums, /*keepsResults=*/false);
      numLayers += sums.size() / 2;
    }
  }

  /// The layer stays as it is for the rest of the model; a copy of it keeps the marks, and nothing reads its result.
  void addSums(Operation *layer, ShapeContext &shapes, SmallVectorImpl<Value> &sums) {
    OpBuilder builder(layer->getContext());
    builder.setInsertionPointAfter(layer);
    Operation *copy = builder.clone(*layer);
    for (StringRef mark : {formatMark, rangeMark})
      layer->removeAttr(mark);
    Value real = layer->getResult(0);
    auto difference = createInferred<SubOp>(builder, layer->getLoc(), shapes, {copy->getResult(0), real});
    for (Value value : {real, Value(difference.getOutput())}) {
      auto square = createInferred<MulOp>(builder, layer->getLoc(), shapes, {value, value});
      int64_t rank = cast<RankedTensorType>(value.getType()).getRank();
      auto axes = llvm::to_vector(llvm::seq<int64_t>(0, rank));
      auto sum = createInferred<ReduceOp>(
          builder, layer->getLoc(), shapes, {square.getOutput()},
          {builder.getNamedAttr("kind", ReduceKindAttr::get(builder.getContext(), ReduceKind::Sum)),
           builder.getNamedAttr("axes", builder.getDenseI64ArrayAttr(axes)),
           builder.getNamedAttr("keepdims", builder.getBoolAttr(false))});
      sums.push_back(sum.getOutput());
    }
  }
};

} // namespace
} // namespace dsc
