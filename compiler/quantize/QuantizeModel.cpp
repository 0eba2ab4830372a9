// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Runs the passes of quantization and collects the report from the marks they leave.

#include "compiler/quantize/QuantizeModel.h"

#include "compiler/Phases.h"
#include "passes/NodeName.h"
#include "passes/quantize/Layers.h"

#include "mlir/IR/TypeUtilities.h"

using namespace mlir;

namespace dsc {
namespace {

/// Bytes of a param's value, in fp32 where it is a float.
int64_t getFp32Bytes(ElementsAttr value) {
  return isa<FloatType>(value.getElementType()) ? value.getNumElements() * 4 : getByteSize(value);
}

class Quantizer {
public:
  Quantizer(ModuleOp module, const CompileOptions &options, QuantReport &report)
      : module(module), options(options), report(report) {}

  LogicalResult run() {
    report.mode = options.quantize.mode;
    for (ParamOp param : module.getOps<ParamOp>()) {
      report.fp32Bytes += getFp32Bytes(param.getValue());
      report.modelBytes += getByteSize(param.getValue());
    }
    PassManager passes(module.getContext());
    buildFormats(passes, options);
    buildRewrites(passes);
    if (failed(passes.run(module)))
      return failure();
    collect();
    return success();
  }

private:
  void collect() {
    ConstantPool pool(module);
    module.walk([&](Operation *op) {
      if (op->hasAttr(formatMark))
        report.layers.push_back(describe(op, pool));
    });
    llvm::DenseSet<StringRef> scales;
    module.walk([&](DequantizeOp op) {
      if (auto scale = op.getScale().getDefiningOp<WeightOp>())
        scales.insert(scale.getParam());
    });
    for (ParamOp param : module.getOps<ParamOp>()) {
      bool isScale = param.getSymName().contains(".scale") && param.getValue().getElementType().isF32();
      (isScale ? report.scaleBytes : report.weightBytes) += getByteSize(param.getValue());
    }
  }

  QuantizedLayer describe(Operation *op, const ConstantPool &pool) {
    QuantizedLayer layer;
    layer.name = getFirstNodeName(op->getLoc()).str();
    layer.kind = stringifyLayerKind(getLayerKind(op).value_or(LayerKind::Other)).str();
    layer.reason = getLayerReason(op).str();
    layer.op = op->getName().stripDialect().str();
    LayerFormat format = getLayerFormat(op);
    layer.activation = stringifyActivation(format.activation).str();
    auto stored = op->getAttrOfType<DictionaryAttr>(storedMark);
    layer.storage = stored ? "i8" : "f32";
    if (stored) {
      layer.before = stored.getAs<IntegerAttr>("before").getInt();
      layer.after = stored.getAs<IntegerAttr>("after").getInt();
      layer.weightSqnr = stored.getAs<FloatAttr>("sqnr").getValueAsDouble();
    } else if (OpOperand *weight = getWeightOperand(op, pool)) {
      layer.before = layer.after = getByteSize(pool.getValue(weight->get()));
    }
    return layer;
  }

  ModuleOp module;
  const CompileOptions &options;
  QuantReport &report;
};

} // namespace

LogicalResult quantizeModel(ModuleOp module, const CompileOptions &options, QuantReport &report) {
  return Quantizer(module, options, report).run();
}

} // namespace dsc
