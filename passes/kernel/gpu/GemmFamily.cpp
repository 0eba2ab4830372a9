// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which products run on tensor cores, and with which tile.

#include "passes/kernel/Evaluator.h"
#include "passes/kernel/gpu/Gemm.h"
#include "passes/kernel/gpu/MmaAtom.h"

using namespace mlir;

namespace dsc {
namespace {

/// Streaming multiprocessors that a grid should fill before its tiles grow: those of the reference card.
constexpr int64_t multiprocessors = 132;

/// What the tensor cores multiply, in the layouts that the tile copies read.
const char *whyNotGpuTypes(Value lhs, Value rhs, Value result, std::optional<PanelsAttr> panels) {
  Type left = elementTypeOf(lhs), right = elementTypeOf(rhs);
  if (!MmaAtom::find(left))
    return "no tensor core instruction for the element type";
  bool isByte = left.isInteger(8), isStored = left.isF32() && right.isSignlessInteger(8);
  if (isStored) // weights that are only stored as bytes
    return panels && panels->getNr() == panelColumns && panels->getKp() == 1 && elementTypeOf(result).isF32()
               ? nullptr
               : "weights of bytes for real numbers are not packed, or not for f32";
  if (isByte ? !right.isSignlessInteger(8) : left != right)
    return "the right operand is neither of the left one's type nor of signed bytes";
  if (isByte && !elementTypeOf(result).isF32() && !elementTypeOf(result).isInteger(32))
    return "the sums of bytes are neither f32 nor i32";
  if (panels && (panels->getNr() != panelColumns || panels->getKp() * left.getIntOrFloatBitWidth() != 32))
    return "the packing is not the one of the element types";
  return nullptr;
}

/// A matrix product, or a convolution that is one.
FailureOr<GemmSpec> matchSpec(GroupOp group, std::string &whyNot) {
  FailureOr<GemmSpec> product = matchGemm(group, whyNot, whyNotGpuTypes);
  if (succeeded(product))
    return product;
  std::string whyNoConv;
  FailureOr<ConvSpec> conv = matchConv(group, whyNoConv, whyNotGpuTypes);
  if (failed(conv)) {
    whyNot = llvm::any_of(*group.getBlock(), llvm::IsaPred<ConvOp, QConvOp>) ? whyNoConv : whyNot;
    return failure();
  }
  if (std::optional<GemmSpec> spec = asGemm(*conv))
    return *spec;
  whyNot = "a convolution whose kernel is larger than 1 x 1, strided or padded";
  return failure();
}

/// Large tiles where they fill the card: fewer bytes per product.
GpuGemmConfig chooseConfig(const GemmSpec &spec, Type element) {
  GpuGemmConfig small{64, 64}, large{128, element.isF32() || element.isInteger(8) ? 64 : 128};
  GemmShape shape = spec.shape();
  if (shape.m >= 0 && shape.n >= 0) {
    int64_t blocks = llvm::divideCeil(shape.m, large.rows) * llvm::divideCeil(shape.n, large.columns);
    for (AffineExpr dim : spec.batch)
      blocks *= getConstantDim(dim).value_or(multiprocessors);
    return blocks >= multiprocessors ? large : small;
  }
  return shape.n < 0 || shape.n >= large.columns ? large : small;
}

struct GemmFamily : GpuFamily {
  StringRef name() const override { return "gemm"; }

  FailureOr<GpuShape> match(GroupOp group, std::string &whyNot) const override {
    FailureOr<GpuGemm> gemm = matchGpuGemm(group, whyNot);
    if (failed(gemm))
      return failure();
    MLIRContext *context = group.getContext();
    const GemmSpec &spec = gemm->spec;
    GpuShape shape;
    auto tiles = [&](AffineExpr size, int64_t tile) {
      return ceilDivDims(size, getAffineConstantExpr(tile, context));
    };
    shape.blocks = mulDims(mulDims(productOfDims(spec.batch, context), tiles(spec.m, gemm->config.rows)),
                           tiles(spec.n, gemm->config.columns));
    shape.threads = gemm->config.threads();
    shape.sharedBytes = gemm->config.sharedBytes();
    // A lane has two neighbouring columns.
    shape.runLength = spec.shape().n >= 0 && spec.shape().n % 2 == 0 ? 2 : 1;
    return shape;
  }

  LogicalResult emit(GroupOp group, GpuBody &body) const override {
    std::string whyNot;
    FailureOr<GpuGemm> gemm = matchGpuGemm(group, whyNot);
    assert(succeeded(gemm) && "expected a group that was matched");
    return emitGpuGemm(group, *gemm, body);
  }
};

} // namespace

FailureOr<GpuGemm> matchGpuGemm(GroupOp group, std::string &whyNot) {
  FailureOr<GemmSpec> spec = matchSpec(group, whyNot);
  if (failed(spec))
    return failure();
  if (spec->quantized && spec->quantized->isReal && spec->quantized->rhsZero) {
    whyNot = "weights of bytes for real numbers have a zero point";
    return failure();
  }
  Type element = cast<RankedTensorType>(spec->epilogue.anchor->getOperand(0).getType()).getElementType();
  return GpuGemm{*spec, element, chooseConfig(*spec, element)};
}

int64_t pieceBytesOf(AffineExpr rowElements, int64_t elementBytes) {
  std::optional<int64_t> known = getConstantDim(rowElements);
  int64_t bytes = gpuAlignment;
  while (bytes > elementBytes && (!known || *known * elementBytes % bytes != 0))
    bytes /= 2;
  return bytes;
}

const GpuFamily &gpuGemmFamily() {
  static const GemmFamily family;
  return family;
}

} // namespace dsc
