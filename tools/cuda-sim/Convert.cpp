// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// cvt between every pair of types, packed forms, and cvt.pack.
#include "tools/cuda-sim/Lanes.h"
#include "tools/cuda-sim/Numbers.h"

#include <algorithm>
#include <limits>

namespace dsc::sim {

namespace {
struct Integer {
  bool isNegative;
  uint64_t magnitude;
};

Integer loadInteger(Type type, uint64_t bits) {
  const uint32_t unused = 64 - 8 * bytesOf(type);
  if (!isSigned(type))
    return {false, bits << unused >> unused};
  const int64_t value = int64_t(bits << unused) >> unused;
  return {value < 0, value < 0 ? -uint64_t(value) : uint64_t(value)};
}

/// Clamps to the range of `type`; the bits are those of a register of any width that holds the number.
uint64_t clampTo(Type type, Integer x) {
  const uint32_t width = 8 * bytesOf(type);
  const uint64_t top = ~uint64_t(0) >> (64 - width + isSigned(type));
  if (x.isNegative)
    return isSigned(type) ? -std::min(x.magnitude, top + 1) : 0;
  return std::min(x.magnitude, top);
}

double roundToInteger(double x, Round round) {
  switch (round) {
  case Round::rz:
  case Round::rzi:
    return std::trunc(x);
  case Round::rm:
  case Round::rmi:
    return std::floor(x);
  case Round::rp:
  case Round::rpi:
    return std::ceil(x);
  case Round::none:
    return x;
  default:
    return std::nearbyint(x);
  }
}

uint64_t floatToInteger(const Instruction &i, double x) {
  if (std::isnan(x)) {
    // PTX: zero, but the top bit for f64 sources and 64-bit results.
    const bool isWide = i.from == Type::f64 || bytesOf(i.type) == 8;
    return isWide ? uint64_t(1) << (8 * bytesOf(i.type) - 1) : 0;
  }
  const double whole = std::fabs(roundToInteger(x, i.round));
  const uint64_t magnitude = whole >= 0x1p64 ? ~uint64_t(0) : uint64_t(whole);
  return clampTo(i.type, {std::signbit(x) && magnitude, magnitude});
}

uint64_t floatToFloat(const Instruction &i, double x) {
  const bool isFlushed = i.ftz && std::fabs(x) < 0x1p-126 && (i.from == Type::f32 || i.type == Type::f32);
  if (isFlushed)
    x = std::copysign(0.0, x);
  if (i.round >= Round::rni)
    x = roundToInteger(x, i.round);
  if (i.sat)
    x = std::isnan(x) || x <= 0 ? 0 : std::min(x, 1.0);
  if (i.relu)
    x = std::isnan(x) || x > 0 ? x : 0;
  const Round round = i.round == Round::none || i.round >= Round::rni ? Round::rn : i.round;
  return encode(i.type, x, round, i.flag);
}

uint64_t convert(const Instruction &i, uint64_t bits) {
  if (isFloat(i.from)) {
    double x = decode(i.from, bits);
    if (isFloat(i.type))
      return floatToFloat(i, x);
    if (i.ftz && i.from == Type::f32 && std::fabs(x) < 0x1p-126)
      x = std::copysign(0.0, x);
    return floatToInteger(i, x);
  }
  const Integer x = loadInteger(i.from, bits);
  if (isFloat(i.type)) {
    const uint64_t out = encode(formatOf(i.type), x.isNegative, x.magnitude, 0, i.round, false);
    return i.sat ? encode(i.type, std::clamp(decode(i.type, out), 0.0, 1.0), Round::rn) : out;
  }
  if (i.sat)
    return clampTo(i.type, x);
  // What is cut off is extended again to fill a wider register.
  const Integer cut = loadInteger(i.type, x.isNegative ? -x.magnitude : x.magnitude);
  return cut.isNegative ? -cut.magnitude : cut.magnitude;
}

void runConvert(Warp &warp, const Instruction &i, Mask lanes) {
  uint64_t *d = warp.slot(i, 0), *a = warp.slot(i, 1);
  eachLane(lanes, [&](uint32_t l) { d[l] = convert(i, a[l]); });
}

// What kernels are full of, without the general routine.
void runHalfToFloat(Warp &warp, const Instruction &i, Mask lanes) {
  uint64_t *d = warp.slot(i, 0), *a = warp.slot(i, 1);
  eachLane(lanes, [&](uint32_t l) { put(d, l, halfToFloat(uint16_t(a[l]))); });
}
void runBfloatToFloat(Warp &warp, const Instruction &i, Mask lanes) {
  uint64_t *d = warp.slot(i, 0), *a = warp.slot(i, 1);
  eachLane(lanes, [&](uint32_t l) { put(d, l, bfloatToFloat(uint16_t(a[l]))); });
}
template <uint16_t (*store)(float)> void runNarrow(Warp &warp, const Instruction &i, Mask lanes) {
  uint64_t *d = warp.slot(i, 0), *a = warp.slot(i, 1);
  eachLane(lanes, [&](uint32_t l) { d[l] = store(get<float>(a, l)); });
}
/// d = {a, b}: the first source is the high half.
template <uint16_t (*store)(float)> void runNarrowPair(Warp &warp, const Instruction &i, Mask lanes) {
  uint64_t *d = warp.slot(i, 0), *a = warp.slot(i, 1), *b = warp.slot(i, 2);
  eachLane(lanes,
           [&](uint32_t l) { d[l] = uint32_t(store(get<float>(a, l))) << 16 | store(get<float>(b, l)); });
}

/// The element of a packed type; none for others.
Type elementOf(Type type) {
  return type == Type::f16x2    ? Type::f16
         : type == Type::bf16x2 ? Type::bf16
         : type == Type::e4m3x2 ? Type::e4m3
         : type == Type::e5m2x2 ? Type::e5m2
                                : Type::none;
}

/// Two floats to a pair; i.type is the element.
void runPackFloats(Warp &warp, const Instruction &i, Mask lanes) {
  uint64_t *d = warp.slot(i, 0), *a = warp.slot(i, 1), *b = warp.slot(i, 2);
  const uint32_t width = 8 * bytesOf(i.type);
  eachLane(lanes,
           [&](uint32_t l) { d[l] = convert(i, uint32_t(a[l])) << width | convert(i, uint32_t(b[l])); });
}

/// A pair to a pair of another type.
void runConvertPair(Warp &warp, const Instruction &i, Mask lanes) {
  uint64_t *d = warp.slot(i, 0), *a = warp.slot(i, 1);
  const uint32_t from = 8 * bytesOf(i.from), to = 8 * bytesOf(i.type);
  const uint64_t keep = (uint64_t(1) << from) - 1;
  eachLane(lanes,
           [&](uint32_t l) { d[l] = convert(i, a[l] >> from & keep) << to | convert(i, a[l] & keep); });
}

bool decodePackedConvert(InstructionReader &r) {
  Instruction &i = r.out;
  const Type type = i.type, from = i.from;
  i.type = elementOf(type);
  if (from == Type::f32 && i.type != Type::none) {
    const bool isPlain = i.round == Round::rn && !i.relu && !i.flag && !i.ftz;
    i.run = isPlain && type == Type::f16x2    ? runNarrowPair<floatToHalf>
            : isPlain && type == Type::bf16x2 ? runNarrowPair<floatToBfloat>
                                              : runPackFloats;
    return r.expectOperands(3) && r.write(0) && r.read(1, from) && r.read(2, from);
  }
  i.from = elementOf(from);
  if (i.type == Type::none || i.from == Type::none)
    return r.refuseType(i.type == Type::none ? type : from);
  i.run = runConvertPair;
  return r.expectOperands(2) && r.write(0) && r.read(1, from);
}

Handler pickConvert(const Instruction &i) {
  const bool isPlain = !i.sat && !i.relu && !i.flag && !i.ftz;
  if (isPlain && i.round == Round::none && i.type == Type::f32)
    return i.from == Type::f16 ? runHalfToFloat : i.from == Type::bf16 ? runBfloatToFloat : runConvert;
  if (isPlain && i.round == Round::rn && i.from == Type::f32)
    return i.type == Type::f16    ? runNarrow<floatToHalf>
           : i.type == Type::bf16 ? runNarrow<floatToBfloat>
                                  : runConvert;
  return runConvert;
}

/// cvt.pack.sat: a and b clamped side by side, above them what c has left.
void runPack(Warp &warp, const Instruction &i, Mask lanes) {
  uint64_t *d = warp.slot(i, 0), *a = warp.slot(i, 1), *b = warp.slot(i, 2);
  const uint64_t *c = i.slotCount > 3 ? warp.slot(i, 3) : nullptr;
  const uint32_t width = 8 * bytesOf(i.type);
  const uint64_t keep = (uint64_t(1) << width) - 1;
  eachLane(lanes, [&](uint32_t l) {
    const uint64_t high = clampTo(i.type, loadInteger(i.from, a[l])) & keep,
                   low = clampTo(i.type, loadInteger(i.from, b[l])) & keep;
    put(d, l, uint32_t((c ? c[l] << (2 * width) : 0) | high << width | low));
  });
}

bool decodePack(InstructionReader &r) {
  const bool isSaturating = r.take("sat");
  r.out.type = r.takeType();
  r.out.from = r.takeType();
  const Type third = r.takeType();
  r.out.run = runPack;
  const bool isSmall = isInteger(r.out.type) && bytesOf(r.out.type) <= 2;
  if (!isSaturating || !isSmall || r.out.from != Type::s32 ||
      (third == Type::none) != (bytesOf(r.out.type) == 2))
    return r.refuse("cvt.pack.sat of .s32 to 8 or 16 bits");
  return r.expectOperands(third == Type::none ? 3 : 4) && r.write(0) && r.read(1, Type::s32) &&
         r.read(2, Type::s32) && (third == Type::none || r.read(3, third));
}

bool decodeConvert(InstructionReader &r) {
  if (r.take("pack"))
    return decodePack(r);
  Instruction &i = r.out;
  r.takeFloatModifiers();
  i.relu = r.take("relu");
  i.flag = r.take("satfinite");
  i.type = r.takeType();
  i.from = r.takeType();
  if (bytesOf(i.type) == 0 || bytesOf(i.from) == 0)
    return r.refuseType(Type::none);
  if (elementOf(i.type) != Type::none)
    return decodePackedConvert(r);
  const bool isKnown = (isFloat(i.type) || isInteger(i.type)) && (isFloat(i.from) || isInteger(i.from));
  if (!isKnown)
    return r.refuseType(isFloat(i.type) || isInteger(i.type) ? i.from : i.type);
  if (isFloat(i.from) && isInteger(i.type) && i.round == Round::none)
    return r.refuse("a rounding");
  i.run = pickConvert(i);
  return r.expectOperands(2) && r.write(0) && r.read(1, i.from);
}

constexpr DecodeRow rows[] = {{"cvt", decodeConvert}};
} // namespace

DecodeTable convertTable() { return {rows, std::size(rows)}; }

} // namespace dsc::sim
