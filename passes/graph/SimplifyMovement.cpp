// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Data movement that exporters spell in roundabout ways: transposes around reshapes, gathers of one slice.

#include "passes/graph/Patterns.h"

#include "mlir/IR/TypeUtilities.h"

using namespace mlir;

namespace dsc {
namespace {

/// reshape(transpose(reshape(x))) that merges leading dimensions, permutes the others and splits the leading ones
/// again is one transpose of x: torch writes the transpose of a batch of matrices so.
struct TransposeWithoutMerging : OpRewritePattern<ReshapeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ReshapeOp op, PatternRewriter &rewriter) const override {
    auto transpose = op.getInput().getDefiningOp<TransposeOp>();
    auto merge = transpose ? transpose.getInput().getDefiningOp<ReshapeOp>() : ReshapeOp();
    if (!merge || transpose.getPermutation()[0] != 0)
      return rewriter.notifyMatchFailure(op, "not a transpose between reshapes");
    Dims from = getDims(merge.getInput()), middle = getDims(merge.getOutput()), to = getDims(op.getOutput());
    int64_t extra = static_cast<int64_t>(from.size()) - static_cast<int64_t>(middle.size());
    if (extra < 1 || from.size() != to.size() ||
        !ArrayRef(from).drop_front(extra + 1).equals(ArrayRef(middle).drop_front()))
      return rewriter.notifyMatchFailure(op, "the first reshape merges more than leading dimensions");
    SmallVector<int64_t> permutation;
    for (int64_t i = 0; i <= extra; ++i)
      permutation.push_back(i);
    for (int64_t axis : transpose.getPermutation().drop_front())
      permutation.push_back(axis + extra);
    for (auto [size, axis] : llvm::zip_equal(to, permutation))
      if (size != from[axis])
        return rewriter.notifyMatchFailure(op, "the last reshape does not split what was merged");
    rewriter.replaceOpWithNewOp<TransposeOp>(op, op.getOutput().getType(), merge.getInput(),
                                             rewriter.getDenseI64ArrayAttr(permutation));
    return success();
  }
};

Value makeInts(PatternRewriter &rewriter, Location loc, int64_t value) {
  auto type = RankedTensorType::get({1}, rewriter.getI64Type());
  return ConstantOp::create(rewriter, loc, DenseElementsAttr::get(type, value)).getOutput();
}

/// slice of [start, start + count) along one axis.
Value makeSlice(PatternRewriter &rewriter, Location loc, Value input, int64_t axis, int64_t start, int64_t count) {
  Dims dims = getDims(input);
  dims[axis] = rewriter.getAffineConstantExpr(count);
  Type type = makeType(dims, getElementTypeOrSelf(input.getType()));
  return SliceOp::create(rewriter, loc, type, input, makeInts(rewriter, loc, start),
                         makeInts(rewriter, loc, start + count), makeInts(rewriter, loc, 1),
                         rewriter.getDenseI64ArrayAttr(axis))
      .getOutput();
}

/// gather(transpose(reshape(x))) of one constant index on a dimension that the reshape split off the last one is
/// transpose(reshape(slice(x))): a fused projection falls into its parts.
struct SliceInsteadOfGather : OpRewritePattern<GatherOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(GatherOp op, PatternRewriter &rewriter) const override {
    auto index = getConstantInts(op.getIndices());
    auto transpose = op.getInput().getDefiningOp<TransposeOp>();
    auto reshape = transpose ? transpose.getInput().getDefiningOp<ReshapeOp>() : ReshapeOp();
    if (!index || index->size() != 1 || !reshape || cast<RankedTensorType>(op.getIndices().getType()).getRank() != 0)
      return rewriter.notifyMatchFailure(op, "not one index into a transposed reshape");
    int64_t axis = transpose.getPermutation()[op.getAxis()];
    Dims from = getDims(reshape.getInput()), to = getDims(reshape.getOutput());
    int64_t last = static_cast<int64_t>(from.size()) - 1;
    if (axis != last || static_cast<int64_t>(to.size()) <= last + 1 ||
        !ArrayRef(from).drop_back().equals(ArrayRef(to).take_front(last)))
      return rewriter.notifyMatchFailure(op, "the dimension is not the outermost part of the last one");
    std::optional<int64_t> parts = getConstantDim(to[axis]), columns = getConstantDim(from[last]);
    if (!parts || !columns || *parts == 0)
      return rewriter.notifyMatchFailure(op, "the number of columns is not known");
    int64_t which = (*index)[0] < 0 ? (*index)[0] + *parts : (*index)[0], width = *columns / *parts;
    if (which < 0 || which >= *parts)
      return rewriter.notifyMatchFailure(op, "the index is out of range");
    Value part = makeSlice(rewriter, op.getLoc(), reshape.getInput(), last, which * width, width);
    to.erase(to.begin() + axis);
    auto type = makeType(to, getElementTypeOrSelf(part.getType()));
    part = ReshapeOp::create(rewriter, op.getLoc(), type, part, Value()).getOutput();
    SmallVector<int64_t> permutation;
    for (int64_t from : transpose.getPermutation())
      if (from != axis)
        permutation.push_back(from > axis ? from - 1 : from);
    rewriter.replaceOpWithNewOp<TransposeOp>(op, op.getOutput().getType(), part,
                                             rewriter.getDenseI64ArrayAttr(permutation));
    return success();
  }
};

} // namespace

void addMovementPatterns(RewritePatternSet &patterns, ConstantPool &pool) {
  patterns.add<TransposeWithoutMerging, SliceInsteadOfGather>(patterns.getContext());
}

} // namespace dsc
