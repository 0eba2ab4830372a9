// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What readers of convolutions share.

#ifndef DSC_COMPILER_IMPORT_CONVOLUTION_H
#define DSC_COMPILER_IMPORT_CONVOLUTION_H

#include "compiler/import/NodeReader.h"

namespace dsc::onnx_import {

/// What `create` makes of the attributes of the window that the node tells.
mlir::Value makeConvolution(NodeReader &n, mlir::Value input, mlir::Value weight,
                            llvm::function_ref<mlir::Value(llvm::ArrayRef<mlir::NamedAttribute>)> create);

} // namespace dsc::onnx_import

#endif // DSC_COMPILER_IMPORT_CONVOLUTION_H
