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

/// What a core does in a nanosecond: f32 multiply-adds at the peak, bytes of weights (from memory or the last cache) and
/// of tensors (from a nearer one, as a rule).
constexpr double peakMultiplyAdds = 59, weightBytes = 20, tensorBytes = 24;
/// A launch, and a region of threads.
constexpr double launchNs = 300;
/// Elements per nanosecond: of arithmetic and of polynomials in vectors of 16 lanes, of loops without vectors, and of
/// interpolation.
constexpr double simpleElements = 16, polynomialElements = 2.5, scalarElements = 0.6, resizedElements = 0.06;

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
double getEfficiency(Operation *product) {
  // Few channels to a group leave lanes or the register tile unused.
  auto conv = dyn_cast<ConvOp>(product);
  auto qconv = dyn_cast<QConvOp>(product);
  if (conv || qconv)
    return (conv ? conv.getGroup() : qconv.getGroup()) > 1 ? 0.35 : 0.95;
  if (isa<ConvTransposeOp>(product))
    return 0.05;
  return isa<AttentionOp>(product) ? 0.6 : 0.88;
}

/// Elements per nanosecond of an op outside products.
double getElementRate(Operation *op, GroupKind kind, const CpuLevel &level) {
  if (isa<ResizeOp>(op))
    return resizedElements;
  double lanes = level.lanes / 16.0;
  if (isa<ExpOp, LogOp, TanhOp, ErfOp, SigmoidOp, GeluOp, SoftmaxOp, SinOp, CosOp>(op))
    return polynomialElements * lanes;
  if (kind == GroupKind::Opaque && !isa<GatherOp, MaxPoolOp, AveragePoolOp>(op))
    return scalarElements;
  bool isFloat = isa<FloatType>(getElementTypeOrSelf(op->getResult(0).getType()));
  return simpleElements * lanes * (isFloat ? 1 : 0.5);
}

/// What a group does once per element. A reduction works on what it reads, a gather on what it writes.
double getElementNs(GroupOp group, const CpuLevel &level, const TypicalSizes &sizes) {
  double ns = 0;
  for (Operation &op : group.getBlock()->without_terminator()) {
    if (isa<ConstantOp>(op) || isAnchor(&op) || isView(&op))
      continue;
    int64_t elements = 0;
    for (Value result : op.getResults())
      elements = std::max(elements, sizes.getElements(result));
    for (Value operand : isa<GatherOp>(op) ? ValueRange() : ValueRange(op.getOperands()))
      elements = std::max(elements, sizes.getElements(operand));
    ns += double(elements) / getElementRate(&op, group.getKind(), level);
  }
  return ns;
}

/// Reading operands and writing results. What is no product reads of a table only what it needs.
double getMemoryNs(GroupOp group, bool hasProduct, const TypicalSizes &sizes) {
  double written = 0, weights = 0, read = 0;
  for (Value output : group.getOutputs())
    written += double(sizes.getBytes(output));
  for (Value input : group.getInputs()) {
    double bytes = double(sizes.getBytes(input));
    if (!getViewRoot(input).getDefiningOp<WeightOp>())
      read += bytes;
    else
      weights += hasProduct ? bytes : std::min(bytes, written);
  }
  return std::max(weights / weightBytes, (read + written) / tensorBytes);
}

} // namespace

int64_t predictCpuNs(GroupOp group, const CpuLevel &level, const TypicalSizes &sizes) {
  double productNs = 0;
  forEachProduct(group, [&](Operation *product, AffineExpr multiplyAdds) {
    Type type = getElementTypeOrSelf(product->getOperand(0).getType());
    productNs += double(sizes.get(multiplyAdds)) / (peakMultiplyAdds * getTypeRate(type, level) * getEfficiency(product));
  });
  double ns = std::max(productNs, getMemoryNs(group, productNs > 0, sizes)) + getElementNs(group, level, sizes) + launchNs;
  return int64_t(std::min(ns, double(schema::CutTable::maxTimeNs)));
}

} // namespace dsc
