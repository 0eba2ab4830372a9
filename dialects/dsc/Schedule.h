// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How a contraction is cut into tiles of work and register tiles: a pure function of shapes and level.

#ifndef DSC_DIALECTS_DSC_SCHEDULE_H
#define DSC_DIALECTS_DSC_SCHEDULE_H

#include "dialects/dsc/DscTarget.h"
#include "llvm/ADT/StringRef.h"
#include <cstdint>

namespace dsc {

/// A matrix product; -1 is a size that is known at run time only.
struct GemmShape {
  int64_t m, n, k;
  int64_t rowBytes = 4, weightBytes = 4; ///< of one element
};

/// A convolution of one image; -1 is a size that is known at run time only.
struct ConvShape {
  int64_t outHeight, outWidth;
  int64_t channels, outputs; ///< of one group
  int64_t kernelHeight, kernelWidth;
  int64_t weightBytes = 4; ///< of one element
};

/// What one tile of the static partition is. The same on every level: one plan serves them all.
enum class WorkUnit {
  Panel,    ///< all rows of one panel of 32 columns
  RowBlock, ///< `rowsPerBlock` rows of all columns
  Image,    ///< one panel of one image (convolution)
  ImageRow, ///< one output row of an image of one panel (convolution)
};

/// How a convolution keeps its accumulators.
enum class ConvOrder {
  PixelsOuter, ///< in registers over all taps of a tile of pixels
  TapsOuter,   ///< in memory, so that every tile reads one tap's weights only
};

/// Columns of a panel of packed weights, on every level.
constexpr int64_t panelColumns = 32;
/// Rows of a block: a multiple of the register tiles of f32 on all levels.
constexpr int64_t rowsPerBlock = 42;

/// The part of a schedule that callers see.
struct WorkPlan {
  WorkUnit unit;
  /// The fewest tiles that are worth a thread: about 20 us of multiply-adds.
  int64_t grain;
  /// One line for people.
  llvm::StringRef why;
};

/// The register tile of a level.
struct TilePlan {
  int rows;
  ConvOrder order;
  llvm::StringRef why;
};

WorkPlan scheduleWork(const GemmShape &shape);
WorkPlan scheduleWork(const ConvShape &shape);
TilePlan scheduleTile(const GemmShape &shape, const CpuLevel &level);
TilePlan scheduleTile(const ConvShape &shape, const CpuLevel &level);

} // namespace dsc

#endif // DSC_DIALECTS_DSC_SCHEDULE_H
