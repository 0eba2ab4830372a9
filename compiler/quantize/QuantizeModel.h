// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The quantize phase around its passes: what needs a model to run, and the report.

#ifndef DSC_COMPILER_QUANTIZE_QUANTIZEMODEL_H
#define DSC_COMPILER_QUANTIZE_QUANTIZEMODEL_H

#include "compiler/Options.h"
#include "compiler/quantize/QuantReport.h"
#include "compiler/quantize/ScratchPlan.h"

#include "mlir/IR/BuiltinOps.h"

namespace dsc {

/// Applies the rules of `options.quantize` to the module, which the graph phase left, and checks what they promise;
/// `runPlan` is needed with calibration. The marks of the layers stay; the phase's own passes erase them. The report's
/// files are written also where a promise is not kept, which is a failure.
mlir::LogicalResult quantizeModel(mlir::ModuleOp module, const CompileOptions &options, const RunPlan &runPlan,
                                  QuantReport &report);

} // namespace dsc

#endif // DSC_COMPILER_QUANTIZE_QUANTIZEMODEL_H
