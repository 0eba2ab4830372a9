// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The register tile of all contractions: rows x fragments of accumulators and the loop that fills them.

#ifndef DSC_PASSES_KERNEL_CPU_REGISTERTILE_H
#define DSC_PASSES_KERNEL_CPU_REGISTERTILE_H

#include "passes/kernel/cpu/DotAtom.h"
#include "passes/kernel/IndexMath.h"
#include <optional>

namespace dsc {

/// One vector of output columns.
struct Fragment {
  mlir::Value column; ///< first output column
  mlir::Value mask;   ///< lanes that exist; null if all do
};

/// What a tile multiplies: A(row, k) = a[rows[row] + k], B(k, fragment) = b[columns[fragment] + k*step].
struct TileInputs {
  mlir::Value a;
  llvm::SmallVector<mlir::Value> rows;
  mlir::Value b;
  llvm::SmallVector<mlir::Value> columns; ///< null: the fragment sums the row
  mlir::Value step;
  llvm::SmallVector<mlir::Value> masks; ///< per fragment, null where reading all lanes is safe
};

/// The most accumulators a level's registers hold beside two fragments of B and a broadcast.
int maxAccumulators(int registers);

/// rows x fragments zeros, fragments innermost.
llvm::SmallVector<mlir::Value> zeroTile(IndexMath m, const DotAtom &atom, int rows, int fragments);

/// Adds the products of k in [begin, end) to the accumulators of the live rows (indices into
/// `inputs.rows`, ascending): one chain of multiply-adds in the order of k for each. Accumulators
/// of other rows pass through.
llvm::SmallVector<mlir::Value> accumulate(IndexMath m, const DotAtom &atom,
                                          const TileInputs &inputs, mlir::Value begin,
                                          mlir::Value end, mlir::ValueRange accumulators,
                                          llvm::ArrayRef<int> liveRows);
llvm::SmallVector<mlir::Value> accumulate(IndexMath m, const DotAtom &atom,
                                          const TileInputs &inputs, mlir::Value begin,
                                          mlir::Value end, mlir::ValueRange accumulators);

/// Covers rows [begin, end) with tiles of `mr` rows and then of the powers of two below it.
void sweepRows(IndexMath m, mlir::Value begin, mlir::Value end, int mr,
               llvm::function_ref<void(mlir::Value row, int rows)> emitTile);

/// Covers `count` rows from `begin` with the fewest tiles of at most `mr` rows, as equal as can be.
void sweepRows(IndexMath m, mlir::Value begin, int64_t count, int mr,
               llvm::function_ref<void(mlir::Value row, int rows)> emitTile);

/// Calls `emitColumns` with the masks of a panel of 32 columns of which `left` (a value) exist: null for fragments that
/// exist whole. `columns` is the matrix's number of columns if it is known; then fragments past the end are left out.
void branchOnTail(IndexMath m, int lanes, mlir::Value left, std::optional<int64_t> columns,
                  llvm::function_ref<void(llvm::ArrayRef<mlir::Value> masks)> emitColumns);

/// Splits a panel's fragments into the fewest equal runs so that `rows` x run fits `limit` accumulators, and calls
/// `emitTile` with the first column of each run inside the panel.
void splitColumns(IndexMath m, int lanes, llvm::ArrayRef<mlir::Value> masks, int rows, int limit,
                  llvm::function_ref<void(mlir::Value firstColumn, llvm::ArrayRef<mlir::Value> masks)> emitTile);

} // namespace dsc

#endif // DSC_PASSES_KERNEL_CPU_REGISTERTILE_H
