// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// dsc_plan_partition: the cut table of a plan through the solver that compiler and runtime share.
#include "runtime/schema/Partitioner.h"
#include "runtime/src/Handles.h"
#include "runtime/src/ShapeProgram.h"
#include "runtime/src/Structs.h"

#include <algorithm>

namespace dsc::rt {

using namespace schema;

namespace {

/// One call: the arrays of the table, and where its results go.
struct PartitionCall {
  const Plan &plan;
  const Function &function;
  const Entry &entry;
  char *stages; // the caller's, `stride` apart
  uint32_t numStages, stride;
  dsc_error *error;

  dsc_stage &stage(uint32_t i) { return *reinterpret_cast<dsc_stage *>(stages + uint64_t(i) * stride); }
  const Unit &unit(uint32_t i) const { return *entry.units()->Get(i); }

  dsc_status readStages();
  void fillTimes(uint64_t *timesNs);
  bool fillLiveBytes(Memory &memory, uint64_t *liveBytes);
  dsc_status refuse(const Partition &result);
  void writeStages(const CutTable &table, const uint32_t *stageOfUnit, dsc_partition_report &report);
};

dsc_status PartitionCall::readStages() {
  for (uint32_t i = 0; i < numStages; ++i) {
    const dsc_stage &each = stage(i);
    if (!acceptsStruct(&each, stride, sizeof each) || each.struct_size != stride || each.reserved)
      return fail(error, DSC_E_INVALID_ARGUMENT, i, "stage %u: expected a dsc_stage with its struct_size set", i);
    if (each.device_kind && each.device_kind != DSC_CPU)
      return fail(error, DSC_E_UNSUPPORTED_DEVICE, i, "stage %u: expected a CPU, which is all this runtime has", i);
  }
  return DSC_OK;
}

/// A stage on the CPU takes what the plan's first slot of that kind says.
void PartitionCall::fillTimes(uint64_t *timesNs) {
  uint32_t slot = 0, numSlots = plan.devices()->size(), numUnits = entry.units()->size();
  while (slot < numSlots && plan.devices()->Get(slot)->kind() != DeviceKind::Cpu)
    ++slot;
  for (uint32_t i = 0; i < numUnits; ++i) {
    float us = slot < numSlots ? unit(i).cost_us()->Get(slot) : -1;
    timesNs[i] = us < 0 ? CutTable::cannotRun : uint64_t(double(us) * 1e3 + 0.5);
  }
  for (uint32_t s = 1; s < numStages; ++s)
    std::copy(timesNs, timesNs + numUnits, timesNs + uint64_t(s) * numUnits);
}

/// Bytes across each cut at the bounds, open ones at a typical size; false without memory.
bool PartitionCall::fillLiveBytes(Memory &memory, uint64_t *liveBytes) {
  auto ranges = memory.array<Range>(slotCount(function));
  if (!ranges)
    return false;
  uint32_t numSymbols = function.symbols()->size();
  for (uint32_t i = 0; i < numSymbols; ++i) {
    bool isFirst = false;
    for (const TensorDesc *input : *function.inputs())
      isFirst |= input->shape()->size() && input->shape()->Get(0) == i;
    int64_t bound = entry.bounds()->Get(i);
    bound = bound == INT64_MAX ? typicalSize(isFirst, function.symbols()->Get(i)->min()) : bound;
    ranges[i] = {bound, bound};
  }
  evaluateRanges(function, ranges);
  for (uint32_t i = 0; i + 1 < entry.units()->size(); ++i)
    for (uint32_t k = 0; k < sizeOf(unit(i).live_after()); ++k) {
      const Buffer &buffer = *entry.buffers()->Get(unit(i).live_after()->Get(k));
      bool isStatic = buffer.size_slot() == noIndex;
      uint64_t bytes = isStatic ? buffer.size() : uint64_t(std::max<int64_t>(ranges[buffer.size_slot()].high, 0));
      liveBytes[i + 1] = detail::addBytes(liveBytes[i + 1], bytes);
    }
  return true;
}

dsc_status PartitionCall::refuse(const Partition &result) {
  switch (result.failure) {
  case PartitionFailure::noDevice:
    return fail(error, DSC_E_UNSUPPORTED_DEVICE, result.unit, "unit %u runs on no CPU", result.unit);
  case PartitionFailure::unitTooLarge:
    return fail(error, DSC_E_LIMIT, result.unit, "unit %u needs more memory than any stage has", result.unit);
  case PartitionFailure::memory:
    return fail(error, DSC_E_LIMIT, nowhere, "the units need more memory than the stages have");
  default:
    return fail(error, DSC_E_LIMIT, nowhere, "expected 1 to %u units and 1 to %u stages", CutTable::maxUnits,
                CutTable::maxStages);
  }
}

void PartitionCall::writeStages(const CutTable &table, const uint32_t *stageOfUnit, dsc_partition_report &report) {
  double sum = 0;
  for (uint32_t s = 0, first = 0; s < numStages; ++s) {
    dsc_stage &to = stage(s);
    to.device_kind = DSC_CPU;
    to.first_unit = first;
    to.num_units = 0;
    to.compute_us = to.transfer_us = 0;
    to.weight_bytes = to.arena_bytes = to.receive_bytes = 0;
    for (; first < table.numUnits && stageOfUnit[first] == s; ++first, ++to.num_units) {
      to.compute_us += double(table.timesNs[first]) * 1e-3;
      to.weight_bytes += table.weightBytes[first];
      to.arena_bytes = std::max(to.arena_bytes, table.arenaBytes[first]);
    }
    if (to.num_units && to.first_unit) {
      to.receive_bytes = table.liveBytes[to.first_unit];
      to.transfer_us = double(detail::transferNs(*table.links, to.receive_bytes)) * 1e-3;
    }
    sum += to.compute_us;
  }
  if (report.bottleneck_us > 0)
    report.balance = sum / report.stages_used / report.bottleneck_us;
}

dsc_status partition(PartitionCall &call, Memory &memory, dsc_partition_report &report) {
  uint32_t numUnits = call.entry.units()->size(), numStages = call.numStages;
  uint64_t words = partitionWorkWords(numUnits, numStages);
  if (!words)
    return call.refuse({});
  auto times = memory.array<uint64_t>(uint64_t(numStages) * numUnits), perUnit = memory.array<uint64_t>(3ull * numUnits);
  auto links = memory.array<StageLink>(uint64_t(numStages) * numStages);
  auto caps = memory.array<uint64_t>(numStages), work = memory.array<uint64_t>(words);
  auto stageOfUnit = memory.array<uint32_t>(numUnits);
  if (!times || !perUnit || !links || !caps || !work || !stageOfUnit || !call.fillLiveBytes(memory, perUnit + 2 * numUnits))
    return fail(call.error, DSC_E_OUT_OF_MEMORY, nowhere, "no memory to cut the plan");
  call.fillTimes(times);
  for (uint32_t i = 0; i < numUnits; ++i) {
    perUnit[i] = call.unit(i).weight_bytes();
    perUnit[numUnits + i] = call.unit(i).arena_bytes();
  }
  std::fill_n(links, numStages * numStages, inProcessLink);
  for (uint32_t i = 0; i < numStages; ++i)
    caps[i] = call.stage(i).mem_bytes ? call.stage(i).mem_bytes : CutTable::noCap;
  CutTable table = {numUnits, numStages, times, perUnit, perUnit + numUnits, perUnit + 2 * numUnits, nullptr, links, caps,
                    defaultDepth, defaultGainPercent};
  Partition result = partitionUnits(table, work, stageOfUnit);
  if (result.failure != PartitionFailure::none)
    return call.refuse(result);
  report.stages_used = result.stagesUsed;
  report.bottleneck_us = double(result.bottleneckNs) * 1e-3;
  report.lower_bound_us = double(result.lowerBoundNs) * 1e-3;
  report.optimum_us = double(result.optimumNs) * 1e-3;
  call.writeStages(table, stageOfUnit, report);
  return DSC_OK;
}

} // namespace
} // namespace dsc::rt

using namespace dsc::rt;

extern "C" dsc_status dsc_plan_partition(const dsc_plan *plan, uint32_t fn, uint32_t variant, dsc_stage *stages,
                                         uint32_t numStages, dsc_partition_report *out, dsc_error *error) {
  const dsc::schema::Variant *of = variantOf(plan, fn, variant);
  if (!of)
    return fail(error, DSC_E_NOT_FOUND, variant, "the plan has no such variant");
  if (!stages || !numStages)
    return fail(error, DSC_E_INVALID_ARGUMENT, nowhere, "expected stages, but got none");
  PartitionCall call = {*plan->root, *plan->root->functions()->Get(fn), *of->entries()->Get(0),
                        reinterpret_cast<char *>(stages), numStages, stages->struct_size, error};
  if (dsc_status s = call.readStages())
    return s;
  Memory memory;
  memory.init(&plan->memory.hooks());
  dsc_partition_report report = {};
  dsc_status status = partition(call, memory, report);
  memory.releaseAll();
  if (status)
    return status;
  return out ? writeStruct(report, out, "dsc_partition_report", error) : succeed(error);
}
