// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What readers of pools share.

#ifndef DSC_COMPILER_IMPORT_POOL_H
#define DSC_COMPILER_IMPORT_POOL_H

#include "compiler/import/NodeReader.h"

namespace dsc::onnx_import {

/// The means of the windows that the node's attributes tell for its first operand, over `input` of the same shape.
mlir::Value makeAveragePool(NodeReader &n, mlir::Value input);

} // namespace dsc::onnx_import

#endif // DSC_COMPILER_IMPORT_POOL_H
