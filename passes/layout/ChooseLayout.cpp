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

/// The emitters take f32 and bytes over one or two spatial dimensions with weights that are known now; others stay in
/// NCHW.
template <class Op> bool prefersNhwc(Op op) {
  auto type = cast<RankedTensorType>(op.getInput().getType());
  Operation *weight = op.getWeight().getDefiningOp();
  return op.getLayout() == Layout::Nchw && (type.getElementType().isF32() || type.getElementTypeBitWidth() == 8) &&
         type.getRank() <= 4 && !type.isDynamicDim(1) && isa_and_nonnull<WeightOp, ConstantOp>(weight);
}

struct ChooseLayoutPass : impl::ChooseLayoutPassBase<ChooseLayoutPass> {
  using ChooseLayoutPassBase::ChooseLayoutPassBase;

  void runOnOperation() override {
    if (convertAll<ConvOp>() + convertAll<QConvOp>() == 0)
      return;
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

  /// How many there were.
  template <class Op> size_t convertAll() {
    SmallVector<Op> convolutions;
    getOperation().walk([&](Op op) {
      if (prefersNhwc(op))
        convolutions.push_back(op);
    });
    for (Op op : convolutions)
      convert(op);
    return convolutions.size();
  }

  template <class Op> void convert(Op op) {
    int64_t rank = cast<RankedTensorType>(op.getInput().getType()).getRank();
    OpBuilder builder(op);
    Value input = makeTranspose(builder, op.getLoc(), op.getInput(), getToNhwc(rank));
    builder.setInsertionPointAfter(op);
    auto type = op.getOutput().getType();
    op.getInputMutable().assign(input);
    op.setLayout(Layout::Nhwc);
    if (op.getWeight().template getDefiningOp<ConstantOp>())
      makeWeight(op);
    op.getOutput().setType(permuteType(type, getToNhwc(rank)));
    Value output = makeTranspose(builder, op.getLoc(), op.getOutput(), getToNchw(rank));
    op.getOutput().replaceAllUsesExcept(output, output.getDefiningOp());
    ++numConverted;
  }

  /// Only weights are packed.
  template <class Op> void makeWeight(Op op) {
    auto constant = op.getWeight().template getDefiningOp<ConstantOp>();
    ConstantPool pool(getOperation());
    OpBuilder builder(op);
    op.getWeightMutable().assign(pool.createWeight(builder, constant.getLoc(), constant.getValue(), "weight"));
  }
};

} // namespace
} // namespace dsc
