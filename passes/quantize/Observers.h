// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which values of a model calibration has to see.

#ifndef DSC_PASSES_QUANTIZE_OBSERVERS_H
#define DSC_PASSES_QUANTIZE_OBSERVERS_H

#include "passes/quantize/Layers.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/MapVector.h"

namespace dsc {

/// The activations that layers read in a static format, each with its layers, in the order of the first one.
llvm::MapVector<mlir::Value, llvm::SmallVector<mlir::Operation *>> findObserved(mlir::func::FuncOp function,
                                                                                const ConstantPool &pool);

/// The layers that dsc-insert-noise-observers looks at, in its order.
llvm::SmallVector<mlir::Operation *> findInt8Layers(mlir::func::FuncOp function, const ConstantPool &pool);

/// Makes results of the function of these values, named `dsc.observed.N`, behind the ones it has or instead of them.
void showValues(mlir::func::FuncOp function, llvm::ArrayRef<mlir::Value> values, bool keepsResults);

} // namespace dsc

#endif // DSC_PASSES_QUANTIZE_OBSERVERS_H
