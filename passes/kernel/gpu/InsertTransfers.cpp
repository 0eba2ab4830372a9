// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Follows every value to the memory that it is in, and makes copies where a reader is elsewhere.

#include "passes/Passes.h"

#include "dialects/dsc/DscRoles.h"
#include "dialects/dsc/DscTarget.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;

namespace dsc {
#define GEN_PASS_DEF_INSERTTRANSFERSPASS
#include "passes/Passes.h.inc"

namespace {

struct InsertTransfersPass : impl::InsertTransfersPassBase<InsertTransfersPass> {
  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      copies.clear();
      for (Operation &op : llvm::make_early_inc_range(function.getBody().front()))
        if (auto group = dyn_cast<GroupOp>(op))
          moveOperands(group, group.getTarget());
        else if (isa<ReadDimOp, func::ReturnOp>(op))
          moveOperands(&op, getTargetName(Target::Cpu));
    }
  }

  /// Where a value's memory is; empty where it is everywhere.
  static StringRef placeOf(Value value) {
    Operation *op = getViewRoot(value).getDefiningOp();
    if (isa_and_nonnull<WeightOp, ConstantOp>(op))
      return "";
    auto group = dyn_cast_or_null<GroupOp>(op);
    return group ? group.getTarget() : getTargetName(Target::Cpu);
  }

  void moveOperands(Operation *reader, StringRef target) {
    for (OpOperand &operand : reader->getOpOperands()) {
      StringRef place = placeOf(operand.get());
      if (place.empty() || place == target)
        continue;
      Value &copy = copies[{operand.get(), target}];
      if (!copy) {
        OpBuilder b(reader);
        copy = TransferOp::create(b, operand.get().getLoc(), operand.get().getType(), operand.get(), target);
        ++numTransfers;
      }
      operand.set(copy);
    }
  }

  DenseMap<std::pair<Value, StringRef>, Value> copies;
};

} // namespace
} // namespace dsc
