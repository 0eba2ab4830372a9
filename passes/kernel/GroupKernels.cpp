// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Group structure, kernel declarations and launches, the same for every target.

#include "passes/kernel/GroupKernels.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "passes/kernel/KernelBuffers.h"

using namespace mlir;

namespace dsc {

std::string structureOfGroup(GroupOp group) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  OwningOpRef<GroupOp> copy = group.clone();
  copy->setStage(0);
  copy->setCostNs(0);
  // Operands print as unknown values; what matters of them are the types, which the body's arguments repeat.
  copy->print(stream, OpPrintingFlags().printGenericOpForm().useLocalScope());
  return text.substr(text.find('{'));
}

std::string readableKernelName(GroupOp group, Target target, StringRef family) {
  std::string name = (getTargetName(target) + "_" + family).str();
  for (Operation &op : group.getBlock()->without_terminator())
    if (!isa<ConstantOp, DimValuesOp>(op)) {
      name += ("_" + op.getName().stripDialect()).str();
      if (name.size() > 48)
        break;
    }
  llvm::raw_string_ostream(name) << "_" << cast<RankedTensorType>(group.getResultTypes().front()).getElementType();
  return name;
}

namespace {
/// Whether every size is a constant or an expression, and so is their product: 64 bits must hold it.
bool hasKnownSizes(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor)
    return true;
  Dims dims = getDims(tensor);
  return !llvm::is_contained(dims, AffineExpr()) && productOfDims(dims, type.getContext());
}
} // namespace

LogicalResult checkGroup(GroupOp group) {
  if (group.getNumResults() == 0)
    return group.emitOpError("expected a result to compute");
  for (Type type : group.getInputs().getTypes())
    if (!hasKnownSizes(type))
      return group.emitOpError("expected operands of known sizes, but got ") << type;
  WalkResult walked = group->walk([&](Operation *op) {
    for (Type type : op->getResultTypes())
      if (!hasKnownSizes(type)) {
        op->emitOpError("expected a result of known sizes, but got ") << type;
        return WalkResult::interrupt();
      }
    return WalkResult::advance();
  });
  return failure(walked.wasInterrupted());
}

SmallVector<GroupOp> findGroups(Operation *root, Target target) {
  SmallVector<GroupOp> groups;
  root->walk([&](GroupOp group) {
    if (group.getTarget() == getTargetName(target))
      groups.push_back(group);
  });
  return groups;
}

KernelOp createKernelDeclaration(GroupOp group, StringRef symbol, Target target, StringRef family,
                                 int64_t scratchBytes) {
  OpBuilder b(group.getContext());
  b.setInsertionPoint(group->getParentOfType<func::FuncOp>());
  SmallVector<int8_t> access(group.getNumOperands(), 1);
  access.append(group.getNumResults(), 2);
  auto kernel = KernelOp::create(b, group.getLoc(), symbol, access, kernelDims(group).size(), scratchBytes,
                                 readableKernelName(group, target, family), StringAttr());
  if (target != Target::Cpu)
    kernel.setTarget(getTargetName(target));
  return kernel;
}

void replaceByLaunch(GroupOp group, StringRef symbol, ArrayRef<AffineExpr> tiles, int64_t grain, AffineExpr flops) {
  OpBuilder b(group);
  auto launch = LaunchOp::create(b, group.getLoc(), group.getResultTypes(), symbol, group.getInputs(),
                                 DimsAttr::get(b.getContext(), kernelDims(group)),
                                 DimsAttr::get(b.getContext(), tiles), grain,
                                 flops ? DimsAttr::get(b.getContext(), {flops}) : DimsAttr(), group.getStage(),
                                 group.getCostNs());
  group.replaceAllUsesWith(launch.getOutputs());
  group.erase();
}

void printRefusals(ArrayRef<RefusedFamily> refusals, raw_ostream &os) {
  for (const RefusedFamily &refused : refusals)
    os << "  not " << refused.name << ": " << refused.whyNot << "\n";
}

void explainKernels(ModuleOp module, raw_ostream &os) {
  for (auto kernel : module.getOps<KernelOp>())
    os << "kernel " << kernel.getSymName() << " (" << kernel.getName()
       << "): " << kernel.getWhy().value_or("\n");
}

} // namespace dsc
