// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Prints a CompileReport.

#include "tools/dsc-compile/Summary.h"

#include "tools/Text.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

namespace dsc::tools {
namespace {

double getTotalSeconds(const CompileReport &report) {
  double seconds = 0;
  for (const PhaseCost &phase : report.phases)
    seconds += phase.seconds;
  return seconds;
}

double getArenaRatio(const CompileReport &report) {
  return report.arenaBound ? double(report.arenaBytes) / double(report.arenaBound) : 1.0;
}

/// A line per phase with its ten most frequent ops.
void printOpCounts(const CompileReport &report, llvm::raw_ostream &os) {
  os << "  ops behind each phase\n";
  for (const PhaseCost &phase : report.phases) {
    os << "  " << llvm::left_justify(phase.name, 10) << ' ';
    llvm::ListSeparator comma;
    for (auto &[name, count] : llvm::ArrayRef(phase.opCounts).take_front(10))
      os << comma << name << ' ' << count;
    os << (phase.opCounts.size() > 10 ? ", ...\n" : "\n");
  }
}

} // namespace

void printSummary(const CompileReport &report, llvm::StringRef output, bool stats, llvm::raw_ostream &os) {
  if (!output.empty())
    os << output << ": " << formatBytes(report.planBytes) << '\n';
  os << "  ops " << report.ops << ", groups " << report.groups << ", kernels " << report.kernels << '\n'
     << "  weights " << formatBytes(report.weightBytes) << ", code " << formatBytes(report.codeBytes) << ", arena "
     << (report.open ? "as large as the inputs ask for" : formatBytes(report.arenaBytes)) << '\n';
  if (report.quant)
    printQuantSummary(*report.quant, os);
  if (stats && !report.open)
    os << "  arena / bound " << llvm::format("%.3f", getArenaRatio(report)) << " (" << report.arenaBytes << " / "
       << report.arenaBound << " bytes)\n";
  os << "  phase           time   peak memory\n";
  for (const PhaseCost &phase : report.phases)
    os << "  " << llvm::left_justify(phase.name, 10) << llvm::format("%8.3f s %13s\n", phase.seconds,
                                                                    formatBytes(phase.peakBytes).c_str());
  os << "  total     " << llvm::format("%8.3f s\n", getTotalSeconds(report));
  if (stats)
    printOpCounts(report, os);
  if (stats && report.quant)
    printQuantMarkdown(*report.quant, os << '\n');
}

void printJson(const CompileReport &report, llvm::StringRef output, llvm::raw_ostream &os) {
  llvm::json::OStream json(os, 2);
  json.object([&] {
    json.attribute("output", output);
    json.attribute("plan_bytes", report.planBytes);
    json.attribute("ops", report.ops);
    json.attribute("groups", report.groups);
    json.attribute("kernels", report.kernels);
    json.attribute("weight_bytes", report.weightBytes);
    json.attribute("code_bytes", report.codeBytes);
    json.attribute("open", report.open);
    json.attribute("arena_bytes", report.arenaBytes);
    json.attribute("arena_bound_bytes", report.arenaBound);
    json.attribute("seconds", getTotalSeconds(report));
    json.attributeArray("phases", [&] {
      for (const PhaseCost &phase : report.phases)
        json.object([&] {
          json.attribute("name", phase.name);
          json.attribute("seconds", phase.seconds);
          json.attribute("peak_bytes", phase.peakBytes);
        });
    });
    if (report.quant) {
      json.attributeBegin("quantization");
      printQuantJson(*report.quant, json);
      json.attributeEnd();
    }
  });
  os << '\n';
}

} // namespace dsc::tools
