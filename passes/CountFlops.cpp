// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Counts multiplications and additions from the shapes of contractions.

#include "passes/CountFlops.h"

#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace dsc {

namespace {

AffineExpr elementsOf(Value tensor) { return productOfDims(getDims(tensor), tensor.getContext()); }

/// The elements of a weight per element of its first dimension: channels of a group times taps.
AffineExpr elementsPerRow(Value weight) {
  return productOfDims(ArrayRef(getDims(weight)).drop_front(), weight.getContext());
}

template <class Product> AffineExpr multiplyAddsOfProduct(Product op) {
  Dims lhs = getDims(op.getLhs());
  return mulDims(elementsOf(op.getOutput()), op.getTransposeLhs() ? lhs[lhs.size() - 2] : lhs.back());
}

AffineExpr multiplyAdds(MatmulOp op) { return multiplyAddsOfProduct(op); }
AffineExpr multiplyAdds(QMatmulOp op) { return multiplyAddsOfProduct(op); }

template <class Conv> AffineExpr multiplyAddsOfConv(Conv op) {
  AffineExpr perOutput;
  if (std::optional<PanelsAttr> packing = op.getWeightPacking()) {
    perOutput = getAffineConstantExpr(packing->getK(), op.getContext());
    for (int64_t tap : packing->getTaps())
      perOutput = mulDims(perOutput, getAffineConstantExpr(tap, op.getContext()));
  } else {
    perOutput = elementsPerRow(op.getWeight());
  }
  return mulDims(elementsOf(op.getOutput()), perOutput);
}

AffineExpr multiplyAdds(ConvOp op) { return multiplyAddsOfConv(op); }
AffineExpr multiplyAdds(QConvOp op) { return multiplyAddsOfConv(op); }

AffineExpr multiplyAdds(ConvTransposeOp op) {
  return mulDims(elementsOf(op.getInput()), elementsPerRow(op.getWeight()));
}

/// Every query meets every key, and every weight every value; a causal mask is not taken into account.
AffineExpr multiplyAdds(AttentionOp op) {
  AffineExpr keys = getDims(op.getKey())[op.getLayout() == HeadLayout::Bhsd ? 2 : 1];
  return mulDims(keys, addDims(elementsOf(op.getQuery()), elementsOf(op.getOutput())));
}

} // namespace

void forEachProduct(GroupOp group, llvm::function_ref<void(Operation *, AffineExpr)> visit) {
  for (Operation &op : group.getBlock()->without_terminator())
    llvm::TypeSwitch<Operation *>(&op).Case<MatmulOp, ConvOp, QMatmulOp, QConvOp, ConvTransposeOp, AttentionOp>(
        [&](auto product) { visit(product, multiplyAdds(product)); });
}

AffineExpr countFlops(GroupOp group) {
  AffineExpr sum = getAffineConstantExpr(0, group.getContext());
  AffineExpr two = getAffineConstantExpr(2, group.getContext());
  bool isCounted = false;
  forEachProduct(group, [&](Operation *product, AffineExpr multiplyAdds) {
    if (!isa<FloatType>(getElementTypeOrSelf(product->getResult(0).getType())))
      return;
    isCounted = true;
    sum = addDims(sum, mulDims(two, multiplyAdds));
  });
  return isCounted ? sum : AffineExpr();
}

} // namespace dsc
