// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A copy of a group with as few dimensions as its broadcasts and rows allow: longer runs, fewer loops.

#ifndef DSC_PASSES_KERNEL_COLLAPSEDIMS_H
#define DSC_PASSES_KERNEL_COLLAPSEDIMS_H

#include "dialects/dsc/Dsc.h"

namespace dsc {

/// The group with neighbouring dimensions merged where every tensor in it has both whole or neither; the group itself
/// where nothing can be merged or an op other than elementwise, softmax, layer norm and RMS norm is in it. Buffers are
/// the same memory.
class CollapsedGroup {
public:
  explicit CollapsedGroup(GroupOp group);
  GroupOp get() { return copy ? GroupOp(*copy) : original; }

private:
  GroupOp original;
  mlir::OwningOpRef<GroupOp> copy;
};

} // namespace dsc

#endif // DSC_PASSES_KERNEL_COLLAPSEDIMS_H
