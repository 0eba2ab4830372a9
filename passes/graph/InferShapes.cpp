// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// dsc-infer-shapes: refines all types, and replaces small integer tensors whose contents follow from sizes.

#include "passes/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;

namespace dsc {
#define GEN_PASS_DEF_INFERSHAPESPASS
#include "passes/Passes.h.inc"

namespace {

/// The integer as an element of the type, which holds integers, booleans or floats.
Attribute getElement(Type type, int64_t value) {
  if (auto floatType = dyn_cast<FloatType>(type))
    return FloatAttr::get(floatType, static_cast<double>(value));
  return IntegerAttr::get(type, APInt(64, value, /*isSigned=*/true).sextOrTrunc(type.getIntOrFloatBitWidth()));
}

/// A constant or a `dsc.dim_values` with these contents; null if neither can hold them.
Value materialize(OpBuilder &builder, Value value, const Dims &contents) {
  auto type = cast<RankedTensorType>(value.getType());
  if (!type.getElementType().isIntOrFloat())
    return {};
  SmallVector<Attribute> elements;
  for (AffineExpr content : contents) {
    if (!content)
      return {};
    if (std::optional<int64_t> number = getConstantDim(content))
      elements.push_back(getElement(type.getElementType(), *number));
  }
  Location loc = value.getLoc();
  if (elements.size() == contents.size())
    return ConstantOp::create(builder, loc, DenseElementsAttr::get(type, elements)).getOutput();
  bool holdsSizes = type.getElementType().isSignlessInteger(32) || type.getElementType().isSignlessInteger(64);
  if (type.getRank() > 1 || !holdsSizes)
    return {};
  auto dims = DimsAttr::get(builder.getContext(), contents);
  return DimValuesOp::create(builder, loc, type, dims).getOutput();
}

/// Whether a float result may be replaced: its contents are tracked as integers, so the sign of zero is lost.
bool isExact(const Dims &contents, Type elementType) {
  return !isa<FloatType>(elementType) ||
         llvm::none_of(contents, [](AffineExpr value) { return value && getConstantDim(value) == 0; });
}

struct InferShapesPass : impl::InferShapesPassBase<InferShapesPass> {
  using InferShapesPassBase::InferShapesPassBase;

  void runOnOperation() override {
    ShapeContext shapes(getOperation());
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (!function.isExternal() && failed(runOnFunction(function, shapes)))
        return signalPassFailure();
  }

  LogicalResult runOnFunction(func::FuncOp function, ShapeContext &shapes) {
    SmallVector<Operation *> ops;
    for (Operation &op : function.getBody().front())
      ops.push_back(&op);
    for (Operation *op : ops)
      if (isa<ShapeInferenceOpInterface>(op) && !isa<WeightOp>(op)) {
        if (failed(inferAndSetTypes(op, shapes)))
          return failure();
        replaceKnownResults(op, shapes);
      }
    dropShapeOperands(ops);
    for (Operation &op : llvm::make_early_inc_range(llvm::reverse(function.getBody().front())))
      if (isOpTriviallyDead(&op)) {
        for (Value result : op.getResults())
          shapes.forget(result);
        op.erase();
      }
    updateResultTypes(function);
    return success();
  }

  void replaceKnownResults(Operation *op, ShapeContext &shapes) {
    if (isa<ConstantOp, DimValuesOp>(op))
      return;
    for (Value result : op->getResults()) {
      std::optional<Dims> contents = shapes.getValues(result);
      Type elementType = cast<RankedTensorType>(result.getType()).getElementType();
      if (!contents || result.use_empty() || !isExact(*contents, elementType))
        continue;
      OpBuilder builder(op->getContext());
      builder.setInsertionPointAfter(op);
      if (Value known = materialize(builder, result, *contents)) {
        result.replaceAllUsesWith(known);
        shapes.setValues(known, *contents);
        ++numValues;
      }
    }
  }

  /// The result types tell every size.
  void dropShapeOperands(ArrayRef<Operation *> ops) {
    for (Operation *op : ops) {
      if (auto reshape = dyn_cast<ReshapeOp>(op); reshape && reshape.getShape())
        reshape.getShapeMutable().clear();
      else if (auto expand = dyn_cast<ExpandOp>(op); expand && expand.getShape())
        expand.getShapeMutable().clear();
    }
  }

  void updateResultTypes(func::FuncOp function) {
    auto types = function.getBody().front().getTerminator()->getOperandTypes();
    function.setType(FunctionType::get(&getContext(), function.getArgumentTypes(), types));
  }
};

} // namespace
} // namespace dsc
