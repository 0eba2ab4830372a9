// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Rows and panels of bytes as a level multiplies them, for the contractions of integers.

#ifndef DSC_PASSES_KERNEL_CPU_BYTETILE_H
#define DSC_PASSES_KERNEL_CPU_BYTETILE_H

#include "passes/kernel/cpu/Contraction.h"
#include "passes/kernel/cpu/RegisterTile.h"

namespace dsc {

/// Byte images in scratch. With dot products an image is the bytes themselves, the signed ones of rows plus 128.
/// Without, it is two planes of the same geometry, of pairs of 16 bits for every 4 bytes: the even ones, then the odd.
class ByteTile {
public:
  ByteTile(KernelBody &body, const ByteAtom &atom, const QuantizedOperands &operands);

  int planes() const { return atom.hasDotProduct ? 1 : 2; }
  /// Runs `body` for every plane, with its number and the sums of the planes before.
  using PlaneBody = llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::Value plane, mlir::ValueRange sums)>;
  llvm::SmallVector<mlir::Value> forPlanes(mlir::ValueRange sums, PlaneBody body);
  /// Whether rows can be multiplied where they lie, if they are of whole steps.
  bool readsRowsInPlace() const { return atom.hasDotProduct && !operands.lhsIsSigned; }

  /// Copies `count` bytes of rows from `source[from]` to `at` of an image at the byte `image` of scratch whose planes
  /// are `planeBytes` apart. Bytes up to the next multiple of 4 become zero.
  void copyRow(mlir::Value source, mlir::Value from, mlir::Value count, mlir::Value image, mlir::Value at,
               int64_t planeBytes);
  /// Writes the zero point to `groups` groups of 4 bytes, of which `valid` are elements, from `at` on.
  void fillZeroPoint(mlir::Value groups, int valid, mlir::Value image, mlir::Value at, int64_t planeBytes);
  /// Widens `bytes` bytes of a panel; a multiple of 128. The planes are `bytes` apart.
  void widenPanel(mlir::Value weights, mlir::Value from, int64_t bytes, mlir::Value image);

  /// A right operand in memory: bytes of `columns` columns from `from` on, neighbours along the contracted dimension
  /// `kStride` apart and columns `columnStride`, one of which is 1.
  struct Matrix {
    mlir::Value source, from, columns, kStride, columnStride;
  };
  /// Writes a panel of the matrix, of `depth` contracted elements, and the sums of its columns behind it to `image`.
  void packPanel(const Matrix &matrix, int64_t depth, mlir::Value image);

  /// What the rows' zero point is in an image, an i32; null if it is 0. `row` is a row of the left operand.
  mlir::Value lhsZero(mlir::Value row);

  /// Accumulators that start at minus the zero point times the sums of the columns, which are at the byte `sums` of the
  /// weights, plus an accumulator of zeros per row for its sum if the weights have zero points. `row` is the first row.
  llvm::SmallVector<mlir::Value> startTile(mlir::Value weights, mlir::Value row, int rows, mlir::Value sums,
                                           int fragments);
  /// Takes the zero points of the weights out of the sums: `column` is the first column of the result, `depth` the number
  /// of elements that were summed.
  llvm::SmallVector<mlir::Value> finishTile(mlir::ValueRange sums, mlir::Value row, int rows, mlir::Value column,
                                            llvm::ArrayRef<mlir::Value> masks, mlir::Value depth);
  /// Adds the fragments of a step of 32 columns to what a tile multiplies, from the byte `base` of B on, and one that sums
  /// the row if there has to be one.
  void addColumns(TileInputs &inputs, mlir::Value base, int fragments);
  bool sumsRows() const { return operands.rhsZero || !operands.rhsIsSigned; }

private:
  /// Calls `store(at, vector)` for both planes, or for the bytes, of `lanes` groups of 4 bytes, or of one.
  void storeGroups(mlir::Value groups, bool isSigned, mlir::Value image, mlir::Value at, int64_t planeBytes);
  mlir::Value splat(mlir::Value like, int64_t value);
  mlir::Value rhsZero(mlir::Value column, mlir::Value mask);
  void storeWords(mlir::Value words, mlir::Value offset);
  mlir::Value gatherGroup(const Matrix &matrix, int64_t rows, mlir::Value k, mlir::Value column, int lanes);
  void sumColumns(int64_t bytes, mlir::Value image);

  KernelBody &body;
  IndexMath m;
  const ByteAtom &atom;
  const QuantizedOperands &operands;
  mlir::Value uniformZero; ///< of rows in an image that share one; null if it is 0
};

} // namespace dsc

#endif // DSC_PASSES_KERNEL_CPU_BYTETILE_H
