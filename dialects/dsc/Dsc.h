// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The dsc dialect: the one header that its clients include.

#ifndef DSC_DIALECTS_DSC_DSC_H
#define DSC_DIALECTS_DSC_DSC_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/AffineMap.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/RegionKindInterface.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/IR/TensorEncoding.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "dialects/dsc/DscDialect.h.inc"
#include "dialects/dsc/DscEnums.h.inc"

namespace dsc::detail {
/// The taps of `#dsc.panels` in text: `[3, 3]`.
mlir::FailureOr<llvm::SmallVector<int64_t>> parseTaps(mlir::AsmParser &parser);
void printTaps(mlir::AsmPrinter &printer, llvm::ArrayRef<int64_t> taps);
} // namespace dsc::detail

#define GET_ATTRDEF_CLASSES
#include "dialects/dsc/DscAttrs.h.inc"

#include "dialects/dsc/DscShape.h"

namespace dsc {

/// What an op may be in a group.
enum class FusionRole {
  Contraction,  ///< anchor: a matrix product
  Convolution,  ///< anchor: a convolution
  Attention,    ///< anchor: fused attention
  RowReduction, ///< anchor: every output row depends on one input row
  Pointwise,    ///< every output element depends on the same element of each operand
  Channelwise,  ///< like pointwise, with parameters of one value per channel, which do not broadcast like numpy
  Movement,     ///< elements change place only
  View,         ///< the same bytes in another shape
  Opaque,       ///< alone in its group
};

/// "contraction", "convolution", ...: the word for people.
llvm::StringRef stringifyFusionRole(FusionRole role);

} // namespace dsc

#include "dialects/dsc/DscInterfaces.h.inc"

#define GET_OP_CLASSES
#include "dialects/dsc/DscOps.h.inc"

#include "dialects/dsc/DscCreate.h"

namespace dsc {

/// The sizes that a group's kernel takes: the distinct symbolic dimensions of its operand types, then of its result
/// types, in order of first appearance. Every kernel family uses this order.
llvm::SmallVector<mlir::AffineExpr> groupDims(GroupOp group);

/// The contents of a constant integer tensor (`dsc.constant`) of at most 1024 elements in row-major order, or nothing.
/// What depends on symbols is not looked through: ask a ShapeContext.
std::optional<llvm::SmallVector<int64_t>> getConstantInts(mlir::Value value);

} // namespace dsc

#endif // DSC_DIALECTS_DSC_DSC_H
