// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// dsc-recompose: finds attention, norms and GELU in what exporters took apart. One file per pattern family.

#include "passes/Passes.h"
#include "passes/graph/Patterns.h"

#include "mlir/IR/Dominance.h"
#include "mlir/Transforms/CSE.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

namespace dsc {
#define GEN_PASS_DEF_RECOMPOSEPASS
#include "passes/Passes.h.inc"

namespace {

struct RecomposePass : impl::RecomposePassBase<RecomposePass> {
  using RecomposePassBase::RecomposePassBase;

  void runOnOperation() override {
    ConstantPool pool(getOperation());
    RewritePatternSet patterns(&getContext());
    addNormPatterns(patterns, pool);
    addGeluPatterns(patterns, pool);
    addAttentionPatterns(patterns, pool);
    TransposeOp::getCanonicalizationPatterns(patterns, &getContext());
    GreedyRewriteConfig config;
    config.enableFolding(true);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns), config)))
      return signalPassFailure();
    // Layers share one mask.
    IRRewriter rewriter(&getContext());
    DominanceInfo dominance(getOperation());
    eliminateCommonSubExpressions(rewriter, dominance, getOperation());
    pool.eraseUnused();
  }
};

} // namespace
} // namespace dsc
