// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Propagation of the contents of small integer tensors through arithmetic: the sizes that exporters compute.

#include "dialects/dsc/Dsc.h"
#include "dialects/dsc/DscDetail.h"

using namespace mlir;
using namespace dsc::detail;

namespace dsc {
namespace {

/// The flat index in an operand of a row-major position in the result, by numpy broadcasting.
int64_t broadcastIndex(int64_t position, ArrayRef<int64_t> result, ArrayRef<int64_t> operand) {
  int64_t index = 0, stride = 1;
  for (size_t i = 1; i <= result.size(); ++i) {
    int64_t size = result[result.size() - i], coordinate = position % size;
    position /= size;
    if (i > operand.size())
      continue;
    int64_t own = operand[operand.size() - i];
    index += own == 1 ? 0 : coordinate * stride;
    stride *= own;
  }
  return index;
}

ArrayRef<int64_t> shapeOf(Value tensor) { return cast<RankedTensorType>(tensor.getType()).getShape(); }

/// Computes the result's elements from the operands' known ones; `element` gets null where one is unknown.
void propagate(Operation *op, ShapeContext &shapes, function_ref<AffineExpr(ArrayRef<AffineExpr>)> element) {
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  if (!type.hasStaticShape() || type.getNumElements() > ShapeContext::maxTrackedElements)
    return;
  SmallVector<std::optional<Dims>> operands;
  for (Value operand : op->getOperands())
    operands.push_back(shapes.getValues(operand));
  if (llvm::none_of(operands, [](auto &values) { return values.has_value(); }))
    return;
  Dims result;
  for (int64_t i = 0; i < type.getNumElements(); ++i) {
    Dims elements;
    for (auto [values, operand] : llvm::zip(operands, op->getOperands()))
      elements.push_back(values ? (*values)[broadcastIndex(i, type.getShape(), shapeOf(operand))] : AffineExpr());
    result.push_back(element(elements));
  }
  shapes.setValues(op->getResult(0), result);
}

/// Whether numbers of the op's result are integers that do not wrap in 64 bits.
bool isWide(Operation *op) {
  Type element = elementType(op->getResult(0));
  return element.isSignlessInteger(64) || element.isSignlessInteger(32);
}

/// A function of two elements.
void propagateBinary(Operation *op, ShapeContext &shapes, AffineExpr (*function)(AffineExpr, AffineExpr)) {
  if (isWide(op) || isa<FloatType>(elementType(op->getResult(0))))
    propagate(op, shapes, [&](ArrayRef<AffineExpr> values) { return function(values[0], values[1]); });
}

/// The order of two values where ranges decide it: -1, 0, 1.
std::optional<int> compareValues(const ShapeContext &shapes, AffineExpr lhs, AffineExpr rhs) {
  AffineExpr difference = subDims(lhs, rhs);
  if (!difference)
    return std::nullopt;
  auto [least, most] = shapes.getRange(difference);
  if (least > 0 || most < 0)
    return least > 0 ? 1 : -1;
  return least == 0 && most == 0 ? std::optional<int>(0) : std::nullopt;
}

/// A comparison: 0 or 1 where ranges decide it.
void propagateComparison(Operation *op, ShapeContext &shapes, function_ref<bool(int)> holds,
                         function_ref<std::optional<bool>(int64_t least, int64_t most)> byRange = nullptr) {
  propagate(op, shapes, [&](ArrayRef<AffineExpr> values) -> AffineExpr {
    AffineExpr difference = subDims(values[0], values[1]);
    if (byRange && difference) {
      auto [least, most] = shapes.getRange(difference);
      if (std::optional<bool> result = byRange(least, most))
        return constantDim(op, *result);
    }
    std::optional<int> order = compareValues(shapes, values[0], values[1]);
    return order ? constantDim(op, holds(*order)) : AffineExpr();
  });
}

/// The truncating quotient of integers, the exact one of floats; null where it is not an integer expression.
AffineExpr divideValues(Operation *op, const ShapeContext &shapes, AffineExpr lhs, AffineExpr rhs) {
  std::optional<int64_t> left = getConstantDim(lhs), right = getConstantDim(rhs);
  if (!lhs || !rhs || (right && *right == 0))
    return {};
  AffineExpr quotient = floorDivDims(lhs, rhs);
  bool isExact = mulDims(quotient, rhs) == simplifyDim(lhs);
  if (isExact)
    return quotient;
  if (isa<FloatType>(elementType(op->getResult(0))))
    return {};
  if (left && right)
    return *right == -1 ? subDims(constantDim(op, 0), lhs) : constantDim(op, *left / *right);
  // Sizes are not negative, so that truncation is the floor.
  return shapes.getRange(lhs).first >= 0 && shapes.getRange(rhs).first > 0 ? quotient : AffineExpr();
}

} // namespace

/// A function of one element.
static void propagateUnary(Operation *op, ShapeContext &shapes, function_ref<AffineExpr(AffineExpr)> function) {
  propagate(op, shapes, [&](ArrayRef<AffineExpr> values) { return values[0] ? function(values[0]) : AffineExpr(); });
}

void NegOp::inferValues(ShapeContext &shapes) {
  if (isWide(*this) || isa<FloatType>(elementType(getOutput())))
    propagateUnary(*this, shapes, [&](AffineExpr value) { return subDims(constantDim(*this, 0), value); });
}

void AbsOp::inferValues(ShapeContext &shapes) {
  propagateUnary(*this, shapes, [&](AffineExpr value) -> AffineExpr {
    auto [least, most] = shapes.getRange(value);
    if (least >= 0)
      return value;
    return most <= 0 ? subDims(constantDim(*this, 0), value) : AffineExpr();
  });
}

void ReluOp::inferValues(ShapeContext &shapes) {
  propagateUnary(*this, shapes, [&](AffineExpr value) {
    return shapes.getLarger(value, constantDim(*this, 0));
  });
}

// What is known of a float is an integer.
static AffineExpr keepInteger(AffineExpr value) { return value; }
void FloorOp::inferValues(ShapeContext &shapes) { propagateUnary(*this, shapes, keepInteger); }
void CeilOp::inferValues(ShapeContext &shapes) { propagateUnary(*this, shapes, keepInteger); }
void RoundOp::inferValues(ShapeContext &shapes) { propagateUnary(*this, shapes, keepInteger); }

void NotOp::inferValues(ShapeContext &shapes) {
  propagateUnary(*this, shapes, [&](AffineExpr value) -> AffineExpr {
    std::optional<int64_t> known = getConstantDim(value);
    return known ? constantDim(*this, *known == 0) : AffineExpr();
  });
}

void AddOp::inferValues(ShapeContext &shapes) { propagateBinary(*this, shapes, addDims); }
void SubOp::inferValues(ShapeContext &shapes) { propagateBinary(*this, shapes, subDims); }
void MulOp::inferValues(ShapeContext &shapes) { propagateBinary(*this, shapes, mulDims); }

void DivOp::inferValues(ShapeContext &shapes) {
  if (isWide(*this) || isa<FloatType>(elementType(getOutput())))
    propagate(*this, shapes,
              [&](ArrayRef<AffineExpr> values) { return divideValues(*this, shapes, values[0], values[1]); });
}

void ModOp::inferValues(ShapeContext &shapes) {
  if (!isWide(*this))
    return;
  propagate(*this, shapes, [&](ArrayRef<AffineExpr> values) -> AffineExpr {
    std::optional<int64_t> divisor = getConstantDim(values[1]);
    bool isFloor = !getFmod() || shapes.getRange(values[0]).first >= 0;
    return divisor && *divisor > 0 && isFloor ? modDims(values[0], values[1]) : AffineExpr();
  });
}

void MinOp::inferValues(ShapeContext &shapes) {
  propagate(*this, shapes, [&](ArrayRef<AffineExpr> values) { return shapes.getSmaller(values[0], values[1]); });
}

void MaxOp::inferValues(ShapeContext &shapes) {
  propagate(*this, shapes, [&](ArrayRef<AffineExpr> values) { return shapes.getLarger(values[0], values[1]); });
}

void EqualOp::inferValues(ShapeContext &shapes) {
  propagateComparison(*this, shapes, [](int order) { return order == 0; });
}

void LessOp::inferValues(ShapeContext &shapes) {
  propagateComparison(
      *this, shapes, [](int order) { return order < 0; },
      [](int64_t least, int64_t most) {
        return most < 0 ? std::optional<bool>(true) : least >= 0 ? std::optional<bool>(false) : std::nullopt;
      });
}

void LessEqualOp::inferValues(ShapeContext &shapes) {
  propagateComparison(
      *this, shapes, [](int order) { return order <= 0; },
      [](int64_t least, int64_t most) {
        return most <= 0 ? std::optional<bool>(true) : least > 0 ? std::optional<bool>(false) : std::nullopt;
      });
}

void GreaterOp::inferValues(ShapeContext &shapes) {
  propagateComparison(
      *this, shapes, [](int order) { return order > 0; },
      [](int64_t least, int64_t most) {
        return least > 0 ? std::optional<bool>(true) : most <= 0 ? std::optional<bool>(false) : std::nullopt;
      });
}

void GreaterEqualOp::inferValues(ShapeContext &shapes) {
  propagateComparison(
      *this, shapes, [](int order) { return order >= 0; },
      [](int64_t least, int64_t most) {
        return least >= 0 ? std::optional<bool>(true) : most < 0 ? std::optional<bool>(false) : std::nullopt;
      });
}

void WhereOp::inferValues(ShapeContext &shapes) {
  propagate(*this, shapes, [&](ArrayRef<AffineExpr> values) -> AffineExpr {
    if (std::optional<int64_t> condition = getConstantDim(values[0]))
      return *condition ? values[1] : values[2];
    return values[1] && values[1] == values[2] ? values[1] : AffineExpr();
  });
}

void CastOp::inferValues(ShapeContext &shapes) {
  Type to = getTo();
  bool isLossless = to.isF32() || to.isF64() || isWide(*this);
  propagate(*this, shapes, [&](ArrayRef<AffineExpr> values) -> AffineExpr {
    std::optional<int64_t> known = getConstantDim(values[0]);
    if (to.isInteger(1) && known)
      return constantDim(*this, *known != 0);
    bool fits = !known || (to.isF32() ? *known >= -(1 << 24) && *known <= (1 << 24) : !to.isInteger(32) || *known == int32_t(*known));
    return isLossless && fits ? values[0] : AffineExpr();
  });
}

void ExpandOp::inferValues(ShapeContext &shapes) {
  auto type = cast<RankedTensorType>(getOutput().getType());
  std::optional<Dims> values = shapes.getValues(getInput());
  if (!values || !type.hasStaticShape() || type.getNumElements() > ShapeContext::maxTrackedElements)
    return;
  Dims result;
  for (int64_t i = 0; i < type.getNumElements(); ++i)
    result.push_back((*values)[broadcastIndex(i, type.getShape(), shapeOf(getInput()))]);
  shapes.setValues(getOutput(), result);
}

} // namespace dsc
