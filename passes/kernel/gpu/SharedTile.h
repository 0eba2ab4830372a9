// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tiles of an operand in shared memory: where chunks lie, how they get there, how fragments are read.

#ifndef DSC_PASSES_KERNEL_GPU_SHAREDTILE_H
#define DSC_PASSES_KERNEL_GPU_SHAREDTILE_H

#include "passes/kernel/gpu/TileMath.h"
#include "mlir/IR/Value.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace dsc {

/// A row-major tile whose 16-byte chunks are permuted inside each row, so that eight rows' chunks of one column lie in
/// different banks. Rows are a power of two of at least 64 bytes.
struct SharedTile {
  int64_t rows, rowBytes;
  /// How chunks of a row move: by (row / rowsPerStep) * step, modulo the row.
  int64_t rowsPerStep = 1, step = 1;

  int64_t bytes() const { return rows * rowBytes; }
  /// The byte offset of a chunk, i32 values.
  mlir::Value chunkOffset(TileMath m, mlir::Value row, mlir::Value chunk) const;
  /// The byte offset of any byte of a row.
  mlir::Value offset(TileMath m, mlir::Value row, mlir::Value byte) const;
};

/// Where one piece of a tile comes from in global memory.
struct GlobalPiece {
  mlir::Value address;  ///< of its first byte, whether it is inside or not
  mlir::Value isInside; ///< i1; outside, zeros are copied
};

/// Copies a tile by all threads of a block in pieces of `pieceBytes`: asynchronously where the hardware can (4, 8, 16),
/// else through registers.
struct TileCopy {
  SharedTile tile;
  int64_t pieceBytes;
  int64_t threads;
  mlir::Value thread; ///< i32

  /// `locate` gives the piece at a row and byte of the tile (i32 values). `base` is the tile's start in shared memory.
  void issue(TileMath m, mlir::Value base,
             llvm::function_ref<GlobalPiece(mlir::Value row, mlir::Value byte)> locate) const;
};

/// Four registers of each lane by one ldmatrix: lane l names the row of 16 bytes at `address`.
llvm::SmallVector<mlir::Value> loadMatrices(TileMath m, mlir::Value address, bool transposed);

} // namespace dsc

#endif // DSC_PASSES_KERNEL_GPU_SHAREDTILE_H
