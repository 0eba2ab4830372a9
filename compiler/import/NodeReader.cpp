// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Attributes, shapes and building for the readers of operators.

#include "compiler/import/NodeReader.h"
#include "compiler/import/TensorBytes.h"

#include "mlir/IR/Diagnostics.h"

using namespace mlir;

namespace dsc::onnx_import {

void NodeReader::fail(const Twine &why) {
  if (!failed)
    emitError(loc) << "'" << escapeText(view.opType) << "': " << why;
  failed = true;
}

Value NodeReader::require(size_t operand) {
  if (has(operand))
    return operands[operand];
  fail("expected operand #" + Twine(operand) + ", but it is absent");
  return makeScalar(0, builder.getF32Type());
}

void NodeReader::declareResults(ArrayRef<size_t> which) {
  SmallVector<Dims> dims;
  for (size_t result : which)
    dims.push_back(result < declared.size() ? declared[result] : Dims());
  if (llvm::any_of(dims, [](const Dims &sizes) { return !sizes.empty(); }))
    shapes.declareResults(dims);
}

std::optional<Dims> NodeReader::getDeclaredShape(size_t result) {
  if (result >= declared.size() || declared[result].empty())
    return std::nullopt;
  for (AffineExpr dim : declared[result])
    if (!getConstantDim(dim))
      return std::nullopt;
  return declared[result];
}

void NodeReader::checkElement(Value tensor, int64_t index, int64_t value, StringRef what) {
  if (!failed && getType(tensor).hasStaticShape() && index < getType(tensor).getNumElements())
    shapes.readDim(builder, loc, tensor, index, what, value, value);
}

const AttributeView *NodeReader::find(StringRef name, AttributeKind kind, StringRef kindName) {
  const AttributeView *attribute = view.findAttribute(name);
  if (!attribute || attribute->kind == kind)
    return attribute;
  fail("expected attribute '" + name + "' to be " + kindName);
  return nullptr;
}

int64_t NodeReader::getInt(StringRef name, int64_t otherwise) {
  const AttributeView *attribute = find(name, AttributeKind::Int, "an integer");
  return attribute ? attribute->i : otherwise;
}

int64_t NodeReader::requireInt(StringRef name) {
  if (!hasAttribute(name))
    fail("expected attribute '" + name + "', but it is absent");
  return getInt(name, 1);
}

double NodeReader::getFloat(StringRef name, float otherwise) {
  const AttributeView *attribute = find(name, AttributeKind::Float, "a float");
  return attribute ? attribute->f : otherwise;
}

std::string NodeReader::getString(StringRef name, StringRef otherwise) {
  const AttributeView *attribute = find(name, AttributeKind::String, "a string");
  return attribute ? attribute->s : otherwise.str();
}

std::optional<Ints> NodeReader::getInts(StringRef name) {
  const AttributeView *attribute = view.findAttribute(name);
  // An empty list may come without its kind.
  if (attribute && attribute->kind == AttributeKind::Undefined)
    return Ints();
  attribute = find(name, AttributeKind::Ints, "a list of integers");
  return attribute ? std::optional<Ints>(Ints(llvm::ArrayRef<int64_t>(attribute->ints))) : std::nullopt;
}

llvm::ArrayRef<std::string> NodeReader::getStrings(StringRef name) {
  const AttributeView *attribute = find(name, AttributeKind::Strings, "a list of strings");
  return attribute ? llvm::ArrayRef<std::string>(attribute->strings) : llvm::ArrayRef<std::string>();
}

RankedTensorType NodeReader::getType(Value value) { return llvm::cast<RankedTensorType>(value.getType()); }

AffineExpr NodeReader::getDim(Value value, int64_t dim) {
  Dims dims = getDims(value);
  if (dim >= 0 && dim < int64_t(dims.size()))
    return dims[dim];
  fail("expected an operand of rank above " + Twine(dim) + ", but got rank " + Twine(dims.size()));
  return constantDim(1);
}

std::optional<int64_t> NodeReader::getStaticDim(Value value, int64_t dim) { return getConstantDim(getDim(value, dim)); }

int64_t NodeReader::requireStaticDim(Value value, int64_t dim, StringRef what) {
  if (std::optional<int64_t> size = getStaticDim(value, dim))
    return *size;
  fail("expected a static " + what + ", but it depends on the run");
  return 1;
}

int64_t NodeReader::normalizeAxis(int64_t axis, int64_t rank) {
  if (axis >= -rank && axis < rank)
    return axis < 0 ? axis + rank : axis;
  fail("expected an axis from " + Twine(-rank) + " to " + Twine(rank - 1) + ", but got " + Twine(axis));
  return 0;
}

Ints NodeReader::normalizeAxes(ArrayRef<int64_t> axes, int64_t rank) {
  Ints normalized;
  for (int64_t axis : axes)
    normalized.push_back(normalizeAxis(axis, rank));
  llvm::sort(normalized);
  if (std::adjacent_find(normalized.begin(), normalized.end()) != normalized.end())
    fail("expected different axes, but one is given twice");
  return normalized;
}

std::optional<Ints> NodeReader::findInts(Value value) {
  if (std::optional<SmallVector<int64_t>> constant = getConstantInts(value))
    return constant;
  std::optional<Dims> values = shapes.getValues(value);
  if (!values)
    return std::nullopt;
  Ints ints;
  for (AffineExpr expr : *values) {
    std::optional<int64_t> number = getConstantDim(expr);
    if (!number)
      return std::nullopt;
    ints.push_back(*number);
  }
  return ints;
}

Ints NodeReader::requireInts(Value value, StringRef what) {
  if (std::optional<Ints> ints = findInts(value))
    return *ints;
  if (getType(value).hasStaticShape() && getType(value).getNumElements() == 0)
    return {};
  fail("expected '" + what + "' to be constant, but it is computed at run time");
  return {};
}

std::optional<Ints> NodeReader::getIntsAttributeOrOperand(StringRef name, size_t operand) {
  if (has(operand))
    return requireInts(get(operand), name);
  return getInts(name);
}

SmallVector<Value> NodeReader::createNamed(StringRef name, ValueRange values, ArrayRef<NamedAttribute> attributes,
                                           unsigned numResults) {
  Operation *op = nullptr;
  if (!failed) {
    op = createInferredOp(builder, loc, name, shapes, values, attributes, numResults);
    failed = op == nullptr;
  }
  if (op)
    return SmallVector<Value>(op->getResults());
  return SmallVector<Value>(numResults, makeScalar(0, builder.getF32Type()));
}

NamedAttribute NodeReader::attr(StringRef name, Attribute value) { return builder.getNamedAttr(name, value); }
NamedAttribute NodeReader::intAttr(StringRef name, int64_t value) {
  return attr(name, builder.getI64IntegerAttr(value));
}
NamedAttribute NodeReader::flagAttr(StringRef name, bool value) { return attr(name, builder.getBoolAttr(value)); }
NamedAttribute NodeReader::floatAttr(StringRef name, double value) {
  return attr(name, builder.getF32FloatAttr(float(value)));
}
NamedAttribute NodeReader::intsAttr(StringRef name, ArrayRef<int64_t> values) {
  return attr(name, builder.getDenseI64ArrayAttr(values));
}

Value NodeReader::makeConstant(ElementsAttr elements) { return ConstantOp::create(builder, loc, elements); }

Value NodeReader::makeInts(ArrayRef<int64_t> values) { return makeConstant(builder.getI64TensorAttr(values)); }

Value NodeReader::makeDims(ArrayRef<AffineExpr> dims) {
  Ints constants;
  for (AffineExpr dim : dims)
    if (std::optional<int64_t> constant = getConstantDim(dim))
      constants.push_back(*constant);
  if (constants.size() == dims.size())
    return makeInts(constants);
  for (AffineExpr dim : dims)
    if (!dim)
      fail("expected sizes that are known, but one overflows");
  if (failed)
    return makeScalar(0, builder.getF32Type());
  auto type = RankedTensorType::get({int64_t(dims.size())}, builder.getI64Type());
  Value values = DimValuesOp::create(builder, loc, type, DimsAttr::get(builder.getContext(), dims));
  shapes.setValues(values, dims);
  return values;
}

Value NodeReader::makeScalar(double value, Type elementType) {
  auto type = RankedTensorType::get({}, elementType);
  Attribute element;
  if (isa<FloatType>(elementType)) {
    element = builder.getFloatAttr(elementType, value);
  } else {
    // Where a float was meant, the model is refused for its types; until then the number must be one.
    value = std::isnan(value) ? 0 : std::clamp(value, -0x1p63, 0x1p62);
    element = builder.getIntegerAttr(elementType, APInt(elementType.getIntOrFloatBitWidth(), uint64_t(int64_t(value)),
                                                        false, /*implicitTrunc=*/true));
  }
  return makeConstant(DenseElementsAttr::get(type, element));
}

Value NodeReader::castTo(Value value, Type elementType) {
  if (getElementType(value) == elementType)
    return value;
  return create<CastOp>({value}, {attr("to", TypeAttr::get(elementType))});
}

Value NodeReader::widen(Value value) {
  bool isNarrow = isa<FloatType>(getElementType(value)) && getElementType(value).getIntOrFloatBitWidth() < 32;
  return isNarrow ? castTo(value, builder.getF32Type()) : value;
}

Value NodeReader::transpose(Value value, ArrayRef<int64_t> permutation) {
  return create<TransposeOp>({value}, {intsAttr("permutation", permutation)});
}

Value NodeReader::reshape(Value value, ArrayRef<AffineExpr> dims) {
  return create<ReshapeOp>({value, makeDims(dims)}, {flagAttr("allowzero", true)});
}

Value NodeReader::reshape(Value value, ArrayRef<int64_t> dims) { return create<ReshapeOp>({value, makeInts(dims)}); }

Value NodeReader::unsqueeze(Value value, ArrayRef<int64_t> axes) {
  return axes.empty() ? value : create<UnsqueezeOp>({value}, {intsAttr("axes", axes)});
}

Value NodeReader::squeeze(Value value, ArrayRef<int64_t> axes) {
  return axes.empty() ? value : create<SqueezeOp>({value}, {intsAttr("axes", axes)});
}

Value NodeReader::reduce(Value value, ReduceKind kind, ArrayRef<int64_t> axes, bool keepDims) {
  return create<ReduceOp>({value}, {attr("kind", ReduceKindAttr::get(builder.getContext(), kind)),
                                    intsAttr("axes", axes), flagAttr("keepdims", keepDims)});
}

Value NodeReader::slice(Value value, int64_t axis, AffineExpr begin, AffineExpr end) {
  return create<SliceOp>({value, makeDims({begin}), makeDims({end}), makeInts({1})}, {intsAttr("axes", {axis})});
}

} // namespace dsc::onnx_import
