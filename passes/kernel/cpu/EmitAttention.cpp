// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Fused attention: blocks of keys and values are packed into scratch; scores, their softmax and the weighted sum of
// values follow block by block with running maxima and totals (online softmax).

#include "passes/kernel/cpu/Attention.h"
#include "passes/kernel/cpu/AttentionSoftmax.h"
#include "passes/kernel/cpu/Families.h"
#include "passes/kernel/cpu/PanelTranspose.h"
#include "dialects/dsc/Schedule.h"

using namespace mlir;

namespace dsc {

namespace {
/// The tile of the scores of a block of keys.
TilePlan tileOf(const AttentionSpec &spec, const CpuLevel &level) {
  return scheduleTile(GemmShape{-1, keysPerBlock, spec.depth}, level);
}

class AttentionEmitter {
public:
  AttentionEmitter(const AttentionSpec &spec, KernelBody &body)
      : spec(spec), body(body), m{body.b, body.loc}, atom(body.level.lanes), epilogue(spec.epilogue, body, atom),
        softmax(spec, body), rows(tileOf(spec, body.level).rows),
        limit(maxAccumulators(body.level.registers)), heads(body.dimValue(spec.heads)),
        keyHeads(body.dimValue(spec.keyHeads)), queries(body.dimValue(spec.queries)),
        keys(body.dimValue(spec.keys)) {
    AttentionScratch scratch(spec);
    Type f32 = m.b.getF32Type();
    keyPanels = m.view(body.scratch, scratch.keys, f32);
    valuePanels = m.view(body.scratch, scratch.values, f32);
    scores = m.view(body.scratch, scratch.scores, f32);
    sums = m.view(body.scratch, scratch.sums, f32);
  }

  void emit();

private:
  /// Where a sequence of one batch element and head starts, and the distance of its rows.
  struct Sequence {
    Value start, stride;
  };
  Sequence locate(Value length, Value headCount, Value head, int64_t depth);
  void emitTile();
  void emitBlock(Value firstKey);
  void packValues(Value firstKey, Value count);
  void emitScores(Value first, Value count, Value keyCount);
  void emitSums(Value first, Value count, Value keyCount);
  void product(Value a, Value aStart, Value aStride, Value panels, Value panelCount, int64_t panelSize, Value depth,
               Value count, Value target, Value targetStart, int64_t targetStride, bool add);
  void storeRows();

  const AttentionSpec &spec;
  KernelBody &body;
  IndexMath m;
  F32Atom atom;
  EpilogueEmitter epilogue;
  AttentionSoftmax softmax;
  int rows, limit;
  Value heads, keyHeads, queries, keys;
  Value keyPanels, valuePanels, scores, sums;
  /// The current tile: batch element, head, first query and number of queries.
  Value batch, head, firstQuery, queryCount;
};

AttentionEmitter::Sequence AttentionEmitter::locate(Value length, Value headCount, Value which, int64_t depth) {
  if (spec.headsInside) {
    Value stride = m.mul(headCount, depth);
    return {m.add(m.mul(m.mul(batch, length), stride), m.mul(which, depth)), stride};
  }
  Value row = m.mul(m.add(m.mul(batch, headCount), which), length);
  return {m.mul(row, depth), m.constant(depth)};
}

void AttentionEmitter::emit() {
  Value perHead = m.ceilDiv(queries, queriesPerTile);
  m.loop(body.begin, body.end, 1, [&](Value t) {
    firstQuery = m.mul(m.rem(t, perHead), queriesPerTile);
    Value rest = m.div(t, perHead);
    head = m.rem(rest, heads);
    batch = m.div(rest, heads);
    queryCount = m.min(m.sub(queries, firstQuery), m.constant(queriesPerTile));
    emitTile();
  });
}

void AttentionEmitter::emitTile() {
  softmax.reset(queryCount);
  Value zero = m.zeroVector(m.b.getF32Type(), atom.lanes);
  m.loop(m.constant(0), m.mul(queryCount, spec.paddedDepth()), atom.lanes,
         [&](Value i) { m.storeVector(zero, sums, i); });
  Value last = keys;
  AttentionOp op = spec.op;
  if (op.getCausal()) // keys after the last query of the tile are seen by none of its rows
    last = m.min(keys, m.add(firstQuery, queryCount));
  m.loop(m.constant(0), last, keysPerBlock, [&](Value firstKey) { emitBlock(firstKey); });
  storeRows();
}

void AttentionEmitter::emitBlock(Value firstKey) {
  Value count = m.min(m.sub(keys, firstKey), m.constant(keysPerBlock));
  Value keyHead = m.div(head, m.div(heads, keyHeads));
  Sequence key = locate(keys, keyHeads, keyHead, spec.depth);
  Value panels = m.ceilDiv(count, panelColumns);
  m.loop(m.constant(0), panels, 1, [&](Value p) {
    Value first = m.mul(p, panelColumns);
    Value columns = m.min(m.sub(count, first), m.constant(panelColumns));
    Value from = m.add(key.start, m.mul(m.add(firstKey, first), key.stride));
    transposeIntoPanel(m, body.flat[spec.key], from, key.stride, columns, m.constant(spec.depth), keyPanels,
                       m.mul(p, spec.depth * panelColumns));
  });
  packValues(firstKey, count);
  m.loop(m.constant(0), queryCount, rowsPerBlock, [&](Value first) {
    Value rowCount = m.min(m.sub(queryCount, first), m.constant(rowsPerBlock));
    emitScores(first, rowCount, count);
    softmax.emitBlock(scores, sums, first, rowCount, {batch, head, m.add(firstQuery, first)}, firstKey, count);
    emitSums(first, rowCount, count);
  });
}

void AttentionEmitter::packValues(Value firstKey, Value count) {
  Value keyHead = m.div(head, m.div(heads, keyHeads));
  Sequence value = locate(keys, keyHeads, keyHead, spec.valueDepth);
  m.loop(m.constant(0), count, 1, [&](Value k) {
    Value from = m.add(value.start, m.mul(m.add(firstKey, k), value.stride));
    for (int64_t column = 0; column < spec.paddedDepth(); column += atom.lanes) {
      int64_t valid = std::min<int64_t>(atom.lanes, spec.valueDepth - column);
      Value vector = m.zeroVector(m.b.getF32Type(), atom.lanes);
      if (valid > 0)
        vector = m.loadVector(body.flat[spec.value], m.add(from, column), atom.lanes,
                              valid == atom.lanes ? Value() : m.mask(atom.lanes, valid));
      int64_t panel = column / panelColumns * keysPerBlock * panelColumns + column % panelColumns;
      m.storeVector(vector, valuePanels, m.add(m.mul(k, panelColumns), panel));
    }
  });
}

/// target[r, panel*32 ...] (+)= sum over k < depth of a[r, k] * panels[panel, k, ...] for r < count.
void AttentionEmitter::product(Value a, Value aStart, Value aStride, Value panels, Value panelCount,
                               int64_t panelSize, Value depth, Value count, Value target, Value targetStart,
                               int64_t targetStride, bool add) {
  SmallVector<Value> whole(panelColumns / atom.lanes);
  m.loop(m.constant(0), panelCount, 1, [&](Value panel) {
    sweepRows(m, m.constant(0), count, rows, [&](Value row, int height) {
      splitColumns(m, atom.lanes, whole, height, limit, [&](Value column, ArrayRef<Value> masks) {
        TileInputs inputs;
        inputs.a = a;
        inputs.b = panels;
        inputs.step = m.constant(panelColumns);
        inputs.masks.assign(masks.begin(), masks.end());
        for (int r = 0; r < height; ++r)
          inputs.rows.push_back(m.add(m.add(aStart, m.mul(row, aStride)), m.mul(aStride, r)));
        for (size_t f = 0; f < masks.size(); ++f)
          inputs.columns.push_back(m.add(m.add(m.mul(panel, panelSize), column), f * atom.lanes));
        Value corner = m.add(m.add(targetStart, m.mul(row, targetStride)), m.add(m.mul(panel, panelColumns), column));
        auto at = [&](size_t i) {
          return m.add(corner, i / masks.size() * targetStride + i % masks.size() * atom.lanes);
        };
        SmallVector<Value> tile = zeroTile(m, atom, height, masks.size());
        if (add)
          for (size_t i = 0; i < tile.size(); ++i)
            tile[i] = m.loadVector(target, at(i), atom.lanes);
        tile = accumulate(m, atom, inputs, m.constant(0), depth, tile);
        for (size_t i = 0; i < tile.size(); ++i)
          m.storeVector(tile[i], target, at(i));
      });
    });
  });
}

void AttentionEmitter::emitScores(Value first, Value count, Value keyCount) {
  Sequence query = locate(queries, heads, head, spec.depth);
  Value start = m.add(query.start, m.mul(m.add(firstQuery, first), query.stride));
  product(body.flat[spec.query], start, query.stride, keyPanels, m.ceilDiv(keyCount, panelColumns),
          spec.depth * panelColumns, m.constant(spec.depth), count, scores, m.constant(0), keysPerBlock, false);
}

void AttentionEmitter::emitSums(Value first, Value count, Value keyCount) {
  product(scores, m.constant(0), m.constant(keysPerBlock), valuePanels,
          m.constant(spec.paddedDepth() / panelColumns), keysPerBlock * panelColumns, keyCount, count, sums,
          m.mul(first, spec.paddedDepth()), spec.paddedDepth(), true);
}

void AttentionEmitter::storeRows() {
  m.loop(m.constant(0), queryCount, 1, [&](Value q) {
    Value start = m.mul(q, spec.paddedDepth());
    softmax.normalise(sums, start, q);
    Value query = m.add(firstQuery, q);
    Value row = spec.headsInside ? m.add(m.mul(m.add(m.mul(batch, queries), query), heads), head)
                                 : m.add(m.mul(m.add(m.mul(batch, heads), head), queries), query);
    SmallVector<Fragment> fragments;
    for (int64_t column = 0; column < spec.valueDepth; column += atom.lanes) {
      int64_t valid = std::min<int64_t>(atom.lanes, spec.valueDepth - column);
      fragments.push_back({m.constant(column), valid == atom.lanes ? Value() : m.mask(atom.lanes, valid)});
    }
    epilogue.storeFromMemory(sums, start, 0, row, m.constant(1), fragments);
  });
}

class AttentionFamily final : public KernelFamily {
public:
  StringRef name() const override { return "attention"; }

  FailureOr<KernelShape> match(GroupOp group, std::string &whyNot) const override {
    FailureOr<AttentionSpec> spec = matchAttention(group, whyNot);
    if (failed(spec))
      return failure();
    AffineExpr tiles = ceilDivDims(spec->queries, getAffineConstantExpr(queriesPerTile, group.getContext()));
    KernelShape shape;
    shape.tiles = mulDims(mulDims(spec->batch, spec->heads), tiles);
    shape.scratchBytes = AttentionScratch(*spec).bytes;
    return shape;
  }

  ScheduleReasons explain(GroupOp group, const CpuLevel &level) const override {
    std::string whyNot;
    return {"", tileOf(*matchAttention(group, whyNot), level).why};
  }

  LogicalResult emit(GroupOp group, KernelBody &body) const override {
    std::string whyNot;
    FailureOr<AttentionSpec> spec = matchAttention(group, whyNot);
    assert(succeeded(spec) && "expected a group that `match` took");
    AttentionEmitter(*spec, body).emit();
    return success();
  }
};
} // namespace

const KernelFamily &attentionFamily() {
  static const AttentionFamily family;
  return family;
}

} // namespace dsc
