// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The cost model of the CPU and all its constants.

#include "passes/partition/CpuCost.h"

#include "dialects/dsc/DscRoles.h"
#include "passes/CountFlops.h"
#include "runtime/schema/CutTable.h"

#include "mlir/IR/TypeUtilities.h"

using namespace mlir;

namespace dsc {
namespace {

/// What a core does in a nanosecond: f32 multiply-adds at the peak, bytes of weights (they come from memory) and of
/// tensors (from a cache, as a rule).
constexpr double peakMultiplyAdds = 59, weightBytes = 11, tensorBytes = 24;
/// A launch, and a region of threads.
constexpr double launchNs = 300;
/// Elements per nanosecond and vector of 16 lanes, of arithmetic, of polynomials, and of loops without vectors.
constexpr double simpleElements = 16, polynomialElements = 2.5, scalarElements = 0.6;

/// Multiply-adds in the time of one in f32.
double getTypeRate(Type type, const CpuLevel &level) {
  if (type.isF64())
    return 0.5;
  if (type.isBF16())
    return level.bf16 ? 2 : 1;
  if (type.isInteger(8))
    return level.vnni ? 3.5 : 1.6;
  return isa<FloatType>(type) ? 1 : 0.25;
}

/// The part of the peak that the kernel of a product reaches.
double getEfficiency(Operation *product, const TypicalSizes &sizes) {
  if (auto conv = dyn_cast<ConvOp>(product)) {
    // With few channels to a group the lanes are what is short, and with few inputs the register tile.
    if (conv.getGroup() > 1)
      return 0.12;
    return 0.85;
  }
  if (isa<ConvTransposeOp>(product))
    return 0.05;
  return isa<AttentionOp>(product) ? 0.6 : 0.88;
}

/// What an op costs for every element of its result, as elements per nanosecond.
double getElementRate(Operation *op) {
  if (isa<ExpOp, LogOp, TanhOp, ErfOp, SigmoidOp, GeluOp, SoftmaxOp, SinOp, CosOp>(op))
    return polynomialElements;
  if (isa<FloatType>(getElementTypeOrSelf(op->getResult(0).getType())))
    return simpleElements;
  return simpleElements / 2;
}

} // namespace

int64_t predictCpuNs(GroupOp group, const CpuLevel &level, const TypicalSizes &sizes) {
  double productNs = 0, elementNs = 0, cold = 0, hot = 0;
  forEachProduct(group, [&](Operation *product, AffineExpr multiplyAdds) {
    Type type = getElementTypeOrSelf(product->getOperand(0).getType());
    productNs += double(sizes.get(multiplyAdds)) /
                 (peakMultiplyAdds * getTypeRate(type, level) * getEfficiency(product, sizes));
  });
  double laneShare = level.lanes / 16.0;
  for (Operation &op : group.getBlock()->without_terminator()) {
    if (isa<ConstantOp>(op) || isAnchor(&op) || isView(&op))
      continue;
    double rate = group.getKind() == GroupKind::Opaque ? scalarElements : getElementRate(&op) * laneShare;
    // A reduction works on what it reads.
    int64_t elements = 0;
    for (Value value : llvm::concat<Value>(SmallVector<Value>(op.getResults()), SmallVector<Value>(op.getOperands())))
      elements = std::max(elements, sizes.getElements(value));
    elementNs += double(elements) / rate;
  }
  for (Value input : group.getInputs())
    (getViewRoot(input).getDefiningOp<WeightOp>() ? cold : hot) += double(sizes.getBytes(input));
  for (Value output : group.getOutputs())
    hot += double(sizes.getBytes(output));
  double ns = std::max({productNs, cold / weightBytes, hot / tensorBytes}) + elementNs + launchNs;
  return int64_t(std::min(ns, double(schema::CutTable::maxTimeNs)));
}

} // namespace dsc
