// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// dsc-unify-sizes: solves the equalities that ops assume for caller symbols, and writes the solutions into the module.

#include "passes/Passes.h"

#include "dialects/dsc/AssumedSizes.h"

#include "mlir/IR/AttrTypeSubElements.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace dsc {
#define GEN_PASS_DEF_UNIFYSIZESPASS
#include "passes/Passes.h.inc"

namespace {

class SizeSolver {
public:
  explicit SizeSolver(ModuleOp module) : module(module), shapes(module) {
    for (unsigned i = 0; i < shapes.getNumSymbols(); ++i)
      values.push_back(getAffineSymbolExpr(i, module.getContext()));
  }

  /// The number of symbols that another size replaced.
  unsigned run() {
    llvm::MapVector<AssumedSize, Operation *> pairs;
    module.walk([&](Operation *op) {
      if (isa_and_nonnull<DscDialect>(op->getDialect()))
        for (AssumedSize pair : getAssumedSizes(op))
          pairs.try_emplace(pair, op);
      for (Type type : op->getResultTypes())
        types.insert(type);
      for (Region &region : op->getRegions())
        for (Block &block : region)
          types.insert_range(block.getArgumentTypes());
    });
    unsigned solved = 0;
    for (auto [pair, op] : pairs)
      solved += solve(getDifference(pair));
    if (solved)
      rewrite();
    llvm::SmallDenseSet<AffineExpr> checked;
    for (auto [pair, op] : pairs)
      if (AffineExpr difference = getDifference(pair); difference && checked.insert(difference).second)
        check(op, difference);
    return solved;
  }

private:
  AffineExpr getDifference(AssumedSize pair) {
    return subDims(substitute(pair.first, values), substitute(pair.second, values));
  }

  /// Has the run check before the op what has no solution.
  void check(Operation *op, AffineExpr difference) {
    OpBuilder builder(op);
    shapes.checkEqual(builder, op->getLoc(), difference, builder.getAffineConstantExpr(0));
  }

  static AffineExpr substitute(AffineExpr size, ArrayRef<AffineExpr> symbols) {
    return simplified(size.replaceDimsAndSymbols({}, symbols));
  }

  static AffineExpr simplified(AffineExpr size) {
    AffineExpr simple = simplifyDim(size);
    return simple ? simple : size;
  }

  /// Replaces one symbol by what makes the difference zero. The last one that can be: an earlier one has a name that the
  /// caller sees first.
  bool solve(AffineExpr difference) {
    if (!difference || getConstantDim(difference) || readsData(difference))
      return false;
    for (unsigned i = values.size(); i-- > 0;)
      if (AffineExpr solution = solveFor(difference, i); solution && accept(i, solution))
        return true;
    return false;
  }

  bool readsData(AffineExpr size) {
    return llvm::any_of(getSymbolsIn(size), [&](unsigned symbol) {
      return shapes.getSymbolOp(symbol).getKind() != SymbolKind::Caller;
    });
  }

  /// The value of the symbol if the difference is a multiple of that symbol plus the same multiple of what does not depend
  /// on it.
  AffineExpr solveFor(AffineExpr difference, unsigned position) {
    AffineExpr symbol = getAffineSymbolExpr(position, module.getContext());
    AffineExpr zero = getAffineConstantExpr(0, module.getContext());
    if (!difference.isFunctionOfSymbol(position))
      return {};
    AffineExpr one = getAffineConstantExpr(1, module.getContext());
    AffineExpr rest = simplifyDim(difference.replace(symbol, zero));
    AffineExpr factor = subDims(simplifyDim(difference.replace(symbol, one)), rest);
    std::optional<int64_t> number = getConstantDim(factor);
    if (!number || *number == 0 || *number == INT64_MIN || subDims(subDims(difference, rest), mulDims(factor, symbol)) != zero)
      return {};
    AffineExpr negated = *number < 0 ? rest : subDims(zero, rest);
    AffineExpr divisor = getAffineConstantExpr(std::abs(*number), module.getContext());
    AffineExpr solution = floorDivDims(negated, divisor);
    return mulDims(solution, divisor) == negated ? solution : AffineExpr();
  }

  bool accept(unsigned position, AffineExpr solution) {
    SymbolOp replaced = shapes.getSymbolOp(position);
    int64_t min = replaced.getMin(), max = replaced.getMax();
    auto [low, high] = shapes.getRange(solution);
    if (high < min || low > max)
      return false;
    SmallVector<AffineExpr> next = llvm::to_vector(values);
    for (AffineExpr &value : next)
      value = simplified(value.replace(getAffineSymbolExpr(position, module.getContext()), solution));
    if (hasNegativeSize(next))
      return false;
    shapes.boundSymbol(solution, min, max); // where the solution is a symbol, it takes the range over
    values = next;
    return true;
  }

  bool hasNegativeSize(ArrayRef<AffineExpr> symbols) {
    for (Type type : types)
      if (auto tensor = dyn_cast<RankedTensorType>(type))
        for (AffineExpr size : getDims(tensor))
          if (size && getConstantDim(substitute(size, symbols)).value_or(0) < 0)
            return true;
    return false;
  }

  /// Writes the solutions into every type and attribute.
  void rewrite() {
    SmallVector<AffineExpr> numbers = llvm::to_vector(values);
    SmallVector<SymbolOp> solved;
    unsigned count = 0;
    for (unsigned i = 0; i < values.size(); ++i) {
      if (values[i] == getAffineSymbolExpr(i, module.getContext()))
        numbers[i] = getAffineSymbolExpr(count++, module.getContext());
      else
        solved.push_back(shapes.getSymbolOp(i));
    }
    for (AffineExpr &value : values)
      value = substitute(value, numbers);
    replaceSizes();
    for (SymbolOp op : solved)
      op.erase();
    shapes = ShapeContext(module);
  }

  void replaceSizes() {
    auto substituteAll = [&](ArrayRef<AffineExpr> sizes) {
      return llvm::map_to_vector(sizes, [&](AffineExpr size) { return substitute(size, values); });
    };
    AttrTypeReplacer replacer;
    replacer.addReplacement([&](DimsAttr attr) -> std::optional<std::pair<Attribute, WalkResult>> {
      return {{DimsAttr::get(attr.getContext(), substituteAll(attr.getSizes())), WalkResult::skip()}};
    });
    replacer.addReplacement([&](RankedTensorType type) -> std::optional<std::pair<Type, WalkResult>> {
      auto encoding = dyn_cast_or_null<DimsAttr>(type.getEncoding());
      if (!encoding)
        return std::nullopt;
      return {{makeType(substituteAll(encoding.getSizes()), type.getElementType()), WalkResult::skip()}};
    });
    replacer.recursivelyReplaceElementsIn(module, /*replaceAttrs=*/true, /*replaceLocs=*/false, /*replaceTypes=*/true);
  }

  ModuleOp module;
  ShapeContext shapes;
  /// What stands for each symbol.
  SmallVector<AffineExpr> values;
  llvm::SetVector<Type> types;
};

struct UnifySizesPass : impl::UnifySizesPassBase<UnifySizesPass> {
  using UnifySizesPassBase::UnifySizesPassBase;

  void runOnOperation() override { numSymbols += SizeSolver(getOperation()).run(); }
};

} // namespace
} // namespace dsc
