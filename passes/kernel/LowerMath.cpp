// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Replaces math ops that would become calls of a libm by arithmetic. Expects f32 and f64, leaves single instructions.

#include "passes/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/TypeUtilities.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Transforms/WalkPatternRewriteDriver.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "passes/kernel/MathFunctions.h"

using namespace mlir;

namespace dsc {
#define GEN_PASS_DEF_LOWERMATHPASS
#include "passes/Passes.h.inc"

namespace {

using UnaryFunction = Value (FloatMath::*)(Value);

Type withElement(Type like, Type element) {
  if (auto vector = dyn_cast<VectorType>(like))
    return vector.clone(element);
  return element;
}

/// f64 as it is; narrower types through f64, which leaves every function exact to the last bit of an f32.
template <class Op> struct LowerThroughF64 : OpRewritePattern<Op> {
  UnaryFunction function;
  LowerThroughF64(MLIRContext *context, UnaryFunction function) : OpRewritePattern<Op>(context), function(function) {}

  LogicalResult matchAndRewrite(Op op, PatternRewriter &rewriter) const override {
    Type type = op.getType(), wide = withElement(type, rewriter.getF64Type());
    Value x = op.getOperand();
    if (type != wide)
      x = arith::ExtFOp::create(rewriter, op.getLoc(), wide, x);
    FloatMath m(rewriter, op.getLoc(), wide);
    Value result = (m.*function)(x);
    if (type != wide)
      result = arith::TruncFOp::create(rewriter, op.getLoc(), type, result);
    rewriter.replaceOp(op, result);
    return success();
  }
};

/// The same for f64 only: there is a faster way in f32.
template <class Op> struct LowerF64 : LowerThroughF64<Op> {
  using LowerThroughF64<Op>::LowerThroughF64;
  LogicalResult matchAndRewrite(Op op, PatternRewriter &rewriter) const override {
    if (!getElementTypeOrSelf(op.getType()).isF64())
      return rewriter.notifyMatchFailure(op, "not f64");
    return LowerThroughF64<Op>::matchAndRewrite(op, rewriter);
  }
};

/// A constant exponent of a scalar or of every lane.
std::optional<double> constantExponent(Value value) {
  if (auto broadcast = value.getDefiningOp<vector::BroadcastOp>())
    value = broadcast.getSource();
  Attribute attr;
  if (!matchPattern(value, m_Constant(&attr)))
    return std::nullopt;
  if (auto splat = dyn_cast<SplatElementsAttr>(attr))
    attr = splat.getSplatValue<Attribute>();
  if (auto number = dyn_cast<FloatAttr>(attr))
    return number.getValueAsDouble();
  return std::nullopt;
}

struct LowerPow : OpRewritePattern<math::PowFOp> {
  using OpRewritePattern::OpRewritePattern;

  /// Small integers and halves need no logarithm.
  Value lowerKnown(FloatMath &m, Value x, double exponent) const {
    if (exponent == 0.5) { // unlike the root, positive for -0 and -infinity
      Value infinity = m.constant(std::numeric_limits<double>::infinity());
      return m.select(m.equal(x, m.neg(infinity)), infinity, m.add(m.sqrt(x), m.constant(0.0)));
    }
    double magnitude = std::abs(exponent);
    if (magnitude != std::trunc(magnitude) || magnitude > 8 || magnitude == 0)
      return {};
    Value result = x;
    for (int i = 1; i < int(magnitude); ++i)
      result = m.mul(result, x);
    return exponent < 0 ? m.div(m.constant(1.0), result) : result;
  }

  LogicalResult matchAndRewrite(math::PowFOp op, PatternRewriter &rewriter) const override {
    Type type = op.getType(), wide = withElement(type, rewriter.getF64Type());
    FloatMath narrow(rewriter, op.getLoc(), type);
    if (std::optional<double> exponent = constantExponent(op.getRhs()))
      if (Value result = lowerKnown(narrow, op.getLhs(), *exponent)) {
        rewriter.replaceOp(op, result);
        return success();
      }
    auto widen = [&](Value x) -> Value {
      return type == wide ? x : arith::ExtFOp::create(rewriter, op.getLoc(), wide, x).getResult();
    };
    Value result = FloatMath(rewriter, op.getLoc(), wide).pow(widen(op.getLhs()), widen(op.getRhs()));
    if (type != wide)
      result = arith::TruncFOp::create(rewriter, op.getLoc(), type, result);
    rewriter.replaceOp(op, result);
    return success();
  }
};

struct LowerRemainder : OpRewritePattern<arith::RemFOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(arith::RemFOp op, PatternRewriter &rewriter) const override {
    Type type = op.getType(), wide = withElement(type, rewriter.getF64Type());
    auto widen = [&](Value x) -> Value {
      return type == wide ? x : arith::ExtFOp::create(rewriter, op.getLoc(), wide, x).getResult();
    };
    Value result = FloatMath(rewriter, op.getLoc(), wide).fmod(widen(op.getLhs()), widen(op.getRhs()));
    if (type != wide)
      result = arith::TruncFOp::create(rewriter, op.getLoc(), type, result);
    rewriter.replaceOp(op, result);
    return success();
  }
};

/// f64 to f16 or bf16 has no instruction: through f32, whose last bit is made sticky so that the second rounding sees
/// what the first one dropped.
struct LowerDoubleTruncation : OpRewritePattern<arith::TruncFOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(arith::TruncFOp op, PatternRewriter &rewriter) const override {
    Type from = getElementTypeOrSelf(op.getIn().getType()), to = getElementTypeOrSelf(op.getType());
    if (!from.isF64() || to.getIntOrFloatBitWidth() >= 32)
      return rewriter.notifyMatchFailure(op, "has an instruction");
    Location loc = op.getLoc();
    Type single = withElement(op.getType(), rewriter.getF32Type());
    Type word = withElement(op.getType(), rewriter.getI32Type());
    Value rounded = arith::TruncFOp::create(rewriter, loc, single, op.getIn());
    Value back = arith::ExtFOp::create(rewriter, loc, op.getIn().getType(), rounded);
    FloatMath wide(rewriter, loc, op.getIn().getType());
    Value inexact = arith::CmpFOp::create(rewriter, loc, arith::CmpFPredicate::ONE, back, op.getIn());
    Value tooLarge = wide.less(wide.abs(op.getIn()), wide.abs(back));
    Value bits = arith::BitcastOp::create(rewriter, loc, word, rounded);
    // Round to odd: towards zero first, then the last bit says that something was dropped.
    Value down = arith::SubIOp::create(rewriter, loc, bits, arith::ExtUIOp::create(rewriter, loc, word, tooLarge));
    Value odd = arith::OrIOp::create(rewriter, loc, down, arith::ExtUIOp::create(rewriter, loc, word, inexact));
    Value finite = arith::CmpFOp::create(rewriter, loc, arith::CmpFPredicate::OLT, wide.abs(op.getIn()),
                                         wide.constant(1e38));
    Value chosen = arith::SelectOp::create(rewriter, loc, finite, odd, bits);
    Value sticky = arith::BitcastOp::create(rewriter, loc, single, chosen);
    rewriter.replaceOpWithNewOp<arith::TruncFOp>(op, op.getType(), sticky);
    return success();
  }
};

void populateFunctions(RewritePatternSet &patterns) {
  MLIRContext *context = patterns.getContext();
  patterns.add<LowerThroughF64<math::SinOp>>(context, &FloatMath::sin);
  patterns.add<LowerThroughF64<math::CosOp>>(context, &FloatMath::cos);
  patterns.add<LowerThroughF64<math::TanOp>>(context, &FloatMath::tan);
  patterns.add<LowerThroughF64<math::AsinOp>>(context, &FloatMath::asin);
  patterns.add<LowerThroughF64<math::AcosOp>>(context, &FloatMath::acos);
  patterns.add<LowerThroughF64<math::AtanOp>>(context, &FloatMath::atan);
  patterns.add<LowerThroughF64<math::SinhOp>>(context, &FloatMath::sinh);
  patterns.add<LowerThroughF64<math::CoshOp>>(context, &FloatMath::cosh);
  patterns.add<LowerThroughF64<math::AsinhOp>>(context, &FloatMath::asinh);
  patterns.add<LowerThroughF64<math::AcoshOp>>(context, &FloatMath::acosh);
  patterns.add<LowerThroughF64<math::AtanhOp>>(context, &FloatMath::atanh);
  patterns.add<LowerThroughF64<math::Log1pOp>>(context, &FloatMath::log1p);
  patterns.add<LowerThroughF64<math::ExpM1Op>>(context, &FloatMath::expm1);
  patterns.add<LowerF64<math::ExpOp>>(context, &FloatMath::exp);
  patterns.add<LowerThroughF64<math::LogOp>>(context, &FloatMath::log);
  patterns.add<LowerF64<math::TanhOp>>(context, &FloatMath::tanh);
  patterns.add<LowerF64<math::ErfOp>>(context, &FloatMath::erf);
  patterns.add<LowerPow, LowerRemainder, LowerDoubleTruncation>(context);
  // Benefit 0: the patterns above take f64 first.
  populateMathPolynomialApproximationPatterns(
      patterns,
      [](StringRef name) {
        return name == math::ExpOp::getOperationName() ||
               name == math::TanhOp::getOperationName() || name == math::ErfOp::getOperationName();
      },
      0);
}

struct LowerMathPass : impl::LowerMathPassBase<LowerMathPass> {
  using LowerMathPassBase::LowerMathPassBase;

  void runOnOperation() override {
    RewritePatternSet functions(&getContext());
    populateFunctions(functions);
    GreedyRewriteConfig config;
    config.enableFolding(false).setRegionSimplificationLevel(GreedySimplifyRegionLevel::Disabled);
    if (failed(applyPatternsGreedily(getOperation(), std::move(functions), config)))
      return signalPassFailure();
    if (bf16)
      return;
    RewritePatternSet rounding(&getContext());
    arith::populateExpandBFloat16Patterns(rounding);
    if (failed(applyPatternsGreedily(getOperation(), std::move(rounding), config)))
      signalPassFailure();
  }
};

} // namespace
} // namespace dsc
