// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Evaluates a shape program twice: as text and as checked integers.

#include "tools/dsc-inspect/Sizes.h"

#include "llvm/Support/JSON.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>

namespace dsc::inspect {
namespace {

constexpr size_t longestFormula = 40;

std::optional<int64_t> compute(plan::ShapeOpKind kind, int64_t a, int64_t b) {
  int64_t result = 0;
  switch (kind) {
  case plan::ShapeOpKind::Add:
    return llvm::AddOverflow(a, b, result) ? std::nullopt : std::optional(result);
  case plan::ShapeOpKind::Sub:
    return llvm::SubOverflow(a, b, result) ? std::nullopt : std::optional(result);
  case plan::ShapeOpKind::Mul:
    return llvm::MulOverflow(a, b, result) ? std::nullopt : std::optional(result);
  case plan::ShapeOpKind::FloorDiv:
    return b > 0 ? std::optional(llvm::divideFloorSigned(a, b)) : std::nullopt;
  case plan::ShapeOpKind::CeilDiv:
    return b > 0 ? std::optional(llvm::divideCeilSigned(a, b)) : std::nullopt;
  case plan::ShapeOpKind::Min:
    return std::min(a, b);
  case plan::ShapeOpKind::Max:
    return std::max(a, b);
  }
  return std::nullopt;
}

/// Whether a formula can stand beside an operator without parentheses.
bool isAtom(const std::string &text) { return text.find(' ') == std::string::npos; }

std::string describe(plan::ShapeOpKind kind, const std::string &a, const std::string &b) {
  auto wrap = [](const std::string &text) { return isAtom(text) ? text : "(" + text + ")"; };
  switch (kind) {
  case plan::ShapeOpKind::Add:
    return a + " + " + b;
  case plan::ShapeOpKind::Sub:
    return a + " - " + wrap(b);
  case plan::ShapeOpKind::Mul:
    return wrap(a) + "*" + wrap(b);
  case plan::ShapeOpKind::FloorDiv:
    return wrap(a) + " / " + wrap(b);
  case plan::ShapeOpKind::CeilDiv:
    return "ceil(" + a + " / " + wrap(b) + ")";
  case plan::ShapeOpKind::Min:
    return "min(" + a + ", " + b + ")";
  case plan::ShapeOpKind::Max:
    return "max(" + a + ", " + b + ")";
  }
  return "?";
}

} // namespace

std::string toUtf8(llvm::StringRef text) { return llvm::json::isUTF8(text) ? text.str() : llvm::json::fixUTF8(text); }

Sizes::Sizes(plan::FunctionOp function, llvm::ArrayRef<int64_t> bounds) {
  for (auto [symbol, bound] : llvm::zip_equal(function.getSymbols().getOps<plan::SymbolOp>(), bounds))
    slots.push_back({toUtf8(symbol.getName()), bound == INT64_MAX ? std::nullopt : std::optional<int64_t>(bound)});
  for (int64_t constant : function.getConstants())
    slots.push_back({std::to_string(constant), constant});
  std::vector<bool> isFixed(slots.size(), true);
  std::fill_n(isFixed.begin(), bounds.size(), false);
  for (auto op : function.getOps().getOps<plan::ShapeOpOp>()) {
    const Amount &a = slots[op.getA()], &b = slots[op.getB()];
    Amount result;
    if (a.value && b.value)
      result.value = compute(op.getOp(), *a.value, *b.value);
    isFixed.push_back(isFixed[op.getA()] && isFixed[op.getB()]);
    result.text = isFixed.back() && result.value ? std::to_string(*result.value) : describe(op.getOp(), a.text, b.text);
    if (result.text.size() > longestFormula)
      result.text = "s" + std::to_string(slots.size());
    slots.push_back(std::move(result));
  }
}

std::vector<std::string> Sizes::texts(llvm::ArrayRef<int64_t> shape) const {
  std::vector<std::string> texts;
  for (int64_t slot : shape)
    texts.push_back(slots[slot].text);
  return texts;
}

} // namespace dsc::inspect
