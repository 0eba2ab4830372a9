// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Logic, shifts, bit fields and byte permutation.
#include "tools/cuda-sim/Lanes.h"

#include <algorithm>

namespace dsc::sim {

namespace {
template <class T> constexpr uint32_t bitsOf = 8 * sizeof(T);

// Logic on predicates works on whole lane masks.
enum Logic : uint8_t { conjunction, disjunction, exclusive, complement };

uint64_t logic(uint8_t op, uint64_t a, uint64_t b) {
  return op == conjunction ? a & b : op == disjunction ? a | b : op == exclusive ? a ^ b : ~a;
}

void runPredicateLogic(Warp &warp, const Instruction &i, Mask lanes) {
  const Mask b = i.slotCount > 2 ? warp.predicate(i, 2) : 0;
  warp.setPredicate(i, 0, Mask(logic(i.op, warp.predicate(i, 1), b)), lanes);
}

template <uint8_t op> void runLogic(Warp &warp, const Instruction &i, Mask lanes) {
  uint64_t *d = warp.slot(i, 0), *a = warp.slot(i, 1), *b = i.slotCount > 2 ? warp.slot(i, 2) : a;
  const uint64_t keep = ~uint64_t(0) >> (64 - 8 * bytesOf(i.type));
  eachLane(lanes, [&](uint32_t l) { d[l] = logic(op, a[l], b[l]) & keep; });
}

bool decodeLogic(InstructionReader &r) {
  const Type type = r.takeType();
  const std::string_view op = r.opcode();
  r.out.op = op == "and" ? conjunction : op == "or" ? disjunction : op == "xor" ? exclusive : complement;
  const uint32_t sources = r.out.op == complement ? 1 : 2;
  if (type == Type::pred)
    return finishAlu(r, runPredicateLogic, type, sources);
  constexpr Handler handlers[] = {runLogic<conjunction>, runLogic<disjunction>, runLogic<exclusive>,
                                  runLogic<complement>};
  return finishAlu(r, isInteger(type) && bytesOf(type) > 1 ? handlers[r.out.op] : nullptr, type, sources);
}

template <class T> struct LogicalNot {
  static T of(T a) { return a == 0; }
  static void run(Warp &w, const Instruction &i, Mask m) { unary<T, LogicalNot>(w, i, m); }
};

/// Shift amounts are 32 bits and clamped.
template <class T> struct ShiftLeft {
  static void run(Warp &warp, const Instruction &i, Mask lanes) {
    uint64_t *d = warp.slot(i, 0), *a = warp.slot(i, 1), *b = warp.slot(i, 2);
    eachLane(lanes, [&](uint32_t l) {
      const uint32_t n = get<uint32_t>(b, l);
      put(d, l, T(n >= bitsOf<T> ? 0 : uint64_t(get<Unsigned<T>>(a, l)) << n));
    });
  }
};
template <class T> struct ShiftRight {
  static void run(Warp &warp, const Instruction &i, Mask lanes) {
    uint64_t *d = warp.slot(i, 0), *a = warp.slot(i, 1), *b = warp.slot(i, 2);
    eachLane(lanes, [&](uint32_t l) {
      const uint32_t n = get<uint32_t>(b, l);
      const T x = get<T>(a, l);
      put(d, l, n < bitsOf<T> ? T(x >> n) : T(x < 0 ? -1 : 0));
    });
  }
};

bool decodeShift(InstructionReader &r) {
  const Type type = r.takeType();
  return finishAlu(r, r.opcode() == "shl" ? pickInteger<ShiftLeft>(type) : pickInteger<ShiftRight>(type),
                   type, 2);
}

/// shf: the high (l) or low (r) word of a shifted pair b:a; op 1 is .r, flag is .clamp.
void runFunnel(Warp &warp, const Instruction &i, Mask lanes) {
  uint64_t *d = warp.slot(i, 0), *a = warp.slot(i, 1), *b = warp.slot(i, 2), *c = warp.slot(i, 3);
  eachLane(lanes, [&](uint32_t l) {
    const uint64_t pair = uint64_t(get<uint32_t>(b, l)) << 32 | get<uint32_t>(a, l);
    const uint32_t n = i.flag ? std::min(get<uint32_t>(c, l), 32u) : get<uint32_t>(c, l) & 31;
    put(d, l, i.op ? uint32_t(pair >> n) : uint32_t((pair << n) >> 32));
  });
}

bool decodeFunnel(InstructionReader &r) {
  const int side = r.takeOneOf({"l", "r"}), mode = r.takeOneOf({"wrap", "clamp"});
  if (side < 0 || mode < 0)
    return r.refuse(".l or .r and .wrap or .clamp");
  r.out.op = uint8_t(side);
  r.out.flag = mode == 1;
  const Type type = r.takeType();
  return finishAlu(r, type == Type::b32 ? runFunnel : nullptr, type, 3);
}

template <class T> struct ExtractField {
  static void run(Warp &warp, const Instruction &i, Mask lanes) {
    uint64_t *d = warp.slot(i, 0), *a = warp.slot(i, 1), *b = warp.slot(i, 2), *c = warp.slot(i, 3);
    eachLane(lanes, [&](uint32_t l) {
      const Unsigned<T> x = get<Unsigned<T>>(a, l);
      const uint32_t at = get<uint8_t>(b, l), count = get<uint8_t>(c, l), top = bitsOf<T> - 1;
      // Bits beyond the field repeat its last bit, or the last of `a` if the field ends behind it.
      const bool sign = std::is_signed_v<T> && count && (x >> std::min(at + count - 1, top) & 1);
      uint64_t value = at > top ? 0 : uint64_t(x) >> at;
      const uint32_t valid = std::min(count, at > top ? 0 : top + 1 - at);
      const uint64_t field = valid >= 64 ? ~uint64_t(0) : (uint64_t(1) << valid) - 1;
      value = (value & field) | (sign ? ~field : 0);
      put(d, l, T(value));
    });
  }
};

template <class T> struct InsertField {
  static void run(Warp &warp, const Instruction &i, Mask lanes) {
    uint64_t *d = warp.slot(i, 0), *a = warp.slot(i, 1), *b = warp.slot(i, 2);
    const uint64_t *c = warp.slot(i, 3), *e = warp.slot(i, 4);
    eachLane(lanes, [&](uint32_t l) {
      const uint32_t at = get<uint8_t>(c, l), count = get<uint8_t>(e, l);
      const uint64_t ones = count >= 64 ? ~uint64_t(0) : (uint64_t(1) << count) - 1;
      const uint64_t field = at >= 64 ? 0 : ones << at, value = at >= 64 ? 0 : get<T>(a, l) << uint64_t(at);
      put(d, l, T((get<T>(b, l) & ~field) | (value & field)));
    });
  }
};
template <> struct InsertField<uint32_t> {
  static void run(Warp &warp, const Instruction &i, Mask lanes) {
    uint64_t *d = warp.slot(i, 0), *a = warp.slot(i, 1), *b = warp.slot(i, 2);
    const uint64_t *c = warp.slot(i, 3), *e = warp.slot(i, 4);
    eachLane(lanes, [&](uint32_t l) {
      const uint32_t at = get<uint8_t>(c, l), count = get<uint8_t>(e, l);
      const uint64_t ones = count >= 32 ? ~uint32_t(0) : (uint64_t(1) << count) - 1;
      const uint64_t field = at >= 32 ? 0 : ones << at,
                     value = at >= 32 ? 0 : uint64_t(get<uint32_t>(a, l)) << at;
      put(d, l, uint32_t((get<uint32_t>(b, l) & ~field) | (value & field)));
    });
  }
};

bool decodeField(InstructionReader &r) {
  const Type type = r.takeType();
  if (r.opcode() == "bfe")
    return finishAlu(r, bytesOf(type) >= 4 ? pickInteger<ExtractField>(type) : nullptr, type, 3);
  return finishAlu(r,
                   type == Type::b32   ? InsertField<uint32_t>::run
                   : type == Type::b64 ? InsertField<uint64_t>::run
                                       : nullptr,
                   type, 4);
}

template <class T> struct PopulationCount {
  static uint32_t of(T a) { return uint32_t(__builtin_popcountll(a)); }
};
template <class T> struct LeadingZeros {
  static uint32_t of(T a) { return a ? uint32_t(__builtin_clzll(a)) - (64 - bitsOf<T>) : bitsOf<T>; }
};
template <class T> struct Reverse {
  static T of(T a) {
    T out = 0;
    for (uint32_t k = 0; k < bitsOf<T>; ++k)
      out |= T(a >> k & 1) << (bitsOf<T> - 1 - k);
    return out;
  }
};

template <template <class> class F> Handler pickBits(Type type) {
  return type == Type::b32   ? unary<uint32_t, F<uint32_t>>
         : type == Type::b64 ? unary<uint64_t, F<uint64_t>>
                             : nullptr;
}

bool decodeCount(InstructionReader &r) {
  const Type type = r.takeType();
  const std::string_view op = r.opcode();
  return finishAlu(r,
                   op == "popc"  ? pickBits<PopulationCount>(type)
                   : op == "clz" ? pickBits<LeadingZeros>(type)
                                 : pickBits<Reverse>(type),
                   type, 1);
}

bool decodeCnot(InstructionReader &r) {
  const Type type = r.takeType();
  return finishAlu(r, pickInteger<LogicalNot>(type), type, 1);
}

/// Position of the highest bit that is not the sign; flag: shift amount to bring it to the top.
template <class T> struct FindTop {
  static void run(Warp &warp, const Instruction &i, Mask lanes) {
    uint64_t *d = warp.slot(i, 0), *a = warp.slot(i, 1);
    eachLane(lanes, [&](uint32_t l) {
      const T x = get<T>(a, l);
      const Unsigned<T> bits = Unsigned<T>(x < 0 ? ~x : x);
      const uint32_t at = bits ? 63 - uint32_t(__builtin_clzll(bits)) : ~0u;
      put(d, l, i.flag && bits ? bitsOf<T> - 1 - at : at);
    });
  }
};

bool decodeFind(InstructionReader &r) {
  r.out.flag = r.take("shiftamt");
  const Type type = r.takeType();
  return finishAlu(r, bytesOf(type) >= 4 ? pickInteger<FindTop>(type) : nullptr, type, 1);
}

/// lop3: each bit of the result is looked up in the table by the bits of a, b and c.
void runLop3(Warp &warp, const Instruction &i, Mask lanes) {
  uint64_t *d = warp.slot(i, 0), *a = warp.slot(i, 1), *b = warp.slot(i, 2), *c = warp.slot(i, 3);
  eachLane(lanes, [&](uint32_t l) {
    uint32_t out = 0;
    for (uint32_t k = 0; k < 8; ++k)
      if (i.offset >> k & 1)
        out |= (k & 4 ? get<uint32_t>(a, l) : ~get<uint32_t>(a, l)) &
               (k & 2 ? get<uint32_t>(b, l) : ~get<uint32_t>(b, l)) &
               (k & 1 ? get<uint32_t>(c, l) : ~get<uint32_t>(c, l));
    put(d, l, out);
  });
}

bool decodeLop3(InstructionReader &r) {
  r.out.type = r.takeType();
  r.out.run = runLop3;
  if (r.out.type != Type::b32)
    return r.refuseType(r.out.type);
  return r.expectOperands(5) && r.write(0) && r.read(1, Type::b32) && r.read(2, Type::b32) &&
         r.read(3, Type::b32) && r.number(4, r.out.offset);
}

/// Byte selectors of the modes f4e, b4e, rc8, ecl, ecr and rc16 for c & 3.
constexpr uint16_t permuteModes[6][4] = {{0x3210, 0x4321, 0x5432, 0x6543}, {0x5670, 0x6701, 0x7012, 0x0123},
                                         {0x0000, 0x1111, 0x2222, 0x3333}, {0x3210, 0x3211, 0x3222, 0x3333},
                                         {0x0000, 0x1110, 0x2210, 0x3210}, {0x1010, 0x3232, 0x1010, 0x3232}};

void runPermute(Warp &warp, const Instruction &i, Mask lanes) {
  uint64_t *d = warp.slot(i, 0), *a = warp.slot(i, 1), *b = warp.slot(i, 2), *c = warp.slot(i, 3);
  eachLane(lanes, [&](uint32_t l) {
    const uint64_t bytes = uint64_t(get<uint32_t>(b, l)) << 32 | get<uint32_t>(a, l);
    const uint32_t selector = i.op ? permuteModes[i.op - 1][get<uint32_t>(c, l) & 3] : get<uint32_t>(c, l);
    uint32_t out = 0;
    for (uint32_t k = 0; k < 4; ++k) {
      const uint32_t pick = selector >> (4 * k);
      uint8_t byte = uint8_t(bytes >> (8 * (pick & 7)));
      // Bit 3 repeats the sign of the byte, in the default mode only.
      if (!i.op && (pick & 8))
        byte = byte & 0x80 ? 0xff : 0;
      out |= uint32_t(byte) << (8 * k);
    }
    put(d, l, out);
  });
}

bool decodePermute(InstructionReader &r) {
  const Type type = r.takeType();
  r.out.op = uint8_t(r.takeOneOf({"f4e", "b4e", "rc8", "ecl", "ecr", "rc16"}) + 1);
  return finishAlu(r, type == Type::b32 ? runPermute : nullptr, type, 3);
}

constexpr DecodeRow rows[] = {
    {"and", decodeLogic},  {"or", decodeLogic},   {"xor", decodeLogic},  {"not", decodeLogic},
    {"cnot", decodeCnot},  {"shl", decodeShift},  {"shr", decodeShift},  {"shf", decodeFunnel},
    {"bfe", decodeField},  {"bfi", decodeField},  {"popc", decodeCount}, {"clz", decodeCount},
    {"brev", decodeCount}, {"bfind", decodeFind}, {"lop3", decodeLop3},  {"prmt", decodePermute}};
} // namespace

DecodeTable bitTable() { return {rows, std::size(rows)}; }

} // namespace dsc::sim
