// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Permutations between NCHW and NHWC, and the patterns that cancel transposes.

#include "passes/layout/LayoutTranspose.h"

#include "mlir/IR/PatternMatch.h"

using namespace mlir;

namespace dsc {

SmallVector<int64_t> getToNhwc(int64_t rank) {
  SmallVector<int64_t> permutation{0};
  for (int64_t i = 2; i < rank; ++i)
    permutation.push_back(i);
  permutation.push_back(1);
  return permutation;
}

SmallVector<int64_t> getToNchw(int64_t rank) {
  SmallVector<int64_t> permutation{0, rank - 1};
  for (int64_t i = 1; i < rank - 1; ++i)
    permutation.push_back(i);
  return permutation;
}

int64_t mapAxisToNhwc(int64_t axis, int64_t rank) {
  if (axis == 0)
    return 0;
  return axis == 1 ? rank - 1 : axis - 1;
}

RankedTensorType permuteType(Type type, ArrayRef<int64_t> permutation) {
  auto tensor = cast<RankedTensorType>(type);
  Dims dims = getDims(tensor), permuted;
  for (int64_t from : permutation)
    permuted.push_back(dims[from]);
  return makeType(permuted, tensor.getElementType());
}

Value makeTranspose(OpBuilder &builder, Location loc, Value value, ArrayRef<int64_t> permutation) {
  return TransposeOp::create(builder, loc, permuteType(value.getType(), permutation), value,
                             builder.getDenseI64ArrayAttr(permutation))
      .getOutput();
}

Value getNhwcSource(Value value) {
  auto transpose = value.getDefiningOp<TransposeOp>();
  if (!transpose)
    return {};
  ArrayRef<int64_t> permutation = transpose.getPermutation();
  int64_t rank = permutation.size();
  if (rank < 3 || permutation != ArrayRef<int64_t>(getToNchw(rank)))
    return {};
  return transpose.getInput();
}

bool isWantedInNhwc(Value value) {
  int64_t rank = cast<RankedTensorType>(value.getType()).getRank();
  return llvm::any_of(value.getUsers(), [&](Operation *user) {
    auto transpose = dyn_cast<TransposeOp>(user);
    return transpose && transpose.getPermutation() == ArrayRef<int64_t>(getToNhwc(rank));
  });
}

bool keepsBytes(RankedTensorType type, ArrayRef<int64_t> permutation) {
  int64_t last = -1;
  for (int64_t from : permutation) {
    if (type.getDimSize(from) == 1)
      continue;
    if (from < last)
      return false;
    last = from;
  }
  return true;
}

namespace {

/// transpose(transpose(x)) is one transpose, or nothing.
struct ComposeTransposes : OpRewritePattern<TransposeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(TransposeOp op, PatternRewriter &rewriter) const override {
    auto inner = op.getInput().getDefiningOp<TransposeOp>();
    if (!inner)
      return rewriter.notifyMatchFailure(op, "input is not a transpose");
    SmallVector<int64_t> permutation;
    for (int64_t from : op.getPermutation())
      permutation.push_back(inner.getPermutation()[from]);
    if (llvm::is_sorted(permutation))
      rewriter.replaceOp(op, inner.getInput());
    else
      rewriter.replaceOp(op, makeTranspose(rewriter, op.getLoc(), inner.getInput(), permutation));
    return success();
  }
};

/// A transpose that only moves dimensions of size 1 is a reshape.
struct ReshapeWhereBytesStay : OpRewritePattern<TransposeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(TransposeOp op, PatternRewriter &rewriter) const override {
    if (!keepsBytes(cast<RankedTensorType>(op.getInput().getType()), op.getPermutation()))
      return rewriter.notifyMatchFailure(op, "elements move");
    rewriter.replaceOpWithNewOp<ReshapeOp>(op, op.getOutput().getType(), op.getInput(), Value());
    return success();
  }
};

/// An image flattened to rows of pixels after a transpose to NCHW, then transposed to rows of channels, is the NHWC
/// image with its pixels flattened: transpose([0, 2, 1], reshape(N, C, HW)).
struct FlattenNhwcPixels : OpRewritePattern<TransposeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(TransposeOp op, PatternRewriter &rewriter) const override {
    auto reshape = op.getInput().getDefiningOp<ReshapeOp>();
    if (!reshape || op.getPermutation() != ArrayRef<int64_t>{0, 2, 1})
      return rewriter.notifyMatchFailure(op, "not a transpose of flattened pixels");
    Value image = getNhwcSource(reshape.getInput());
    if (!image)
      return rewriter.notifyMatchFailure(op, "the flattened image is not in NHWC");
    Dims from = getDims(reshape.getInput()), to = getDims(reshape.getOutput());
    if (from[0] != to[0] || from[1] != to[1])
      return rewriter.notifyMatchFailure(op, "the reshape does not keep batch and channels");
    rewriter.replaceOpWithNewOp<ReshapeOp>(op, op.getOutput().getType(), image, Value());
    return success();
  }
};

} // namespace

void addCancelTransposePatterns(RewritePatternSet &patterns) {
  patterns.add<ComposeTransposes, ReshapeWhereBytesStay, FlattenNhwcPixels>(patterns.getContext());
}

} // namespace dsc
