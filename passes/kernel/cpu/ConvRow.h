// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How the output pixels of an image row are cut into tiles, and which taps reach which pixel of a tile.

#ifndef DSC_PASSES_KERNEL_CPU_CONVROW_H
#define DSC_PASSES_KERNEL_CPU_CONVROW_H

#include "passes/kernel/cpu/RegisterTile.h"

namespace dsc {

/// A row of an image and the horizontal part of a convolution.
struct RowGeometry {
  int64_t inWidth, outWidth, kernel, stride, dilation, padBefore;
};

/// Consecutive taps [begin, end) that reach the same pixels of a tile.
struct TapRun {
  int64_t begin, end;
  llvm::SmallVector<int> live; ///< pixels of the tile, ascending
  bool operator==(const TapRun &other) const {
    return begin == other.begin && end == other.end && live == other.live;
  }
};

/// Pixels side by side whose sums are in registers at once. Without runs, the taps are found at run time.
struct PixelTile {
  int pixels;
  llvm::SmallVector<TapRun> runs;
};

/// Equal tiles side by side.
struct PixelRun {
  int64_t first; ///< pixel
  int64_t tiles;
  PixelTile tile;
};

/// The fewest tiles of at most `most` pixels that cover the row, as equal as can be. With `fuse`, taps that reach the
/// same pixels become one run, as their inputs and weights lie one after the other.
llvm::SmallVector<PixelRun> tilePixels(const RowGeometry &row, int most, bool fuse);

/// A tile all of whose taps are inside the image.
PixelTile wholeTile(int64_t kernel, int pixels, bool fuse);

/// One tap of a depthwise convolution: adds input * weight per channel to the accumulators of the live pixels.
/// `inputs.rows` are the offsets of the tile's first channel in each pixel; `masks` are the channels that exist.
llvm::SmallVector<mlir::Value> accumulateChannels(IndexMath m, const DotAtom &atom, const TileInputs &inputs,
                                                  llvm::ArrayRef<mlir::Value> masks, mlir::ValueRange sums,
                                                  llvm::ArrayRef<int> live);

} // namespace dsc

#endif // DSC_PASSES_KERNEL_CPU_CONVROW_H
