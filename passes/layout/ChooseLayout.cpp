// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// dsc-choose-layout: convolutions compute in NHWC; transposes at the borders of the islands only.

#include "passes/ApplyPatterns.h"
#include "passes/ConstantPool.h"
#include "passes/Passes.h"
#include "passes/layout/LayoutTranspose.h"

#include "mlir/IR/Dominance.h"
#include "mlir/Transforms/CSE.h"

using namespace mlir;

namespace dsc {
#define GEN_PASS_DEF_CHOOSELAYOUTPASS
#include "passes/Passes.h.inc"

namespace {

/// The emitters take f32 over one or two spatial dimensions with weights that are known now; others stay in NCHW.
bool prefersNhwc(ConvOp op) {
  auto type = cast<RankedTensorType>(op.getInput().getType());
  Operation *weight = op.getWeight().getDefiningOp();
  return op.getLayout() == Layout::Nchw && type.getElementType().isF32() && type.getRank() <= 4 &&
         !type.isDynamicDim(1) && isa_and_nonnull<WeightOp, ConstantOp>(weight);
}

struct ChooseLayoutPass : impl::ChooseLayoutPassBase<ChooseLayoutPass> {
  using ChooseLayoutPassBase::ChooseLayoutPassBase;

  void runOnOperation() override {
    SmallVector<ConvOp> convolutions;
    getOperation().walk([&](ConvOp op) {
      if (prefersNhwc(op))
        convolutions.push_back(op);
    });
    if (convolutions.empty())
      return;
    for (ConvOp op : convolutions)
      convert(op);
    RewritePatternSet patterns(&getContext());
    addSinkElementwisePatterns(patterns);
    addSinkAxisPatterns(patterns);
    addCancelTransposePatterns(patterns);
    if (failed(applyWithoutFolding(getOperation(), std::move(patterns))))
      return signalPassFailure();
    // Several convolutions may read one tensor of the border.
    IRRewriter rewriter(&getContext());
    DominanceInfo dominance(getOperation());
    eliminateCommonSubExpressions(rewriter, dominance, getOperation());
  }

  void convert(ConvOp op) {
    int64_t rank = cast<RankedTensorType>(op.getInput().getType()).getRank();
    OpBuilder builder(op);
    Value input = makeTranspose(builder, op.getLoc(), op.getInput(), getToNhwc(rank));
    builder.setInsertionPointAfter(op);
    auto type = op.getOutput().getType();
    op.getInputMutable().assign(input);
    op.setLayout(Layout::Nhwc);
    if (op.getWeight().getDefiningOp<ConstantOp>())
      makeWeight(op);
    op.getOutput().setType(permuteType(type, getToNhwc(rank)));
    Value output = makeTranspose(builder, op.getLoc(), op.getOutput(), getToNchw(rank));
    op.getOutput().replaceAllUsesExcept(output, output.getDefiningOp());
    ++numConverted;
  }

  /// Only weights are packed.
  void makeWeight(ConvOp op) {
    auto constant = op.getWeight().getDefiningOp<ConstantOp>();
    ConstantPool pool(getOperation());
    OpBuilder builder(op);
    op.getWeightMutable().assign(pool.createWeight(builder, constant.getLoc(), constant.getValue(), "weight"));
  }
};

} // namespace
} // namespace dsc
