// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Elements of resize: where a pixel comes from along every axis, and the weights of its neighbours there. Coordinates
// are f64, so that ties of nearest neighbours fall as in exact arithmetic.

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "passes/kernel/Evaluator.h"
#include "passes/kernel/MathFunctions.h"

using namespace mlir;

namespace dsc {
namespace {

/// Emits the geometry of one resize; scalars only.
struct Resizer {
  Evaluator &e;
  ResizeOp op;
  FloatMath f;
  SmallVector<int64_t> axes;

  Resizer(Evaluator &e, ResizeOp op) : e(e), op(op), f(e.b, e.loc, e.b.getF64Type()) {
    if (op.getAxes())
      axes.assign(op.getAxes()->begin(), op.getAxes()->end());
    else
      llvm::append_range(axes, llvm::seq<int64_t>(0, rankOf(op.getInput())));
  }

  Value toFloat(Value index) {
    Value integer = arith::IndexCastOp::create(e.b, e.loc, e.b.getI64Type(), index);
    return arith::SIToFPOp::create(e.b, e.loc, e.b.getF64Type(), integer);
  }
  Value toIndex(Value number) {
    Value limited = f.select(f.less(number, f.constant(1e15)), number, f.constant(1e15));
    limited = f.select(f.less(f.constant(-1e15), limited), limited, f.constant(-1e15));
    Value integer = arith::FPToSIOp::create(e.b, e.loc, e.b.getI64Type(), limited);
    return arith::IndexCastOp::create(e.b, e.loc, e.b.getIndexType(), integer);
  }
  Value floor(Value x) { return math::FloorOp::create(e.b, e.loc, x); }
  Value ceil(Value x) { return math::CeilOp::create(e.b, e.loc, x); }
  Value inputSize(unsigned i) { return toFloat(e.size(op.getInput(), axes[i])); }

  /// Output size over input size along axis i, as the caller gave it.
  Value ratioOf(unsigned i) {
    if (op.getScales())
      return arith::ExtFOp::create(e.b, e.loc, e.b.getF64Type(), e.floatOperand(op.getScales(), i));
    return f.div(toFloat(e.shapeOperand(op.getSizes(), i)), inputSize(i));
  }

  Value scale(unsigned i) {
    return e.atEntry(op.getOutput(), 100 + i, [&] {
      if (op.getScales() || op.getKeepAspectRatioPolicy() == AspectRatioPolicy::Stretch)
        return ratioOf(i);
      bool smaller = op.getKeepAspectRatioPolicy() == AspectRatioPolicy::NotLarger;
      Value best = ratioOf(0);
      for (unsigned k = 1; k < axes.size(); ++k) {
        Value other = ratioOf(k);
        best = f.select(smaller ? f.less(other, best) : f.less(best, other), other, best);
      }
      return best;
    });
  }

  Value roi(unsigned i) {
    return arith::ExtFOp::create(e.b, e.loc, e.b.getF64Type(), e.floatOperand(op.getRoi(), i));
  }

  /// The position in the input of output pixel x.
  Value source(unsigned i, Value x) {
    Value s = scale(i), in = inputSize(i), one = f.constant(1.0), half = f.constant(0.5), zero = f.constant(0.0);
    Value out = f.mul(s, in);
    Value centred = f.sub(f.div(f.add(x, half), s), half);
    switch (op.getCoordinateMode()) {
    case CoordinateMode::AlignCorners:
      return f.select(f.equal(out, one), zero, f.div(f.mul(x, f.sub(in, one)), f.sub(out, one)));
    case CoordinateMode::Asymmetric:
      return f.div(x, s);
    case CoordinateMode::PytorchHalfPixel: // the first pixel for a length of 1, as the operator's text says
      return f.select(f.equal(toFloat(e.size(op.getOutput(), axes[i])), one), zero, centred);
    case CoordinateMode::HalfPixelSymmetric: {
      Value adjustment = f.div(toFloat(e.size(op.getOutput(), axes[i])), out);
      return f.add(f.mul(f.mul(in, half), f.sub(one, adjustment)), centred);
    }
    case CoordinateMode::TfHalfPixelForNn:
      return f.div(f.add(x, half), s);
    case CoordinateMode::TfCropAndResize: {
      if (!op.getRoi())
        return centred;
      Value start = roi(i), width = f.sub(roi(i + axes.size()), start), last = f.sub(in, one);
      Value wide = f.div(f.mul(f.mul(x, width), last), f.sub(out, one));
      Value narrow = f.mul(f.mul(width, last), half);
      return f.add(f.select(f.equal(out, one), narrow, wide), f.mul(start, last));
    }
    default:
      return centred;
    }
  }

  Value nearest(Value x) {
    Value low = floor(x), high = ceil(x), fraction = f.sub(x, low), half = f.constant(0.5);
    switch (op.getNearestMode()) {
    case NearestMode::Floor:
      return low;
    case NearestMode::Ceil:
      return high;
    case NearestMode::RoundPreferCeil:
      return f.select(f.less(fraction, half), low, high);
    default:
      return f.select(f.less(half, fraction), high, low);
    }
  }

  /// The filter at a distance, in units of its own width.
  Value filter(Value distance) {
    Value x = f.abs(distance), one = f.constant(1.0), zero = f.constant(0.0);
    if (op.getMode() == ResizeMode::Linear)
      return f.select(f.less(x, one), f.sub(one, x), zero);
    double a = op.getCubicCoeffA().convertToDouble();
    Value inner = f.polynomial(x, {1.0, 0.0, -(a + 3), a + 2});
    Value outer = f.polynomial(x, {-4 * a, 8 * a, -5 * a, a});
    return f.select(f.less(one, x), f.select(f.less(x, f.constant(2.0)), outer, zero), inner);
  }

  /// The neighbours of a position along one axis.
  struct Neighbours {
    Value first, count; ///< index values
    Value base, ratio, shrink, total;
  };

  /// The weight of neighbour `k`, before normalisation.
  Value weight(unsigned i, const Neighbours &n, Value k) {
    Value distance = f.sub(toFloat(k), f.add(f.sub(n.base, toFloat(n.first)), n.ratio));
    Value w = filter(f.mul(distance, n.shrink));
    if (!op.getExcludeOutside())
      return w;
    CoordMath m = e.math();
    Coord at = m.add({n.first}, {k});
    Value inside = m.both(m.less(m.constant(-1), at), m.less(at, e.extent(op.getInput(), axes[i])));
    return f.select(inside, w, f.constant(0.0));
  }

  Neighbours neighbours(unsigned i, Value x) {
    Neighbours n;
    n.base = f.sub(ceil(x), f.constant(1.0));
    n.ratio = f.sub(x, n.base);
    Value s = scale(i), one = f.constant(1.0);
    n.shrink = op.getAntialias() ? f.select(f.less(s, one), s, one) : one;
    double support = op.getMode() == ResizeMode::Linear ? 1.0 : 2.0;
    Value start = f.add(floor(f.div(f.constant(-support), n.shrink)), one);
    n.first = toIndex(f.add(n.base, start));
    n.count = toIndex(f.sub(f.constant(2.0), f.add(start, start)));
    if (op.getAntialias() || op.getExcludeOutside())
      n.total = e.loop(e.math().index(0), n.count, {f.constant(0.0)},
                       [&](Value k, ValueRange sum) -> SmallVector<Value> {
        return {f.add(sum[0], weight(i, n, k))};
      }).front();
    return n;
  }

  /// Adds up the neighbours along the axes from i on.
  Value interpolate(unsigned i, Point point, ArrayRef<Neighbours> all, Value factor, Value sum) {
    Type type = elementTypeOf(op.getInput()), f64 = e.b.getF64Type();
    if (i == all.size())
      return f.fma(factor, e.convert(e.element(op.getInput(), point), type, f64), sum);
    const Neighbours &n = all[i];
    return e.loop(e.math().index(0), n.count, {sum}, [&](Value k, ValueRange carried) -> SmallVector<Value> {
      CoordMath m = e.math();
      Value w = weight(i, n, k);
      if (n.total)
        w = f.div(w, n.total);
      point[axes[i]] = m.clamp(m.add({n.first}, {k}), e.extent(op.getInput(), axes[i]));
      return {interpolate(i + 1, point, all, f.mul(factor, w), carried[0])};
    }).front();
  }

  Value element(ArrayRef<Coord> point) {
    Type type = elementTypeOf(op.getInput()), f64 = e.b.getF64Type();
    Point from(point);
    SmallVector<Neighbours> all;
    Value outside;
    for (unsigned i = 0; i < axes.size(); ++i) {
      Value x = source(i, toFloat(point[axes[i]].value));
      if (op.getCoordinateMode() == CoordinateMode::TfCropAndResize) {
        Value below = f.less(x, f.constant(0.0)), above = f.less(f.sub(inputSize(i), f.constant(1.0)), x);
        Value either = arith::OrIOp::create(e.b, e.loc, below, above);
        outside = outside ? arith::OrIOp::create(e.b, e.loc, outside, either).getResult() : either;
      }
      if (op.getMode() == ResizeMode::Nearest)
        from[axes[i]] = e.math().clamp({toIndex(nearest(x))}, e.extent(op.getInput(), axes[i]));
      else
        all.push_back(neighbours(i, x));
    }
    auto sample = [&]() -> Value {
      if (op.getMode() == ResizeMode::Nearest)
        return e.element(op.getInput(), from);
      Value sum = interpolate(0, from, all, f.constant(1.0), f.constant(0.0));
      if (isa<IntegerType>(type))
        sum = math::RoundEvenOp::create(e.b, e.loc, sum);
      return e.convert(sum, f64, type);
    };
    auto inside = [&]() -> Value {
      Value any = e.hasElements(op.getInput(), axes);
      return any ? e.choose(any, sample, [&] { return e.constant(type, 0.0); }) : sample();
    };
    if (!outside)
      return inside();
    return e.choose(
        outside, [&] { return e.constant(type, op.getExtrapolationValue().convertToDouble()); }, inside);
  }
};

} // namespace

Value resizeElement(Evaluator &e, Operation *op, ArrayRef<Coord> point) {
  if (auto resize = dyn_cast<ResizeOp>(op))
    return Resizer(e, resize).element(point);
  return {};
}

} // namespace dsc
