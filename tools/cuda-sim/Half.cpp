// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// f16 and bf16 arithmetic, one or two per register. A sum, product or quotient of two is right after one
// rounding of the f32 result (24 >= 2 * 11 + 2 bits); a fused one goes through round-to-odd in f64.
#include "tools/cuda-sim/Lanes.h"
#include "tools/cuda-sim/Numbers.h"

namespace dsc::sim {

namespace {
struct Half {
  static float load(uint16_t bits) { return halfToFloat(bits); }
  static uint16_t store(float x) { return floatToHalf(x); }
  static constexpr float least = 0x1p-14f; ///< smallest normal
  static constexpr Type type = Type::f16;
};
struct Bfloat {
  static float load(uint16_t bits) { return bfloatToFloat(bits); }
  static uint16_t store(float x) { return floatToBfloat(x); }
  static constexpr float least = 0x1p-126f;
  static constexpr Type type = Type::bf16;
};

enum HalfOp : uint8_t { add, sub, mul, fma, neg, abs, min, max };

template <class H> float flushHalf(float x, bool ftz) {
  return ftz && std::fabs(x) < H::least ? std::copysign(0.0f, x) : x;
}

template <class H> uint16_t round(double x, const Instruction &i) {
  if (i.sat)
    x = std::isnan(x) || x <= 0 ? 0 : x > 1 ? 1 : x;
  if (i.relu)
    x = std::isnan(x) ? x : x > 0 ? x : 0;
  const float narrow = float(x);
  const uint16_t bits =
      double(narrow) == x || std::isnan(x) ? H::store(narrow) : uint16_t(encode(H::type, x, Round::rn));
  return i.ftz && std::fabs(H::load(bits)) < H::least ? bits & 0x8000 : bits;
}

/// The one that is larger (or smaller) as bits; a NaN loses, or wins with .NaN.
template <class H> uint16_t minMax(uint16_t a, uint16_t b, const Instruction &i) {
  const float x = flushHalf<H>(H::load(a), i.ftz), y = flushHalf<H>(H::load(b), i.ftz);
  if (std::isnan(x) || std::isnan(y)) {
    const bool isBoth = std::isnan(x) && std::isnan(y);
    return i.flag || isBoth ? 0x7fff : std::isnan(x) ? H::store(y) : H::store(x);
  }
  const bool picksX =
      i.op == max ? x > y || (x == y && !std::signbit(x)) : x < y || (x == y && std::signbit(x));
  return H::store(picksX ? x : y);
}

template <class H> uint16_t compute(uint16_t a, uint16_t b, uint16_t c, const Instruction &i) {
  switch (i.op) {
  case neg:
    return a ^ 0x8000;
  case abs:
    return a & 0x7fff;
  case min:
  case max:
    return minMax<H>(a, b, i);
  default:
    break;
  }
  const float x = flushHalf<H>(H::load(a), i.ftz), y = flushHalf<H>(H::load(b), i.ftz);
  switch (i.op) {
  case add:
    return round<H>(x + y, i);
  case sub:
    return round<H>(x - y, i);
  case mul:
    return round<H>(x * y, i);
  default:
    return round<H>(addToOdd(double(x) * double(y), flushHalf<H>(H::load(c), i.ftz)), i);
  }
}

template <class H, uint32_t count> void runHalf(Warp &warp, const Instruction &i, Mask lanes) {
  uint64_t *d = warp.slot(i, 0), *a = warp.slot(i, 1);
  uint64_t *b = i.slotCount > 2 ? warp.slot(i, 2) : a, *c = i.slotCount > 3 ? warp.slot(i, 3) : a;
  eachLane(lanes, [&](uint32_t l) {
    uint32_t out = 0;
    for (uint32_t k = 0; k < count; ++k)
      out |= uint32_t(compute<H>(uint16_t(a[l] >> (16 * k)), uint16_t(b[l] >> (16 * k)),
                                 uint16_t(c[l] >> (16 * k)), i))
             << (16 * k);
    put(d, l, out);
  });
}
} // namespace

bool decodeHalfArithmetic(InstructionReader &r, Type type) {
  static constexpr std::string_view names[] = {"add", "sub", "mul", "fma", "neg", "abs", "min", "max"};
  uint8_t op = 0;
  while (op < std::size(names) && names[op] != r.opcode())
    ++op;
  if (op == std::size(names))
    return r.refuseType(type);
  r.out.op = op;
  r.takeFloatModifiers();
  if (r.out.round != Round::none && r.out.round != Round::rn)
    return r.refuse("the rounding .rn");
  r.out.flag = r.take("NaN");
  r.out.relu = op == fma && r.take("relu");
  const Handler handler = type == Type::f16     ? runHalf<Half, 1>
                          : type == Type::f16x2 ? runHalf<Half, 2>
                          : type == Type::bf16  ? runHalf<Bfloat, 1>
                                                : runHalf<Bfloat, 2>;
  return finishAlu(r, handler, type, op == fma ? 3 : op == neg || op == abs ? 1 : 2);
}

} // namespace dsc::sim
