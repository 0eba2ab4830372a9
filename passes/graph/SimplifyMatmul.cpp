// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Products that read transposed operands as they lie, and fused projections whose parts are separate products.

#include "passes/graph/Patterns.h"

using namespace mlir;

namespace dsc {
namespace {

/// The input of a transpose that swaps the last two dimensions only; null for any other value.
Value getMatrixTransposed(Value value) {
  auto transpose = value.getDefiningOp<TransposeOp>();
  if (!transpose)
    return {};
  SmallVector<int64_t> swapped(transpose.getPermutation());
  size_t rank = swapped.size();
  if (rank < 2)
    return {};
  std::swap(swapped[rank - 1], swapped[rank - 2]);
  return llvm::is_sorted(swapped) ? transpose.getInput() : Value();
}

/// matmul(a, transpose(b)) is matmul(a, b) {transpose_rhs}.
struct AbsorbTranspose : OpRewritePattern<MatmulOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(MatmulOp op, PatternRewriter &rewriter) const override {
    Value rhs = op.getRhsPacking() ? Value() : getMatrixTransposed(op.getRhs());
    if (!rhs)
      return rewriter.notifyMatchFailure(op, "the right operand is not transposed");
    rewriter.modifyOpInPlace(op, [&] {
      op.setTransposeRhs(!op.getTransposeRhs());
      op.getRhsMutable().assign(rhs);
    });
    return success();
  }
};

/// The first column and the number of columns that a slice with constant bounds takes of the last dimension.
std::optional<std::pair<int64_t, int64_t>> getColumns(Operation *user) {
  auto slice = dyn_cast<SliceOp>(user);
  if (!slice || slice.getAxes().size() != 1)
    return std::nullopt;
  auto type = cast<RankedTensorType>(slice.getInput().getType());
  auto output = cast<RankedTensorType>(slice.getOutput().getType());
  int64_t last = type.getRank() - 1;
  auto starts = getConstantInts(slice.getStarts()), steps = getConstantInts(slice.getSteps());
  if (slice.getAxes()[0] != last || type.isDynamicDim(last) || output.isDynamicDim(last) || !starts || !steps ||
      (*steps)[0] != 1)
    return std::nullopt;
  int64_t start = (*starts)[0] < 0 ? (*starts)[0] + type.getDimSize(last) : (*starts)[0];
  int64_t count = output.getDimSize(last);
  if (start < 0 || start + count > type.getDimSize(last))
    return std::nullopt;
  return std::pair(start, count);
}

/// slice(matmul(x, w) + b) by columns is matmul(x, w's columns) + b's columns, if all users are such slices of
/// different columns: three products instead of one and three copies.
struct SplitProjection : ConstantPattern<MatmulOp> {
  using ConstantPattern::ConstantPattern;
  LogicalResult matchAndRewrite(MatmulOp op, PatternRewriter &rewriter) const override {
    auto weightType = cast<RankedTensorType>(op.getRhs().getType());
    if (weightType.getRank() != 2 || op.getRhsPacking() || !pool.getValue(op.getRhs()))
      return rewriter.notifyMatchFailure(op, "the right operand is no matrix of weights");
    Value bias, result = op.getOutput();
    if (auto add = result.hasOneUse() ? dyn_cast<AddOp>(*result.getUsers().begin()) : AddOp()) {
      bias = add.getLhs() == result ? add.getRhs() : add.getLhs();
      auto type = cast<RankedTensorType>(bias.getType());
      if (type.getRank() != 1 || !pool.getValue(bias) || type.getNumElements() != getColumnCount(op))
        return rewriter.notifyMatchFailure(op, "what is added is no bias");
      result = add.getOutput();
    }
    int64_t covered = 0;
    for (Operation *user : result.getUsers()) {
      auto columns = getColumns(user);
      if (!columns)
        return rewriter.notifyMatchFailure(op, "some user is no slice of columns");
      covered += columns->second;
    }
    if (result.use_empty() || covered > getColumnCount(op))
      return rewriter.notifyMatchFailure(op, "slices overlap");
    SmallVector<Operation *> users(result.getUsers());
    for (Operation *user : users)
      replaceSlice(rewriter, op, bias, cast<SliceOp>(user));
    return success();
  }

private:
  static int64_t getColumnCount(MatmulOp op) {
    return cast<RankedTensorType>(op.getRhs().getType()).getDimSize(op.getTransposeRhs() ? 0 : 1);
  }

  void replaceSlice(PatternRewriter &rewriter, MatmulOp op, Value bias, SliceOp slice) const {
    auto [start, count] = *getColumns(slice);
    rewriter.setInsertionPoint(slice);
    int64_t axis = op.getTransposeRhs() ? 0 : 1;
    Value weight = takeColumns(rewriter, op.getRhs(), axis, start, count);
    auto matmul = cast<MatmulOp>(rewriter.clone(*op.getOperation()));
    matmul.getRhsMutable().assign(weight);
    matmul.getOutput().setType(cast<RankedTensorType>(slice.getOutput().getType()));
    Value result = matmul.getOutput();
    if (bias)
      result = AddOp::create(rewriter, slice.getLoc(), result.getType(), result,
                             takeColumns(rewriter, bias, 0, start, count));
    rewriter.replaceOp(slice, result);
  }

  /// The weight's rows or columns [start, start + count) as a weight of its own.
  Value takeColumns(PatternRewriter &rewriter, Value weight, int64_t axis, int64_t start, int64_t count) const {
    const HostTensor source = *pool.read(weight);
    SmallVector<int64_t> shape(source.getShape());
    int64_t inner = 1, outer = 1, size = shape[axis], width = source.getBytesPerElement();
    for (int64_t i = 0; i < axis; ++i)
      outer *= shape[i];
    for (size_t i = axis + 1; i < shape.size(); ++i)
      inner *= shape[i];
    shape[axis] = count;
    HostTensor part = HostTensor::zeros(shape, source.getElementType());
    for (int64_t row = 0; row < outer; ++row)
      for (int64_t i = 0; i < count * inner; ++i)
        std::memcpy(part.at(row * count * inner + i), source.at((row * size + start) * inner + i), width);
    std::string name = pool.getNameHint(weight).str();
    return pool.create(rewriter, weight.getLoc(), std::move(part), name);
  }
};

} // namespace

void addMatmulPatterns(RewritePatternSet &patterns, ConstantPool &pool) {
  patterns.add<AbsorbTranspose>(patterns.getContext());
  patterns.add<SplitProjection>(patterns.getContext(), pool);
}

} // namespace dsc
