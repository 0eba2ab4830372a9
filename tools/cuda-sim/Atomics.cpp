// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// atom and red: lanes one after the other, so that the old values are those of some order.
#include "tools/cuda-sim/Lanes.h"
#include "tools/cuda-sim/Numbers.h"
#include "tools/cuda-sim/Operands.h"

#include <algorithm>

namespace dsc::sim {

namespace {
enum AtomicOp : uint8_t {
  add,
  min,
  max,
  inc,
  dec,
  conjunction,
  disjunction,
  exclusive,
  exchange,
  compareAndSwap
};

template <class T> T updateInteger(uint8_t op, T old, T b, T c) {
  using U = Unsigned<T>;
  switch (op) {
  case add:
    return T(U(old) + U(b));
  case min:
    return std::min(old, b);
  case max:
    return std::max(old, b);
  case inc:
    return old >= b ? T(0) : T(old + 1);
  case dec:
    return old == 0 || old > b ? b : T(old - 1);
  case conjunction:
    return T(old & b);
  case disjunction:
    return T(old | b);
  case exclusive:
    return T(old ^ b);
  case exchange:
    return b;
  default:
    return old == b ? c : old;
  }
}

uint64_t addHalves(Type type, uint64_t old, uint64_t b, uint32_t count) {
  uint64_t out = 0;
  for (uint32_t k = 0; k < count; ++k) {
    const double sum = decode(type, uint16_t(old >> (16 * k))) + decode(type, uint16_t(b >> (16 * k)));
    out |= encode(type, sum, Round::rn) << (16 * k);
  }
  return out;
}

uint64_t update(const Instruction &i, uint64_t old, uint64_t b, uint64_t c) {
  switch (i.type) {
  case Type::s32:
    return uint32_t(updateInteger<int32_t>(i.op, int32_t(old), int32_t(b), int32_t(c)));
  case Type::s64:
    return uint64_t(updateInteger<int64_t>(i.op, int64_t(old), int64_t(b), int64_t(c)));
  case Type::b16:
    return updateInteger<uint16_t>(i.op, uint16_t(old), uint16_t(b), uint16_t(c));
  case Type::b32:
  case Type::u32:
    return updateInteger<uint32_t>(i.op, uint32_t(old), uint32_t(b), uint32_t(c));
  case Type::f32:
    return bitCast<uint32_t>(bitCast<float>(uint32_t(old)) + bitCast<float>(uint32_t(b)));
  case Type::f64:
    return bitCast<uint64_t>(bitCast<double>(old) + bitCast<double>(b));
  case Type::f16:
    return addHalves(Type::f16, old, b, 1);
  case Type::bf16:
    return addHalves(Type::bf16, old, b, 1);
  case Type::f16x2:
    return addHalves(Type::f16, old, b, 2);
  case Type::bf16x2:
    return addHalves(Type::bf16, old, b, 2);
  default:
    return updateInteger<uint64_t>(i.op, old, b, c);
  }
}

/// Slots: the result, the address, b and for cas c. flag: no result.
void runAtomic(Warp &warp, const Instruction &i, Mask lanes) {
  const uint32_t bytes = bytesOf(i.type);
  const uint64_t *address = warp.slot(i, 1), *b = warp.slot(i, 2), *c = i.slotCount > 3 ? warp.slot(i, 3) : b;
  for (; lanes; lanes &= lanes - 1) {
    const uint32_t l = uint32_t(__builtin_ctz(lanes));
    uint8_t *place = warp.modify(i.space, l, address[l] + uint64_t(i.offset), bytes);
    if (!place)
      return;
    uint64_t old = 0;
    std::memcpy(&old, place, bytes);
    const uint64_t updated = update(i, old, b[l], c[l]);
    std::memcpy(place, &updated, bytes);
    warp.slot(i, 0)[l] = old;
  }
}

bool isKnown(uint8_t op, Type type) {
  if (!isInteger(type))
    return op == add && type != Type::none && type != Type::pred && bytesOf(type) >= 2 && bytesOf(type) <= 8;
  return bytesOf(type) >= 4 || (type == Type::b16 && (op == compareAndSwap || op == exchange));
}

bool decodeAtomic(InstructionReader &r) {
  Instruction &i = r.out;
  i.run = runAtomic;
  i.flag = r.opcode() == "red";
  takeOrder(r);
  takeSpaceOfAccess(r, i.space);
  const int op = r.takeOneOf({"add", "min", "max", "inc", "dec", "and", "or", "xor", "exch", "cas"});
  r.take("noftz");
  i.type = r.takeType();
  if (op < 0 || !isKnown(uint8_t(op), i.type))
    return r.refuse("an atomic operation that the simulator knows");
  i.op = uint8_t(op);
  const size_t first = i.flag ? 0 : 1;
  syntax::Operand sink;
  sink.kind = syntax::Operand::sink;
  return r.expectOperands(first + (op == compareAndSwap ? 3 : 2)) && r.write(i.flag ? sink : r.operand(0)) &&
         r.readAddress(first) && r.read(first + 1, i.type) &&
         (op != compareAndSwap || r.read(first + 2, i.type));
}

constexpr DecodeRow rows[] = {{"atom", decodeAtomic}, {"red", decodeAtomic}};
} // namespace

DecodeTable atomicTable() { return {rows, std::size(rows)}; }

} // namespace dsc::sim
