// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One multiply-add step of a contraction for a data type: load weights, broadcast a row, accumulate.

#ifndef DSC_PASSES_KERNEL_CPU_DOTATOM_H
#define DSC_PASSES_KERNEL_CPU_DOTATOM_H

#include "passes/kernel/IndexMath.h"

namespace dsc {

/// How one fragment of `lanes` accumulators takes in `kp` elements of the contracted dimension.
struct DotAtom {
  explicit DotAtom(int lanes) : lanes(lanes) {}
  virtual ~DotAtom() = default;

  /// Elements of the contracted dimension per step: 1, 2 or 4.
  virtual int kp() const = 0;
  /// The type of one accumulator.
  virtual mlir::Type accumulatorType(mlir::MLIRContext *context) const = 0;
  /// The weights of one fragment at an offset of a flat memref; masked lanes are zero.
  virtual mlir::Value loadWeights(IndexMath, mlir::Value flat, mlir::Value offset,
                                  mlir::Value mask) const = 0;
  /// The `kp` elements at an offset of a flat memref in all lanes.
  virtual mlir::Value broadcastRow(IndexMath, mlir::Value flat, mlir::Value offset) const = 0;
  /// accumulator + row * weights.
  virtual mlir::Value multiplyAdd(IndexMath, mlir::Value accumulator, mlir::Value row,
                                  mlir::Value weights) const = 0;

  /// Weights of 1 in all lanes: what they multiply is the sum of a row. Null where no contraction asks for it.
  virtual mlir::Value ones(IndexMath) const { return {}; }

  const int lanes; ///< accumulators of one fragment
};

/// The atom of f32 operands: one fused multiply-add.
struct F32Atom final : DotAtom {
  using DotAtom::DotAtom;
  int kp() const override { return 1; }
  mlir::Type accumulatorType(mlir::MLIRContext *context) const override;
  mlir::Value loadWeights(IndexMath, mlir::Value flat, mlir::Value offset,
                          mlir::Value mask) const override;
  mlir::Value broadcastRow(IndexMath, mlir::Value flat, mlir::Value offset) const override;
  mlir::Value multiplyAdd(IndexMath, mlir::Value accumulator, mlir::Value row,
                          mlir::Value weights) const override;
};

/// f32 rows times weights that are stored as signed bytes of one scale per column, which the tail multiplies by.
struct StoredWeightAtom final : DotAtom {
  using DotAtom::DotAtom;
  int kp() const override { return 1; }
  mlir::Type accumulatorType(mlir::MLIRContext *context) const override;
  mlir::Value loadWeights(IndexMath, mlir::Value flat, mlir::Value offset, mlir::Value mask) const override;
  mlir::Value broadcastRow(IndexMath, mlir::Value flat, mlir::Value offset) const override;
  mlir::Value multiplyAdd(IndexMath, mlir::Value accumulator, mlir::Value row, mlir::Value weights) const override;
};

/// Integers, summed exactly in 32 bits. A step is 4 bytes of a row and of every column, and memory is bytes: with dot
/// products 4 unsigned times 4 signed ones, else 2 times 2 numbers of 16 bits.
struct ByteAtom final : DotAtom {
  ByteAtom(int lanes, bool hasDotProduct) : DotAtom(lanes), hasDotProduct(hasDotProduct) {}
  int kp() const override { return 4; }
  mlir::Type accumulatorType(mlir::MLIRContext *context) const override;
  mlir::Value loadWeights(IndexMath, mlir::Value flat, mlir::Value offset, mlir::Value mask) const override;
  mlir::Value broadcastRow(IndexMath, mlir::Value flat, mlir::Value offset) const override;
  mlir::Value multiplyAdd(IndexMath, mlir::Value accumulator, mlir::Value row, mlir::Value weights) const override;
  mlir::Value ones(IndexMath) const override;

  const bool hasDotProduct;

private:
  /// The vector of a step's numbers, as the instruction takes them.
  mlir::VectorType stepType(mlir::MLIRContext *context) const;
};

} // namespace dsc

#endif // DSC_PASSES_KERNEL_CPU_DOTATOM_H
