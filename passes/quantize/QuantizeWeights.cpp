// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// dsc-quantize-weights: layers whose format says so read int8 weights through a dsc.dequantize.

#include "passes/Passes.h"
#include "passes/quantize/Layers.h"
#include "passes/quantize/WeightQuantizer.h"

#include "mlir/IR/TypeUtilities.h"

using namespace mlir;

namespace dsc {
#define GEN_PASS_DEF_QUANTIZEWEIGHTSPASS
#include "passes/Passes.h.inc"

namespace {

/// A weight in int8 as values.
struct StoredWeight {
  Value steps, scale, zeroPoint;
  DictionaryAttr mark;
};

class Rewriter {
public:
  explicit Rewriter(ModuleOp module) : pool(module), shapes(module) {}

  /// Whether the layer was changed.
  bool rewrite(Operation *op) {
    OpOperand *weight = getLayerFormat(op).isInt8 ? getWeightOperand(op, pool) : nullptr;
    const StoredWeight *stored = weight ? quantize(*weight) : nullptr;
    if (!stored)
      return false;
    if (auto gather = dyn_cast<GatherOp>(op))
      return rewriteGather(gather, *stored);
    OpBuilder builder(op);
    auto real = DequantizeOp::create(builder, op->getLoc(), weight->get().getType(), stored->steps, stored->scale,
                                     stored->zeroPoint);
    weight->set(real.getOutput());
    op->setAttr(storedMark, stored->mark);
    return true;
  }

  void eraseUnused() { pool.eraseUnused(); }

private:
  /// The int8 form of a weight, made once for all layers that share its scales. Null if the weight has no such form.
  const StoredWeight *quantize(OpOperand &weight) {
    auto [first, last] = getScaledDims(weight);
    auto [known, isNew] = stored.try_emplace({weight.get().getAsOpaquePointer(), first, last});
    if (!isNew)
      return known->second ? &*known->second : nullptr;
    const HostTensor real = *pool.read(weight.get());
    std::optional<QuantizedWeight> quantized = quantizeWeight(real, first, last);
    if (!quantized)
      return nullptr;
    std::string name = pool.getNameHint(weight.get()).str();
    Operation *source = weight.get().getDefiningOp();
    OpBuilder builder(source->getContext());
    builder.setInsertionPointAfter(source);
    int64_t before = real.getCount() * real.getBytesPerElement();
    int64_t scales = quantized->scale.getCount() * real.getBytesPerElement();
    StoredWeight result;
    result.mark = makeMark(builder, name, real.getShape(), before, real.getCount() + scales, quantized->sqnr);
    result.steps = create(builder, source->getLoc(), std::move(quantized->steps), name + ".i8");
    result.scale = create(builder, source->getLoc(), std::move(quantized->scale), name + ".scale");
    auto zero = DenseElementsAttr::get(RankedTensorType::get({}, builder.getI8Type()), int8_t(0));
    result.zeroPoint = ConstantOp::create(builder, source->getLoc(), zero).getOutput();
    known->second = result;
    return &*known->second;
  }

  Value create(OpBuilder &builder, Location loc, HostTensor tensor, const std::string &name) {
    return pool.createWeight(builder, loc, std::move(tensor).toAttribute(name), name);
  }

  static DictionaryAttr makeMark(Builder b, StringRef weight, ArrayRef<int64_t> shape, int64_t before, int64_t after,
                                 double sqnr) {
    return b.getDictionaryAttr({b.getNamedAttr("weight", b.getStringAttr(weight)),
                                b.getNamedAttr("shape", b.getDenseI64ArrayAttr(shape)),
                                b.getNamedAttr("before", b.getI64IntegerAttr(before)),
                                b.getNamedAttr("after", b.getI64IntegerAttr(after)),
                                b.getNamedAttr("sqnr", b.getF64FloatAttr(sqnr))});
  }

  /// Only the rows that were chosen become real numbers: each index takes its row and the row's scale.
  bool rewriteGather(GatherOp gather, const StoredWeight &weight) {
    OpBuilder builder(gather);
    auto take = [&](Value table) {
      return createInferred<GatherOp>(builder, gather.getLoc(), shapes, {table, gather.getIndices()},
                                      {builder.getNamedAttr("axis", gather.getAxisAttr())});
    };
    GatherOp steps = take(weight.steps), scale = take(weight.scale);
    auto real = DequantizeOp::create(builder, gather.getLoc(), gather.getOutput().getType(), steps.getOutput(),
                                     scale.getOutput(), weight.zeroPoint);
    steps->setAttrs(gather->getAttrDictionary());
    steps->setAttr(storedMark, weight.mark);
    gather.getOutput().replaceAllUsesWith(real.getOutput());
    gather.erase();
    return true;
  }

  ConstantPool pool;
  ShapeContext shapes;
  std::map<std::tuple<void *, int64_t, int64_t>, std::optional<StoredWeight>> stored;
};

struct QuantizeWeightsPass : impl::QuantizeWeightsPassBase<QuantizeWeightsPass> {
  using QuantizeWeightsPassBase::QuantizeWeightsPassBase;

  void runOnOperation() override {
    Rewriter rewriter(getOperation());
    SmallVector<Operation *> layers;
    getOperation().walk([&](Operation *op) {
      if (op->hasAttr(formatMark))
        layers.push_back(op);
    });
    for (Operation *layer : layers)
      numWeights += rewriter.rewrite(layer);
    rewriter.eraseUnused();
  }
};

} // namespace
} // namespace dsc
