// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Matching of attention groups and the layout of their scratch.

#include "passes/kernel/cpu/Attention.h"
#include "dialects/dsc/Schedule.h"

#include "mlir/IR/TypeUtilities.h"

using namespace mlir;

namespace dsc {

namespace {
/// Heads deeper than this do not fit the second-level cache with a block of keys and values.
constexpr int64_t maxDepth = 512;

const char *whyNotAttention(AttentionOp op) {
  if (!getElementTypeOrSelf(op.getQuery().getType()).isF32())
    return "the element type is not f32";
  if (op.getMask()) {
    Type element = getElementTypeOrSelf(op.getMask().getType());
    if (!element.isF32() && !element.isInteger(1))
      return "the mask is neither f32 nor i1";
  }
  auto depthOf = [](Value v) { return getConstantDim(getDims(v).back()); };
  std::optional<int64_t> depth = depthOf(op.getQuery()), valueDepth = depthOf(op.getValue());
  if (!depth || !valueDepth || *depth < 1 || *valueDepth < 1 || *depth > maxDepth || *valueDepth > maxDepth)
    return "the depth of a head is not known or too large";
  return nullptr;
}

/// Whether every size of the mask is 1 or the one it broadcasts to.
bool maskBroadcasts(Value mask, ArrayRef<AffineExpr> target) {
  Dims dims = getDims(mask);
  for (auto [dim, to] : llvm::zip(llvm::reverse(dims), llvm::reverse(target)))
    if (dim != to && getConstantDim(dim) != 1)
      return false;
  return true;
}
} // namespace

int64_t AttentionSpec::paddedDepth() const { return llvm::alignTo(valueDepth, panelColumns); }

FailureOr<AttentionSpec> matchAttention(GroupOp group, std::string &whyNot) {
  AttentionOp op = findAnchor<AttentionOp>(group, whyNot);
  if (!op)
    return failure();
  if (const char *reason = whyNotAttention(op)) {
    whyNot = reason;
    return failure();
  }
  FailureOr<EpilogueSpec> epilogue = EpilogueSpec::match(group, op, whyNot);
  if (failed(epilogue))
    return failure();
  auto number = [](Value v) { return cast<BlockArgument>(v).getArgNumber(); };
  Dims query = getDims(op.getQuery()), key = getDims(op.getKey()), value = getDims(op.getValue());
  bool inside = op.getLayout() == HeadLayout::Bshd;
  int head = inside ? 2 : 1, sequence = inside ? 1 : 2;
  AttentionSpec spec{*epilogue, op, number(op.getQuery()), number(op.getKey()), number(op.getValue()), {},
                     query[0], query[head], key[head], query[sequence], key[sequence],
                     *getConstantDim(query[3]), *getConstantDim(value[3]), inside};
  if (op.getMask()) {
    spec.mask = number(op.getMask());
    if (!maskBroadcasts(op.getMask(), {spec.batch, spec.heads, spec.queries, spec.keys})) {
      whyNot = "the mask may broadcast at run time";
      return failure();
    }
  }
  return spec;
}

AttentionScratch::AttentionScratch(const AttentionSpec &spec) {
  int64_t next = EpilogueEmitter::scratchBytes;
  auto take = [&](int64_t floats) {
    int64_t offset = next;
    next += llvm::alignTo(floats * 4, 64);
    return offset;
  };
  keys = take(keysPerBlock * spec.depth);
  values = take(keysPerBlock * spec.paddedDepth());
  scores = take(rowsPerBlock * keysPerBlock);
  sums = take(queriesPerTile * spec.paddedDepth());
  highest = take(queriesPerTile);
  totals = take(queriesPerTile);
  bytes = next;
}

} // namespace dsc
