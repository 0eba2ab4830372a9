// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Text for people, from the file down to the bytes.

#include "tools/Diagnostics.h"
#include "tools/Text.h"
#include "tools/dsc-inspect/Print.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"

#include <map>

using dsc::tools::formatBytes;
using dsc::tools::toLine;

namespace dsc::inspect {
namespace {

constexpr int widestName = 44;

/// "12.3 GFLOP", "812 FLOP"; the formula where the number is not known; "-" if it is not counted.
std::string formatFlops(const Amount &flops) {
  if (flops.text.empty())
    return "-";
  if (!flops.value)
    return toLine(flops.text) + " FLOP";
  std::string text;
  llvm::raw_string_ostream os(text);
  double count = double(*flops.value);
  if (count < 1e6)
    os << *flops.value << " FLOP";
  else if (count < 1e9)
    os << llvm::format("%.1f MFLOP", count / 1e6);
  else
    os << llvm::format("%.1f GFLOP", count / 1e9);
  return text;
}

std::string formatAmount(const Amount &bytes) {
  if (bytes.text.empty())
    return "-";
  return bytes.value ? formatBytes(*bytes.value) : toLine(bytes.text) + " B";
}

std::string formatUs(double us) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%.1f us", us);
  return text;
}

/// Columns as wide as their widest cell; the last one is not padded. Cells of columns in `right` are.
class Table {
public:
  explicit Table(std::string rightAligned) : rightAligned(std::move(rightAligned)) {}
  void add(std::vector<std::string> row) { rows.push_back(std::move(row)); }
  void print(llvm::raw_ostream &os, int indent) const {
    std::vector<size_t> widths;
    for (const auto &row : rows)
      for (auto [column, cell] : llvm::enumerate(row)) {
        widths.resize(std::max<size_t>(widths.size(), column + 1));
        widths[column] = std::max(widths[column], cell.size());
      }
    for (const auto &row : rows) {
      std::string line(indent, ' ');
      for (auto [column, cell] : llvm::enumerate(row)) {
        std::string padding(widths[column] - cell.size(), ' ');
        bool isRight = column < rightAligned.size() && rightAligned[column] == 'r';
        line += (column ? "  " : "") + (isRight ? padding + cell : cell + padding);
      }
      os << llvm::StringRef(line).rtrim() << '\n';
    }
  }

private:
  std::string rightAligned; // 'l' or 'r' per column
  std::vector<std::vector<std::string>> rows;
};

std::string typeOf(const std::string &dtype, llvm::ArrayRef<std::string> shape) { return toLine(describeType(dtype, shape)); }

void printHead(const PlanView &plan, llvm::raw_ostream &os) {
  os << toLine(plan.file) << ": plan format " << plan.frame.formatMajor << '.' << plan.frame.formatMinor << ", "
     << formatBytes(plan.frame.fileBytes) << ", metadata " << formatBytes(plan.frame.metadataBytes) << '\n'
     << "  sha256 " << plan.frame.digest << '\n'
     << "  made by " << toLine(plan.producer) << ", needs runtime " << plan.minRuntime << ", devices "
     << llvm::join(plan.devices, ", ") << '\n';
  for (const auto &[key, value] : plan.metadata)
    os << "  " << toLine(key) << ": " << toLine(value) << '\n';
  os << "segments\n";
  Table segments("rlrr");
  for (auto [index, segment] : llvm::enumerate(plan.segments))
    segments.add({std::to_string(index), segment.kind + (segment.level.empty() ? "" : " " + segment.level),
                  formatBytes(segment.size), "at " + std::to_string(segment.offset)});
  segments.print(os, 2);
  os << "kernels\n";
  Table kernels("rllll");
  for (auto [index, kernel] : llvm::enumerate(plan.kernels))
    kernels.add({std::to_string(index), toLine(kernel.name), toLine(kernel.family), llvm::join(kernel.levels, ","),
                 "x" + std::to_string(kernel.uses),
                 kernel.scratch ? "scratch " + formatBytes(kernel.scratch) : ""});
  kernels.print(os, 2);
}

void printTensors(llvm::StringRef what, llvm::ArrayRef<TensorView> tensors, llvm::raw_ostream &os) {
  os << what << '\n';
  Table table("ll");
  for (const TensorView &tensor : tensors)
    table.add({toLine(tensor.name), typeOf(tensor.dtype, tensor.shape)});
  table.print(os, 2);
}

void printSymbols(llvm::ArrayRef<SymbolView> symbols, llvm::raw_ostream &os) {
  if (symbols.empty())
    return;
  os << "symbols\n";
  Table table("lll");
  for (const SymbolView &symbol : symbols)
    table.add({toLine(symbol.name),
               std::to_string(symbol.min) + ".." + (symbol.max ? std::to_string(*symbol.max) : std::string()),
               (symbol.kind == "data" ? "computed by the model" : "from the inputs") +
                   (symbol.multipleOf > 1 ? ", a multiple of " + std::to_string(symbol.multipleOf) : std::string())});
  table.print(os, 2);
}

std::string formatCost(const UnitView &unit) {
  return unit.costUs > 0 ? formatUs(unit.costUs) + (unit.isMeasured ? " measured" : "") : "not predicted";
}

void printStages(const EntryView &entry, llvm::raw_ostream &os) {
  struct Stage {
    int64_t units = 0, steps = 0, weightBytes = 0, arenaBytes = 0, sends = 0;
    double costUs = 0;
  };
  std::map<int64_t, Stage> stages;
  for (const UnitView &unit : entry.units) {
    Stage &stage = stages[unit.stage];
    ++stage.units;
    stage.steps += unit.numSteps;
    stage.weightBytes += unit.weightBytes;
    stage.arenaBytes = std::max(stage.arenaBytes, unit.arenaBytes);
    stage.sends = unit.liveBytes;
    stage.costUs += unit.costUs;
  }
  os << "  stages\n";
  Table table("rrrrrrr");
  table.add({"stage", "units", "steps", "predicted", "weights", "arena", "sends"});
  for (const auto &[number, stage] : stages)
    table.add({std::to_string(number), std::to_string(stage.units), std::to_string(stage.steps),
               stage.costUs > 0 ? formatUs(stage.costUs) : "-", formatBytes(stage.weightBytes),
               stage.arenaBytes ? formatBytes(stage.arenaBytes) : "-", stage.sends ? formatBytes(stage.sends) : "-"});
  table.print(os, 4);
}

std::string describeResult(const EntryView &entry, const StepView &step) {
  for (auto [buffer, access] : step.arguments)
    if (access & 2)
      return typeOf(entry.buffers[buffer].dtype, entry.buffers[buffer].shape);
  return "-";
}

std::string shorten(const std::string &name) {
  return name.size() <= size_t(widestName) ? name : name.substr(0, widestName - 3) + "...";
}

void printSteps(const PlanView &plan, const EntryView &entry, llvm::raw_ostream &os) {
  bool isTimed = llvm::any_of(entry.steps, [](const StepView &step) { return step.measuredUs.has_value(); });
  os << "  steps\n";
  Table table("rrllllrrrr");
  table.add({"step", "unit", "does", "family", "nodes", "result", "work", "traffic", "weights", isTimed ? "measured" : ""});
  for (auto [index, step] : llvm::enumerate(entry.steps)) {
    bool isLaunch = step.kernel != plan::none;
    table.add({std::to_string(index), std::to_string(step.unit),
               isLaunch ? "kernel " + std::to_string(step.kernel) : step.kind,
               isLaunch ? toLine(plan.kernels[step.kernel].family) : "-",
               step.name.empty() ? "-" : shorten(toLine(step.name)), describeResult(entry, step), formatFlops(step.flops),
               formatAmount(step.bytes), step.weightBytes ? formatBytes(step.weightBytes) : "-",
               step.measuredUs ? formatUs(*step.measuredUs) : ""});
  }
  table.print(os, 4);
}

void printUnits(const EntryView &entry, llvm::raw_ostream &os) {
  os << "  units\n";
  Table table("rlrlrr");
  for (auto [index, unit] : llvm::enumerate(entry.units))
    table.add({std::to_string(index),
               "steps " + std::to_string(unit.firstStep) + ".." + std::to_string(unit.firstStep + unit.numSteps - 1),
               "stage " + std::to_string(unit.stage), formatCost(unit), "weights " + formatBytes(unit.weightBytes),
               "sends " + formatBytes(unit.liveBytes)});
  table.print(os, 4);
}

void printBuffers(const EntryView &entry, llvm::raw_ostream &os) {
  os << "  buffers\n";
  Table table("rlllrl");
  for (auto [index, buffer] : llvm::enumerate(entry.buffers)) {
    std::string where = buffer.parent != plan::none ? "view of " + std::to_string(buffer.root) : buffer.place;
    if (buffer.place == "input" || buffer.place == "output" || buffer.place == "weights")
      where += buffer.parent == plan::none ? " " + std::to_string(buffer.index) : "";
    bool isPlaced = buffer.hasOffset && (buffer.parent != plan::none || !entry.isOpen || buffer.place != "arena");
    bool isArena = buffer.place == "arena" && buffer.parent == plan::none;
    table.add({std::to_string(index), where, typeOf(buffer.dtype, buffer.shape), isPlaced ? "at " + std::to_string(buffer.offset) : "-",
               formatAmount(buffer.size),
               isArena ? "steps " + std::to_string(buffer.firstUse) + ".." + std::to_string(buffer.lastUse) : ""});
  }
  table.print(os, 4);
}

void printEntry(const PlanView &plan, const EntryView &entry, llvm::raw_ostream &os) {
  os << "entry";
  for (const auto &[name, bound] : entry.bounds)
    os << ' ' << toLine(name) << " <= " << (bound ? std::to_string(*bound) : "any") << ',';
  os << " arena ";
  if (entry.isOpen)
    os << "placed when a context is made\n";
  else
    os << llvm::join(llvm::map_range(entry.arenas, [](int64_t bytes) { return formatBytes(bytes); }), " + ") << '\n';
  printStages(entry, os);
  printSteps(plan, entry, os);
  printUnits(entry, os);
  printBuffers(entry, os);
}

} // namespace

void printText(const PlanView &plan, llvm::raw_ostream &os) {
  printHead(plan, os);
  for (const FunctionView &function : plan.functions) {
    os << "function " << toLine(function.name) << (function.rowsIndependent ? ", rows of the batch are independent\n" : "\n");
    printTensors("inputs", function.inputs, os);
    printTensors("outputs", function.outputs, os);
    printSymbols(function.symbols, os);
    for (const VariantView &variant : function.variants)
      for (const EntryView &entry : variant.entries) {
        os << "variant " << toLine(variant.name);
        if (variant.quality >= 0)
          os << llvm::format(", quality %.4g ", variant.quality) << toLine(variant.metric);
        os << ", ";
        printEntry(plan, entry, os);
      }
  }
}

} // namespace dsc::inspect
