// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Evaluation of dsc ops on constants: one scalar host routine per op, the same on every machine.

#ifndef DSC_DIALECTS_DSC_DSCEVALUATE_H
#define DSC_DIALECTS_DSC_DSCEVALUATE_H

#include "dialects/dsc/HostTensor.h"
#include "mlir/IR/Operation.h"

namespace dsc {

/// Whether `evaluate` has a routine for the op on its types, given constant operands. Result types must be static.
bool canEvaluate(mlir::Operation *op);

/// Computes the op's results from its operands' contents (null: absent). Arithmetic of a float type is done in double
/// and rounded once; integers wrap; integer division by zero gives zero. Fails, without a diagnostic, where the op, a
/// type or the data (an index out of range) is beyond it. The op is not changed.
llvm::LogicalResult evaluate(mlir::Operation *op, llvm::ArrayRef<mlir::ElementsAttr> operands,
                             llvm::SmallVectorImpl<mlir::ElementsAttr> &results);

namespace detail {
/// The families behind `evaluate`; each gives nothing for ops of other families. Operand tensors are in operand order.
std::optional<HostTensor> evaluateElementwise(mlir::Operation *op, llvm::ArrayRef<HostTensor> operands);
std::optional<HostTensor> evaluateMovement(mlir::Operation *op, llvm::ArrayRef<HostTensor> operands);
std::optional<HostTensor> evaluateReduction(mlir::Operation *op, llvm::ArrayRef<HostTensor> operands);
} // namespace detail

} // namespace dsc

#endif // DSC_DIALECTS_DSC_DSCEVALUATE_H
