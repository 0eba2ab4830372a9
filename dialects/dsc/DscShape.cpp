// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tensor types with symbolic sizes, and the context of shape inference.

#include "dialects/dsc/Dsc.h"
#include "dialects/dsc/HostTensor.h"

#include "llvm/Support/MathExtras.h"
#include <cmath>

using namespace mlir;

namespace dsc {

Dims getDims(RankedTensorType type) {
  auto encoding = dyn_cast_or_null<DimsAttr>(type.getEncoding());
  Dims dims;
  for (auto [i, size] : llvm::enumerate(type.getShape())) {
    if (!ShapedType::isDynamic(size))
      dims.push_back(getAffineConstantExpr(size, type.getContext()));
    else
      dims.push_back(encoding ? simplifyDim(encoding.getSizes()[i]) : AffineExpr());
  }
  return dims;
}

Dims getDims(Value tensor) { return getDims(cast<RankedTensorType>(tensor.getType())); }

RankedTensorType makeType(ArrayRef<AffineExpr> dims, Type elementType) {
  SmallVector<int64_t> shape;
  Dims simplified;
  bool isStatic = true;
  for (AffineExpr dim : dims) {
    assert(dim && "a size is unknown");
    AffineExpr simple = simplifyDim(dim);
    simplified.push_back(simple ? simple : dim);
    std::optional<int64_t> size = getConstantDim(simplified.back());
    isStatic &= size.has_value();
    shape.push_back(size.value_or(ShapedType::kDynamic));
  }
  Attribute encoding;
  if (!isStatic)
    encoding = DimsAttr::get(elementType.getContext(), simplified);
  return RankedTensorType::get(shape, elementType, encoding);
}

RankedTensorType withElementType(Type tensor, Type elementType) {
  auto type = cast<RankedTensorType>(tensor);
  return RankedTensorType::get(type.getShape(), elementType, type.getEncoding());
}

//===- ShapeContext ---------------------------------------------------------------------------------------------===//

ShapeContext::ShapeContext(ModuleOp module) : module(module) {
  for (SymbolOp symbol : module.getOps<SymbolOp>())
    symbols.push_back(symbol);
}

AffineExpr ShapeContext::addSymbol(StringRef nameHint, SymbolKind kind, int64_t min, int64_t max) {
  std::string name = nameHint.empty() ? "dim" : nameHint.str();
  for (unsigned suffix = 0; SymbolTable::lookupSymbolIn(module, name); ++suffix)
    name = (nameHint + "_" + Twine(suffix)).str();
  OpBuilder builder(module.getContext());
  if (symbols.empty())
    builder.setInsertionPointToStart(module.getBody());
  else
    builder.setInsertionPointAfter(symbols.back());
  auto symbol = SymbolOp::create(builder, module.getLoc(), builder.getStringAttr(name), kind, min, max, 1, DimsAttr());
  symbols.push_back(symbol);
  return getAffineSymbolExpr(symbols.size() - 1, module.getContext());
}

AffineExpr ShapeContext::getSymbol(StringRef name) const {
  for (auto [i, symbol] : llvm::enumerate(symbols))
    if (cast<SymbolOp>(symbol).getSymName() == name)
      return getAffineSymbolExpr(i, symbol->getContext());
  return {};
}

SymbolOp ShapeContext::getSymbolOp(unsigned position) const {
  return position < symbols.size() ? cast<SymbolOp>(symbols[position]) : SymbolOp();
}

namespace {

using Range = std::pair<int64_t, int64_t>;

int64_t saturatedAdd(int64_t lhs, int64_t rhs) {
  int64_t sum;
  return llvm::AddOverflow(lhs, rhs, sum) ? (lhs < 0 ? INT64_MIN : INT64_MAX) : sum;
}

int64_t saturatedMul(int64_t lhs, int64_t rhs) {
  int64_t product;
  return llvm::MulOverflow(lhs, rhs, product) ? ((lhs < 0) == (rhs < 0) ? INT64_MAX : INT64_MIN) : product;
}

/// Floor division that keeps the saturated ends.
int64_t saturatedFloorDiv(int64_t lhs, int64_t rhs) {
  if (lhs == INT64_MIN || lhs == INT64_MAX)
    return lhs;
  return lhs / rhs - (lhs % rhs != 0 && (lhs < 0) != (rhs < 0));
}

Range binaryRange(AffineExprKind kind, Range lhs, Range rhs) {
  constexpr Range anything = {INT64_MIN, INT64_MAX};
  switch (kind) {
  case AffineExprKind::Add:
    return {saturatedAdd(lhs.first, rhs.first), saturatedAdd(lhs.second, rhs.second)};
  case AffineExprKind::Mul: {
    int64_t products[] = {saturatedMul(lhs.first, rhs.first), saturatedMul(lhs.first, rhs.second),
                          saturatedMul(lhs.second, rhs.first), saturatedMul(lhs.second, rhs.second)};
    return {*std::min_element(products, products + 4), *std::max_element(products, products + 4)};
  }
  case AffineExprKind::FloorDiv:
  case AffineExprKind::CeilDiv: {
    if (rhs.first <= 0)
      return anything;
    int64_t slack = kind == AffineExprKind::CeilDiv ? 1 : 0;
    return {saturatedFloorDiv(lhs.first, lhs.first < 0 ? rhs.first : rhs.second),
            saturatedAdd(saturatedFloorDiv(lhs.second, lhs.second < 0 ? rhs.second : rhs.first), slack)};
  }
  case AffineExprKind::Mod:
    return rhs.first > 0 ? Range{0, rhs.second - 1} : anything;
  default:
    return anything;
  }
}

/// Both ends of a smallest or largest size are that of the ends.
Range derivedRange(const ShapeContext &shapes, SymbolOp symbol) {
  SmallVector<int64_t> lows, highs;
  for (AffineExpr size : symbol.getOf()->getSizes()) {
    Range range = shapes.getRange(size);
    lows.push_back(range.first);
    highs.push_back(range.second);
  }
  if (symbol.getKind() == SymbolKind::Min)
    return {*llvm::min_element(lows), *llvm::min_element(highs)};
  return {*llvm::max_element(lows), *llvm::max_element(highs)};
}

} // namespace

Range ShapeContext::getRange(AffineExpr dim) const {
  if (!dim)
    return {INT64_MIN, INT64_MAX};
  if (auto constant = dyn_cast<AffineConstantExpr>(dim))
    return {constant.getValue(), constant.getValue()};
  if (auto symbol = dyn_cast<AffineSymbolExpr>(dim)) {
    SymbolOp op = getSymbolOp(symbol.getPosition());
    if (!op)
      return {INT64_MIN, INT64_MAX};
    if (op.getOf())
      return derivedRange(*this, op);
    return {static_cast<int64_t>(op.getMin()), static_cast<int64_t>(op.getMax())};
  }
  if (auto binary = dyn_cast<AffineBinaryOpExpr>(dim))
    return binaryRange(dim.getKind(), getRange(binary.getLHS()), getRange(binary.getRHS()));
  return {INT64_MIN, INT64_MAX};
}

AffineExpr ShapeContext::getSmaller(AffineExpr lhs, AffineExpr rhs) { return getDerived(SymbolKind::Min, lhs, rhs); }
AffineExpr ShapeContext::getLarger(AffineExpr lhs, AffineExpr rhs) { return getDerived(SymbolKind::Max, lhs, rhs); }

AffineExpr ShapeContext::getDerived(SymbolKind kind, AffineExpr lhs, AffineExpr rhs) {
  AffineExpr difference = subDims(lhs, rhs);
  if (!difference)
    return {};
  auto [least, most] = getRange(difference);
  if (least >= 0)
    return kind == SymbolKind::Max ? lhs : rhs;
  if (most <= 0)
    return kind == SymbolKind::Max ? rhs : lhs;
  auto of = DimsAttr::get(getContext(), {lhs, rhs});
  for (auto [i, symbol] : llvm::enumerate(symbols))
    if (auto op = cast<SymbolOp>(symbol); op.getKind() == kind && op.getOf() == of)
      return getAffineSymbolExpr(i, getContext());
  AffineExpr expr = addSymbol(stringifySymbolKind(kind), kind, 0, INT64_MAX);
  getSymbolOp(symbols.size() - 1).setOfAttr(of);
  return expr;
}

/// The number of elements of a static tensor, if it is small enough to be tracked.
static std::optional<int64_t> getTrackedCount(Value tensor) {
  auto type = dyn_cast<RankedTensorType>(tensor.getType());
  if (!type || !type.hasStaticShape())
    return std::nullopt;
  int64_t count = 1;
  for (int64_t size : type.getShape())
    if (size < 0 || llvm::MulOverflow(count, size, count) || count > ShapeContext::maxTrackedElements)
      return std::nullopt;
  return count;
}

/// The integers in a constant, null where an element is none; nothing if its bytes are not there.
static std::optional<Dims> getElements(ElementsAttr elements) {
  std::optional<HostTensor> tensor = HostTensor::read(elements);
  if (!tensor)
    return std::nullopt;
  Dims values;
  for (int64_t i = 0; i < tensor->getCount(); ++i) {
    int64_t value = tensor->isFloat() ? 0 : tensor->getInt(i);
    bool isKnown = !tensor->getElementType().isUnsignedInteger(64) || value >= 0;
    if (tensor->isFloat()) {
      double number = tensor->getDouble(i);
      isKnown = std::abs(number) < 0x1p53 && number == std::floor(number);
      value = isKnown ? static_cast<int64_t>(number) : 0;
    }
    values.push_back(isKnown ? getAffineConstantExpr(value, elements.getContext()) : AffineExpr());
  }
  return values;
}

std::optional<Dims> ShapeContext::getValues(Value tensor) const {
  if (!tensor || !getTrackedCount(tensor))
    return std::nullopt;
  if (auto known = values.find(tensor); known != values.end())
    return known->second;
  if (auto constant = tensor.getDefiningOp<ConstantOp>())
    return getElements(constant.getValue());
  if (auto dims = tensor.getDefiningOp<DimValuesOp>()) {
    Dims sizes;
    for (AffineExpr size : dims.getValues().getSizes())
      sizes.push_back(simplifyDim(size));
    return sizes;
  }
  return std::nullopt;
}

void ShapeContext::setValues(Value tensor, ArrayRef<AffineExpr> contents) {
  std::optional<int64_t> count = getTrackedCount(tensor);
  if (!count || *count != static_cast<int64_t>(contents.size()))
    return;
  if (contents.empty() || llvm::any_of(contents, [](AffineExpr value) { return bool(value); }))
    values[tensor] = Dims(contents);
}

AffineExpr ShapeContext::getDeclared(unsigned result, unsigned dim) const {
  return result < declared.size() && dim < declared[result].size() ? declared[result][dim] : AffineExpr();
}

std::optional<unsigned> ShapeContext::getDeclaredRank(unsigned result) const {
  return result < declared.size() ? std::optional<unsigned>(declared[result].size()) : std::nullopt;
}

AffineExpr ShapeContext::readDim(OpBuilder &builder, Location loc, Value tensor, int64_t index, StringRef nameHint,
                                 int64_t min, int64_t max) {
  if (std::optional<Dims> known = getValues(tensor))
    if (index < static_cast<int64_t>(known->size()) && (*known)[index])
      return (*known)[index];
  AffineExpr symbol;
  for (Operation *user : tensor.getUsers())
    if (auto read = dyn_cast<ReadDimOp>(user); read && static_cast<int64_t>(read.getIndex()) == index)
      symbol = getSymbol(read.getSymbol());
  if (symbol) {
    SymbolOp op = getSymbolOp(cast<AffineSymbolExpr>(symbol).getPosition());
    min = std::max<int64_t>(min, op.getMin());
    max = std::max<int64_t>(min, std::min<int64_t>(max, op.getMax()));
    op.setMin(min);
    op.setMax(max);
  } else {
    symbol = addSymbol(nameHint, SymbolKind::Data, min, max);
    StringRef name = getSymbolOp(symbols.size() - 1).getSymName();
    ReadDimOp::create(builder, loc, tensor, index, name);
  }
  AffineExpr value = min == max ? getAffineConstantExpr(min, module.getContext()) : symbol;
  if (std::optional<int64_t> count = getTrackedCount(tensor)) {
    Dims contents = getValues(tensor).value_or(Dims(*count));
    contents[index] = value;
    values[tensor] = contents;
  }
  return value;
}

void ShapeContext::checkEqual(OpBuilder &builder, Location loc, AffineExpr x, AffineExpr y) {
  AffineExpr difference = subDims(x, y);
  if (!difference || getConstantDim(difference) == 0)
    return;
  // Not `readDim`: the value is known, but not that it is 0.
  auto type = RankedTensorType::get({1}, builder.getI64Type());
  Value value = DimValuesOp::create(builder, loc, type, DimsAttr::get(getContext(), {difference}));
  addSymbol("size_difference", SymbolKind::Data, 0, 0);
  ReadDimOp::create(builder, loc, value, 0, getSymbolOp(symbols.size() - 1).getSymName());
}

bool ShapeContext::boundSymbol(AffineExpr size, int64_t min, int64_t max) {
  SmallVector<unsigned> parts = getSymbolsIn(size);
  SymbolOp op = parts.size() == 1 ? getSymbolOp(parts.front()) : SymbolOp();
  if (!op || op.getKind() != SymbolKind::Caller)
    return false;
  std::optional<int64_t> offset = getConstantDim(subDims(size, getAffineSymbolExpr(parts.front(), getContext())));
  if (!offset)
    return false;
  int64_t low = std::max<int64_t>(op.getMin(), saturatedAdd(min, -*offset));
  int64_t high = std::min<int64_t>(op.getMax(), max == INT64_MAX ? max : saturatedAdd(max, -*offset));
  if (low > high)
    return false;
  op.setMin(low);
  op.setMax(high);
  return true;
}

} // namespace dsc
