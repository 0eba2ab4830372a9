// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The answer to `--explain=fuse`.

#ifndef DSC_PASSES_FUSE_EXPLAINFUSION_H
#define DSC_PASSES_FUSE_EXPLAINFUSION_H

#include "mlir/IR/BuiltinOps.h"

namespace dsc {

/// Prints what dsc-form-groups would do with a module as the layout phase leaves it: each group with its ops, and for
/// each result that passes from one group to another why the two groups are not one. Changes nothing.
void explainFusion(mlir::ModuleOp module, llvm::raw_ostream &os);

} // namespace dsc

#endif // DSC_PASSES_FUSE_EXPLAINFUSION_H
