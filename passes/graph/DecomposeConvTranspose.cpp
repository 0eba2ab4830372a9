// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// dsc-decompose-conv-transpose: a transposed convolution becomes a convolution, and its result is interleaved.
//
// Along one dimension with stride s, kernel w of K elements and J = ceil((K + output_padding) / s): output q*s + r gathers
// x[q - j] * w[r + s*j] for j < J. So the s phases r are s times as many output channels of a convolution with J taps and
// padding J - 1, followed by a reshape that weaves the phases and a crop by the pads.

#include "passes/ApplyPatterns.h"
#include "passes/Passes.h"
#include "passes/graph/Patterns.h"

#include "mlir/IR/TypeUtilities.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace dsc {
#define GEN_PASS_DEF_DECOMPOSECONVTRANSPOSEPASS
#include "passes/Passes.h.inc"

namespace {

/// The numbers of a decomposition, one per spatial dimension.
struct PhasePlan {
  int64_t channels, outputs, phases = 1;
  SmallVector<int64_t> kernel, stride, taps, cropBefore, cropAfter;

  bool crops() const {
    return llvm::any_of(cropBefore, [](int64_t n) { return n != 0; }) ||
           llvm::any_of(cropAfter, [](int64_t n) { return n != 0; });
  }
};

/// The plan, or why the op keeps its form.
FailureOr<PhasePlan> planPhases(ConvTransposeOp op, const char *&whyNot) {
  auto type = cast<RankedTensorType>(op.getWeight().getType());
  int64_t spatial = op.getStrides().size();
  whyNot = op.getGroup() != 1                                                       ? "it has groups"
           : llvm::any_of(op.getDilations(), [](int64_t d) { return d != 1; })      ? "it is dilated"
           : !type.hasStaticShape() || type.getNumElements() == 0 || spatial > 2    ? "no kernel takes its convolution"
                                                                                    : nullptr;
  if (whyNot)
    return failure();
  PhasePlan plan{type.getDimSize(0), type.getDimSize(1), 1, {}, {}, {}, {}, {}};
  for (int64_t i = 0; i < spatial; ++i) {
    int64_t kernel = type.getDimSize(i + 2), stride = op.getStrides()[i], extra = op.getOutputPadding()[i];
    int64_t taps = llvm::divideCeil(kernel + extra, stride);
    plan.kernel.push_back(kernel);
    plan.stride.push_back(stride);
    plan.taps.push_back(taps);
    plan.phases *= stride;
    plan.cropBefore.push_back(op.getPads()[i]);
    plan.cropAfter.push_back(stride * taps - kernel - extra + op.getPads()[spatial + i]);
    if (plan.cropBefore.back() < 0 || plan.cropAfter.back() < 0) {
      whyNot = "its pads are negative";
      return failure();
    }
  }
  return plan;
}

/// [outputs * phases, channels, taps...]: the kernel's elements of each phase, turned round.
HostTensor splitWeight(const HostTensor &weight, const PhasePlan &plan) {
  SmallVector<int64_t> shape{plan.outputs * plan.phases, plan.channels};
  llvm::append_range(shape, plan.taps);
  HostTensor split = HostTensor::zeros(shape, weight.getElementType());
  int64_t kernels = 1, spatial = plan.kernel.size();
  for (int64_t size : plan.kernel)
    kernels *= size;
  for (int64_t from = 0; from < weight.getCount(); ++from) {
    int64_t rest = from % kernels, output = from / kernels % plan.outputs, channel = from / kernels / plan.outputs;
    int64_t phase = 0, tap = 0, phaseStride = 1, tapStride = 1;
    for (int64_t i = spatial - 1; i >= 0; --i) {
      int64_t at = rest % plan.kernel[i];
      rest /= plan.kernel[i];
      phase += at % plan.stride[i] * phaseStride;
      tap += (plan.taps[i] - 1 - at / plan.stride[i]) * tapStride;
      phaseStride *= plan.stride[i];
      tapStride *= plan.taps[i];
    }
    int64_t to = ((output * plan.phases + phase) * plan.channels + channel) * tapStride + tap;
    std::memcpy(split.at(to), weight.at(from), weight.getBytesPerElement());
  }
  return split;
}

struct ConvolvePhases : ConstantPattern<ConvTransposeOp> {
  using ConstantPattern::ConstantPattern;

  LogicalResult matchAndRewrite(ConvTransposeOp op, PatternRewriter &rewriter) const override {
    const char *whyNot = nullptr;
    FailureOr<PhasePlan> plan = planPhases(op, whyNot);
    if (failed(plan))
      return rewriter.notifyMatchFailure(op, whyNot);
    std::optional<HostTensor> weight = pool.read(op.getWeight());
    std::optional<HostTensor> bias = op.getBias() ? pool.read(op.getBias()) : std::nullopt;
    if (!weight || (op.getBias() && !bias))
      return rewriter.notifyMatchFailure(op, "its weights are not known");
    Value conv = convolve(rewriter, op, *plan, *weight, bias);
    rewriter.replaceOp(op, crop(rewriter, op, *plan, weave(rewriter, op, *plan, conv)));
    return success();
  }

private:
  Value convolve(PatternRewriter &rewriter, ConvTransposeOp op, const PhasePlan &plan, const HostTensor &weight,
                 const std::optional<HostTensor> &bias) const {
    std::string hint = pool.getNameHint(op.getWeight()).str();
    Value split = pool.create(rewriter, op.getWeight().getLoc(), splitWeight(weight, plan), hint);
    Value repeated;
    if (bias) {
      HostTensor numbers = HostTensor::zeros({plan.outputs * plan.phases}, bias->getElementType());
      for (int64_t i = 0; i < numbers.getCount(); ++i)
        std::memcpy(numbers.at(i), bias->at(i / plan.phases), bias->getBytesPerElement());
      repeated = pool.create(rewriter, op.getBias().getLoc(), std::move(numbers), hint + ".bias");
    }
    Dims dims = getDims(op.getInput());
    MLIRContext *context = op.getContext();
    dims[1] = getAffineConstantExpr(plan.outputs * plan.phases, context);
    SmallVector<int64_t> pads;
    for (auto [i, taps] : llvm::enumerate(plan.taps)) {
      dims[i + 2] = addDims(dims[i + 2], getAffineConstantExpr(taps - 1, context));
      pads.push_back(taps - 1);
    }
    pads.append(pads.begin(), pads.end());
    SmallVector<int64_t> ones(plan.taps.size(), 1);
    return ConvOp::create(rewriter, op.getLoc(), typeOf(op, dims), op.getInput(), split, repeated, ones, pads, ones,
                          /*group=*/1, Layout::Nchw, PanelsAttr());
  }

  /// [n, outputs * phases, q...] to [n, outputs, q * stride...].
  static Value weave(PatternRewriter &rewriter, ConvTransposeOp op, const PhasePlan &plan, Value conv) {
    if (plan.phases == 1)
      return conv;
    MLIRContext *context = op.getContext();
    int64_t spatial = plan.stride.size();
    Dims from = getDims(conv), apart{from[0], getAffineConstantExpr(plan.outputs, context)}, woven = apart, merged = apart;
    SmallVector<int64_t> order{0, 1};
    for (int64_t i = 0; i < spatial; ++i)
      apart.push_back(getAffineConstantExpr(plan.stride[i], context));
    for (int64_t i = 0; i < spatial; ++i) {
      apart.push_back(from[i + 2]);
      woven.append({from[i + 2], apart[i + 2]});
      merged.push_back(mulDims(from[i + 2], apart[i + 2]));
      order.append({2 + spatial + i, 2 + i});
    }
    Value value = ReshapeOp::create(rewriter, op.getLoc(), typeOf(op, apart), conv, Value());
    value = TransposeOp::create(rewriter, op.getLoc(), typeOf(op, woven), value, order);
    return ReshapeOp::create(rewriter, op.getLoc(), typeOf(op, merged), value, Value());
  }

  static Value crop(PatternRewriter &rewriter, ConvTransposeOp op, const PhasePlan &plan, Value woven) {
    if (!plan.crops())
      return woven;
    SmallVector<int64_t> axes, pads;
    for (size_t i = 0; i < plan.stride.size(); ++i)
      axes.push_back(i + 2);
    for (ArrayRef<int64_t> sizes : {ArrayRef(plan.cropBefore), ArrayRef(plan.cropAfter)})
      for (int64_t size : sizes)
        pads.push_back(-size);
    auto type = RankedTensorType::get({int64_t(pads.size())}, rewriter.getI64Type());
    Value amounts = ConstantOp::create(rewriter, op.getLoc(), DenseElementsAttr::get(type, ArrayRef(pads)));
    return PadOp::create(rewriter, op.getLoc(), op.getOutput().getType(), woven, amounts, Value(),
                         PadModeAttr::get(op.getContext(), PadMode::Constant), rewriter.getDenseI64ArrayAttr(axes));
  }

  static RankedTensorType typeOf(ConvTransposeOp op, const Dims &dims) {
    return makeType(dims, getElementTypeOrSelf(op.getOutput().getType()));
  }
};

struct DecomposeConvTransposePass : impl::DecomposeConvTransposePassBase<DecomposeConvTransposePass> {
  using DecomposeConvTransposePassBase::DecomposeConvTransposePassBase;

  void runOnOperation() override {
    ConstantPool pool(getOperation());
    RewritePatternSet patterns(&getContext());
    patterns.add<ConvolvePhases>(&getContext(), pool);
    if (failed(applyWithoutFolding(getOperation(), std::move(patterns))))
      return signalPassFailure();
    pool.eraseUnused();
  }
};

} // namespace
} // namespace dsc
