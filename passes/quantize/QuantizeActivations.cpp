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
    std::optional<int64_t> axis = getRowAxis(activation);
    if (isa_and_nonnull<WeightOp, ConstantOp>(value.getDefiningOp()) || (how == Activation::DynamicToken && !axis))
      return false;
    auto [known, isNew] = rounded.try_emplace({value.getAsOpaquePointer(), how, range.getAsOpaquePointer()});
    if (isNew) {
      OpBuilder builder(value.getContext());
      builder.setInsertionPointAfterValue(value);
      known->second = how == Activation::Static ? makeStatic(builder, value, range) : makeDynamic(builder, value, *axis);
    }
    activation.set(known->second);
    return true;
  }

private:
  /// The first dimension of what shares a scale: a token of a product, an image of a convolution. Nothing where the
  /// numbers of a token do not lie together.
  static std::optional<int64_t> getRowAxis(OpOperand &activation) {
    int64_t rank = cast<RankedTensorType>(activation.get().getType()).getRank();
    auto matmul = dyn_cast<MatmulOp>(activation.getOwner());
    if (!matmul)
      return 1;
    bool isTogether = activation.getOperandNumber() == 0 ? !matmul.getTransposeLhs() : matmul.getTransposeRhs();
    return isTogether ? std::optional<int64_t>(rank - 1) : std::nullopt;
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
      OpOperand *activation = findActivation(layer);
      if (!activation)
        continue;
      FailureOr<bool> changed =
          rewriter.rewrite(*activation, getLayerFormat(layer).activation, layer->getAttrOfType<ArrayAttr>(rangeMark));
      if (failed(changed))
        return signalPassFailure();
      numActivations += *changed;
    }
  }

  /// The operand beside the int8 weight; null for a gather.
  static OpOperand *findActivation(Operation *layer) {
    auto isStored = [](Value value) {
      auto real = value.getDefiningOp<DequantizeOp>();
      return real && real.getInput().getDefiningOp<WeightOp>();
    };
    for (unsigned i : {1u, 0u})
      if (i < layer->getNumOperands() && isStored(layer->getOperand(i)))
        return getActivationOperand(layer->getOpOperand(i));
    return nullptr;
  }
};

} // namespace
} // namespace dsc
