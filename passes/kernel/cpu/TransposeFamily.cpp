// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Kernels of transposes that move the last dimension: blocks of 8 x 8 four-byte elements, turned in registers.

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "passes/kernel/ElementwiseOps.h"
#include "passes/kernel/Evaluator.h"
#include "passes/kernel/cpu/LoopFamily.h"

using namespace mlir;

namespace dsc {
namespace {

constexpr int64_t side = 8;

/// A group of one transpose whose last dimension comes from another place.
TransposeOp matchTranspose(GroupOp group) {
  auto op = group.getYield().getResults().size() == 1 ? group.getYield().getResults()[0].getDefiningOp<TransposeOp>()
                                                      : TransposeOp();
  if (!op || !isa<BlockArgument>(op.getInput()) || op.getPermutation().back() == rankOf(op.getInput()) - 1)
    return {};
  Type type = computeType(elementTypeOf(op.getInput()));
  return type.isF32() || type.isInteger(32) ? op : TransposeOp();
}

/// The result's dimension that runs along the input's last one.
int64_t acrossDim(TransposeOp op) {
  ArrayRef<int64_t> permutation = op.getPermutation();
  return llvm::find(permutation, int64_t(permutation.size()) - 1) - permutation.begin();
}

/// Turns 8 rows of 8 into columns: three rounds of two-row shuffles.
SmallVector<Value> turn(Evaluator &e, SmallVector<Value> rows) {
  auto shuffle = [&](Value x, Value y, ArrayRef<int64_t> mask) -> Value {
    return vector::ShuffleOp::create(e.b, e.loc, x, y, mask);
  };
  SmallVector<Value> pairs, quads, columns(side);
  for (int64_t i = 0; i < side; i += 2) {
    pairs.push_back(shuffle(rows[i], rows[i + 1], {0, 8, 1, 9, 4, 12, 5, 13}));
    pairs.push_back(shuffle(rows[i], rows[i + 1], {2, 10, 3, 11, 6, 14, 7, 15}));
  }
  for (int64_t i = 0; i < side; i += 4)
    for (int64_t j : {0, 1}) {
      quads.push_back(shuffle(pairs[i + j], pairs[i + j + 2], {0, 1, 8, 9, 4, 5, 12, 13}));
      quads.push_back(shuffle(pairs[i + j], pairs[i + j + 2], {2, 3, 10, 11, 6, 7, 14, 15}));
    }
  for (int64_t i = 0; i < 4; ++i) {
    columns[i] = shuffle(quads[i], quads[i + 4], {0, 1, 2, 3, 8, 9, 10, 11});
    columns[i + 4] = shuffle(quads[i], quads[i + 4], {4, 5, 6, 7, 12, 13, 14, 15});
  }
  return columns;
}

/// Emits one tile: `side` rows of the result along `across`, over the whole last dimension.
struct TileEmitter {
  Evaluator &e;
  TransposeOp op;
  int64_t across, last;

  Value source() { return e.body.flat[cast<BlockArgument>(op.getInput()).getArgNumber()]; }
  Value target() { return e.body.flat[e.group.getNumOperands()]; }

  Coord inputPosition(ArrayRef<Coord> point) {
    Point from(point.size());
    for (auto [d, dim] : llvm::enumerate(op.getPermutation()))
      from[dim] = point[d];
    return e.linearize(op.getInput(), from);
  }

  void block(Point point) {
    CoordMath m = e.math();
    Coord column = point[last], row = point[across];
    auto type = VectorType::get({side}, storageType(elementTypeOf(op.getInput())));
    SmallVector<Value> rows;
    for (int64_t i = 0; i < side; ++i) {
      point[last] = m.add(column, m.constant(i));
      rows.push_back(vector::LoadOp::create(e.b, e.loc, type, source(), ValueRange{inputPosition(point).value}));
    }
    point[last] = column;
    for (auto [i, values] : llvm::enumerate(turn(e, rows))) {
      point[across] = m.add(row, m.constant(i));
      vector::StoreOp::create(e.b, e.loc, values, target(), ValueRange{e.linearize(op.getOutput(), point).value});
    }
  }

  void single(ArrayRef<Coord> point) { e.store(0, point, e.element(op.getOutput(), point)); }

  /// Rows [lower, upper) and columns from `from` on, one by one.
  void rest(Point point, Value lower, Value upper, Value from) {
    e.loop(lower, upper, {}, [&](Value row, ValueRange) -> SmallVector<Value> {
      e.loop(from, e.size(op.getOutput(), last), {}, [&](Value column, ValueRange) -> SmallVector<Value> {
        point[across] = {row};
        point[last] = {column};
        single(point);
        return {};
      });
      return {};
    });
  }

  void tile(Value index) {
    CoordMath m = e.math();
    SmallVector<Value> outer;
    for (int64_t d = 0; d < last; ++d)
      outer.push_back(e.size(op.getOutput(), d));
    Coord blocks = m.div(m.add({outer[across]}, m.constant(side - 1)), m.constant(side));
    outer[across] = blocks.value;
    Point point = e.delinearize({index}, outer);
    point.push_back(Coord{});
    Coord lower = m.mul(point[across], m.constant(side)), rows = e.extent(op.getOutput(), across);
    Coord upper = m.min(m.add(lower, m.constant(side)), rows), columns = e.extent(op.getOutput(), last);
    Value full = m.equal(m.sub(upper, lower), m.constant(side));
    Coord whole = m.sub(columns, m.rem(columns, m.constant(side)));
    // A block row at the edge has no whole blocks.
    whole = m.select(full, whole, m.constant(0));
    e.loop(m.index(0), whole.value, {}, [&](Value column, ValueRange) -> SmallVector<Value> {
      point[across] = lower;
      point[last] = {column};
      block(point);
      return {};
    }, side);
    rest(point, lower.value, upper.value, whole.value);
  }
};

struct TransposeFamily : KernelFamily {
  StringRef name() const override { return "transpose"; }

  FailureOr<KernelShape> match(GroupOp group, std::string &whyNot) const override {
    TransposeOp op = matchTranspose(group);
    if (!op) {
      whyNot = "no lone transpose of four-byte elements that moves the last dimension";
      return failure();
    }
    Dims dims = getDims(op.getOutput());
    int64_t across = acrossDim(op);
    dims[across] = ceilDivDims(dims[across], getAffineConstantExpr(side, group.getContext()));
    dims.pop_back();
    return KernelShape{productOfDims(dims, group.getContext()), 16, 0};
  }

  LogicalResult emit(GroupOp group, KernelBody &body) const override {
    Evaluator e(group, body);
    TransposeOp op = matchTranspose(group);
    TileEmitter emitter{e, op, acrossDim(op), rankOf(op.getOutput()) - 1};
    e.loop(body.begin, body.end, {}, [&](Value index, ValueRange) -> SmallVector<Value> {
      emitter.tile(index);
      return {};
    });
    return failure(e.failed);
  }
};

} // namespace

const KernelFamily &transposeFamily() {
  static const TransposeFamily family;
  return family;
}

} // namespace dsc
