// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One launch and its blocks: schedules warps, keeps barriers, stops at the first error.
#ifndef DSC_TOOLS_CUDA_SIM_BLOCK_H
#define DSC_TOOLS_CUDA_SIM_BLOCK_H

#include "tools/cuda-sim/SharedMemory.h"
#include "tools/cuda-sim/Warp.h"

namespace dsc::sim {

/// What all blocks of a launch share.
struct LaunchState {
  const Module *module = nullptr;
  const FunctionCode *kernel = nullptr;
  Dim3 grid, block;
  uint32_t sharedBytes = 0, dynamicBytes = 0;
  std::vector<uint8_t> params;
  std::vector<std::vector<uint8_t>> variableBytes; ///< of the module's variables, for this launch
  GlobalMemory memory;
  LaunchOptions options;
  LaunchCounts counts;
  uint64_t random = 0;
  Error error;
};

/// bar.sync and its relatives: warps wait for each other by number.
struct Barrier {
  uint32_t arrived = 0;                ///< threads; a warp counts as 32
  uint32_t expected = 0;               ///< 0: every warp that has not ended
  std::vector<uint32_t> waiting;       ///< warps
  std::vector<uint32_t> known;         ///< what arrived warps did, see SharedMemory::release
  uint32_t population = 0, voters = 0; ///< of bar.red: true predicates, threads
};

class Block {
public:
  explicit Block(LaunchState &launch);
  /// Runs the block at this place of the grid; false after LaunchState::error was set.
  bool run(Dim3 place);

  /// A warp arrives at a barrier; `expected` 0: all. It waits unless `isArrive`. `population` of `voters` say
  /// yes.
  void arrive(Warp &warp, uint32_t id, uint32_t expected, bool isArrive, uint32_t population,
              uint32_t voters);
  void warpEnded();

  LaunchState &launch;
  SharedMemory shared;
  Dim3 place;
  Barrier barriers[16];
  uint32_t warpCount() const { return uint32_t(warps.size()); }

private:
  bool schedule();
  void completeBarriers();
  void complete(Barrier &barrier);
  void reportHang();

  std::vector<std::unique_ptr<Warp>> warps;
};

} // namespace dsc::sim
#endif
