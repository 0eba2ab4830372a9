// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Shared memory of a block, with the bytes that were written, the copies under way, and who touched what
// when.
#ifndef DSC_TOOLS_CUDA_SIM_SHAREDMEMORY_H
#define DSC_TOOLS_CUDA_SIM_SHAREDMEMORY_H

#include "tools/cuda-sim/Memory.h"

namespace dsc::sim {

/// Who accesses, from which line. Accesses of two lanes of a warp are ordered only by a barrier or
/// bar.warp.sync, as those of two warps are. Strong (atomic, volatile, relaxed ...) accesses do not race with
/// each other.
struct Accessor {
  static constexpr uint8_t anyLane = 63; ///< the warp as a whole
  uint8_t warp = 0, lane = 0;
  bool isStrong = false;
  uint32_t line = 0;
};

class SharedMemory {
public:
  /// For a new block: nothing is written, and what earlier blocks did is ordered before.
  void reset(uint32_t bytes, uint32_t warps, bool checkWritten, bool checkRaces);

  /// Host address of bytes at a shared address, or null with `fault` set.
  const uint8_t *read(const Accessor &who, uint64_t address, uint32_t bytes, Fault &fault);
  bool write(const Accessor &who, uint64_t address, const uint8_t *data, uint32_t bytes, Fault &fault);
  /// For a read-modify-write, which may use the result in place.
  uint8_t *modify(const Accessor &who, uint64_t address, uint32_t bytes, Fault &fault);

  /// A copy that begins now and is visible from finishCopy on; in between nobody may touch the bytes.
  bool beginCopy(const Accessor &who, uint64_t address, uint32_t bytes, Fault &fault);
  void finishCopy(const Accessor &who, uint64_t address, const uint8_t *data, uint32_t bytes);
  /// The bytes arrive, but are not visible yet.
  void arriveEarly(uint64_t address, const uint8_t *data, uint32_t bytes);

  /// What `warp` did so far is ordered before what comes after an acquire of `known`, which starts empty.
  void release(uint32_t warp, std::vector<uint32_t> &known);
  void acquire(uint32_t warp, const std::vector<uint32_t> &known);
  /// bar.warp.sync.
  void joinLanes(uint32_t warp) { ++clock(warp, warp); }

private:
  enum : uint8_t { isWritten = 1, isPending = 2 };
  struct WriteMark {
    uint32_t clock, line;
    uint8_t warp, lane;
    bool isStrong;
  };
  uint32_t &clock(uint32_t warp, uint32_t of) { return clocks[warp * warps + of]; }
  bool locate(uint64_t address, uint32_t bytes, uint64_t &offset, Fault &fault) const;
  bool isOrdered(const Accessor &who, uint32_t warp, uint32_t lane, uint32_t at);
  bool checkRead(const Accessor &who, uint64_t offset, uint32_t bytes, Fault &fault);
  bool checkWrite(const Accessor &who, uint64_t offset, const uint8_t *data, uint32_t bytes, Fault &fault);
  bool checkState(uint64_t offset, uint32_t bytes, bool isRead, Fault &fault) const;
  void mark(const Accessor &who, uint64_t offset, uint32_t bytes);

  std::vector<uint8_t> memory, state;
  std::vector<WriteMark> writes; ///< per byte
  std::vector<uint32_t> reads;   ///< per byte and warp: clock * 64 + lane
  std::vector<uint32_t> clocks;  ///< [warp][of]: how far `warp` knows of `of`
  uint32_t warps = 0, latest = 1;
  bool checksWritten = true, checksRaces = true;
};

} // namespace dsc::sim
#endif
