// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Accumulators as loop-carried 1-D vectors, and the ways to cover rows with register tiles.

#include "passes/kernel/cpu/RegisterTile.h"
#include "dialects/dsc/Schedule.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"

using namespace mlir;

namespace dsc {

int maxAccumulators(int registers) { return registers - 4; }

SmallVector<Value> zeroTile(IndexMath m, const DotAtom &atom, int rows, int fragments) {
  Value zero = m.zeroVector(atom.accumulatorType(m.b.getContext()), atom.lanes);
  return SmallVector<Value>(rows * fragments, zero);
}

SmallVector<Value> accumulate(IndexMath m, const DotAtom &atom, const TileInputs &inputs,
                              Value begin, Value end, ValueRange accumulators,
                              ArrayRef<int> liveRows) {
  size_t fragments = inputs.columns.size();
  SmallVector<Value> result(accumulators), live;
  for (int row : liveRows)
    llvm::append_range(live, accumulators.slice(row * fragments, fragments));
  if (live.empty())
    return result;
  live = m.loop(begin, end, 1, live, [&](Value k, ValueRange carried) {
    SmallVector<Value> next(carried), weights;
    Value along = m.mul(k, inputs.step);
    for (size_t f = 0; f < fragments; ++f)
      weights.push_back(inputs.columns[f] ? atom.loadWeights(m, inputs.b, m.add(inputs.columns[f], along), inputs.masks[f])
                                          : atom.ones(m));
    Value element = m.mul(k, atom.kp());
    for (auto [index, row] : llvm::enumerate(liveRows)) {
      Value a = atom.broadcastRow(m, inputs.a, m.add(inputs.rows[row], element));
      for (size_t f = 0; f < fragments; ++f) {
        Value &accumulator = next[index * fragments + f];
        accumulator = atom.multiplyAdd(m, accumulator, a, weights[f]);
      }
    }
    return next;
  });
  for (auto [index, row] : llvm::enumerate(liveRows))
    for (size_t f = 0; f < fragments; ++f)
      result[row * fragments + f] = live[index * fragments + f];
  return result;
}

SmallVector<Value> accumulate(IndexMath m, const DotAtom &atom, const TileInputs &inputs,
                              Value begin, Value end, ValueRange accumulators) {
  SmallVector<int> all = llvm::to_vector(llvm::seq<int>(0, inputs.rows.size()));
  return accumulate(m, atom, inputs, begin, end, accumulators, all);
}

void sweepRows(IndexMath m, Value begin, Value end, int mr,
               function_ref<void(Value, int)> emitTile) {
  Value count = m.sub(end, begin);
  Value full = m.mul(m.div(m.max(count, m.constant(0)), m.constant(mr)), mr);
  Value next = m.add(begin, full);
  m.loop(begin, next, mr, [&](Value row) { emitTile(row, mr); });
  int rows = 1;
  while (rows * 2 < mr)
    rows *= 2;
  for (; rows >= 1; rows /= 2) {
    // At most one tile of each size is left: a loop carries no value and needs no branch.
    Value after = m.add(next, m.mul(m.div(m.sub(end, next), m.constant(rows)), rows));
    m.branch(m.less(next, after), [&] { emitTile(next, rows); });
    next = after;
  }
}

void sweepRows(IndexMath m, Value begin, int64_t count, int mr,
               function_ref<void(Value, int)> emitTile) {
  int64_t tiles = llvm::divideCeil(count, mr);
  if (tiles == 0)
    return;
  int64_t rows = count / tiles, larger = count % tiles;
  auto run = [&](int64_t first, int64_t rowsPerTile, int64_t number) {
    if (number == 1)
      return emitTile(m.add(begin, first), rowsPerTile);
    m.loop(m.constant(0), m.constant(number), 1, [&](Value tile) {
      emitTile(m.add(m.add(begin, first), m.mul(tile, rowsPerTile)), rowsPerTile);
    });
  };
  if (larger)
    run(0, rows + 1, larger);
  run(larger * (rows + 1), rows, tiles - larger);
}

void branchOnTail(IndexMath m, int lanes, Value left, std::optional<int64_t> columns,
                  function_ref<void(ArrayRef<Value>)> emitColumns) {
  int fragments = panelColumns / lanes;
  SmallVector<Value> whole(fragments), partial;
  if (columns && *columns % panelColumns == 0)
    return emitColumns(whole);
  auto emitTail = [&] {
    for (int f = 0; f < fragments; ++f) {
      int64_t first = f * lanes;
      if (!columns) {
        partial.push_back(m.mask(lanes, m.max(m.add(left, -first), m.constant(0))));
        continue;
      }
      int64_t valid = std::min<int64_t>(lanes, *columns % panelColumns - first);
      if (valid > 0)
        partial.push_back(valid == lanes ? Value() : m.mask(lanes, valid));
    }
    emitColumns(partial);
  };
  if (columns && *columns < panelColumns)
    return emitTail();
  m.branch(m.atLeast(left, panelColumns), [&] { emitColumns(whole); }, emitTail);
}

void splitColumns(IndexMath m, int lanes, ArrayRef<Value> masks, int rows, int limit,
                  function_ref<void(Value, ArrayRef<Value>)> emitTile) {
  int count = masks.size(), tiles = llvm::divideCeil(count, std::max(1, limit / rows));
  int perTile = llvm::divideCeil(count, tiles);
  bool whole = llvm::none_of(masks, [](Value mask) { return bool(mask); });
  if (whole && tiles > 1 && count % perTile == 0)
    return m.loop(tiles, [&](Value part) {
      emitTile(m.mul(part, perTile * lanes), masks.take_front(perTile));
    });
  for (int f = 0; f < count; f += perTile)
    emitTile(m.constant(f * lanes), masks.slice(f, std::min(perTile, count - f)));
}

} // namespace dsc
