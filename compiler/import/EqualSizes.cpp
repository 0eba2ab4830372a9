// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Solves the equalities that ops assume for caller symbols, and substitutes the solutions in the whole module.

#include "compiler/import/EqualSizes.h"

#include "dialects/dsc/AssumedSizes.h"
#include "dialects/dsc/Dsc.h"

#include "mlir/IR/AttrTypeSubElements.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace dsc::onnx_import {
namespace {

class SizeSolver {
public:
  explicit SizeSolver(ModuleOp module) : module(module), shapes(module) {
    for (unsigned i = 0; i < shapes.getNumSymbols(); ++i)
      values.push_back(getAffineSymbolExpr(i, module.getContext()));
  }

  void run() {
    llvm::SetVector<AssumedSize> pairs;
    module.walk([&](Operation *op) {
      if (isa_and_nonnull<DscDialect>(op->getDialect()))
        pairs.insert_range(getAssumedSizes(op));
      for (Type type : op->getResultTypes())
        types.insert(type);
      for (Region &region : op->getRegions())
        for (Block &block : region)
          types.insert_range(block.getArgumentTypes());
    });
    bool changed = false;
    for (auto [lhs, rhs] : pairs)
      changed |= solve(subDims(substitute(lhs, values), substitute(rhs, values)));
    if (changed)
      rewrite();
  }

private:
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
    bool reads = false;
    size.walk([&](AffineExpr part) {
      if (auto symbol = dyn_cast<AffineSymbolExpr>(part))
        reads |= shapes.getSymbolOp(symbol.getPosition()).getKind() != SymbolKind::Caller;
    });
    return reads;
  }

  /// The value of the symbol if the difference is that symbol, or its negative, plus what does not depend on it.
  AffineExpr solveFor(AffineExpr difference, unsigned position) {
    AffineExpr symbol = getAffineSymbolExpr(position, module.getContext());
    AffineExpr zero = getAffineConstantExpr(0, module.getContext());
    if (!difference.isFunctionOfSymbol(position))
      return {};
    AffineExpr rest = simplifyDim(difference.replace(symbol, zero));
    if (subDims(subDims(difference, rest), symbol) == zero)
      return subDims(zero, rest);
    if (addDims(subDims(difference, rest), symbol) == zero)
      return rest;
    return {};
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
    keepRange(solution, min, max);
    values = next;
    return true;
  }

  /// A symbol that stands, with an offset, for one of that range takes the range over.
  void keepRange(AffineExpr solution, int64_t min, int64_t max) {
    for (unsigned i = 0; i < values.size(); ++i) {
      AffineExpr symbol = getAffineSymbolExpr(i, module.getContext());
      std::optional<int64_t> offset = getConstantDim(subDims(solution, symbol));
      SymbolOp op = shapes.getSymbolOp(i);
      int64_t bound;
      if (offset && !llvm::SubOverflow(min, *offset, bound))
        op.setMin(std::max<int64_t>(op.getMin(), bound));
      if (offset && max != INT64_MAX && !llvm::SubOverflow(max, *offset, bound))
        op.setMax(std::min<int64_t>(op.getMax(), bound));
    }
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

} // namespace

void unifyEqualSizes(ModuleOp module) { SizeSolver(module).run(); }

} // namespace dsc::onnx_import
