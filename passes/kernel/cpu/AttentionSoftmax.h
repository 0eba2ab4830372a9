// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The softmax of attention, one block of keys at a time, with running maxima and totals in scratch.

#ifndef DSC_PASSES_KERNEL_CPU_ATTENTIONSOFTMAX_H
#define DSC_PASSES_KERNEL_CPU_ATTENTIONSOFTMAX_H

#include "passes/kernel/cpu/Attention.h"
#include "passes/kernel/ElementMath.h"

namespace dsc {

/// Turns raw scores into weights relative to the largest score so far and rescales what was summed before.
class AttentionSoftmax {
public:
  /// Batch element, head and query that the first row of a block belongs to.
  struct Place {
    mlir::Value batch, head, query;
  };

  AttentionSoftmax(const AttentionSpec &spec, KernelBody &body);

  /// Forgets all keys for the first `queries` rows of the tile.
  void reset(mlir::Value queries);
  /// `scores` are [rows][keysPerBlock] products of queries and keys of which `keyCount` exist, `place` is their first
  /// row and `first` its number in the tile. Scales, caps and masks them, replaces them by e^(score - maximum) and
  /// rescales the rows of `sums` where the maximum has grown. A removed score becomes exactly 0.
  void emitBlock(mlir::Value scores, mlir::Value sums, mlir::Value first, mlir::Value rows, Place place,
                 mlir::Value firstKey, mlir::Value keyCount);
  /// Divides the row of `sums` at the offset by its total; a row without keys stays 0, or becomes NaN.
  void normalise(mlir::Value sums, mlir::Value offset, mlir::Value row);

private:
  /// One row of a block.
  struct Row {
    mlir::Value scores, offset;
    mlir::Value query, firstKey;
    mlir::Value maskStart;
  };
  mlir::Value maskOffset(Place place, mlir::Value query);
  mlir::Value score(const Row &row, mlir::Value key, mlir::Value lanesOn);
  mlir::Value removeAfterQuery(const Row &row, mlir::Value key, mlir::Value score);
  mlir::Value exponential(mlir::Value x);
  void emitRow(Row row, mlir::Value sums, mlir::Value number, mlir::Value keyCount);
  void rescale(mlir::Value sums, mlir::Value number, mlir::Value factor);

  const AttentionSpec &spec;
  IndexMath m;
  ElementMath math;
  int lanes;
  mlir::VectorType vector;
  mlir::Value highest, totals;
  mlir::Value mask, maskStrides[4]; ///< null strides where the mask broadcasts
};

} // namespace dsc

#endif // DSC_PASSES_KERNEL_CPU_ATTENTIONSOFTMAX_H
