// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The names an op's nodes have in the model.

#ifndef DSC_PASSES_NODENAMES_H
#define DSC_PASSES_NODENAMES_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Location.h"
#include "llvm/ADT/SetVector.h"

namespace dsc {

/// The names in a location, each once, in order; positions in files are left out.
llvm::SetVector<mlir::StringAttr> getNodeNames(mlir::Location loc);

} // namespace dsc

#endif // DSC_PASSES_NODENAMES_H
