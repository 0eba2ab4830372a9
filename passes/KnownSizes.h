// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Whether the sizes of a tensor are there to be computed with.

#ifndef DSC_PASSES_KNOWNSIZES_H
#define DSC_PASSES_KNOWNSIZES_H

#include "dialects/dsc/Dsc.h"

namespace dsc {

/// Whether every size is a constant or an expression, and so is their product: 64 bits must hold it.
inline bool hasKnownSizes(mlir::Type type) {
  auto tensor = llvm::dyn_cast<mlir::RankedTensorType>(type);
  if (!tensor)
    return true;
  Dims dims = getDims(tensor);
  return !llvm::is_contained(dims, mlir::AffineExpr()) && productOfDims(dims, type.getContext());
}

} // namespace dsc

#endif // DSC_PASSES_KNOWNSIZES_H
