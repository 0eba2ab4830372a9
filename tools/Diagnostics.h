// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Diagnostics as lines for people: what happened at which ONNX node, safe to show on a terminal.

#ifndef DSC_TOOLS_DIAGNOSTICS_H
#define DSC_TOOLS_DIAGNOSTICS_H

#include "mlir/IR/Diagnostics.h"
#include "llvm/Support/raw_ostream.h"

namespace dsc::tools {

/// `text` in one line: control characters and bytes that are not UTF-8 become escapes.
std::string toLine(llvm::StringRef text);

/// The ONNX node names in a location, or the position in a file, or nothing.
std::string describeLocation(mlir::Location loc);

/// Prints every error and warning of a context as "tool: error: at 'node': text" while it lives.
class DiagnosticPrinter {
public:
  DiagnosticPrinter(mlir::MLIRContext &context, llvm::StringRef tool, llvm::raw_ostream &os);

  bool hasError() const { return errors != 0; }

private:
  void print(mlir::Diagnostic &diagnostic);

  std::string tool;
  llvm::raw_ostream &os;
  unsigned errors = 0;
  mlir::ScopedDiagnosticHandler handler;
};

} // namespace dsc::tools

#endif // DSC_TOOLS_DIAGNOSTICS_H
