// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Arithmetic on symbolic sizes in a normal form: polynomials over symbols and floor divisions.

#include "dialects/dsc/DscShape.h"

#include "mlir/IR/AffineMap.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"
#include <algorithm>

using namespace mlir;

namespace dsc {
namespace {

/// A product of atoms (symbols, floor divisions), sorted; empty is 1.
using Monomial = SmallVector<AffineExpr, 2>;

/// A total order that depends on structure only, never on addresses.
int compareExprs(AffineExpr lhs, AffineExpr rhs) {
  if (lhs == rhs)
    return 0;
  if (lhs.getKind() != rhs.getKind())
    return lhs.getKind() == AffineExprKind::SymbolId   ? -1
           : rhs.getKind() == AffineExprKind::SymbolId ? 1
           : lhs.getKind() < rhs.getKind()             ? -1
                                                       : 1;
  if (auto symbol = dyn_cast<AffineSymbolExpr>(lhs))
    return symbol.getPosition() < cast<AffineSymbolExpr>(rhs).getPosition() ? -1 : 1;
  if (auto dim = dyn_cast<AffineDimExpr>(lhs))
    return dim.getPosition() < cast<AffineDimExpr>(rhs).getPosition() ? -1 : 1;
  if (auto constant = dyn_cast<AffineConstantExpr>(lhs))
    return constant.getValue() < cast<AffineConstantExpr>(rhs).getValue() ? -1 : 1;
  auto left = cast<AffineBinaryOpExpr>(lhs), right = cast<AffineBinaryOpExpr>(rhs);
  int order = compareExprs(left.getLHS(), right.getLHS());
  return order ? order : compareExprs(left.getRHS(), right.getRHS());
}

/// Higher degree first, then the order of the atoms: a monomial order, so division by a leading term ends.
int compareMonomials(const Monomial &lhs, const Monomial &rhs) {
  if (lhs.size() != rhs.size())
    return lhs.size() > rhs.size() ? -1 : 1;
  for (auto [left, right] : llvm::zip(lhs, rhs))
    if (int order = compareExprs(left, right))
      return order;
  return 0;
}

struct Term {
  Monomial monomial;
  int64_t coefficient;
};

/// A sum of terms in order, none with coefficient zero. An invalid one overflowed or divided by zero.
struct Polynomial {
  SmallVector<Term, 2> terms;
  bool valid = true;

  static Polynomial invalid() {
    Polynomial result;
    result.valid = false;
    return result;
  }
  static Polynomial constant(int64_t value) {
    Polynomial result;
    if (value)
      result.terms.push_back({{}, value});
    return result;
  }
  static Polynomial atom(AffineExpr expr) {
    Polynomial result;
    result.terms.push_back({{expr}, 1});
    return result;
  }
  std::optional<int64_t> asConstant() const {
    if (!valid || terms.size() > 1)
      return std::nullopt;
    if (terms.empty())
      return 0;
    return terms[0].monomial.empty() ? std::optional<int64_t>(terms[0].coefficient) : std::nullopt;
  }
};

/// lhs + factor * rhs.
Polynomial addScaled(const Polynomial &lhs, const Polynomial &rhs, int64_t factor) {
  if (!lhs.valid || !rhs.valid)
    return Polynomial::invalid();
  Polynomial result;
  size_t i = 0, j = 0;
  while (i < lhs.terms.size() || j < rhs.terms.size()) {
    int order = i == lhs.terms.size()   ? 1
                : j == rhs.terms.size() ? -1
                                        : compareMonomials(lhs.terms[i].monomial, rhs.terms[j].monomial);
    int64_t coefficient = order <= 0 ? lhs.terms[i].coefficient : 0;
    const Monomial &monomial = order <= 0 ? lhs.terms[i].monomial : rhs.terms[j].monomial;
    if (order >= 0) {
      int64_t scaled;
      if (llvm::MulOverflow(rhs.terms[j].coefficient, factor, scaled) ||
          llvm::AddOverflow(coefficient, scaled, coefficient))
        return Polynomial::invalid();
    }
    if (coefficient)
      result.terms.push_back({monomial, coefficient});
    i += order <= 0;
    j += order >= 0;
  }
  return result;
}

/// polynomial * term.
Polynomial multiplyTerm(const Polynomial &polynomial, const Term &factor) {
  Polynomial result;
  for (const Term &term : polynomial.terms) {
    Term product = term;
    if (llvm::MulOverflow(term.coefficient, factor.coefficient, product.coefficient))
      return Polynomial::invalid();
    llvm::append_range(product.monomial, factor.monomial);
    llvm::sort(product.monomial, [](AffineExpr a, AffineExpr b) { return compareExprs(a, b) < 0; });
    result.terms.push_back(product);
  }
  return result;
}

Polynomial multiply(const Polynomial &lhs, const Polynomial &rhs) {
  if (!lhs.valid || !rhs.valid)
    return Polynomial::invalid();
  Polynomial result;
  for (const Term &term : rhs.terms) {
    Polynomial product = multiplyTerm(lhs, term);
    if (!product.valid)
      return product;
    llvm::sort(product.terms,
               [](const Term &a, const Term &b) { return compareMonomials(a.monomial, b.monomial) < 0; });
    result = addScaled(result, product, 1);
  }
  return result;
}

/// term / divisor if that is exact.
std::optional<Term> divideTerm(const Term &term, const Term &divisor) {
  if (divisor.coefficient == 0 || (divisor.coefficient == -1 && term.coefficient == INT64_MIN) ||
      term.coefficient % divisor.coefficient)
    return std::nullopt;
  Term quotient = {term.monomial, term.coefficient / divisor.coefficient};
  for (AffineExpr atom : divisor.monomial) {
    auto *found = llvm::find(quotient.monomial, atom);
    if (found == quotient.monomial.end())
      return std::nullopt;
    quotient.monomial.erase(found);
  }
  return quotient;
}

/// lhs / rhs if that is exact, by division of leading terms.
std::optional<Polynomial> divideExactly(Polynomial lhs, const Polynomial &rhs) {
  Polynomial quotient;
  for (int steps = 0; lhs.valid && !lhs.terms.empty() && steps < 32; ++steps) {
    std::optional<Term> term = divideTerm(lhs.terms.front(), rhs.terms.front());
    if (!term)
      return std::nullopt;
    Polynomial single;
    single.terms.push_back(*term);
    quotient = addScaled(quotient, single, 1);
    lhs = addScaled(lhs, multiply(rhs, single), -1);
  }
  if (!lhs.valid || !lhs.terms.empty() || !quotient.valid)
    return std::nullopt;
  return quotient;
}

AffineExpr toExpr(const Polynomial &polynomial, MLIRContext *context) {
  if (!polynomial.valid)
    return {};
  AffineExpr sum;
  for (const Term &term : polynomial.terms) {
    AffineExpr product;
    for (AffineExpr atom : term.monomial)
      product = product ? product * atom : atom;
    AffineExpr coefficient = getAffineConstantExpr(term.coefficient, context);
    product = !product ? coefficient : term.coefficient == 1 ? product : product * coefficient;
    sum = sum ? sum + product : product;
  }
  return sum ? sum : getAffineConstantExpr(0, context);
}

Polynomial fromExpr(AffineExpr expr);

/// Splits off what a constant divisor divides: value = divisor * quotient + rest, the constant of the rest in
/// [0, divisor).
void splitMultiples(const Polynomial &value, int64_t divisor, Polynomial &quotient, Polynomial &rest) {
  for (const Term &term : value.terms) {
    int64_t remainder = term.coefficient % divisor;
    int64_t whole = term.coefficient / divisor;
    if (term.monomial.empty() && remainder < 0) {
      remainder += divisor;
      --whole;
    }
    if (!term.monomial.empty() && remainder) {
      rest.terms.push_back(term);
      continue;
    }
    if (whole)
      quotient.terms.push_back({term.monomial, whole});
    if (remainder)
      rest.terms.push_back({term.monomial, remainder});
  }
}

/// floor(rest / divisor) for a rest without multiples; shortens by the common factor, merges nested divisions.
Polynomial divideRest(Polynomial rest, int64_t divisor, MLIRContext *context) {
  int64_t common = divisor, constant = 0;
  for (const Term &term : rest.terms) {
    if (term.monomial.empty())
      constant = term.coefficient;
    else
      common = std::gcd(common, term.coefficient);
  }
  if (common > 1) {
    for (Term &term : rest.terms)
      term.coefficient = term.monomial.empty() ? constant / common : term.coefficient / common;
    llvm::erase_if(rest.terms, [](const Term &term) { return term.coefficient == 0; });
    divisor /= common;
    constant /= common;
  }
  const Term &first = rest.terms.front();
  if (first.coefficient == 1 && first.monomial.size() == 1 && rest.terms.size() == (constant ? 2u : 1u))
    if (auto inner = dyn_cast<AffineBinaryOpExpr>(first.monomial[0])) {
      auto innerDivisor = dyn_cast<AffineConstantExpr>(inner.getRHS());
      int64_t product;
      if (inner.getKind() == AffineExprKind::FloorDiv && innerDivisor &&
          !llvm::MulOverflow(innerDivisor.getValue(), divisor, product)) {
        Polynomial scaled = multiply(Polynomial::constant(constant), Polynomial::constant(innerDivisor.getValue()));
        Polynomial whole = addScaled(fromExpr(inner.getLHS()), scaled, 1);
        AffineExpr lhs = toExpr(whole, context);
        return lhs ? fromExpr(floorDivDims(lhs, getAffineConstantExpr(product, context))) : Polynomial::invalid();
      }
    }
  return Polynomial::atom(toExpr(rest, context).floorDiv(divisor));
}

Polynomial floorDivide(const Polynomial &lhs, const Polynomial &rhs, MLIRContext *context) {
  if (!lhs.valid || !rhs.valid || rhs.terms.empty())
    return Polynomial::invalid();
  if (std::optional<Polynomial> quotient = divideExactly(lhs, rhs))
    return *quotient;
  std::optional<int64_t> divisor = rhs.asConstant();
  if (divisor && *divisor < 0)
    return *divisor == INT64_MIN
               ? Polynomial::invalid()
               : floorDivide(addScaled({}, lhs, -1), Polynomial::constant(-*divisor), context);
  Polynomial quotient, rest;
  if (divisor) {
    splitMultiples(lhs, *divisor, quotient, rest);
    if (!rest.asConstant())
      quotient = addScaled(quotient, divideRest(rest, *divisor, context), 1);
    return quotient;
  }
  for (const Term &term : lhs.terms) {
    std::optional<Term> whole = rhs.terms.size() == 1 ? divideTerm(term, rhs.terms[0]) : std::nullopt;
    if (whole)
      quotient.terms.push_back(*whole);
    else
      rest.terms.push_back(term);
  }
  if (rest.terms.empty())
    return quotient;
  Polynomial atom = Polynomial::atom(toExpr(rest, context).floorDiv(toExpr(rhs, context)));
  return addScaled(quotient, atom, 1);
}

/// By a positive constant as the floor of a larger value, so that a size has one form however it was computed.
Polynomial ceilDivide(const Polynomial &lhs, const Polynomial &rhs, MLIRContext *context) {
  std::optional<int64_t> divisor = rhs.asConstant();
  if (divisor && *divisor > 0)
    return floorDivide(addScaled(lhs, Polynomial::constant(*divisor - 1), 1), rhs, context);
  return addScaled({}, floorDivide(addScaled({}, lhs, -1), rhs, context), -1);
}

Polynomial fromBinary(AffineBinaryOpExpr expr) {
  MLIRContext *context = expr.getContext();
  Polynomial lhs = fromExpr(expr.getLHS()), rhs = fromExpr(expr.getRHS());
  switch (expr.getKind()) {
  case AffineExprKind::Add:
    return addScaled(lhs, rhs, 1);
  case AffineExprKind::Mul:
    return multiply(lhs, rhs);
  case AffineExprKind::FloorDiv:
    return floorDivide(lhs, rhs, context);
  case AffineExprKind::CeilDiv:
    return ceilDivide(lhs, rhs, context);
  case AffineExprKind::Mod:
    return addScaled(lhs, multiply(rhs, floorDivide(lhs, rhs, context)), -1);
  default:
    return Polynomial::invalid();
  }
}

Polynomial fromExpr(AffineExpr expr) {
  if (!expr)
    return Polynomial::invalid();
  if (auto constant = dyn_cast<AffineConstantExpr>(expr))
    return Polynomial::constant(constant.getValue());
  if (auto binary = dyn_cast<AffineBinaryOpExpr>(expr)) {
    return fromBinary(binary);
  }
  return Polynomial::atom(expr);
}

AffineExpr combine(AffineExpr lhs, AffineExpr rhs,
                   function_ref<Polynomial(const Polynomial &, const Polynomial &, MLIRContext *)> operation) {
  if (!lhs || !rhs)
    return {};
  return toExpr(operation(fromExpr(lhs), fromExpr(rhs), lhs.getContext()), lhs.getContext());
}

} // namespace

AffineExpr addDims(AffineExpr lhs, AffineExpr rhs) {
  return combine(lhs, rhs, [](auto &a, auto &b, MLIRContext *) { return addScaled(a, b, 1); });
}
AffineExpr subDims(AffineExpr lhs, AffineExpr rhs) {
  return combine(lhs, rhs, [](auto &a, auto &b, MLIRContext *) { return addScaled(a, b, -1); });
}
AffineExpr mulDims(AffineExpr lhs, AffineExpr rhs) {
  return combine(lhs, rhs, [](auto &a, auto &b, MLIRContext *) { return multiply(a, b); });
}
AffineExpr floorDivDims(AffineExpr lhs, AffineExpr rhs) { return combine(lhs, rhs, floorDivide); }
AffineExpr ceilDivDims(AffineExpr lhs, AffineExpr rhs) { return combine(lhs, rhs, ceilDivide); }
AffineExpr modDims(AffineExpr lhs, AffineExpr rhs) {
  return combine(lhs, rhs, [](auto &a, auto &b, MLIRContext *context) {
    return addScaled(a, multiply(b, floorDivide(a, b, context)), -1);
  });
}

AffineExpr simplifyDim(AffineExpr dim) { return dim ? toExpr(fromExpr(dim), dim.getContext()) : dim; }

AffineExpr productOfDims(ArrayRef<AffineExpr> dims, MLIRContext *context) {
  AffineExpr product = getAffineConstantExpr(1, context);
  for (AffineExpr dim : dims)
    product = mulDims(product, dim);
  return product;
}

std::optional<int64_t> getConstantDim(AffineExpr dim) {
  if (auto constant = dyn_cast_or_null<AffineConstantExpr>(dim))
    return constant.getValue();
  return std::nullopt;
}

SmallVector<unsigned> getSymbolsIn(AffineExpr dim) {
  SmallVector<unsigned> positions;
  if (dim)
    dim.walk([&](AffineExpr part) {
      auto symbol = dyn_cast<AffineSymbolExpr>(part);
      if (symbol && !llvm::is_contained(positions, symbol.getPosition()))
        positions.push_back(symbol.getPosition());
    });
  return positions;
}

bool areProvablyDifferent(AffineExpr lhs, AffineExpr rhs) {
  std::optional<int64_t> difference = getConstantDim(subDims(lhs, rhs));
  return difference && *difference != 0;
}

std::string printDim(AffineExpr dim) {
  if (!dim)
    return "?";
  std::string text;
  llvm::raw_string_ostream stream(text);
  dim.print(stream);
  return text;
}

std::string printDims(ArrayRef<AffineExpr> dims) {
  std::string text = "[";
  for (auto [i, dim] : llvm::enumerate(dims))
    text += (i ? ", " : "") + printDim(dim);
  return text + "]";
}

} // namespace dsc
