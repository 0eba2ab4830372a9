// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How large a tensor may be.

#ifndef DSC_DIALECTS_DSC_SIZELIMIT_H
#define DSC_DIALECTS_DSC_SIZELIMIT_H

#include "mlir/IR/AffineExpr.h"

namespace dsc {

/// Whether the static sizes among these make more than 2^48 elements, so that offsets could overflow.
bool hasTooManyElements(llvm::ArrayRef<mlir::AffineExpr> dims);

} // namespace dsc

#endif // DSC_DIALECTS_DSC_SIZELIMIT_H
