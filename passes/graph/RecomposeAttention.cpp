// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Attention out of two products and a softmax, with scale, mask, shared heads and transposes of its operands.

#include "passes/graph/Patterns.h"

#include "mlir/IR/TypeUtilities.h"

using namespace mlir;

namespace dsc {
namespace {

constexpr int64_t headsInside[] = {0, 2, 1, 3};

struct AttentionParts {
  Value query, key, value, mask;
  double scale = 1;
  /// Whether zero replaces the NaN of a row without scores.
  bool guarded = false;
};

bool isTransposedBy(Value value, ArrayRef<int64_t> permutation) {
  auto transpose = value.getDefiningOp<TransposeOp>();
  return transpose && transpose.getPermutation() == permutation;
}

/// Looks through multiplications with one number.
Value stripScale(Value value, double &scale, const ConstantPool &pool) {
  while (true) {
    Value next;
    if (auto mul = value.getDefiningOp<MulOp>()) {
      if (auto number = pool.getNumber(mul.getRhs()))
        scale *= *number, next = mul.getLhs();
      else if (auto number = pool.getNumber(mul.getLhs()))
        scale *= *number, next = mul.getRhs();
    } else if (auto div = value.getDefiningOp<DivOp>()) {
      if (auto number = pool.getNumber(div.getRhs()); number && *number != 0)
        scale /= *number, next = div.getLhs();
    }
    if (!next || getDims(next) != getDims(value))
      return value;
    value = next;
  }
}

/// Looks through a repetition of each head: reshape(expand(unsqueeze(x))).
Value stripHeadRepeat(PatternRewriter &rewriter, Value value) {
  auto merge = value.getDefiningOp<ReshapeOp>();
  auto expand = merge ? merge.getInput().getDefiningOp<ExpandOp>() : ExpandOp();
  if (!expand)
    return value;
  Dims from = getDims(expand.getInput()), wide = getDims(expand.getOutput()), to = getDims(value);
  if (from.size() != 5 || wide.size() != 5 || to.size() != 4 || getConstantDim(from[2]) != 1 || from[0] != wide[0] ||
      from[1] != wide[1] || from[3] != wide[3] || from[4] != wide[4] || mulDims(wide[1], wide[2]) != to[1] ||
      to[0] != from[0] || to[2] != from[3])
    return value;
  Type type = makeType({from[0], from[1], from[3], from[4]}, getElementTypeOrSelf(value.getType()));
  return ReshapeOp::create(rewriter, value.getLoc(), type, expand.getInput(), Value()).getOutput();
}

/// The probabilities behind a guard that replaces NaN by zero.
Value stripNanGuard(Value value, const ConstantPool &pool) {
  auto where = value.getDefiningOp<WhereOp>();
  if (!where || pool.getNumber(where.getOnTrue()) != 0.0)
    return value;
  auto isNan = where.getCondition().getDefiningOp<IsNanOp>();
  return isNan && isNan.getInput() == where.getOnFalse() ? where.getOnFalse() : value;
}

class AttentionMatcher {
public:
  AttentionMatcher(PatternRewriter &rewriter, const ConstantPool &pool) : rewriter(rewriter), pool(pool) {}

  /// Null, or why the product is no attention.
  const char *match(MatmulOp product, AttentionParts &parts) {
    if (cast<RankedTensorType>(product.getOutput().getType()).getRank() != 4 || product.getTransposeLhs() ||
        product.getTransposeRhs() || product.getRhsPacking())
      return "not a product of four dimensions";
    Value probabilities = stripNanGuard(product.getLhs(), pool);
    parts.guarded = probabilities != product.getLhs();
    auto softmax = probabilities.getDefiningOp<SoftmaxOp>();
    if (!softmax || softmax.getLog() || softmax.getAxis() != 3)
      return "the left operand is no softmax of rows";
    if (!product.getLhs().hasOneUse())
      return "the probabilities are also needed elsewhere";
    parts.value = product.getRhs();
    Value scores = stripMask(softmax.getInput(), parts);
    scores = stripScale(scores, parts.scale, pool);
    auto inner = scores.getDefiningOp<MatmulOp>();
    if (!inner || inner.getTransposeLhs() || inner.getRhsPacking())
      return "the scores are no product";
    if (getDims(softmax.getInput()) != getDims(scores))
      return "the mask is larger than the scores";
    parts.query = stripScale(inner.getLhs(), parts.scale, pool);
    return matchKey(inner, parts);
  }

private:
  /// Looks through one mask, added or chosen.
  Value stripMask(Value scores, AttentionParts &parts) {
    if (auto add = scores.getDefiningOp<AddOp>()) {
      for (auto [value, mask] : {std::pair(add.getLhs(), add.getRhs()), std::pair(add.getRhs(), add.getLhs())}) {
        double scale = 1;
        if (stripScale(value, scale, pool).getDefiningOp<MatmulOp>() && getDims(value) == getDims(scores)) {
          parts.mask = mask;
          return value;
        }
      }
      return scores;
    }
    auto where = scores.getDefiningOp<WhereOp>();
    return where ? stripChoice(where, parts) : scores;
  }

  /// A score below 1e31 replaced by a huge negative number is that number added to it, to the last bit.
  Value stripChoice(WhereOp where, AttentionParts &parts) {
    auto isHuge = [&](Value value) {
      std::optional<double> number = pool.getNumber(value);
      return number && *number <= -3e38;
    };
    bool keepsTrue = isHuge(where.getOnFalse());
    if (!keepsTrue && !isHuge(where.getOnTrue()))
      return where.getOutput();
    Value kept = keepsTrue ? where.getOnTrue() : where.getOnFalse();
    Value huge = keepsTrue ? where.getOnFalse() : where.getOnTrue();
    if (cast<RankedTensorType>(huge.getType()).getNumElements() != 1)
      return where.getOutput();
    auto scalar = RankedTensorType::get({}, getElementTypeOrSelf(huge.getType()));
    auto number = DenseElementsAttr::get(scalar, Attribute(rewriter.getFloatAttr(scalar.getElementType(), *pool.getNumber(huge))));
    auto zero = DenseElementsAttr::get(scalar, Attribute(rewriter.getFloatAttr(scalar.getElementType(), 0)));
    Location loc = where.getLoc();
    Value hugeValue = ConstantOp::create(rewriter, loc, number), zeroValue = ConstantOp::create(rewriter, loc, zero);
    Type type = withElementType(where.getCondition().getType(), scalar.getElementType());
    parts.mask = WhereOp::create(rewriter, loc, type, where.getCondition(), keepsTrue ? zeroValue : hugeValue,
                                 keepsTrue ? hugeValue : zeroValue);
    return kept;
  }

  /// Finds the key as [batch, heads, length, depth].
  const char *matchKey(MatmulOp inner, AttentionParts &parts) {
    Value key = stripScale(inner.getRhs(), parts.scale, pool);
    if (!inner.getTransposeRhs()) {
      SmallVector<int64_t> swap{0, 1, 3, 2};
      auto transpose = key.getDefiningOp<TransposeOp>();
      if (transpose && transpose.getPermutation().size() == 4) {
        for (int64_t &axis : swap)
          axis = transpose.getPermutation()[axis];
        key = stripScale(transpose.getInput(), parts.scale, pool);
      }
      if (!llvm::is_sorted(swap))
        key = makeTranspose(key, swap);
    }
    parts.key = key;
    return nullptr;
  }

  Value makeTranspose(Value value, ArrayRef<int64_t> permutation) {
    Dims from = getDims(value), to;
    for (int64_t axis : permutation)
      to.push_back(from[axis]);
    Type type = makeType(to, getElementTypeOrSelf(value.getType()));
    return TransposeOp::create(rewriter, value.getLoc(), type, value, rewriter.getDenseI64ArrayAttr(permutation));
  }

  PatternRewriter &rewriter;
  const ConstantPool &pool;
};

struct RecomposeAttention : ConstantPattern<MatmulOp> {
  using ConstantPattern::ConstantPattern;

  LogicalResult matchAndRewrite(MatmulOp op, PatternRewriter &rewriter) const override {
    AttentionParts parts;
    Block *block = op->getBlock();
    Operation *before = op->getPrevNode();
    if (const char *reason = AttentionMatcher(rewriter, pool).match(op, parts))
      return fail(rewriter, op, before, reason);
    Value key = stripHeadRepeat(rewriter, parts.key), value = stripHeadRepeat(rewriter, parts.value);
    if (getDims(key)[1] == getDims(value)[1])
      parts.key = key, parts.value = value;
    if (const char *reason = whyNot(op, parts))
      return fail(rewriter, op, before, reason);
    (void)block;
    rewriter.replaceOp(op, build(rewriter, op, parts));
    return success();
  }

private:
  /// Removes what matching made.
  static LogicalResult fail(PatternRewriter &rewriter, MatmulOp op, Operation *before, const char *reason) {
    while (op->getPrevNode() != before)
      rewriter.eraseOp(op->getPrevNode());
    return rewriter.notifyMatchFailure(op, reason);
  }

  static const char *whyNot(MatmulOp op, const AttentionParts &parts) {
    Dims query = getDims(parts.query), key = getDims(parts.key), value = getDims(parts.value);
    if (query.size() != 4 || key.size() != 4 || value.size() != 4)
      return "an operand has not four dimensions";
    if (query[0] != key[0] || key[0] != value[0] || key[1] != value[1] || query[3] != key[3] || key[2] != value[2])
      return "operands broadcast";
    if (query[1] != key[1]) {
      std::optional<int64_t> heads = getConstantDim(query[1]), shared = getConstantDim(key[1]);
      if (!heads || !shared || *shared == 0 || *heads % *shared != 0)
        return "heads are not shared evenly";
    }
    Dims result = getDims(op.getOutput());
    if (result[0] != query[0] || result[1] != query[1])
      return "operands broadcast";
    return nullptr;
  }

  /// Reads [batch, length, heads, depth] where all operands are transposes of it.
  static Value build(PatternRewriter &rewriter, MatmulOp op, const AttentionParts &parts) {
    Value operands[] = {parts.query, parts.key, parts.value};
    bool inside = llvm::all_of(operands, [](Value value) { return isTransposedBy(value, headsInside); });
    if (inside)
      for (Value &value : operands)
        value = value.getDefiningOp<TransposeOp>().getInput();
    auto type = cast<RankedTensorType>(op.getOutput().getType());
    Dims dims = getDims(type);
    Type inner = inside ? makeType({dims[0], dims[2], dims[1], dims[3]}, type.getElementType()) : type;
    auto attention = AttentionOp::create(rewriter, op.getLoc(), inner, operands[0], operands[1], operands[2],
                                         parts.mask, rewriter.getF32FloatAttr(parts.scale), UnitAttr(),
                                         parts.guarded ? UnitAttr() : rewriter.getUnitAttr(),
                                         rewriter.getF32FloatAttr(0),
                                         HeadLayoutAttr::get(op.getContext(), inside ? HeadLayout::Bshd : HeadLayout::Bhsd));
    if (!inside)
      return attention.getOutput();
    return TransposeOp::create(rewriter, op.getLoc(), type, attention.getOutput(),
                               rewriter.getDenseI64ArrayAttr(headsInside))
        .getOutput();
  }
};

} // namespace

void addAttentionPatterns(RewritePatternSet &patterns, ConstantPool &pool) {
  patterns.add<RecomposeAttention>(patterns.getContext(), pool);
}

} // namespace dsc
