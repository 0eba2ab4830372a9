// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Kernels of ops whose elements depend on other elements of the result: scatters, running sums, selections.

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "passes/kernel/ElementwiseOps.h"
#include "passes/kernel/Evaluator.h"
#include "passes/kernel/IndexMath.h"
#include "passes/kernel/cpu/LoopFamily.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace dsc {
namespace {

/// Copies every element of the input to the result.
void copyInput(Evaluator &e, Value input, Value output) {
  SmallVector<Value> sizes = e.sizes(output);
  e.nest(sizes, {}, [&](ValueRange indices, ValueRange) -> SmallVector<Value> {
    Point point;
    for (Value index : indices)
      point.push_back({index});
    e.store(0, point, e.element(input, point));
    return {};
  });
}

Value combine(Evaluator &e, ScatterReduction reduction, Value old, Value update, Type type) {
  bool isFloat = isa<FloatType>(type), isUnsigned = type.isUnsignedInteger() || type.isInteger(1);
  Type wide = e.accumulatorType(type);
  old = e.convert(old, type, wide);
  update = e.convert(update, type, wide);
  Value result = update;
  switch (reduction) {
  case ScatterReduction::None:
    break;
  case ScatterReduction::Add:
    result = isFloat ? Value(arith::AddFOp::create(e.b, e.loc, old, update))
                     : Value(arith::AddIOp::create(e.b, e.loc, old, update));
    break;
  case ScatterReduction::Mul:
    result = isFloat ? Value(arith::MulFOp::create(e.b, e.loc, old, update))
                     : Value(arith::MulIOp::create(e.b, e.loc, old, update));
    break;
  case ScatterReduction::Max:
    result = emitMax(e.b, e.loc, old, update, isUnsigned);
    break;
  case ScatterReduction::Min:
    result = emitMin(e.b, e.loc, old, update, isUnsigned);
    break;
  }
  return e.convert(result, wide, type);
}

/// Combines an update with the element of the result at `to`; there is none if an axis is empty.
void update(Evaluator &e, Value output, ScatterReduction reduction, ArrayRef<Coord> to, Value value) {
  Type type = elementTypeOf(output);
  Value flat = e.body.flat[e.group.getNumOperands()];
  auto write = [&] {
    Coord position = e.linearize(output, to);
    e.storeFlat(flat, position, combine(e, reduction, e.load(flat, position, type), value, type), type);
  };
  Value any = e.hasElements(output, llvm::to_vector(llvm::seq<int64_t>(0, to.size())));
  any ? IndexMath{e.b, e.loc}.branch(any, write) : write();
}

Coord safeIndex(Evaluator &e, Coord index, Coord size) {
  CoordMath m = e.math();
  return m.clamp(m.select(m.less(index, m.constant(0)), m.add(index, size), index), size);
}

/// Runs over all elements of a tensor, in row-major order.
void forEach(Evaluator &e, Value tensor, llvm::function_ref<void(Point)> emit) {
  e.nest(e.sizes(tensor), {}, [&](ValueRange indices, ValueRange) -> SmallVector<Value> {
    Point point;
    for (Value index : indices)
      point.push_back({index});
    emit(point);
    return {};
  });
}

void emitScatterElements(Evaluator &e, ScatterElementsOp op) {
  copyInput(e, op.getInput(), op.getOutput());
  forEach(e, op.getUpdates(), [&](Point point) {
    Point to(point);
    to[op.getAxis()] = safeIndex(e, e.indexAt(op.getIndices(), point), e.extent(op.getInput(), op.getAxis()));
    update(e, op.getOutput(), op.getReduction(), to, e.element(op.getUpdates(), point));
  });
}

void emitScatterNd(Evaluator &e, ScatterNdOp op) {
  copyInput(e, op.getInput(), op.getOutput());
  int64_t outer = rankOf(op.getIndices()) - 1, tuple = typeOf(op.getIndices()).getDimSize(outer);
  forEach(e, op.getUpdates(), [&](Point point) {
    Point to;
    for (int64_t i = 0; i < tuple; ++i) {
      Point at(point.begin(), point.begin() + outer);
      at.push_back(e.math().constant(i));
      to.push_back(safeIndex(e, e.indexAt(op.getIndices(), at), e.extent(op.getInput(), i)));
    }
    to.append(point.begin() + outer, point.end());
    update(e, op.getOutput(), op.getReduction(), to, e.element(op.getUpdates(), point));
  });
}

void emitTensorScatter(Evaluator &e, TensorScatterOp op) {
  copyInput(e, op.getInput(), op.getOutput());
  int64_t axis = op.getAxis();
  forEach(e, op.getUpdate(), [&](Point point) {
    CoordMath m = e.math();
    Coord first = op.getWriteIndices() ? e.indexAt(op.getWriteIndices(), Point{point[0]}) : m.constant(0);
    Coord size = e.extent(op.getInput(), axis), at = m.add(m.max(first, m.constant(0)), point[axis]);
    Point to(point);
    to[axis] = op.getMode() == CacheMode::Circular ? m.rem(at, m.max(size, m.constant(1))) : m.clamp(at, size);
    update(e, op.getOutput(), ScatterReduction::None, to, e.element(op.getUpdate(), point));
  });
}

/// Runs over the rows of the group's tiles: `emit` gets points whose coordinate along `axis` is null.
void forEachRow(Evaluator &e, Value tensor, int64_t axis, llvm::function_ref<void(Point)> emit) {
  SmallVector<Value> outer = e.sizes(tensor);
  outer.erase(outer.begin() + axis);
  auto &body = static_cast<KernelBody &>(e.body);
  e.loop(body.begin, body.end, {}, [&](Value row, ValueRange) -> SmallVector<Value> {
    Point point = e.delinearize({row}, outer);
    point.insert(point.begin() + axis, Coord{});
    emit(point);
    return {};
  });
}

void emitCumsum(Evaluator &e, CumsumOp op) {
  int64_t axis = op.getAxis();
  Type type = elementTypeOf(op.getInput()), wide = e.accumulatorType(type);
  forEachRow(e, op.getOutput(), axis, [&](Point point) {
    Value length = e.size(op.getInput(), axis);
    e.loop(e.math().index(0), length, {e.constant(wide, 0)}, [&](Value i, ValueRange sum) -> SmallVector<Value> {
      CoordMath m = e.math();
      point[axis] = op.getReverse() ? m.sub(m.sub({length}, m.constant(1)), {i}) : Coord{i};
      Value x = e.convert(e.element(op.getInput(), point), type, wide);
      Value next = isa<FloatType>(type) ? Value(arith::AddFOp::create(e.b, e.loc, sum[0], x))
                                        : Value(arith::AddIOp::create(e.b, e.loc, sum[0], x));
      e.store(0, point, e.convert(op.getExclusive() ? Value(sum[0]) : next, wide, type));
      return {next};
    });
  });
}

/// Whether element (x, i) comes before element (y, j).
Value comesBefore(Evaluator &e, TopKOp op, Value x, Value i, Value y, Value j) {
  Type type = elementTypeOf(op.getInput());
  Value better, same;
  if (isa<FloatType>(type)) {
    auto predicate = op.getLargest() ? arith::CmpFPredicate::OGT : arith::CmpFPredicate::OLT;
    better = arith::CmpFOp::create(e.b, e.loc, predicate, x, y);
    same = arith::CmpFOp::create(e.b, e.loc, arith::CmpFPredicate::OEQ, x, y);
  } else {
    auto largest = type.isUnsignedInteger() ? arith::CmpIPredicate::ugt : arith::CmpIPredicate::sgt;
    auto smallest = type.isUnsignedInteger() ? arith::CmpIPredicate::ult : arith::CmpIPredicate::slt;
    better = arith::CmpIOp::create(e.b, e.loc, op.getLargest() ? largest : smallest, x, y);
    same = arith::CmpIOp::create(e.b, e.loc, arith::CmpIPredicate::eq, x, y);
  }
  Value lower = arith::CmpIOp::create(e.b, e.loc, arith::CmpIPredicate::slt, i, j);
  return arith::OrIOp::create(e.b, e.loc, better, arith::AndIOp::create(e.b, e.loc, same, lower));
}

/// Selects one after the other: the first element, in the wanted order, of those behind the last one selected.
void emitTopK(Evaluator &e, TopKOp op) {
  int64_t axis = op.getAxis();
  Type type = elementTypeOf(op.getInput()), wide = e.accumulatorType(type);
  forEachRow(e, op.getValues(), axis, [&](Point point) {
    Value none = e.math().index(-1);
    auto at = [&](Value i) {
      Point from(point);
      from[axis] = {i};
      return e.convert(e.element(op.getInput(), from), type, wide);
    };
    e.loop(e.math().index(0), e.size(op.getValues(), axis), {e.constant(wide, 0), none},
           [&](Value k, ValueRange last) -> SmallVector<Value> {
      Value isFirst = arith::CmpIOp::create(e.b, e.loc, arith::CmpIPredicate::slt, last[1], e.math().index(0));
      SmallVector<Value> best = e.loop(e.math().index(0), e.size(op.getInput(), axis), {e.constant(wide, 0), none},
                                       [&](Value i, ValueRange found) -> SmallVector<Value> {
        Value x = at(i);
        Value open = arith::OrIOp::create(e.b, e.loc, isFirst, comesBefore(e, op, last[0], last[1], x, i));
        Value empty = arith::CmpIOp::create(e.b, e.loc, arith::CmpIPredicate::slt, found[1], e.math().index(0));
        Value better = arith::OrIOp::create(e.b, e.loc, empty, comesBefore(e, op, x, i, found[0], found[1]));
        Value take = arith::AndIOp::create(e.b, e.loc, open, better);
        return {arith::SelectOp::create(e.b, e.loc, take, x, found[0]),
                arith::SelectOp::create(e.b, e.loc, take, i, found[1])};
      });
      Point to(point);
      to[axis] = {k};
      e.store(0, to, e.convert(best[0], wide, type));
      Value index = arith::IndexCastOp::create(e.b, e.loc, e.b.getI64Type(), best[1]);
      e.store(1, to, index);
      return best;
    });
  });
}

struct SequentialFamily : KernelFamily {
  StringRef name() const override { return "sequential"; }

  /// The op that every result comes from.
  static Operation *rootOf(GroupOp group) {
    Operation *root = nullptr;
    for (Value result : group.getYield().getResults()) {
      Operation *op = result.getDefiningOp();
      if (!op || (root && root != op))
        return nullptr;
      root = op;
    }
    return root && root->getNumResults() == group.getNumResults() ? root : nullptr;
  }

  FailureOr<KernelShape> match(GroupOp group, std::string &whyNot) const override {
    MLIRContext *context = group.getContext();
    auto rows = [&](Value tensor, int64_t axis) -> FailureOr<KernelShape> {
      Dims dims = getDims(tensor);
      dims.erase(dims.begin() + axis);
      return KernelShape{productOfDims(dims, context), 1, 0};
    };
    Operation *root = rootOf(group);
    if (auto op = dyn_cast_or_null<CumsumOp>(root))
      return rows(op.getOutput(), op.getAxis());
    if (auto op = dyn_cast_or_null<TopKOp>(root))
      return rows(op.getValues(), op.getAxis());
    if (isa_and_nonnull<ScatterElementsOp, ScatterNdOp, TensorScatterOp>(root))
      return KernelShape{getAffineConstantExpr(1, context), 1, 0};
    whyNot = "no op whose elements depend on each other";
    return failure();
  }

  LogicalResult emit(GroupOp group, KernelBody &body) const override {
    Evaluator e(group, body);
    Operation *root = rootOf(group);
    auto once = [&](llvm::function_ref<void()> emit) {
      e.loop(body.begin, body.end, {}, [&](Value, ValueRange) -> SmallVector<Value> {
        emit();
        return {};
      });
    };
    TypeSwitch<Operation *>(root)
        .Case([&](CumsumOp op) { emitCumsum(e, op); })
        .Case([&](TopKOp op) { emitTopK(e, op); })
        .Case([&](ScatterElementsOp op) { once([&] { emitScatterElements(e, op); }); })
        .Case([&](ScatterNdOp op) { once([&] { emitScatterNd(e, op); }); })
        .Case([&](TensorScatterOp op) { once([&] { emitTensorScatter(e, op); }); });
    return failure(e.failed);
  }
};

} // namespace

const KernelFamily &sequentialFamily() {
  static const SequentialFamily family;
  return family;
}

} // namespace dsc
