// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Bounds, alignment, write permission and written bytes of global memory.
#include "tools/cuda-sim/Memory.h"

#include <algorithm>
#include <cstdio>

namespace dsc::sim {

std::string hex(uint64_t value) {
  char text[24];
  std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(value));
  return text;
}

void GlobalMemory::finish() {
  std::sort(regions.begin(), regions.end(), [](const Region &a, const Region &b) { return a.base < b.base; });
}

Region *GlobalMemory::search(uint64_t address, uint32_t bytes, Fault &fault) {
  auto after = std::upper_bound(regions.begin(), regions.end(), address,
                                [](uint64_t a, const Region &region) { return a < region.base; });
  if (after == regions.begin()) {
    fault = {ErrorKind::bounds, "expected an address inside a buffer, but got " + hex(address)};
    return nullptr;
  }
  Region &region = after[-1];
  const uint64_t offset = address - region.base;
  if (offset >= region.bytes || offset + bytes > region.bytes) {
    fault = {ErrorKind::bounds, "expected an access inside " + region.name + " of " +
                                    std::to_string(region.bytes) + " bytes, but got " +
                                    std::to_string(bytes) + " bytes at offset " + std::to_string(offset)};
    return nullptr;
  }
  if (address % bytes != 0) {
    fault = {ErrorKind::alignment, "expected an address that is a multiple of " + std::to_string(bytes) +
                                       ", but got offset " + std::to_string(offset) + " of " + region.name};
    return nullptr;
  }
  last = &region;
  return last;
}

bool GlobalMemory::isWritten(const Region &region, uint64_t offset, uint32_t bytes, Fault &fault) {
  for (uint64_t i = offset; i < offset + bytes; ++i)
    if (!region.written[i]) {
      fault = {ErrorKind::uninitialized,
               "expected a written byte, but got offset " + std::to_string(i) + " of " + region.name};
      return false;
    }
  return true;
}

uint8_t *GlobalMemory::write(uint64_t address, uint32_t bytes, Fault &fault) {
  Region *region = find(address, bytes, fault);
  if (!region)
    return nullptr;
  if (!region->isWritable) {
    fault = {ErrorKind::readOnly, "expected a writable buffer, but got a write to " + region->name};
    return nullptr;
  }
  const uint64_t offset = address - region->base;
  if (!region->written.empty())
    std::memset(region->written.data() + offset, 1, bytes);
  return region->data + offset;
}

} // namespace dsc::sim
