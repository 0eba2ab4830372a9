// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Global memory: the caller's buffers and the module's variables, each with its bounds and written bytes.
#ifndef DSC_TOOLS_CUDA_SIM_MEMORY_H
#define DSC_TOOLS_CUDA_SIM_MEMORY_H

#include "tools/cuda-sim/CudaSim.h"

namespace dsc::sim {

/// Why an access failed; kind none if it did not.
struct Fault {
  ErrorKind kind = ErrorKind::none;
  std::string message;
};

struct Region {
  uint64_t base = 0, bytes = 0;
  uint8_t *data = nullptr;
  bool isWritable = false;
  std::vector<uint8_t> written; ///< per byte; empty: all are
  /// Per byte, the number of the block that wrote or read last, from 1; `manyBlocks`. Empty: not checked.
  std::vector<uint32_t> writers, readers;
  /// Per byte, whether this launch stored it or loaded it with ld.global.nc. Empty: not checked.
  std::vector<uint8_t> uses;
  std::string name;
};
constexpr uint32_t manyBlocks = ~0u;

class GlobalMemory {
public:
  /// Regions must not overlap; call finish() after the last one.
  void add(Region region) { regions.push_back(std::move(region)); }
  void finish();

  /// The accesses that follow are those of this block, numbered from 1.
  void beginBlock(uint32_t number) { block = number; }
  /// Bytes that tell their writes and never had one.
  uint64_t unwrittenBytes() const;

  /// The host address of `bytes` bytes, or null with `fault` set. Strong accesses race with none.
  const uint8_t *read(uint64_t address, uint32_t bytes, bool isStrong, Fault &fault) {
    Region *region = find(address, bytes, fault);
    if (!region)
      return nullptr;
    const uint64_t offset = address - region->base;
    if ((!region->written.empty() && !isWritten(*region, offset, bytes, fault)) ||
        (!isStrong && !region->writers.empty() && !checkRead(*region, offset, bytes, fault)))
      return nullptr;
    return region->data + offset;
  }
  /// Notes a load of what must not change during the launch; false with `fault` set if it did.
  bool noteConstant(uint64_t address, uint32_t bytes, Fault &fault);
  bool write(uint64_t address, const uint8_t *data, uint32_t bytes, bool isStrong, Fault &fault);
  /// For a read-modify-write in place.
  uint8_t *modify(uint64_t address, uint32_t bytes, Fault &fault);

private:
  enum : uint8_t { isStored = 1, isConstant = 2 };
  Region *find(uint64_t address, uint32_t bytes, Fault &fault) {
    const bool isHit = last && address - last->base < last->bytes &&
                       address - last->base + bytes <= last->bytes && address % bytes == 0;
    return isHit ? last : search(address, bytes, fault);
  }
  Region *search(uint64_t address, uint32_t bytes, Fault &fault);
  static bool isWritten(const Region &region, uint64_t offset, uint32_t bytes, Fault &fault);

  Region *findWritable(uint64_t address, uint32_t bytes, Fault &fault);
  static bool noteStore(Region &region, uint64_t offset, uint32_t bytes, Fault &fault);
  bool checkRead(Region &region, uint64_t offset, uint32_t bytes, Fault &fault) const;
  bool checkWrite(Region &region, uint64_t offset, const uint8_t *data, uint32_t bytes, Fault &fault) const;

  std::vector<Region> regions;
  Region *last = nullptr;
  uint32_t block = 1;
};

/// memcpy of the sizes that accesses have, without a call.
inline void copyAccess(uint8_t *to, const uint8_t *from, uint32_t bytes) {
  switch (bytes) {
  case 1:
    *to = *from;
    return;
  case 2:
    std::memcpy(to, from, 2);
    return;
  case 4:
    std::memcpy(to, from, 4);
    return;
  case 8:
    std::memcpy(to, from, 8);
    return;
  case 16:
    std::memcpy(to, from, 16);
    return;
  default:
    std::memcpy(to, from, bytes);
  }
}

/// "0x1f".
std::string hex(uint64_t value);

} // namespace dsc::sim
#endif
