// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Sets symbols to typical values and evaluates sizes with them.

#include "passes/TypicalSizes.h"

#include "runtime/schema/CutTable.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/SmallSet.h"
#include "llvm/Support/MathExtras.h"

#include <limits>

using namespace mlir;

namespace dsc {
namespace {

constexpr int64_t unbounded = std::numeric_limits<int64_t>::max();

/// Symbols that are the first size of an input.
llvm::SmallSet<unsigned, 8> findLeading(ModuleOp module) {
  llvm::SmallSet<unsigned, 8> leading;
  for (auto function : module.getOps<func::FuncOp>())
    for (Type type : function.getArgumentTypes())
      if (auto tensor = dyn_cast<RankedTensorType>(type); tensor && tensor.getRank() > 0)
        if (auto symbol = dyn_cast_or_null<AffineSymbolExpr>(getDims(tensor).front()))
          leading.insert(symbol.getPosition());
  return leading;
}

} // namespace

TypicalSizes::TypicalSizes(ModuleOp module) {
  auto leading = findLeading(module);
  for (SymbolOp symbol : module.getOps<SymbolOp>()) {
    int64_t value = int64_t(symbol.getMax());
    if (std::optional<DimsAttr> of = symbol.getOf()) {
      auto sizes = llvm::map_to_vector(of->getSizes(), [&](AffineExpr size) { return get(size); });
      value = symbol.getKind() == SymbolKind::Min ? *llvm::min_element(sizes) : *llvm::max_element(sizes);
    } else if (value == unbounded) {
      value = schema::typicalSize(leading.contains(values.size()), int64_t(symbol.getMin()));
    }
    values.push_back(getAffineConstantExpr(std::min(value, most), module.getContext()));
  }
}

int64_t TypicalSizes::get(AffineExpr dim) const {
  std::optional<int64_t> size = dim ? getConstantDim(dim.replaceSymbols(values)) : std::nullopt;
  return std::clamp<int64_t>(size.value_or(schema::typicalSize(false, 0)), 0, most);
}

int64_t TypicalSizes::getElements(Value tensor) const {
  int64_t elements = 1;
  for (AffineExpr dim : getDims(tensor))
    if (llvm::MulOverflow(elements, get(dim), elements) || elements > most)
      return most;
  return elements;
}

int64_t TypicalSizes::getBytes(Value tensor) const {
  auto type = cast<RankedTensorType>(tensor.getType());
  int64_t width = (type.getElementType().getIntOrFloatBitWidth() + 7) / 8;
  return std::min(getElements(tensor) * width, most);
}

} // namespace dsc
