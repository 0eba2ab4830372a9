// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Reading, making and erasing the constants of a module.

#include "passes/ConstantPool.h"

#include "mlir/IR/BuiltinDialect.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;

namespace dsc {

int64_t getByteSize(ElementsAttr value) { return value.getNumElements() * getElementBytes(value.getElementType()); }

ParamOp ConstantPool::getParam(Value value) const {
  auto weight = value ? value.getDefiningOp<WeightOp>() : WeightOp();
  return weight ? symbols.lookup<ParamOp>(weight.getParam()) : ParamOp();
}

ElementsAttr ConstantPool::getValue(Value value) const {
  if (!value)
    return {};
  if (auto constant = value.getDefiningOp<ConstantOp>())
    return constant.getValue();
  ParamOp param = getParam(value);
  return param && !param.getPacking() ? param.getValue() : ElementsAttr();
}

std::optional<HostTensor> ConstantPool::read(Value value) const {
  ElementsAttr elements = getValue(value);
  return elements ? HostTensor::read(elements) : std::nullopt;
}

std::optional<double> ConstantPool::getNumber(Value value) const {
  ElementsAttr elements = getValue(value);
  if (!elements || elements.getNumElements() == 0 || elements.getNumElements() > 4096)
    return std::nullopt;
  const std::optional<HostTensor> tensor = HostTensor::read(elements);
  if (!tensor)
    return std::nullopt;
  for (int64_t i = 1; i < tensor->getCount(); ++i)
    if (std::memcmp(tensor->at(i), tensor->at(0), tensor->getBytesPerElement()) != 0)
      return std::nullopt;
  return tensor->getNumber(0);
}

Value ConstantPool::create(OpBuilder &builder, Location loc, ElementsAttr value, StringRef nameHint) {
  if (getByteSize(value) <= maxInlineBytes && isa<DenseElementsAttr>(value))
    return ConstantOp::create(builder, loc, value).getOutput();
  return createWeight(builder, loc, value, nameHint);
}

Value ConstantPool::createWeight(OpBuilder &builder, Location loc, ElementsAttr value, StringRef nameHint) {
  Block *body = module.getBody();
  auto place = llvm::find_if(*body, [](Operation &op) { return !isa<SymbolOp, ParamOp>(op); });
  OpBuilder moduleBuilder(body, place);
  auto param = ParamOp::create(moduleBuilder, loc, moduleBuilder.getStringAttr(nameHint),
                               TypeAttr::get(value.getType()), value, PanelsAttr());
  StringAttr name = symbols.insert(param, place);
  return WeightOp::create(builder, loc, value.getType(), name.getValue()).getOutput();
}

Value ConstantPool::create(OpBuilder &builder, Location loc, HostTensor tensor, StringRef nameHint) {
  return create(builder, loc, std::move(tensor).toAttribute(nameHint), nameHint);
}

StringRef ConstantPool::getNameHint(Value value) const {
  ParamOp param = getParam(value);
  return param ? param.getSymName() : "constant";
}

/// Frees the bytes of a resource.
static void freeBlob(DenseResourceElementsAttr value) {
  auto handle = value.getRawHandle();
  if (handle.getBlob())
    DenseResourceElementsHandle::getManagerInterface(value.getContext())
        .getBlobManager()
        .update(handle.getKey(), AsmResourceBlob());
}

void ConstantPool::eraseUnused() {
  DenseSet<StringRef> used;
  module.walk([&](WeightOp weight) {
    if (weight->use_empty())
      weight.erase();
    else
      used.insert(weight.getParam());
  });
  llvm::StringSet<> liveBlobs;
  SmallVector<ParamOp> unused;
  for (ParamOp param : module.getOps<ParamOp>()) {
    if (!used.contains(param.getSymName()))
      unused.push_back(param);
    else if (auto resource = dyn_cast<DenseResourceElementsAttr>(param.getValue()))
      liveBlobs.insert(resource.getRawHandle().getKey());
  }
  for (ParamOp param : unused) {
    auto resource = dyn_cast<DenseResourceElementsAttr>(param.getValue());
    symbols.erase(param);
    if (resource && !module->hasAttr(borrowedMark) && !liveBlobs.contains(resource.getRawHandle().getKey()))
      freeBlob(resource);
  }
}

ElementsAttr withShape(ElementsAttr value, RankedTensorType type) {
  if (!type.hasStaticShape() || type.getNumElements() != value.getNumElements())
    return {};
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(value))
    return DenseResourceElementsAttr::get(type, resource.getRawHandle());
  if (auto dense = dyn_cast<DenseElementsAttr>(value))
    return dense.reshape(type);
  return {};
}

} // namespace dsc
