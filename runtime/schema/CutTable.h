// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the partitioner reads and returns: the cut table of a chain of units over devices, and the result.
// Times are nanoseconds, sizes bytes. All arrays belong to the caller; Partitioner.h has the algorithm.
#ifndef DSC_RUNTIME_SCHEMA_CUTTABLE_H
#define DSC_RUNTIME_SCHEMA_CUTTABLE_H

#include <cstdint>

namespace dsc::schema {

/// What a symbolic size without a bound counts as, where times and bytes are predicted: 1 if it is the first size of an
/// input, the batch as a rule, otherwise 128; never less than its minimum.
constexpr int64_t typicalSize(bool isFirst, int64_t minimum) {
  int64_t size = isFirst ? 1 : 128;
  return size < minimum ? minimum : size;
}

/// What a user wants of the boundary before a unit.
enum class CutRule : uint8_t { free = 0, cut = 1, keep = 2 };

/// The way from one stage's device to that of another. A transfer takes at most 2^60 ns; more than 2^64 /
/// 1000 bytes count as that.
struct StageLink {
  uint64_t latencyNs;
  uint64_t bytesPerMicrosecond; ///< 0: there is no way
  bool blocking;                ///< a transfer occupies both ends instead of overlapping with their compute
};

/// Between threads of one process: a wake-up, nothing is copied.
inline constexpr StageLink inProcessLink = {1000, UINT64_MAX, false};

/// Items in flight per boundary, and what a further stage must take off the bottleneck, unless asked otherwise.
inline constexpr uint32_t defaultDepth = 2, defaultGainPercent = 5;

/// The input: `numUnits` units in execution order, `numStages` stages in the order the data takes. Nothing is
/// trusted; bytes add up with saturation.
struct CutTable {
  static constexpr uint32_t maxUnits = 1024, maxStages = 16;
  static constexpr uint64_t maxTimeNs = uint64_t(1) << 50; ///< of one unit: 13 days
  static constexpr uint64_t cannotRun = UINT64_MAX;        ///< as a time: not on this device
  static constexpr uint64_t noCap = UINT64_MAX;            ///< as a memory size

  uint32_t numUnits, numStages;
  const uint64_t *timesNs;     ///< [numStages][numUnits]
  const uint64_t *weightBytes; ///< [numUnits]; a stage holds their sum
  const uint64_t *arenaBytes;  ///< [numUnits]; a stage holds their maximum
  const uint64_t *liveBytes;   ///< [numUnits]; alive across the cut before the unit; entry 0 is not read
  const CutRule *cuts;         ///< [numUnits]; before the unit; entry 0 is not read; null: all free
  const StageLink *links;      ///< [numStages][numStages]; row = sender; only above the diagonal is read
  const uint64_t *memoryBytes; ///< [numStages]
  uint32_t depth;              ///< items in flight per boundary; both its ends hold that many
  uint32_t minGainPercent;     ///< what each further stage must take off the bottleneck; 5 by convention
};

/// Why there is no partition.
enum class PartitionFailure : uint8_t {
  none,
  counts,       ///< no unit, no stage, or more than the table may have
  time,         ///< a time of `unit` is above `maxTimeNs`
  noDevice,     ///< no stage can run `unit`
  unitTooLarge, ///< no stage that can run `unit` has the memory for its weights and arena
  tooManyCuts,  ///< the cuts asked for make more stages than there are
  memory,       ///< without memory caps there would be one
  order,        ///< none in this order of devices, with these links and cuts, whatever the memory
};

/// The result. A bottleneck is the largest time per item of a stage with its blocking transfers, or of a
/// link.
struct Partition {
  PartitionFailure failure;
  uint32_t unit; ///< the one that `failure` names
  uint32_t stagesUsed;
  uint64_t bottleneckNs;
  uint64_t lowerBoundNs;  ///< no partition over these stages is faster; 0 where a unit or the counts failed
  uint32_t optimumStages; ///< of the fastest partition; more than `stagesUsed` where the gain was too small
  uint64_t optimumNs;
};

} // namespace dsc::schema
#endif
