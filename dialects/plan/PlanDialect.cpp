// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Registers the plan dialect's operations and attributes; maps element types to the plan's.

#include "dialects/plan/Plan.h"

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/TypeSwitch.h"

#include "dialects/plan/PlanDialect.cpp.inc"
#include "dialects/plan/PlanEnums.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/plan/PlanAttrs.cpp.inc"

using namespace mlir;

namespace dsc::plan {

void PlanDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/plan/PlanAttrs.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/plan/PlanOps.cpp.inc"
      >();
}

int64_t byteWidth(DType type) {
  switch (type) {
  case DType::I64:
  case DType::U64:
  case DType::F64:
    return 8;
  case DType::F32:
  case DType::I32:
  case DType::U32:
    return 4;
  case DType::F16:
  case DType::BF16:
  case DType::I16:
  case DType::U16:
    return 2;
  case DType::I4:
  case DType::U4:
    return 0;
  default:
    return 1;
  }
}

static std::optional<DType> getIntegerDType(IntegerType type) {
  bool isUnsigned = type.isUnsigned();
  switch (type.getWidth()) {
  case 1:
    return DType::Bool;
  case 4:
    return isUnsigned ? DType::U4 : DType::I4;
  case 8:
    return isUnsigned ? DType::U8 : DType::I8;
  case 16:
    return isUnsigned ? DType::U16 : DType::I16;
  case 32:
    return isUnsigned ? DType::U32 : DType::I32;
  case 64:
    return isUnsigned ? DType::U64 : DType::I64;
  default:
    return std::nullopt;
  }
}

std::optional<DType> getDType(Type type) {
  if (auto integer = dyn_cast<IntegerType>(type))
    return getIntegerDType(integer);
  if (type.isF32())
    return DType::F32;
  if (type.isF16())
    return DType::F16;
  if (type.isBF16())
    return DType::BF16;
  if (type.isF64())
    return DType::F64;
  if (isa<Float8E4M3FNType>(type))
    return DType::F8E4M3;
  if (isa<Float8E5M2Type>(type))
    return DType::F8E5M2;
  return std::nullopt;
}

/// Booleans as bytes, whatever MLIR's storage of them.
static RawBytes getBoolBytes(DenseElementsAttr value) {
  RawBytes raw;
  raw.isSplat = value.isSplat();
  raw.storage = std::make_shared<std::vector<char>>();
  for (bool element : value.getValues<bool>()) {
    raw.storage->push_back(element);
    if (raw.isSplat)
      break;
  }
  raw.data = *raw.storage;
  return raw;
}

std::optional<RawBytes> getRawBytes(ElementsAttr value) {
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(value)) {
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    if (!blob)
      return std::nullopt;
    return RawBytes{blob->getData(), false, nullptr};
  }
  auto dense = dyn_cast<DenseElementsAttr>(value);
  if (!dense || !dense.getElementType().isIntOrFloat())
    return std::nullopt;
  if (dense.getElementType().isInteger(1))
    return getBoolBytes(dense);
  return RawBytes{dense.getRawData(), dense.isSplat(), nullptr};
}

} // namespace dsc::plan
