// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Constant evaluation of elementwise ops: one scalar function per op, applied over the broadcast shape.

#include "dialects/dsc/Dsc.h"
#include "dialects/dsc/DscEvaluate.h"
#include "dialects/dsc/IndexWalk.h"
#include "llvm/ADT/TypeSwitch.h"

#include <cmath>
#include <cstring>
#include <functional>

using namespace mlir;
using namespace dsc;

using FloatFn = std::function<double(double, double)>;
using IntFn = std::function<int64_t(int64_t, int64_t)>;

static double gelu(double x, GeluKind kind) {
  if (kind == GeluKind::None)
    return 0.5 * x * (1 + std::erf(x * M_SQRT1_2));
  return 0.5 * x * (1 + std::tanh(std::sqrt(M_2_PI) * (x + 0.044715 * x * x * x)));
}

static double sign(double x) { return std::isnan(x) ? x : double((x > 0) - (x < 0)); }

static double maxOf(double x, double y) { return std::isnan(x) || x > y ? x : y; }
static double minOf(double x, double y) { return std::isnan(x) || x < y ? x : y; }

static double moduloOf(double x, double y, bool fmod) {
  double r = std::fmod(x, y);
  return !fmod && r != 0 && (r < 0) != (y < 0) ? r + y : r;
}

static FloatFn getParametrised(Operation *op) {
  return llvm::TypeSwitch<Operation *, FloatFn>(op)
      .Case([](GeluOp op) -> FloatFn { return [kind = op.getApproximate()](double x, double) { return gelu(x, kind); }; })
      .Case([](LeakyReluOp op) -> FloatFn {
        return [a = op.getAlpha().convertToDouble()](double x, double) { return x < 0 ? a * x : x; };
      })
      .Case([](EluOp op) -> FloatFn {
        return [a = op.getAlpha().convertToDouble()](double x, double) { return x < 0 ? a * std::expm1(x) : x; };
      })
      .Case([](HardSigmoidOp op) -> FloatFn {
        return [a = op.getAlpha().convertToDouble(), b = op.getBeta().convertToDouble()](double x, double) {
          return maxOf(0, minOf(1, a * x + b));
        };
      })
      .Case([](ModOp op) -> FloatFn {
        return [fmod = op.getFmod()](double x, double y) { return moduloOf(x, y, fmod); };
      })
      .Default([](Operation *) { return FloatFn(); });
}

static FloatFn getTranscendental(Operation *op) {
  return llvm::TypeSwitch<Operation *, FloatFn>(op)
      .Case<ExpOp>([](auto) { return [](double x, double) { return std::exp(x); }; })
      .Case<LogOp>([](auto) { return [](double x, double) { return std::log(x); }; })
      .Case<SinOp>([](auto) { return [](double x, double) { return std::sin(x); }; })
      .Case<CosOp>([](auto) { return [](double x, double) { return std::cos(x); }; })
      .Case<TanOp>([](auto) { return [](double x, double) { return std::tan(x); }; })
      .Case<AsinOp>([](auto) { return [](double x, double) { return std::asin(x); }; })
      .Case<AcosOp>([](auto) { return [](double x, double) { return std::acos(x); }; })
      .Case<AtanOp>([](auto) { return [](double x, double) { return std::atan(x); }; })
      .Case<SinhOp>([](auto) { return [](double x, double) { return std::sinh(x); }; })
      .Case<CoshOp>([](auto) { return [](double x, double) { return std::cosh(x); }; })
      .Case<TanhOp>([](auto) { return [](double x, double) { return std::tanh(x); }; })
      .Case<AsinhOp>([](auto) { return [](double x, double) { return std::asinh(x); }; })
      .Case<AcoshOp>([](auto) { return [](double x, double) { return std::acosh(x); }; })
      .Case<AtanhOp>([](auto) { return [](double x, double) { return std::atanh(x); }; })
      .Case<ErfOp>([](auto) { return [](double x, double) { return std::erf(x); }; })
      .Case<SigmoidOp>([](auto) { return [](double x, double) { return 1 / (1 + std::exp(-x)); }; })
      .Case<SoftplusOp>([](auto) {
        return [](double x, double) { return maxOf(x, 0) + std::log1p(std::exp(-std::fabs(x))); };
      })
      .Case<PowOp>([](auto) { return [](double x, double y) { return std::pow(x, y); }; })
      .Default([](Operation *) { return FloatFn(); });
}

static FloatFn getFloatFn(Operation *op) {
  return llvm::TypeSwitch<Operation *, FloatFn>(op)
      .Case<AbsOp>([](auto) { return [](double x, double) { return std::fabs(x); }; })
      .Case<NegOp>([](auto) { return [](double x, double) { return -x; }; })
      .Case<SqrtOp>([](auto) { return [](double x, double) { return std::sqrt(x); }; })
      .Case<RsqrtOp>([](auto) { return [](double x, double) { return 1 / std::sqrt(x); }; })
      .Case<ReciprocalOp>([](auto) { return [](double x, double) { return 1 / x; }; })
      .Case<ReluOp>([](auto) { return [](double x, double) { return maxOf(x, 0); }; })
      .Case<FloorOp>([](auto) { return [](double x, double) { return std::floor(x); }; })
      .Case<CeilOp>([](auto) { return [](double x, double) { return std::ceil(x); }; })
      .Case<RoundOp>([](auto) { return [](double x, double) { return std::nearbyint(x); }; })
      .Case<SignOp>([](auto) { return [](double x, double) { return sign(x); }; })
      .Case<AddOp>([](auto) { return [](double x, double y) { return x + y; }; })
      .Case<SubOp>([](auto) { return [](double x, double y) { return x - y; }; })
      .Case<MulOp>([](auto) { return [](double x, double y) { return x * y; }; })
      .Case<DivOp>([](auto) { return [](double x, double y) { return x / y; }; })
      .Case<MinOp>([](auto) { return minOf; })
      .Case<MaxOp>([](auto) { return maxOf; })
      .Case<GeluOp, LeakyReluOp, EluOp, HardSigmoidOp, ModOp>([](Operation *op) { return getParametrised(op); })
      .Default([](Operation *op) { return getTranscendental(op); });
}

/// Unsigned elements come zero-extended, so every function but division, remainder and order is the same for them.
static int64_t divide(int64_t x, int64_t y, bool isUnsigned) {
  if (y == 0)
    return 0;
  if (isUnsigned)
    return int64_t(uint64_t(x) / uint64_t(y));
  return y == -1 ? int64_t(0 - uint64_t(x)) : x / y;
}

static int64_t modulo(int64_t x, int64_t y, bool isUnsigned, bool fmod) {
  if (y == 0 || y == -1)
    return isUnsigned && y == -1 ? int64_t(uint64_t(x) % uint64_t(y)) : 0;
  if (isUnsigned)
    return int64_t(uint64_t(x) % uint64_t(y));
  int64_t r = x % y;
  return !fmod && r != 0 && (r < 0) != (y < 0) ? r + y : r;
}

static bool less(int64_t x, int64_t y, bool isUnsigned) { return isUnsigned ? uint64_t(x) < uint64_t(y) : x < y; }

static int64_t power(int64_t base, int64_t exponent) {
  if (exponent < 0)
    return base == 1 ? 1 : base == -1 ? (exponent % 2 ? -1 : 1) : 0;
  exponent = exponent > 63 ? 62 | (exponent & 1) : exponent; // as the kernels do
  uint64_t result = 1, factor = uint64_t(base);
  for (; exponent; exponent >>= 1, factor *= factor)
    if (exponent & 1)
      result *= factor;
  return int64_t(result);
}

static IntFn getBitFn(Operation *op, int64_t width) {
  return llvm::TypeSwitch<Operation *, IntFn>(op)
      .Case<NotOp>([](auto) { return [](int64_t x, int64_t) { return int64_t(!x); }; })
      .Case<BitwiseNotOp>([](auto) { return [](int64_t x, int64_t) { return ~x; }; })
      .Case<BitwiseAndOp, AndOp>([](auto) { return [](int64_t x, int64_t y) { return x & y; }; })
      .Case<BitwiseOrOp, OrOp>([](auto) { return [](int64_t x, int64_t y) { return x | y; }; })
      .Case<BitwiseXorOp, XorOp>([](auto) { return [](int64_t x, int64_t y) { return x ^ y; }; })
      .Case<ShiftLeftOp>([width](auto) {
        return [width](int64_t x, int64_t y) { return uint64_t(y) >= uint64_t(width) ? 0 : int64_t(uint64_t(x) << y); };
      })
      .Case<ShiftRightOp>([width](auto) {
        uint64_t mask = width == 64 ? ~uint64_t(0) : (uint64_t(1) << width) - 1;
        return [width, mask](int64_t x, int64_t y) {
          return uint64_t(y) >= uint64_t(width) ? 0 : int64_t((uint64_t(x) & mask) >> y);
        };
      })
      .Default([](Operation *) { return IntFn(); });
}

static IntFn getIntFn(Operation *op, bool u, int64_t width) {
  return llvm::TypeSwitch<Operation *, IntFn>(op)
      .Case<AbsOp>([](auto) { return [](int64_t x, int64_t) { return x < 0 ? int64_t(0 - uint64_t(x)) : x; }; })
      .Case<NegOp>([](auto) { return [](int64_t x, int64_t) { return int64_t(0 - uint64_t(x)); }; })
      .Case<ReluOp>([u](auto) { return [u](int64_t x, int64_t) { return u || x > 0 ? x : 0; }; })
      .Case<SignOp>([u](auto) { return [u](int64_t x, int64_t) { return x == 0 ? 0 : u || x > 0 ? 1 : -1; }; })
      .Case<AddOp>([](auto) { return [](int64_t x, int64_t y) { return int64_t(uint64_t(x) + uint64_t(y)); }; })
      .Case<SubOp>([](auto) { return [](int64_t x, int64_t y) { return int64_t(uint64_t(x) - uint64_t(y)); }; })
      .Case<MulOp>([](auto) { return [](int64_t x, int64_t y) { return int64_t(uint64_t(x) * uint64_t(y)); }; })
      .Case<DivOp>([u](auto) { return [u](int64_t x, int64_t y) { return divide(x, y, u); }; })
      .Case<ModOp>([u](ModOp op) {
        return [u, fmod = op.getFmod()](int64_t x, int64_t y) { return modulo(x, y, u, fmod); };
      })
      .Case<MinOp>([u](auto) { return [u](int64_t x, int64_t y) { return less(x, y, u) ? x : y; }; })
      .Case<MaxOp>([u](auto) { return [u](int64_t x, int64_t y) { return less(x, y, u) ? y : x; }; })
      .Case<PowOp>([](auto) { return power; })
      .Default([width](Operation *op) { return getBitFn(op, width); });
}

/// Comparisons, on doubles or integers.
template <class T, class Less>
static std::function<bool(T, T)> getCompareFn(Operation *op, Less less) {
  using Fn = std::function<bool(T, T)>;
  return llvm::TypeSwitch<Operation *, Fn>(op)
      .template Case<EqualOp>([](auto) { return [](T x, T y) { return x == y; }; })
      .template Case<LessOp>([less](auto) { return [less](T x, T y) { return less(x, y); }; })
      .template Case<LessEqualOp>([less](auto) { return [less](T x, T y) { return less(x, y) || x == y; }; })
      .template Case<GreaterOp>([less](auto) { return [less](T x, T y) { return less(y, x); }; })
      .template Case<GreaterEqualOp>([less](auto) { return [less](T x, T y) { return less(y, x) || x == y; }; })
      .Default([](Operation *) { return Fn(); });
}

/// Calls `fn(i, offsets)` for each element i of the shape with the flat index of every operand, broadcast to it.
template <class Fn>
static void forEachBroadcast(ArrayRef<int64_t> shape, int64_t count, ArrayRef<HostTensor> operands, Fn fn) {
  SmallVector<IndexWalk> walks;
  for (const HostTensor &operand : operands)
    walks.emplace_back(shape, broadcastStrides(operand.getShape(), shape));
  SmallVector<int64_t> offsets(operands.size());
  for (int64_t i = 0; i < count; ++i) {
    for (auto [offset, walk] : llvm::zip(offsets, walks)) {
      offset = walk.getOffset();
      walk.next();
    }
    fn(i, ArrayRef<int64_t>(offsets));
  }
}

static std::optional<HostTensor> evaluateCompare(Operation *op, ArrayRef<HostTensor> in, HostTensor out) {
  const bool u = in[0].getElementType().isUnsignedInteger();
  auto ofFloats = getCompareFn<double>(op, [](double x, double y) { return x < y; });
  auto ofInts = getCompareFn<int64_t>(op, [u](int64_t x, int64_t y) { return less(x, y, u); });
  forEachBroadcast(out.getShape(), out.getCount(), in, [&](int64_t i, ArrayRef<int64_t> at) {
    out.setInt(i, in[0].isFloat() ? ofFloats(in[0].getNumber(at[0]), in[1].getNumber(at[1]))
                                  : ofInts(in[0].getInt(at[0]), in[1].getInt(at[1])));
  });
  return out;
}

static std::optional<HostTensor> evaluatePredicate(Operation *op, ArrayRef<HostTensor> in, HostTensor out) {
  for (int64_t i = 0, e = out.getCount(); i < e; ++i) {
    double x = in[0].getNumber(i);
    bool holds = std::isnan(x);
    if (auto inf = llvm::dyn_cast<IsInfOp>(op))
      holds = std::isinf(x) && (x > 0 ? inf.getDetectPositive() : inf.getDetectNegative());
    out.setInt(i, holds);
  }
  return out;
}

/// Float to integer truncates and saturates at 64 bits, NaN gives the smallest integer; then the low bits are kept.
static int64_t truncateToInt(double x) {
  if (!(x > -9223372036854775808.0))
    return INT64_MIN;
  return x < 9223372036854775808.0 ? int64_t(x) : x < 18446744073709551616.0 ? int64_t(uint64_t(x)) : INT64_MIN;
}

static std::optional<HostTensor> evaluateCast(CastOp op, ArrayRef<HostTensor> in, HostTensor out) {
  Type to = out.getElementType();
  for (int64_t i = 0, e = out.getCount(); i < e; ++i) {
    if (out.isFloat())
      out.setDouble(i, in[0].getNumber(i), op.getSaturate());
    else if (to.isInteger(1))
      out.setInt(i, in[0].isFloat() ? in[0].getNumber(i) != 0 : in[0].getInt(i) != 0);
    else
      out.setInt(i, in[0].isFloat() ? truncateToInt(in[0].getNumber(i)) : in[0].getInt(i));
  }
  return out;
}

static std::optional<HostTensor> evaluateWhere(ArrayRef<HostTensor> in, HostTensor out) {
  forEachBroadcast(out.getShape(), out.getCount(), in, [&](int64_t i, ArrayRef<int64_t> at) {
    bool holds = in[0].getInt(at[0]) != 0;
    const HostTensor &from = in[holds ? 1 : 2];
    std::memcpy(out.at(i), from.at(at[holds ? 1 : 2]), out.getBytesPerElement());
  });
  return out;
}

/// As kernels do: in f32 unless the input is f64, rounded half to even, saturated.
static std::optional<HostTensor> evaluateQuantize(QuantizeOp op, ArrayRef<HostTensor> in, HostTensor out) {
  bool isDouble = in[0].getElementType().isF64(), isUnsigned = out.getElementType().isUnsignedInteger();
  unsigned width = out.getElementType().getIntOrFloatBitWidth();
  double low = isUnsigned ? 0 : -std::ldexp(1.0, width - 1), high = std::ldexp(1.0, isUnsigned ? width : width - 1) - 1;
  forEachBroadcast(out.getShape(), out.getCount(), in, [&](int64_t i, ArrayRef<int64_t> at) {
    double x = in[0].getNumber(at[0]), scale = in[1].getNumber(at[1]);
    double steps = std::nearbyint(isDouble ? x / scale : float(x) / float(scale));
    steps = (std::isnan(steps) ? 0 : steps) + double(in[2].getInt(at[2]));
    out.setInt(i, int64_t(std::clamp(steps, low, high)));
  });
  return out;
}

/// As kernels do: an exact difference, and a product in f32 unless the scale is f64.
static std::optional<HostTensor> evaluateDequantize(ArrayRef<HostTensor> in, HostTensor out) {
  bool isDouble = out.getElementType().isF64();
  forEachBroadcast(out.getShape(), out.getCount(), in, [&](int64_t i, ArrayRef<int64_t> at) {
    double steps = double(in[0].getInt(at[0]) - in[2].getInt(at[2])), scale = in[1].getNumber(at[1]);
    out.setDouble(i, isDouble ? steps * scale : float(steps) * float(scale));
  });
  return out;
}

std::optional<HostTensor> dsc::detail::evaluateElementwise(Operation *op, ArrayRef<HostTensor> in) {
  auto type = llvm::cast<RankedTensorType>(op->getResult(0).getType());
  HostTensor out = HostTensor::zeros(type.getShape(), type.getElementType());
  if (llvm::isa<EqualOp, LessOp, LessEqualOp, GreaterOp, GreaterEqualOp>(op))
    return evaluateCompare(op, in, std::move(out));
  if (llvm::isa<IsNanOp, IsInfOp>(op))
    return evaluatePredicate(op, in, std::move(out));
  if (auto cast = llvm::dyn_cast<CastOp>(op))
    return evaluateCast(cast, in, std::move(out));
  if (llvm::isa<WhereOp>(op))
    return evaluateWhere(in, std::move(out));
  if (auto quantize = llvm::dyn_cast<QuantizeOp>(op))
    return evaluateQuantize(quantize, in, std::move(out));
  if (llvm::isa<DequantizeOp>(op))
    return evaluateDequantize(in, std::move(out));
  Type element = out.getElementType();
  if (out.isFloat()) {
    FloatFn fn = getFloatFn(op);
    if (!fn)
      return std::nullopt;
    forEachBroadcast(out.getShape(), out.getCount(), in, [&](int64_t i, ArrayRef<int64_t> at) {
      out.setDouble(i, fn(in[0].getNumber(at[0]), in.size() > 1 ? in[1].getNumber(at[1]) : 0));
    });
    return out;
  }
  IntFn fn = getIntFn(op, element.isUnsignedInteger(), element.getIntOrFloatBitWidth());
  if (!fn || (in.size() > 1 && in[1].isFloat()))
    return std::nullopt;
  forEachBroadcast(out.getShape(), out.getCount(), in, [&](int64_t i, ArrayRef<int64_t> at) {
    out.setInt(i, fn(in[0].getInt(at[0]), in.size() > 1 ? in[1].getInt(at[1]) : 0));
  });
  return out;
}
