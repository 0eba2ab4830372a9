// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// dsc-insert-observers: makes what calibration has to see results of the function.

#include "passes/Passes.h"
#include "passes/quantize/Observers.h"

using namespace mlir;

namespace dsc {
#define GEN_PASS_DEF_INSERTOBSERVERSPASS
#include "passes/Passes.h.inc"

llvm::MapVector<Value, SmallVector<Operation *>> findObserved(func::FuncOp function, const ConstantPool &pool) {
  llvm::MapVector<Value, SmallVector<Operation *>> observed;
  for (Operation &op : function.getBody().front()) {
    bool isStatic = getLayerFormat(&op).isInt8 && getLayerFormat(&op).activation == Activation::Static;
    OpOperand *weight = isStatic ? getWeightOperand(&op, pool) : nullptr;
    if (weight)
      observed[getActivationOperand(*weight)->get()].push_back(&op);
  }
  return observed;
}

void showValues(func::FuncOp function, ArrayRef<Value> values, bool keepsResults) {
  Operation *end = function.getBody().front().getTerminator();
  Builder b(function.getContext());
  SmallVector<DictionaryAttr> attributes;
  if (keepsResults)
    function.getAllResultAttrs(attributes);
  else
    end->setOperands({});
  end->insertOperands(end->getNumOperands(), values);
  for (size_t i = 0; i < values.size(); ++i) {
    auto name = b.getStringAttr("dsc.observed." + std::to_string(i));
    attributes.push_back(b.getDictionaryAttr({b.getNamedAttr("dsc.name", name)}));
  }
  function.setFunctionType(b.getFunctionType(function.getArgumentTypes(), end->getOperandTypes()));
  function.setAllResultAttrs(attributes);
}

namespace {

struct InsertObserversPass : impl::InsertObserversPassBase<InsertObserversPass> {
  using InsertObserversPassBase::InsertObserversPassBase;

  void runOnOperation() override {
    ConstantPool pool(getOperation());
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (!function.isExternal())
        observe(function, pool);
  }

  void observe(func::FuncOp function, const ConstantPool &pool) {
    SmallVector<Value> shown;
    for (auto &[value, layers] : findObserved(function, pool))
      shown.push_back(value);
    showValues(function, shown, /*keepsResults=*/true);
    numObserved += shown.size();
  }
};

} // namespace
} // namespace dsc
