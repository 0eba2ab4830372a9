// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Matching of matrix products: operands, batch broadcasting, packing and the elementwise tail.

#include "passes/kernel/cpu/Contraction.h"

#include "mlir/IR/TypeUtilities.h"

using namespace mlir;

namespace dsc {

int64_t sizeOrDynamic(AffineExpr dim) { return getConstantDim(dim).value_or(-1); }

static ResultParameters makeParameters(const std::optional<QuantizedOperands> &quantized, std::optional<unsigned> bias) {
  if (!quantized)
    return {std::nullopt, std::nullopt, bias};
  return {quantized->lhsScale, quantized->rhsScale, bias};
}

GemmShape GemmSpec::shape() const {
  return {sizeOrDynamic(m), sizeOrDynamic(n), sizeOrDynamic(k), hasBytes() ? 1 : 4, quantized ? 1 : 4};
}

ResultParameters GemmSpec::parameters() const { return makeParameters(quantized, bias); }

const char *whyNotCpuTypes(Value lhs, Value rhs, Value result, std::optional<PanelsAttr> panels) {
  Type left = getElementTypeOrSelf(lhs.getType()), right = getElementTypeOrSelf(rhs.getType());
  Type element = getElementTypeOrSelf(result.getType());
  int64_t kp = left.getIntOrFloatBitWidth() == 8 ? 4 : 1;
  if (left.isF32() ? !element.isF32() : kp != 4 || (!element.isF32() && !element.isInteger(32)))
    return "the element types are neither f32 nor bytes with f32 or i32 results";
  if (left != right && (panels ? !right.isSignlessInteger(8) : left.isF32()))
    return "the weights are neither of the left operand's type nor packed signed bytes";
  if (panels && (panels->getNr() != panelColumns || panels->getKp() != kp))
    return "the packing is not the one of the element types";
  return nullptr;
}

namespace {
/// The batch sizes of an operand with ones in front, so that they align with `rank` result dimensions; failure where
/// a size neither matches the result's nor is 1.
FailureOr<Dims> alignBatch(ArrayRef<AffineExpr> dims, ArrayRef<AffineExpr> target, MLIRContext *context) {
  Dims aligned(target.size() - dims.size(), getAffineConstantExpr(1, context));
  aligned.append(dims.begin(), dims.end());
  for (auto [dim, to] : llvm::zip(aligned, target))
    if (dim != to && getConstantDim(dim) != 1)
      return failure();
  return aligned;
}

std::optional<unsigned> operandNumber(Value value) {
  if (!value)
    return std::nullopt;
  return cast<BlockArgument>(value).getArgNumber();
}

QuantizedOperands quantizedOperands(Value lhs, Value lhsScale, Value lhsZero, Value rhs, Value rhsScale, Value rhsZero) {
  Type element = getElementTypeOrSelf(lhs.getType());
  return {isa<FloatType>(element), element.isSignlessInteger(), getElementTypeOrSelf(rhs.getType()).isSignlessInteger(),
          operandNumber(lhsScale), operandNumber(lhsZero), operandNumber(rhsScale), operandNumber(rhsZero)};
}

/// The batch sizes of B as it lies in memory.
template <class Op> Dims rhsBatchDims(Op op, const GemmSpec &spec) {
  Dims dims = getDims(op.getRhs());
  int64_t panelRank = spec.packed && op.getRhsPacking()->getKp() > 1 ? 4 : 3;
  dims.truncate(dims.size() - (spec.hasBytes() || !spec.packed ? 2 : panelRank));
  return dims;
}

template <class Op> const char *whyNotGemm(Op op, WhyNotTypes whyNotTypes) {
  auto lhs = cast<RankedTensorType>(op.getLhs().getType());
  auto rhs = cast<RankedTensorType>(op.getRhs().getType());
  if (lhs.getRank() < 2 || rhs.getRank() < 2)
    return "an operand is a vector";
  if (op.getTransposeLhs())
    return "the left operand is transposed";
  if (op.getRhsOffset().value_or(0) % panelColumns != 0)
    return "the columns do not start at a panel";
  return whyNotTypes(op.getLhs(), op.getRhs(), op.getOutput(), op.getRhsPacking());
}

/// Parameters of rows are addressed by the row's number, so they must not stretch.
template <class Op> bool hasPlainRows(Op op) {
  Dims rows = getDims(op.getOutput());
  rows.back() = getAffineConstantExpr(1, op.getContext());
  Value zeroPoint = op.getLhsZeroPoint();
  return !zeroPoint || getDims(zeroPoint) == rows ||
         llvm::all_of(getDims(zeroPoint), [](AffineExpr dim) { return getConstantDim(dim) == 1; });
}

/// Fills in sizes; false where batch sizes may broadcast at run time.
template <class Op> bool fillSizes(Op op, GemmSpec &spec) {
  MLIRContext *context = op.getContext();
  Dims result = getDims(op.getOutput()), lhs = getDims(op.getLhs());
  spec.n = result.pop_back_val();
  spec.m = result.pop_back_val();
  spec.k = lhs.pop_back_val();
  lhs.pop_back();
  Dims rhs = rhsBatchDims(op, spec);
  bool sameLhs = lhs == result;
  bool plainRhs = llvm::all_of(rhs, [](AffineExpr dim) { return getConstantDim(dim) == 1; });
  if (plainRhs && sameLhs) {
    spec.m = mulDims(productOfDims(result, context), spec.m);
    return true;
  }
  FailureOr<Dims> lhsBatch = alignBatch(lhs, result, context);
  FailureOr<Dims> rhsBatch = alignBatch(rhs, result, context);
  if (failed(lhsBatch) || failed(rhsBatch))
    return false;
  spec.batch = result;
  spec.lhsBatch = *lhsBatch;
  spec.rhsBatch = *rhsBatch;
  return true;
}

template <class Op>
FailureOr<GemmSpec> matchProduct(GroupOp group, Op op, std::string &whyNot, WhyNotTypes whyNotTypes) {
  if (!op)
    return failure();
  if (const char *reason = whyNotGemm(op, whyNotTypes)) {
    whyNot = reason;
    return failure();
  }
  FailureOr<EpilogueSpec> epilogue = EpilogueSpec::match(group, op, whyNot);
  if (failed(epilogue))
    return failure();
  GemmSpec spec{*epilogue, *operandNumber(op.getLhs()), *operandNumber(op.getRhs()), {}, {}, {}, {}, {}, {},
                op.getRhsPacking().has_value(), op.getTransposeRhs() && !op.getRhsPacking(),
                static_cast<int64_t>(op.getRhsOffset().value_or(0)) / panelColumns, std::nullopt, std::nullopt};
  if constexpr (std::is_same_v<Op, QMatmulOp>) {
    if (!hasPlainRows(op)) {
      whyNot = "zero points of rows stretch over a batch";
      return failure();
    }
    spec.bias = operandNumber(op.getBias());
    spec.quantized = quantizedOperands(op.getLhs(), op.getLhsScale(), op.getLhsZeroPoint(), op.getRhs(), op.getRhsScale(),
                                       op.getRhsZeroPoint());
  }
  if (!fillSizes(op, spec)) {
    whyNot = "batch sizes that may broadcast at run time";
    return failure();
  }
  return spec;
}

/// Whether the group has an anchor of the type.
template <class Op> bool hasAnchor(GroupOp group) {
  return llvm::any_of(group.getBlock()->getOperations(), [](Operation &op) { return isa<Op>(op); });
}
} // namespace

FailureOr<GemmSpec> matchGemm(GroupOp group, std::string &whyNot, WhyNotTypes whyNotTypes) {
  if (hasAnchor<QMatmulOp>(group))
    return matchProduct(group, findAnchor<QMatmulOp>(group, whyNot), whyNot, whyNotTypes);
  return matchProduct(group, findAnchor<MatmulOp>(group, whyNot), whyNot, whyNotTypes);
}

ConvShape ConvSpec::shape() const {
  return {sizeOrDynamic(outHeight), sizeOrDynamic(outWidth), channels, outputs, kernel[0], kernel[1], quantized ? 1 : 4};
}

ResultParameters ConvSpec::parameters() const { return makeParameters(quantized, bias); }

namespace {
template <class Op> const char *whyNotConv(Op op, WhyNotTypes whyNotTypes) {
  auto type = cast<RankedTensorType>(op.getInput().getType());
  auto packing = op.getWeightPacking();
  if (op.getLayout() != Layout::Nhwc || type.getRank() > 4)
    return "the layout is not NHWC with one or two spatial dimensions";
  if (type.isDynamicDim(type.getRank() - 1))
    return "the number of channels is not known";
  if (!packing)
    return "the weights are not packed";
  int64_t groups = op.getGroup();
  bool depthwise = packing->getGroups() == 1 && packing->getK() == 1 && packing->getN() == groups &&
                   type.getDimSize(type.getRank() - 1) == groups;
  if (groups != packing->getGroups() && !depthwise)
    return "the packing is neither the one of the groups nor depthwise";
  return whyNotTypes(op.getInput(), op.getWeight(), op.getOutput(), packing);
}

/// Spatial attributes as (vertical, horizontal); one spatial dimension has height 1.
template <class Op> void readSpatial(Op op, ConvSpec &spec) {
  auto packing = op.getWeightPacking();
  int rank = op.getStrides().size(), skip = 2 - rank;
  for (int d = 0; d < 2; ++d) {
    bool exists = d >= skip;
    int at = d - skip;
    spec.kernel[d] = exists ? packing->getTaps()[at] : 1;
    spec.stride[d] = exists ? op.getStrides()[at] : 1;
    spec.dilation[d] = exists ? op.getDilations()[at] : 1;
    spec.padBefore[d] = exists ? op.getPads()[at] : 0;
    spec.hasPadding[d] = exists && (op.getPads()[at] != 0 || op.getPads()[at + rank] != 0);
  }
  Dims in = getDims(op.getInput()), out = getDims(op.getOutput());
  AffineExpr one = getAffineConstantExpr(1, op.getContext());
  spec.batch = in[0];
  spec.inHeight = rank == 2 ? in[1] : one;
  spec.outHeight = rank == 2 ? out[1] : one;
  spec.inWidth = in[in.size() - 2];
  spec.outWidth = out[out.size() - 2];
}

template <class Op>
FailureOr<ConvSpec> matchConvolution(GroupOp group, Op op, std::string &whyNot, WhyNotTypes whyNotTypes) {
  if (!op)
    return failure();
  if (const char *reason = whyNotConv(op, whyNotTypes)) {
    whyNot = reason;
    return failure();
  }
  FailureOr<EpilogueSpec> epilogue = EpilogueSpec::match(group, op, whyNot);
  if (failed(epilogue))
    return failure();
  ConvSpec spec{};
  spec.epilogue = *epilogue;
  spec.input = *operandNumber(op.getInput());
  spec.weight = *operandNumber(op.getWeight());
  spec.bias = operandNumber(op.getBias());
  auto packing = op.getWeightPacking();
  spec.groups = packing->getGroups();
  spec.channels = packing->getK();
  spec.outputs = packing->getN();
  spec.depthwise = static_cast<int64_t>(op.getGroup()) != spec.groups;
  if constexpr (std::is_same_v<Op, QConvOp>)
    spec.quantized = quantizedOperands(op.getInput(), op.getInputScale(), op.getInputZeroPoint(), op.getWeight(), op.getWeightScale(),
                                       op.getWeightZeroPoint());
  readSpatial(op, spec);
  return spec;
}
} // namespace

FailureOr<ConvSpec> matchConv(GroupOp group, std::string &whyNot, WhyNotTypes whyNotTypes) {
  if (hasAnchor<QConvOp>(group))
    return matchConvolution(group, findAnchor<QConvOp>(group, whyNot), whyNot, whyNotTypes);
  return matchConvolution(group, findAnchor<ConvOp>(group, whyNot), whyNot, whyNotTypes);
}

std::optional<GemmSpec> asGemm(const ConvSpec &conv) {
  for (int d = 0; d < 2; ++d)
    if (conv.kernel[d] != 1 || conv.stride[d] != 1 || conv.hasPadding[d])
      return std::nullopt;
  if (conv.groups != 1 || conv.depthwise)
    return std::nullopt;
  MLIRContext *context = conv.epilogue.anchor->getContext();
  AffineExpr pixels = mulDims(mulDims(conv.batch, conv.outHeight), conv.outWidth);
  return GemmSpec{conv.epilogue, conv.input, conv.weight, {}, {}, {}, pixels,
                  getAffineConstantExpr(conv.outputs, context), getAffineConstantExpr(conv.channels, context),
                  true, false, 0, conv.bias, conv.quantized};
}

} // namespace dsc
