// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The tensor-core instructions of sm_80 by element type: fragments of 16 x 8 results and 32 bytes of depth.

#ifndef DSC_PASSES_KERNEL_GPU_MMAATOM_H
#define DSC_PASSES_KERNEL_GPU_MMAATOM_H

#include "mlir/IR/Builders.h"
#include "llvm/ADT/SmallVector.h"
#include <optional>

namespace dsc {

/// One multiply-accumulate of a warp: A is 16 rows, B 8 columns, both 32 bytes deep. Registers are i32 values of 4 bytes.
/// f16 and bf16 sum in f32, i8 in i32 (which wraps). f32 is exact to about 21 bits of each product: every operand is
/// split into two tf32 numbers, and three of the four products are added, the smallest first.
class MmaAtom {
public:
  /// Rows, columns and bytes of depth.
  static constexpr int64_t rows = 16, columns = 8, depthBytes = 32;
  /// Registers of a fragment of A, B and the sums.
  static constexpr int64_t lhsRegisters = 4, rhsRegisters = 2, sums = 4;

  /// The atom of left operands of this type, with right ones of the same or, for bytes, signed ones; none if there is no
  /// instruction.
  static std::optional<MmaAtom> find(mlir::Type element);

  mlir::Type sumType() const;
  /// What the registers of operands become before they are multiplied: themselves, or the large and the small parts. A
  /// fragment of f32 without small parts is exact in tf32.
  llvm::SmallVector<mlir::Value> prepare(mlir::OpBuilder &b, mlir::Location loc, mlir::ValueRange registers) const;
  /// sums += lhs * rhs, of prepared fragments.
  void multiply(mlir::OpBuilder &b, mlir::Location loc, mlir::ValueRange lhs, mlir::ValueRange rhs,
                llvm::MutableArrayRef<mlir::Value> accumulators) const;

private:
  explicit MmaAtom(mlir::Type element) : element(element) {}
  void multiplyOnce(mlir::OpBuilder &b, mlir::Location loc, mlir::ValueRange lhs, mlir::ValueRange rhs,
                    llvm::MutableArrayRef<mlir::Value> accumulators) const;

  mlir::Type element;
};

} // namespace dsc

#endif // DSC_PASSES_KERNEL_GPU_MMAATOM_H
