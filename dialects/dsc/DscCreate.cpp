// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Builds ops with inferred types; sets inferred types on existing ops.

#include "dialects/dsc/Dsc.h"

using namespace mlir;

namespace dsc {

LogicalResult inferAndSetTypes(Operation *op, ShapeContext &shapes) {
  auto interface = cast<ShapeInferenceOpInterface>(op);
  for (auto [i, operand] : llvm::enumerate(op->getOperands()))
    for (auto [dim, size] : llvm::enumerate(getDims(operand)))
      if (!size)
        return op->emitOpError("expected a known size of dimension ")
               << dim << " of operand #" << i << ", but got " << operand.getType();
  SmallVector<Type> types;
  if (failed(interface.inferResultTypes(shapes, types)))
    return failure();
  for (auto [result, type] : llvm::zip_equal(op->getResults(), types))
    result.setType(type);
  interface.inferValues(shapes);
  return success();
}

/// Records which operands are present, for ops with several optional ones.
static void addSegmentSizes(OpBuilder &builder, OperationState &state, ValueRange operands) {
  SmallVector<int32_t> sizes;
  for (Value operand : operands)
    sizes.push_back(operand ? 1 : 0);
  state.addAttribute("operandSegmentSizes", builder.getDenseI32ArrayAttr(sizes));
}

Operation *createInferredOp(OpBuilder &builder, Location loc, StringRef name, ShapeContext &shapes,
                            ValueRange operands, ArrayRef<NamedAttribute> attributes, unsigned numResults) {
  OperationState state(loc, name);
  for (Value operand : operands)
    if (operand)
      state.operands.push_back(operand);
  state.addAttributes(attributes);
  if (state.name.hasTrait<OpTrait::AttrSizedOperandSegments>())
    addSegmentSizes(builder, state, operands);
  state.types.assign(numResults, builder.getNoneType());
  Operation *op = builder.create(state);
  LogicalResult result = inferAndSetTypes(op, shapes);
  shapes.clearDeclaredResults();
  if (succeeded(result) && succeeded(op->getName().verifyInvariants(op)))
    return op;
  for (Value value : op->getResults())
    shapes.forget(value);
  op->erase();
  return nullptr;
}

} // namespace dsc
