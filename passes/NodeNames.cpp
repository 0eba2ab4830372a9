// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Collects the names in nested locations.

#include "passes/NodeNames.h"

using namespace mlir;

namespace dsc {

static void collect(Location loc, llvm::SetVector<StringAttr> &names) {
  if (auto name = dyn_cast<NameLoc>(loc))
    names.insert(name.getName());
  else if (auto fused = dyn_cast<FusedLoc>(loc))
    for (Location part : fused.getLocations())
      collect(part, names);
  else if (auto call = dyn_cast<CallSiteLoc>(loc))
    collect(call.getCallee(), names);
}

llvm::SetVector<StringAttr> getNodeNames(Location loc) {
  llvm::SetVector<StringAttr> names;
  collect(loc, names);
  return names;
}

} // namespace dsc
