// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The rewrites of the graph phase by family, and what they share.

#ifndef DSC_PASSES_GRAPH_PATTERNS_H
#define DSC_PASSES_GRAPH_PATTERNS_H

#include "passes/ConstantPool.h"

#include "mlir/IR/PatternMatch.h"

namespace dsc {

/// A rewrite that reads and makes constants. The pool outlives the pattern.
template <class Op>
struct ConstantPattern : mlir::OpRewritePattern<Op> {
  ConstantPattern(mlir::MLIRContext *context, ConstantPool &pool)
      : mlir::OpRewritePattern<Op>(context), pool(pool) {}
  ConstantPool &pool;
};

void addElementwisePatterns(mlir::RewritePatternSet &patterns, ConstantPool &pool);
void addMatmulPatterns(mlir::RewritePatternSet &patterns, ConstantPool &pool);
void addMovementPatterns(mlir::RewritePatternSet &patterns, ConstantPool &pool);
void addSinkReshapePatterns(mlir::RewritePatternSet &patterns);
void addNormPatterns(mlir::RewritePatternSet &patterns, ConstantPool &pool);
void addGeluPatterns(mlir::RewritePatternSet &patterns, ConstantPool &pool);
void addAttentionPatterns(mlir::RewritePatternSet &patterns, ConstantPool &pool);

/// The factors of a product of tensors: `op(x, c)` with a constant number multiplies `constant`, others are listed.
/// Looks through multiplications that only this product reads, and divisions by a number.
struct Product {
  double constant = 1;
  llvm::SmallVector<mlir::Value> factors;
};
Product collectProduct(mlir::Value value, const ConstantPool &pool);

/// Whether two numbers are the same but for the rounding of a float.
bool isClose(double lhs, double rhs);

/// The other operand of an addition of a number near `number`; null if the value is no such addition.
mlir::Value matchAddOf(mlir::Value value, double number, const ConstantPool &pool);

} // namespace dsc

#endif // DSC_PASSES_GRAPH_PATTERNS_H
