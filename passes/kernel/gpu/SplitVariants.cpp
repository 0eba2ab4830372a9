// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One function per target, so that a plan can hold the same model for each.

#include "passes/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;

namespace dsc {
#define GEN_PASS_DEF_SPLITVARIANTSPASS
#include "passes/Passes.h.inc"

namespace {

struct SplitVariantsPass : impl::SplitVariantsPassBase<SplitVariantsPass> {
  using SplitVariantsPassBase::SplitVariantsPassBase;

  void runOnOperation() override {
    for (auto function : llvm::to_vector(getOperation().getOps<func::FuncOp>())) {
      func::FuncOp last = function;
      for (const std::string &target : ArrayRef(&*targets.begin(), targets.size()).drop_front()) {
        func::FuncOp copy = function.clone();
        copy.setSymName((function.getSymName() + "." + target).str());
        getOperation().insert(std::next(Block::iterator(last)), copy);
        assign(copy, target);
        last = copy;
      }
      assign(function, targets.front());
    }
  }

  void assign(func::FuncOp function, StringRef target) {
    function->setAttr("dsc.variant", StringAttr::get(&getContext(), target));
    function.walk([&](GroupOp group) { group.setTarget(target); });
  }
};

} // namespace
} // namespace dsc
