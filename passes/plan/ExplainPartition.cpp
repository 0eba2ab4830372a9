// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Adds up the cut table stage by stage; the partitioner tells what other numbers of stages would bring.

#include "passes/plan/ExplainPartition.h"

#include "dialects/plan/PlanSizes.h"
#include "passes/UnitChain.h"
#include "runtime/schema/Partitioner.h"

#include "llvm/ADT/SmallSet.h"
#include "llvm/Support/Format.h"

using namespace mlir;

namespace dsc {
namespace {

/// One stage in nanoseconds and bytes; units are [first, end).
struct StageReport {
  size_t first = 0, end = 0;
  uint64_t computeNs = 0, linkNs = 0;
  int64_t receiveBytes = 0, weightBytes = 0, arenaBytes = 0;
};

class PartitionReport {
public:
  PartitionReport(plan::PlanOp plan, plan::EntryOp entry);

  void print(unsigned stagesAsked, llvm::raw_ostream &os);

private:
  void readChain(plan::FunctionOp function);
  void addStages();
  std::string nameOf(size_t unit, bool isLast);
  void printStage(size_t index, llvm::raw_ostream &os);
  void printLimits(unsigned stagesAsked, llvm::raw_ostream &os);

  plan::PlanOp plan;
  plan::EntryOp entry;
  SmallVector<plan::UnitOp> units;
  SmallVector<plan::StepOp> steps;
  std::vector<ChainLink> chain;
  std::vector<StageReport> stages;
};

/// What the symbols are taken to be: the entry's bounds, or typical values.
SmallVector<int64_t> chooseSizes(plan::FunctionOp function, plan::EntryOp entry) {
  SmallVector<int64_t> sizes(entry.getBounds());
  llvm::SmallSet<int64_t, 8> firsts;
  for (auto input : function.getInputs().getOps<plan::TensorDescOp>())
    if (!input.getShape().empty())
      firsts.insert(input.getShape().front());
  for (auto [i, symbol] : llvm::enumerate(function.getSymbols().getOps<plan::SymbolOp>()))
    if (sizes[i] == INT64_MAX)
      sizes[i] = schema::typicalSize(firsts.contains(int64_t(i)), int64_t(symbol.getMin()));
  return sizes;
}

PartitionReport::PartitionReport(plan::PlanOp plan, plan::EntryOp entry)
    : plan(plan), entry(entry), units(entry.getUnits().getOps<plan::UnitOp>()) {
  auto programs = entry.getPrograms().getOps<plan::ProgramOp>();
  steps = llvm::to_vector((*programs.begin()).getSteps().getOps<plan::StepOp>());
  readChain(entry->getParentOfType<plan::FunctionOp>());
  addStages();
}

void PartitionReport::readChain(plan::FunctionOp function) {
  auto buffers = llvm::to_vector(entry.getBuffers().getOps<plan::BufferOp>());
  auto slots = plan::evaluateSlots(function, chooseSizes(function, entry));
  int64_t live = 0;
  for (plan::UnitOp unit : units) {
    float us = *llvm::max_element(unit.getCostUs());
    chain.push_back({int64_t(double(std::max(us, 0.0f)) * 1e3 + 0.5), live});
    live = 0;
    for (int64_t index : unit.getLiveAfter()) {
      int64_t slot = buffers[index].getSizeSlot();
      live += slot == plan::none ? int64_t(buffers[index].getSize()) : std::max<int64_t>(slots[slot].value_or(0), 0);
    }
  }
}

void PartitionReport::addStages() {
  for (auto [i, unit] : llvm::enumerate(units)) {
    if (i == 0 || unit.getStage() != units[i - 1].getStage()) {
      stages.push_back({i, i});
      stages.back().receiveBytes = chain[i].liveBytes;
      stages.back().linkNs = i ? schema::detail::transferNs(schema::inProcessLink, uint64_t(chain[i].liveBytes)) : 0;
    }
    StageReport &stage = stages.back();
    stage.end = i + 1;
    stage.computeNs += uint64_t(chain[i].costNs);
    stage.weightBytes += unit.getWeightBytes();
    stage.arenaBytes = std::max(stage.arenaBytes, int64_t(unit.getArenaBytes()));
  }
}

/// The nodes of the first or the last step of a unit.
std::string PartitionReport::nameOf(size_t unit, bool isLast) {
  int64_t step = units[unit].getFirstStep() + (isLast ? units[unit].getNumSteps() - 1 : 0);
  int64_t location = steps[step].getLoc();
  if (location == plan::none)
    return "step " + std::to_string(step);
  return "'" + cast<StringAttr>(plan.getLocationsAttr()[location]).str() + "'";
}

void PartitionReport::printStage(size_t index, llvm::raw_ostream &os) {
  const StageReport &stage = stages[index];
  os << "stage " << index << ": cpu, units " << stage.first << " to " << stage.end - 1 << ", from "
     << nameOf(stage.first, false) << " to " << nameOf(stage.end - 1, true) << "\n"
     << llvm::format("  compute %.1f us, transfer %.1f us", double(stage.computeNs) * 1e-3, double(stage.linkNs) * 1e-3)
     << ", receives " << stage.receiveBytes << " bytes, weights " << stage.weightBytes << " bytes, arena ";
  if (entry.getOpen())
    os << "as the sizes ask for\n";
  else
    os << stage.arenaBytes << " bytes\n";
}

void PartitionReport::printLimits(unsigned stagesAsked, llvm::raw_ostream &os) {
  uint64_t sumNs = 0, linksNs = 0, bottleneckNs = 0;
  std::string limit;
  for (auto [i, stage] : llvm::enumerate(stages)) {
    sumNs += stage.computeNs;
    linksNs += stage.linkNs;
    for (auto [ns, what] : {std::pair(stage.computeNs, "the compute of stage "), std::pair(stage.linkNs, "the link into stage ")})
      if (ns > bottleneckNs) {
        bottleneckNs = ns;
        limit = what + std::to_string(i);
      }
  }
  std::vector<uint32_t> ignored;
  schema::Partition best = partitionChain(chain, stagesAsked, ignored);
  double us = double(bottleneckNs) * 1e-3, boundUs = double(best.lowerBoundNs) * 1e-3;
  os << llvm::format("bottleneck %.1f us, ", us) << (limit.empty() ? "nothing costs time" : limit)
     << llvm::format("; transfer share %.1f %%\n", 100 * double(linksNs) / std::max(double(linksNs + sumNs), 1.0))
     << llvm::format("balance %.2f; lower bound %.1f us for %u stages, the gap is %.1f %%\n",
                     us > 0 ? double(sumNs) * 1e-3 / double(stages.size()) / us : 1.0, boundUs, stagesAsked,
                     boundUs > 0 ? 100 * (us / boundUs - 1) : 0.0);
  if (stages.size() >= stagesAsked)
    return;
  os << stagesAsked - stages.size() << " of " << stagesAsked << " stages unused: ";
  if (best.optimumNs < best.bottleneckNs)
    os << llvm::format("the fastest, %u stages at %.1f us, take less than %u %% off for each\n", best.optimumStages,
                       double(best.optimumNs) * 1e-3, schema::defaultGainPercent);
  else
    os << "no more stages are faster\n";
}

void PartitionReport::print(unsigned stagesAsked, llvm::raw_ostream &os) {
  if (units.empty())
    return;
  stagesAsked = std::max<unsigned>(stagesAsked, stages.size());
  os << "partition: " << stages.size() << " of " << stagesAsked << " stages, " << units.size()
     << " units; predicted for one thread";
  for (auto [symbol, size] : llvm::zip_equal(entry->getParentOfType<plan::FunctionOp>().getSymbols().getOps<plan::SymbolOp>(),
                                             chooseSizes(entry->getParentOfType<plan::FunctionOp>(), entry)))
    os << ", " << symbol.getName() << " = " << size;
  os << "\n";
  for (size_t i = 0; i < stages.size(); ++i)
    printStage(i, os);
  printLimits(stagesAsked, os);
}

} // namespace

void explainPartition(plan::PlanOp plan, unsigned stagesAsked, llvm::raw_ostream &os) {
  plan.walk([&](plan::EntryOp entry) { PartitionReport(plan, entry).print(stagesAsked, os); });
}

} // namespace dsc
