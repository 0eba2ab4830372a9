// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Layer norm and RMS norm out of means, squares and roots, with the scale and the bias that follow.

#include "passes/graph/Patterns.h"

#include "mlir/IR/TypeUtilities.h"

using namespace mlir;

namespace dsc {
namespace {

/// The input of a mean over trailing dimensions that are kept; sets the first of them.
Value matchMean(Value value, int64_t &axis) {
  auto reduce = value.getDefiningOp<ReduceOp>();
  if (!reduce || reduce.getKind() != ReduceKind::Mean || !reduce.getKeepdims() || reduce.getAxes().empty())
    return {};
  int64_t rank = cast<RankedTensorType>(reduce.getInput().getType()).getRank();
  axis = reduce.getAxes().front();
  return axis + static_cast<int64_t>(reduce.getAxes().size()) == rank ? reduce.getInput() : Value();
}

Value matchSquare(Value value, const ConstantPool &pool) {
  if (auto mul = value.getDefiningOp<MulOp>(); mul && mul.getLhs() == mul.getRhs())
    return mul.getLhs();
  auto pow = value.getDefiningOp<PowOp>();
  return pow && pool.getNumber(pow.getRhs()) == 2.0 ? pow.getLhs() : Value();
}

/// The v of 1/sqrt(v), however it is written.
Value matchInverseRoot(Value value, const ConstantPool &pool) {
  if (auto rsqrt = value.getDefiningOp<RsqrtOp>())
    return rsqrt.getInput();
  Value root;
  if (auto reciprocal = value.getDefiningOp<ReciprocalOp>())
    root = reciprocal.getInput();
  else if (auto div = value.getDefiningOp<DivOp>(); div && pool.getNumber(div.getLhs()) == 1.0)
    root = div.getRhs();
  auto sqrt = root ? root.getDefiningOp<SqrtOp>() : SqrtOp();
  return sqrt ? sqrt.getInput() : Value();
}

struct Normalization {
  Value input;
  int64_t axis = 0;
  double epsilon = 0;
  bool centred = false;
};

/// Whether `value * 1/sqrt(mean(value^2) + epsilon)` is meant by the factor and the variance expression.
std::optional<Normalization> matchNormalization(Value value, Value variance, const ConstantPool &pool) {
  auto add = variance.getDefiningOp<AddOp>();
  if (!add)
    return std::nullopt;
  for (auto [mean, epsilon] : {std::pair(add.getLhs(), add.getRhs()), std::pair(add.getRhs(), add.getLhs())}) {
    Normalization result;
    std::optional<double> number = pool.getNumber(epsilon);
    Value squares = number ? matchMean(mean, result.axis) : Value();
    if (!squares || matchSquare(squares, pool) != value)
      continue;
    result.epsilon = *number;
    result.input = value;
    int64_t axis = 0;
    auto sub = value.getDefiningOp<SubOp>();
    if (sub && matchMean(sub.getRhs(), axis) == sub.getLhs() && axis == result.axis) {
      result.input = sub.getLhs();
      result.centred = true;
    }
    return result;
  }
  return std::nullopt;
}

/// A tensor of ones of the normalised sizes; null if they are not known.
Value makeOnes(PatternRewriter &rewriter, Location loc, Value input, int64_t axis, ConstantPool &pool) {
  auto type = cast<RankedTensorType>(input.getType());
  ArrayRef<int64_t> shape = type.getShape().drop_front(axis);
  if (llvm::any_of(shape, ShapedType::isDynamic))
    return {};
  auto one = rewriter.getFloatAttr(type.getElementType(), 1.0);
  auto value = DenseElementsAttr::get(RankedTensorType::get(shape, type.getElementType()), Attribute(one));
  return ConstantOp::create(rewriter, loc, value).getOutput();
}

LogicalResult replaceByNorm(PatternRewriter &rewriter, Operation *op, const Normalization &norm, ConstantPool &pool) {
  if (norm.input.getType() != op->getResult(0).getType())
    return rewriter.notifyMatchFailure(op, "the result has another type than the input");
  Value ones = makeOnes(rewriter, op->getLoc(), norm.input, norm.axis, pool);
  if (!ones)
    return rewriter.notifyMatchFailure(op, "normalised sizes are not known");
  Type type = norm.input.getType();
  auto axis = rewriter.getI64IntegerAttr(norm.axis);
  auto epsilon = rewriter.getF32FloatAttr(norm.epsilon);
  if (norm.centred)
    rewriter.replaceOpWithNewOp<LayerNormOp>(op, type, norm.input, ones, Value(), axis, epsilon);
  else
    rewriter.replaceOpWithNewOp<RmsNormOp>(op, type, norm.input, ones, axis, epsilon);
  return success();
}

/// x / sqrt(mean(x^2) + epsilon).
struct RecomposeNormOfDiv : ConstantPattern<DivOp> {
  using ConstantPattern::ConstantPattern;
  LogicalResult matchAndRewrite(DivOp op, PatternRewriter &rewriter) const override {
    auto sqrt = op.getRhs().getDefiningOp<SqrtOp>();
    auto norm = sqrt ? matchNormalization(op.getLhs(), sqrt.getInput(), pool) : std::nullopt;
    if (!norm)
      return rewriter.notifyMatchFailure(op, "not a division by a root of a mean of squares");
    return replaceByNorm(rewriter, op, *norm, pool);
  }
};

/// x * (1 / sqrt(mean(x^2) + epsilon)).
struct RecomposeNormOfMul : ConstantPattern<MulOp> {
  using ConstantPattern::ConstantPattern;
  LogicalResult matchAndRewrite(MulOp op, PatternRewriter &rewriter) const override {
    for (auto [value, factor] : {std::pair(op.getLhs(), op.getRhs()), std::pair(op.getRhs(), op.getLhs())})
      if (Value variance = matchInverseRoot(factor, pool))
        if (auto norm = matchNormalization(value, variance, pool))
          return replaceByNorm(rewriter, op, *norm, pool);
    return rewriter.notifyMatchFailure(op, "not a product with an inverse root of a mean of squares");
  }
};

/// Whether the value has one element per normalised element, or one for all, and so fits as scale or bias.
bool fitsRow(Value value, Value scale) {
  return getDims(value) == getDims(scale) && getElementTypeOrSelf(value.getType()) == getElementTypeOrSelf(scale.getType());
}

/// norm(x) * w, where the norm has no scale of its own.
template <class Norm>
struct AbsorbScale : ConstantPattern<MulOp> {
  using ConstantPattern::ConstantPattern;
  LogicalResult matchAndRewrite(MulOp op, PatternRewriter &rewriter) const override {
    for (auto [value, scale] : {std::pair(op.getLhs(), op.getRhs()), std::pair(op.getRhs(), op.getLhs())}) {
      auto norm = value.getDefiningOp<Norm>();
      if (!norm || !value.hasOneUse() || pool.getNumber(norm.getScale()) != 1.0 || !fitsRow(scale, norm.getScale()))
        continue;
      if constexpr (std::is_same_v<Norm, LayerNormOp>)
        if (norm.getBias())
          continue;
      auto copy = cast<Norm>(rewriter.clone(*norm.getOperation()));
      rewriter.modifyOpInPlace(copy, [&, scale = scale] { copy.getScaleMutable().assign(scale); });
      rewriter.replaceOp(op, copy.getOutput());
      return success();
    }
    return rewriter.notifyMatchFailure(op, "not a product with a norm without scale");
  }
};

/// layer_norm(x) + b.
struct AbsorbBias : ConstantPattern<AddOp> {
  using ConstantPattern::ConstantPattern;
  LogicalResult matchAndRewrite(AddOp op, PatternRewriter &rewriter) const override {
    for (auto [value, bias] : {std::pair(op.getLhs(), op.getRhs()), std::pair(op.getRhs(), op.getLhs())}) {
      auto norm = value.getDefiningOp<LayerNormOp>();
      if (!norm || !value.hasOneUse() || norm.getBias() || !fitsRow(bias, norm.getScale()))
        continue;
      rewriter.replaceOpWithNewOp<LayerNormOp>(op, op.getOutput().getType(), norm.getInput(), norm.getScale(), bias,
                                               norm.getAxisAttr(), norm.getEpsilonAttr());
      return success();
    }
    return rewriter.notifyMatchFailure(op, "not a sum with a layer norm without bias");
  }
};

} // namespace

void addNormPatterns(RewritePatternSet &patterns, ConstantPool &pool) {
  patterns.add<RecomposeNormOfDiv, RecomposeNormOfMul, AbsorbScale<LayerNormOp>, AbsorbScale<RmsNormOp>, AbsorbBias>(
      patterns.getContext(), pool);
}

} // namespace dsc
