// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What readers of convolutions share.

#ifndef DSC_COMPILER_IMPORT_CONVOLUTION_H
#define DSC_COMPILER_IMPORT_CONVOLUTION_H

#include "compiler/import/NodeReader.h"

namespace dsc::onnx_import {

/// A convolution with the window that the node's attributes tell. The bias may be null.
mlir::Value makeConvolution(NodeReader &n, mlir::Value input, mlir::Value weight, mlir::Value bias);

} // namespace dsc::onnx_import

#endif // DSC_COMPILER_IMPORT_CONVOLUTION_H
