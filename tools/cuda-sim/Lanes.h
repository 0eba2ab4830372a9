// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Loops over the lanes of an instruction, for handlers: operand 0 is the destination.
#ifndef DSC_TOOLS_CUDA_SIM_LANES_H
#define DSC_TOOLS_CUDA_SIM_LANES_H

#include "tools/cuda-sim/Decode.h"
#include "tools/cuda-sim/Warp.h"

namespace dsc::sim {

/// The value of a lane, as the low bytes of its slot (hosts are little-endian).
template <class T> T get(const uint64_t *slot, uint32_t lane) {
  T value;
  std::memcpy(&value, &slot[lane], sizeof value);
  return value;
}

template <class T> void put(uint64_t *slot, uint32_t lane, T value) {
  uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof value);
  slot[lane] = bits;
}

template <class F> void eachLane(Mask lanes, F &&body) {
  if (lanes == ~Mask(0)) {
    for (uint32_t l = 0; l < warpSize; ++l)
      body(l);
    return;
  }
  for (; lanes; lanes &= lanes - 1)
    body(uint32_t(__builtin_ctz(lanes)));
}

/// Handlers from an operation `static R of(T...)`.
template <class T, class F> void unary(Warp &warp, const Instruction &i, Mask lanes) {
  uint64_t *d = warp.slot(i, 0), *a = warp.slot(i, 1);
  eachLane(lanes, [&](uint32_t l) { put(d, l, F::of(get<T>(a, l))); });
}

template <class T, class F> void binary(Warp &warp, const Instruction &i, Mask lanes) {
  uint64_t *d = warp.slot(i, 0), *a = warp.slot(i, 1), *b = warp.slot(i, 2);
  eachLane(lanes, [&](uint32_t l) { put(d, l, F::of(get<T>(a, l), get<T>(b, l))); });
}

template <class T, class F> void ternary(Warp &warp, const Instruction &i, Mask lanes) {
  uint64_t *d = warp.slot(i, 0), *a = warp.slot(i, 1), *b = warp.slot(i, 2), *c = warp.slot(i, 3);
  eachLane(lanes, [&](uint32_t l) { put(d, l, F::of(get<T>(a, l), get<T>(b, l), get<T>(c, l))); });
}

/// The handler H<T> of an integer type of 16, 32 or 64 bits; null for another type. `b` types are unsigned.
template <template <class> class H> Handler pickInteger(Type type) {
  switch (type) {
  case Type::b16:
  case Type::u16:
    return H<uint16_t>::run;
  case Type::b32:
  case Type::u32:
    return H<uint32_t>::run;
  case Type::b64:
  case Type::u64:
    return H<uint64_t>::run;
  case Type::s16:
    return H<int16_t>::run;
  case Type::s32:
    return H<int32_t>::run;
  case Type::s64:
    return H<int64_t>::run;
  default:
    return nullptr;
  }
}

template <class T> using Unsigned = std::make_unsigned_t<T>;

/// Reads destination 0 and `sources` of one type; sets the handler. Refuses a null handler.
bool finishAlu(InstructionReader &reader, Handler handler, Type type, uint32_t sources);

// Decoders of one arithmetic opcode for a kind of type, see Arithmetic.cpp.
bool decodeIntegerArithmetic(InstructionReader &reader, Type type);
bool decodeFloatArithmetic(InstructionReader &reader, Type type);
bool decodeHalfArithmetic(InstructionReader &reader, Type type);
/// div, rcp and sqrt with .approx or .full.
bool decodeApproximateArithmetic(InstructionReader &reader, Type type);

} // namespace dsc::sim
#endif
