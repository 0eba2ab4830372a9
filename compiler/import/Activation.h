// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What readers of activations share.

#ifndef DSC_COMPILER_IMPORT_ACTIVATION_H
#define DSC_COMPILER_IMPORT_ACTIVATION_H

#include "compiler/import/NodeReader.h"

namespace dsc::onnx_import {

enum class SoftmaxKind { Plain, Log, Hard };

/// A softmax along the node's `axis`. Before opset 13 the operand counts as a matrix of the dimensions before `axis` and
/// the ones from there on.
mlir::Value makeSoftmax(NodeReader &n, mlir::Value x, SoftmaxKind kind, bool isMatrix);

} // namespace dsc::onnx_import

#endif // DSC_COMPILER_IMPORT_ACTIVATION_H
