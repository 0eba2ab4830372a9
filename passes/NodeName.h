// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The name of an op's node in the model.

#ifndef DSC_PASSES_NODENAME_H
#define DSC_PASSES_NODENAME_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Location.h"

namespace dsc {

/// The first node named by the location, or nothing.
inline llvm::StringRef getFirstNodeName(mlir::Location loc) {
  if (auto name = llvm::dyn_cast<mlir::NameLoc>(loc))
    return name.getName();
  if (auto fused = llvm::dyn_cast<mlir::FusedLoc>(loc))
    for (mlir::Location part : fused.getLocations())
      if (llvm::StringRef name = getFirstNodeName(part); !name.empty())
        return name;
  return {};
}

} // namespace dsc

#endif // DSC_PASSES_NODENAME_H
