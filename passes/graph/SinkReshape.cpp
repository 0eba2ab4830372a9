// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Exporters flatten rows around a product; products and elementwise ops need no flattening, so reshapes move behind.

#include "dialects/dsc/DscRoles.h"
#include "passes/graph/Patterns.h"

#include "mlir/IR/TypeUtilities.h"

using namespace mlir;

namespace dsc {
namespace {

/// A reshape that only merges leading dimensions: the last one stays.
ReshapeOp getFlatteningReshape(Value value) {
  auto reshape = value.getDefiningOp<ReshapeOp>();
  if (!reshape)
    return {};
  Dims from = getDims(reshape.getInput()), to = getDims(reshape.getOutput());
  bool merges = to.size() >= 2 && from.size() > to.size() && from.back() && from.back() == to.back();
  return merges ? reshape : ReshapeOp();
}

/// matmul(reshape(x), w) is reshape(matmul(x, w)) for a matrix w.
struct MultiplyUnflattened : OpRewritePattern<MatmulOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(MatmulOp op, PatternRewriter &rewriter) const override {
    ReshapeOp reshape = getFlatteningReshape(op.getLhs());
    if (!reshape || op.getTransposeLhs() || op.getRhsPacking() ||
        cast<RankedTensorType>(op.getRhs().getType()).getRank() != 2)
      return rewriter.notifyMatchFailure(op, "the left operand is not flattened, or the right one no matrix");
    Dims dims = getDims(reshape.getInput());
    dims.back() = getDims(op.getOutput()).back();
    Type type = makeType(dims, getElementTypeOrSelf(op.getOutput().getType()));
    auto copy = cast<MatmulOp>(rewriter.clone(*op.getOperation()));
    rewriter.modifyOpInPlace(copy, [&] {
      copy.getLhsMutable().assign(reshape.getInput());
      copy.getOutput().setType(cast<RankedTensorType>(type));
    });
    rewriter.replaceOpWithNewOp<ReshapeOp>(op, op.getOutput().getType(), copy.getOutput(), Value());
    return success();
  }
};

/// op(reshape(x), c) is reshape(op(x, c)) for operands c of one element or along the last dimension.
struct ComputeUnflattened : RewritePattern {
  explicit ComputeUnflattened(MLIRContext *context) : RewritePattern(MatchAnyOpTypeTag(), 1, context) {}

  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    if (getRole(op) != FusionRole::Pointwise || isa<ConstantOp>(op))
      return failure();
    std::optional<unsigned> flattened = findFlattened(op);
    if (!flattened)
      return rewriter.notifyMatchFailure(op, "no operand is flattened, or another one is large");
    auto reshape = op->getOperand(*flattened).getDefiningOp<ReshapeOp>();
    Operation *copy = rewriter.clone(*op);
    rewriter.modifyOpInPlace(copy, [&] {
      copy->setOperand(*flattened, reshape.getInput());
      copy->getResult(0).setType(
          makeType(getDims(reshape.getInput()), getElementTypeOrSelf(op->getResult(0).getType())));
    });
    rewriter.replaceOpWithNewOp<ReshapeOp>(op, op->getResult(0).getType(), copy->getResult(0), Value());
    return success();
  }

  /// The operand that is flattened, if all others broadcast along the last dimension.
  static std::optional<unsigned> findFlattened(Operation *op) {
    std::optional<unsigned> found;
    Dims result = getDims(op->getResult(0));
    for (OpOperand &operand : op->getOpOperands()) {
      auto type = cast<RankedTensorType>(operand.get().getType());
      if (!found && getFlatteningReshape(operand.get()) && getDims(type) == result)
        found = operand.getOperandNumber();
      else if (type.getRank() > 1)
        return std::nullopt;
    }
    return found;
  }
};

} // namespace

void addSinkReshapePatterns(RewritePatternSet &patterns) {
  patterns.add<MultiplyUnflattened, ComputeUnflattened>(patterns.getContext());
}

} // namespace dsc
