// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tiles of pixels of one image row, and the tap of a depthwise convolution.

#include "passes/kernel/cpu/ConvRow.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"

using namespace mlir;

namespace dsc {

namespace {
PixelTile tileAt(const RowGeometry &row, int64_t first, int pixels, bool fuse) {
  PixelTile tile{pixels, {}};
  for (int64_t tap = 0; tap < row.kernel; ++tap) {
    TapRun run{tap, tap + 1, {}};
    for (int p = 0; p < pixels; ++p) {
      int64_t x = (first + p) * row.stride + tap * row.dilation - row.padBefore;
      if (x >= 0 && x < row.inWidth)
        run.live.push_back(p);
    }
    if (run.live.empty())
      continue;
    if (fuse && !tile.runs.empty() && tile.runs.back().end == tap && tile.runs.back().live == run.live)
      tile.runs.back().end = tap + 1;
    else
      tile.runs.push_back(run);
  }
  // A tile that sees only padding still needs one (empty) run: its sums are zero.
  if (tile.runs.empty())
    tile.runs.push_back({0, 0, {}});
  return tile;
}
} // namespace

SmallVector<PixelRun> tilePixels(const RowGeometry &row, int most, bool fuse) {
  SmallVector<PixelRun> runs;
  if (row.outWidth == 0)
    return runs;
  int64_t tiles = llvm::divideCeil(row.outWidth, most);
  int64_t pixels = row.outWidth / tiles, larger = row.outWidth % tiles;
  int64_t first = 0;
  for (int64_t i = 0; i < tiles; ++i) {
    int count = pixels + (i < larger);
    PixelTile tile = tileAt(row, first, count, fuse);
    if (!runs.empty() && runs.back().tile.pixels == count && runs.back().tile.runs == tile.runs)
      ++runs.back().tiles;
    else
      runs.push_back({first, 1, tile});
    first += count;
  }
  return runs;
}

PixelTile wholeTile(int64_t kernel, int pixels, bool fuse) {
  PixelTile tile{pixels, {}};
  SmallVector<int> all = llvm::to_vector(llvm::seq<int>(0, pixels));
  if (fuse)
    tile.runs.push_back({0, kernel, all});
  else
    for (int64_t tap = 0; tap < kernel; ++tap)
      tile.runs.push_back({tap, tap + 1, all});
  return tile;
}

SmallVector<Value> accumulateChannels(IndexMath m, const DotAtom &atom, const TileInputs &inputs, ArrayRef<Value> masks,
                                      ValueRange sums, ArrayRef<int> live) {
  SmallVector<Value> result(sums);
  size_t fragments = masks.size();
  for (size_t f = 0; f < fragments; ++f) {
    Value weights = atom.loadWeights(m, inputs.b, inputs.columns[f], Value());
    for (int p : live) {
      Value input = m.loadVector(inputs.a, m.add(inputs.rows[p], f * atom.lanes), atom.lanes, masks[f]);
      Value &sum = result[p * fragments + f];
      sum = vector::FMAOp::create(m.b, m.loc, input, weights, sum);
    }
  }
  return result;
}

} // namespace dsc
