// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A model as a chain that a pipeline is cut from: what becomes one unit, and where units are cut.

#ifndef DSC_PASSES_MERGEUNITS_H
#define DSC_PASSES_MERGEUNITS_H

#include "runtime/schema/CutTable.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

#include <cstdint>
#include <vector>

namespace dsc {

/// Units of a plan at most, unless cuts ask for more.
constexpr size_t mostUnits = 200;

/// One link of a chain of steps, groups or units.
struct ChainLink {
  int64_t costNs = 0;
  int64_t liveBytes = 0; ///< across the cut before it
  bool isCut = false;    ///< a unit, or a stage, begins with it
};

/// The first link of every unit, at most `most` of them. What is merged first has the widest boundary for its time; no
/// unit gets dearer than the dearest link or twice the average.
std::vector<size_t> mergeUnits(llvm::ArrayRef<ChainLink> chain, size_t most = mostUnits);

/// Cuts the chain for at most `numStages` threads of one process, which are all alike; a stage for each link. `numStages`
/// is at least 1 and more than the chain has cuts, the chain not empty and of at most `schema::CutTable::maxUnits` links.
schema::Partition partitionChain(llvm::ArrayRef<ChainLink> chain, uint32_t numStages, std::vector<uint32_t> &stageOfLink);

} // namespace dsc

#endif // DSC_PASSES_MERGEUNITS_H
