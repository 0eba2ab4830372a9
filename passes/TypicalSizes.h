// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What sizes count as where orders and costs are compared before anyone knows the real ones.

#ifndef DSC_PASSES_TYPICALSIZES_H
#define DSC_PASSES_TYPICALSIZES_H

#include "dialects/dsc/Dsc.h"

namespace dsc {

/// A symbol counts as its bound; one without a bound as `schema::typicalSize` says.
class TypicalSizes {
public:
  /// Most bytes and elements anything counts as: sums of thousands do not overflow.
  static constexpr int64_t most = int64_t(1) << 50;

  explicit TypicalSizes(mlir::ModuleOp module);

  /// The value of a size; a typical one for null.
  int64_t get(mlir::AffineExpr dim) const;
  int64_t getElements(mlir::Value tensor) const;
  int64_t getBytes(mlir::Value tensor) const;

private:
  llvm::SmallVector<mlir::AffineExpr> values;
};

} // namespace dsc

#endif // DSC_PASSES_TYPICALSIZES_H
