// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Collects the size expressions of a function as one shape program without duplicates.

#ifndef DSC_PASSES_PLAN_SHAPEPROGRAM_H
#define DSC_PASSES_PLAN_SHAPEPROGRAM_H

#include "dialects/dsc/Dsc.h"
#include "dialects/plan/Plan.h"
#include "mlir/IR/AffineExpr.h"
#include "llvm/ADT/DenseMap.h"

#include <map>
#include <tuple>

namespace dsc {

/// Slots are numbered symbols, constants, ops; so a number is final only when all expressions are known. Until then an
/// expression is a Slot, and `resolve` gives its number.
class ShapeProgram {
public:
  struct Slot {
    enum Kind : uint8_t { None, Symbol, Constant, Op } kind = None;
    int64_t index = 0;
    bool operator<(const Slot &other) const { return std::tie(kind, index) < std::tie(other.kind, other.index); }
  };
  struct Instruction {
    plan::ShapeOpKind op;
    Slot a, b;
  };

  /// All symbols of the module in order. Derived ones are computed where an expression needs them; the others are the
  /// program's symbols.
  explicit ShapeProgram(llvm::ArrayRef<SymbolOp> symbols);

  /// The slot that holds `expr` (an expression of symbols only).
  Slot add(mlir::AffineExpr expr);
  /// The slots of several expressions, in order.
  llvm::SmallVector<Slot> add(llvm::ArrayRef<mlir::AffineExpr> exprs);

  /// The final number; `plan::none` for no slot. Call it after the last `add`.
  int64_t resolve(Slot slot) const;
  llvm::SmallVector<int64_t> resolve(llvm::ArrayRef<Slot> slots) const;

  llvm::ArrayRef<int64_t> getConstants() const { return constants; }
  llvm::ArrayRef<Instruction> getInstructions() const { return instructions; }

private:
  Slot addSymbol(unsigned position);
  Slot addConstant(int64_t value);
  Slot addInstruction(plan::ShapeOpKind op, Slot a, Slot b);
  Slot addSum(mlir::AffineExpr lhs, mlir::AffineExpr rhs);

  llvm::SmallVector<SymbolOp> symbols;
  /// The program's symbol that each symbol of the module is; nothing for a derived one.
  llvm::SmallVector<std::optional<int64_t>> numbers;
  int64_t numSymbols = 0;
  llvm::SmallVector<int64_t> constants;
  llvm::SmallVector<Instruction> instructions;
  llvm::DenseMap<int64_t, int64_t> constantIndex;
  std::map<std::tuple<plan::ShapeOpKind, Slot, Slot>, int64_t> instructionIndex;
};

} // namespace dsc

#endif // DSC_PASSES_PLAN_SHAPEPROGRAM_H
