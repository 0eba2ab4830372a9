// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Reads and writes the contents of constant tensors.

#include "dialects/dsc/HostTensor.h"

#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/Support/MathExtras.h"
#include <cmath>
#include <cstring>

using namespace mlir;

namespace dsc {

/// Constants up to this size are printed in place.
static constexpr size_t inlineBytes = 1024;

int64_t getElementBytes(Type elementType) {
  if (!elementType.isIntOrFloat())
    return 0;
  unsigned bits = elementType.getIntOrFloatBitWidth();
  if (bits == 1)
    return 1;
  return bits % 8 == 0 ? bits / 8 : 0;
}

static std::optional<int64_t> countElements(ArrayRef<int64_t> shape) {
  int64_t count = 1;
  for (int64_t size : shape)
    if (size < 0 || llvm::MulOverflow(count, size, count))
      return std::nullopt;
  return count;
}

std::optional<HostTensor> HostTensor::read(ElementsAttr elements) {
  HostTensor tensor;
  ShapedType type = elements.getShapedType();
  tensor.elementType = type.getElementType();
  tensor.width = getElementBytes(tensor.elementType);
  std::optional<int64_t> count = countElements(type.getShape());
  if (!tensor.width || !count)
    return std::nullopt;
  tensor.shape.assign(type.getShape().begin(), type.getShape().end());
  tensor.count = *count;
  if (auto dense = dyn_cast<DenseElementsAttr>(elements)) {
    if (tensor.elementType.isInteger(1)) {
      for (bool value : dense.getValues<bool>())
        tensor.owned.push_back(value);
      return tensor;
    }
    tensor.splat = dense.isSplat();
    tensor.borrowed = dense.getRawData().data();
    return tensor;
  }
  auto resource = dyn_cast<DenseResourceElementsAttr>(elements);
  AsmResourceBlob *blob = resource ? resource.getRawHandle().getBlob() : nullptr;
  int64_t bytes;
  if (!blob || llvm::MulOverflow(tensor.count, tensor.width, bytes) ||
      static_cast<int64_t>(blob->getData().size()) != bytes)
    return std::nullopt;
  tensor.borrowed = blob->getData().data();
  return tensor;
}

HostTensor HostTensor::zeros(ArrayRef<int64_t> shape, Type elementType) {
  HostTensor tensor;
  tensor.shape.assign(shape.begin(), shape.end());
  tensor.elementType = elementType;
  tensor.width = getElementBytes(elementType);
  tensor.count = countElements(shape).value_or(0);
  tensor.owned.resize(tensor.count * tensor.width);
  return tensor;
}

int64_t HostTensor::getInt(int64_t i) const {
  uint64_t bits = 0;
  std::memcpy(&bits, at(i), width);
  if (elementType.isInteger(1))
    return bits != 0;
  return elementType.isUnsignedInteger() ? static_cast<int64_t>(bits) : llvm::SignExtend64(bits, width * 8);
}

double HostTensor::integerAsDouble(int64_t i) const {
  int64_t value = getInt(i);
  return elementType.isUnsignedInteger() ? static_cast<double>(static_cast<uint64_t>(value))
                                         : static_cast<double>(value);
}

double HostTensor::getDouble(int64_t i) const {
  if (elementType.isF32()) {
    float value;
    std::memcpy(&value, at(i), sizeof(value));
    return value;
  }
  double value;
  if (elementType.isF64()) {
    std::memcpy(&value, at(i), sizeof(value));
    return value;
  }
  uint64_t bits = 0;
  std::memcpy(&bits, at(i), width);
  APFloat number(cast<FloatType>(elementType).getFloatSemantics(), APInt(width * 8, bits));
  bool losesInfo;
  number.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven, &losesInfo);
  return number.convertToDouble();
}

void HostTensor::setInt(int64_t i, int64_t value) {
  if (elementType.isInteger(1))
    value = value != 0;
  std::memcpy(at(i), &value, width);
}

void HostTensor::setDouble(int64_t i, double value, bool saturate) {
  if (elementType.isF32()) {
    float rounded = static_cast<float>(value);
    std::memcpy(at(i), &rounded, sizeof(rounded));
    return;
  }
  if (elementType.isF64()) {
    std::memcpy(at(i), &value, sizeof(value));
    return;
  }
  const llvm::fltSemantics &semantics = cast<FloatType>(elementType).getFloatSemantics();
  APFloat number(value);
  bool losesInfo;
  APFloat::opStatus status = number.convert(semantics, APFloat::rmNearestTiesToEven, &losesInfo);
  if (saturate && ((status & APFloat::opOverflow) || std::isinf(value)))
    number = APFloat::getLargest(semantics, std::signbit(value));
  uint64_t bits = number.bitcastToAPInt().getZExtValue();
  std::memcpy(at(i), &bits, width);
}

ElementsAttr HostTensor::toAttribute(StringRef nameHint) && {
  auto type = RankedTensorType::get(shape, elementType);
  if (owned.size() <= inlineBytes) {
    if (!elementType.isInteger(1))
      return DenseElementsAttr::getFromRawBuffer(type, owned);
    SmallVector<bool> bits;
    for (char value : owned)
      bits.push_back(value);
    return DenseElementsAttr::get(type, bits);
  }
  auto blob = HeapAsmResourceBlob::allocateAndCopyWithAlign(owned, 64, /*dataIsMutable=*/false);
  return DenseResourceElementsAttr::get(type, nameHint.empty() ? "constant" : nameHint, std::move(blob));
}

} // namespace dsc
