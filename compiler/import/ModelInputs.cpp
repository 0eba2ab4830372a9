// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Makes symbols and types of graph inputs.

#include "compiler/import/ModelInputs.h"

#include "compiler/import/TensorBytes.h"
#include "compiler/import/WeightStore.h"
#include "dialects/dsc/SizeLimit.h"

#include "mlir/IR/Diagnostics.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;

namespace dsc::onnx_import {
namespace {

/// Recursive descent over a dimension's text.
class DimParser {
public:
  DimParser(StringRef text, MLIRContext *context, llvm::function_ref<AffineExpr(StringRef)> lookUp)
      : text(text), context(context), lookUp(lookUp) {}

  AffineExpr parse() {
    AffineExpr sum = parseSum();
    skipSpace();
    return text.empty() ? sum : AffineExpr();
  }

private:
  void skipSpace() { text = text.ltrim(); }

  bool consume(StringRef token) {
    skipSpace();
    return text.consume_front(token);
  }

  AffineExpr parseSum() {
    AffineExpr sum = parseProduct();
    while (sum) {
      if (consume("+"))
        sum = addDims(sum, parseProduct());
      else if (consume("-"))
        sum = subDims(sum, parseProduct());
      else
        break;
    }
    return sum;
  }

  AffineExpr parseProduct() {
    AffineExpr product = parseAtom();
    while (product) {
      if (consume("//"))
        product = floorDivDims(product, parseAtom());
      else if (consume("*"))
        product = mulDims(product, parseAtom());
      else
        break;
    }
    return product;
  }

  AffineExpr parseAtom() {
    // Names of models nest a few levels; a bound keeps hostile ones off the stack.
    if (depth > 100)
      return nullptr;
    if (consume("(")) {
      ++depth;
      AffineExpr inner = parseSum();
      --depth;
      return consume(")") ? inner : AffineExpr();
    }
    skipSpace();
    StringRef word = text.take_while([](char c) { return llvm::isAlnum(c) || c == '_' || c == '.'; });
    text = text.drop_front(word.size());
    int64_t number = 0;
    if (!word.empty() && !word.getAsInteger(10, number))
      return getAffineConstantExpr(number, context);
    return word.empty() ? AffineExpr() : lookUp(word);
  }

  StringRef text;
  MLIRContext *context;
  llvm::function_ref<AffineExpr(StringRef)> lookUp;
  int depth = 0;
};

bool isPlainName(StringRef name) {
  return !name.empty() && name.find_first_of("+*/() ") == StringRef::npos;
}

} // namespace

AffineExpr parseDimExpression(StringRef text, MLIRContext *context,
                              llvm::function_ref<AffineExpr(StringRef)> lookUp) {
  return DimParser(text, context, lookUp).parse();
}

AffineExpr InputDims::getNamed(StringRef name) {
  AffineExpr &expr = named[name];
  if (expr)
    return expr;
  DimRange range{1, INT64_MAX};
  auto option = options.dims.find(name.str());
  if (option != options.dims.end()) {
    range = option->second;
    usedOptions.insert(name);
  }
  if (range.min == range.max)
    expr = getAffineConstantExpr(range.min, shapes.getContext());
  else
    expr = shapes.addSymbol(escapeText(name), SymbolKind::Caller, range.min, range.max);
  return expr;
}

void InputDims::addNames(ArrayRef<const ValueView *> inputs) {
  for (const ValueView *input : inputs) {
    if (!input->dims)
      continue;
    for (const DimView &dim : *input->dims)
      if (!dim.size && (isPlainName(dim.name) || options.dims.count(dim.name)))
        getNamed(dim.name);
  }
}

AffineExpr InputDims::getDim(const DimView &dim, const std::string &fallback) {
  if (dim.size)
    return getAffineConstantExpr(*dim.size, shapes.getContext());
  if (dim.name.empty())
    return getNamed(fallback);
  if (!isPlainName(dim.name) && !options.dims.count(dim.name))
    if (AffineExpr expr = parseDimExpression(dim.name, shapes.getContext(), [&](StringRef name) {
          auto known = named.find(name);
          return known == named.end() ? AffineExpr() : known->second;
        }))
      return expr;
  return getNamed(dim.name);
}

RankedTensorType InputDims::getType(const ValueView &input, Location loc) {
  std::string name = escapeText(input.name);
  if (input.kind != "tensor") {
    emitError(loc) << "input '" << name << "': expected a tensor, but got "
                   << (input.kind.empty() ? "no type" : input.kind);
    return nullptr;
  }
  Type elementType = onnx_import::getElementType(input.type, loc.getContext());
  if (!elementType) {
    emitError(loc) << "input '" << name << "': unsupported element type " << getTypeName(input.type);
    return nullptr;
  }
  if (!input.dims) {
    emitError(loc) << "input '" << name << "': expected a known rank, but the model declares no shape";
    return nullptr;
  }
  Dims dims;
  for (const auto &[i, dim] : llvm::enumerate(*input.dims)) {
    if (dim.size && *dim.size < 0) {
      emitError(loc) << "input '" << name << "': expected sizes that are not negative, but got " << *dim.size;
      return nullptr;
    }
    dims.push_back(getDim(dim, input.name + "_dim" + std::to_string(i)));
  }
  SmallVector<int64_t> sizes;
  for (AffineExpr dim : dims)
    sizes.push_back(getConstantDim(dim).value_or(1));
  // The limit leaves room for arithmetic on sizes; a zero elsewhere must not hide it.
  if (!getElementCount(sizes) || llvm::any_of(sizes, [](int64_t size) { return size > maxElements; })) {
    emitError(loc) << "input '" << name << "': expected a shape that memory can hold, but got " << printSizes(sizes);
    return nullptr;
  }
  return makeType(dims, elementType);
}

Dims InputDims::getDeclared(const ValueView &value) {
  Dims dims;
  if (!value.dims)
    return dims;
  for (const DimView &dim : *value.dims) {
    AffineExpr expr;
    if (dim.size && *dim.size >= 0)
      expr = getAffineConstantExpr(*dim.size, shapes.getContext());
    auto option = options.dims.find(dim.name);
    if (!dim.size && option != options.dims.end()) {
      usedOptions.insert(dim.name);
      if (option->second.min == option->second.max)
        expr = getAffineConstantExpr(option->second.min, shapes.getContext());
    }
    dims.push_back(expr);
  }
  return dims;
}

bool InputDims::checkOptions(Location loc) {
  for (const auto &[name, range] : options.dims) {
    if (usedOptions.contains(name))
      continue;
    InFlightDiagnostic diagnostic = emitError(loc) << "expected the name of a dimension of the model, but got '"
                                                   << escapeText(name) << "'";
    std::string known;
    for (const auto &entry : named)
      known += (known.empty() ? "" : ", ") + escapeText(entry.first());
    diagnostic << (known.empty() ? "; all its dimensions are static" : "; it has " + known);
    return false;
  }
  return true;
}

} // namespace dsc::onnx_import
