// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The loops of a matrix product over batches, panels and rows; what fills a tile with sums is a matter of data types.

#ifndef DSC_PASSES_KERNEL_CPU_GEMMEMITTER_H
#define DSC_PASSES_KERNEL_CPU_GEMMEMITTER_H

#include "passes/kernel/cpu/Contraction.h"
#include "passes/kernel/cpu/RegisterTile.h"

namespace dsc {

/// What one tile of a product of this shape is.
WorkPlan planOf(const GemmSpec &spec);

/// Emits the tiles of one product. A derived class gives the sums.
class GemmEmitter {
public:
  GemmEmitter(const GemmSpec &spec, KernelBody &body, const DotAtom &atom);
  virtual ~GemmEmitter() = default;

  void emit();

protected:
  /// Where a tile lies; all but `rows` are values.
  struct Tile {
    mlir::Value panel;
    mlir::Value row; ///< inside the current batch element
    int rows;
    mlir::Value firstColumn; ///< inside the panel
    llvm::ArrayRef<mlir::Value> masks;
  };

  /// Emits what all tiles of a panel share.
  virtual void preparePanel(mlir::Value panel) {}
  /// Emits what all tiles of these rows share.
  virtual void prepareRows(mlir::Value row, int rows) {}
  /// The sums of a tile: rows x fragments, fragments innermost.
  virtual llvm::SmallVector<mlir::Value> sumTile(const Tile &tile) = 0;
  /// Accumulators per row beside those of the result.
  virtual int extraFragments() const { return 0; }

  const GemmSpec &spec;
  KernelBody &body;
  IndexMath m;
  const DotAtom &atom;
  TilePlan tilePlan;
  mlir::Value rowCount, columnCount, depth;
  /// Where the current batch element starts: row number of the result, elements of A and B.
  mlir::Value firstRow, aBase, bBase;

private:
  /// Calls `emitTile` for tiles that cover the rows of the current unit.
  using Sweep = llvm::function_ref<void(llvm::function_ref<void(mlir::Value, int)>)>;

  void locateBatch(mlir::Value batch);
  void emitPanel(mlir::Value panel, Sweep sweep);

  EpilogueEmitter epilogue;
  WorkPlan plan;
  int limit;
};

/// Scratch that a product of integers needs beside its tail's, in bytes: enough for every level.
int64_t quantizedScratchBytes(const GemmSpec &spec);
/// Emits the tiles of a product of integers.
void emitQuantizedGemm(const GemmSpec &spec, KernelBody &body);

} // namespace dsc

#endif // DSC_PASSES_KERNEL_CPU_GEMMEMITTER_H
