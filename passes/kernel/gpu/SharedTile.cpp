// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Swizzled offsets, cp.async with zero fill, ldmatrix.

#include "passes/kernel/gpu/SharedTile.h"

#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace dsc {
namespace {

constexpr int64_t chunkBytes = 16;

/// One piece that cp.async cannot copy: through a register.
void copyThroughRegister(TileMath m, Value to, const GlobalPiece &piece, int64_t bytes) {
  Type type = m.b.getIntegerType(bytes * 8);
  auto guarded = scf::IfOp::create(m.b, m.loc, TypeRange{type}, piece.isInside, /*withElseRegion=*/true);
  OpBuilder inside = guarded.getThenBodyBuilder(), outside = guarded.getElseBodyBuilder();
  scf::YieldOp::create(inside, m.loc, LLVM::LoadOp::create(inside, m.loc, type, piece.address).getResult());
  scf::YieldOp::create(outside, m.loc, arith::ConstantIntOp::create(outside, m.loc, type, 0).getResult());
  LLVM::StoreOp::create(m.b, m.loc, guarded.getResult(0), to);
}

} // namespace

Value SharedTile::chunkOffset(TileMath m, Value row, Value chunk) const {
  Value turn = m.rem(m.mul(m.div(row, rowsPerStep), step), rowBytes / chunkBytes);
  return m.add(m.mul(row, rowBytes), m.mul(m.bitXor(chunk, turn), chunkBytes));
}

Value SharedTile::offset(TileMath m, Value row, Value byte) const {
  return m.add(chunkOffset(m, row, m.div(byte, chunkBytes)), m.rem(byte, chunkBytes));
}

void TileCopy::issue(TileMath m, Value base, function_ref<GlobalPiece(Value, Value)> locate) const {
  int64_t piecesPerRow = tile.rowBytes / pieceBytes, pieces = tile.rows * piecesPerRow;
  assert(pieces % threads == 0 && "expected the same number of pieces for every thread");
  for (int64_t first = 0; first < pieces; first += threads) {
    Value number = m.add(thread, first);
    Value row = m.div(number, piecesPerRow), byte = m.mul(m.rem(number, piecesPerRow), pieceBytes);
    Value to = m.advance(base, tile.offset(m, row, byte));
    GlobalPiece piece = locate(row, byte);
    if (pieceBytes < 4) {
      copyThroughRegister(m, to, piece, pieceBytes);
      continue;
    }
    Value bytes = arith::SelectOp::create(m.b, m.loc, piece.isInside, m.constant(pieceBytes), m.constant(0));
    auto cache = pieceBytes == chunkBytes ? NVVM::LoadCacheModifierKind::CG : NVVM::LoadCacheModifierKind::CA;
    NVVM::CpAsyncOp::create(m.b, m.loc, to, piece.address, uint32_t(pieceBytes), cache, bytes);
  }
}

SmallVector<Value> loadMatrices(TileMath m, Value address, bool transposed) {
  constexpr int64_t count = 4;
  MLIRContext *context = m.b.getContext();
  Type i32 = m.b.getI32Type();
  auto type = LLVM::LLVMStructType::getLiteral(context, SmallVector<Type>(count, i32));
  Value loaded = NVVM::LdMatrixOp::create(m.b, m.loc, type, address, uint32_t(count),
                                          transposed ? NVVM::MMALayout::col : NVVM::MMALayout::row,
                                          NVVM::LdStMatrixShapeAttr::get(context, 8, 8), NVVM::LdStMatrixEltType::B16);
  SmallVector<Value> registers;
  for (int64_t i = 0; i < count; ++i)
    registers.push_back(LLVM::ExtractValueOp::create(m.b, m.loc, loaded, ArrayRef<int64_t>{i}));
  return registers;
}

} // namespace dsc
