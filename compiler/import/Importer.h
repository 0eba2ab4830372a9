// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// importModel(): an ONNX file as a module of dsc ops with inferred symbolic shapes.

#ifndef DSC_COMPILER_IMPORT_IMPORTER_H
#define DSC_COMPILER_IMPORT_IMPORTER_H

#include "compiler/Options.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"

namespace dsc {

struct ImportOptions {
  /// Pinned or bounded symbolic dimensions, by the model's name of them. One that the model has not is an error.
  std::map<std::string, DimRange> dims;
  /// Where external data may lie besides the model's own folder; empty is nowhere.
  std::string externalDataRoot;
};

/// Reads the model (text if the name ends in `.onnxtxt`). Every op's location is the ONNX node's name in the model file.
/// Null after diagnostics: all unsupported nodes are reported at once, and there is no partial module.
mlir::OwningOpRef<mlir::ModuleOp> importModel(llvm::StringRef path, const ImportOptions &options,
                                              mlir::MLIRContext &context);

} // namespace dsc

#endif // DSC_COMPILER_IMPORT_IMPORTER_H
