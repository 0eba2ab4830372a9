// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// ex2, lg2, rsqrt, sin, cos and tanh: computed in f64 and rounded once, so more precise than any GPU.
#include "tools/cuda-sim/Lanes.h"
#include "tools/cuda-sim/Numbers.h"

namespace dsc::sim {

namespace {
struct Ex2 {
  static double of(double x) { return std::exp2(x); }
};
struct Lg2 {
  static double of(double x) { return std::log2(x); }
};
struct Rsqrt {
  static double of(double x) { return 1 / std::sqrt(x); }
};
struct Sin {
  static double of(double x) { return std::sin(x); }
};
struct Cos {
  static double of(double x) { return std::cos(x); }
};
struct Tanh {
  static double of(double x) { return std::tanh(x); }
};

template <class F> void runFloat(Warp &warp, const Instruction &i, Mask lanes) {
  uint64_t *d = warp.slot(i, 0), *a = warp.slot(i, 1);
  eachLane(lanes, [&](uint32_t l) {
    const float y = flush(float(F::of(double(flush(get<float>(a, l), i.ftz)))), i.ftz);
    put(d, l, std::isnan(y) ? bitCast<float>(canonicalNan32) : y);
  });
}
template <class F> void runDouble(Warp &warp, const Instruction &i, Mask lanes) {
  uint64_t *d = warp.slot(i, 0), *a = warp.slot(i, 1);
  eachLane(lanes, [&](uint32_t l) { put(d, l, F::of(get<double>(a, l))); });
}
template <class F, Type type, uint32_t count> void runHalf(Warp &warp, const Instruction &i, Mask lanes) {
  uint64_t *d = warp.slot(i, 0), *a = warp.slot(i, 1);
  eachLane(lanes, [&](uint32_t l) {
    uint64_t out = 0;
    for (uint32_t k = 0; k < count; ++k)
      out |= encode(type, F::of(decode(type, uint16_t(a[l] >> (16 * k)))), Round::rn) << (16 * k);
    put(d, l, uint32_t(out));
  });
}

template <class F> Handler pick(Type type) {
  switch (type) {
  case Type::f32:
    return runFloat<F>;
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
  const bool hasHalves = std::is_same_v<F, Ex2> || std::is_same_v<F, Tanh>;
  if (type == Type::f64 && std::is_same_v<F, Rsqrt>)
    return finishAlu(r, runDouble<F>, type, 1);
  return finishAlu(r, type == Type::f32 || hasHalves ? pick<F>(type) : nullptr, type, 1);
}

constexpr DecodeRow rows[] = {{"ex2", decodeApproximate<Ex2>},     {"lg2", decodeApproximate<Lg2>},
                              {"rsqrt", decodeApproximate<Rsqrt>}, {"sin", decodeApproximate<Sin>},
                              {"cos", decodeApproximate<Cos>},     {"tanh", decodeApproximate<Tanh>}};
} // namespace

DecodeTable approximateTable() { return {rows, std::size(rows)}; }

} // namespace dsc::sim
