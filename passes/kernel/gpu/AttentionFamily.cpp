// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Attention on the GPU without tensor cores: a block per query goes over the keys in chunks whose scores lie in shared
// memory, and keeps maximum, sum and output up to date.

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "passes/kernel/ElementAttention.h"
#include "passes/kernel/ElementwiseOps.h"
#include "passes/kernel/IndexMath.h"
#include "passes/kernel/cpu/Epilogue.h"
#include "passes/kernel/gpu/BlockReduce.h"
#include "passes/kernel/gpu/ElementsFamily.h"
#include "passes/kernel/gpu/TileMath.h"

using namespace mlir;

namespace dsc {
namespace {

/// Keys whose scores are in shared memory at once. Constant, so that a row's result does not depend on the lengths.
constexpr int64_t keysPerChunk = 512;
constexpr int64_t blockThreads = 128;
constexpr int64_t mostDepth = 1024;
constexpr int64_t scoreBytes = 4;

class AttentionEmitter {
public:
  AttentionEmitter(GroupOp group, AttentionOp op, GpuBody &body)
      : group(group), op(op), body(body), b(body.b), loc(body.loc), e(group, body), m{b, loc},
        type(b.getF32Type()) {}

  LogicalResult emit();

private:
  Value constant(double value) { return e.constant(type, value); }
  Value exp(Value x, Value largest) {
    return math::ExpOp::create(b, loc, arith::SubFOp::create(b, loc, x, largest));
  }
  /// The shared word of a key of the chunk.
  Value word(Value key);
  Value load(Value key) { return LLVM::LoadOp::create(b, loc, type, word(key)); }
  void store(Value key, Value value) { LLVM::StoreOp::create(b, loc, value, word(key)); }

  /// Replaces the words of a chunk by `compute(key)`; gives what all of them make together.
  Value mapChunk(Value count, const Evaluator::Accumulator &accumulator, llvm::function_ref<Value(Value)> compute);
  /// Maximum, sum and output elements of this thread, carried over one chunk.
  SmallVector<Value> chunk(AttentionQuery &query, Value first, Value keys, ValueRange carried);
  void storeOutput(Point point, ValueRange state);
  /// The number of an output element of this thread.
  Value depthIndex(int64_t i) { return m.add(body.thread, i * blockThreads); }

  GroupOp group;
  AttentionOp op;
  GpuBody &body;
  OpBuilder &b;
  Location loc;
  Evaluator e;
  IndexMath m;
  Type type;
};

Value AttentionEmitter::word(Value key) {
  Value bytes = m.add(m.mul(key, scoreBytes), reduceBytes);
  return TileMath{b, loc}.advance(body.shared, arith::IndexCastOp::create(b, loc, b.getI64Type(), bytes));
}

Value AttentionEmitter::mapChunk(Value count, const Evaluator::Accumulator &accumulator,
                                 llvm::function_ref<Value(Value)> compute) {
  Value partial = e.loop(body.thread, count, {constant(accumulator.initial)},
                         [&](Value key, ValueRange carried) -> SmallVector<Value> {
    Value value = compute(key);
    store(key, value);
    return {accumulator.merge(carried[0], value)};
  }, blockThreads).front();
  return reduceInBlock(body, partial, accumulator);
}

SmallVector<Value> AttentionEmitter::chunk(AttentionQuery &query, Value first, Value keys, ValueRange carried) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  Evaluator::Accumulator max{type, -infinity, [&](Value x, Value y) { return emitMax(b, loc, x, y); }};
  Evaluator::Accumulator sum{type, 0.0,
                             [&](Value x, Value y) -> Value { return arith::AddFOp::create(b, loc, x, y); }};
  Value count = m.min(m.constant(keysPerChunk), m.sub(keys, first));
  int64_t depth = typeOf(op.getQuery()).getDimSize(3);
  bool inLanes = depth % e.runLength == 0;
  Value largest = mapChunk(count, max, [&](Value key) { return query.score({m.add(first, key)}, inLanes); });
  largest = max.merge(carried[0], largest);
  // While every key is removed, nothing is subtracted: every term is zero.
  Value none = arith::CmpFOp::create(b, loc, arith::CmpFPredicate::OEQ, largest, constant(-infinity));
  Value shift = arith::SelectOp::create(b, loc, none, constant(0.0), largest);
  Value scale = exp(carried[0], shift);
  Value total = mapChunk(count, sum, [&](Value key) { return exp(load(key), shift); });
  SmallVector<Value> state{largest, math::FmaOp::create(b, loc, carried[1], scale, total)};
  Coord shared = query.sharedHead();
  int64_t valueDepth = typeOf(op.getValue()).getDimSize(3);
  for (auto [i, output] : llvm::enumerate(carried.drop_front(2))) {
    Value d = depthIndex(i), start = arith::MulFOp::create(b, loc, output, scale);
    state.push_back(e.choose(
        m.less(d, m.constant(valueDepth)),
        [&] {
          return e.loop(m.constant(0), count, {start}, [&](Value key, ValueRange inner) -> SmallVector<Value> {
            Value value = query.at(op.getValue(), shared, {m.add(first, key)}, {d});
            return {math::FmaOp::create(b, loc, load(key), value, inner[0])};
          }).front();
        },
        [&] { return start; }));
  }
  // The scores may be written again only when everyone has read them.
  NVVM::BarrierOp::create(b, loc);
  return state;
}

void AttentionEmitter::storeOutput(Point point, ValueRange state) {
  Value total = state[1], result = op.getOutput();
  if (!op.getNanIfRemoved()) {
    Value none = arith::CmpFOp::create(b, loc, arith::CmpFPredicate::OEQ, state[0],
                                       constant(-std::numeric_limits<double>::infinity()));
    total = arith::SelectOp::create(b, loc, none, constant(1.0), total);
  }
  for (auto [i, output] : llvm::enumerate(state.drop_front(2))) {
    point[3] = {depthIndex(i)};
    Value value = e.convert(arith::DivFOp::create(b, loc, output, total), type, elementTypeOf(result));
    e.branch(m.less(point[3].value, e.size(result, 3)), [&] {
      e.provide(result, [&](ArrayRef<Coord>) { return value; });
      for (auto [position, tensor] : llvm::enumerate(group.getYield().getResults()))
        e.store(position, point, e.element(tensor, point));
    });
  }
}

LogicalResult AttentionEmitter::emit() {
  SmallVector<Value> sizes = e.sizes(op.getOutput());
  sizes.pop_back();
  Point point = e.delinearize({body.block}, sizes);
  point.push_back(Coord{});
  AttentionQuery query(e, op, point);
  Value keys = e.size(op.getKey(), query.sequenceDim());
  int64_t valueDepth = typeOf(op.getValue()).getDimSize(3);
  SmallVector<Value> initial{constant(-std::numeric_limits<double>::infinity()), constant(0.0)};
  initial.append(llvm::divideCeil(valueDepth, blockThreads), constant(0.0));
  SmallVector<Value> state = e.loop(m.constant(0), keys, initial, [&](Value first, ValueRange carried) {
    return chunk(query, first, keys, carried);
  }, keysPerChunk);
  storeOutput(point, state);
  return failure(e.failed);
}

struct AttentionFamily : GpuFamily {
  StringRef name() const override { return "attention"; }

  static const char *refuse(AttentionOp op) {
    auto type = typeOf(op.getQuery());
    if (type.getElementType().isF64())
      return "the element type is f64";
    int64_t depth = type.getDimSize(3), valueDepth = typeOf(op.getValue()).getDimSize(3);
    if (ShapedType::isDynamic(depth) || ShapedType::isDynamic(valueDepth) || valueDepth > mostDepth)
      return "the depth of a head is not known or above 1024";
    return nullptr;
  }

  FailureOr<GpuShape> match(GroupOp group, std::string &whyNot) const override {
    AttentionOp op = findAnchor<AttentionOp>(group, whyNot);
    if (!op || failed(EpilogueSpec::match(group, op, whyNot)))
      return failure();
    if (const char *reason = refuse(op)) {
      whyNot = reason;
      return failure();
    }
    GpuShape shape;
    shape.runLength = lanesOf(group);
    shape.threads = blockThreads;
    shape.sharedBytes = reduceBytes + keysPerChunk * scoreBytes;
    shape.blocks = productOfDims(ArrayRef(getDims(op.getOutput())).drop_back(), group.getContext());
    return shape;
  }

  LogicalResult emit(GroupOp group, GpuBody &body) const override {
    std::string whyNot;
    return AttentionEmitter(group, findAnchor<AttentionOp>(group, whyNot), body).emit();
  }
};

} // namespace

const GpuFamily &gpuAttentionFamily() {
  static const AttentionFamily family;
  return family;
}

} // namespace dsc
