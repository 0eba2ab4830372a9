// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Runs the passes of quantization, calibrates between them, collects the report from their marks and checks promises.

#include "compiler/quantize/QuantizeModel.h"

#include "compiler/Phases.h"
#include "compiler/quantize/Calibrate.h"
#include "passes/NodeName.h"
#include "passes/quantize/Layers.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Format.h"

using namespace mlir;

namespace dsc {
namespace {

/// Bytes of a param's value, in fp32 where it is a float.
int64_t getFp32Bytes(ElementsAttr value) {
  return isa<FloatType>(value.getElementType()) ? value.getNumElements() * 4 : getByteSize(value);
}

std::string toText(double number, const char *unit) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%.1f", number) << unit;
  return text;
}

class Quantizer {
public:
  Quantizer(ModuleOp module, const CompileOptions &options, const RunPlan &runPlan, QuantReport &report)
      : module(module), options(options), quantize(options.quantize), runPlan(runPlan), report(report) {}

  LogicalResult run() {
    bool hasBody = llvm::any_of(module.getOps<func::FuncOp>(), [](func::FuncOp f) { return !f.isExternal(); });
    if (!hasBody)
      return emitError(UnknownLoc::get(module.getContext())) << "expected a function to quantize, but got none";
    start();
    Reference reference;
    if (failed(apply(buildChosen)) || failed(prepare(reference)) || failed(apply(buildRewritten)))
      return failure();
    collect();
    if (!report.calibration.empty()) {
      FailureOr<OutputQuality> quality = measure(module, options, report.calibration, runPlan, reference);
      if (failed(quality))
        return failure();
      report.quality = *quality;
    }
    LogicalResult promises = checkPromises();
    std::string error;
    if (!quantize.reportPath.empty() && !writeQuantReport(report, quantize.reportPath, error))
      return emitError(UnknownLoc::get(module.getContext())) << error;
    return promises;
  }

private:
  using Build = void (*)(OpPassManager &, const CompileOptions &);
  static void buildChosen(OpPassManager &passes, const CompileOptions &options) { buildFormats(passes, options); }
  static void buildRewritten(OpPassManager &passes, const CompileOptions &) { buildRewrites(passes); }

  LogicalResult apply(Build build) {
    PassManager passes(module.getContext());
    build(passes, options);
    return passes.run(module);
  }

  void start() {
    report.mode = quantize.mode;
    report.maxSize = quantize.maxSize;
    report.minSqnr = quantize.minSqnr;
    report.method = quantize.method == CalibrationMethod::Mse ? "mse" : "minmax";
    for (ParamOp param : module.getOps<ParamOp>()) {
      report.fp32Bytes += getFp32Bytes(param.getValue());
      report.modelBytes += getByteSize(param.getValue());
    }
  }

  /// What needs the model to run before it is changed.
  LogicalResult prepare(Reference &reference) {
    if (quantize.calibration.empty())
      return checkNothingStatic();
    FailureOr<std::vector<std::string>> runs = findCalibrationRuns(*module.getContext(), quantize.calibration);
    if (failed(runs))
      return failure();
    report.calibration = *runs;
    report.calibrationHash = hashRuns(*runs);
    if (failed(calibrate(module, options, *runs, runPlan, reference)))
      return failure();
    return measureLayers(module, options, *runs, runPlan);
  }

  LogicalResult checkNothingStatic() {
    WalkResult result = module.walk([](Operation *op) {
      LayerFormat format = getLayerFormat(op);
      if (!format.isInt8 || format.activation != Activation::Static)
        return WalkResult::advance();
      op->emitOpError() << "expected --calibration=PATH for its static activation, but got none";
      return WalkResult::interrupt();
    });
    return failure(result.wasInterrupted());
  }

  void collect() {
    ConstantPool pool(module);
    llvm::StringSet<> scales;
    module.walk([&](Operation *op) {
      if (op->hasAttr(formatMark))
        report.layers.push_back(describe(op, pool));
      if (auto real = dyn_cast<DequantizeOp>(op))
        noteScale(real, scales);
    });
    for (ParamOp param : module.getOps<ParamOp>())
      (scales.contains(param.getSymName()) ? report.scaleBytes : report.weightBytes) += getByteSize(param.getValue());
  }

  /// The weight behind a scale, which a gather may have taken rows of.
  static void noteScale(DequantizeOp real, llvm::StringSet<> &scales) {
    Value scale = real.getScale();
    if (auto gather = scale.getDefiningOp<GatherOp>())
      scale = gather.getInput();
    if (auto weight = scale.getDefiningOp<WeightOp>())
      scales.insert(weight.getParam());
  }

  static QuantizedLayer describe(Operation *op, const ConstantPool &pool) {
    QuantizedLayer layer;
    layer.name = getFirstNodeName(op->getLoc()).str();
    layer.kind = stringifyLayerKind(getLayerKind(op).value_or(LayerKind::Other)).str();
    layer.reason = getLayerReason(op).str();
    layer.op = op->getName().stripDialect().str();
    layer.activation = stringifyActivation(getLayerFormat(op).activation).str();
    auto stored = op->getAttrOfType<DictionaryAttr>(storedMark);
    layer.storage = stored ? "i8" : "f32";
    if (stored)
      describeStored(stored, layer);
    else if (OpOperand *weight = getWeightOperand(op, pool))
      describeWeight(weight->get(), pool, layer);
    if (auto noise = op->getAttrOfType<FloatAttr>(noiseMark); noise && stored)
      layer.localSqnr = noise.getValueAsDouble();
    if (auto range = op->getAttrOfType<ArrayAttr>(rangeMark); range && stored) {
      auto at = [&](unsigned i) { return cast<FloatAttr>(range[i]).getValueAsDouble(); };
      layer.range = ActivationRange{at(0), at(1), at(2)};
    }
    return layer;
  }

  static void describeStored(DictionaryAttr stored, QuantizedLayer &layer) {
    layer.weight = stored.getAs<StringAttr>("weight").str();
    layer.shape = stored.getAs<DenseI64ArrayAttr>("shape").asArrayRef().vec();
    layer.before = stored.getAs<IntegerAttr>("before").getInt();
    layer.after = stored.getAs<IntegerAttr>("after").getInt();
    layer.weightSqnr = stored.getAs<FloatAttr>("sqnr").getValueAsDouble();
  }

  static void describeWeight(Value weight, const ConstantPool &pool, QuantizedLayer &layer) {
    layer.weight = pool.getNameHint(weight).str();
    layer.shape = cast<RankedTensorType>(weight.getType()).getShape().vec();
    layer.before = layer.after = getByteSize(pool.getValue(weight));
    layer.activation = stringifyActivation(Activation::None).str();
  }

  LogicalResult checkPromises() {
    double size = report.getSize();
    bool isSmall = !quantize.maxSize || size <= *quantize.maxSize;
    bool isClean = !quantize.minSqnr || report.quality->sqnr >= *quantize.minSqnr;
    report.isKept = isSmall && isClean;
    if (!isSmall)
      emitError(UnknownLoc::get(module.getContext()))
          << "expected weights of at most " << toText(100 * *quantize.maxSize, " %") << " of fp32 (--max-size), but got "
          << toText(100 * size, " %") << "; " << adviseSize();
    if (!isClean)
      emitError(UnknownLoc::get(module.getContext()))
          << "expected outputs of at least " << toText(*quantize.minSqnr, " dB") << " (--min-sqnr), but got "
          << toText(report.quality->sqnr, " dB") << "; " << adviseSqnr();
    return success(report.isKept);
  }

  /// What is left to make smaller.
  std::string adviseSize() {
    int64_t saved = 0;
    for (const QuantizedLayer &layer : report.layers)
      if (!layer.isInt8())
        saved += layer.before - layer.before / 4;
    if (!saved)
      return "all layers are in int8 already";
    double least = double(report.getResultBytes() - saved) / double(report.fp32Bytes);
    return "int8 weights in all layers would give " + toText(100 * least, " %");
  }

  std::string adviseSqnr() {
    std::string names;
    for (const QuantizedLayer *layer : report.findWorst(3))
      names += (names.empty() ? "" : ", ") + ("'" + layer->name + "'");
    return names.empty() ? "no layer is in int8" : "keep the worst layers in fp32 (--keep): " + names;
  }

  ModuleOp module;
  const CompileOptions &options;
  const QuantizeOptions &quantize;
  const RunPlan &runPlan;
  QuantReport &report;
};

} // namespace

LogicalResult quantizeModel(ModuleOp module, const CompileOptions &options, const RunPlan &runPlan,
                            QuantReport &report) {
  return Quantizer(module, options, runPlan, report).run();
}

} // namespace dsc
