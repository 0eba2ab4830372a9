// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Folders and canonicalisation of the dsc dialect: local rewrites that change no bit of any result.

#include "dialects/dsc/Dsc.h"
#include "dialects/dsc/DscDetail.h"
#include "dialects/dsc/HostTensor.h"

#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace dsc::detail;

namespace dsc {

/// Whether the type says every size, so that equal types are equal shapes.
static bool saysEverySize(Type type) {
  return llvm::all_of(getDims(cast<RankedTensorType>(type)), [](AffineExpr dim) { return bool(dim); });
}

/// The input where the op changes neither sizes nor element type.
static OpFoldResult foldSameType(Value input, Value output) {
  if (input.getType() == output.getType() && saysEverySize(input.getType()))
    return input;
  return {};
}

std::optional<SmallVector<int64_t>> getConstantInts(Value value) {
  auto constant = value ? value.getDefiningOp<ConstantOp>() : ConstantOp();
  std::optional<HostTensor> tensor;
  if (constant)
    tensor = HostTensor::read(constant.getValue());
  if (!tensor || tensor->isFloat() || tensor->getCount() > 1024)
    return std::nullopt;
  SmallVector<int64_t> values;
  for (int64_t i = 0; i < tensor->getCount(); ++i)
    values.push_back(tensor->getInt(i));
  return values;
}

//===- constants ------------------------------------------------------------------------------------------------===//

OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValue(); }

OpFoldResult DimValuesOp::fold(FoldAdaptor) {
  auto type = cast<RankedTensorType>(getOutput().getType());
  if (!type.hasStaticShape())
    return {};
  SmallVector<APInt> values;
  for (AffineExpr size : getValues().getSizes()) {
    std::optional<int64_t> value = getConstantDim(simplifyDim(size));
    if (!value)
      return {};
    values.push_back(APInt(type.getElementTypeBitWidth(), *value, /*isSigned=*/true, /*implicitTrunc=*/true));
  }
  return DenseElementsAttr::get(type, values);
}

//===- arithmetic -----------------------------------------------------------------------------------------------===//

/// Whether all elements of a constant are this number.
static bool isAll(Attribute constant, double number) {
  auto elements = dyn_cast_or_null<DenseElementsAttr>(constant);
  std::optional<HostTensor> tensor;
  if (elements && elements.isSplat())
    tensor = HostTensor::read(elements);
  return tensor && tensor->getCount() > 0 && tensor->getNumber(0) == number;
}

static bool isInteger(Value tensor) { return isa<IntegerType>(elementType(tensor)); }

OpFoldResult AddOp::fold(FoldAdaptor adaptor) { // -0.0 + 0.0 is 0.0, so floats stay.
  if (isInteger(getOutput()) && isAll(adaptor.getRhs(), 0))
    return foldSameType(getLhs(), getOutput());
  if (isInteger(getOutput()) && isAll(adaptor.getLhs(), 0))
    return foldSameType(getRhs(), getOutput());
  return {};
}

OpFoldResult SubOp::fold(FoldAdaptor adaptor) {
  if (isInteger(getOutput()) && isAll(adaptor.getRhs(), 0))
    return foldSameType(getLhs(), getOutput());
  return {};
}

OpFoldResult MulOp::fold(FoldAdaptor adaptor) {
  if (isAll(adaptor.getRhs(), 1))
    return foldSameType(getLhs(), getOutput());
  if (isAll(adaptor.getLhs(), 1))
    return foldSameType(getRhs(), getOutput());
  return {};
}

OpFoldResult DivOp::fold(FoldAdaptor adaptor) {
  return isAll(adaptor.getRhs(), 1) ? foldSameType(getLhs(), getOutput()) : OpFoldResult();
}

OpFoldResult WhereOp::fold(FoldAdaptor) {
  return getOnTrue() == getOnFalse() ? foldSameType(getOnTrue(), getOutput()) : OpFoldResult();
}

OpFoldResult CastOp::fold(FoldAdaptor) { return foldSameType(getInput(), getOutput()); }

OpFoldResult ReduceOp::fold(FoldAdaptor) {
  return getAxes().empty() ? foldSameType(getInput(), getOutput()) : OpFoldResult();
}

//===- movement -------------------------------------------------------------------------------------------------===//

OpFoldResult ReshapeOp::fold(FoldAdaptor) { return foldSameType(getInput(), getOutput()); }
OpFoldResult ExpandOp::fold(FoldAdaptor) { return foldSameType(getInput(), getOutput()); }

OpFoldResult SqueezeOp::fold(FoldAdaptor) { return getAxes().empty() ? OpFoldResult(getInput()) : OpFoldResult(); }
OpFoldResult UnsqueezeOp::fold(FoldAdaptor) { return getAxes().empty() ? OpFoldResult(getInput()) : OpFoldResult(); }

OpFoldResult TransposeOp::fold(FoldAdaptor) {
  for (auto [i, axis] : llvm::enumerate(getPermutation()))
    if (static_cast<int64_t>(i) != axis)
      return {};
  return foldSameType(getInput(), getOutput());
}

OpFoldResult ConcatOp::fold(FoldAdaptor) {
  return getInputs().size() == 1 ? foldSameType(getInputs().front(), getOutput()) : OpFoldResult();
}

/// The result's type says the shape, so the operand is not needed.
template <class Op> static LogicalResult dropShape(Op op, PatternRewriter &rewriter) {
  if (!op.getShape() || !saysEverySize(op.getOutput().getType()))
    return rewriter.notifyMatchFailure(op, "the shape operand is needed");
  rewriter.modifyOpInPlace(op, [&] { op.getShapeMutable().clear(); });
  return success();
}

LogicalResult ReshapeOp::canonicalize(ReshapeOp op, PatternRewriter &rewriter) {
  if (succeeded(dropShape(op, rewriter)))
    return success();
  Operation *producer = op.getInput().getDefiningOp();
  if (op.getShape() || !isa_and_nonnull<ReshapeOp, SqueezeOp, UnsqueezeOp>(producer))
    return rewriter.notifyMatchFailure(op, "the input is not a view");
  rewriter.modifyOpInPlace(op, [&] { op.getInputMutable().assign(producer->getOperand(0)); });
  return success();
}

LogicalResult ExpandOp::canonicalize(ExpandOp op, PatternRewriter &rewriter) { return dropShape(op, rewriter); }

LogicalResult TransposeOp::canonicalize(TransposeOp op, PatternRewriter &rewriter) {
  auto inner = op.getInput().getDefiningOp<TransposeOp>();
  if (!inner)
    return rewriter.notifyMatchFailure(op, "the input is not a transpose");
  SmallVector<int64_t> permutation;
  for (int64_t axis : op.getPermutation())
    permutation.push_back(inner.getPermutation()[axis]);
  rewriter.replaceOpWithNewOp<TransposeOp>(op, op.getOutput().getType(), inner.getInput(), permutation);
  return success();
}

} // namespace dsc
