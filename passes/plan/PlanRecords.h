// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The rows of a plan while it is built: before slots have their final numbers and buffers their place.

#ifndef DSC_PASSES_PLAN_PLANRECORDS_H
#define DSC_PASSES_PLAN_PLANRECORDS_H

#include "passes/plan/ShapeProgram.h"
#include "passes/plan/WeightImage.h"

#include "dialects/dsc/Dsc.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace dsc {

struct BufferRecord {
  plan::Place place = plan::Place::Arena;
  int64_t index = 0;
  int64_t parent = plan::none;
  int64_t offset = 0;
  int64_t size = 0;
  ShapeProgram::Slot sizeSlot;
  plan::DType dtype = plan::DType::F32;
  llvm::SmallVector<ShapeProgram::Slot> shape;
  int64_t firstUse = -1;
  int64_t lastUse = -1;
};

struct StepRecord {
  plan::StepKind kind = plan::StepKind::Launch;
  int64_t kernel = plan::none;
  llvm::SmallVector<int64_t> buffers;
  llvm::SmallVector<ShapeProgram::Slot> dims;
  llvm::SmallVector<ShapeProgram::Slot> grid;
  int64_t loc = plan::none;
  ShapeProgram::Slot flops;
  ShapeProgram::Slot bytes;
  int64_t grain = 1;
  int64_t stage = 0;
  int64_t costNs = 0;
};

/// Consecutive steps that no pipeline cut may separate.
struct UnitRecord {
  int64_t firstStep = 0;
  int64_t numSteps = 0;
  int64_t costNs = 0;
  int64_t weightBytes = 0;
  int64_t stage = 0;
  llvm::SmallVector<int64_t> liveAfter;
};

struct TensorRecord {
  std::string name;
  plan::DType dtype = plan::DType::F32;
  llvm::SmallVector<ShapeProgram::Slot> shape;
  int64_t align = 1;
};

/// Everything BuildPlan learns from one module.
struct PlanRecords {
  /// All symbols of the module, in order.
  explicit PlanRecords(llvm::ArrayRef<SymbolOp> symbols) : program(symbols) {}

  /// Those of the plan: no derived ones.
  llvm::SmallVector<SymbolOp> symbols;
  llvm::SmallVector<KernelOp> kernels;
  llvm::SmallVector<TensorRecord> inputs, outputs;
  ShapeProgram program;
  WeightImage weights;
  std::vector<BufferRecord> buffers;
  std::vector<StepRecord> steps;
  std::vector<std::string> locations;
  /// Some symbol has no bound: sizes are left to the runtime.
  bool open = false;
  /// Without sharing: every arena buffer has a place of its own until dsc-place-buffers.
  int64_t arenaBytes = 0;
};

/// The ONNX node names in a location, each once, joined by " + "; no file ever. Empty if there is none.
std::string getNodeName(mlir::Location loc);

/// Reads `main` of `module` (only launches, views, weights, constants and read_dims) into records. Emits a diagnostic on
/// failure.
mlir::FailureOr<PlanRecords> collectPlan(mlir::ModuleOp module, mlir::func::FuncOp main);

/// The cut table: a unit for each launch with the copies and reads behind it; neighbours are merged where there are more
/// than `mostUnits`.
std::vector<UnitRecord> formUnits(const PlanRecords &records);

/// Makes the `plan.plan` at the end of the module.
plan::PlanOp createPlan(mlir::ModuleOp module, llvm::StringRef functionName, PlanRecords &records);

} // namespace dsc

#endif // DSC_PASSES_PLAN_PLANRECORDS_H
