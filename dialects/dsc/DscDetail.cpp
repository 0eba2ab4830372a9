// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Checks and shape rules that several ops of the dsc dialect share.

#include "dialects/dsc/DscDetail.h"
#include "dialects/dsc/AssumedSizes.h"
#include "dialects/dsc/Dsc.h"
#include "dialects/dsc/SizeLimit.h"

#include "llvm/ADT/SmallSet.h"
#include "llvm/Support/SaveAndRestore.h"

using namespace mlir;

namespace dsc {

/// Where `getAssumedSizes` collects on this thread: the verifiers, which know the pairs, have no argument for it.
static thread_local SmallVectorImpl<AssumedSize> *assumedSizes = nullptr;

SmallVector<AssumedSize> getAssumedSizes(Operation *op) {
  SmallVector<AssumedSize> pairs;
  llvm::SaveAndRestore<SmallVectorImpl<AssumedSize> *> collect(assumedSizes, &pairs);
  (void)op->getName().verifyInvariants(op);
  return pairs;
}

bool hasTooManyElements(ArrayRef<AffineExpr> dims) {
  int64_t count = 1;
  for (AffineExpr dim : dims)
    if (llvm::MulOverflow(count, getConstantDim(dim).value_or(1), count) || count > maxElements)
      return true;
  return false;
}

namespace detail {

bool mayBeEqual(AffineExpr lhs, AffineExpr rhs) {
  if (areProvablyDifferent(lhs, rhs))
    return false;
  if (assumedSizes && lhs && rhs && lhs != rhs)
    assumedSizes->push_back({lhs, rhs});
  return true;
}

AffineExpr constantDim(Operation *op, int64_t size) { return getAffineConstantExpr(size, op->getContext()); }

Type elementType(Value tensor) { return cast<RankedTensorType>(tensor.getType()).getElementType(); }

int64_t rankOf(Value tensor) { return cast<RankedTensorType>(tensor.getType()).getRank(); }

LogicalResult appendType(Operation *op, ArrayRef<AffineExpr> dims, Type elementType, SmallVectorImpl<Type> &results) {
  for (auto [i, dim] : llvm::enumerate(dims)) {
    if (!dim)
      return op->emitOpError("expected a size of result dimension ") << i << " that fits 63 bits";
    std::optional<int64_t> size = getConstantDim(dim);
    if (size && *size < 0)
      return op->emitOpError("expected a size of result dimension ") << i << " that is not negative, but got " << *size;
  }
  if (hasTooManyElements(dims))
    return op->emitOpError("expected a result of at most 2^48 elements, but got sizes ") << printDims(dims);
  results.push_back(makeType(dims, elementType));
  return success();
}

LogicalResult checkResult(Operation *op, unsigned result, ArrayRef<AffineExpr> dims, Type expected) {
  Value value = op->getResult(result);
  Dims actual = getDims(value);
  bool agrees = actual.size() == dims.size();
  for (size_t i = 0; agrees && i < dims.size(); ++i)
    agrees = !areProvablyDifferent(actual[i], dims[i]);
  if (!agrees)
    return op->emitOpError("expected sizes ") << printDims(dims) << " of result #" << result << ", but got "
                                              << printDims(actual);
  if (elementType(value) != expected)
    return op->emitOpError("expected element type ") << expected << " of result #" << result << ", but got "
                                                     << elementType(value);
  return success();
}

std::optional<AffineExpr> broadcastDim(AffineExpr lhs, AffineExpr rhs) {
  if (!lhs || !rhs || lhs == rhs) {
    AffineExpr known = lhs ? lhs : rhs;
    std::optional<int64_t> size = getConstantDim(known);
    return lhs == rhs || (size && *size != 1) ? known : AffineExpr();
  }
  std::optional<int64_t> left = getConstantDim(lhs), right = getConstantDim(rhs);
  if (left && *left == 1)
    return rhs;
  if (right && *right == 1)
    return lhs;
  if (!mayBeEqual(lhs, rhs))
    return std::nullopt;
  return right ? rhs : lhs;
}

LogicalResult broadcastInto(Operation *op, Dims &dims, ArrayRef<AffineExpr> other) {
  Dims before = dims;
  if (dims.size() < other.size())
    dims.insert(dims.begin(), other.size() - dims.size(), constantDim(op, 1));
  size_t offset = dims.size() - other.size();
  for (auto [i, size] : llvm::enumerate(other)) {
    std::optional<AffineExpr> dim = broadcastDim(dims[offset + i], size);
    if (!dim)
      return op->emitOpError("expected sizes that broadcast, but got ")
             << printDims(before) << " and " << printDims(other);
    dims[offset + i] = *dim;
  }
  return success();
}

LogicalResult checkBroadcastsTo(Operation *op, StringRef name, Value tensor, ArrayRef<AffineExpr> dims) {
  Dims own = getDims(tensor);
  bool agrees = own.size() <= dims.size();
  for (size_t i = 0; agrees && i < own.size(); ++i) {
    AffineExpr target = dims[dims.size() - own.size() + i];
    std::optional<AffineExpr> dim = broadcastDim(target, own[i]);
    agrees = dim && !areProvablyDifferent(*dim, target);
  }
  if (agrees)
    return success();
  return op->emitOpError("expected '") << name << "' to broadcast to " << printDims(dims) << ", but got "
                                       << printDims(own);
}

LogicalResult checkAxis(Operation *op, int64_t axis, int64_t rank) {
  if (axis >= 0 && axis < rank)
    return success();
  return op->emitOpError("expected an axis in [0, ") << rank << "), but got " << axis;
}

LogicalResult checkIncreasingAxes(Operation *op, ArrayRef<int64_t> axes, int64_t rank) {
  for (auto [i, axis] : llvm::enumerate(axes)) {
    if (failed(checkAxis(op, axis, rank)))
      return failure();
    if (i && axes[i - 1] >= axis)
      return op->emitOpError("expected increasing axes, but got ") << axis << " behind " << axes[i - 1];
  }
  return success();
}

LogicalResult checkDistinctAxes(Operation *op, ArrayRef<int64_t> axes, int64_t rank) {
  llvm::SmallSet<int64_t, 8> seen;
  for (int64_t axis : axes) {
    if (failed(checkAxis(op, axis, rank)))
      return failure();
    if (!seen.insert(axis).second)
      return op->emitOpError("expected different axes, but got ") << axis << " twice";
  }
  return success();
}

LogicalResult checkRank(Operation *op, StringRef name, Value tensor, int64_t min, int64_t max) {
  int64_t rank = rankOf(tensor);
  if (rank >= min && rank <= max)
    return success();
  InFlightDiagnostic error = op->emitOpError("expected '") << name << "' of rank " << min;
  if (max == INT64_MAX)
    error << " or more";
  else if (max != min)
    error << " to " << max;
  return error << ", but got rank " << rank;
}

LogicalResult checkElementType(Operation *op, StringRef name, Value tensor, Type expected) {
  if (elementType(tensor) == expected)
    return success();
  return op->emitOpError("expected element type ") << expected << " of '" << name << "', but got "
                                                   << elementType(tensor);
}

LogicalResult checkOneElement(Operation *op, StringRef name, Value tensor) {
  std::optional<int64_t> count = getConstantDim(productOfDims(getDims(tensor), op->getContext()));
  if (!count || *count == 1)
    return success();
  return op->emitOpError("expected one element in '") << name << "', but got " << *count;
}

LogicalResult checkVector(Operation *op, StringRef name, Value tensor, AffineExpr size) {
  if (failed(checkRank(op, name, tensor, 1, 1)))
    return failure();
  AffineExpr actual = getDims(tensor)[0];
  if (mayBeEqual(actual, size))
    return success();
  return op->emitOpError("expected ") << printDim(size) << " elements in '" << name << "', but got "
                                      << printDim(actual);
}

LogicalResult checkSize(Operation *op, StringRef what, AffineExpr actual, AffineExpr expected) {
  if (mayBeEqual(actual, expected))
    return success();
  return op->emitOpError("expected ") << what << " of " << printDim(expected) << ", but got " << printDim(actual);
}

LogicalResult checkCount(Operation *op, StringRef name, size_t actual, size_t expected) {
  if (actual == expected)
    return success();
  return op->emitOpError("expected ") << expected << " values in '" << name << "', but got " << actual;
}

LogicalResult checkMinimum(Operation *op, StringRef name, int64_t value, int64_t minimum) {
  if (value >= minimum)
    return success();
  return op->emitOpError("expected '") << name << "' of at least " << minimum << ", but got " << value;
}

LogicalResult checkMinimum(Operation *op, StringRef name, ArrayRef<int64_t> values, int64_t minimum) {
  for (int64_t value : values)
    if (failed(checkMinimum(op, name, value, minimum)))
      return failure();
  return success();
}

Dims dimsFrom(Value tensor, int64_t begin) {
  Dims dims = getDims(tensor);
  return Dims(ArrayRef(dims).drop_front(std::min<size_t>(begin, dims.size())));
}

SmallVector<int64_t> axesOrAll(std::optional<ArrayRef<int64_t>> axes, int64_t rank) {
  if (axes)
    return SmallVector<int64_t>(*axes);
  return llvm::to_vector(llvm::seq<int64_t>(0, rank));
}

FailureOr<AffineExpr> windowDim(Operation *op, int64_t spatial, AffineExpr in, AffineExpr kernel, int64_t before,
                                int64_t after, int64_t stride, int64_t dilation) {
  auto constant = [&](int64_t value) { return constantDim(op, value); };
  AffineExpr one = constant(1);
  AffineExpr padded = addDims(addDims(in, constant(before)), constant(after));
  AffineExpr span = addDims(mulDims(constant(dilation), subDims(kernel, one)), one);
  AffineExpr steps = floorDivDims(subDims(padded, span), constant(stride));
  AffineExpr size = addDims(steps, one);
  if (std::optional<int64_t> known = getConstantDim(size); known && *known < 0)
    return op->emitOpError("expected a window that fits spatial dimension ")
           << spatial << " of " << printDim(padded) << " with its padding, but got " << printDim(span);
  return size;
}

Dims valuesOf(const ShapeContext *shapes, Value tensor, size_t count) {
  if (shapes)
    if (std::optional<Dims> known = shapes->getValues(tensor); known && known->size() == count)
      return *known;
  return Dims(count);
}

AffineExpr priorDim(Operation *op, ShapeContext &shapes, unsigned result, unsigned dim) {
  if (AffineExpr declared = shapes.getDeclared(result, dim))
    return declared;
  auto type = dyn_cast<RankedTensorType>(op->getResult(result).getType());
  return type && dim < type.getRank() ? getDims(type)[dim] : AffineExpr();
}

FailureOr<AffineExpr> requirePriorDim(Operation *op, ShapeContext &shapes, unsigned dim, StringRef operand) {
  if (AffineExpr prior = priorDim(op, shapes, 0, dim))
    return prior;
  return op->emitOpError("expected '") << operand << "' to be a constant, or a declared size of result dimension "
                                       << dim << ", but got neither";
}

FailureOr<AffineExpr> sizeFromOperand(Operation *op, ShapeContext &shapes, Value operand, int64_t index, unsigned dim,
                                      StringRef name) {
  int64_t min = 0, max = INT64_MAX;
  if (AffineExpr prior = priorDim(op, shapes, 0, dim)) {
    std::optional<int64_t> size = getConstantDim(prior);
    max = shapes.getRange(prior).second;
    min = size.value_or(0);
  }
  OpBuilder builder(op);
  AffineExpr size = shapes.readDim(builder, op->getLoc(), operand, index, name, min, max);
  if (std::optional<int64_t> known = getConstantDim(size); known && *known < 0)
    return op->emitOpError("expected sizes in '") << name << "' that are not negative, but got " << *known;
  return size;
}

FailureOr<int64_t> rankFromOperand(Operation *op, StringRef name, Value operand) {
  if (failed(checkRank(op, name, operand, 1, 1)))
    return failure();
  std::optional<int64_t> count = getConstantDim(getDims(operand)[0]);
  if (!count)
    return op->emitOpError("expected a static number of elements in '") << name << "', but got " << operand.getType();
  if (*count > 64)
    return op->emitOpError("expected at most 64 elements in '") << name << "', but got " << *count;
  return *count;
}

} // namespace detail
} // namespace dsc
