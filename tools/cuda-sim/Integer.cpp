// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Integer arithmetic, wrapping unless .sat: results have the bits that PTX prescribes.
#include "tools/cuda-sim/Lanes.h"

#include <algorithm>
#include <limits>

namespace dsc::sim {

namespace {
/// Twice as wide as T.
template <class T> struct WideOf;
template <> struct WideOf<uint16_t> { using type = uint32_t; };
template <> struct WideOf<int16_t> { using type = int32_t; };
template <> struct WideOf<uint32_t> { using type = uint64_t; };
template <> struct WideOf<int32_t> { using type = int64_t; };
template <> struct WideOf<uint64_t> { using type = unsigned __int128; };
template <> struct WideOf<int64_t> { using type = __int128; };
template <class T> using Wide = typename WideOf<T>::type;

// Arithmetic in at least 32 unsigned bits, where nothing overflows undefined.
template <class T> using Wrap = std::conditional_t<sizeof(T) == 8, uint64_t, uint32_t>;
template <class T> T add(T a, T b) { return T(Wrap<T>(a) + Wrap<T>(b)); }
template <class T> T sub(T a, T b) { return T(Wrap<T>(a) - Wrap<T>(b)); }
template <class T> T low(T a, T b) { return T(Wrap<T>(a) * Wrap<T>(b)); }
template <class T> T high(T a, T b) { return T((Wide<T>(a) * Wide<T>(b)) >> (8 * sizeof(T))); }
template <class T> T negate(T a) { return T(Wrap<T>(0) - Wrap<T>(a)); }

/// What the hardware gives where PTX leaves the value open: all ones, and the dividend.
template <class T> T divide(T a, T b) {
  return b == 0 ? T(-1) : b == T(-1) && std::is_signed_v<T> ? negate(a) : T(a / b);
}
template <class T> T remainder(T a, T b) {
  return b == 0 ? a : b == T(-1) && std::is_signed_v<T> ? T(0) : T(a % b);
}

template <class T> T clamp(int64_t value) {
  return T(std::clamp<int64_t>(value, std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
}

#define BINARY(Name, expression)                                                                             \
  template <class T> struct Name {                                                                           \
    static T of(T a, T b) { return expression; }                                                             \
    static void run(Warp &w, const Instruction &i, Mask m) { binary<T, Name>(w, i, m); }                     \
  };
#define UNARY(Name, expression)                                                                              \
  template <class T> struct Name {                                                                           \
    static T of(T a) { return expression; }                                                                  \
    static void run(Warp &w, const Instruction &i, Mask m) { unary<T, Name>(w, i, m); }                      \
  };
#define TERNARY(Name, expression)                                                                            \
  template <class T> struct Name {                                                                           \
    static T of(T a, T b, T c) { return expression; }                                                        \
    static void run(Warp &w, const Instruction &i, Mask m) { ternary<T, Name>(w, i, m); }                    \
  };
BINARY(Add, add(a, b))
BINARY(Sub, sub(a, b))
BINARY(MulLow, low(a, b))
BINARY(MulHigh, high(a, b))
BINARY(Divide, divide(a, b))
BINARY(Remainder, remainder(a, b))
BINARY(Minimum, std::min(a, b))
BINARY(Maximum, std::max(a, b))
UNARY(Absolute, a < 0 ? negate(a) : a)
UNARY(Negate, negate(a))
TERNARY(MadLow, add(low(a, b), c))
TERNARY(MadHigh, add(high(a, b), c))
TERNARY(AbsoluteDifference, add(c, a < b ? sub(b, a) : sub(a, b)))

struct AddSat {
  static int32_t of(int32_t a, int32_t b) { return clamp<int32_t>(int64_t(a) + b); }
};
struct SubSat {
  static int32_t of(int32_t a, int32_t b) { return clamp<int32_t>(int64_t(a) - b); }
};
struct MadHighSat {
  static int32_t of(int32_t a, int32_t b, int32_t c) { return clamp<int32_t>(int64_t(high(a, b)) + c); }
};

template <class T> struct MulWide {
  static Wide<T> of(T a, T b) { return Wide<T>(a) * Wide<T>(b); }
  static void run(Warp &w, const Instruction &i, Mask m) { binary<T, MulWide>(w, i, m); }
};
template <class T> struct MadWide {
  static void run(Warp &warp, const Instruction &i, Mask lanes) {
    uint64_t *d = warp.slot(i, 0), *a = warp.slot(i, 1), *b = warp.slot(i, 2), *c = warp.slot(i, 3);
    using W = Wide<T>;
    eachLane(lanes, [&](uint32_t l) { put(d, l, add<W>(W(get<T>(a, l)) * W(get<T>(b, l)), get<W>(c, l))); });
  }
};
template <> struct MulWide<uint64_t> { static constexpr Handler run = nullptr; };
template <> struct MulWide<int64_t> { static constexpr Handler run = nullptr; };
template <> struct MadWide<uint64_t> { static constexpr Handler run = nullptr; };
template <> struct MadWide<int64_t> { static constexpr Handler run = nullptr; };

/// The product of the low 24 bits: its low or high 32 of 48.
template <class T> T product24(T a, T b, bool isHigh) {
  const int64_t wide =
      (std::is_signed_v<T> ? int64_t(int32_t(uint32_t(a) << 8) >> 8) : int64_t(a & 0xffffff)) *
      (std::is_signed_v<T> ? int64_t(int32_t(uint32_t(b) << 8) >> 8) : int64_t(b & 0xffffff));
  return T(isHigh ? wide >> 16 : wide);
}
template <class T> void runMad24(Warp &warp, const Instruction &i, Mask lanes) {
  uint64_t *d = warp.slot(i, 0), *a = warp.slot(i, 1), *b = warp.slot(i, 2);
  const uint64_t *c = i.slotCount > 3 ? warp.slot(i, 3) : nullptr;
  eachLane(lanes, [&](uint32_t l) {
    const T product = product24(get<T>(a, l), get<T>(b, l), i.flag);
    put(d, l, c ? add(product, get<T>(c, l)) : product);
  });
}

/// add, sub and mad with the carry flag: op 0 adds, 1 subtracts, 2 is mad.lo, 3 mad.hi.
template <class T> struct Carry {
  static void run(Warp &warp, const Instruction &i, Mask lanes) {
    using U = Unsigned<T>;
    uint64_t *d = warp.slot(i, 0), *a = warp.slot(i, 1), *b = warp.slot(i, 2);
    const uint64_t *c = i.slotCount > 3 ? warp.slot(i, 3) : nullptr;
    eachLane(lanes, [&](uint32_t l) {
      const bool carryIn = i.flag && (warp.carry >> l & 1);
      U x = get<U>(a, l), y = get<U>(b, l);
      if (c) {
        x = i.op == 2 ? U(low(get<T>(a, l), get<T>(b, l))) : U(high(get<T>(a, l), get<T>(b, l)));
        y = get<U>(c, l);
      }
      // In subc the flag is a borrow.
      const unsigned __int128 sum =
          i.op == 1 ? (unsigned __int128)(x)-y - carryIn : (unsigned __int128)(x) + y + carryIn;
      put(d, l, U(sum));
      if (i.sat)
        warp.carry = (warp.carry & ~(Mask(1) << l)) | Mask(uint64_t(sum >> (8 * sizeof(U))) & 1) << l;
    });
  }
};

/// Two 16-bit halves.
template <class F, class T> struct Pair {
  static uint32_t of(uint32_t a, uint32_t b) {
    const T lowPart = F::of(T(a), T(b)), highPart = F::of(T(a >> 16), T(b >> 16));
    return uint32_t(uint16_t(highPart)) << 16 | uint16_t(lowPart);
  }
};
template <template <class> class F> Handler pickPair(Type type) {
  return type == Type::u16x2   ? binary<uint32_t, Pair<F<uint16_t>, uint16_t>>
         : type == Type::s16x2 ? binary<uint32_t, Pair<F<int16_t>, int16_t>>
                               : nullptr;
}
template <class F> struct Relu {
  static int32_t of(int32_t a, int32_t b) { return std::max(0, F::of(a, b)); }
};

bool decodeCarry(InstructionReader &r, Type type, bool takesCarry, uint8_t op) {
  r.out.sat = r.take("cc");
  r.out.flag = takesCarry;
  r.out.op = op;
  return finishAlu(r, pickInteger<Carry>(type), type, op >= 2 ? 3 : 2);
}

bool decodeAddSub(InstructionReader &r, Type type) {
  const std::string_view op = r.opcode();
  const bool isAdd = op[0] == 'a', takesCarry = op.size() == 4;
  if (takesCarry)
    return decodeCarry(r, type, true, isAdd ? 0 : 1);
  if (r.take("sat"))
    return finishAlu(r,
                     type != Type::s32 ? nullptr
                     : isAdd           ? binary<int32_t, AddSat>
                                       : binary<int32_t, SubSat>,
                     type, 2);
  if (r.take("cc")) {
    r.out.sat = true;
    r.out.op = isAdd ? 0 : 1;
    return finishAlu(r, pickInteger<Carry>(type), type, 2);
  }
  if (isAdd && bytesOf(type) == 4 && !isInteger(type))
    return finishAlu(r, pickPair<Add>(type), type, 2);
  return finishAlu(r, isAdd ? pickInteger<Add>(type) : pickInteger<Sub>(type), type, 2);
}

bool decodeMul24(InstructionReader &r, Type type, uint32_t sources) {
  const int part = r.takeOneOf({"lo", "hi"});
  r.out.flag = part == 1;
  const Handler handler = type == Type::u32   ? runMad24<uint32_t>
                          : type == Type::s32 ? runMad24<int32_t>
                                              : nullptr;
  return part < 0 ? r.refuse(".lo or .hi") : finishAlu(r, handler, type, sources);
}

bool decodeMulMad(InstructionReader &r, Type type) {
  const bool isMul = r.opcode() == "mul", takesCarry = r.opcode() == "madc";
  const int part = r.takeOneOf({"lo", "hi", "wide"});
  if (part < 0)
    return r.refuse(".lo, .hi or .wide");
  if (isMul)
    return finishAlu(r,
                     part == 0   ? pickInteger<MulLow>(type)
                     : part == 1 ? pickInteger<MulHigh>(type)
                                 : pickInteger<MulWide>(type),
                     type, 2);
  if (takesCarry)
    return part == 2 ? r.refuse(".lo or .hi") : decodeCarry(r, type, true, uint8_t(2 + part));
  if (part != 2 && r.take("cc")) {
    r.out.sat = true;
    r.out.op = uint8_t(2 + part);
    return finishAlu(r, pickInteger<Carry>(type), type, 3);
  }
  if (part == 1 && r.take("sat"))
    return finishAlu(r, type == Type::s32 ? ternary<int32_t, MadHighSat> : nullptr, type, 3);
  if (part == 2 && !pickInteger<MadWide>(type))
    return r.refuseType(type);
  return finishAlu(r,
                   part == 0   ? pickInteger<MadLow>(type)
                   : part == 1 ? pickInteger<MadHigh>(type)
                               : pickInteger<MadWide>(type),
                   type, 3);
}

bool decodeMinMax(InstructionReader &r, Type type) {
  const bool isMin = r.opcode() == "min", isRelu = r.take("relu");
  if (isRelu && type == Type::s32)
    return finishAlu(
        r, isMin ? binary<int32_t, Relu<Minimum<int32_t>>> : binary<int32_t, Relu<Maximum<int32_t>>>, type,
        2);
  if (isRelu)
    return r.refuseType(type);
  if (bytesOf(type) == 4 && !isInteger(type))
    return finishAlu(r, isMin ? pickPair<Minimum>(type) : pickPair<Maximum>(type), type, 2);
  return finishAlu(r, isMin ? pickInteger<Minimum>(type) : pickInteger<Maximum>(type), type, 2);
}

/// Dot products of bytes: dp4a of four, dp2a of two with the 16-bit halves of a.
template <class A, class B> void runDot(Warp &warp, const Instruction &i, Mask lanes) {
  uint64_t *d = warp.slot(i, 0), *a = warp.slot(i, 1), *b = warp.slot(i, 2), *c = warp.slot(i, 3);
  eachLane(lanes, [&](uint32_t l) {
    const uint32_t x = get<uint32_t>(a, l), y = get<uint32_t>(b, l) >> (i.flag ? 16 : 0);
    uint32_t sum = get<uint32_t>(c, l);
    for (uint32_t k = 0; k < (i.op == 4 ? 4 : 2); ++k) {
      const int64_t left = i.op == 4             ? int64_t(A(x >> (8 * k)))
                           : std::is_signed_v<A> ? int64_t(int16_t(x >> (16 * k)))
                                                 : int64_t(uint16_t(x >> (16 * k)));
      sum += uint32_t(left * B(y >> (8 * k)));
    }
    put(d, l, sum);
  });
}

bool decodeDot(InstructionReader &r) {
  r.out.op = r.opcode() == "dp4a" ? 4 : 2;
  const int half = r.out.op == 2 ? r.takeOneOf({"lo", "hi"}) : 0;
  if (half < 0)
    return r.refuse(".lo or .hi");
  r.out.flag = half == 1;
  const Type a = r.takeType(), b = r.takeType();
  if ((a != Type::u32 && a != Type::s32) || (b != Type::u32 && b != Type::s32))
    return r.refuse("types u32 or s32");
  return finishAlu(r,
                   a == Type::u32 ? (b == Type::u32 ? runDot<uint8_t, uint8_t> : runDot<uint8_t, int8_t>)
                                  : (b == Type::u32 ? runDot<int8_t, uint8_t> : runDot<int8_t, int8_t>),
                   a, 3);
}

constexpr DecodeRow rows[] = {{"dp4a", decodeDot}, {"dp2a", decodeDot}};
} // namespace

bool decodeIntegerArithmetic(InstructionReader &r, Type type) {
  const std::string_view op = r.opcode();
  if (op == "add" || op == "sub" || op == "addc" || op == "subc")
    return decodeAddSub(r, type);
  if (op == "mul" || op == "mad" || op == "madc")
    return decodeMulMad(r, type);
  if (op == "mul24" || op == "mad24")
    return decodeMul24(r, type, op[1] == 'u' ? 2 : 3);
  if (op == "min" || op == "max")
    return decodeMinMax(r, type);
  if (op == "div")
    return finishAlu(r, pickInteger<Divide>(type), type, 2);
  if (op == "rem")
    return finishAlu(r, pickInteger<Remainder>(type), type, 2);
  if (op == "abs")
    return finishAlu(r, isSigned(type) ? pickInteger<Absolute>(type) : nullptr, type, 1);
  if (op == "neg")
    return finishAlu(r, isSigned(type) ? pickInteger<Negate>(type) : nullptr, type, 1);
  if (op == "sad")
    return finishAlu(r, pickInteger<AbsoluteDifference>(type), type, 3);
  return r.refuseType(type);
}

DecodeTable integerTable() { return {rows, std::size(rows)}; }

} // namespace dsc::sim
