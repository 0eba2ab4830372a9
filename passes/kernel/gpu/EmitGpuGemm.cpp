// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The main loop of a product on sm_80: cp.async into a ring of swizzled tiles, ldmatrix, mma.sync; then the group's tail
// on the sums in registers.

#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "passes/kernel/Evaluator.h"
#include "passes/kernel/IndexMath.h"
#include "passes/kernel/gpu/Gemm.h"
#include "passes/kernel/gpu/MmaAtom.h"
#include "passes/kernel/gpu/SharedTile.h"

using namespace mlir;

namespace dsc {
namespace {

constexpr int64_t chunkBytes = 16, wordBytes = 4, panelWidth = panelColumns;

class GemmEmitter {
public:
  GemmEmitter(GroupOp group, const GpuGemm &gemm, GpuBody &body);
  LogicalResult emit();

private:
  // Where this block's matrices start, in elements (index values).
  void locateBlock();
  Value batchOffset(ArrayRef<Value> indices, ArrayRef<AffineExpr> sizes, Value matrixElements);

  // Global to shared memory.
  GlobalPiece lhsPiece(Value step, Value row, Value byte);
  GlobalPiece rhsPiece(Value step, Value row, Value byte);
  GlobalPiece panelPiece(Value step, Value row, Value byte);
  GlobalPiece piece(Value base, Value offset, Value isInside);
  void issue(Value step);
  Value stageBase(Value step);

  // Shared memory to registers to sums.
  static MutableArrayRef<Value> fragment(MutableArrayRef<Value> sums, int64_t number) {
    return sums.slice(number * MmaAtom::sums, MmaAtom::sums);
  }
  SmallVector<SmallVector<Value>> loadLhs(Value stage, int64_t k);
  SmallVector<SmallVector<Value>> loadRhs(Value stage, int64_t k);
  SmallVector<Value> loadRhsWords(Value stage, int64_t k, int64_t column);
  Value gatherWord(Value stage, Value row, Value column);
  Value widenByte(Value address);
  void multiplyStage(Value stage, MutableArrayRef<Value> sums);
  SmallVector<Value> mainLoop();

  // Sums to memory.
  void storeSums(ArrayRef<Value> sums);
  void storePair(ArrayRef<Value> sums, int64_t i, int64_t j, Value row, Value column);
  Value takeOutZeros(Value sum, Value rowSum, Value columnSum, ArrayRef<Coord> point);
  /// One or two neighbouring sums as the evaluator's value.
  Value run(ArrayRef<Value> values);

  GroupOp group;
  const GemmSpec &spec;
  const GpuGemmConfig &config;
  Type element;
  GpuBody &body;
  OpBuilder &b;
  Location loc;
  Evaluator e;
  IndexMath m;
  TileMath t;
  MmaAtom atom;
  int64_t bytes;       ///< of an element of A
  int64_t rhsBytes;    ///< of B: fewer where real numbers meet weights that are stored as bytes
  int64_t depth;       ///< elements of one step
  bool rhsInRows;      ///< B's tile has rows of columns: [k, n] or panels; else rows of depth
  bool rhsInWords;     ///< a column's element of such a row is 4 bytes of depth
  int64_t rowTiles, columnTiles; ///< fragments of a warp
  Value lhsZero, rhsZero;        ///< zero points, tensors of the group; null if there are none
  int64_t firstRowSum, firstColumnSum; ///< fragments behind those of the products
  SharedTile lhsTile, rhsTile;
  Value sizeM, sizeN, sizeK;     ///< index
  Value thread, lane, warpRow, warpColumn; ///< i32
  Value batch, firstRow, firstColumn, lhsStart, rhsStart; ///< index
};

GemmEmitter::GemmEmitter(GroupOp group, const GpuGemm &gemm, GpuBody &body)
    : group(group), spec(gemm.spec), config(gemm.config), element(gemm.element), body(body), b(body.b),
      loc(body.loc), e(group, body), m{b, loc}, t{b, loc}, atom(*MmaAtom::find(gemm.element)),
      bytes(gemm.element.getIntOrFloatBitWidth() / 8), rhsBytes(spec.quantized && spec.quantized->isReal ? 1 : bytes),
      depth(GpuGemmConfig::depthBytes / bytes),
      rhsInRows(!gemm.spec.transposed), rhsInWords(rhsBytes == bytes && (gemm.spec.packed || bytes == 4)), rowTiles(config.rows / config.warpRows / MmaAtom::rows),
      columnTiles(config.columns / config.warpColumns / MmaAtom::columns),
      lhsTile{config.rows, GpuGemmConfig::depthBytes, 2, 1},
      rhsTile{config.columns, GpuGemmConfig::depthBytes, 2, 1} {
  // Lanes read words of four rows at a time, 16-bit columns of eight.
  if (rhsInRows && rhsInWords)
    rhsTile = {GpuGemmConfig::depthBytes / wordBytes, config.columns * wordBytes, 1, 2};
  else if (rhsInRows)
    rhsTile = {depth, config.columns * rhsBytes, 1, 1};
  auto zeroPoint = [&](std::optional<unsigned> number) {
    return number ? Value(group.getBlock()->getArgument(*number)) : Value();
  };
  if (spec.quantized) {
    lhsZero = zeroPoint(spec.quantized->lhsZero);
    rhsZero = zeroPoint(spec.quantized->rhsZero);
  }
  firstRowSum = rowTiles * columnTiles;
  firstColumnSum = firstRowSum + (rhsZero ? rowTiles : 0);
  sizeM = body.dimValue(spec.m);
  sizeN = body.dimValue(spec.n);
  sizeK = body.dimValue(spec.k);
  thread = t.fromIndex(body.thread);
  lane = t.rem(thread, warpThreads);
  Value warp = t.div(thread, warpThreads);
  warpRow = t.mul(t.rem(warp, config.warpRows), rowTiles * MmaAtom::rows);
  warpColumn = t.mul(t.div(warp, config.warpRows), columnTiles * MmaAtom::columns);
}

Value GemmEmitter::batchOffset(ArrayRef<Value> indices, ArrayRef<AffineExpr> sizes, Value matrixElements) {
  Value matrix = m.constant(0);
  for (auto [index, size] : llvm::zip(indices, sizes))
    if (getConstantDim(size) != 1)
      matrix = m.add(m.mul(matrix, body.dimValue(size)), index);
  return m.mul(matrix, matrixElements);
}

void GemmEmitter::locateBlock() {
  // Blocks of one column of tiles follow each other: they read the same weights.
  Value tilesM = m.ceilDiv(sizeM, config.rows), tilesN = m.ceilDiv(sizeN, config.columns);
  firstRow = m.mul(m.rem(body.block, tilesM), config.rows);
  Value rest = m.div(body.block, tilesM);
  firstColumn = m.mul(m.rem(rest, tilesN), config.columns);
  batch = m.div(rest, tilesN);
  SmallVector<Value> sizes, indices;
  for (AffineExpr dim : spec.batch)
    sizes.push_back(body.dimValue(dim));
  for (const Coord &coord : e.delinearize({batch}, sizes))
    indices.push_back(coord.value);
  lhsStart = batchOffset(indices, spec.lhsBatch, m.mul(sizeM, sizeK));
  // A packed weight is one matrix, or one per batch of f32 panels.
  Value panels = m.mul(m.ceilDiv(sizeN, panelWidth), panelWidth * rhsBytes);
  rhsStart = batchOffset(indices, spec.rhsBatch, m.mul(sizeK, spec.packed ? panels : sizeN));
}

GlobalPiece GemmEmitter::piece(Value base, Value offset, Value isInside) {
  return {t.advance(base, arith::IndexCastOp::create(b, loc, b.getI64Type(), offset)), isInside};
}

GlobalPiece GemmEmitter::lhsPiece(Value step, Value row, Value byte) {
  Value globalRow = m.add(firstRow, t.toIndex(row));
  Value k = m.add(m.mul(step, depth), t.toIndex(t.div(byte, bytes)));
  Value isInside = arith::AndIOp::create(b, loc, m.less(globalRow, sizeM), m.less(k, sizeK));
  Value number = m.add(m.add(lhsStart, m.mul(globalRow, sizeK)), k);
  return piece(body.pointers[spec.lhs], m.mul(number, bytes), isInside);
}

GlobalPiece GemmEmitter::rhsPiece(Value step, Value row, Value byte) {
  if (spec.packed)
    return panelPiece(step, row, byte);
  Value across = t.toIndex(t.div(byte, bytes)), along = t.toIndex(row);
  Value column = m.add(firstColumn, rhsInRows ? across : along);
  Value k = m.add(m.mul(step, depth), rhsInRows ? along : across);
  Value isInside = arith::AndIOp::create(b, loc, m.less(column, sizeN), m.less(k, sizeK));
  Value number = spec.transposed ? m.add(m.mul(column, sizeK), k) : m.add(m.mul(k, sizeN), column);
  return piece(body.pointers[spec.rhs], m.mul(m.add(rhsStart, number), bytes), isInside);
}

/// Of a packed weight: panels of words or bytes, [steps][32], and what follows them.
GlobalPiece GemmEmitter::panelPiece(Value step, Value row, Value byte) {
  int64_t unit = rhsInWords ? wordBytes : rhsBytes;
  Value column = m.add(firstColumn, t.toIndex(t.div(byte, unit)));
  Value word = m.add(m.mul(step, rhsTile.rows), t.toIndex(row)), words = m.ceilDiv(sizeK, unit / rhsBytes);
  Value isInside = arith::AndIOp::create(b, loc, m.less(column, sizeN), m.less(word, words));
  Value panelBytes = m.add(m.mul(words, panelWidth * unit), spec.hasBytes() ? panelWidth * wordBytes : 0);
  Value panel = m.add(m.div(column, m.constant(panelWidth)), spec.firstPanel);
  Value inPanel = m.add(m.mul(word, panelWidth), m.rem(column, m.constant(panelWidth)));
  Value offset = m.add(m.mul(panel, panelBytes), m.mul(inPanel, unit));
  return piece(body.pointers[spec.rhs], m.add(rhsStart, offset), isInside);
}

Value GemmEmitter::stageBase(Value step) {
  Value slot = t.rem(t.fromIndex(step), config.stages);
  return t.advance(body.shared, t.mul(slot, config.stageBytes()));
}

void GemmEmitter::issue(Value step) {
  Value base = stageBase(step);
  TileCopy lhs{lhsTile, pieceBytesOf(spec.k, bytes), config.threads(), thread};
  lhs.issue(t, base, [&](Value row, Value byte) { return lhsPiece(step, row, byte); });
  // Panels are padded with zeros to whole rows, which are wider than a piece.
  int64_t rhsPieceBytes = spec.packed ? chunkBytes : pieceBytesOf(rhsInRows ? spec.n : spec.k, bytes);
  rhsPieceBytes = std::min(rhsPieceBytes, rhsTile.bytes() / config.threads());
  TileCopy rhs{rhsTile, rhsPieceBytes, config.threads(), thread};
  rhs.issue(t, t.advance(base, t.constant(lhsTile.bytes())),
            [&](Value row, Value byte) { return rhsPiece(step, row, byte); });
  NVVM::CpAsyncCommitGroupOp::create(b, loc);
}

SmallVector<SmallVector<Value>> GemmEmitter::loadLhs(Value stage, int64_t k) {
  SmallVector<SmallVector<Value>> fragments;
  for (int64_t i = 0; i < rowTiles; ++i) {
    Value row = t.add(t.add(warpRow, i * MmaAtom::rows), t.rem(lane, 16));
    Value chunk = t.add(t.div(lane, 16), 2 * k);
    SmallVector<Value> registers = loadMatrices(t, t.advance(stage, lhsTile.chunkOffset(t, row, chunk)), false);
    fragments.push_back(atom.prepare(b, loc, registers));
  }
  return fragments;
}

SmallVector<SmallVector<Value>> GemmEmitter::loadRhs(Value stage, int64_t k) {
  SmallVector<SmallVector<Value>> fragments;
  Value base = t.advance(stage, t.constant(lhsTile.bytes()));
  bool hasMatrices = !rhsInRows || (bytes == 2 && !rhsInWords);
  for (int64_t j = 0; j < columnTiles; j += hasMatrices ? 2 : 1) {
    Value first = t.add(warpColumn, j * MmaAtom::columns);
    if (!hasMatrices) {
      SmallVector<Value> words = loadRhsWords(base, k, j);
      fragments.push_back(rhsBytes == bytes ? atom.prepare(b, loc, words) : words);
      continue;
    }
    // Two fragments of eight columns at once. The quarter of a warp that a lane is in says of which columns and depth.
    Value eighth = t.rem(lane, 8), isDeep = t.rem(t.div(lane, 8), 2), isSecond = t.div(lane, 16);
    Value offset;
    if (rhsInRows) {
      Value row = t.add(t.add(eighth, t.mul(isDeep, 8)), k * 16);
      offset = rhsTile.chunkOffset(t, row, t.add(t.div(first, 8), isSecond));
    } else {
      Value row = t.add(t.add(first, eighth), t.mul(isSecond, 8));
      offset = rhsTile.chunkOffset(t, row, t.add(isDeep, 2 * k));
    }
    SmallVector<Value> registers = loadMatrices(t, t.advance(base, offset), rhsInRows);
    fragments.push_back(atom.prepare(b, loc, ArrayRef(registers).take_front(2)));
    fragments.push_back(atom.prepare(b, loc, ArrayRef(registers).drop_front(2)));
  }
  return fragments;
}

/// The registers of a fragment whose columns lie apart in depth: a word is 4 bytes of depth of one column.
SmallVector<Value> GemmEmitter::loadRhsWords(Value base, int64_t k, int64_t j) {
  Value column = t.add(t.add(warpColumn, j * MmaAtom::columns), t.div(lane, 4));
  SmallVector<Value> registers;
  for (int64_t half = 0; half < MmaAtom::rhsRegisters; ++half) {
    Value word = t.add(t.rem(lane, 4), 8 * k + 4 * half);
    if (rhsBytes != bytes) {
      registers.push_back(widenByte(t.advance(base, rhsTile.offset(t, word, column))));
      continue;
    }
    if (!rhsInWords) {
      registers.push_back(gatherWord(base, t.mul(word, wordBytes), column));
      continue;
    }
    Value at = t.advance(base, rhsTile.offset(t, word, t.mul(column, wordBytes)));
    registers.push_back(LLVM::LoadOp::create(b, loc, b.getI32Type(), at));
  }
  return registers;
}

/// A stored weight as the bits of an f32, which tf32 holds exactly.
Value GemmEmitter::widenByte(Value address) {
  Value number = LLVM::LoadOp::create(b, loc, b.getI8Type(), address);
  return arith::BitcastOp::create(b, loc, b.getI32Type(), arith::SIToFPOp::create(b, loc, b.getF32Type(), number));
}

/// Four bytes of depth from four rows.
Value GemmEmitter::gatherWord(Value base, Value row, Value column) {
  Value word;
  for (int64_t i = 0; i < wordBytes; ++i) {
    Value at = t.advance(base, rhsTile.offset(t, t.add(row, i), column));
    Value part = arith::ExtUIOp::create(b, loc, b.getI32Type(), LLVM::LoadOp::create(b, loc, b.getI8Type(), at));
    part = i ? arith::ShLIOp::create(b, loc, part, t.constant(8 * i)).getResult() : part;
    word = word ? arith::OrIOp::create(b, loc, word, part).getResult() : part;
  }
  return word;
}

void GemmEmitter::multiplyStage(Value stage, MutableArrayRef<Value> sums) {
  for (int64_t k = 0; k < GpuGemmConfig::depthBytes / MmaAtom::depthBytes; ++k) {
    SmallVector<SmallVector<Value>> lhs = loadLhs(stage, k), rhs = loadRhs(stage, k);
    for (int64_t i = 0; i < rowTiles; ++i)
      for (int64_t j = 0; j < columnTiles; ++j)
        atom.multiply(b, loc, lhs[i], rhs[j], fragment(sums, i * columnTiles + j));
    // Products with ones sum the bytes of rows and columns.
    SmallVector<Value> ones(MmaAtom::lhsRegisters, t.constant(0x01010101));
    for (int64_t i = 0; rhsZero && i < rowTiles; ++i)
      atom.multiply(b, loc, lhs[i], ArrayRef(ones).take_front(MmaAtom::rhsRegisters), fragment(sums, firstRowSum + i));
    for (int64_t j = 0; lhsZero && j < columnTiles; ++j)
      atom.multiply(b, loc, ones, rhs[j], fragment(sums, firstColumnSum + j));
  }
}

SmallVector<Value> GemmEmitter::mainLoop() {
  for (int64_t stage = 0; stage + 1 < config.stages; ++stage)
    issue(m.constant(stage));
  Value zero = arith::ConstantOp::create(b, loc, b.getZeroAttr(atom.sumType()));
  SmallVector<Value> initial((firstColumnSum + (lhsZero ? columnTiles : 0)) * MmaAtom::sums, zero);
  return m.loop(m.constant(0), m.ceilDiv(sizeK, depth), 1, initial, [&](Value step, ValueRange carried) {
    NVVM::CpAsyncWaitGroupOp::create(b, loc, uint32_t(config.stages - 2));
    // Behind it every thread's part of this tile is there, and nobody reads the one that is written next.
    NVVM::BarrierOp::create(b, loc);
    issue(m.add(step, config.stages - 1));
    SmallVector<Value> sums(carried);
    multiplyStage(stageBase(step), sums);
    return sums;
  });
}

Value GemmEmitter::run(ArrayRef<Value> values) {
  if (!e.vectorized)
    return values[0];
  return vector::FromElementsOp::create(b, loc, VectorType::get({2}, values[0].getType()), values);
}

/// sum of (a - za) * (b - zb) = sum of a * b - zb * (sum of a) - za * (sum of b - zb).
Value GemmEmitter::takeOutZeros(Value sum, Value rowSum, Value columnSum, ArrayRef<Coord> point) {
  Type i32 = b.getI32Type();
  Value zb;
  if (rhsZero) {
    zb = contractionParameter(e, rhsZero, {point.back()}, i32);
    sum = arith::SubIOp::create(b, loc, sum, arith::MulIOp::create(b, loc, zb, rowSum));
  }
  if (!lhsZero)
    return sum;
  if (zb) {
    Value count = e.splat(arith::IndexCastOp::create(b, loc, i32, sizeK));
    columnSum = arith::SubIOp::create(b, loc, columnSum, arith::MulIOp::create(b, loc, zb, count));
  }
  Value za = contractionParameter(e, lhsZero, point, i32);
  return arith::SubIOp::create(b, loc, sum, arith::MulIOp::create(b, loc, za, columnSum));
}

/// Stores the sums of register `i % 2 * 2 + j % 2` of fragment (i / 2, j / 2), and their neighbours of a pair.
void GemmEmitter::storePair(ArrayRef<Value> sums, int64_t i, int64_t j, Value row, Value column) {
  Value anchor = spec.epilogue.anchor->getResult(0);
  SmallVector<Value> leading = e.sizes(anchor);
  leading.pop_back();
  Point point = e.delinearize({row}, leading);
  point.push_back({column, e.vectorized ? 1 : 0});
  auto pairOf = [&](int64_t fragment) {
    return run(sums.slice(fragment * MmaAtom::sums + i % 2 * 2 + j % 2, body.runLength));
  };
  Value sum = pairOf(i / 2 * columnTiles + j / 2);
  if (lhsZero || rhsZero)
    sum = takeOutZeros(sum, rhsZero ? pairOf(firstRowSum + i / 2) : Value(),
                       lhsZero ? pairOf(firstColumnSum + j / 2) : Value(), point);
  Value value = finishContraction(e, spec.epilogue.anchor, sum, point);
  e.provide(anchor, [&](ArrayRef<Coord>) { return value; });
  for (auto [position, result] : llvm::enumerate(group.getYield().getResults()))
    e.store(position, point, e.element(result, point));
}

void GemmEmitter::storeSums(ArrayRef<Value> sums) {
  bool inPairs = body.runLength == 2;
  Value batchRow = m.mul(batch, sizeM);
  for (int64_t i = 0; i < 2 * rowTiles; ++i) {
    Value inTile = t.add(t.add(warpRow, i / 2 * MmaAtom::rows + i % 2 * 8), t.div(lane, 4));
    Value row = m.add(firstRow, t.toIndex(inTile));
    e.branch(m.less(row, sizeM), [&] {
      for (int64_t j = 0; j < 2 * columnTiles; j += 1 + inPairs) {
        Value half = t.add(t.add(t.div(warpColumn, 2), j / 2 * MmaAtom::columns / 2), t.rem(lane, 4));
        Value column = m.add(m.add(firstColumn, m.mul(t.toIndex(half), 2)), j % 2);
        e.branch(m.less(column, sizeN), [&] {
          e.vectorized = inPairs;
          storePair(sums, i, j, m.add(batchRow, row), column);
          e.vectorized = false;
        });
      }
    });
  }
}

LogicalResult GemmEmitter::emit() {
  locateBlock();
  storeSums(mainLoop());
  return failure(e.failed);
}

} // namespace

LogicalResult emitGpuGemm(GroupOp group, const GpuGemm &gemm, GpuBody &body) {
  return GemmEmitter(group, gemm, body).emit();
}

} // namespace dsc
