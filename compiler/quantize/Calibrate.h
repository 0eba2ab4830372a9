// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Runs the f32 model on the calibration inputs: ranges of activations, and what the model should compute.

#ifndef DSC_COMPILER_QUANTIZE_CALIBRATE_H
#define DSC_COMPILER_QUANTIZE_CALIBRATE_H

#include "compiler/quantize/QuantReport.h"
#include "compiler/quantize/ScratchPlan.h"

namespace dsc {

/// The inputs of one run each, in order: npz files, folders with input_0.pb, and those found in a folder. Nothing, after
/// a diagnostic, if a path holds none.
mlir::FailureOr<std::vector<std::string>> findCalibrationRuns(mlir::MLIRContext &context,
                                                              llvm::ArrayRef<std::string> paths);

/// The SHA-256 of the files of all runs, in order, in hexadecimal.
std::string hashRuns(llvm::ArrayRef<std::string> runs);

/// What the model computed, per run.
using Reference = std::vector<std::vector<RunOutput>>;

/// Runs the module on every input, fills `reference` with the outputs of the model, and marks the layers whose format is
/// static with the range of their activation.
mlir::LogicalResult calibrate(mlir::ModuleOp module, const CompileOptions &options, llvm::ArrayRef<std::string> runs,
                              const RunPlan &runPlan, Reference &reference);

/// Quantizes each layer alone in copies and marks it with the signal over noise of its result over all runs. The ranges
/// of static activations must be there.
mlir::LogicalResult measureLayers(mlir::ModuleOp module, const CompileOptions &options,
                                  llvm::ArrayRef<std::string> runs, const RunPlan &runPlan);

/// Runs the module, which was quantized meanwhile, on the same inputs and compares its float outputs with the reference.
mlir::FailureOr<OutputQuality> measure(mlir::ModuleOp module, const CompileOptions &options,
                                       llvm::ArrayRef<std::string> runs, const RunPlan &runPlan,
                                       const Reference &reference);

} // namespace dsc

#endif // DSC_COMPILER_QUANTIZE_CALIBRATE_H
