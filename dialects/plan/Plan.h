// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The plan dialect: a compiled model as operations that mirror runtime/schema/plan.fbs one to one.

#ifndef DSC_DIALECTS_PLAN_PLAN_H
#define DSC_DIALECTS_PLAN_PLAN_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributeInterfaces.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"

#include <memory>
#include <optional>
#include <vector>

#include "dialects/plan/PlanDialect.h.inc"
#include "dialects/plan/PlanEnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/plan/PlanAttrs.h.inc"

#define GET_OP_CLASSES
#include "dialects/plan/PlanOps.h.inc"

namespace dsc::plan {

/// "None" of a position: a step without kernel, a buffer without parent, a size without slot.
constexpr int64_t none = -1;

/// Bytes of one element of `type`; 0 for sub-byte types.
int64_t byteWidth(DType type);

/// The plan's name of an MLIR element type, or nothing if no tensor of it can be stored.
std::optional<DType> getDType(mlir::Type elementType);

/// The stored bytes of a constant: of all elements in row-major order, or of the one element that a splat repeats.
/// Booleans are bytes. Valid as long as the attribute, or `storage` if that was needed.
struct RawBytes {
  llvm::ArrayRef<char> data;
  bool isSplat = false;
  std::shared_ptr<std::vector<char>> storage;
};

/// Nothing if the constant has no bytes (an elided resource, a sparse or foreign attribute).
std::optional<RawBytes> getRawBytes(mlir::ElementsAttr value);

} // namespace dsc::plan

#endif // DSC_DIALECTS_PLAN_PLAN_H
