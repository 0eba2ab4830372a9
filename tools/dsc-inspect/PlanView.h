// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A plan as plain data for people: positions resolved, formulas evaluated, steps joined by what flows between them.

#ifndef DSC_TOOLS_DSC_INSPECT_PLANVIEW_H
#define DSC_TOOLS_DSC_INSPECT_PLANVIEW_H

#include "compiler/emit/PlanReader.h"
#include "tools/dsc-inspect/Layout.h"
#include "tools/dsc-inspect/Sizes.h"

#include "llvm/ADT/StringMap.h"

namespace dsc::inspect {

struct SegmentView {
  std::string kind, level;
  int64_t offset = 0, size = 0, align = 0;
};

struct KernelView {
  std::string name, target, family;
  std::vector<std::string> levels; ///< "v3", "sm_80", one per code
  int64_t abi = 0, scratch = 0, uses = 0;
};

struct TensorView {
  std::string name, dtype;
  std::vector<std::string> shape;
};

struct SymbolView {
  std::string name, kind;
  int64_t min = 0, multipleOf = 1;
  std::optional<int64_t> max; ///< none: open
};

struct BufferView {
  std::string place, dtype;
  std::vector<std::string> shape;
  Amount size;
  int64_t deviceSlot = 0, index = 0, parent = plan::none, root = 0; ///< root: itself if it is no view
  int64_t firstUse = 0, lastUse = 0, offset = 0;                    ///< offset: from the root, or of it
  bool hasOffset = true;                                            ///< false: known when a context is made
};

struct Argument {
  int64_t buffer;
  int64_t access; ///< 1 read, 2 write, 3 both
};

struct StepView {
  std::string kind, name;
  int64_t kernel = plan::none, unit = 0, deviceSlot = 0, queue = 0, grain = 1, weightBytes = 0;
  Amount flops, bytes; ///< no text: not counted
  std::vector<std::string> grid, dims;
  std::vector<Argument> arguments;
  std::vector<int64_t> deps;
  std::optional<double> measuredUs;
};

struct UnitView {
  int64_t firstStep = 0, numSteps = 0, weightBytes = 0, arenaBytes = 0, liveBytes = 0, stage = 0;
  double costUs = 0; ///< on its first step's device; 0: not predicted
  bool isMeasured = false;
};

/// Steps, then the function's inputs, then its outputs are the nodes of `edges` and `layout`.
struct EntryView {
  std::vector<std::pair<std::string, std::optional<int64_t>>> bounds; ///< by symbol
  std::vector<int64_t> arenas;
  bool isOpen = false;
  std::vector<BufferView> buffers;
  std::vector<StepView> steps;
  std::vector<UnitView> units;
  std::vector<Edge> edges;
  GraphLayout layout;
};

struct VariantView {
  std::string name, metric;
  double quality = -1;
  std::vector<EntryView> entries;
};

struct FunctionView {
  std::string name;
  bool rowsIndependent = false;
  std::vector<TensorView> inputs, outputs;
  std::vector<SymbolView> symbols;
  std::vector<VariantView> variants;
};

struct PlanView {
  std::string file, producer, minRuntime;
  PlanFrame frame;
  std::vector<std::string> devices;
  std::vector<SegmentView> segments;
  std::vector<KernelView> kernels;
  std::vector<FunctionView> functions;
  std::vector<std::pair<std::string, std::string>> metadata;
};

/// Describes a verified plan, symbols of the names in `dims` having those values and others their bounds. All text in it
/// is UTF-8, but may hold any character.
PlanView makeView(plan::PlanOp plan, const PlanFrame &frame, llvm::StringRef file, const llvm::StringMap<int64_t> &dims);

/// Fills `edges` and `layout` of an entry of a function with so many inputs and outputs.
void connectSteps(EntryView &entry, size_t inputs, size_t outputs);

/// "f32[1,3,224,224]".
std::string describeType(const std::string &dtype, llvm::ArrayRef<std::string> shape);

} // namespace dsc::inspect

#endif // DSC_TOOLS_DSC_INSPECT_PLANVIEW_H
