// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Index arithmetic, loops and flat loads and stores in arith, scf, memref and vector.

#include "passes/kernel/IndexMath.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace dsc {

Value IndexMath::constant(int64_t value) {
  return arith::ConstantIndexOp::create(b, loc, value);
}
Value IndexMath::add(Value x, Value y) { return b.createOrFold<arith::AddIOp>(loc, x, y); }
Value IndexMath::sub(Value x, Value y) { return b.createOrFold<arith::SubIOp>(loc, x, y); }
Value IndexMath::mul(Value x, Value y) { return b.createOrFold<arith::MulIOp>(loc, x, y); }
Value IndexMath::div(Value x, Value y) { return b.createOrFold<arith::DivUIOp>(loc, x, y); }
Value IndexMath::rem(Value x, Value y) { return b.createOrFold<arith::RemUIOp>(loc, x, y); }
Value IndexMath::min(Value x, Value y) { return b.createOrFold<arith::MinSIOp>(loc, x, y); }
Value IndexMath::max(Value x, Value y) { return b.createOrFold<arith::MaxSIOp>(loc, x, y); }
Value IndexMath::ceilDiv(Value x, int64_t y) {
  Value clamped = max(x, constant(0));
  return div(add(clamped, y - 1), constant(y));
}
Value IndexMath::less(Value x, Value y) {
  return b.createOrFold<arith::CmpIOp>(loc, arith::CmpIPredicate::slt, x, y);
}
Value IndexMath::atLeast(Value x, int64_t y) {
  return b.createOrFold<arith::CmpIOp>(loc, arith::CmpIPredicate::sge, x, constant(y));
}
bool IndexMath::isConstant(Value x, int64_t value) {
  IntegerAttr attr;
  return matchPattern(x, m_Constant(&attr)) && attr.getInt() == value;
}

void IndexMath::loop(Value begin, Value end, int64_t step, function_ref<void(Value)> body) {
  auto loopOp = scf::ForOp::create(b, loc, begin, end, constant(step));
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPoint(loopOp.getBody()->getTerminator());
  body(loopOp.getInductionVar());
}

SmallVector<Value>
IndexMath::loop(Value begin, Value end, int64_t step, ValueRange init,
                function_ref<SmallVector<Value>(Value, ValueRange)> body) {
  if (init.empty()) {
    loop(begin, end, step, [&](Value i) { body(i, {}); });
    return {};
  }
  auto loopOp = scf::ForOp::create(b, loc, begin, end, constant(step), init);
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loopOp.getBody());
    SmallVector<Value> next = body(loopOp.getInductionVar(), loopOp.getRegionIterArgs());
    scf::YieldOp::create(b, loc, next);
  }
  return SmallVector<Value>(loopOp.getResults());
}

void IndexMath::branch(Value condition, function_ref<void()> then,
                       function_ref<void()> otherwise) {
  IntegerAttr known;
  if (matchPattern(condition, m_Constant(&known))) {
    if (known.getValue().getBoolValue())
      then();
    else if (otherwise)
      otherwise();
    return;
  }
  auto ifOp = scf::IfOp::create(b, loc, condition, /*withElseRegion=*/bool(otherwise));
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPoint(ifOp.thenBlock()->getTerminator());
  then();
  if (otherwise) {
    b.setInsertionPoint(ifOp.elseBlock()->getTerminator());
    otherwise();
  }
}

Value IndexMath::view(Value bytes, int64_t byteOffset, Type element) {
  auto flat = MemRefType::get({ShapedType::kDynamic}, element);
  return memref::ViewOp::create(b, loc, flat, bytes, constant(byteOffset),
                                ValueRange{constant(std::numeric_limits<int32_t>::max())});
}

Value IndexMath::loadVector(Value flat, Value offset, int lanes, Value mask) {
  Type element = cast<MemRefType>(flat.getType()).getElementType();
  auto type = VectorType::get({lanes}, element);
  if (!mask)
    return vector::LoadOp::create(b, loc, type, flat, offset);
  Value zero = zeroVector(element, lanes);
  return vector::MaskedLoadOp::create(b, loc, type, flat, offset, mask, zero);
}

/// Whether a mask is known to have its first lane on and all others off.
static bool isFirstLane(Value mask) {
  DenseElementsAttr bits;
  return mask && matchPattern(mask, m_Constant(&bits)) && llvm::count(bits.getValues<bool>(), true) == 1 &&
         *bits.getValues<bool>().begin();
}

void IndexMath::storeVector(Value vector, Value flat, Value offset, Value mask) {
  // LLVM 22 stores 4 bytes for the one lane of a vector that was just truncated to bytes.
  if (isFirstLane(mask))
    memref::StoreOp::create(b, loc, vector::ExtractOp::create(b, loc, vector, 0), flat, offset);
  else if (mask)
    vector::MaskedStoreOp::create(b, loc, flat, offset, mask, vector);
  else
    vector::StoreOp::create(b, loc, vector, flat, offset);
}

Value IndexMath::loadScalar(Value flat, Value offset) {
  return memref::LoadOp::create(b, loc, flat, offset);
}

Value IndexMath::broadcast(Value scalar, int lanes) {
  return vector::BroadcastOp::create(b, loc, VectorType::get({lanes}, scalar.getType()), scalar);
}

Value IndexMath::mask(int lanes, int valid) {
  SmallVector<bool> bits(lanes);
  std::fill(bits.begin(), bits.begin() + valid, true);
  auto type = VectorType::get({lanes}, b.getI1Type());
  return arith::ConstantOp::create(b, loc, DenseElementsAttr::get(type, bits));
}

Value IndexMath::mask(int lanes, Value valid) {
  auto type = VectorType::get({lanes}, b.getI1Type());
  return vector::CreateMaskOp::create(b, loc, type, valid);
}

Value IndexMath::zeroVector(Type element, int lanes) {
  auto type = VectorType::get({lanes}, element);
  return arith::ConstantOp::create(b, loc, cast<TypedAttr>(b.getZeroAttr(type)));
}

} // namespace dsc
