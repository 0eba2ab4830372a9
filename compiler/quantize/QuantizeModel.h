// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The quantize phase around its passes: what needs a model to run, and the report.

#ifndef DSC_COMPILER_QUANTIZE_QUANTIZEMODEL_H
#define DSC_COMPILER_QUANTIZE_QUANTIZEMODEL_H

#include "compiler/Options.h"
#include "compiler/quantize/QuantReport.h"

#include "mlir/IR/BuiltinOps.h"

namespace dsc {

/// Applies the rules of `options.quantize` to the module, which the graph phase left. The marks of the layers stay; the
/// phase's own passes erase them.
mlir::LogicalResult quantizeModel(mlir::ModuleOp module, const CompileOptions &options, QuantReport &report);

} // namespace dsc

#endif // DSC_COMPILER_QUANTIZE_QUANTIZEMODEL_H
