// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Shape and verifier of resize.

#include "dialects/dsc/Dsc.h"
#include "dialects/dsc/DscDetail.h"
#include "dialects/dsc/HostTensor.h"

#include <cmath>

using namespace mlir;
using namespace dsc::detail;

namespace dsc {

static LogicalResult checkResize(ResizeOp op, SmallVector<int64_t> &axes) {
  int64_t rank = rankOf(op.getInput());
  axes = axesOrAll(op.getAxes(), rank);
  if (failed(checkDistinctAxes(op, axes, rank))) // resize_c1
    return failure();
  if (!op.getScales() == !op.getSizes()) // resize_c2
    return op.emitOpError("expected either 'scales' or 'sizes', but got ") << (op.getSizes() ? "both" : "neither");
  AffineExpr count = constantDim(op, axes.size());
  StringRef name = op.getSizes() ? "sizes" : "scales";
  if (failed(checkVector(op, name, op.getSizes() ? op.getSizes() : op.getScales(), count))) // resize_c3
    return failure();
  if (Value roi = op.getRoi()) // resize_c6
    return checkVector(op, "roi", roi, mulDims(count, constantDim(op, 2)));
  return success();
}

/// The numbers in a constant vector of `count` elements.
static std::optional<SmallVector<double>> constantNumbers(Value vector, size_t count) {
  auto constant = vector ? vector.getDefiningOp<ConstantOp>() : ConstantOp();
  std::optional<HostTensor> tensor;
  if (constant)
    tensor = HostTensor::read(constant.getValue());
  if (!tensor || tensor->getCount() != static_cast<int64_t>(count))
    return std::nullopt;
  SmallVector<double> numbers;
  for (size_t i = 0; i < count; ++i)
    numbers.push_back(tensor->getNumber(i));
  return numbers;
}

/// floor(size * scale), in f32 as onnxruntime; a symbolic size needs a scale that is close to a fraction of small
/// numbers. Null if it is none.
static AffineExpr scaledDim(Operation *op, AffineExpr size, double scale) {
  if (std::optional<int64_t> known = getConstantDim(size)) {
    float scaled = std::floor(static_cast<float>(*known) * static_cast<float>(scale));
    return scaled < 0x1p48f ? constantDim(op, static_cast<int64_t>(scaled)) : AffineExpr();
  }
  for (int64_t divisor = 1; divisor <= 1024; ++divisor) {
    double factor = std::round(scale * divisor);
    if (factor >= 1 && factor < 0x1p31 && std::abs(factor / divisor - scale) <= 1e-7 * scale)
      return floorDivDims(mulDims(size, constantDim(op, static_cast<int64_t>(factor))), constantDim(op, divisor));
  }
  return {};
}

/// The sizes that scales give, or the prior ones.
static LogicalResult inferFromScales(ResizeOp op, ShapeContext &shapes, ArrayRef<int64_t> axes, Dims &dims) {
  std::optional<SmallVector<double>> scales = constantNumbers(op.getScales(), axes.size());
  bool crops = op.getCoordinateMode() == CoordinateMode::TfCropAndResize;
  std::optional<SmallVector<double>> roi = constantNumbers(op.getRoi(), 2 * axes.size());
  for (auto [i, axis] : llvm::enumerate(axes)) {
    AffineExpr size;
    if (scales && (!crops || roi)) {
      double scale = (*scales)[i];
      if (!(scale > 0) || !std::isfinite(scale)) // resize_c4
        return op.emitOpError("expected positive scales, but got ") << scale;
      if (crops)
        scale *= (*roi)[axes.size() + i] - (*roi)[i];
      size = scaledDim(op, dims[axis], scale);
    }
    if (!size) {
      FailureOr<AffineExpr> prior = requirePriorDim(op, shapes, axis, "scales");
      if (failed(prior))
        return failure();
      size = *prior;
    }
    dims[axis] = size;
  }
  return success();
}

/// Keeps the aspect ratio: the smallest or largest scale for all axes. All sizes must be constants.
static LogicalResult keepRatio(ResizeOp op, ArrayRef<int64_t> axes, ArrayRef<AffineExpr> input, Dims &dims) {
  std::optional<double> scale;
  for (int64_t axis : axes) {
    std::optional<int64_t> from = getConstantDim(input[axis]), to = getConstantDim(dims[axis]);
    if (!from || !to || *from == 0)
      return op.emitOpError("expected static sizes to keep the aspect ratio, but got ")
             << printDim(input[axis]) << " and " << printDim(dims[axis]);
    double own = static_cast<double>(*to) / static_cast<double>(*from);
    bool isLess = own < scale.value_or(own);
    if (!scale || isLess == (op.getKeepAspectRatioPolicy() == AspectRatioPolicy::NotLarger))
      scale = own;
  }
  for (int64_t axis : axes) {
    double size = std::floor(static_cast<double>(*getConstantDim(input[axis])) * *scale + 0.5);
    dims[axis] = size < 0x1p48 ? constantDim(op, static_cast<int64_t>(size)) : AffineExpr();
  }
  return success();
}

static LogicalResult inferFromSizes(ResizeOp op, ShapeContext &shapes, ArrayRef<int64_t> axes, Dims &dims) {
  Dims input = dims;
  bool keeps = op.getKeepAspectRatioPolicy() != AspectRatioPolicy::Stretch;
  Dims known = valuesOf(&shapes, op.getSizes(), axes.size());
  for (auto [i, axis] : llvm::enumerate(axes)) {
    FailureOr<AffineExpr> size;
    if (keeps && !known[i]) // The sizes in data are not those of the result.
      size = requirePriorDim(op, shapes, axis, "sizes");
    else
      size = sizeFromOperand(op, shapes, op.getSizes(), i, axis, "sizes"); // resize_c4
    if (failed(size))
      return failure();
    dims[axis] = *size;
  }
  bool allKnown = llvm::all_of(known, [](AffineExpr size) { return bool(size); });
  return keeps && allKnown ? keepRatio(op, axes, input, dims) : success();
}

LogicalResult ResizeOp::inferResultTypes(ShapeContext &shapes, SmallVectorImpl<Type> &results) {
  SmallVector<int64_t> axes;
  if (failed(checkResize(*this, axes)))
    return failure();
  Dims dims = getDims(getInput());
  if (failed(getSizes() ? inferFromSizes(*this, shapes, axes, dims) : inferFromScales(*this, shapes, axes, dims)))
    return failure();
  return appendType(*this, dims, elementType(getInput()), results);
}

LogicalResult ResizeOp::verify() {
  SmallVector<int64_t> axes;
  if (failed(checkResize(*this, axes)))
    return failure();
  Dims dims = getDims(getInput());
  for (int64_t axis : axes)
    dims[axis] = AffineExpr();
  return checkResult(*this, 0, dims, elementType(getInput())); // resize_c5
}

} // namespace dsc
