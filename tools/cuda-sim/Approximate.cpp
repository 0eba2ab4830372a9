// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The .approx forms: computed in f64 and rounded once, more precise than any GPU; or, when the launch asks
// for it, off by as much as the PTX ISA allows, by an amount that depends on the operands only.
#include "tools/cuda-sim/Block.h"
#include "tools/cuda-sim/Lanes.h"
#include "tools/cuda-sim/Numbers.h"

namespace dsc::sim {

namespace {
/// How wrong a result may be.
struct Bound {
  double relative, absolute;
};

struct Ex2 {
  static double of(double x, double) { return std::exp2(x); }
  static Bound bound(double) { return {0x1p-22, 0}; }
  static constexpr double half = 0x1.1p-10, bfloat = 0x1p-7; ///< relative, of the 16-bit forms
};
struct Lg2 {
  static double of(double x, double) { return std::log2(x); }
  static Bound bound(double x) { return x > 0.5 && x < 2 ? Bound{0, 0x1p-22} : Bound{0x1p-22, 0}; }
};
struct Rsqrt {
  static double of(double x, double) { return 1 / std::sqrt(x); }
  static Bound bound(double) { return {0x1.1p-23, 0}; }
};
struct Sin {
  static double of(double x, double) { return std::sin(x); }
  static Bound bound(double x) { return {0, std::fabs(x) <= M_PI ? 0x1.6ap-21 : std::fabs(x) * 0x1p-22}; }
};
struct Cos {
  static double of(double x, double) { return std::cos(x); }
  static Bound bound(double x) { return Sin::bound(x); }
};
struct Tanh {
  static double of(double x, double) { return std::tanh(x); }
  static Bound bound(double) { return {0x1p-11, 0}; }
  static constexpr double half = 0x1.02p-11, bfloat = 0x1p-8;
};
struct Sqrt {
  static double of(double x, double) { return std::sqrt(x); }
  static Bound bound(double) { return {0x1p-23, 0}; }
};
struct Reciprocal {
  static double of(double x, double) { return 1 / x; }
  static Bound bound(double) { return {0x1p-23, 0}; }
};
struct Divide {
  static double of(double x, double y) { return x / y; }
  static Bound bound(double) { return {0x1p-22, 0}; }
};

/// From -1 to 1 by the bits of the operands (a step of splitmix64).
double noiseOf(uint64_t bits) {
  bits = (bits ^ bits >> 30) * 0xbf58476d1ce4e5b9ull;
  bits = (bits ^ bits >> 27) * 0x94d049bb133111ebull;
  return double(int64_t(bits ^ bits >> 31)) * 0x1p-63;
}

double roughen(double y, Bound bound, uint64_t bits) {
  return std::isfinite(y)
             ? y + noiseOf(bits + 0x9e3779b97f4a7c15ull) * (std::fabs(y) * bound.relative + bound.absolute)
             : y;
}

template <class F> void runFloat(Warp &warp, const Instruction &i, Mask lanes) {
  uint64_t *d = warp.slot(i, 0), *a = warp.slot(i, 1), *b = warp.slot(i, i.slotCount - 1);
  const bool isRough = warp.block.launch.options.roughApproximations;
  eachLane(lanes, [&](uint32_t l) {
    const double x = flush(get<float>(a, l), i.ftz), z = flush(get<float>(b, l), i.ftz);
    double y = F::of(x, z);
    if (isRough)
      y = roughen(y, F::bound(x), bitCast<uint64_t>(x) * 31 + bitCast<uint64_t>(z));
    const float narrow = flush(float(y), i.ftz);
    put(d, l, std::isnan(narrow) ? bitCast<float>(canonicalNan32) : narrow);
  });
}

template <class F> void runDouble(Warp &warp, const Instruction &i, Mask lanes) {
  uint64_t *d = warp.slot(i, 0), *a = warp.slot(i, 1);
  const bool isRough = warp.block.launch.options.roughApproximations;
  eachLane(lanes, [&](uint32_t l) {
    const double x = get<double>(a, l), y = F::of(x, x);
    put(d, l, isRough ? roughen(y, F::bound(x), bitCast<uint64_t>(x)) : y);
  });
}

template <class F, Type type> uint64_t computeHalf(uint16_t bits, const Instruction &i, bool isRough) {
  const double least = type == Type::bf16 ? 0x1p-126 : 0x1p-14, x = decode(type, bits);
  const double relative = type == Type::bf16 ? F::bfloat : F::half;
  const double y = isRough ? roughen(F::of(x, x), {relative, 0}, bits) : F::of(x, x);
  const uint64_t out = encode(type, y, Round::rn);
  return i.ftz && std::fabs(decode(type, out)) < least ? out & 0x8000 : out;
}

template <class F, Type type, uint32_t count> void runHalf(Warp &warp, const Instruction &i, Mask lanes) {
  uint64_t *d = warp.slot(i, 0), *a = warp.slot(i, 1);
  const bool isRough = warp.block.launch.options.roughApproximations;
  eachLane(lanes, [&](uint32_t l) {
    uint64_t out = 0;
    for (uint32_t k = 0; k < count; ++k)
      out |= computeHalf<F, type>(uint16_t(a[l] >> (16 * k)), i, isRough) << (16 * k);
    put(d, l, uint32_t(out));
  });
}

template <class F> Handler pickHalf(Type type) {
  switch (type) {
  case Type::f16:
    return runHalf<F, Type::f16, 1>;
  case Type::f16x2:
    return runHalf<F, Type::f16, 2>;
  case Type::bf16:
    return runHalf<F, Type::bf16, 1>;
  case Type::bf16x2:
    return runHalf<F, Type::bf16, 2>;
  default:
    return nullptr;
  }
}

template <class F> bool decodeApproximate(InstructionReader &r) {
  if (!r.take("approx"))
    return r.refuse(".approx");
  r.out.ftz = r.take("ftz");
  const Type type = r.takeType();
  Handler handler = type == Type::f32 ? runFloat<F> : nullptr;
  if constexpr (std::is_same_v<F, Ex2> || std::is_same_v<F, Tanh>)
    handler = handler ? handler : pickHalf<F>(type);
  if (type == Type::f64 && std::is_same_v<F, Rsqrt>)
    handler = runDouble<F>;
  return finishAlu(r, handler, type, 1);
}

constexpr DecodeRow rows[] = {{"ex2", decodeApproximate<Ex2>},     {"lg2", decodeApproximate<Lg2>},
                              {"rsqrt", decodeApproximate<Rsqrt>}, {"sin", decodeApproximate<Sin>},
                              {"cos", decodeApproximate<Cos>},     {"tanh", decodeApproximate<Tanh>}};
} // namespace

bool decodeApproximateArithmetic(InstructionReader &r, Type type) {
  const std::string_view op = r.opcode();
  if (type == Type::f64)
    return finishAlu(r, op == "rcp" ? runDouble<Reciprocal> : nullptr, type, 1);
  if (op == "div")
    return finishAlu(r, runFloat<Divide>, type, 2);
  return finishAlu(r, op == "rcp" ? runFloat<Reciprocal> : runFloat<Sqrt>, type, 1);
}

DecodeTable approximateTable() { return {rows, std::size(rows)}; }

} // namespace dsc::sim
