// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Names, marks and operands of layers.

#include "passes/quantize/Layers.h"

#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace dsc {

static constexpr StringLiteral kindNames[] = {"attention", "feed_forward", "embedding", "conv",
                                              "norm",      "head",         "other"};
static constexpr StringLiteral activationNames[] = {"none", "static", "dynamic_token"};

/// The enumerator whose name is the text.
template <class Enum> static std::optional<Enum> parseName(ArrayRef<StringLiteral> names, StringRef text) {
  const StringLiteral *name = llvm::find(names, text);
  return name == names.end() ? std::nullopt : std::optional<Enum>(static_cast<Enum>(name - names.begin()));
}

StringRef stringifyLayerKind(LayerKind kind) { return kindNames[static_cast<size_t>(kind)]; }
std::optional<LayerKind> parseLayerKind(StringRef text) { return parseName<LayerKind>(kindNames, text); }
std::string listLayerKinds() { return llvm::join(ArrayRef(kindNames), ", "); }

StringRef stringifyActivation(Activation activation) { return activationNames[static_cast<size_t>(activation)]; }
std::optional<Activation> parseActivation(StringRef text) { return parseName<Activation>(activationNames, text); }

/// A text of a mark that is a dictionary; empty if there is none.
static StringRef getText(Operation *op, StringRef mark, StringRef key) {
  auto fields = op->getAttrOfType<DictionaryAttr>(mark);
  auto text = fields ? fields.getAs<StringAttr>(key) : StringAttr();
  return text ? text.getValue() : StringRef();
}

void setLayerMark(Operation *op, LayerKind kind, StringRef reason) {
  Builder b(op->getContext());
  op->setAttr(layerMark, b.getDictionaryAttr({b.getNamedAttr("kind", b.getStringAttr(stringifyLayerKind(kind))),
                                              b.getNamedAttr("reason", b.getStringAttr(reason))}));
}

std::optional<LayerKind> getLayerKind(Operation *op) { return parseLayerKind(getText(op, layerMark, "kind")); }
StringRef getLayerReason(Operation *op) { return getText(op, layerMark, "reason"); }

void setLayerFormat(Operation *op, LayerFormat format) {
  Builder b(op->getContext());
  StringRef storage = format.isInt8 ? "i8" : "f32", activation = stringifyActivation(format.activation);
  op->setAttr(formatMark, b.getDictionaryAttr({b.getNamedAttr("storage", b.getStringAttr(storage)),
                                               b.getNamedAttr("activation", b.getStringAttr(activation))}));
}

LayerFormat getLayerFormat(Operation *op) {
  LayerFormat format;
  format.isInt8 = getText(op, formatMark, "storage") == "i8";
  format.activation = parseActivation(getText(op, formatMark, "activation")).value_or(Activation::None);
  return format;
}

static int64_t rankOf(Value tensor) { return cast<RankedTensorType>(tensor.getType()).getRank(); }

/// Small weights stay: their bytes do not count.
static bool isLargeWeight(Value value, const ConstantPool &pool) {
  auto type = cast<RankedTensorType>(value.getType());
  return value.getDefiningOp<WeightOp>() && type.getRank() >= 2 && isa<FloatType>(type.getElementType()) &&
         pool.getValue(value);
}

OpOperand *getWeightOperand(Operation *op, const ConstantPool &pool) {
  OpOperand *weight = llvm::TypeSwitch<Operation *, OpOperand *>(op)
                          .Case([](MatmulOp matmul) {
                            bool isLinear = !matmul.getTransposeLhs() && rankOf(matmul.getLhs()) >= 2 &&
                                            rankOf(matmul.getRhs()) == 2 && !matmul.getRhsPacking();
                            return isLinear ? &matmul.getRhsMutable() : nullptr;
                          })
                          .Case([](ConvOp conv) { return &conv.getWeightMutable(); })
                          .Case([](GatherOp gather) { return gather.getAxis() == 0 ? &gather.getInputMutable() : nullptr; })
                          .Default([](Operation *) { return nullptr; });
  return weight && isLargeWeight(weight->get(), pool) ? weight : nullptr;
}

std::pair<int64_t, int64_t> getScaledDims(OpOperand &weight) {
  int64_t rank = cast<RankedTensorType>(weight.get().getType()).getRank();
  auto matmul = dyn_cast<MatmulOp>(weight.getOwner());
  if (!matmul)
    return {1, rank};
  int64_t contracted = matmul.getTransposeRhs() ? rank - 1 : rank - 2;
  return {contracted, contracted + 1};
}

OpOperand *getActivationOperand(OpOperand &weight) {
  return isa<GatherOp>(weight.getOwner()) ? nullptr : &weight.getOwner()->getOpOperand(0);
}

} // namespace dsc
