// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Turns affine expressions of symbols into shape instructions, each value once.

#include "passes/plan/ShapeProgram.h"

using namespace mlir;

namespace dsc {

using Slot = ShapeProgram::Slot;

ShapeProgram::ShapeProgram(ArrayRef<SymbolOp> symbols) : symbols(symbols) {
  for (SymbolOp symbol : symbols)
    numbers.push_back(symbol.getOf() ? std::nullopt : std::optional<int64_t>(numSymbols++));
}

Slot ShapeProgram::addSymbol(unsigned position) {
  if (numbers[position])
    return {Slot::Symbol, *numbers[position]};
  SymbolOp symbol = symbols[position];
  auto kind = symbol.getKind() == SymbolKind::Min ? plan::ShapeOpKind::Min : plan::ShapeOpKind::Max;
  ArrayRef<AffineExpr> sizes = symbol.getOf()->getSizes();
  Slot extreme = add(sizes.front());
  for (AffineExpr size : sizes.drop_front())
    extreme = addInstruction(kind, extreme, add(size));
  return extreme;
}

Slot ShapeProgram::addConstant(int64_t value) {
  auto [it, isNew] = constantIndex.try_emplace(value, constants.size());
  if (isNew)
    constants.push_back(value);
  return {Slot::Constant, it->second};
}

Slot ShapeProgram::addInstruction(plan::ShapeOpKind op, Slot a, Slot b) {
  bool commutes = op != plan::ShapeOpKind::Sub && op != plan::ShapeOpKind::FloorDiv && op != plan::ShapeOpKind::CeilDiv;
  if (commutes && b < a)
    std::swap(a, b);
  auto [it, isNew] = instructionIndex.try_emplace({op, a, b}, instructions.size());
  if (isNew)
    instructions.push_back({op, a, b});
  return {Slot::Op, it->second};
}

/// If `expr` is a negative constant or a product with one, its positive counterpart.
static AffineExpr getNegated(AffineExpr expr) {
  if (auto constant = dyn_cast<AffineConstantExpr>(expr))
    return constant.getValue() < 0 && constant.getValue() != INT64_MIN ? -expr : AffineExpr();
  auto product = dyn_cast<AffineBinaryOpExpr>(expr);
  if (!product || product.getKind() != AffineExprKind::Mul)
    return {};
  auto factor = dyn_cast<AffineConstantExpr>(product.getRHS());
  return factor && factor.getValue() < 0 && factor.getValue() != INT64_MIN ? -expr : AffineExpr();
}

Slot ShapeProgram::addSum(AffineExpr lhs, AffineExpr rhs) {
  if (AffineExpr positive = getNegated(rhs)) {
    Slot a = add(lhs);
    return addInstruction(plan::ShapeOpKind::Sub, a, add(positive));
  }
  if (AffineExpr positive = getNegated(lhs)) {
    Slot a = add(rhs);
    return addInstruction(plan::ShapeOpKind::Sub, a, add(positive));
  }
  Slot a = add(lhs);
  return addInstruction(plan::ShapeOpKind::Add, a, add(rhs));
}

Slot ShapeProgram::add(AffineExpr expr) {
  if (auto symbol = dyn_cast<AffineSymbolExpr>(expr))
    return addSymbol(symbol.getPosition());
  if (auto constant = dyn_cast<AffineConstantExpr>(expr))
    return addConstant(constant.getValue());
  auto binary = cast<AffineBinaryOpExpr>(expr);
  if (binary.getKind() == AffineExprKind::Add)
    return addSum(binary.getLHS(), binary.getRHS());
  Slot a = add(binary.getLHS()), b = add(binary.getRHS());
  switch (binary.getKind()) {
  case AffineExprKind::Mul:
    return addInstruction(plan::ShapeOpKind::Mul, a, b);
  case AffineExprKind::FloorDiv:
    return addInstruction(plan::ShapeOpKind::FloorDiv, a, b);
  case AffineExprKind::CeilDiv:
    return addInstruction(plan::ShapeOpKind::CeilDiv, a, b);
  default: { // mod: a - floor(a / b) * b
    Slot quotient = addInstruction(plan::ShapeOpKind::FloorDiv, a, b);
    return addInstruction(plan::ShapeOpKind::Sub, a, addInstruction(plan::ShapeOpKind::Mul, quotient, b));
  }
  }
}

SmallVector<Slot> ShapeProgram::add(ArrayRef<AffineExpr> exprs) {
  return llvm::map_to_vector(exprs, [&](AffineExpr expr) { return add(expr); });
}

int64_t ShapeProgram::resolve(Slot slot) const {
  switch (slot.kind) {
  case Slot::None:
    return plan::none;
  case Slot::Symbol:
    return slot.index;
  case Slot::Constant:
    return numSymbols + slot.index;
  case Slot::Op:
    return numSymbols + int64_t(constants.size()) + slot.index;
  }
  return plan::none;
}

SmallVector<int64_t> ShapeProgram::resolve(ArrayRef<Slot> slots) const {
  return llvm::map_to_vector(slots, [&](Slot slot) { return resolve(slot); });
}

} // namespace dsc
