// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Makes constants and params from tensors, with their data inline or in files beside the model.

#include "compiler/import/WeightStore.h"
#include "compiler/import/TensorBytes.h"

#include "dialects/dsc/Dsc.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/DialectResourceBlobManager.h"

#include <cstring>

using namespace mlir;

namespace dsc::onnx_import {

Type getElementType(DataType type, MLIRContext *context) {
  Builder builder(context);
  switch (type) {
  case DataType::Float: return builder.getF32Type();
  case DataType::Float16: return builder.getF16Type();
  case DataType::Bfloat16: return builder.getBF16Type();
  case DataType::Double: return builder.getF64Type();
  case DataType::Int8: return builder.getI8Type();
  case DataType::Int16: return builder.getIntegerType(16);
  case DataType::Int32: return builder.getI32Type();
  case DataType::Int64: return builder.getI64Type();
  case DataType::Uint8: return builder.getIntegerType(8, false);
  case DataType::Uint16: return builder.getIntegerType(16, false);
  case DataType::Uint32: return builder.getIntegerType(32, false);
  case DataType::Uint64: return builder.getIntegerType(64, false);
  case DataType::Bool: return builder.getI1Type();
  case DataType::Float8E4M3FN: return Float8E4M3FNType::get(context);
  case DataType::Float8E5M2: return Float8E5M2Type::get(context);
  default: return nullptr;
  }
}

DataType getDataType(Type type) {
  for (int number = int(DataType::Float); number <= int(DataType::Float8E5M2); ++number)
    if (getElementType(DataType(number), type.getContext()) == type)
      return DataType(number);
  return DataType::Undefined;
}

/// Dense elements of raw bytes; one repeated element becomes a splat, so that equal constants are one attribute.
static ElementsAttr makeDense(RankedTensorType type, ArrayRef<char> bytes) {
  size_t elementBytes = type.getNumElements() == 0 ? 0 : bytes.size() / size_t(type.getNumElements());
  if (type.getElementType().isInteger(1)) {
    SmallVector<bool> bools(llvm::map_range(bytes, [](char byte) { return byte != 0; }));
    return DenseElementsAttr::get(type, bools);
  }
  bool isSplat = elementBytes != 0;
  for (size_t i = elementBytes; i < bytes.size() && isSplat; i += elementBytes)
    isSplat = memcmp(bytes.data(), bytes.data() + i, elementBytes) == 0;
  if (elementBytes == 0)
    return DenseElementsAttr::get(type, ArrayRef<Attribute>());
  return DenseElementsAttr::getFromRawBuffer(type, isSplat ? bytes.take_front(elementBytes) : bytes);
}

std::shared_ptr<InputFile> WeightStore::openExternal(const std::string &location, std::string &error) {
  std::shared_ptr<InputFile> &file = files[location];
  if (!file)
    file = InputFile::openBeneath(folder, location, error);
  if (!file && !extraFolder.empty())
    file = InputFile::openBeneath(extraFolder, location, error);
  return file;
}

std::optional<WeightStore::Bytes> WeightStore::getBytes(const TensorView &tensor, int64_t expected, Location loc) {
  if (!tensor.external) {
    if (!tensor.bytes)
      return Bytes{};
    return Bytes{ArrayRef<char>(tensor.bytes->data(), tensor.bytes->size()), tensor.bytes};
  }
  const ExternalView &external = *tensor.external;
  std::string name = escapeText(tensor.name), file = escapeText(external.location), error;
  if (external.length >= 0 && external.length != expected) {
    emitError(loc) << "external data of tensor '" << name << "': expected a length of " << expected
                   << " bytes, but got " << external.length;
    return std::nullopt;
  }
  std::shared_ptr<InputFile> mapped = openExternal(external.location, error);
  if (!mapped) {
    emitError(loc) << "external data of tensor '" << name << "' in '" << file << "': " << error;
    return std::nullopt;
  }
  int64_t end = 0;
  if (__builtin_add_overflow(external.offset, expected, &end) || end > int64_t(mapped->size())) {
    emitError(loc) << "external data of tensor '" << name << "' in '" << file << "': expected " << expected
                   << " bytes at offset " << external.offset << ", but the file has " << mapped->size();
    return std::nullopt;
  }
  return Bytes{ArrayRef<char>(mapped->data() + external.offset, size_t(expected)), mapped};
}

/// Whether the bytes may be used where they lie: aligned, and a boolean is 0 or 1.
static bool isUsableInPlace(ArrayRef<char> bytes, Type elementType, int64_t elementBytes) {
  if (uintptr_t(bytes.data()) % uintptr_t(elementBytes) != 0)
    return false;
  return !elementType.isInteger(1) || llvm::all_of(bytes, [](char byte) { return byte == 0 || byte == 1; });
}

/// Symbols and the function are the other names of the module; they come first, so this does not walk the params.
static bool isSymbol(ModuleOp module, StringRef name) {
  for (Operation &op : *module.getBody()) {
    auto symbol = dyn_cast<SymbolOp>(op);
    if (!symbol)
      break;
    if (symbol.getSymName() == name)
      return true;
  }
  return name == "main";
}

std::string WeightStore::makeSymbolName(StringRef name) {
  std::string base = name.empty() ? "weight" : escapeText(name);
  std::string unique = base;
  for (int suffix = 1; !symbolNames.insert(unique).second || isSymbol(module, unique); ++suffix)
    unique = base + "_" + std::to_string(suffix);
  return unique;
}

/// The type and the size in bytes of the tensor; null after a diagnostic.
static RankedTensorType getType(const TensorView &tensor, Location loc) {
  if (!tensor.problem.empty()) {
    emitError(loc) << "tensor '" << escapeText(tensor.name) << "' is malformed: " << tensor.problem;
    return nullptr;
  }
  Type elementType = getElementType(tensor.type, loc.getContext());
  if (!elementType) {
    emitError(loc) << "tensor '" << escapeText(tensor.name) << "' has the unsupported element type "
                   << getTypeName(tensor.type);
    return nullptr;
  }
  return RankedTensorType::get(tensor.dims, elementType);
}

static std::optional<int64_t> getByteCount(const TensorView &tensor, Location loc) {
  int64_t bytes = 0;
  std::optional<int64_t> count = getElementCount(tensor.dims);
  if (count && !__builtin_mul_overflow(*count, getElementBytes(tensor.type), &bytes))
    return bytes;
  emitError(loc) << "tensor '" << escapeText(tensor.name) << "' is larger than memory can be";
  return std::nullopt;
}

ElementsAttr WeightStore::getElements(const TensorView &tensor, Location loc) {
  RankedTensorType type = getType(tensor, loc);
  std::optional<int64_t> expected = type ? getByteCount(tensor, loc) : std::nullopt;
  std::optional<Bytes> bytes = expected ? getBytes(tensor, *expected, loc) : std::nullopt;
  return bytes ? makeDense(type, bytes->data) : nullptr;
}

Value WeightStore::materialize(const TensorView &tensor, OpBuilder &builder, Location loc) {
  RankedTensorType type = getType(tensor, loc);
  std::optional<int64_t> expected = type ? getByteCount(tensor, loc) : std::nullopt;
  std::optional<Bytes> bytes = expected ? getBytes(tensor, *expected, loc) : std::nullopt;
  if (!bytes)
    return nullptr;
  if (*expected <= maxConstantBytes)
    return ConstantOp::create(builder, loc, makeDense(type, bytes->data));
  int64_t elementBytes = getElementBytes(tensor.type);
  if (!isUsableInPlace(bytes->data, type.getElementType(), elementBytes)) {
    auto copy = std::make_shared<std::string>(bytes->data.begin(), bytes->data.end());
    if (type.getElementType().isInteger(1))
      for (char &byte : *copy)
        byte = byte != 0;
    *bytes = {ArrayRef<char>(copy->data(), copy->size()), copy};
  }
  std::string name = makeSymbolName(tensor.name);
  // The deleter holds the owner: it lives as long as the resource.
  AsmResourceBlob blob(bytes->data, size_t(elementBytes), [owner = bytes->owner](void *, size_t, size_t) {}, false);
  auto value = DenseResourceElementsAttr::get(type, name, std::move(blob));
  // Params stay before the function, in the order of their first use.
  OpBuilder atModule(function);
  ParamOp::create(atModule, loc, atModule.getStringAttr(name), TypeAttr::get(type), value, nullptr);
  return WeightOp::create(builder, loc, type, FlatSymbolRefAttr::get(builder.getContext(), name));
}

} // namespace dsc::onnx_import
