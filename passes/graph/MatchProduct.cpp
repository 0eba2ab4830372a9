// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Matching products and sums with numbers, in whatever order an exporter wrote them.

#include "passes/graph/Patterns.h"

#include "mlir/IR/TypeUtilities.h"

using namespace mlir;

namespace dsc {

bool isClose(double lhs, double rhs) { return std::abs(lhs - rhs) <= 1e-4 * std::abs(rhs); }

static void collect(Value value, const ConstantPool &pool, bool isRoot, Product &product) {
  if (std::optional<double> number = pool.getNumber(value)) {
    product.constant *= *number;
    return;
  }
  bool mayOpen = isRoot || value.hasOneUse();
  if (auto mul = value.getDefiningOp<MulOp>(); mul && mayOpen) {
    collect(mul.getLhs(), pool, false, product);
    collect(mul.getRhs(), pool, false, product);
    return;
  }
  if (auto div = value.getDefiningOp<DivOp>(); div && mayOpen)
    if (std::optional<double> number = pool.getNumber(div.getRhs()); number && *number != 0) {
      product.constant /= *number;
      collect(div.getLhs(), pool, false, product);
      return;
    }
  product.factors.push_back(value);
}

Product collectProduct(Value value, const ConstantPool &pool) {
  Product product;
  if (isa<FloatType>(getElementTypeOrSelf(value.getType())))
    collect(value, pool, true, product);
  else
    product.factors.push_back(value);
  return product;
}

Value matchAddOf(Value value, double number, const ConstantPool &pool) {
  auto add = value.getDefiningOp<AddOp>();
  if (!add)
    return {};
  for (auto [term, other] : {std::pair(add.getLhs(), add.getRhs()), std::pair(add.getRhs(), add.getLhs())})
    if (auto constant = pool.getNumber(other); constant && isClose(*constant, number))
      return term;
  return {};
}

} // namespace dsc
