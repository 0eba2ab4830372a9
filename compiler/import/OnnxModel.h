// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The door to the ONNX library: reads a model file into neutral structs and asks the operator schemas. No exception of
// the library gets out.

#ifndef DSC_COMPILER_IMPORT_ONNXMODEL_H
#define DSC_COMPILER_IMPORT_ONNXMODEL_H

#include "compiler/import/ModelView.h"

namespace dsc::onnx_import {

/// Reads a model: protobuf, or ONNX's text format if the name ends in `.onnxtxt`. The pages of the file are given back
/// once it is parsed; the bytes of tensors are then held once. Null, and one line in `error`, if it is not a model.
std::unique_ptr<ModelView> readModel(llvm::StringRef path, std::string &error);

/// What the schema of an operator says.
struct SchemaView {
  int64_t since = 1;
  bool deprecated = false;
  int64_t minInputs = 0, maxInputs = 0;
  int64_t minOutputs = 0, maxOutputs = 0;
  bool isFunction = false;
};

/// The schema of the operator at that version of its domain, if the library knows one.
std::optional<SchemaView> findSchema(llvm::StringRef domain, llvm::StringRef opType, int64_t version);

/// What is known of a node's operand when its function body is built.
struct OperandType {
  bool present = false;
  DataType type = DataType::Undefined;
  /// A negative size is a dynamic one.
  std::vector<int64_t> dims;
};

/// The function body that ONNX defines for the node at that version of its domain. Nothing, and the reason in `error`,
/// if there is none. A context dependent body needs the operands' types.
std::optional<FunctionView> buildFunctionBody(const NodeView &node, int64_t version,
                                              llvm::ArrayRef<OperandType> operands, std::string &error);

/// What the ONNX checker has against the node; empty if nothing.
std::string checkNode(const NodeView &node, int64_t irVersion, const OpsetMap &opsets);

} // namespace dsc::onnx_import

#endif // DSC_COMPILER_IMPORT_ONNXMODEL_H
