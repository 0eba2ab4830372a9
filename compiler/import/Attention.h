// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What readers of attention share.

#ifndef DSC_COMPILER_IMPORT_ATTENTION_H
#define DSC_COMPILER_IMPORT_ATTENTION_H

#include "compiler/import/NodeReader.h"

namespace dsc::onnx_import {

/// Sets the results of onnxruntime's attention on `projected`, `[batch, sequence, 3 * hidden]`: query, key and value side
/// by side. `maskIndex` is a length per row of the batch or a mask of integers, `past` `[2, batch, heads, past, depth]`;
/// either may be null.
void readPackedAttention(NodeReader &n, mlir::Value projected, mlir::Value maskIndex, mlir::Value past);

} // namespace dsc::onnx_import

#endif // DSC_COMPILER_IMPORT_ATTENTION_H
