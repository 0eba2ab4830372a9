// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// f32 and f64 arithmetic with one rounding, in the rounding mode of the instruction. Built with
// -frounding-math.
#include "tools/cuda-sim/Lanes.h"
#include "tools/cuda-sim/Numbers.h"

#include <cfenv>

namespace dsc::sim {

namespace {
/// The host's rounding mode while it lives.
class RoundingScope {
public:
  explicit RoundingScope(Round round)
      : isChanged(round == Round::rz || round == Round::rm || round == Round::rp) {
    if (isChanged)
      std::fesetround(round == Round::rz ? FE_TOWARDZERO : round == Round::rm ? FE_DOWNWARD : FE_UPWARD);
  }
  ~RoundingScope() {
    if (isChanged)
      std::fesetround(FE_TONEAREST);
  }

private:
  bool isChanged;
};

float canonical(float x) { return std::isnan(x) ? bitCast<float>(canonicalNan32) : x; }
double canonical(double x) { return x; }

template <class T> T finish(T x, const Instruction &i) {
  x = flush(x, i.ftz);
  if (i.sat)
    return std::isnan(x) ? T(0) : x < 0 || x == 0 ? T(0) : x > 1 ? T(1) : x;
  return canonical(x);
}

template <class T> struct AddOp {
  static T of(T a, T b) { return a + b; }
};
template <class T> struct SubOp {
  static T of(T a, T b) { return a - b; }
};
template <class T> struct MulOp {
  static T of(T a, T b) { return a * b; }
};
template <class T> struct DivOp {
  static T of(T a, T b) { return a / b; }
};
template <class T> struct FmaOp {
  static T of(T a, T b, T c) { return std::fma(a, b, c); }
};
template <class T> struct SqrtOp {
  static T of(T a) { return std::sqrt(a); }
};
template <class T> struct RcpOp {
  static T of(T a) { return T(1) / a; }
};

template <class T, template <class> class F> void float1(Warp &warp, const Instruction &i, Mask lanes) {
  const RoundingScope scope(i.round);
  uint64_t *d = warp.slot(i, 0), *a = warp.slot(i, 1);
  eachLane(lanes, [&](uint32_t l) { put(d, l, finish(F<T>::of(flush(get<T>(a, l), i.ftz)), i)); });
}
template <class T, template <class> class F> void float2(Warp &warp, const Instruction &i, Mask lanes) {
  const RoundingScope scope(i.round);
  uint64_t *d = warp.slot(i, 0), *a = warp.slot(i, 1), *b = warp.slot(i, 2);
  eachLane(lanes, [&](uint32_t l) {
    put(d, l, finish(F<T>::of(flush(get<T>(a, l), i.ftz), flush(get<T>(b, l), i.ftz)), i));
  });
}
template <class T, template <class> class F> void float3(Warp &warp, const Instruction &i, Mask lanes) {
  const RoundingScope scope(i.round);
  uint64_t *d = warp.slot(i, 0), *a = warp.slot(i, 1), *b = warp.slot(i, 2), *c = warp.slot(i, 3);
  eachLane(lanes, [&](uint32_t l) {
    put(d, l,
        finish(F<T>::of(flush(get<T>(a, l), i.ftz), flush(get<T>(b, l), i.ftz), flush(get<T>(c, l), i.ftz)),
               i));
  });
}

/// neg, abs and copysign work on bits: NaNs keep theirs.
enum SignOp : uint8_t { negate, absolute, copySign };
template <class T> void runSign(Warp &warp, const Instruction &i, Mask lanes) {
  uint64_t *d = warp.slot(i, 0), *a = warp.slot(i, 1), *b = i.op == copySign ? warp.slot(i, 2) : a;
  eachLane(lanes, [&](uint32_t l) {
    const T x = flush(get<T>(a, l), i.ftz);
    // copysign d, a, b has the sign of a and the number of b.
    put(d, l, i.op == negate ? -x : i.op == absolute ? std::fabs(x) : std::copysign(get<T>(b, l), x));
  });
}

/// flag: .NaN; op bit 0: max, bit 1: .xorsign.abs.
template <class T> void runMinMax(Warp &warp, const Instruction &i, Mask lanes) {
  uint64_t *d = warp.slot(i, 0), *a = warp.slot(i, 1), *b = warp.slot(i, 2);
  eachLane(lanes, [&](uint32_t l) {
    T x = flush(get<T>(a, l), i.ftz), y = flush(get<T>(b, l), i.ftz);
    const bool isNegative = std::signbit(x) != std::signbit(y);
    if (i.op & 2) {
      x = std::fabs(x);
      y = std::fabs(y);
    }
    T result = (i.op & 1) ? (x > y || (x == y && !std::signbit(x)) ? x : y)
                          : (x < y || (x == y && std::signbit(x)) ? x : y);
    if (std::isnan(x) || std::isnan(y))
      result = i.flag || (std::isnan(x) && std::isnan(y)) ? canonical(T(NAN)) : std::isnan(x) ? y : x;
    put(d, l, (i.op & 2) && isNegative && !std::isnan(result) ? -result : result);
  });
}

template <template <class> class F> Handler pick1(Type t) {
  return t == Type::f32 ? float1<float, F> : float1<double, F>;
}
template <template <class> class F> Handler pick2(Type t) {
  return t == Type::f32 ? float2<float, F> : float2<double, F>;
}
template <template <class> class F> Handler pick3(Type t) {
  return t == Type::f32 ? float3<float, F> : float3<double, F>;
}

bool decodeSign(InstructionReader &r, Type type, SignOp op) {
  r.out.op = op;
  return finishAlu(r, type == Type::f32 ? runSign<float> : runSign<double>, type, op == copySign ? 2 : 1);
}

bool decodeMinMax(InstructionReader &r, Type type) {
  r.out.flag = r.take("NaN");
  r.out.op = (r.opcode() == "max" ? 1 : 0) | (r.take("xorsign") && r.take("abs") ? 2 : 0);
  return finishAlu(r, type == Type::f32 ? runMinMax<float> : runMinMax<double>, type, 2);
}
} // namespace

bool decodeFloatArithmetic(InstructionReader &r, Type type) {
  const std::string_view op = r.opcode();
  r.takeFloatModifiers();
  if (op == "neg" || op == "abs" || op == "copysign")
    return decodeSign(r, type, op == "neg" ? negate : op == "abs" ? absolute : copySign);
  if (op == "min" || op == "max")
    return decodeMinMax(r, type);
  if (op == "add")
    return finishAlu(r, pick2<AddOp>(type), type, 2);
  if (op == "sub")
    return finishAlu(r, pick2<SubOp>(type), type, 2);
  if (op == "mul")
    return finishAlu(r, pick2<MulOp>(type), type, 2);
  if (op == "fma" || op == "mad")
    return finishAlu(r, pick3<FmaOp>(type), type, 3);
  if (r.take("approx") || r.take("full"))
    return decodeApproximateArithmetic(r, type);
  if (op == "div")
    return finishAlu(r, pick2<DivOp>(type), type, 2);
  if (op == "sqrt")
    return finishAlu(r, pick1<SqrtOp>(type), type, 1);
  if (op == "rcp")
    return finishAlu(r, pick1<RcpOp>(type), type, 1);
  return r.refuseType(type);
}

} // namespace dsc::sim
