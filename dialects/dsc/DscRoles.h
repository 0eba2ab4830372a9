// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What an op is to passes that only know roles: an anchor, a view, or opaque.

#ifndef DSC_DIALECTS_DSC_DSCROLES_H
#define DSC_DIALECTS_DSC_DSCROLES_H

#include "dialects/dsc/Dsc.h"

namespace dsc {

/// The role of an op; Opaque for an op that does not tell, and for null.
FusionRole getRole(mlir::Operation *op);

/// Whether the op is a contraction, a convolution or attention.
bool isAnchor(mlir::Operation *op);

/// Whether the op's result is its first operand's bytes under another shape.
bool isView(mlir::Operation *op);

/// The value whose bytes `value` shows: itself if it is no view.
mlir::Value getViewRoot(mlir::Value value);

} // namespace dsc

#endif // DSC_DIALECTS_DSC_DSCROLES_H
