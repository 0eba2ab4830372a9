// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What OnnxModel.cpp and OnnxModelSchemas.cpp share; not for others.

#ifndef DSC_COMPILER_IMPORT_ONNXMODELDETAIL_H
#define DSC_COMPILER_IMPORT_ONNXMODELDETAIL_H

#include "compiler/import/ModelView.h"

namespace onnx {
class FunctionProto;
}

namespace dsc::onnx_import {

/// The function as a neutral struct; its tensors' bytes are moved out.
FunctionView readFunction(onnx::FunctionProto &function);

} // namespace dsc::onnx_import

#endif // DSC_COMPILER_IMPORT_ONNXMODELDETAIL_H
