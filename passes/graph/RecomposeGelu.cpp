// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// GELU out of its definition with erf and out of its approximation with tanh.

#include "passes/graph/Patterns.h"

using namespace mlir;

namespace dsc {
namespace {

/// Whether the value is `number * x` and nothing else.
bool isMultipleOf(Value value, Value x, double number, const ConstantPool &pool) {
  Product product = collectProduct(value, pool);
  return product.factors.size() == 1 && product.factors[0] == x && isClose(product.constant, number);
}

/// Whether the value is `number * x^power`.
bool isPowerOf(Value value, Value x, double number, int power, const ConstantPool &pool) {
  Product product = collectProduct(value, pool);
  int found = 0;
  for (Value factor : product.factors) {
    auto pow = factor.getDefiningOp<PowOp>();
    std::optional<double> exponent = pow ? pool.getNumber(pow.getRhs()) : std::nullopt;
    auto square = factor.getDefiningOp<MulOp>();
    if (factor == x)
      found += 1;
    else if (exponent && pow.getLhs() == x && *exponent == std::floor(*exponent))
      found += static_cast<int>(*exponent);
    else if (square && square.getLhs() == x && square.getRhs() == x)
      found += 2;
    else
      return false;
  }
  return found == power && isClose(product.constant, number);
}

/// Whether the value is sqrt(2/pi) * (x + 0.044715 x^3), also as a product with x.
bool isTanhArgument(Value value, Value x, const ConstantPool &pool) {
  constexpr double cubic = 0.044715, root = 0.7978845608028654;
  Product product = collectProduct(value, pool);
  if (!isClose(product.constant, root))
    return false;
  if (product.factors.size() == 1) {
    auto add = product.factors[0].getDefiningOp<AddOp>();
    return add && ((add.getLhs() == x && isPowerOf(add.getRhs(), x, cubic, 3, pool)) ||
                   (add.getRhs() == x && isPowerOf(add.getLhs(), x, cubic, 3, pool)));
  }
  if (product.factors.size() != 2)
    return false;
  Value other = product.factors[0] == x ? product.factors[1] : product.factors[0];
  Value square = matchAddOf(other, 1, pool);
  return llvm::is_contained(product.factors, x) && square && isPowerOf(square, x, cubic, 2, pool);
}

/// 0.5 * x * (1 + erf(x / sqrt(2))) and 0.5 * x * (1 + tanh(...)), the factors in any order.
struct RecomposeGelu : ConstantPattern<MulOp> {
  using ConstantPattern::ConstantPattern;
  LogicalResult matchAndRewrite(MulOp op, PatternRewriter &rewriter) const override {
    Product product = collectProduct(op.getOutput(), pool);
    if (product.factors.size() != 2 || !isClose(product.constant, 0.5))
      return rewriter.notifyMatchFailure(op, "not half of a product of two");
    for (int i : {0, 1}) {
      Value x = product.factors[i], bell = matchAddOf(product.factors[1 - i], 1, pool);
      if (!bell || x.getType() != op.getOutput().getType())
        continue;
      std::optional<GeluKind> kind;
      if (auto erf = bell.getDefiningOp<ErfOp>(); erf && isMultipleOf(erf.getInput(), x, 0.7071067811865476, pool))
        kind = GeluKind::None;
      if (auto tanh = bell.getDefiningOp<TanhOp>(); tanh && isTanhArgument(tanh.getInput(), x, pool))
        kind = GeluKind::Tanh;
      if (!kind)
        continue;
      rewriter.replaceOpWithNewOp<GeluOp>(op, op.getOutput().getType(), x, *kind);
      return success();
    }
    return rewriter.notifyMatchFailure(op, "no factor is one plus erf or tanh");
  }
};

} // namespace

void addGeluPatterns(RewritePatternSet &patterns, ConstantPool &pool) {
  patterns.add<RecomposeGelu>(patterns.getContext(), pool);
}

} // namespace dsc
