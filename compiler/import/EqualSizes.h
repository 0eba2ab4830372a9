// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Sizes that the model only works with if they are equal become one size, which the run checks.

#ifndef DSC_COMPILER_IMPORT_EQUALSIZES_H
#define DSC_COMPILER_IMPORT_EQUALSIZES_H

#include "mlir/IR/BuiltinOps.h"

namespace dsc::onnx_import {

/// Replaces caller symbols of the module by what ops assume them to be, as far as that has a solution: the shape of an
/// input then says so, and a run with another one is refused. The symbols that remain are numbered anew.
void unifyEqualSizes(mlir::ModuleOp module);

} // namespace dsc::onnx_import

#endif // DSC_COMPILER_IMPORT_EQUALSIZES_H
