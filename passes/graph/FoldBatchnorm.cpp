// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// dsc-fold-batchnorm: scales and shifts per channel disappear in the weights and the bias of the convolution before.

#include "passes/ApplyPatterns.h"
#include "passes/Passes.h"
#include "passes/graph/Patterns.h"

#include "mlir/IR/TypeUtilities.h"

using namespace mlir;

namespace dsc {
#define GEN_PASS_DEF_FOLDBATCHNORMPASS
#include "passes/Passes.h.inc"

namespace {

using Numbers = std::vector<double>;

std::optional<Numbers> readNumbers(Value value, const ConstantPool &pool) {
  std::optional<HostTensor> tensor = pool.read(value);
  if (!tensor || !tensor->isFloat())
    return std::nullopt;
  Numbers numbers(tensor->getCount());
  for (int64_t i = 0; i < tensor->getCount(); ++i)
    numbers[i] = tensor->getDouble(i);
  return numbers;
}

Value makeTensor(PatternRewriter &rewriter, Location loc, const Numbers &numbers, ArrayRef<int64_t> shape, Type type,
                 ConstantPool &pool, StringRef hint) {
  HostTensor tensor = HostTensor::zeros(shape, type);
  for (size_t i = 0; i < numbers.size(); ++i)
    tensor.setDouble(i, numbers[i]);
  return pool.create(rewriter, loc, std::move(tensor), hint);
}

/// The weights with the filter of output channel o multiplied by scale[o].
Value scaleFilters(PatternRewriter &rewriter, Value weight, const Numbers &scale, ConstantPool &pool) {
  const HostTensor source = *pool.read(weight);
  HostTensor scaled = HostTensor::zeros(source.getShape(), source.getElementType());
  int64_t filter = source.getCount() / scale.size();
  bool isF32 = source.getElementType().isF32();
  for (size_t o = 0; o < scale.size(); ++o)
    for (int64_t i = o * filter; i < static_cast<int64_t>(o + 1) * filter; ++i) {
      if (!isF32) {
        scaled.setDouble(i, source.getDouble(i) * scale[o]);
        continue;
      }
      float number;
      std::memcpy(&number, source.at(i), sizeof number);
      number = static_cast<float>(number * scale[o]);
      std::memcpy(scaled.at(i), &number, sizeof number);
    }
  std::string hint = pool.getNameHint(weight).str();
  return pool.create(rewriter, weight.getLoc(), std::move(scaled), hint);
}

/// The convolution behind the value, if its weights and bias are known and only this value's user reads it.
ConvOp getFoldableConv(Value value, const ConstantPool &pool) {
  auto conv = value.getDefiningOp<ConvOp>();
  bool isKnown = conv && value.hasOneUse() && conv.getLayout() == Layout::Nchw && pool.getValue(conv.getWeight()) &&
                 isa<FloatType>(getElementTypeOrSelf(value.getType())) &&
                 (!conv.getBias() || pool.getValue(conv.getBias()));
  return isKnown ? conv : ConvOp();
}

/// Replaces `op` by the convolution with scaled filters and bias * scale + shift.
LogicalResult foldIntoConv(PatternRewriter &rewriter, Operation *op, ConvOp conv, const Numbers *scale,
                           const Numbers &shift, ConstantPool &pool) {
  size_t channels = cast<RankedTensorType>(conv.getWeight().getType()).getDimSize(0);
  if (shift.size() != channels || op->getResult(0).getType() != conv.getOutput().getType())
    return rewriter.notifyMatchFailure(op, "not one number per channel");
  Numbers bias = shift;
  if (conv.getBias()) {
    std::optional<Numbers> old = readNumbers(conv.getBias(), pool);
    if (!old || old->size() != channels)
      return rewriter.notifyMatchFailure(op, "the bias is not known");
    for (size_t c = 0; c < channels; ++c)
      bias[c] += (*old)[c] * (scale ? (*scale)[c] : 1.0);
  }
  Value weight = scale ? scaleFilters(rewriter, conv.getWeight(), *scale, pool) : conv.getWeight();
  Type elementType = getElementTypeOrSelf(conv.getOutput().getType());
  std::string hint = (pool.getNameHint(weight) + ".bias").str();
  Value newBias = makeTensor(rewriter, conv.getLoc(), bias, {static_cast<int64_t>(channels)}, elementType, pool, hint);
  rewriter.replaceOpWithNewOp<ConvOp>(op, conv.getOutput().getType(), conv.getInput(), weight, newBias,
                                      conv.getStridesAttr(), conv.getPadsAttr(), conv.getDilationsAttr(),
                                      conv.getGroupAttr(), conv.getLayoutAttr(), PanelsAttr());
  return success();
}

struct BatchNormNumbers {
  Numbers scale, shift;
};

/// scale / sqrt(variance + epsilon), and bias - mean * that.
std::optional<BatchNormNumbers> readBatchNorm(BatchNormOp op, const ConstantPool &pool) {
  auto scale = readNumbers(op.getScale(), pool), bias = readNumbers(op.getBias(), pool);
  auto mean = readNumbers(op.getMean(), pool), variance = readNumbers(op.getVariance(), pool);
  if (!scale || !bias || !mean || !variance)
    return std::nullopt;
  BatchNormNumbers result{*scale, *bias};
  for (size_t c = 0; c < scale->size(); ++c) {
    result.scale[c] /= std::sqrt((*variance)[c] + op.getEpsilon().convertToDouble());
    result.shift[c] -= (*mean)[c] * result.scale[c];
  }
  return result;
}

/// batch_norm(conv(x)) is a convolution; a lone batch_norm is a product and a sum.
struct FoldBatchNorm : ConstantPattern<BatchNormOp> {
  using ConstantPattern::ConstantPattern;
  LogicalResult matchAndRewrite(BatchNormOp op, PatternRewriter &rewriter) const override {
    std::optional<BatchNormNumbers> numbers = readBatchNorm(op, pool);
    if (!numbers || op.getLayout() != Layout::Nchw)
      return rewriter.notifyMatchFailure(op, "statistics are not known");
    if (ConvOp conv = getFoldableConv(op.getInput(), pool))
      return foldIntoConv(rewriter, op, conv, &numbers->scale, numbers->shift, pool);
    auto type = cast<RankedTensorType>(op.getOutput().getType());
    SmallVector<int64_t> shape(std::max<int64_t>(type.getRank() - 1, 1), 1);
    shape[0] = numbers->scale.size();
    auto make = [&](const Numbers &values, StringRef hint) {
      return makeTensor(rewriter, op.getLoc(), values, shape, type.getElementType(), pool, hint);
    };
    Value product = MulOp::create(rewriter, op.getLoc(), type, op.getInput(), make(numbers->scale, "scale"));
    rewriter.replaceOpWithNewOp<AddOp>(op, type, product, make(numbers->shift, "shift"));
    return success();
  }
};

/// The numbers of a constant that has one per channel of an NCHW tensor of the rank, or one for all of them.
std::optional<Numbers> readChannels(Value value, int64_t rank, int64_t channels, const ConstantPool &pool) {
  if (!pool.getValue(value))
    return std::nullopt;
  auto shape = cast<RankedTensorType>(value.getType()).getShape();
  int64_t count = cast<RankedTensorType>(value.getType()).getNumElements();
  int64_t channelAxis = static_cast<int64_t>(shape.size()) - (rank - 1);
  bool isPerChannel = channelAxis >= 0 && count == channels && shape[channelAxis] == channels;
  if (count != 1 && !isPerChannel)
    return std::nullopt;
  std::optional<Numbers> numbers = readNumbers(value, pool);
  if (numbers && count == 1)
    numbers->assign(channels, numbers->front());
  return numbers;
}

/// conv(x) * c and conv(x) + c for numbers per channel.
template <class Op>
struct FoldChannelOp : ConstantPattern<Op> {
  using ConstantPattern<Op>::ConstantPattern;
  LogicalResult matchAndRewrite(Op op, PatternRewriter &rewriter) const override {
    for (auto [value, other] : {std::pair(op.getLhs(), op.getRhs()), std::pair(op.getRhs(), op.getLhs())}) {
      ConvOp conv = getFoldableConv(value, this->pool);
      if (!conv)
        continue;
      auto type = cast<RankedTensorType>(conv.getOutput().getType());
      auto numbers = readChannels(other, type.getRank(), type.getDimSize(1), this->pool);
      if (!numbers)
        continue;
      if constexpr (std::is_same_v<Op, MulOp>)
        return foldIntoConv(rewriter, op, conv, &*numbers, Numbers(numbers->size(), 0.0), this->pool);
      else
        return foldIntoConv(rewriter, op, conv, nullptr, *numbers, this->pool);
    }
    return rewriter.notifyMatchFailure(op, "not a convolution and numbers per channel");
  }
};

struct FoldBatchnormPass : impl::FoldBatchnormPassBase<FoldBatchnormPass> {
  using FoldBatchnormPassBase::FoldBatchnormPassBase;

  void runOnOperation() override {
    ConstantPool pool(getOperation());
    RewritePatternSet patterns(&getContext());
    patterns.add<FoldBatchNorm, FoldChannelOp<MulOp>, FoldChannelOp<AddOp>>(&getContext(), pool);
    if (failed(applyWithoutFolding(getOperation(), std::move(patterns))))
      return signalPassFailure();
    pool.eraseUnused();
  }
};

} // namespace
} // namespace dsc
