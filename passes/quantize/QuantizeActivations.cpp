// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// dsc-quantize-activations: layers whose format says so read activations that went through 8 bits.

#include "passes/Passes.h"
#include "passes/quantize/Layers.h"

#include "mlir/IR/TypeUtilities.h"

#include <cmath>

using namespace mlir;

namespace dsc {
#define GEN_PASS_DEF_QUANTIZEACTIVATIONSPASS
#include "passes/Passes.h.inc"

namespace {

class Rewriter {
public:
  explicit Rewriter(ModuleOp module) : shapes(module) {}

  /// Whether the activation was changed; a failure if its range is missing.
  FailureOr<bool> rewrite(OpOperand &activation, Activation how, ArrayAttr range) {
    Value value = activation.get();
    if (how == Activation::Static && !range)
      return activation.getOwner()->emitOpError() << "expected a range from calibration, but got none";
    if (isa_and_nonnull<WeightOp, ConstantOp>(value.getDefiningOp()))
      return false;
    int64_t axis = getRowAxis(activation);
    auto [known, isNew] = rounded.try_emplace({value.getAsOpaquePointer(), how, range.getAsOpaquePointer()});
    if (isNew) {
      OpBuilder builder(value.getContext());
      builder.setInsertionPointAfterValue(value);
      known->second = how == Activation::Static ? makeStatic(builder, value, range) : makeDynamic(builder, value, axis);
    }
    activation.set(known->second);
    return true;
  }

private:
  /// The first dimension of what shares a scale: a token of a product, an image of a convolution.
  static int64_t getRowAxis(OpOperand &activation) {
    int64_t rank = cast<RankedTensorType>(activation.get().getType()).getRank();
    return isa<MatmulOp>(activation.getOwner()) ? rank - 1 : 1;
  }

  Value makeDynamic(OpBuilder &builder, Value value, int64_t axis) {
    auto quantize = createInferred<DynQuantizeOp>(
        builder, value.getLoc(), shapes, {value},
        {builder.getNamedAttr("axis", builder.getI64IntegerAttr(axis)),
         builder.getNamedAttr("storage", TypeAttr::get(builder.getIntegerType(8, /*isSigned=*/false)))},
        3);
    return DequantizeOp::create(builder, value.getLoc(), value.getType(), quantize.getOutput(), quantize.getScale(),
                                quantize.getZeroPoint());
  }

  /// 256 steps from the smallest to the largest value, one of which is 0.
  Value makeStatic(OpBuilder &builder, Value value, ArrayAttr range) {
    auto at = [&](unsigned i) { return cast<FloatAttr>(range[i]).getValueAsDouble(); };
    double low = std::min(at(0), 0.0), high = std::max(at(1), 0.0), step = high > low ? (high - low) / 255 : 1;
    Type element = getElementTypeOrSelf(value.getType()), stored = builder.getIntegerType(8, /*isSigned=*/false);
    auto scalar = [&](Type type, Attribute number) {
      auto elements = DenseElementsAttr::get(RankedTensorType::get({}, type), number);
      return ConstantOp::create(builder, value.getLoc(), elements).getOutput();
    };
    Value scale = scalar(element, builder.getFloatAttr(element, step));
    Value zeroPoint = scalar(stored, builder.getIntegerAttr(stored, int64_t(std::nearbyint(-low / step))));
    auto quantize = createInferred<QuantizeOp>(builder, value.getLoc(), shapes, {value, scale, zeroPoint});
    return DequantizeOp::create(builder, value.getLoc(), value.getType(), quantize.getOutput(), scale, zeroPoint);
  }

  ShapeContext shapes;
  /// Layers that read the same value the same way share its rounded form.
  std::map<std::tuple<const void *, Activation, const void *>, Value> rounded;
};

struct QuantizeActivationsPass : impl::QuantizeActivationsPassBase<QuantizeActivationsPass> {
  using QuantizeActivationsPassBase::QuantizeActivationsPassBase;

  void runOnOperation() override {
    Rewriter rewriter(getOperation());
    SmallVector<Operation *> layers;
    getOperation().walk([&](Operation *op) {
      if (op->hasAttr(storedMark) && getLayerFormat(op).activation != Activation::None)
        layers.push_back(op);
    });
    for (Operation *layer : layers) {
      FailureOr<bool> changed = rewriter.rewrite(layer->getOpOperand(0), getLayerFormat(layer).activation,
                                                 layer->getAttrOfType<ArrayAttr>(rangeMark));
      if (failed(changed))
        return signalPassFailure();
      numActivations += *changed;
    }
  }
};

} // namespace
} // namespace dsc
