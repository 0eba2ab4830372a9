// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Prints the plan of fusion for people: groups, their ops, and every refusal with its reason.

#include "passes/fuse/ExplainFusion.h"
#include "passes/NodeName.h"
#include "passes/fuse/FusionPlan.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;

namespace dsc {

static void printOp(Operation *op, raw_ostream &os) {
  os << op->getName().stripDialect();
  if (StringRef name = getFirstNodeName(op->getLoc()); !name.empty())
    os << " '" << name << "'";
}

static void explainBlock(Block &block, raw_ostream &os) {
  FusionPlan plan = planFusion(block, /*fuse=*/true);
  DenseMap<Operation *, size_t> numbers;
  size_t count = 0;
  for (const PlannedGroup &group : plan.groups)
    if (!group.outside) {
      for (Operation *op : group.ops)
        numbers[op] = count;
      ++count;
    }
  size_t next = 0;
  for (const PlannedGroup &group : plan.groups) {
    if (group.outside)
      continue;
    os << "group " << next << " (" << stringifyGroupKind(group.kind) << "):\n";
    for (Operation *op : group.ops)
      printOp(op, os << "  "), os << "\n";
    for (const RefusedFusion &refusal : plan.refusals)
      if (numbers.lookup(refusal.producer) == next) {
        printOp(refusal.producer, os << "  not with group " << numbers.lookup(refusal.consumer) << ": ");
        printOp(refusal.consumer, os << " -> ");
        os << ": " << refusal.reason << "\n";
      }
    ++next;
  }
}

void explainFusion(ModuleOp module, raw_ostream &os) {
  for (auto function : module.getOps<func::FuncOp>())
    if (!function.isExternal())
      explainBlock(function.getBody().front(), os);
}

} // namespace dsc
