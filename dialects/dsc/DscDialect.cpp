// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Registers the ops and attributes of the dsc dialect and makes constants for folders.

#include "dialects/dsc/Dsc.h"

#include "dialects/dsc/DscDetail.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

#include "dialects/dsc/DscDialect.cpp.inc"
#include "dialects/dsc/DscEnums.cpp.inc"
#include "dialects/dsc/DscInterfaces.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/dsc/DscAttrs.cpp.inc"

#define GET_OP_CLASSES
#include "dialects/dsc/DscOps.cpp.inc"

using namespace mlir;

namespace dsc {

void DscDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/dsc/DscAttrs.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/dsc/DscOps.cpp.inc"
      >();
}

Operation *DscDialect::materializeConstant(OpBuilder &builder, Attribute value, Type type, Location loc) {
  auto elements = dyn_cast<ElementsAttr>(value);
  if (elements && elements.getType() == type)
    return ConstantOp::create(builder, loc, elements);
  auto dims = dyn_cast<DimsAttr>(value);
  if (dims && isa<RankedTensorType>(type))
    return DimValuesOp::create(builder, loc, type, dims);
  return nullptr;
}

StringRef stringifyFusionRole(FusionRole role) {
  switch (role) {
  case FusionRole::Contraction:
    return "contraction";
  case FusionRole::Convolution:
    return "convolution";
  case FusionRole::Attention:
    return "attention";
  case FusionRole::RowReduction:
    return "row reduction";
  case FusionRole::Pointwise:
    return "pointwise";
  case FusionRole::Channelwise:
    return "channelwise";
  case FusionRole::Movement:
    return "movement";
  case FusionRole::View:
    return "view";
  case FusionRole::Opaque:
    break;
  }
  return "opaque";
}

} // namespace dsc
