// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Says for people how a kernel was chosen and cut.

#include "passes/kernel/cpu/ExplainKernel.h"

using namespace mlir;

namespace dsc {

std::string explainChoice(GroupOp group, const KernelFamily &family, const KernelShape &shape,
                          ArrayRef<RefusedFamily> refusals, ArrayRef<const CpuLevel *> levels) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << family.name() << ", tiles " << printDim(shape.tiles) << ", grain " << shape.grain << "\n";
  for (const CpuLevel *level : levels) {
    ScheduleReasons reasons = family.explain(group, *level);
    if (!reasons.work.empty() && level == levels.front())
      os << "  work: " << reasons.work << "\n";
    if (!reasons.tile.empty())
      os << "  " << level->name << ": " << reasons.tile << "\n";
  }
  printRefusals(refusals, os);
  return text;
}

} // namespace dsc
