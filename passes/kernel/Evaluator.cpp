// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The core of element-wise evaluation: buffers, reuse, loops, and the dispatch to the rules of the op families.

#include "passes/kernel/Evaluator.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "passes/kernel/ElementwiseOps.h"
#include "passes/kernel/IndexMath.h"

using namespace mlir;

namespace dsc {

/// What is computed inside a region is not known outside.
struct Evaluator::Scope {
  explicit Scope(Evaluator &e) : e(e) { e.scopes.emplace_back(); }
  ~Scope() { e.scopes.pop_back(); }
  Evaluator &e;
};

Evaluator::Evaluator(GroupOp group, KernelBuffers &body)
    : b(body.b), loc(body.loc), group(group), body(body), runLength(body.runLength),
      entryAnchor(arith::ConstantIndexOp::create(body.b, body.loc, 0)) {
  scopes.emplace_back();
}

Evaluator::Key Evaluator::makeKey(void *what, ArrayRef<Coord> point) {
  Key key{what, vectorized, {}};
  for (const Coord &coord : point) {
    // Equal constants are different values; their number is what counts.
    if (std::optional<int64_t> number = coord.value ? getConstantIntValue(coord.value) : std::nullopt)
      std::get<2>(key).push_back({nullptr, *number * 64 + coord.step});
    else
      std::get<2>(key).push_back({coord.value.getAsOpaquePointer(), coord.step});
  }
  return key;
}

SmallVector<Value> Evaluator::remember(Operation *op, ArrayRef<Coord> point,
                                       llvm::function_ref<SmallVector<Value>()> compute) {
  Key key = makeKey(op, point);
  for (auto &scope : llvm::reverse(scopes))
    if (auto found = scope.find(key); found != scope.end())
      return found->second;
  SmallVector<Value> values = compute();
  scopes.back()[key] = values;
  return values;
}

Value Evaluator::element(Value tensor, ArrayRef<Coord> point) {
  if (vectorized && llvm::all_of(point, [](const Coord &coord) { return coord.isUniform(); }))
    return splat(asScalar([&] { return element(tensor, point); }));
  Key key = makeKey(tensor.getAsOpaquePointer(), point);
  for (auto &scope : llvm::reverse(scopes))
    if (auto found = scope.find(key); found != scope.end())
      return found->second.front();
  Value value = compute(tensor, point);
  scopes.back()[key] = {value};
  return value;
}

Value Evaluator::asScalar(llvm::function_ref<Value()> emit) {
  bool saved = std::exchange(vectorized, false);
  Value value = emit();
  vectorized = saved;
  return value;
}

Value Evaluator::splat(Value scalar) {
  if (!vectorized || isa<VectorType>(scalar.getType()))
    return scalar;
  auto type = VectorType::get({runLength}, scalar.getType());
  Attribute attr;
  if (matchPattern(scalar, m_Constant(&attr)))
    return arith::ConstantOp::create(b, loc, DenseElementsAttr::get(type, attr));
  return vector::BroadcastOp::create(b, loc, type, scalar);
}

Value Evaluator::compute(Value tensor, ArrayRef<Coord> point) {
  if (auto source = provided.find(tensor); source != provided.end())
    return source->second(point);
  Type elementType = elementTypeOf(tensor);
  if (auto argument = dyn_cast<BlockArgument>(tensor))
    return load(body.flat[argument.getArgNumber()], linearize(tensor, point), elementType);
  Operation *op = tensor.getDefiningOp();
  auto result = cast<OpResult>(tensor);
  if (auto constantOp = dyn_cast<ConstantOp>(op))
    return loadConstant(constantOp, point);
  if (isElementwise(op)) {
    SmallVector<Value> operands;
    for (Value operand : op->getOperands())
      operands.push_back(element(operand, broadcastPoint(operand, tensor, point)));
    if (Value value = emitElementwise(b, op->getLoc(), op, operands))
      return value;
    return unsupported(op);
  }
  if (Value value = movementElement(*this, op, point))
    return value;
  if (Value value = indexingElement(*this, op, point))
    return value;
  if (Value value = reductionElement(*this, result, point))
    return value;
  if (Value value = normElement(*this, op, point))
    return value;
  if (Value value = contractionElement(*this, op, point))
    return value;
  if (Value value = attentionElement(*this, op, point))
    return value;
  if (Value value = poolElement(*this, result, point))
    return value;
  if (Value value = resizeElement(*this, op, point))
    return value;
  return unsupported(op);
}

Value Evaluator::unsupported(Operation *op) {
  op->emitOpError("expected an op with a CPU kernel");
  failed = true;
  Type elementType = cast<RankedTensorType>(op->getResult(0).getType()).getElementType();
  return arith::ConstantOp::create(b, loc, b.getZeroAttr(valueType(elementType)));
}

Point Evaluator::broadcastPoint(Value operand, Value result, ArrayRef<Coord> point) {
  auto from = typeOf(operand), to = typeOf(result);
  Point mapped;
  int64_t offset = to.getRank() - from.getRank();
  for (int64_t d = 0; d < from.getRank(); ++d) {
    bool stretched = from.getDimSize(d) == 1 && to.getDimSize(d + offset) != 1;
    mapped.push_back(stretched ? math().constant(0) : point[d + offset]);
  }
  return mapped;
}

Value Evaluator::atEntry(Value tensor, int64_t key, llvm::function_ref<Value()> emit) {
  Value &value = entryValues[{tensor.getAsOpaquePointer(), key}];
  if (!value) {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPoint(entryAnchor);
    // Nothing that a region remembers is known here, nor the other way round.
    auto saved = std::move(scopes);
    scopes.clear();
    scopes.emplace_back();
    Value made = asScalar(emit);
    scopes = std::move(saved);
    entryValues[{tensor.getAsOpaquePointer(), key}] = made;
    return made;
  }
  return value;
}

Value Evaluator::size(Value tensor, int64_t dim) {
  AffineExpr expr = getDims(tensor)[dim];
  if (auto constant = dyn_cast<AffineConstantExpr>(expr))
    return math().index(constant.getValue());
  // Equal expressions are one value: keyed by the expression.
  Value &value = entryValues[{const_cast<void *>(expr.getAsOpaquePointer()), -1}];
  if (!value) {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPoint(entryAnchor);
    value = body.dimValue(expr);
  }
  return value;
}

SmallVector<Value> Evaluator::sizes(Value tensor) {
  SmallVector<Value> result;
  for (int64_t d = 0, rank = rankOf(tensor); d < rank; ++d)
    result.push_back(size(tensor, d));
  return result;
}

Coord Evaluator::linearize(Value tensor, ArrayRef<Coord> point) {
  CoordMath m = math();
  Coord position = m.constant(0);
  for (auto [d, coord] : llvm::enumerate(point))
    position = m.add(d == 0 ? position : m.mul(position, extent(tensor, d)), coord);
  return position;
}

Point Evaluator::delinearize(Coord position, ArrayRef<Value> sizes) {
  CoordMath m = math();
  Point point(sizes.size());
  for (int64_t d = sizes.size() - 1; d >= 0; --d) {
    point[d] = d == 0 ? position : m.rem(position, {sizes[d]});
    if (d != 0)
      position = m.div(position, {sizes[d]});
  }
  return point;
}

Coord Evaluator::indexAt(Value tensor, ArrayRef<Coord> point) {
  Type elementType = elementTypeOf(tensor);
  bool uniform = llvm::all_of(point, [](const Coord &coord) { return coord.isUniform(); });
  bool saved = std::exchange(vectorized, vectorized && !uniform);
  Value value = convert(element(tensor, point), elementType, b.getI64Type());
  Type type = isa<VectorType>(value.getType()) ? Type(VectorType::get({runLength}, b.getIndexType()))
                                               : Type(b.getIndexType());
  vectorized = saved;
  return {b.createOrFold<arith::IndexCastOp>(loc, type, value)};
}

Value Evaluator::shapeOperand(Value tensor, int64_t i) {
  if (std::optional<SmallVector<int64_t>> values = getConstantInts(tensor))
    return math().index((*values)[i]);
  return atEntry(tensor, i, [&]() -> Value {
    Point point;
    if (rankOf(tensor) != 0)
      point = delinearize(math().constant(i), sizes(tensor));
    return indexAt(tensor, point).value;
  });
}

Value Evaluator::floatOperand(Value tensor, int64_t i) {
  return atEntry(tensor, i, [&] {
    Type elementType = elementTypeOf(tensor);
    Point point;
    if (rankOf(tensor) != 0)
      point = delinearize(math().constant(i), sizes(tensor));
    return convert(element(tensor, point), elementType, b.getF32Type());
  });
}

SmallVector<Value> Evaluator::loop(Value lower, Value upper, ValueRange initial, LoopBody emit, int64_t step) {
  auto forOp = scf::ForOp::create(b, loc, lower, upper, math().index(step), initial);
  OpBuilder::InsertionGuard guard(b);
  Scope scope(*this);
  Block *block = forOp.getBody();
  if (initial.empty())
    b.setInsertionPoint(block->getTerminator());
  else
    b.setInsertionPointToEnd(block);
  SmallVector<Value> carried = emit(forOp.getInductionVar(), forOp.getRegionIterArgs());
  if (!initial.empty())
    scf::YieldOp::create(b, loc, carried);
  return SmallVector<Value>(forOp.getResults());
}

void Evaluator::branch(Value condition, llvm::function_ref<void()> then, llvm::function_ref<void()> otherwise) {
  auto scoped = [this](llvm::function_ref<void()> emit) {
    return [this, emit] {
      Scope scope(*this);
      emit();
    };
  };
  IndexMath m{b, loc};
  if (otherwise)
    m.branch(condition, scoped(then), scoped(otherwise));
  else
    m.branch(condition, scoped(then));
}

SmallVector<Value> Evaluator::nest(ArrayRef<Value> extents, ValueRange initial, NestBody emit) {
  SmallVector<Value> indices;
  std::function<SmallVector<Value>(ValueRange)> descend = [&](ValueRange carried) -> SmallVector<Value> {
    size_t level = indices.size();
    if (level == extents.size())
      return emit(indices, carried);
    return loop(math().index(0), extents[level], carried, [&](Value index, ValueRange inner) {
      indices.push_back(index);
      SmallVector<Value> result = descend(inner);
      indices.pop_back();
      return result;
    });
  };
  return descend(initial);
}

Value Evaluator::choose(Value condition, llvm::function_ref<Value()> whenTrue,
                        llvm::function_ref<Value()> whenFalse) {
  if (std::optional<int64_t> known = getConstantIntValue(condition))
    return *known ? whenTrue() : whenFalse();
  if (isa<VectorType>(condition.getType())) {
    Value on = whenTrue(), off = whenFalse();
    return arith::SelectOp::create(b, loc, condition, on, off);
  }
  OpBuilder::InsertionGuard guard(b);
  Block *parent = b.getInsertionBlock();
  (void)parent;
  Value on, off;
  // The type is known only when a branch exists: emit the branches into regions, then make the op around them.
  Region trueRegion, falseRegion;
  auto fill = [&](Region &region, llvm::function_ref<Value()> emit) {
    OpBuilder::InsertionGuard inner(b);
    Scope scope(*this);
    b.setInsertionPointToStart(&region.emplaceBlock());
    Value value = emit();
    scf::YieldOp::create(b, loc, value);
    return value;
  };
  on = fill(trueRegion, whenTrue);
  off = fill(falseRegion, whenFalse);
  auto ifOp = scf::IfOp::create(b, loc, TypeRange{on.getType()}, condition, /*addThenBlock=*/false,
                                /*addElseBlock=*/false);
  ifOp.getThenRegion().takeBody(trueRegion);
  ifOp.getElseRegion().takeBody(falseRegion);
  return ifOp.getResult(0);
}

} // namespace dsc
