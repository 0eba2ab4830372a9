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
  std::string name;
};

class GlobalMemory {
public:
  /// Regions must not overlap; call finish() after the last one.
  void add(Region region) { regions.push_back(std::move(region)); }
  void finish();

  /// The host address of `bytes` bytes, or null with `fault` set. A write marks the bytes as written.
  const uint8_t *read(uint64_t address, uint32_t bytes, Fault &fault) {
    Region *region = find(address, bytes, fault);
    if (!region || (!region->written.empty() && !isWritten(*region, address - region->base, bytes, fault)))
      return nullptr;
    return region->data + (address - region->base);
  }
  uint8_t *write(uint64_t address, uint32_t bytes, Fault &fault);

private:
  Region *find(uint64_t address, uint32_t bytes, Fault &fault) {
    const bool isHit = last && address - last->base < last->bytes &&
                       address - last->base + bytes <= last->bytes && address % bytes == 0;
    return isHit ? last : search(address, bytes, fault);
  }
  Region *search(uint64_t address, uint32_t bytes, Fault &fault);
  static bool isWritten(const Region &region, uint64_t offset, uint32_t bytes, Fault &fault);

  std::vector<Region> regions;
  Region *last = nullptr;
};

/// "0x1f".
std::string hex(uint64_t value);

} // namespace dsc::sim
#endif
