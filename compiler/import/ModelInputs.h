// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The types of graph inputs: symbols for named dimensions, pinned or bounded by options.

#ifndef DSC_COMPILER_IMPORT_MODELINPUTS_H
#define DSC_COMPILER_IMPORT_MODELINPUTS_H

#include "compiler/import/Importer.h"
#include "compiler/import/ModelView.h"

#include "dialects/dsc/Dsc.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

namespace dsc::onnx_import {

/// Gives the dimensions of inputs their expressions. One name is one symbol; a dimension without a name gets a symbol of
/// its own, called `<input>_dim<index>`; a name that is a sum or product of others is that expression.
class InputDims {
public:
  InputDims(const ImportOptions &options, ShapeContext &shapes) : options(options), shapes(shapes) {}

  /// Makes the symbols of all plain names first, so that expressions find them.
  void addNames(llvm::ArrayRef<const ValueView *> inputs);

  /// The type of an input. Null after a diagnostic at `loc`.
  mlir::RankedTensorType getType(const ValueView &input, mlir::Location loc);

  /// The sizes that the model declares for a value, where they are static or pinned; none if the rank is unknown.
  Dims getDeclared(const ValueView &value);

  /// Reports names in the options that the model has not. False after a diagnostic.
  bool checkOptions(mlir::Location loc);

private:
  mlir::AffineExpr getNamed(llvm::StringRef name);
  mlir::AffineExpr getDim(const DimView &dim, const std::string &fallback);

  const ImportOptions &options;
  ShapeContext &shapes;
  llvm::StringMap<mlir::AffineExpr> named;
  llvm::StringSet<> usedOptions;
};

/// Parses `text` as an expression of integers, names, `+ - * // ( )`. Null if it is none, or `lookUp` gives null for one
/// of its names.
mlir::AffineExpr parseDimExpression(llvm::StringRef text, mlir::MLIRContext *context,
                                    llvm::function_ref<mlir::AffineExpr(llvm::StringRef)> lookUp);

} // namespace dsc::onnx_import

#endif // DSC_COMPILER_IMPORT_MODELINPUTS_H
