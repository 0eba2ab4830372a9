// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Shape and verifier of attention.

#include "dialects/dsc/Dsc.h"
#include "dialects/dsc/DscDetail.h"

using namespace mlir;
using namespace dsc::detail;

namespace dsc {

/// The sizes of an operand in the order batch, heads, sequence, depth.
static Dims headDims(AttentionOp op, Value tensor) {
  Dims dims = getDims(tensor);
  if (op.getLayout() == HeadLayout::Bshd)
    std::swap(dims[1], dims[2]);
  return dims;
}

static LogicalResult inferDims(AttentionOp op, Dims &dims) {
  if (failed(checkRank(op, "query", op.getQuery(), 4, 4)) || failed(checkRank(op, "key", op.getKey(), 4, 4)) ||
      failed(checkRank(op, "value", op.getValue(), 4, 4))) // attention_c1
    return failure();
  Dims query = headDims(op, op.getQuery()), key = headDims(op, op.getKey()), value = headDims(op, op.getValue());
  if (failed(checkSize(op, "a key batch", key[0], query[0])) ||
      failed(checkSize(op, "a value batch", value[0], query[0])) ||
      failed(checkSize(op, "a key depth", key[3], query[3])) ||
      failed(checkSize(op, "a value length", value[2], key[2]))) // attention_c2
    return failure();
  if (failed(checkSize(op, "a number of value heads", value[1], key[1]))) // attention_c3
    return failure();
  std::optional<int64_t> heads = getConstantDim(query[1]), sharedHeads = getConstantDim(key[1]);
  if (heads && sharedHeads && (*sharedHeads == 0 ? *heads != 0 : *heads % *sharedHeads != 0)) // attention_c3
    return op.emitOpError("expected query heads divisible by ") << *sharedHeads << ", but got " << *heads;
  if (Value mask = op.getMask())
    if (failed(checkBroadcastsTo(op, "mask", mask, {query[0], query[1], query[2], key[2]}))) // attention_c4
      return failure();
  dims = {query[0], query[1], query[2], value[3]};
  if (op.getLayout() == HeadLayout::Bshd)
    std::swap(dims[1], dims[2]);
  return success();
}

LogicalResult AttentionOp::inferResultTypes(ShapeContext &, SmallVectorImpl<Type> &results) {
  Dims dims;
  if (failed(inferDims(*this, dims)))
    return failure();
  return appendType(*this, dims, elementType(getQuery()), results);
}

LogicalResult AttentionOp::verify() {
  Dims dims;
  Type element = elementType(getQuery());
  if (failed(inferDims(*this, dims)) || failed(checkElementType(*this, "key", getKey(), element)) ||
      failed(checkElementType(*this, "value", getValue(), element))) // attention_c5
    return failure();
  Value mask = getMask();
  if (mask && !elementType(mask).isInteger(1) && failed(checkElementType(*this, "mask", mask, element)))
    return failure();
  return checkResult(*this, 0, dims, element); // attention_c6
}

} // namespace dsc
