// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Applying patterns the way passes of the graph and layout phases do.

#ifndef DSC_PASSES_APPLYPATTERNS_H
#define DSC_PASSES_APPLYPATTERNS_H

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace dsc {

/// Applies the patterns greedily without folding: constants have their own pass.
inline llvm::LogicalResult applyWithoutFolding(mlir::Operation *op, mlir::RewritePatternSet &&patterns) {
  mlir::GreedyRewriteConfig config;
  config.enableFolding(false).enableConstantCSE(false);
  return mlir::applyPatternsGreedily(op, std::move(patterns), config);
}

} // namespace dsc

#endif // DSC_PASSES_APPLYPATTERNS_H
