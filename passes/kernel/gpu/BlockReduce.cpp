// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Deals a row out to threads and brings their partial results together.

#include "passes/kernel/gpu/BlockReduce.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "passes/kernel/IndexMath.h"

using namespace mlir;

namespace dsc {
namespace {

constexpr int64_t slotBytes = 8;

/// One 32-bit shuffle.
Value shuffleWord(OpBuilder &b, Location loc, Value word, int64_t distance) {
  auto i32 = [&](int64_t value) -> Value { return arith::ConstantIntOp::create(b, loc, b.getI32Type(), value); };
  return NVVM::ShflOp::create(b, loc, word.getType(), i32(-1), word, i32(distance), i32(warpThreads - 1),
                              NVVM::ShflKind::bfly, UnitAttr());
}

/// The value of lane `lane ^ distance` of the warp.
Value shuffle(OpBuilder &b, Location loc, Value value, int64_t distance) {
  Type type = value.getType(), i32 = b.getI32Type(), i64 = b.getI64Type();
  unsigned width = type.getIntOrFloatBitWidth();
  if (width == 32)
    return shuffleWord(b, loc, value, distance);
  if (width < 32) {
    Value word = arith::ExtUIOp::create(b, loc, i32, value);
    return arith::TruncIOp::create(b, loc, type, shuffleWord(b, loc, word, distance));
  }
  Value bits = isa<FloatType>(type) ? arith::BitcastOp::create(b, loc, i64, value).getResult() : value;
  Value half = arith::ConstantIntOp::create(b, loc, i64, 32);
  Value low = arith::TruncIOp::create(b, loc, i32, bits);
  Value high = arith::TruncIOp::create(b, loc, i32, arith::ShRUIOp::create(b, loc, bits, half));
  low = arith::ExtUIOp::create(b, loc, i64, shuffleWord(b, loc, low, distance));
  high = arith::ExtUIOp::create(b, loc, i64, shuffleWord(b, loc, high, distance));
  bits = arith::OrIOp::create(b, loc, low, arith::ShLIOp::create(b, loc, high, half));
  return isa<FloatType>(type) ? arith::BitcastOp::create(b, loc, type, bits).getResult() : bits;
}

Value reduceWarp(GpuBody &body, Value value, const Evaluator::Accumulator &accumulator, int64_t lanes) {
  for (int64_t distance = lanes / 2; distance > 0; distance /= 2)
    value = accumulator.merge(value, shuffle(body.b, body.loc, value, distance));
  return value;
}

/// Where a warp's partial result lies, by its number.
Value slot(GpuBody &body, Value number) {
  OpBuilder &b = body.b;
  Value bytes = IndexMath{b, body.loc}.mul(number, slotBytes);
  bytes = arith::IndexCastOp::create(b, body.loc, b.getI64Type(), bytes);
  return LLVM::GEPOp::create(b, body.loc, body.shared.getType(), b.getI8Type(), body.shared,
                             ArrayRef<LLVM::GEPArg>{bytes});
}

} // namespace

Value reduceInBlock(GpuBody &body, Value value, const Evaluator::Accumulator &accumulator) {
  OpBuilder &b = body.b;
  Location loc = body.loc;
  IndexMath m{b, loc};
  value = reduceWarp(body, value, accumulator, warpThreads);
  int64_t warps = body.threads / warpThreads;
  if (warps == 1) {
    NVVM::BarrierOp::create(b, loc);
    return value;
  }
  Value warp = m.div(body.thread, m.constant(warpThreads)), lane = m.rem(body.thread, m.constant(warpThreads));
  Value isFirst = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, lane, m.constant(0));
  // A bool is a byte in memory.
  Type stored = value.getType().isInteger(1) ? Type(b.getI8Type()) : value.getType();
  m.branch(isFirst, [&] {
    Value out = stored == value.getType() ? value : arith::ExtUIOp::create(b, loc, stored, value).getResult();
    LLVM::StoreOp::create(b, loc, out, slot(body, warp));
  });
  NVVM::BarrierOp::create(b, loc);
  // Every group of `warps` lanes reads all partial results, so that all lanes end with the same value.
  Value in = LLVM::LoadOp::create(b, loc, stored, slot(body, m.rem(lane, m.constant(warps))));
  if (stored != value.getType())
    in = arith::TruncIOp::create(b, loc, value.getType(), in);
  value = reduceWarp(body, in, accumulator, warps);
  // The slots may be written again only when everyone has read them.
  NVVM::BarrierOp::create(b, loc);
  return value;
}

BlockFold::BlockFold(Evaluator &e, GpuBody &body) : e(e), body(body) {
  e.foldHook = [this](ArrayRef<Value> extents, ArrayRef<Evaluator::Accumulator> accumulators, bool inLanes,
                      Evaluator::FoldBody emit) { return fold(extents, accumulators, inLanes, emit); };
}

BlockFold::~BlockFold() { e.foldHook = nullptr; }

SmallVector<Value> BlockFold::fold(ArrayRef<Value> extents, ArrayRef<Evaluator::Accumulator> accumulators,
                                   bool inLanes, Evaluator::FoldBody emit) {
  // What an element needs is one thread's work.
  Evaluator::FoldHook hook = std::exchange(e.foldHook, nullptr);
  CoordMath m = e.math();
  SmallVector<Value> sizes(extents);
  std::optional<int64_t> last = getConstantIntValue(extents.back());
  bool inRuns = inLanes && last && *last % e.runLength == 0;
  if (inRuns)
    sizes.back() = m.index(*last / e.runLength);
  Coord total = m.constant(1);
  for (Value size : sizes)
    total = m.mul(total, {size});
  e.vectorized = inRuns;
  SmallVector<Value> partial = e.loop(body.thread, total.value, e.initialValues(accumulators),
                                      [&](Value number, ValueRange carried) {
    Point point = e.delinearize({number}, sizes);
    if (inRuns)
      point.back() = {m.mul(point.back(), m.constant(e.runLength)).value, 1};
    return emit(point, carried);
  }, body.threads);
  e.vectorized = false;
  for (auto [value, accumulator] : llvm::zip(partial, accumulators)) {
    if (inRuns)
      value = e.mergeLanes(value, accumulator);
    value = reduceInBlock(body, value, accumulator);
  }
  e.foldHook = std::move(hook);
  return partial;
}

} // namespace dsc
