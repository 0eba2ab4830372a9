// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Kernels of transposes that move the last dimension: tiles are read along one dimension, turned in shared memory and
// written along the other, so that both sides are runs of neighbours.

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "passes/kernel/ElementwiseOps.h"
#include "passes/kernel/Evaluator.h"
#include "passes/kernel/IndexMath.h"
#include "passes/kernel/gpu/ElementsFamily.h"
#include "passes/kernel/gpu/TileMath.h"

using namespace mlir;

namespace dsc {
namespace {

constexpr int64_t side = 32, blockThreads = 256, rowsAtOnce = blockThreads / side;

int64_t bytesOf(TransposeOp op) { return storageType(elementTypeOf(op.getOutput())).getIntOrFloatBitWidth() / 8; }

/// A row of the tile is padded by a bank, so that a column lies in as many banks as a row.
int64_t rowBytes(TransposeOp op) { return side * bytesOf(op) + std::max<int64_t>(bytesOf(op), 4); }

/// The transpose that makes the one result of a group and moves the last dimension; null if there is none.
TransposeOp matchTranspose(GroupOp group) {
  auto results = group.getYield().getResults();
  auto op = results.size() == 1 ? results[0].getDefiningOp<TransposeOp>() : TransposeOp();
  return op && op.getPermutation().back() != rankOf(op.getInput()) - 1 ? op : TransposeOp();
}

/// The result's dimension that runs along the input's last one.
int64_t acrossDim(TransposeOp op) {
  ArrayRef<int64_t> permutation = op.getPermutation();
  return llvm::find(permutation, int64_t(permutation.size()) - 1) - permutation.begin();
}

struct TileEmitter {
  Evaluator &e;
  GpuBody &body;
  TransposeOp op;
  IndexMath m;
  Type stored;
  Value firstAcross, firstLast;
  Point point;

  Value word(Value row, Value column) {
    Value bytes = m.add(m.mul(row, rowBytes(op)), m.mul(column, bytesOf(op)));
    return TileMath{e.b, e.loc}.advance(body.shared, arith::IndexCastOp::create(e.b, e.loc, e.b.getI64Type(), bytes));
  }

  void locate() {
    int64_t across = acrossDim(op), last = rankOf(op.getOutput()) - 1;
    SmallVector<Value> extents = e.sizes(op.getOutput());
    extents[across] = m.ceilDiv(extents[across], side);
    extents[last] = m.ceilDiv(extents[last], side);
    point = e.delinearize({body.block}, extents);
    firstAcross = m.mul(point[across].value, side);
    firstLast = m.mul(point[last].value, side);
  }

  /// Runs `visit` for this thread's elements inside the result; `column` counts along neighbours in memory.
  void forEachElement(bool alongLast, llvm::function_ref<void(Value row, Value column)> visit) {
    Value column = m.rem(body.thread, m.constant(side));
    for (int64_t r = 0; r < side; r += rowsAtOnce) {
      Value row = m.add(m.div(body.thread, m.constant(side)), r);
      int64_t across = acrossDim(op), last = rankOf(op.getOutput()) - 1;
      point[across] = {m.add(firstAcross, alongLast ? row : column)};
      point[last] = {m.add(firstLast, alongLast ? column : row)};
      Value inside = arith::AndIOp::create(e.b, e.loc, m.less(point[across].value, e.size(op.getOutput(), across)),
                                           m.less(point[last].value, e.size(op.getOutput(), last)));
      e.branch(inside, [&] { visit(row, column); });
    }
  }

  void emit() {
    Type element = elementTypeOf(op.getOutput());
    locate();
    forEachElement(false, [&](Value row, Value column) {
      Value value = toStorage(e.b, e.loc, e.element(op.getOutput(), point), element);
      LLVM::StoreOp::create(e.b, e.loc, value, word(row, column));
    });
    NVVM::BarrierOp::create(e.b, e.loc);
    forEachElement(true, [&](Value row, Value column) {
      Value value = LLVM::LoadOp::create(e.b, e.loc, stored, word(column, row));
      e.store(0, point, fromStorage(e.b, e.loc, value, element));
    });
  }
};

struct TurnFamily : GpuFamily {
  StringRef name() const override { return "turn"; }

  FailureOr<GpuShape> match(GroupOp group, std::string &whyNot) const override {
    TransposeOp op = matchTranspose(group);
    if (!op) {
      whyNot = "no transpose that moves the last dimension";
      return failure();
    }
    if (const char *reason = whyNoElements(group)) {
      whyNot = reason;
      return failure();
    }
    Dims dims = getDims(op.getOutput());
    AffineExpr tile = getAffineConstantExpr(side, group.getContext());
    for (int64_t d : {acrossDim(op), rankOf(op.getOutput()) - 1})
      dims[d] = ceilDivDims(dims[d], tile);
    return GpuShape{productOfDims(dims, group.getContext()), blockThreads, side * rowBytes(op), 1};
  }

  LogicalResult emit(GroupOp group, GpuBody &body) const override {
    Evaluator e(group, body);
    TransposeOp op = matchTranspose(group);
    TileEmitter{e, body, op, {body.b, body.loc}, storageType(elementTypeOf(op.getOutput())), {}, {}, {}}.emit();
    return failure(e.failed);
  }
};

} // namespace

const GpuFamily &gpuTurnFamily() {
  static const TurnFamily family;
  return family;
}

} // namespace dsc
