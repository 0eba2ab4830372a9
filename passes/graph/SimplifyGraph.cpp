// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// dsc-simplify-graph: removes what exported graphs carry along: dead code, duplicates, neutral ops, detours.

#include "passes/Passes.h"
#include "passes/graph/Patterns.h"

#include "mlir/IR/Dominance.h"
#include "mlir/Transforms/CSE.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

namespace dsc {
#define GEN_PASS_DEF_SIMPLIFYGRAPHPASS
#include "passes/Passes.h.inc"

namespace {

struct SimplifyGraphPass : impl::SimplifyGraphPassBase<SimplifyGraphPass> {
  using SimplifyGraphPassBase::SimplifyGraphPassBase;

  void runOnOperation() override {
    mergeEqualParams();
    IRRewriter rewriter(&getContext());
    DominanceInfo dominance(getOperation());
    eliminateCommonSubExpressions(rewriter, dominance, getOperation());
    ConstantPool pool(getOperation());
    RewritePatternSet patterns(&getContext());
    addElementwisePatterns(patterns, pool);
    addMatmulPatterns(patterns, pool);
    addMovementPatterns(patterns, pool);
    addSinkReshapePatterns(patterns);
    for (RegisteredOperationName name : getContext().getRegisteredOperations())
      if (name.getDialectNamespace() == "dsc")
        name.getCanonicalizationPatterns(patterns, &getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      return signalPassFailure();
    pool.eraseUnused();
  }

  /// Params of one value become one, so that ops that read them can be equal.
  void mergeEqualParams() {
    llvm::DenseMap<Attribute, StringAttr> firsts;
    llvm::DenseMap<StringRef, StringAttr> renamed;
    for (auto param : getOperation().getOps<ParamOp>()) {
      if (param.getPacking())
        continue;
      auto [first, isNew] = firsts.try_emplace(param.getValueAttr(), param.getSymNameAttr());
      if (!isNew) {
        renamed[param.getSymName()] = first->second;
        ++numMerged;
      }
    }
    getOperation().walk([&](WeightOp weight) {
      if (StringAttr name = renamed.lookup(weight.getParam()))
        weight.setParam(name.getValue());
    });
  }
};

} // namespace
} // namespace dsc
