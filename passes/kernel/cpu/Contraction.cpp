// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Matching of matrix products: operands, batch broadcasting, packing and the elementwise tail.

#include "passes/kernel/cpu/Contraction.h"

using namespace mlir;

namespace dsc {

int64_t sizeOrDynamic(AffineExpr dim) { return getConstantDim(dim).value_or(-1); }

GemmShape GemmSpec::shape() const { return {sizeOrDynamic(m), sizeOrDynamic(n), sizeOrDynamic(k)}; }

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

/// The batch sizes of B as it lies in memory.
Dims rhsBatchDims(MatmulOp op, const GemmSpec &spec) {
  Dims dims = getDims(op.getRhs());
  dims.truncate(dims.size() - (spec.packed ? 3 : 2));
  return dims;
}

const char *whyNotGemm(MatmulOp op) {
  auto lhs = cast<RankedTensorType>(op.getLhs().getType());
  auto rhs = cast<RankedTensorType>(op.getRhs().getType());
  if (lhs.getRank() < 2 || rhs.getRank() < 2)
    return "an operand is a vector";
  if (op.getTransposeLhs())
    return "the left operand is transposed";
  if (auto packing = op.getRhsPacking()) {
    if (packing->getNr() != panelColumns || packing->getKp() != 1)
      return "the packing is not the one of f32 panels";
    if (op.getRhsOffset().value_or(0) % panelColumns != 0)
      return "the columns do not start at a panel";
  }
  return nullptr;
}
} // namespace

FailureOr<GemmSpec> matchProduct(GroupOp group, std::string &whyNot) {
  MatmulOp op = findAnchor<MatmulOp>(group, whyNot);
  if (!op)
    return failure();
  if (const char *reason = whyNotGemm(op)) {
    whyNot = reason;
    return failure();
  }
  FailureOr<EpilogueSpec> epilogue = EpilogueSpec::match(group, op, whyNot);
  if (failed(epilogue))
    return failure();
  GemmSpec spec{*epilogue, cast<BlockArgument>(op.getLhs()).getArgNumber(),
                cast<BlockArgument>(op.getRhs()).getArgNumber(), {}, {}, {}, {}, {}, {},
                op.getRhsPacking().has_value(), op.getTransposeRhs() && !op.getRhsPacking(),
                static_cast<int64_t>(op.getRhsOffset().value_or(0)) / panelColumns, std::nullopt};
  Dims result = getDims(op.getOutput()), lhs = getDims(op.getLhs());
  spec.n = result.pop_back_val();
  spec.m = result.pop_back_val();
  spec.k = lhs.pop_back_val();
  lhs.pop_back();
  Dims rhs = rhsBatchDims(op, spec);
  bool sameLhs = lhs == result;
  bool plainRhs = llvm::all_of(rhs, [](AffineExpr dim) { return getConstantDim(dim) == 1; });
  if (plainRhs && sameLhs) {
    spec.m = mulDims(productOfDims(result, group.getContext()), spec.m);
    return spec;
  }
  FailureOr<Dims> lhsBatch = alignBatch(lhs, result, group.getContext());
  FailureOr<Dims> rhsBatch = alignBatch(rhs, result, group.getContext());
  if (failed(lhsBatch) || failed(rhsBatch)) {
    whyNot = "batch sizes that may broadcast at run time";
    return failure();
  }
  spec.batch = result;
  spec.lhsBatch = *lhsBatch;
  spec.rhsBatch = *rhsBatch;
  return spec;
}

FailureOr<GemmSpec> matchGemm(GroupOp group, std::string &whyNot) {
  FailureOr<GemmSpec> spec = matchProduct(group, whyNot);
  if (failed(spec) || cast<RankedTensorType>(spec->epilogue.anchor->getOperand(0).getType()).getElementType().isF32())
    return spec;
  whyNot = "the element type is not f32";
  return failure();
}

ConvShape ConvSpec::shape() const {
  return {sizeOrDynamic(outHeight), sizeOrDynamic(outWidth), channels, outputs, kernel[0], kernel[1]};
}

namespace {
const char *whyNotConv(ConvOp op) {
  auto type = cast<RankedTensorType>(op.getInput().getType());
  auto packing = op.getWeightPacking();
  if (!type.getElementType().isF32())
    return "the element type is not f32";
  if (op.getLayout() != Layout::Nhwc || type.getRank() > 4)
    return "the layout is not NHWC with one or two spatial dimensions";
  if (type.isDynamicDim(type.getRank() - 1))
    return "the number of channels is not known";
  if (!packing || packing->getNr() != panelColumns || packing->getKp() != 1)
    return "the weights are not packed as f32 panels";
  int64_t groups = op.getGroup();
  bool depthwise = packing->getGroups() == 1 && packing->getK() == 1 && packing->getN() == groups &&
                   type.getDimSize(type.getRank() - 1) == groups;
  if (groups != packing->getGroups() && !depthwise)
    return "the packing is neither the one of the groups nor depthwise";
  return nullptr;
}

/// Spatial attributes as (vertical, horizontal); one spatial dimension has height 1.
void readSpatial(ConvOp op, ConvSpec &spec) {
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
} // namespace

FailureOr<ConvSpec> matchConv(GroupOp group, std::string &whyNot) {
  ConvOp op = findAnchor<ConvOp>(group, whyNot);
  if (!op)
    return failure();
  if (const char *reason = whyNotConv(op)) {
    whyNot = reason;
    return failure();
  }
  FailureOr<EpilogueSpec> epilogue = EpilogueSpec::match(group, op, whyNot);
  if (failed(epilogue))
    return failure();
  ConvSpec spec{};
  spec.epilogue = *epilogue;
  spec.input = cast<BlockArgument>(op.getInput()).getArgNumber();
  spec.weight = cast<BlockArgument>(op.getWeight()).getArgNumber();
  if (op.getBias())
    spec.bias = cast<BlockArgument>(op.getBias()).getArgNumber();
  auto packing = op.getWeightPacking();
  spec.groups = packing->getGroups();
  spec.channels = packing->getK();
  spec.outputs = packing->getN();
  spec.depthwise = static_cast<int64_t>(op.getGroup()) != spec.groups;
  readSpatial(op, spec);
  return spec;
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
                  true, false, 0, conv.bias};
}

} // namespace dsc
