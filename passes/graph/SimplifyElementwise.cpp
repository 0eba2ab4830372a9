// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Elementwise ops that do nothing, or that a cheaper one replaces exactly.

#include "dialects/dsc/DscRoles.h"
#include "passes/graph/Patterns.h"

using namespace mlir;

namespace dsc {
namespace {

/// x + 0, x - 0, x * 1, x / 1 and x ^ 1 are x, where x has the result's type.
template <class Op>
struct DropNeutralOperand : ConstantPattern<Op> {
  DropNeutralOperand(MLIRContext *context, ConstantPool &pool, double neutral, bool commutes)
      : ConstantPattern<Op>(context, pool), neutral(neutral), commutes(commutes) {}

  LogicalResult matchAndRewrite(Op op, PatternRewriter &rewriter) const override {
    if (isNeutral(op.getRhs()) && op.getLhs().getType() == op.getOutput().getType()) {
      rewriter.replaceOp(op, op.getLhs());
      return success();
    }
    if (commutes && isNeutral(op.getLhs()) && op.getRhs().getType() == op.getOutput().getType()) {
      rewriter.replaceOp(op, op.getRhs());
      return success();
    }
    return rewriter.notifyMatchFailure(op, "no operand is neutral");
  }

  bool isNeutral(Value value) const {
    std::optional<double> number = this->pool.getNumber(value);
    return number && *number == neutral;
  }

  double neutral;
  bool commutes;
};

/// x ^ 2 is x * x.
struct SquareInsteadOfPow : ConstantPattern<PowOp> {
  using ConstantPattern::ConstantPattern;
  LogicalResult matchAndRewrite(PowOp op, PatternRewriter &rewriter) const override {
    std::optional<double> exponent = pool.getNumber(op.getRhs());
    if (!exponent || *exponent != 2 || op.getLhs().getType() != op.getOutput().getType())
      return rewriter.notifyMatchFailure(op, "not a square");
    rewriter.replaceOpWithNewOp<MulOp>(op, op.getOutput().getType(), op.getLhs(), op.getLhs());
    return success();
  }
};

/// A choice whose condition is the same everywhere.
struct ChooseByConstant : ConstantPattern<WhereOp> {
  using ConstantPattern::ConstantPattern;
  LogicalResult matchAndRewrite(WhereOp op, PatternRewriter &rewriter) const override {
    std::optional<double> condition = pool.getNumber(op.getCondition());
    if (!condition)
      return rewriter.notifyMatchFailure(op, "the condition varies");
    Value chosen = *condition != 0 ? op.getOnTrue() : op.getOnFalse();
    if (chosen.getType() == op.getOutput().getType())
      rewriter.replaceOp(op, chosen);
    else
      rewriter.replaceOpWithNewOp<ExpandOp>(op, op.getOutput().getType(), chosen, Value());
    return success();
  }
};

/// An elementwise op broadcasts by itself: it can read what an expand reads, if another operand has the result's shape.
struct ReadBeforeExpand : OpRewritePattern<ExpandOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ExpandOp op, PatternRewriter &rewriter) const override {
    bool changed = false;
    for (OpOperand &use : llvm::make_early_inc_range(op.getOutput().getUses())) {
      Operation *user = use.getOwner();
      if (!broadcasts(user, use))
        continue;
      rewriter.modifyOpInPlace(user, [&] { use.set(op.getInput()); });
      changed = true;
    }
    return changed ? success() : rewriter.notifyMatchFailure(op, "some user needs the expanded tensor");
  }

  /// Whether the user's result keeps its shape when it reads the expand's input.
  static bool broadcasts(Operation *user, OpOperand &use) {
    if (getRole(user) != FusionRole::Pointwise || user->getNumOperands() < 2)
      return false;
    Dims result = getDims(user->getResult(0));
    return llvm::any_of(user->getOpOperands(), [&](OpOperand &other) {
      return other.get() != use.get() && getDims(other.get()) == result;
    });
  }
};

} // namespace

void addElementwisePatterns(RewritePatternSet &patterns, ConstantPool &pool) {
  MLIRContext *context = patterns.getContext();
  patterns.add<DropNeutralOperand<AddOp>>(context, pool, 0, true);
  patterns.add<DropNeutralOperand<SubOp>>(context, pool, 0, false);
  patterns.add<DropNeutralOperand<MulOp>>(context, pool, 1, true);
  patterns.add<DropNeutralOperand<DivOp>>(context, pool, 1, false);
  patterns.add<DropNeutralOperand<PowOp>>(context, pool, 1, false);
  patterns.add<SquareInsteadOfPow, ChooseByConstant>(context, pool);
  patterns.add<ReadBeforeExpand>(context);
}

} // namespace dsc
