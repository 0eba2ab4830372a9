// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// dsc-verify-phase: fails at every operation, type or group that breaks what the phase before it promised.

#include "passes/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "passes/KnownSizes.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;

namespace dsc {
#define GEN_PASS_DEF_VERIFYPHASEPASS
#include "passes/Passes.h.inc"

namespace {

/// The names that may remain: exact ones, and whole dialects.
class AllowedNames {
public:
  explicit AllowedNames(ArrayRef<std::string> entries) {
    for (StringRef entry : entries)
      if (entry.consume_back(".*"))
        dialects.insert(entry);
      else
        names.insert(entry);
  }
  bool contains(OperationName name) const {
    return names.contains(name.getStringRef()) || dialects.contains(name.getDialectNamespace());
  }

private:
  llvm::StringSet<> names, dialects;
};

/// Whether every `?` of the tensor has an expression.
bool hasSymbolicDims(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return !tensor || tensor.hasStaticShape() || isa_and_nonnull<DimsAttr>(tensor.getEncoding());
}

/// The types of the results and of the block arguments of an op's regions.
SmallVector<Type> typesMadeBy(Operation *op) {
  SmallVector<Type> types(op->getResultTypes());
  for (Region &region : op->getRegions())
    for (Block &block : region)
      llvm::append_range(types, block.getArgumentTypes());
  return types;
}

LogicalResult verifySymbolicDims(Operation *op, StringRef phase) {
  for (Type type : typesMadeBy(op)) {
    if (!hasSymbolicDims(type))
      return op->emitOpError() << "expected an expression for every dynamic dimension after phase '" << phase
                               << "', but got " << type;
    if (!hasKnownSizes(type))
      return op->emitOpError() << "expected a number of elements that 64 bits hold after phase '" << phase
                               << "', but got " << type;
  }
  return success();
}

bool mayLieOutsideGroups(Operation *op) {
  if (isa<GroupOp, WeightOp, ReadDimOp, func::ReturnOp>(op))
    return true;
  auto fusible = dyn_cast<FusibleOpInterface>(op);
  return fusible && fusible.getFusionRole() == FusionRole::View;
}

LogicalResult verifyGrouped(Operation *op, StringRef phase) {
  if (!isa<func::FuncOp>(op->getParentOp()) || mayLieOutsideGroups(op))
    return success();
  return op->emitOpError() << "expected to be in a group after phase '" << phase << "'";
}

LogicalResult verifyTargeted(Operation *op, StringRef phase) {
  auto group = dyn_cast<GroupOp>(op);
  if (!group || (!group.getTarget().empty() && group.getStageAttr().getInt() >= 0))
    return success();
  return op->emitOpError() << "expected a target and a stage after phase '" << phase << "', but got '"
                           << group.getTarget() << "' and " << group.getStageAttr().getInt();
}

struct VerifyPhasePass : impl::VerifyPhasePassBase<VerifyPhasePass> {
  using VerifyPhasePassBase::VerifyPhasePassBase;

  void runOnOperation() override {
    AllowedNames allowed(llvm::to_vector(mayRemain));
    bool failedAny = false;
    getOperation().walk([&](Operation *op) {
      ++numOps;
      if (isa<ModuleOp>(op))
        return;
      if (!allowed.contains(op->getName())) {
        op->emitOpError() << "may not remain after phase '" << phase << "'";
        failedAny = true;
        return;
      }
      failedAny |= (symbolicDims && failed(verifySymbolicDims(op, phase))) ||
                   (grouped && failed(verifyGrouped(op, phase))) ||
                   (targeted && failed(verifyTargeted(op, phase)));
    });
    if (failedAny)
      signalPassFailure();
  }
};

} // namespace
} // namespace dsc
