// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How large a tensor may be.

#ifndef DSC_DIALECTS_DSC_SIZELIMIT_H
#define DSC_DIALECTS_DSC_SIZELIMIT_H

#include "mlir/IR/AffineExpr.h"

namespace dsc {

/// The most elements of a tensor: offsets and sums of sizes cannot overflow.
constexpr int64_t maxElements = int64_t(1) << 48;

/// Whether the static sizes among these make more.
bool hasTooManyElements(llvm::ArrayRef<mlir::AffineExpr> dims);

} // namespace dsc

#endif // DSC_DIALECTS_DSC_SIZELIMIT_H
