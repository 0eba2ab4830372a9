// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Constant tensors of a model as IR: small ones as `dsc.constant`, others as `dsc.param` over the model's own memory.

#ifndef DSC_COMPILER_IMPORT_WEIGHTSTORE_H
#define DSC_COMPILER_IMPORT_WEIGHTSTORE_H

#include "compiler/import/InputFile.h"
#include "compiler/import/ModelView.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

namespace dsc::onnx_import {

/// The MLIR type of an ONNX element type; null if tensors of it are not supported.
mlir::Type getElementType(DataType type, mlir::MLIRContext *context);
/// The inverse: Undefined for a type that ONNX has not.
DataType getDataType(mlir::Type type);

/// Turns tensors into values. Bytes are not copied: a resource keeps the parsed string or the mapped file alive.
class WeightStore {
public:
  /// Tensors of at most this many bytes become constants in the IR.
  static constexpr int64_t maxConstantBytes = 1024;

  /// External data is looked for beneath `folder`, then beneath `extraFolder` if that is not empty.
  /// Params are placed before `function`.
  WeightStore(mlir::ModuleOp module, mlir::Operation *function, std::string folder, std::string extraFolder)
      : module(module), function(function), folder(std::move(folder)), extraFolder(std::move(extraFolder)) {}

  /// The tensor as a value, made at the builder. Null after a diagnostic at `loc`.
  mlir::Value materialize(const TensorView &tensor, mlir::OpBuilder &builder, mlir::Location loc);

  /// The tensor as an attribute, for tensors that stay small. Null after a diagnostic.
  mlir::ElementsAttr getElements(const TensorView &tensor, mlir::Location loc);

private:
  /// The tensor's bytes and what keeps them alive.
  struct Bytes {
    llvm::ArrayRef<char> data;
    std::shared_ptr<const void> owner;
  };
  std::optional<Bytes> getBytes(const TensorView &tensor, int64_t expected, mlir::Location loc);
  std::shared_ptr<InputFile> openExternal(const std::string &location, std::string &error);
  std::string makeSymbolName(llvm::StringRef name);

  mlir::ModuleOp module;
  mlir::Operation *function;
  std::string folder;
  std::string extraFolder;
  std::map<std::string, std::shared_ptr<InputFile>> files;
  llvm::StringSet<> symbolNames;
};

} // namespace dsc::onnx_import

#endif // DSC_COMPILER_IMPORT_WEIGHTSTORE_H
