// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Elementwise ops, pools and batch norm read NHWC operands directly; the transpose to NCHW moves behind them.

#include "dialects/dsc/DscRoles.h"
#include "passes/layout/LayoutTranspose.h"

#include "mlir/IR/PatternMatch.h"

using namespace mlir;

namespace dsc {
namespace {

/// Makes a copy of the op with these operands in NHWC, and gives its users a transpose of its first result.
Operation *replaceByNhwc(PatternRewriter &rewriter, Operation *op, ValueRange operands) {
  Operation *copy = rewriter.clone(*op);
  rewriter.modifyOpInPlace(copy, [&] {
    copy->setOperands(operands);
    Type type = op->getResult(0).getType();
    copy->getResult(0).setType(permuteType(type, getToNhwc(cast<RankedTensorType>(type).getRank())));
  });
  int64_t rank = cast<RankedTensorType>(op->getResult(0).getType()).getRank();
  Value result = makeTranspose(rewriter, op->getLoc(), copy->getResult(0), getToNchw(rank));
  rewriter.replaceAllUsesWith(op->getResult(0), result);
  rewriter.eraseOp(op);
  return copy;
}

/// An operand that broadcasts in NCHW as one that broadcasts in NHWC, if that needs no copy; null if it does.
Value broadcastInNhwc(PatternRewriter &rewriter, Location loc, Value operand, int64_t rank) {
  auto type = cast<RankedTensorType>(operand.getType());
  int64_t moving = llvm::count_if(type.getShape(), [](int64_t size) { return size != 1; });
  if (moving == 0)
    return operand;
  if (moving > 1)
    return {};
  Dims dims(rank - type.getRank(), getAffineConstantExpr(1, rewriter.getContext()));
  llvm::append_range(dims, getDims(type));
  RankedTensorType target = permuteType(makeType(dims, type.getElementType()), getToNhwc(rank));
  if (target == type)
    return operand;
  return ReshapeOp::create(rewriter, loc, target, operand, Value()).getOutput();
}

/// relu(to_nchw(x)) is to_nchw(relu(x)); so for every elementwise op, with operands that broadcast.
struct SinkThroughElementwise : RewritePattern {
  explicit SinkThroughElementwise(MLIRContext *context) : RewritePattern(MatchAnyOpTypeTag(), 1, context) {}

  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    if (getRole(op) != FusionRole::Pointwise || isa<ConstantOp>(op))
      return failure();
    int64_t rank = cast<RankedTensorType>(op->getResult(0).getType()).getRank();
    // An operand that must be copied is worth it only if the copy to NHWC of the result is saved.
    int64_t copies = 0, sources = 0;
    for (Value operand : op->getOperands()) {
      auto type = cast<RankedTensorType>(operand.getType());
      if (type.getRank() == rank && getNhwcSource(operand))
        ++sources;
      else if (llvm::count_if(type.getShape(), [](int64_t size) { return size != 1; }) > 1)
        ++copies;
      if (type.getRank() != rank && getNhwcSource(operand))
        return rewriter.notifyMatchFailure(op, "the op adds dimensions to an image");
    }
    if (sources == 0 || copies > 1 || (copies == 1 && !isWantedInNhwc(op->getResult(0))))
      return rewriter.notifyMatchFailure(op, "operands would be copied");
    SmallVector<Value> operands;
    for (Value operand : op->getOperands())
      operands.push_back(convert(rewriter, op->getLoc(), operand, rank));
    replaceByNhwc(rewriter, op, operands);
    return success();
  }

  Value convert(PatternRewriter &rewriter, Location loc, Value operand, int64_t rank) const {
    if (Value source = getNhwcSource(operand))
      return source;
    if (Value broadcast = broadcastInNhwc(rewriter, loc, operand, rank))
      return broadcast;
    Dims dims(rank - cast<RankedTensorType>(operand.getType()).getRank(), getAffineConstantExpr(1, getContext()));
    if (!dims.empty()) {
      llvm::append_range(dims, getDims(operand));
      auto type = makeType(dims, cast<RankedTensorType>(operand.getType()).getElementType());
      operand = ReshapeOp::create(rewriter, loc, type, operand, Value()).getOutput();
    }
    return makeTranspose(rewriter, loc, operand, getToNhwc(rank));
  }
};

/// An op that has a `layout` reads the image as it is.
template <class Op>
struct SinkThroughLayoutOp : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;
  LogicalResult matchAndRewrite(Op op, PatternRewriter &rewriter) const override {
    Value source = getNhwcSource(op.getInput());
    if (!source || op.getLayout() != Layout::Nchw)
      return rewriter.notifyMatchFailure(op, "input is not a transposed image");
    if (op->getNumResults() > 1 && !op->getResult(1).use_empty())
      return rewriter.notifyMatchFailure(op, "indices count in NCHW");
    SmallVector<Value> operands(op->getOperands());
    operands[0] = source;
    auto copy = cast<Op>(replaceByNhwc(rewriter, op, operands));
    rewriter.modifyOpInPlace(copy, [&] { copy.setLayout(Layout::Nhwc); });
    return success();
  }
};

} // namespace

void addSinkElementwisePatterns(RewritePatternSet &patterns) {
  MLIRContext *context = patterns.getContext();
  patterns.add<SinkThroughElementwise>(context);
  patterns.add<SinkThroughLayoutOp<MaxPoolOp>, SinkThroughLayoutOp<AveragePoolOp>, SinkThroughLayoutOp<BatchNormOp>>(
      context);
}

} // namespace dsc
