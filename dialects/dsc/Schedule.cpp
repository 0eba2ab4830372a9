// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The rules that choose tiles of work and register tiles; every rule has one line that says why.

#include "dialects/dsc/Schedule.h"
#include <algorithm>

namespace dsc {

namespace {
/// What a core multiplies and adds in about 20 us.
constexpr int64_t worthAThread = 1 << 20;
/// Half of the smallest second-level cache that we meet: what a loop may keep beside its rows.
constexpr int64_t residentBytes = 192 << 10;
/// A row stride that maps every row of a tile to one set of the first-level cache.
constexpr int64_t aliasingStride = 4096;

/// A stand-in for a size that is not known.
int64_t guess(int64_t size) { return size < 0 ? 64 : size; }

int64_t grainFor(int64_t multiplyAdds) {
  return std::max<int64_t>(1, worthAThread / std::max<int64_t>(1, multiplyAdds));
}
} // namespace

WorkPlan scheduleWork(const GemmShape &shape) {
  int64_t weightBytes = guess(shape.n) * guess(shape.k) * shape.weightBytes;
  bool manyRows = shape.m < 0 || shape.m >= 4 * rowsPerBlock;
  if (manyRows && shape.n >= 0 && shape.k >= 0 && weightBytes <= residentBytes)
    return {WorkUnit::RowBlock, grainFor(rowsPerBlock * shape.n * shape.k),
            "the weights stay in the second-level cache: blocks of rows outside"};
  return {WorkUnit::Panel, grainFor(guess(shape.m) * panelColumns * guess(shape.k)),
          "the weights are read once: panels outside"};
}

WorkPlan scheduleWork(const ConvShape &shape) {
  int64_t taps = shape.kernelHeight * shape.kernelWidth;
  int64_t rowWork = guess(shape.outWidth) * panelColumns * taps * shape.channels;
  if (scheduleTile(shape, getCpuLevels().front()).order == ConvOrder::TapsOuter)
    return {WorkUnit::Image, grainFor(guess(shape.outHeight) * rowWork),
            "a small image: one panel of an image at a time"};
  return {WorkUnit::ImageRow, grainFor(rowWork), "image rows of one panel"};
}

TilePlan scheduleTile(const GemmShape &shape, const CpuLevel &level) {
  if (level.registers < 32 && shape.rowBytes == 1)
    return {5, ConvOrder::PixelsOuter, "5 rows x 16 columns of sums leave registers for products"};
  if (level.registers < 32)
    return {6, ConvOrder::PixelsOuter, "6 rows x 16 columns fill 12 of 16 registers"};
  if (shape.k > 0 && shape.k * shape.rowBytes % aliasingStride == 0)
    return {7, ConvOrder::PixelsOuter, "rows a multiple of 4 KiB apart fall into one cache set: 7 rows"};
  return {14, ConvOrder::PixelsOuter, "14 rows x 32 columns fill 28 of 32 registers"};
}

TilePlan scheduleTile(const ConvShape &shape, const CpuLevel &level) {
  int rows = level.registers < 32 ? 6 : 14;
  int64_t taps = shape.kernelHeight * shape.kernelWidth;
  bool knownSize = shape.outWidth > 0 && shape.outHeight > 0;
  int64_t panelBytes = taps * shape.channels * panelColumns * shape.weightBytes;
  if (knownSize && taps > 1 && shape.outWidth * shape.outHeight <= 64 && panelBytes > residentBytes)
    return {rows, ConvOrder::TapsOuter, "a small image under large weights: accumulators in memory, taps outside"};
  return {rows, ConvOrder::PixelsOuter, "tiles of pixels of one image row, all taps in registers"};
}

} // namespace dsc
