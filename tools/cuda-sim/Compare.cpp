// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// setp, set, selp, slct and testp.
#include "tools/cuda-sim/Lanes.h"
#include "tools/cuda-sim/Numbers.h"

namespace dsc::sim {

namespace {
enum Comparison : uint8_t { eq, ne, lt, le, gt, ge, lo, ls, hi, hs, equ, neu, ltu, leu, gtu, geu, num, nan };
enum Combine : uint8_t { alone, conjunction, disjunction, exclusive };

template <class T> bool ordered(uint8_t op, T a, T b) {
  switch (op) {
  case eq:
    return a == b;
  case ne:
    return a != b;
  case lt:
  case lo:
    return a < b;
  case le:
  case ls:
    return a <= b;
  case gt:
  case hi:
    return a > b;
  default:
    return a >= b;
  }
}

/// Floats: comparisons ending in u hold for NaNs, the others do not, ne included.
bool compareFloats(uint8_t op, double a, double b) {
  const bool hasNan = std::isnan(a) || std::isnan(b);
  if (op == num || op == nan)
    return hasNan == (op == nan);
  if (op >= equ)
    return hasNan || ordered(uint8_t(op - equ), a, b);
  return !hasNan && ordered(op, a, b);
}

double loadFloat(Type type, uint64_t bits, bool ftz) {
  return type == Type::f64   ? bitCast<double>(bits)
         : type == Type::f32 ? double(flush(bitCast<float>(uint32_t(bits)), ftz))
                             : decode(type, uint16_t(bits));
}

/// Element `part` of packed types.
bool compareBits(const Instruction &i, uint64_t a, uint64_t b, uint32_t part) {
  switch (i.from) {
  case Type::b16:
  case Type::u16:
    return ordered(i.op, uint16_t(a), uint16_t(b));
  case Type::b32:
  case Type::u32:
    return ordered(i.op, uint32_t(a), uint32_t(b));
  case Type::b64:
  case Type::u64:
    return ordered(i.op, a, b);
  case Type::s16:
    return ordered(i.op, int16_t(a), int16_t(b));
  case Type::s32:
    return ordered(i.op, int32_t(a), int32_t(b));
  case Type::s64:
    return ordered(i.op, int64_t(a), int64_t(b));
  case Type::f16x2:
  case Type::bf16x2: {
    const Type type = i.from == Type::f16x2 ? Type::f16 : Type::bf16;
    return compareFloats(i.op, decode(type, uint16_t(a >> (16 * part))),
                         decode(type, uint16_t(b >> (16 * part))));
  }
  default:
    return compareFloats(i.op, loadFloat(i.from, a, i.ftz), loadFloat(i.from, b, i.ftz));
  }
}

Mask compareLanes(Warp &warp, const Instruction &i, Mask lanes, uint32_t source, uint32_t part) {
  uint64_t *a = warp.slot(i, source), *b = warp.slot(i, source + 1);
  Mask out = 0;
  eachLane(lanes, [&](uint32_t l) { out |= Mask(compareBits(i, a[l], b[l], part)) << l; });
  return out;
}

Mask combine(uint8_t how, Mask a, Mask b) {
  return how == conjunction ? a & b : how == disjunction ? a | b : how == exclusive ? a ^ b : a;
}

/// Operands: p, q, a, b and maybe c. `vector` holds how c is combined, flag its negation.
void runSetp(Warp &warp, const Instruction &i, Mask lanes) {
  const bool isPair = i.from == Type::f16x2 || i.from == Type::bf16x2;
  Mask c = i.slotCount > 4 ? warp.predicate(i, 4) : 0;
  c = i.flag ? ~c : c;
  const Mask first = compareLanes(warp, i, lanes, 2, 0),
             second = isPair ? compareLanes(warp, i, lanes, 2, 1) : ~first;
  warp.setPredicate(i, 0, combine(i.vector, first, c), lanes);
  warp.setPredicate(i, 1, combine(i.vector, second, c), lanes);
}

/// True is all ones in an integer and 1.0 in a float; pairs have one per half.
void runSet(Warp &warp, const Instruction &i, Mask lanes) {
  const bool isPair = i.from == Type::f16x2 || i.from == Type::bf16x2;
  const uint64_t one = i.type == Type::f32                              ? 0x3f800000
                       : i.type == Type::f16 || i.type == Type::f16x2   ? 0x3c00
                       : i.type == Type::bf16 || i.type == Type::bf16x2 ? 0x3f80
                       : bytesOf(i.type) == 2                           ? 0xffff
                                                                        : 0xffffffff;
  Mask c = i.slotCount > 3 ? warp.predicate(i, 3) : 0;
  c = i.flag ? ~c : c;
  const Mask first = combine(i.vector, compareLanes(warp, i, lanes, 1, 0), c);
  const Mask second = isPair ? combine(i.vector, compareLanes(warp, i, lanes, 1, 1), c) : 0;
  uint64_t *d = warp.slot(i, 0);
  const uint64_t half = isPair && one == 0xffffffff ? 0xffff : one;
  eachLane(lanes,
           [&](uint32_t l) { d[l] = (first >> l & 1 ? half : 0) | (second >> l & 1 ? half << 16 : 0); });
}

bool takeComparison(InstructionReader &r) {
  const int op = r.takeOneOf({"eq", "ne", "lt", "le", "gt", "ge", "lo", "ls", "hi", "hs", "equ", "neu", "ltu",
                              "leu", "gtu", "geu", "num", "nan"});
  if (op < 0)
    return r.refuse("a comparison");
  r.out.op = uint8_t(op);
  r.out.vector = uint8_t(r.takeOneOf({"and", "or", "xor"}) + 1);
  r.out.ftz = r.take("ftz");
  return true;
}

bool readComparison(InstructionReader &r, Type type) {
  const bool isPair = type == Type::f16x2 || type == Type::bf16x2;
  if ((!isInteger(type) && !isFloat(type) && !isPair) || type == Type::b8 || type == Type::u8 ||
      type == Type::s8)
    return r.refuseType(type);
  r.out.from = type;
  const size_t count = r.out.vector ? 4 : 3;
  if (!r.expectOperands(count) || !r.read(1, type) || !r.read(2, type))
    return false;
  return count == 3 || r.readPredicate(r.operand(3), r.out.flag);
}

bool decodeSetp(InstructionReader &r) {
  if (!takeComparison(r))
    return false;
  const Type type = r.takeType();
  r.out.run = runSetp;
  if (!r.operandCount())
    return r.refuse("operands");
  const syntax::Operand &d = r.operand(0);
  syntax::Operand sink;
  sink.kind = syntax::Operand::sink;
  const bool isPair = d.kind == syntax::Operand::pair;
  return r.write(isPair ? d.parts[0] : d) && r.write(isPair ? d.parts[1] : sink) && readComparison(r, type);
}

bool decodeSet(InstructionReader &r) {
  if (!takeComparison(r))
    return false;
  r.out.type = r.takeType();
  const Type type = r.takeType();
  r.out.run = runSet;
  return r.write(0) && readComparison(r, type);
}

void runSelect(Warp &warp, const Instruction &i, Mask lanes) {
  uint64_t *d = warp.slot(i, 0), *a = warp.slot(i, 1), *b = warp.slot(i, 2);
  const Mask p = warp.predicate(i, 3);
  const uint64_t keep = ~uint64_t(0) >> (64 - 8 * bytesOf(i.type));
  eachLane(lanes, [&](uint32_t l) { d[l] = (p >> l & 1 ? a[l] : b[l]) & keep; });
}

bool decodeSelect(InstructionReader &r) {
  r.out.type = r.takeType();
  r.out.run = runSelect;
  if (bytesOf(r.out.type) == 0 || bytesOf(r.out.type) > 8)
    return r.refuseType(r.out.type);
  return r.expectOperands(4) && r.write(0) && r.read(1, r.out.type) && r.read(2, r.out.type) &&
         r.read(3, Type::pred);
}

/// slct: a where c >= 0, else b; NaN is not.
void runSelectBySign(Warp &warp, const Instruction &i, Mask lanes) {
  uint64_t *d = warp.slot(i, 0), *a = warp.slot(i, 1), *b = warp.slot(i, 2), *c = warp.slot(i, 3);
  eachLane(lanes, [&](uint32_t l) {
    const bool isA = i.from == Type::s32 ? get<int32_t>(c, l) >= 0 : flush(get<float>(c, l), i.ftz) >= 0;
    d[l] = isA ? a[l] : b[l];
  });
}

bool decodeSelectBySign(InstructionReader &r) {
  r.out.ftz = r.take("ftz");
  r.out.type = r.takeType();
  r.out.from = r.takeType();
  r.out.run = runSelectBySign;
  if (r.out.from != Type::s32 && r.out.from != Type::f32)
    return r.refuseType(r.out.from);
  return r.expectOperands(4) && r.write(0) && r.read(1, r.out.type) && r.read(2, r.out.type) &&
         r.read(3, r.out.from);
}

enum Test : uint8_t { finite, infinite, number, notanumber, normal, subnormal };

bool test(uint8_t op, double x, double least) {
  switch (op) {
  case finite:
    return std::isfinite(x);
  case infinite:
    return std::isinf(x);
  case number:
    return !std::isnan(x);
  case notanumber:
    return std::isnan(x);
  case normal:
    return std::isfinite(x) && std::fabs(x) >= least;
  default:
    return x != 0 && std::fabs(x) < least;
  }
}

void runTest(Warp &warp, const Instruction &i, Mask lanes) {
  uint64_t *a = warp.slot(i, 1);
  const double least = i.from == Type::f32 ? 0x1p-126 : 0x1p-1022;
  Mask out = 0;
  eachLane(lanes, [&](uint32_t l) { out |= Mask(test(i.op, loadFloat(i.from, a[l], false), least)) << l; });
  warp.setPredicate(i, 0, out, lanes);
}

bool decodeTest(InstructionReader &r) {
  const int op = r.takeOneOf({"finite", "infinite", "number", "notanumber", "normal", "subnormal"});
  if (op < 0)
    return r.refuse("a test");
  r.out.op = uint8_t(op);
  r.out.from = r.takeType();
  r.out.run = runTest;
  if (r.out.from != Type::f32 && r.out.from != Type::f64)
    return r.refuseType(r.out.from);
  return r.expectOperands(2) && r.write(0) && r.read(1, r.out.from);
}

constexpr DecodeRow rows[] = {{"setp", decodeSetp},
                              {"set", decodeSet},
                              {"selp", decodeSelect},
                              {"slct", decodeSelectBySign},
                              {"testp", decodeTest}};
} // namespace

DecodeTable compareTable() { return {rows, std::size(rows)}; }

} // namespace dsc::sim
