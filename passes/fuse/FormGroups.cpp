// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// dsc-form-groups: applies the plan of fusion. Leaves groups, weights, views, `dsc.read_dim` and the return.

#include "passes/ConstantPool.h"
#include "passes/Passes.h"
#include "passes/fuse/FusionPlan.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace dsc {
#define GEN_PASS_DEF_FORMGROUPSPASS
#include "passes/Passes.h.inc"

namespace {

/// Kernels hold numbers that are the same everywhere, and integers, which often are sizes; contractions read operands
/// from memory only.
bool mustBecomeWeight(ConstantOp constant) {
  ElementsAttr value = constant.getValue();
  if (getByteSize(value) > ConstantPool::maxInlineBytes)
    return true;
  if (isa<FloatType>(value.getElementType()) && !value.isSplat())
    return true;
  return llvm::any_of(constant->getUses(), [](OpOperand &use) {
    Operation *user = use.getOwner();
    // Scales differ from layer to layer, and equal layers should share a kernel.
    bool isParameter = isa<QuantizeOp, DequantizeOp>(user) && use.getOperandNumber() > 0;
    return isParameter || staysOutside(user) || isAnchor(user);
  });
}

/// Makes a weight of each constant that cannot be copied into groups.
void outlineConstants(func::FuncOp function, ConstantPool &pool) {
  SmallVector<ConstantOp> constants(function.getOps<ConstantOp>());
  for (ConstantOp constant : constants) {
    if (!mustBecomeWeight(constant))
      continue;
    OpBuilder builder(constant);
    Value weight = pool.createWeight(builder, constant.getLoc(), constant.getValue(), "constant");
    constant.getOutput().replaceAllUsesWith(weight);
    constant.erase();
  }
}

/// Result types tell all sizes, so views and expands need no shape operand. What only made shapes is erased.
void eraseShapeArithmetic(Block &block) {
  for (Operation &op : block) {
    if (auto reshape = dyn_cast<ReshapeOp>(op); reshape && reshape.getShape())
      reshape.getShapeMutable().clear();
    else if (auto expand = dyn_cast<ExpandOp>(op); expand && expand.getShape())
      expand.getShapeMutable().clear();
  }
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
    if (isOpTriviallyDead(&op))
      op.erase();
}

class GroupBuilder {
public:
  GroupBuilder(const PlannedGroup &plan, Operation *before) : plan(plan), builder(before) {}

  GroupOp build() {
    for (Operation *op : plan.ops)
      members.insert(op);
    collectInputs();
    collectOutputs();
    auto group = GroupOp::create(builder, getLoc(), TypeRange(ValueRange(outputs.getArrayRef())),
                                 inputs.getArrayRef(), plan.kind);
    Block &block = group.getBody().emplaceBlock();
    for (Value input : inputs)
      block.addArgument(input.getType(), input.getLoc());
    fillBody(group);
    for (auto [output, result] : llvm::zip_equal(outputs.takeVector(), group.getOutputs()))
      Value(output).replaceUsesWithIf(result, [&](OpOperand &use) { return !members.contains(use.getOwner()); });
    return group;
  }

private:
  bool isInput(Value operand) const {
    Operation *producer = operand.getDefiningOp();
    return !producer || (!members.contains(producer) && !isCopiedIntoGroups(producer));
  }

  void collectInputs() {
    for (Operation *op : plan.ops)
      for (Value operand : op->getOperands())
        if (isInput(operand))
          inputs.insert(operand);
  }

  void collectOutputs() {
    for (Operation *op : plan.ops)
      for (Value result : op->getResults())
        if (llvm::any_of(result.getUsers(), [&](Operation *user) { return !members.contains(user); }))
          outputs.insert(result);
  }

  /// The anchor's location first: it names the kernel.
  Location getLoc() const {
    llvm::SmallSetVector<Location, 4> locs;
    locs.insert(plan.anchor->getLoc());
    for (Operation *op : plan.ops)
      locs.insert(op->getLoc());
    return FusedLoc::get(builder.getContext(), locs.getArrayRef());
  }

  void fillBody(GroupOp group) {
    IRMapping mapping;
    mapping.map(inputs.getArrayRef(), group.getBlock()->getArguments());
    OpBuilder body = OpBuilder::atBlockEnd(group.getBlock());
    for (Operation *op : plan.ops) {
      for (Value operand : op->getOperands())
        if (!mapping.contains(operand))
          body.clone(*operand.getDefiningOp(), mapping);
      body.clone(*op, mapping);
    }
    SmallVector<Value> yielded;
    for (Value output : outputs)
      yielded.push_back(mapping.lookup(output));
    YieldOp::create(body, group.getLoc(), yielded);
  }

  const PlannedGroup &plan;
  OpBuilder builder;
  SmallPtrSet<Operation *, 8> members;
  SetVector<Value> inputs, outputs;
};

struct FormGroupsPass : impl::FormGroupsPassBase<FormGroupsPass> {
  using FormGroupsPassBase::FormGroupsPassBase;

  void runOnOperation() override {
    ConstantPool pool(getOperation());
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      if (function.isExternal())
        continue;
      Block &block = function.getBody().front();
      eraseShapeArithmetic(block);
      outlineConstants(function, pool);
      applyPlan(planFusion(block, fuse), block);
    }
  }

  void applyPlan(const FusionPlan &plan, Block &block) {
    Operation *end = block.getTerminator();
    SmallVector<Operation *> replaced;
    for (const PlannedGroup &group : plan.groups) {
      if (group.anchor == end)
        continue;
      if (group.outside) {
        group.anchor->moveBefore(end);
        continue;
      }
      GroupBuilder(group, end).build();
      ++numGroups;
      numFused += group.ops.size() - 1;
      llvm::append_range(replaced, group.ops);
    }
    // Members still use each other, and constants have uses in members only.
    for (Operation *op : replaced)
      op->dropAllUses();
    for (Operation *op : replaced)
      op->erase();
    for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
      if (isOpTriviallyDead(&op))
        op.erase();
  }
};

} // namespace
} // namespace dsc
