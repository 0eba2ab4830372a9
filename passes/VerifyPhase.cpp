// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// dsc-verify-phase: fails at every operation, type or group that breaks what the phase before it promised.

#include "passes/Passes.h"

#include "dialects/dsc/DscRoles.h"
#include "dialects/dsc/SizeLimit.h"
#include "runtime/schema/PlanFile.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
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

/// What every later phase and the plan's format need to know of a tensor.
LogicalResult verifySizes(Type type, StringRef phase, function_ref<InFlightDiagnostic()> emitError) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor)
    return success();
  if (!hasSymbolicDims(type))
    return emitError() << "expected an expression for every dynamic dimension after phase '" << phase << "', but got "
                       << type;
  if (tensor.getRank() > schema::maxRank)
    return emitError() << "expected at most " << schema::maxRank << " dimensions after phase '" << phase
                       << "', but got " << type;
  if (hasTooManyElements(getDims(tensor)))
    return emitError() << "expected at most 2^48 elements after phase '" << phase << "', but got " << type;
  return success();
}

LogicalResult verifySymbolicDims(Operation *op, StringRef phase) {
  for (Type type : op->getResultTypes())
    if (failed(verifySizes(type, phase, [&] { return op->emitOpError(); })))
      return failure();
  for (Region &region : op->getRegions())
    for (Block &block : region)
      for (BlockArgument argument : block.getArguments())
        if (failed(verifySizes(argument.getType(), phase, [&] { return emitError(argument.getLoc()); })))
          return failure();
  return success();
}

bool mayLieOutsideGroups(Operation *op) {
  return isa<GroupOp, WeightOp, ReadDimOp, func::ReturnOp>(op) || isView(op);
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
