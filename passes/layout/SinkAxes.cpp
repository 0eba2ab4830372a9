// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Ops that name dimensions read NHWC operands directly, their axes renumbered; the transpose to NCHW moves behind them.

#include "passes/layout/LayoutTranspose.h"

#include "mlir/IR/PatternMatch.h"

using namespace mlir;

namespace dsc {
namespace {

int64_t getRank(Value value) { return cast<RankedTensorType>(value.getType()).getRank(); }

SmallVector<int64_t> mapAxes(ArrayRef<int64_t> axes, int64_t rank) {
  return llvm::map_to_vector(axes, [&](int64_t axis) { return mapAxisToNhwc(axis, rank); });
}

/// A copy of the op with another first operand and a result in NHWC; users get a transpose of the result.
template <class Op>
Op replaceInput(PatternRewriter &rewriter, Op op, Value source) {
  int64_t rank = getRank(op.getOutput());
  auto copy = cast<Op>(rewriter.clone(*op.getOperation()));
  rewriter.modifyOpInPlace(copy, [&] {
    copy->setOperand(0, source);
    copy.getOutput().setType(permuteType(op.getOutput().getType(), getToNhwc(rank)));
  });
  rewriter.replaceOp(op, makeTranspose(rewriter, op.getLoc(), copy.getOutput(), getToNchw(rank)));
  return copy;
}

/// Ops with an optional list of axes that all of their sizes refer to.
template <class Op>
struct SinkThroughAxes : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;
  LogicalResult matchAndRewrite(Op op, PatternRewriter &rewriter) const override {
    Value source = getNhwcSource(op.getInput());
    if (!source)
      return rewriter.notifyMatchFailure(op, "input is not a transposed image");
    int64_t rank = getRank(op.getInput());
    SmallVector<int64_t> axes = llvm::to_vector(llvm::seq<int64_t>(0, rank));
    if (DenseI64ArrayAttr given = op.getAxesAttr())
      axes.assign(given.asArrayRef().begin(), given.asArrayRef().end());
    Op copy = replaceInput(rewriter, op, source);
    rewriter.modifyOpInPlace(copy, [&] { copy.setAxesAttr(rewriter.getDenseI64ArrayAttr(mapAxes(axes, rank))); });
    return success();
  }
};

struct SinkThroughSoftmax : OpRewritePattern<SoftmaxOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(SoftmaxOp op, PatternRewriter &rewriter) const override {
    Value source = getNhwcSource(op.getInput());
    if (!source)
      return rewriter.notifyMatchFailure(op, "input is not a transposed image");
    SoftmaxOp copy = replaceInput(rewriter, op, source);
    rewriter.modifyOpInPlace(copy, [&] { copy.setAxis(mapAxisToNhwc(copy.getAxis(), getRank(source))); });
    return success();
  }
};

/// Channels meet at the end instead of in the middle. At most half of the inputs may need a copy, and only where the
/// result is wanted in NHWC.
struct SinkThroughConcat : OpRewritePattern<ConcatOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ConcatOp op, PatternRewriter &rewriter) const override {
    size_t sources = llvm::count_if(op.getInputs(), [](Value input) { return bool(getNhwcSource(input)); });
    size_t total = op.getInputs().size();
    if (sources == 0 || 2 * sources < total || (sources < total && !isWantedInNhwc(op.getOutput())))
      return rewriter.notifyMatchFailure(op, "inputs would be copied");
    int64_t rank = getRank(op.getOutput());
    SmallVector<Value> inputs;
    for (Value input : op.getInputs()) {
      Value source = getNhwcSource(input);
      inputs.push_back(source ? source : makeTranspose(rewriter, op.getLoc(), input, getToNhwc(rank)));
    }
    Type type = permuteType(op.getOutput().getType(), getToNhwc(rank));
    auto concat = ConcatOp::create(rewriter, op.getLoc(), type, inputs, mapAxisToNhwc(op.getAxis(), rank));
    rewriter.replaceOp(op, makeTranspose(rewriter, op.getLoc(), concat.getOutput(), getToNchw(rank)));
    return success();
  }
};

/// Whether the dimensions that stay have the same order in both layouts: all but channels are reduced, or channels are.
bool keepsOrder(ArrayRef<int64_t> axes, int64_t rank) {
  return llvm::is_contained(axes, 1) || static_cast<int64_t>(llvm::count_if(axes, [](int64_t a) { return a > 1; })) == rank - 2;
}

/// A reduction over pixels without keeping them needs no transpose any more.
struct SinkThroughReduce : OpRewritePattern<ReduceOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ReduceOp op, PatternRewriter &rewriter) const override {
    Value source = getNhwcSource(op.getInput());
    int64_t rank = getRank(op.getInput());
    if (!source || (!op.getKeepdims() && !keepsOrder(op.getAxes(), rank)))
      return rewriter.notifyMatchFailure(op, "input is not a transposed image, or the result would be");
    SmallVector<int64_t> axes = mapAxes(op.getAxes(), rank);
    llvm::sort(axes);
    if (op.getKeepdims()) {
      ReduceOp copy = replaceInput(rewriter, op, source);
      rewriter.modifyOpInPlace(copy, [&] { copy.setAxes(axes); });
      return success();
    }
    rewriter.modifyOpInPlace(op, [&] {
      op.getInputMutable().assign(source);
      op.setAxes(axes);
    });
    return success();
  }
};

} // namespace

void addSinkAxisPatterns(RewritePatternSet &patterns) {
  patterns.add<SinkThroughAxes<PadOp>, SinkThroughAxes<SliceOp>, SinkThroughAxes<ResizeOp>, SinkThroughSoftmax,
               SinkThroughConcat, SinkThroughReduce>(patterns.getContext());
}

} // namespace dsc
