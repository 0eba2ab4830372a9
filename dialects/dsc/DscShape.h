// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Symbolic shapes: arithmetic on dimensions, tensor types that carry them, and what inference knows of a module.

#ifndef DSC_DIALECTS_DSC_DSCSHAPE_H
#define DSC_DIALECTS_DSC_DSCSHAPE_H

#include "mlir/IR/AffineExpr.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/DenseMap.h"
#include <optional>

namespace dsc {

enum class SymbolKind : uint32_t;
class SymbolOp;

/// Sizes in order. A null expression is an unknown size.
using Dims = llvm::SmallVector<mlir::AffineExpr>;

// Arithmetic on sizes. Results are in a normal form: equal polynomials of symbols and floor divisions are the same
// expression. A null operand, a division by zero and an overflow of a coefficient give null.
mlir::AffineExpr addDims(mlir::AffineExpr lhs, mlir::AffineExpr rhs);
mlir::AffineExpr subDims(mlir::AffineExpr lhs, mlir::AffineExpr rhs);
mlir::AffineExpr mulDims(mlir::AffineExpr lhs, mlir::AffineExpr rhs);
mlir::AffineExpr floorDivDims(mlir::AffineExpr lhs, mlir::AffineExpr rhs);
mlir::AffineExpr ceilDivDims(mlir::AffineExpr lhs, mlir::AffineExpr rhs);
mlir::AffineExpr modDims(mlir::AffineExpr lhs, mlir::AffineExpr rhs);

/// The normal form of an expression; null if it overflows or divides by zero.
mlir::AffineExpr simplifyDim(mlir::AffineExpr dim);

/// The product of all sizes; 1 of none.
mlir::AffineExpr productOfDims(llvm::ArrayRef<mlir::AffineExpr> dims, mlir::MLIRContext *context);

/// The value of a constant expression.
std::optional<int64_t> getConstantDim(mlir::AffineExpr dim);

/// The positions of the symbols in an expression, each once; none of null.
llvm::SmallVector<unsigned> getSymbolsIn(mlir::AffineExpr dim);

/// Whether no values of the symbols make both equal: the difference is a constant other than zero. False for null.
bool areProvablyDifferent(mlir::AffineExpr lhs, mlir::AffineExpr rhs);

/// "4", "s0 * 2", "?": for diagnostics.
std::string printDim(mlir::AffineExpr dim);
/// "[4, s0, ?]".
std::string printDims(llvm::ArrayRef<mlir::AffineExpr> dims);

/// The sizes of a tensor: constants and the expressions of its `#dsc.dims`; null where a `?` has none.
Dims getDims(mlir::RankedTensorType type);
Dims getDims(mlir::Value tensor);

/// A tensor type of these sizes; simplifies them; a static one has no encoding. No size may be null.
mlir::RankedTensorType makeType(llvm::ArrayRef<mlir::AffineExpr> dims, mlir::Type elementType);

/// The tensor type with another element type and the same shape and encoding.
mlir::RankedTensorType withElementType(mlir::Type tensor, mlir::Type elementType);

/// What is known of a module while shapes are inferred: its symbols and the contents of small integer tensors. Lives
/// through one import or one pass. Values must not be erased while it knows their contents, unless they are forgotten.
class ShapeContext {
public:
  /// Most elements of a tensor whose contents are tracked.
  static constexpr int64_t maxTrackedElements = 64;

  explicit ShapeContext(mlir::ModuleOp module);

  mlir::ModuleOp getModule() const { return module; }
  mlir::MLIRContext *getContext() const { return mlir::ModuleOp(module).getContext(); }

  /// Appends a `dsc.symbol` (its name made unique from the hint) and gives its expression.
  mlir::AffineExpr addSymbol(llvm::StringRef nameHint, SymbolKind kind, int64_t min, int64_t max);
  /// The expression of the symbol of that name; null if there is none.
  mlir::AffineExpr getSymbol(llvm::StringRef name) const;
  /// The op of s<position>; null if there is none.
  SymbolOp getSymbolOp(unsigned position) const;
  /// The number of symbols.
  unsigned getNumSymbols() const { return symbols.size(); }

  /// Smallest and largest value of an expression over the symbols' ranges, saturated; a null one can be anything.
  std::pair<int64_t, int64_t> getRange(mlir::AffineExpr dim) const;

  /// The smaller or larger of two sizes: one of them where ranges decide it, else a `min` or `max` symbol, the same one
  /// for the same two. Null for null.
  mlir::AffineExpr getSmaller(mlir::AffineExpr lhs, mlir::AffineExpr rhs);
  mlir::AffineExpr getLarger(mlir::AffineExpr lhs, mlir::AffineExpr rhs);

  /// The contents in row-major order of a static tensor of at most `maxTrackedElements` elements, where something is
  /// known of them: constants, `dsc.dim_values` and what was propagated. A null element is unknown. Float tensors are
  /// tracked where they hold integers; booleans are 0 and 1.
  std::optional<Dims> getValues(mlir::Value tensor) const;
  /// Records contents. Ignored where all are unknown or the tensor is not a small static one.
  void setValues(mlir::Value tensor, llvm::ArrayRef<mlir::AffineExpr> values);
  /// Removes what is known of the contents.
  void forget(mlir::Value tensor) { values.erase(tensor); }

  /// The size that the tensor's element at the flat index has at run time: its known value, or else a data symbol in
  /// [min, max] bound by a `dsc.read_dim` that is made at the builder. Reading the same element again gives the same
  /// symbol. If min is max the result is this constant, and a check of the element is made.
  mlir::AffineExpr readDim(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value tensor, int64_t index,
                           llvm::StringRef nameHint, int64_t min, int64_t max);

  /// Has the run check that two sizes are equal, unless that is certain: a data symbol of one value reads their
  /// difference.
  void checkEqual(mlir::OpBuilder &builder, mlir::Location loc, mlir::AffineExpr x, mlir::AffineExpr y);

  /// Narrows the range of a size that is a caller's symbol plus a constant to [min, max], so that a run with another one
  /// is refused. False, and nothing is done, for any other size and where no value would be left.
  bool boundSymbol(mlir::AffineExpr size, int64_t min, int64_t max);

  /// The sizes which the model declares for the results of the op that is inferred next (null: unknown). They bound
  /// sizes that depend on data: a static one is taken as it is.
  void declareResults(llvm::ArrayRef<Dims> dims) { declared.assign(dims.begin(), dims.end()); }
  void clearDeclaredResults() { declared.clear(); }
  /// The declared size; null if there is none.
  mlir::AffineExpr getDeclared(unsigned result, unsigned dim) const;
  /// The number of declared dimensions of a result, if any were declared.
  std::optional<unsigned> getDeclaredRank(unsigned result) const;

private:
  mlir::AffineExpr getDerived(SymbolKind kind, mlir::AffineExpr lhs, mlir::AffineExpr rhs);

  mlir::ModuleOp module;
  llvm::SmallVector<mlir::Operation *> symbols;
  llvm::DenseMap<mlir::Value, Dims> values;
  llvm::SmallVector<Dims> declared;
};

/// Infers the result types of the op (which implements ShapeInferenceOpInterface), sets them and propagates values. A
/// `dsc.read_dim` that it needs is made before the op. On failure a diagnostic was emitted at the op.
llvm::LogicalResult inferAndSetTypes(mlir::Operation *op, ShapeContext &shapes);

} // namespace dsc

#endif // DSC_DIALECTS_DSC_DSCSHAPE_H
