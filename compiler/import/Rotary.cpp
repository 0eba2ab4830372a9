// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Readers of rotary position embedding.

#include "compiler/import/OpTable.h"

using namespace mlir;

namespace dsc::onnx_import {
namespace {

struct Rotation {
  Value x, cos, sin;
  /// The operand is `[batch, sequence, heads * depth]`.
  bool merged = false;
  int64_t depth = 0, rotated = 0;
  bool interleaved = false;
};

/// The sizes of x but for the last dimension.
Dims withDepth(NodeReader &n, Value x, int64_t depth) {
  return {n.getDim(x, 0), n.getDim(x, 1), n.getDim(x, 2), n.constantDim(depth)};
}

/// The halves of the rotated depth: the first and second, or the even and odd elements.
std::pair<Value, Value> splitHalves(NodeReader &n, const Rotation &r, Value x) {
  AffineExpr zero = n.constantDim(0), one = n.constantDim(1), two = n.constantDim(2);
  if (!r.interleaved)
    return {n.slice(x, 3, zero, n.constantDim(r.rotated / 2)),
            n.slice(x, 3, n.constantDim(r.rotated / 2), n.constantDim(r.rotated))};
  Dims dims = withDepth(n, x, r.rotated / 2);
  dims.push_back(two);
  Value pairs = n.reshape(x, dims);
  return {n.squeeze(n.slice(pairs, 4, zero, one), {4}), n.squeeze(n.slice(pairs, 4, one, two), {4})};
}

Value joinHalves(NodeReader &n, const Rotation &r, Value first, Value second) {
  if (!r.interleaved)
    return n.create<ConcatOp>({first, second}, {n.intAttr("axis", 3)});
  Value pairs = n.create<ConcatOp>({n.unsqueeze(first, {4}), n.unsqueeze(second, {4})}, {n.intAttr("axis", 4)});
  return n.reshape(pairs, withDepth(n, first, r.rotated));
}

void rotate(NodeReader &n, const Rotation &r) {
  Type narrow = n.getElementType(r.x);
  Value all = n.widen(r.x), cos = n.widen(r.cos), sin = n.widen(r.sin);
  Value x = r.rotated == r.depth ? all : n.slice(all, 3, n.constantDim(0), n.constantDim(r.rotated));
  auto [first, second] = splitHalves(n, r, x);
  Value real = n.create<SubOp>({n.create<MulOp>({cos, first}), n.create<MulOp>({sin, second})});
  Value imaginary = n.create<AddOp>({n.create<MulOp>({sin, first}), n.create<MulOp>({cos, second})});
  Value out = joinHalves(n, r, real, imaginary);
  if (r.rotated != r.depth)
    out = n.create<ConcatOp>({out, n.slice(all, 3, n.constantDim(r.rotated), n.constantDim(r.depth))},
                             {n.intAttr("axis", 3)});
  out = n.castTo(out, narrow);
  n.set(0, r.merged ? n.reshape(out, getDims(n.require(0))) : out);
}

/// Common part: the operand by heads, the caches by position and broadcast over heads.
void readRotation(NodeReader &n, Value cosCache, Value sinCache, Value positions) {
  Rotation r;
  r.x = n.require(0);
  r.merged = n.getRank(r.x) == 3;
  r.interleaved = n.getFlag("interleaved", false);
  r.rotated = n.getInt("rotary_embedding_dim", 0);
  int64_t heads = n.getInt("num_heads", 0);
  if (r.merged) {
    int64_t hidden = n.requireStaticDim(r.x, 2, "hidden size");
    // onnxruntime derives the heads from the caches.
    if (heads == 0)
      heads = hidden / std::max<int64_t>(2 * n.requireStaticDim(cosCache, n.getRank(cosCache) - 1, "cache size"), 1);
    if (heads < 1 || hidden % heads != 0)
      return n.fail("expected heads that divide the hidden size " + Twine(hidden) + ", but got " + Twine(heads));
    r.x = n.reshape(r.x, {n.getDim(r.x, 0), n.getDim(r.x, 1), n.constantDim(heads), n.constantDim(hidden / heads)});
  }
  if (n.getRank(r.x) != 4)
    return n.fail("expected an operand of rank 3 or 4, but got " + Twine(n.getRank(r.x)));
  r.depth = n.requireStaticDim(r.x, 3, "head size");
  if (r.rotated == 0)
    r.rotated = r.depth;
  if (r.rotated < 0 || r.rotated > r.depth || r.rotated % 2 != 0)
    return n.fail("expected an even 'rotary_embedding_dim' up to " + Twine(r.depth) + ", but got " + Twine(r.rotated));
  auto place = [&](Value cache) {
    if (positions)
      cache = n.create<GatherOp>({cache, positions}, {n.intAttr("axis", 0)});
    return n.unsqueeze(cache, {r.merged ? 2 : 1});
  };
  r.cos = place(cosCache);
  r.sin = place(sinCache);
  rotate(n, r);
}

void readRotaryEmbedding(NodeReader &n) { readRotation(n, n.require(1), n.require(2), n.get(3)); }

/// com.microsoft has the positions second; a position of one element is the offset of the whole batch.
void readContribRotary(NodeReader &n) {
  if (n.getFlag("is_packed_batching", false) || n.getFloat("scale", 1) != 1)
    return n.fail("expected 'is_packed_batching' 0 and 'scale' 1");
  Value positions = n.require(1), x = n.require(0);
  if (n.getRank(positions) == 1) {
    Type i64 = n.builder.getI64Type();
    Value limit = n.squeeze(n.makeDims({n.getDim(x, n.getRank(x) == 3 ? 1 : 2)}), {0});
    Value range = n.create<RangeOp>({n.makeScalar(0, i64), limit, n.makeScalar(1, i64)});
    positions = n.unsqueeze(n.create<AddOp>({range, n.castTo(positions, i64)}), {0});
  }
  readRotation(n, n.require(2), n.require(3), positions);
}

const OpRow rows[] = {
    {"RotaryEmbedding", readRotaryEmbedding, 23, maxOpset, "static heads and head size"},
    {"RotaryEmbedding", readContribRotary, 1, maxOpset, "no packed batches, scale 1", "com.microsoft"},
};

} // namespace

OpFamily getRotaryFamily() { return {"Rotary embedding", rows}; }

} // namespace dsc::onnx_import
