// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Reader of GridSample: a gather per neighbour of the sampled position, weighted and added up.

#include "compiler/import/OpTable.h"

using namespace mlir;

namespace dsc::onnx_import {
namespace {

enum class Padding { Zeros, Border, Reflection };

struct Sampler {
  explicit Sampler(NodeReader &n) : n(n) {}

  NodeReader &n;
  Value pixels; ///< `[batch, spatial..., channels]`
  Type type;
  int64_t spatial = 0;
  Padding padding = Padding::Zeros;
  bool alignCorners = false;

  Value number(double value) const { return n.makeScalar(value, type); }
  Value add(Value a, Value b) const { return n.create<AddOp>({a, b}); }
  Value sub(Value a, Value b) const { return n.create<SubOp>({a, b}); }
  Value mul(Value a, Value b) const { return n.create<MulOp>({a, b}); }
  Value clamp(Value x, Value low, Value high) const { return n.create<MinOp>({n.create<MaxOp>({x, low}), high}); }
  Value greater(Value a, Value b) const { return n.create<GreaterOp>({a, b}); }
  /// The size of a spatial dimension as a float.
  Value size(int64_t dim) const {
    return n.castTo(n.squeeze(n.makeDims({n.getDim(pixels, dim + 1)}), {0}), type);
  }
  Value low() const { return number(alignCorners ? 0 : -0.5); }
  Value high(int64_t dim) const { return sub(size(dim), number(alignCorners ? 1 : 0.5)); }

  Value toPixels(Value grid, int64_t dim) const;
  Value reflect(Value x, int64_t dim) const;
  Value padPosition(Value x, int64_t dim) const;
  Value gather(ArrayRef<Value> taps) const;
};

/// From [-1, 1] to positions.
Value Sampler::toPixels(Value x, int64_t dim) const {
  Value one = number(1), half = number(0.5), shifted = add(x, one);
  if (alignCorners)
    return mul(mul(shifted, half), sub(size(dim), one));
  return mul(sub(mul(shifted, size(dim)), one), half);
}

/// Back and forth between the borders.
Value Sampler::reflect(Value x, int64_t dim) const {
  Value range = n.create<MaxOp>({sub(high(dim), low()), number(1)}), period = add(range, range);
  Value from = sub(x, low());
  Value rest = sub(from, mul(n.create<FloorOp>({n.create<DivOp>({from, period})}), period));
  return add(sub(range, n.create<AbsOp>({sub(rest, range)})), low());
}

/// What a position outside of the borders stands for.
Value Sampler::padPosition(Value x, int64_t dim) const {
  if (padding == Padding::Zeros)
    return x;
  Value inside = padding == Padding::Border ? clamp(x, number(0), sub(size(dim), number(1))) : reflect(x, dim);
  Value isOutside = n.create<OrOp>({greater(low(), x), greater(x, high(dim))});
  return n.create<WhereOp>({isOutside, inside, x});
}

/// The pixels at whole positions, one `[batch, out..., 1]` per spatial dimension.
Value Sampler::gather(ArrayRef<Value> taps) const {
  Type i64 = n.builder.getI64Type();
  SmallVector<Value> indices;
  Value isInside;
  for (auto [dim, tap] : llvm::enumerate(taps)) {
    Value last = sub(size(dim), number(1)), zero = number(0);
    Value x = padding == Padding::Reflection ? n.create<RoundOp>({reflect(tap, dim)}) : tap;
    if (padding == Padding::Zeros) {
      Value within = n.create<AndOp>({n.create<GreaterEqualOp>({x, zero}), n.create<GreaterEqualOp>({last, x})});
      isInside = isInside ? n.create<AndOp>({isInside, within}) : within;
    }
    // Twice: a position that is no number becomes any integer.
    Value index = n.castTo(clamp(x, zero, last), i64);
    Value lastIndex = n.castTo(last, i64);
    indices.push_back(clamp(index, n.makeScalar(0, i64), lastIndex));
  }
  Value tuples = n.create<ConcatOp>(indices, {n.intAttr("axis", spatial + 1)});
  Value found = n.create<GatherNdOp>({pixels, tuples}, {n.intAttr("batch_dims", 1)});
  return isInside ? n.create<WhereOp>({isInside, found, number(0)}) : found;
}

/// The weights of the neighbours at floor(x) + first, ... for the rest of x.
SmallVector<Value> makeWeights(const Sampler &s, Value rest, bool isCubic) {
  if (!isCubic)
    return {s.sub(s.number(1), rest), rest};
  constexpr double a = -0.75;
  auto outer = [&](Value x) { // ((a x - 5a) x + 8a) x - 4a
    Value y = s.add(s.mul(s.sub(s.mul(s.number(a), x), s.number(5 * a)), x), s.number(8 * a));
    return s.sub(s.mul(y, x), s.number(4 * a));
  };
  auto inner = [&](Value x) { // ((a + 2) x - (a + 3)) x x + 1
    return s.add(s.mul(s.mul(s.sub(s.mul(s.number(a + 2), x), s.number(a + 3)), x), x), s.number(1));
  };
  Value other = s.sub(s.number(1), rest);
  return {outer(s.add(rest, s.number(1))), inner(rest), inner(other), outer(s.add(other, s.number(1)))};
}

/// The sum over all neighbours, dimension by dimension.
Value interpolate(const Sampler &s, ArrayRef<Value> positions, bool isCubic) {
  int64_t taps = isCubic ? 4 : 2, first = isCubic ? -1 : 0, count = 1;
  SmallVector<Value> floors;
  SmallVector<SmallVector<Value>> weights;
  for (Value x : positions) {
    floors.push_back(s.n.create<FloorOp>({x}));
    weights.push_back(makeWeights(s, s.sub(x, floors.back()), isCubic));
    count *= taps;
  }
  Value sum;
  for (int64_t i = 0; i < count && !s.n.hasFailed(); ++i) {
    SmallVector<Value> neighbours;
    Value weight;
    for (int64_t dim = 0, rest = i; dim < s.spatial; ++dim, rest /= taps) {
      neighbours.push_back(s.add(floors[dim], s.number(double(first + rest % taps))));
      weight = weight ? s.mul(weight, weights[dim][rest % taps]) : weights[dim][rest % taps];
    }
    Value part = s.mul(s.gather(neighbours), weight);
    sum = sum ? s.add(sum, part) : part;
  }
  return sum;
}

/// False after a failure.
bool readSampler(NodeReader &n, Sampler &s) {
  Value x = n.require(0);
  s.spatial = n.getRank(x) - 2;
  s.alignCorners = n.getFlag("align_corners", false);
  std::string padding = n.getString("padding_mode", "zeros");
  if (padding != "zeros" && padding != "border" && padding != "reflection")
    n.fail("expected 'padding_mode' of zeros, border and reflection, but got '" + padding + "'");
  s.padding = padding == "zeros" ? Padding::Zeros : padding == "border" ? Padding::Border : Padding::Reflection;
  if (s.spatial < 1 || s.spatial > 3 || n.getRank(n.require(1)) != s.spatial + 2)
    n.fail("expected operands of one rank from 3 to 5");
  if (n.hasFailed())
    return false;
  if (n.requireStaticDim(n.require(1), s.spatial + 1, "number of coordinates") != s.spatial)
    n.fail("expected a coordinate per spatial dimension");
  Ints permutation = {0};
  for (int64_t dim = 0; dim < s.spatial; ++dim)
    permutation.push_back(dim + 2);
  permutation.push_back(1);
  s.pixels = n.transpose(n.widen(x), permutation);
  s.type = n.getElementType(s.pixels);
  return !n.hasFailed();
}

void readGridSample(NodeReader &n) {
  Sampler s(n);
  if (!readSampler(n, s))
    return;
  std::string mode = n.getString("mode", "linear");
  bool isNearest = mode == "nearest", isCubic = mode == "cubic" || mode == "bicubic";
  if (!isNearest && !isCubic && mode != "linear" && mode != "bilinear")
    return n.fail("expected 'mode' of linear, nearest and cubic, but got '" + mode + "'");
  Value grid = n.castTo(n.require(1), s.type);
  SmallVector<Value> positions;
  for (int64_t dim = 0; dim < s.spatial; ++dim) {
    // Coordinates come in the order of the innermost dimension first.
    int64_t at = s.spatial - 1 - dim;
    Value x = s.toPixels(n.slice(grid, s.spatial + 1, n.constantDim(at), n.constantDim(at + 1)), dim);
    x = isNearest ? n.create<RoundOp>({x}) : x;
    // As PyTorch and onnxruntime have it, a cubic sample beyond the border keeps its weights; its neighbours are clamped.
    bool keepsPosition = isCubic && s.padding == Padding::Border;
    positions.push_back(keepsPosition ? x : s.padPosition(x, dim));
  }
  Value result = isNearest ? s.gather(positions) : interpolate(s, positions, isCubic);
  if (n.hasFailed())
    return;
  Ints permutation = {0, s.spatial + 1};
  for (int64_t dim = 0; dim < s.spatial; ++dim)
    permutation.push_back(dim + 1);
  n.set(0, n.castTo(n.transpose(result, permutation), n.getElementType(n.require(0))));
}

const OpRow rows[] = {{"GridSample", readGridSample, 16, maxOpset, "one to three spatial dimensions"}};

} // namespace

OpFamily getGridSampleFamily() { return {"Sampling", rows}; }

} // namespace dsc::onnx_import
