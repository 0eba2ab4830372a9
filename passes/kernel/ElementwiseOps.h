// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Elementwise dsc ops as arith and math ops on one scalar or one 1-D vector, for every kernel family.

#ifndef DSC_PASSES_KERNEL_ELEMENTWISEOPS_H
#define DSC_PASSES_KERNEL_ELEMENTWISEOPS_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/Operation.h"

namespace dsc {

/// The type kernels compute with: signless integers for unsigned ones, anything else unchanged.
mlir::Type computeType(mlir::Type elementType);

/// The type of one element in memory: a byte for i1, otherwise `computeType`.
mlir::Type storageType(mlir::Type elementType);

/// Whether `emitElementwise` can compute `op`: an elementwise dsc op on types it knows.
bool isElementwise(mlir::Operation *op);

/// Whether `op` costs many instructions (a polynomial, a division): code that should not be copied
/// once per register of a tile.
bool isExpensive(mlir::Operation *op);

/// Emits the elementwise dsc op `op` for operands that are all scalars, or all 1-D vectors of one
/// length, of the compute types of the op's operands. Returns a value of the compute type of the
/// result, or null (without a diagnostic) where `isElementwise(op)` is false. f16 and bf16 are
/// computed in f32 and rounded once; integer division never traps (x / 0 = 0).
mlir::Value emitElementwise(mlir::OpBuilder &builder, mlir::Location loc, mlir::Operation *op,
                            mlir::ValueRange operands);

/// Converts `value` (of compute type) from the tensor element type `from` to `to`, as `dsc.cast`.
mlir::Value emitCast(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value value,
                     mlir::Type from, mlir::Type to);

/// The larger (or smaller) of two floats or integers; a NaN wins.
mlir::Value emitMax(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value lhs, mlir::Value rhs,
                    bool isUnsigned = false);
mlir::Value emitMin(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value lhs, mlir::Value rhs,
                    bool isUnsigned = false);

/// A value read from memory as a value to compute with: a byte of a bool tensor becomes i1.
mlir::Value fromStorage(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value value,
                        mlir::Type elementType);

/// A computed value as it is stored: i1 becomes a byte.
mlir::Value toStorage(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value value,
                      mlir::Type elementType);

} // namespace dsc

#endif // DSC_PASSES_KERNEL_ELEMENTWISEOPS_H
