// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Readers of attention: one dsc.attention, or its steps where the scores are a result.

#include "compiler/import/Attention.h"

#include "compiler/import/OpTable.h"

#include <cmath>
#include <limits>

using namespace mlir;

namespace dsc::onnx_import {
namespace {

/// Operands of attention, in `[batch, heads, sequence, depth]`.
struct Heads {
  Value query, key, value;
  /// Added, or i1 with true for what stays; null if all stay.
  Value mask;
  bool causal = false;
  double scale = 1;
  double softcap = 0;
  /// The operands have no heads of their own: results are merged again.
  bool merged = false;
};

/// `[batch, sequence, heads * depth]` to `[batch, heads, sequence, depth]`.
Value splitHeads(NodeReader &n, Value x, int64_t heads) {
  int64_t hidden = n.requireStaticDim(x, 2, "hidden size");
  if (heads < 1 || hidden % heads != 0) {
    n.fail("expected heads that divide the hidden size " + Twine(hidden) + ", but got " + Twine(heads));
    return x;
  }
  Value split = n.reshape(x, {n.getDim(x, 0), n.getDim(x, 1), n.constantDim(heads), n.constantDim(hidden / heads)});
  return n.transpose(split, {0, 2, 1, 3});
}

Value mergeHeads(NodeReader &n, Value x) {
  Value t = n.transpose(x, {0, 2, 1, 3});
  return n.reshape(t, {n.getDim(t, 0), n.getDim(t, 1), mulDims(n.getDim(t, 2), n.getDim(t, 3))});
}

/// [0, size) as i64 with a dimension of that size at `dim` of `rank`.
Value iota(NodeReader &n, AffineExpr size, int64_t dim, int64_t rank) {
  Type i64 = n.builder.getI64Type();
  Value limit = n.squeeze(n.makeDims({size}), {0});
  Value range = n.create<RangeOp>({n.makeScalar(0, i64), limit, n.makeScalar(1, i64)});
  Ints axes;
  for (int64_t i = 0; i < rank; ++i)
    if (i != dim)
      axes.push_back(i);
  return n.unsqueeze(range, axes);
}

/// Keeps of the mask what `keep` holds.
Value restrict(NodeReader &n, Value mask, Value keep) {
  if (!mask)
    return keep;
  if (n.getElementType(mask).isInteger(1))
    return n.create<AndOp>({mask, keep});
  Value removed = n.makeScalar(-std::numeric_limits<double>::infinity(), n.getElementType(mask));
  return n.create<WhereOp>({keep, mask, removed});
}

/// Since opset 24 a mask may be shorter than the keys: what it does not cover is removed.
Value extendMask(NodeReader &n, Value mask, AffineExpr keys) {
  int64_t last = n.getRank(mask) - 1;
  AffineExpr size = last < 0 ? keys : n.getDim(mask, last);
  if (size == keys || getConstantDim(size) == 1 || !areProvablyDifferent(size, keys))
    return mask;
  Type type = n.getElementType(mask);
  Value removed = type.isInteger(1) ? n.makeScalar(0, type)
                                    : n.makeScalar(-std::numeric_limits<double>::infinity(), type);
  Value pads = n.makeDims({n.constantDim(0), subDims(keys, size)});
  return n.create<PadOp>({mask, pads, removed}, {n.intsAttr("axes", {last})});
}

/// A query at position i after `past` keys sees the keys up to past + i.
Value makeCausal(NodeReader &n, const Heads &h, AffineExpr past) {
  Value rows = n.create<AddOp>({iota(n, n.getDim(h.query, 2), 0, 2), n.squeeze(n.makeDims({past}), {0})});
  return n.create<GreaterEqualOp>({rows, iota(n, n.getDim(h.key, 2), 1, 2)});
}

void addMasks(NodeReader &n, Heads &h, AffineExpr past, Value validKeys) {
  if (h.mask)
    h.mask = extendMask(n, h.mask, n.getDim(h.key, 2));
  if (h.causal && past) {
    h.mask = restrict(n, h.mask, makeCausal(n, h, past));
    h.causal = false;
  }
  if (validKeys) {
    Value keep = n.create<LessOp>({iota(n, n.getDim(h.key, 2), 3, 4),
                                   n.castTo(n.unsqueeze(validKeys, {1, 2, 3}), n.builder.getI64Type())});
    h.mask = restrict(n, h.mask, keep);
  }
}

Value fused(NodeReader &n, const Heads &h) {
  SmallVector<NamedAttribute> attributes = {n.floatAttr("scale", h.scale), n.floatAttr("softcap", h.softcap)};
  if (h.causal)
    attributes.push_back(n.unitAttr("causal"));
  Value mask = h.mask;
  if (mask && !n.getElementType(mask).isInteger(1))
    mask = n.castTo(mask, n.getElementType(h.query));
  return n.create<AttentionOp>({h.query, h.key, h.value, mask}, attributes);
}

/// Shares key and value heads: `[b, h, s, d]` as `[b, kv, h/kv, s, d]`, whose matrices broadcast.
Value groupHeads(NodeReader &n, Value x, int64_t keyHeads) {
  int64_t heads = n.requireStaticDim(x, 1, "number of heads");
  if (keyHeads < 1 || heads % keyHeads != 0) {
    n.fail("expected query heads that the key heads divide, but got " + Twine(heads) + " and " + Twine(keyHeads));
    return x;
  }
  return n.reshape(x, {n.getDim(x, 0), n.constantDim(keyHeads), n.constantDim(heads / keyHeads), n.getDim(x, 2),
                       n.getDim(x, 3)});
}

/// The steps in wide floats; `which` of them is the second result: 0 products, 1 capped, 2 masked, 3 softmax.
std::pair<Value, Value> stepwise(NodeReader &n, Heads h, int64_t which) {
  Type narrow = n.getElementType(h.query);
  Value query = n.widen(h.query), key = n.widen(h.key), value = n.widen(h.value);
  Type type = n.getElementType(query);
  int64_t keyHeads = n.requireStaticDim(key, 1, "number of heads");
  Value root = n.makeScalar(std::sqrt(h.scale), type);
  Value scores = n.create<MatmulOp>({n.create<MulOp>({groupHeads(n, query, keyHeads), root}),
                                     n.unsqueeze(n.create<MulOp>({key, root}), {2})},
                                    {n.unitAttr("transpose_rhs")});
  Dims dims = {n.getDim(query, 0), n.getDim(query, 1), n.getDim(query, 2), n.getDim(key, 2)};
  scores = n.reshape(scores, dims);
  Value steps[4] = {scores};
  if (h.softcap != 0) {
    Value cap = n.makeScalar(h.softcap, type);
    scores = n.create<MulOp>({n.create<TanhOp>({n.create<DivOp>({scores, cap})}), cap});
  }
  steps[1] = scores;
  if (h.causal)
    h.mask = restrict(n, h.mask, makeCausal(n, h, n.constantDim(0)));
  if (h.mask && n.getElementType(h.mask).isInteger(1))
    scores = n.create<WhereOp>({h.mask, scores, n.makeScalar(-std::numeric_limits<double>::infinity(), type)});
  else if (h.mask)
    scores = n.create<AddOp>({scores, n.castTo(h.mask, type)});
  steps[2] = scores;
  steps[3] = n.create<SoftmaxOp>({scores}, {n.intAttr("axis", 3)});
  Value out = n.create<MatmulOp>({groupHeads(n, steps[3], keyHeads), n.unsqueeze(value, {2})});
  out = n.reshape(out, {dims[0], dims[1], dims[2], n.getDim(value, 3)});
  return {n.castTo(out, narrow), n.castTo(steps[which], narrow)};
}

Heads readHeads(NodeReader &n, int64_t queryHeads, int64_t keyHeads) {
  Heads h{};
  h.query = n.require(0);
  h.key = n.require(1);
  h.value = n.require(2);
  h.merged = n.getRank(h.query) == 3;
  if (h.merged) {
    h.query = splitHeads(n, h.query, queryHeads);
    h.key = splitHeads(n, h.key, keyHeads);
    h.value = splitHeads(n, h.value, keyHeads);
  }
  for (Value x : {h.query, h.key, h.value})
    if (n.getRank(x) != 4)
      n.fail("expected query, key and value of rank 3 or all of rank 4");
  if (n.hasFailed())
    return h;
  double depth = double(n.requireStaticDim(h.query, 3, "head size"));
  h.scale = 1 / std::sqrt(depth);
  return h;
}

/// Puts the cache before keys and values; the number of its keys.
AffineExpr appendPast(NodeReader &n, Heads &h, Value pastKey, Value pastValue) {
  if (!pastKey)
    return nullptr;
  AffineExpr past = n.getDim(pastKey, 2);
  h.key = n.create<ConcatOp>({pastKey, h.key}, {n.intAttr("axis", 2)});
  h.value = n.create<ConcatOp>({pastValue, h.value}, {n.intAttr("axis", 2)});
  return past;
}

void readAttention(NodeReader &n) {
  Heads h = readHeads(n, n.getInt("q_num_heads", 0), n.getInt("kv_num_heads", 0));
  if (n.hasFailed())
    return;
  if (n.has(4) != n.has(5))
    return n.fail("expected both 'past_key' and 'past_value', or none");
  h.mask = n.get(3);
  h.causal = n.getFlag("is_causal", false);
  h.scale = n.getFloat("scale", float(h.scale));
  h.softcap = n.getFloat("softcap", 0);
  int64_t which = n.getInt("qk_matmul_output_mode", 0);
  if (h.scale < 0 || which < 0 || which > 3)
    return n.fail("expected 'scale' that is not negative, and 'qk_matmul_output_mode' from 0 to 3");
  AffineExpr past = appendPast(n, h, n.get(4), n.get(5));
  addMasks(n, h, past, n.get(6));
  Value out;
  if (n.wants(3)) {
    auto [result, scores] = stepwise(n, h, which);
    out = result;
    n.set(3, scores);
  } else {
    out = fused(n, h);
  }
  n.set(0, h.merged ? mergeHeads(n, out) : out);
  n.set(1, h.key);
  n.set(2, h.value);
}

/// com.microsoft.MultiHeadAttention on separate query, key and value.
void readMultiHeadAttention(NodeReader &n) {
  if (n.has(4) || !n.has(1) || !n.has(2))
    return n.fail("expected separate query, key and value, and no 'key_padding_mask'");
  int64_t heads = n.requireInt("num_heads");
  Value operands[3] = {n.require(0), n.require(1), n.require(2)};
  Heads h = readHeads(n, heads, heads);
  if (n.hasFailed())
    return;
  if (n.has(3)) {
    // One bias for query, key and value together.
    AffineExpr begin = n.constantDim(0);
    Value *targets[3] = {&h.query, &h.key, &h.value};
    for (int i = 0; i < 3; ++i) {
      AffineExpr end = addDims(begin, n.getDim(operands[i], 2));
      *targets[i] = splitHeads(n, n.create<AddOp>({operands[i], n.slice(n.get(3), 0, begin, end)}), heads);
      begin = end;
    }
  }
  h.mask = n.get(5);
  h.causal = n.getFlag("unidirectional", false);
  double scale = n.getFloat("scale", 0);
  h.scale = scale == 0 ? h.scale : scale;
  if (n.has(6) != n.has(7))
    return n.fail("expected both 'past_key' and 'past_value', or none");
  addMasks(n, h, appendPast(n, h, n.get(6), n.get(7)), nullptr);
  Value out = fused(n, h);
  n.set(0, mergeHeads(n, out));
  n.set(1, h.key);
  n.set(2, h.value);
}

/// What a mask of onnxruntime's attention allows, as numbers to add: `[batch, keys]` or `[batch, queries, keys]`, 0 for
/// what is removed.
Value makeAdditiveMask(NodeReader &n, Value mask) {
  Type integer = n.getElementType(mask), f32 = n.builder.getF32Type();
  Value stays = n.create<GreaterOp>({mask, n.makeScalar(0, integer)});
  Value added = n.create<WhereOp>({stays, n.makeScalar(0, f32), n.makeScalar(n.getFloat("mask_filter_value", -10000), f32)});
  return n.unsqueeze(added, n.getRank(mask) == 2 ? Ints{1, 2} : Ints{1});
}

} // namespace

void readPackedAttention(NodeReader &n, Value projected, Value maskIndex, Value past) {
  int64_t heads = n.requireInt("num_heads");
  if (n.getFlag("do_rotary", false) || n.getFlag("past_present_share_buffer", false))
    return n.fail("expected 'do_rotary' and 'past_present_share_buffer' to be 0");
  if (n.getRank(projected) != 3 || n.requireStaticDim(projected, 2, "hidden size") % 3 != 0)
    return n.fail("expected query, key and value of equal size, side by side");
  int64_t hidden = n.requireStaticDim(projected, 2, "hidden size") / 3;
  Heads h{};
  Value *parts[3] = {&h.query, &h.key, &h.value};
  for (int64_t i = 0; i < 3; ++i)
    *parts[i] = splitHeads(n, n.slice(projected, 2, n.constantDim(i * hidden), n.constantDim((i + 1) * hidden)), heads);
  if (n.hasFailed())
    return;
  double scale = n.getFloat("scale", 0);
  h.scale = scale == 0 ? 1 / std::sqrt(double(hidden) / double(heads)) : scale;
  h.causal = n.getFlag("unidirectional", false);
  auto pastPart = [&](int64_t i) {
    return past ? n.squeeze(n.slice(past, 0, n.constantDim(i), n.constantDim(i + 1)), {0}) : Value();
  };
  AffineExpr before = appendPast(n, h, pastPart(0), pastPart(1));
  int64_t maskRank = maskIndex ? n.getRank(maskIndex) : 0;
  if (maskRank > 3)
    return n.fail("expected 'mask_index' of rank 1 to 3");
  if (maskRank > 1)
    h.mask = makeAdditiveMask(n, maskIndex);
  if (maskRank == 1 && areProvablyDifferent(n.getDim(maskIndex, 0), n.getDim(projected, 0)))
    return n.fail("expected one length per row of the batch in 'mask_index'");
  addMasks(n, h, before, maskRank == 1 ? maskIndex : Value());
  n.set(0, mergeHeads(n, fused(n, h)));
  if (n.wants(1))
    n.set(1, n.create<ConcatOp>({n.unsqueeze(h.key, {0}), n.unsqueeze(h.value, {0})}, {n.intAttr("axis", 0)}));
}

namespace {

/// com.microsoft.Attention: input, weight, bias, mask_index, past.
void readProjectedAttention(NodeReader &n) {
  if (n.has(5) || n.has(6) || n.hasAttribute("qkv_hidden_sizes"))
    return n.fail("expected no 'attention_bias', 'past_sequence_length' and 'qkv_hidden_sizes'");
  Value projected = n.create<MatmulOp>({n.require(0), n.require(1)});
  if (n.has(2))
    projected = n.create<AddOp>({projected, n.get(2)});
  readPackedAttention(n, projected, n.get(3), n.get(4));
}

const OpRow rows[] = {
    {"Attention", readProjectedAttention, 1, maxOpset,
     "equal sizes of query, key and value; no attention_bias, rotation, shared cache", "com.microsoft"},
    {"Attention", readAttention, 23, maxOpset, "static heads and head size"},
    {"MultiHeadAttention", readMultiHeadAttention, 1, maxOpset, "no packed operands, no key_padding_mask",
     "com.microsoft"},
};

} // namespace

OpFamily getAttentionFamily() { return {"Attention", rows}; }

} // namespace dsc::onnx_import
