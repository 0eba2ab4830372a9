// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copies rows of bytes to scratch, widens panels, and accounts for zero points.

#include "passes/kernel/cpu/ByteTile.h"
#include "dialects/dsc/Schedule.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;

namespace dsc {

namespace {
/// Groups of 4 bytes that are moved at once, on every level.
constexpr int chunk = 8;

bool hasOneElement(Value buffer) {
  auto type = cast<MemRefType>(buffer.getType());
  return type.hasStaticShape() && type.getNumElements() == 1;
}
} // namespace

ByteTile::ByteTile(KernelBody &body, const ByteAtom &atom, const QuantizedOperands &operands)
    : body(body), m{body.b, body.loc}, atom(atom), operands(operands) {
  if (!operands.lhsZero || hasOneElement(body.flat[*operands.lhsZero]))
    uniformZero = lhsZero(m.constant(0));
}

SmallVector<Value> ByteTile::forPlanes(ValueRange sums, PlaneBody emit) {
  if (planes() == 1)
    return emit(m.constant(0), sums);
  return m.loop(m.constant(0), m.constant(planes()), 1, sums, emit);
}

Value ByteTile::splat(Value like, int64_t value) {
  Type type = like.getType();
  if (auto vector = dyn_cast<VectorType>(type))
    return arith::ConstantOp::create(m.b, m.loc,
                                     DenseElementsAttr::get(vector, m.b.getIntegerAttr(vector.getElementType(), value)));
  return arith::ConstantOp::create(m.b, m.loc, m.b.getIntegerAttr(type, value));
}

void ByteTile::storeWords(Value words, Value offset) {
  int lanes = 1;
  if (auto vector = dyn_cast<VectorType>(words.getType()))
    lanes = vector.getNumElements();
  else
    words = m.broadcast(words, 1);
  auto bytes = VectorType::get({lanes * 4}, m.b.getI8Type());
  m.storeVector(vector::BitCastOp::create(m.b, m.loc, bytes, words), body.scratch, offset);
}

void ByteTile::storeGroups(Value groups, bool isSigned, Value image, Value at, int64_t planeBytes) {
  if (isSigned)
    groups = arith::XOrIOp::create(m.b, m.loc, groups, splat(groups, int32_t(0x80808080)));
  Value even = m.add(image, at);
  if (atom.hasDotProduct)
    return storeWords(groups, even);
  Value mask = splat(groups, 0x00FF00FF);
  storeWords(arith::AndIOp::create(m.b, m.loc, groups, mask), even);
  Value shifted = arith::ShRUIOp::create(m.b, m.loc, groups, splat(groups, 8));
  storeWords(arith::AndIOp::create(m.b, m.loc, shifted, mask), m.add(even, planeBytes));
}

void ByteTile::copyRow(Value source, Value from, Value count, Value image, Value at, int64_t planeBytes) {
  auto load = [&](Value i, int groups) {
    auto words = VectorType::get({groups}, m.b.getI32Type());
    Value loaded = m.loadVector(source, m.add(from, i), groups * 4);
    return vector::BitCastOp::create(m.b, m.loc, words, loaded).getResult();
  };
  auto copy = [&](Value begin, Value end, int groups) {
    m.loop(begin, end, groups * 4, [&](Value i) {
      storeGroups(load(i, groups), operands.lhsIsSigned, image, m.add(at, i), planeBytes);
    });
  };
  Value inChunks = m.mul(m.div(count, m.constant(chunk * 4)), chunk * 4);
  Value inGroups = m.mul(m.div(count, m.constant(4)), 4);
  copy(m.constant(0), inChunks, chunk);
  copy(inChunks, inGroups, 1);
  m.branch(m.less(inGroups, count), [&] {
    // Up to 3 bytes: signed ones are moved one by one, so that what is missing stays zero.
    Value word = arith::ConstantIntOp::create(m.b, m.loc, m.b.getI32Type(), 0);
    for (int i = 0; i < 3; ++i) {
      Value index = m.min(m.add(inGroups, i), m.sub(count, m.constant(1)));
      Value byte = m.loadScalar(source, m.add(from, index));
      if (operands.lhsIsSigned)
        byte = arith::XOrIOp::create(m.b, m.loc, byte, splat(byte, -128));
      Value wide = arith::ExtUIOp::create(m.b, m.loc, m.b.getI32Type(), byte);
      wide = arith::ShLIOp::create(m.b, m.loc, wide, splat(wide, 8 * i));
      Value exists = m.less(m.add(inGroups, i), count);
      word = arith::OrIOp::create(m.b, m.loc, word,
                                  arith::SelectOp::create(m.b, m.loc, exists, wide, splat(wide, 0)));
    }
    storeGroups(word, false, image, m.add(at, inGroups), planeBytes);
  });
}

void ByteTile::fillZeroPoint(Value groups, int valid, Value image, Value at, int64_t planeBytes) {
  Value zero = uniformZero ? uniformZero : arith::ConstantIntOp::create(m.b, m.loc, m.b.getI32Type(), 0).getResult();
  Value word = arith::MulIOp::create(m.b, m.loc, zero, splat(zero, valid == 4 ? 0x01010101 : ((1 << 8 * valid) - 1) / 255));
  Value whole = m.mul(m.div(groups, m.constant(chunk)), chunk);
  m.loop(m.constant(0), whole, chunk,
         [&](Value i) { storeGroups(m.broadcast(word, chunk), false, image, m.add(at, m.mul(i, 4)), planeBytes); });
  m.loop(whole, groups, 1, [&](Value i) { storeGroups(word, false, image, m.add(at, m.mul(i, 4)), planeBytes); });
}

void ByteTile::widenPanel(Value weights, Value from, int64_t bytes, Value image) {
  auto pairs = VectorType::get({chunk * 2}, m.b.getI16Type()), raw = VectorType::get({chunk * 4}, m.b.getI8Type());
  auto store = [&](Value value, Value offset) {
    m.storeVector(vector::BitCastOp::create(m.b, m.loc, raw, value), body.scratch, offset);
  };
  m.loop(m.constant(0), m.constant(bytes), chunk * 4, [&](Value i) {
    Value both = vector::BitCastOp::create(m.b, m.loc, pairs, m.loadVector(weights, m.add(from, i), chunk * 4));
    Value eight = splat(both, 8), high = arith::ShLIOp::create(m.b, m.loc, both, eight);
    store(arith::ShRSIOp::create(m.b, m.loc, high, eight), m.add(image, i));
    store(arith::ShRSIOp::create(m.b, m.loc, both, eight), m.add(m.add(image, i), bytes));
  });
}

/// `rows` bytes of each of `lanes` columns from (k, column) on as words, signed; missing rows are 0.
Value ByteTile::gatherGroup(const Matrix &matrix, int64_t rows, Value k, Value column, int lanes) {
  auto words = VectorType::get({lanes}, m.b.getI32Type());
  Value start = m.add(matrix.from, m.add(m.mul(k, matrix.kStride), m.mul(column, matrix.columnStride)));
  Value result;
  for (int64_t r = 0; r < rows; ++r) {
    Value bytes = m.loadVector(matrix.source, m.add(start, m.mul(matrix.kStride, r)), lanes);
    Value wide = arith::ExtUIOp::create(m.b, m.loc, words, bytes);
    wide = r ? arith::ShLIOp::create(m.b, m.loc, wide, splat(wide, 8 * r)).getResult() : wide;
    result = result ? arith::OrIOp::create(m.b, m.loc, result, wide).getResult() : wide;
  }
  if (operands.rhsIsSigned)
    return result;
  int64_t signs = 0x80808080 & ((int64_t(1) << 8 * rows) - 1);
  return arith::XOrIOp::create(m.b, m.loc, result, splat(result, int32_t(signs)));
}

void ByteTile::packPanel(const Matrix &matrix, int64_t depth, Value image) {
  bool inLanes = IndexMath::isConstant(matrix.columnStride, 1);
  auto packGroup = [&](Value group, int64_t rows) {
    Value k = m.mul(group, 4), at = m.add(image, m.mul(group, panelColumns * 4));
    auto pack = [&](Value begin, Value end, int lanes) {
      m.loop(begin, end, lanes,
             [&](Value c) { storeWords(gatherGroup(matrix, rows, k, c, lanes), m.add(at, m.mul(c, 4))); });
    };
    Value whole = inLanes ? m.mul(m.div(matrix.columns, m.constant(chunk)), chunk) : m.constant(0);
    pack(m.constant(0), whole, chunk);
    pack(whole, matrix.columns, 1);
    Value zero = arith::ConstantIntOp::create(m.b, m.loc, m.b.getI32Type(), 0);
    m.loop(matrix.columns, m.constant(panelColumns), 1, [&](Value c) { storeWords(zero, m.add(at, m.mul(c, 4))); });
  };
  m.loop(depth / 4, [&](Value group) { packGroup(group, 4); });
  if (depth % 4)
    packGroup(m.constant(depth / 4), depth % 4);
  sumColumns(llvm::divideCeil(depth, 4) * panelColumns * 4, image);
}

/// Column by column, in words of 4 signed bytes.
void ByteTile::sumColumns(int64_t bytes, Value image) {
  auto words = VectorType::get({chunk}, m.b.getI32Type()), raw = VectorType::get({chunk * 4}, m.b.getI8Type());
  m.loop(m.constant(0), m.constant(panelColumns * 4), chunk * 4, [&](Value column) {
    Value zero = m.zeroVector(m.b.getI32Type(), chunk);
    Value sum = m.loop(column, m.constant(bytes), panelColumns * 4, zero, [&](Value at, ValueRange carried) {
      Value group = m.loadVector(body.scratch, m.add(image, at), chunk * 4), total = carried[0];
      group = vector::BitCastOp::create(m.b, m.loc, words, group);
      for (int byte = 0; byte < 4; ++byte) {
        Value high = arith::ShLIOp::create(m.b, m.loc, group, splat(group, 24 - 8 * byte));
        total = arith::AddIOp::create(m.b, m.loc, total,
                                      arith::ShRSIOp::create(m.b, m.loc, high, splat(group, 24)));
      }
      return SmallVector<Value>{total};
    }).front();
    m.storeVector(vector::BitCastOp::create(m.b, m.loc, raw, sum), body.scratch, m.add(m.add(image, column), bytes));
  });
}

Value ByteTile::lhsZero(Value row) {
  if (uniformZero)
    return uniformZero;
  if (!operands.lhsZero)
    return operands.lhsIsSigned ? arith::ConstantIntOp::create(m.b, m.loc, m.b.getI32Type(), 128).getResult() : Value();
  Value stored = m.loadScalar(body.flat[*operands.lhsZero], row), wide;
  if (!operands.lhsIsSigned)
    return arith::ExtUIOp::create(m.b, m.loc, m.b.getI32Type(), stored);
  wide = arith::ExtSIOp::create(m.b, m.loc, m.b.getI32Type(), stored);
  return arith::AddIOp::create(m.b, m.loc, wide, splat(wide, 128));
}

SmallVector<Value> ByteTile::startTile(Value weights, Value row, int rows, Value sums, int fragments) {
  auto words = VectorType::get({atom.lanes}, m.b.getI32Type());
  Value none = m.zeroVector(m.b.getI32Type(), atom.lanes);
  SmallVector<Value> columns, result;
  for (int f = 0; f < fragments; ++f)
    columns.push_back(vector::BitCastOp::create(
        m.b, m.loc, words, m.loadVector(weights, m.add(sums, f * atom.lanes * 4), atom.lanes * 4)));
  Value first;
  SmallVector<Value> starts;
  for (int r = 0; r < rows; ++r) {
    Value zero = r > 0 && uniformZero ? first : lhsZero(m.add(row, r));
    if (r == 0 || zero != first) {
      starts.clear();
      for (Value column : columns)
        starts.push_back(zero ? arith::SubIOp::create(
                                    m.b, m.loc, none,
                                    arith::MulIOp::create(m.b, m.loc, column, m.broadcast(zero, atom.lanes)))
                                    .getResult()
                              : none);
    }
    first = zero;
    llvm::append_range(result, starts);
    if (sumsRows())
      result.push_back(none);
  }
  return result;
}

void ByteTile::addColumns(TileInputs &inputs, Value base, int fragments) {
  for (int f = 0; f < fragments; ++f)
    inputs.columns.push_back(m.add(base, f * atom.lanes * 4));
  if (sumsRows())
    inputs.columns.push_back({});
  inputs.masks.resize(inputs.columns.size());
  inputs.step = m.constant(panelColumns * 4);
}

/// The zero points of columns as they are in panels: of signed bytes.
Value ByteTile::rhsZero(Value column, Value mask) {
  auto words = VectorType::get({atom.lanes}, m.b.getI32Type());
  Value offset = splat(m.zeroVector(m.b.getI32Type(), atom.lanes), -128);
  if (!operands.rhsZero)
    return offset;
  Value buffer = body.flat[*operands.rhsZero];
  Value stored = hasOneElement(buffer) ? m.broadcast(m.loadScalar(buffer, m.constant(0)), atom.lanes)
                                       : m.loadVector(buffer, column, atom.lanes, mask);
  if (operands.rhsIsSigned)
    return arith::ExtSIOp::create(m.b, m.loc, words, stored);
  return arith::AddIOp::create(m.b, m.loc, arith::ExtUIOp::create(m.b, m.loc, words, stored), offset);
}

SmallVector<Value> ByteTile::finishTile(ValueRange sums, Value row, int rows, Value column, ArrayRef<Value> masks,
                                        Value depth) {
  if (!sumsRows())
    return SmallVector<Value>(sums);
  SmallVector<Value> zeros, result;
  for (auto [f, mask] : llvm::enumerate(masks))
    zeros.push_back(rhsZero(m.add(column, f * atom.lanes), mask));
  Value count = arith::IndexCastOp::create(m.b, m.loc, m.b.getI32Type(), depth);
  size_t perRow = masks.size() + 1;
  for (int r = 0; r < rows; ++r) {
    Value rowSum = sums[r * perRow + masks.size()];
    if (Value zero = lhsZero(m.add(row, r))) {
      Value excess = m.broadcast(arith::MulIOp::create(m.b, m.loc, zero, count), atom.lanes);
      rowSum = arith::SubIOp::create(m.b, m.loc, rowSum, excess);
    }
    for (auto [f, zero] : llvm::enumerate(zeros))
      result.push_back(arith::SubIOp::create(m.b, m.loc, sums[r * perRow + f],
                                             arith::MulIOp::create(m.b, m.loc, zero, rowSum)));
  }
  return result;
}

} // namespace dsc
