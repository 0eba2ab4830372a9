// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Loads, stores, constants and conversions of element-wise evaluation, for scalars and runs of lanes.

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "passes/kernel/ElementwiseOps.h"
#include "passes/kernel/Evaluator.h"

using namespace mlir;

namespace dsc {

Type Evaluator::valueType(Type elementType) {
  Type type = computeType(elementType);
  return vectorized ? Type(VectorType::get({runLength}, type)) : type;
}

Type Evaluator::accumulatorType(Type elementType) {
  if (elementType.isF16() || elementType.isBF16())
    return b.getF32Type();
  return elementType;
}

Value Evaluator::convert(Value value, Type from, Type to) { return emitCast(b, loc, value, from, to); }

Value Evaluator::constant(Type elementType, double value) {
  Type type = computeType(elementType);
  TypedAttr attr;
  if (auto floating = dyn_cast<FloatType>(type)) {
    attr = b.getFloatAttr(floating, value);
  } else {
    unsigned width = type.getIntOrFloatBitWidth();
    bool isUnsigned = elementType.isUnsignedInteger() || width == 1;
    // Out of range means the type's limit: the start of a maximum or a minimum.
    llvm::APSInt number(width, isUnsigned);
    bool exact;
    llvm::APFloat(value).convertToInteger(number, llvm::APFloat::rmTowardZero, &exact);
    attr = b.getIntegerAttr(type, number);
  }
  if (vectorized)
    attr = DenseElementsAttr::get(VectorType::get({runLength}, type), Attribute(attr));
  return arith::ConstantOp::create(b, loc, attr);
}

namespace {
constexpr int64_t mostMultiple = 64;

/// A power of two that divides the index, as far as its definition tells.
int64_t knownMultiple(Value index) {
  if (std::optional<int64_t> known = getConstantIntValue(index))
    return *known == 0 ? mostMultiple : std::min<int64_t>(mostMultiple, *known & -*known);
  Operation *op = index.getDefiningOp();
  auto ofOperand = [&](unsigned i) { return knownMultiple(op->getOperand(i)); };
  if (isa_and_nonnull<arith::MulIOp>(op))
    return std::min(mostMultiple, ofOperand(0) * ofOperand(1));
  if (isa_and_nonnull<arith::AddIOp, arith::SubIOp>(op))
    return std::min(ofOperand(0), ofOperand(1));
  if (auto argument = dyn_cast<BlockArgument>(index))
    if (auto loop = dyn_cast<scf::ForOp>(argument.getOwner()->getParentOp()); loop && !argument.getArgNumber())
      return std::min(knownMultiple(loop.getLowerBound()), knownMultiple(loop.getStep()));
  return 1;
}

/// Tells a load or store of a run what its address is a multiple of, where that is more than the element's size.
template <class Op> void setRunAlignment(Op op, const KernelBuffers &body, VectorType type, Value position) {
  int64_t elementBytes = (type.getElementTypeBitWidth() + 7) / 8;
  int64_t alignment = std::min(body.alignment, knownMultiple(position) * elementBytes);
  if (alignment > elementBytes)
    op.setAlignment(alignment);
}
} // namespace

Value Evaluator::load(Value flat, Coord position, Type elementType) {
  CoordMath m = math();
  if (!vectorized)
    return fromStorage(b, loc, memref::LoadOp::create(b, loc, flat, ValueRange{position.value}), elementType);
  Type storage = storageType(elementType);
  auto type = VectorType::get({runLength}, storage);
  if (!position.isVector() && position.step == 1) {
    auto run = vector::LoadOp::create(b, loc, type, flat, ValueRange{position.value});
    setRunAlignment(run, body, type, position.value);
    return fromStorage(b, loc, run, elementType);
  }
  SmallVector<Value> elements;
  for (int64_t lane = 0; lane < runLength; ++lane)
    elements.push_back(memref::LoadOp::create(b, loc, flat, ValueRange{m.lane(position, lane)}));
  return fromStorage(b, loc, vector::FromElementsOp::create(b, loc, type, elements), elementType);
}

Value Evaluator::hasElements(Value tensor, ArrayRef<int64_t> axes) {
  CoordMath m = math();
  Dims dims = getDims(tensor);
  if (!shapes)
    shapes.emplace(group->getParentOfType<ModuleOp>());
  Value result;
  for (int64_t axis : axes) {
    if (shapes->getRange(dims[axis]).first > 0)
      continue;
    result = m.both(result, m.less(m.constant(0), extent(tensor, axis)));
  }
  return result;
}

Value Evaluator::elementIfAny(Value tensor, ArrayRef<Coord> point, ArrayRef<int64_t> axes) {
  Value any = hasElements(tensor, axes);
  if (!any)
    return element(tensor, point);
  return choose(
      any, [&] { return element(tensor, point); }, [&] { return constant(elementTypeOf(tensor), 0.0); });
}

void Evaluator::storeFlat(Value flat, Coord position, Value value, Type elementType) {
  value = toStorage(b, loc, value, elementType);
  if (!isa<VectorType>(value.getType())) {
    memref::StoreOp::create(b, loc, value, flat, ValueRange{position.value});
    return;
  }
  if (!position.isVector() && position.step == 1) {
    auto run = vector::StoreOp::create(b, loc, value, flat, ValueRange{position.value});
    setRunAlignment(run, body, cast<VectorType>(value.getType()), position.value);
    return;
  }
  for (int64_t lane = 0; lane < runLength; ++lane) {
    Value element = vector::ExtractOp::create(b, loc, value, ArrayRef<int64_t>{lane});
    memref::StoreOp::create(b, loc, element, flat, ValueRange{math().lane(position, lane)});
  }
}

void Evaluator::store(unsigned result, ArrayRef<Coord> point, Value value) {
  Value tensor = group.getYield().getResults()[result];
  Type elementType = elementTypeOf(tensor);
  storeFlat(body.flat[group.getNumOperands() + result], linearize(tensor, point), value, elementType);
}

namespace {
/// The elements as they lie in memory: signless, a byte per bool.
DenseElementsAttr asStored(ElementsAttr value, Type elementType, int64_t count) {
  auto dense = cast<DenseElementsAttr>(value);
  auto type = RankedTensorType::get({count}, storageType(elementType));
  SmallVector<Attribute> elements;
  for (Attribute element : dense.getValues<Attribute>()) {
    if (auto integer = dyn_cast<IntegerAttr>(element)) {
      APInt bits = integer.getValue();
      unsigned width = type.getElementTypeBitWidth();
      element = IntegerAttr::get(type.getElementType(), bits.getBitWidth() < width ? bits.zext(width) : bits);
    }
    elements.push_back(element);
  }
  return DenseElementsAttr::get(type, elements);
}
} // namespace

Value Evaluator::loadConstant(ConstantOp op, ArrayRef<Coord> point) {
  auto tensor = typeOf(op.getOutput());
  Type elementType = tensor.getElementType();
  if (!isa<DenseElementsAttr>(op.getValue()))
    return unsupported(op);
  DenseElementsAttr stored = asStored(op.getValue(), elementType, tensor.getNumElements());
  Coord position = linearize(op.getOutput(), point);
  std::optional<int64_t> known =
      position.isUniform() ? getConstantIntValue(position.value) : std::optional<int64_t>();
  if (stored.isSplat() || known) {
    Attribute attr = stored.isSplat() ? stored.getSplatValue<Attribute>() : stored.getValues<Attribute>()[*known];
    if (elementType.isInteger(1))
      attr = b.getBoolAttr(!cast<IntegerAttr>(attr).getValue().isZero());
    return splat(arith::ConstantOp::create(b, loc, cast<TypedAttr>(attr)));
  }
  Value flat = atEntry(op.getOutput(), -2, [&]() -> Value {
    auto function = b.getInsertionBlock()->getParent()->getParentOfType<func::FuncOp>();
    auto module = function->getParentOfType<ModuleOp>();
    auto type = MemRefType::get(stored.getType().getShape(), stored.getElementType());
    std::string name;
    for (unsigned i = 0;; ++i)
      if (name = (function.getSymName() + "_constant" + Twine(i)).str(); !module.lookupSymbol(name))
        break;
    OpBuilder global(module.getContext());
    global.setInsertionPoint(function);
    memref::GlobalOp::create(global, loc, name, global.getStringAttr("private"), type, stored, /*constant=*/true,
                             /*alignment=*/IntegerAttr());
    return memref::GetGlobalOp::create(b, loc, type, name);
  });
  return load(flat, position, elementType);
}

} // namespace dsc
