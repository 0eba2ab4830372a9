// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The table of GPU families and the choice from it.

#include "passes/kernel/gpu/GpuFamily.h"

using namespace mlir;

namespace dsc {

ArrayRef<const GpuFamily *> gpuKernelFamilies() {
  static const GpuFamily *const families[] = {&gpuGemmFamily(), &gpuAttentionFamily(), &gpuRowsFamily(), &gpuTurnFamily(),
                                               &gpuElementsFamily()};
  return families;
}

GpuChoice chooseGpuFamily(GroupOp group) {
  GpuChoice choice;
  for (const GpuFamily *family : gpuKernelFamilies()) {
    std::string whyNot;
    FailureOr<GpuShape> shape = family->match(group, whyNot);
    if (succeeded(shape)) {
      choice.family = family;
      choice.shape = *shape;
      break;
    }
    choice.refusals.push_back({family->name(), whyNot});
  }
  return choice;
}

} // namespace dsc
