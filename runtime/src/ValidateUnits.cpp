// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Validator: the cut table. Units cover the program, stages ascend, and what is alive behind a unit is all that is.
#include "runtime/src/Validate.h"

namespace dsc::rt {

using namespace schema;

namespace {

uint8_t rawByte(const Unit &unit, flatbuffers::voffset_t field) {
  return reinterpret_cast<const flatbuffers::Table &>(unit).GetField<uint8_t>(field, 0);
}

bool crossesCuts(Place place) { return place == Place::Input || place == Place::Arena || place == Place::Output; }

} // namespace

/// Whether a buffer is a root with contents between the step before `step` and `step`: inputs are from the start as long
/// as they are read, outputs to the end once they are written.
bool Validator::isAlive(const EntryState &entry, uint32_t buffer, uint32_t step) {
  Place place = entry.entry->buffers()->Get(buffer)->place();
  const RootLife &life = entry.life[buffer];
  return entry.root[buffer] == buffer && life.accessed && crossesCuts(place) &&
         (place == Place::Input || life.first < step) && (place == Place::Output || life.last >= step);
}

dsc_status Validator::checkUnit(const EntryState &entry, uint32_t index, uint32_t firstStep, uint32_t stageBefore) {
  const Unit &unit = *entry.entry->units()->Get(index);
  if (unit.first_step() != firstStep || unit.num_steps() == 0 || unit.num_steps() > entry.numSteps - firstStep)
    return corrupt("unit", index, "steps that follow the unit before, inside the program");
  if (unit.cost_us()->size() != plan.devices()->size() || !spend(unit.cost_us()->size()))
    return corrupt("unit", index, "a cost for each device slot");
  for (float cost : *unit.cost_us())
    if (!(cost >= -maxMicroseconds && cost <= maxMicroseconds))
      return corrupt("unit", index, "finite costs");
  if (unit.stage() < stageBefore || unit.stage() > (index ? stageBefore + 1 : 0))
    return corrupt("unit", index, "the stage of the unit before or the next, from 0");
  uint64_t arenaBytes = 0;
  for (uint64_t bytes : *entry.entry->arenas())
    arenaBytes += bytes;
  if (rawByte(unit, Unit::VT_MEASURED) > 1 || unit.weight_bytes() > input.segmentBytes ||
      unit.arena_bytes() > arenaBytes)
    return corrupt("unit", index, "no more bytes than the plan has, and truth values of 0 or 1");
  return DSC_OK;
}

dsc_status Validator::checkLiveAfter(const EntryState &entry, uint32_t index, uint32_t end, uint32_t expected) {
  const auto *live = entry.entry->units()->Get(index)->live_after();
  if (sizeOf(live) != expected || !spend(expected))
    return corrupt("unit", index, "all buffers that are alive behind it, and no others");
  for (uint32_t k = 0; k < expected; ++k)
    if (live->Get(k) >= entry.numBuffers || (k && live->Get(k) <= live->Get(k - 1)) || !isAlive(entry, live->Get(k), end))
      return corrupt("unit", index, "buffers that are alive behind it, each once and in ascending order");
  return DSC_OK;
}

dsc_status Validator::checkUnits(const EntryState &entry) {
  const auto &units = *entry.entry->units();
  if (units.size() == 0 || !spend(units.size()))
    return corrupt("units", units.size(), "at least one");
  // Births less deaths of each step: their sum up to a step is the number of buffers alive behind it.
  auto change = scratch.array<int32_t>(entry.numSteps);
  if (!change)
    return outOfMemory();
  uint32_t alive = 0, covered = 0;
  for (uint32_t i = 0; i < entry.numBuffers; ++i) {
    Place place = entry.entry->buffers()->Get(i)->place();
    if (entry.root[i] != i || !entry.life[i].accessed || !crossesCuts(place))
      continue;
    place == Place::Input ? ++alive : ++change[entry.life[i].first];
    change[entry.life[i].last] -= place != Place::Output;
  }
  for (uint32_t i = 0; i < units.size(); ++i) {
    if (dsc_status s = checkUnit(entry, i, covered, i ? units[i - 1]->stage() : 0))
      return s;
    for (uint32_t end = covered + units[i]->num_steps(); covered < end; ++covered)
      alive += uint32_t(change[covered]);
    if (dsc_status s = checkLiveAfter(entry, i, covered, covered < entry.numSteps ? alive : 0))
      return s;
  }
  return covered == entry.numSteps ? DSC_OK : corrupt("units", units.size(), "all steps of the program");
}

} // namespace dsc::rt
