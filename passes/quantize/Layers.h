// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The layers of a model as the quantize phase sees them: which op reads which weight, and the marks that passes leave.

#ifndef DSC_PASSES_QUANTIZE_LAYERS_H
#define DSC_PASSES_QUANTIZE_LAYERS_H

#include "passes/ConstantPool.h"

namespace dsc {

/// What a layer is for: decides its precision by default.
enum class LayerKind { Attention, FeedForward, Embedding, Conv, Norm, Head, Other };

/// "attention", "feed_forward", ...
llvm::StringRef stringifyLayerKind(LayerKind kind);
std::optional<LayerKind> parseLayerKind(llvm::StringRef text);
/// All kinds for a message: "attention, feed_forward, ...".
std::string listLayerKinds();

/// How the activations that a layer multiplies are quantized.
enum class Activation { None, Static, DynamicToken };
/// "none", "static", "dynamic_token".
llvm::StringRef stringifyActivation(Activation activation);
std::optional<Activation> parseActivation(llvm::StringRef text);

/// What a layer stores and computes in.
struct LayerFormat {
  /// Weights in int8 with a scale per channel; else as the model has them.
  bool isInt8 = false;
  Activation activation = Activation::None;
};

// Marks: discardable attributes that live from dsc-annotate-layer-kind to dsc-erase-layer-marks.
/// {kind, reason}
inline constexpr llvm::StringLiteral layerMark = "dsc.layer";
/// {storage, activation}
inline constexpr llvm::StringLiteral formatMark = "dsc.format";
/// [smallest, largest, part of the values outside] of the activation, from calibration.
inline constexpr llvm::StringLiteral rangeMark = "dsc.range";
/// Signal over noise of the layer's result when it alone is quantized, in decibels, from calibration.
inline constexpr llvm::StringLiteral noiseMark = "dsc.noise";
/// {weight, shape, before, after, sqnr}: bytes, and decibels.
inline constexpr llvm::StringLiteral storedMark = "dsc.stored";

void setLayerMark(mlir::Operation *op, LayerKind kind, llvm::StringRef reason);
/// Nothing where the op is no layer.
std::optional<LayerKind> getLayerKind(mlir::Operation *op);
llvm::StringRef getLayerReason(mlir::Operation *op);

void setLayerFormat(mlir::Operation *op, LayerFormat format);
LayerFormat getLayerFormat(mlir::Operation *op);

/// The operand of a product, convolution or gather of rows that is a large float weight, of a form that contractions can
/// read as integers; null if there is none. A weight of a product is its right operand.
mlir::OpOperand *getWeightOperand(mlir::Operation *op, const ConstantPool &pool);

/// The dimensions of a weight that share a scale, as [first, last): what is summed over, or a row of a table.
std::pair<int64_t, int64_t> getScaledDims(mlir::OpOperand &weight);

/// The operand that a layer with this weight multiplies; null for a gather.
mlir::OpOperand *getActivationOperand(mlir::OpOperand &weight);

} // namespace dsc

#endif // DSC_PASSES_QUANTIZE_LAYERS_H
