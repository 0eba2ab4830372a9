// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// dsc-propagate-quantization: moves steps from integers to reals down and steps back up, past ops that only move
// elements, so that they meet each other and the contractions.

#include "passes/ApplyPatterns.h"
#include "passes/ConstantPool.h"
#include "passes/Passes.h"

#include "mlir/IR/TypeUtilities.h"

using namespace mlir;

namespace dsc {
#define GEN_PASS_DEF_PROPAGATEQUANTIZATIONPASS
#include "passes/Passes.h.inc"

namespace {

/// Whether the op's result holds elements of its first operand and nothing else.
bool onlyMoves(Operation *op) {
  return isa_and_nonnull<ReshapeOp, SqueezeOp, UnsqueezeOp, TransposeOp, SliceOp, ExpandOp, GatherOp, TileOp>(op);
}

/// Shared by the patterns: what is known of scales and zero points.
struct Parameters {
  const ConstantPool &pool;

  bool isSame(Value lhs, Value rhs) const {
    if (lhs == rhs)
      return true;
    std::optional<double> x = hasOneElement(lhs) ? pool.getNumber(lhs) : std::nullopt;
    return x && hasOneElement(rhs) && x == pool.getNumber(rhs);
  }

  /// Whether the largest element stays the largest one. A pool with indices has a second result.
  bool keepsMaximum(Operation *op, Value scale) const {
    auto maxPool = dyn_cast_or_null<MaxPoolOp>(op);
    return maxPool && !maxPool.getIndices() && pool.getNumber(scale).value_or(0) > 0;
  }

  template <class Op> bool mayPass(Operation *op, Op step) const {
    return hasOneElement(step.getScale()) && hasOneElement(step.getZeroPoint()) &&
           (onlyMoves(op) || keepsMaximum(op, step.getScale()));
  }
};

/// The op on another first operand of the same shape.
Value cloneOn(Operation *op, Value input, PatternRewriter &rewriter) {
  Operation *copy = rewriter.clone(*op);
  rewriter.modifyOpInPlace(copy, [&] {
    copy->setOperand(0, input);
    copy->getResult(0).setType(withElementType(op->getResult(0).getType(), getElementTypeOrSelf(input.getType())));
  });
  return copy->getResult(0);
}

/// quantize(dequantize(q, s, z), s, z) is q: the only fold of a pair; the other order would undo a rounding.
struct FoldPair : OpRewritePattern<QuantizeOp> {
  FoldPair(MLIRContext *context, Parameters parameters) : OpRewritePattern(context), parameters(parameters) {}
  LogicalResult matchAndRewrite(QuantizeOp op, PatternRewriter &rewriter) const override {
    auto before = op.getInput().getDefiningOp<DequantizeOp>();
    if (!before || before.getInput().getType() != op.getOutput().getType() ||
        !parameters.isSame(before.getScale(), op.getScale()) ||
        !parameters.isSame(before.getZeroPoint(), op.getZeroPoint()))
      return rewriter.notifyMatchFailure(op, "no step of the same scale and zero point before");
    rewriter.replaceOp(op, before.getInput());
    return success();
  }
  Parameters parameters;
};

/// move(dequantize(q)) is dequantize(move(q)) for one scale.
struct SinkDequantize : RewritePattern {
  SinkDequantize(MLIRContext *context, Parameters parameters)
      : RewritePattern(MatchAnyOpTypeTag(), 1, context), parameters(parameters) {}
  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    auto step = op->getNumOperands() ? op->getOperand(0).getDefiningOp<DequantizeOp>() : DequantizeOp();
    if (!step || !parameters.mayPass(op, step))
      return rewriter.notifyMatchFailure(op, "does not just move what comes out of a step of one scale");
    Value moved = cloneOn(op, step.getInput(), rewriter);
    rewriter.replaceOpWithNewOp<DequantizeOp>(op, op->getResult(0).getType(), moved, step.getScale(),
                                              step.getZeroPoint());
    return success();
  }
  Parameters parameters;
};

/// quantize(move(x)) is move(quantize(x)) for one scale, where that makes no more elements to round.
struct HoistQuantize : OpRewritePattern<QuantizeOp> {
  HoistQuantize(MLIRContext *context, Parameters parameters) : OpRewritePattern(context), parameters(parameters) {}
  LogicalResult matchAndRewrite(QuantizeOp op, PatternRewriter &rewriter) const override {
    Operation *move = op.getInput().getDefiningOp();
    if (!parameters.mayPass(move, op) || isa<SliceOp>(move) || !op.getInput().hasOneUse())
      return rewriter.notifyMatchFailure(op, "what comes before does not just move elements");
    Value source = move->getOperand(0);
    auto type = withElementType(source.getType(), getElementTypeOrSelf(op.getOutput().getType()));
    Value early = QuantizeOp::create(rewriter, op.getLoc(), type, source, op.getScale(), op.getZeroPoint());
    rewriter.replaceOp(op, cloneOn(move, early, rewriter));
    return success();
  }
  Parameters parameters;
};

struct PropagateQuantizationPass : impl::PropagateQuantizationPassBase<PropagateQuantizationPass> {
  using PropagateQuantizationPassBase::PropagateQuantizationPassBase;

  void runOnOperation() override {
    ConstantPool pool(getOperation());
    RewritePatternSet patterns(&getContext());
    patterns.add<FoldPair, SinkDequantize, HoistQuantize>(&getContext(), Parameters{pool});
    if (failed(applyWithoutFolding(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace dsc
