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

uint64_t GlobalMemory::unwrittenBytes() const {
  uint64_t count = 0;
  for (const Region &region : regions)
    count += uint64_t(std::count(region.written.begin(), region.written.end(), 0));
  return count;
}

namespace {
bool failRace(const Region &region, uint64_t offset, const char *what, uint32_t block, Fault &fault) {
  std::string text = "expected no block to depend on another, but got " + std::string(what) + " of ";
  text += block == manyBlocks ? "several blocks" : "block " + std::to_string(block - 1);
  fault = {ErrorKind::race, text + " before at offset " + std::to_string(offset) + " of " + region.name};
  return false;
}
} // namespace

bool GlobalMemory::checkRead(Region &region, uint64_t offset, uint32_t bytes, Fault &fault) const {
  for (uint64_t i = offset; i < offset + bytes; ++i) {
    if (region.writers[i] && region.writers[i] != block)
      return failRace(region, i, "a write", region.writers[i], fault);
    uint32_t &reader = region.readers[i];
    reader = reader == 0 || reader == block ? block : manyBlocks;
  }
  return true;
}

bool GlobalMemory::checkWrite(Region &region, uint64_t offset, const uint8_t *data, uint32_t bytes,
                              Fault &fault) const {
  for (uint64_t i = offset; i < offset + bytes; ++i) {
    const uint32_t writer = region.writers[i], reader = region.readers[i];
    if (writer && writer != block && region.data[i] != data[i - offset])
      return failRace(region, i, "a write", writer, fault);
    if (reader && reader != block)
      return failRace(region, i, "a read", reader, fault);
    region.writers[i] = block;
  }
  return true;
}

Region *GlobalMemory::findWritable(uint64_t address, uint32_t bytes, Fault &fault) {
  Region *region = find(address, bytes, fault);
  if (region && !region->isWritable) {
    fault = {ErrorKind::readOnly, "expected a writable buffer, but got a write to " + region->name};
    return nullptr;
  }
  return region;
}

namespace {
bool failConstant(const Region &region, uint64_t offset, const char *what, Fault &fault) {
  fault = {ErrorKind::race, "expected bytes that do not change where ld.global.nc reads, but got " +
                                std::string(what) + " offset " + std::to_string(offset) + " of " +
                                region.name};
  return false;
}
} // namespace

bool GlobalMemory::noteConstant(uint64_t address, uint32_t bytes, Fault &fault) {
  Region *region = find(address, bytes, fault);
  if (!region || region->uses.empty())
    return region;
  const uint64_t offset = address - region->base;
  for (uint64_t i = offset; i < offset + bytes; ++i) {
    if (region->uses[i] & isStored)
      return failConstant(*region, i, "a read after a write of", fault);
    region->uses[i] |= isConstant;
  }
  return true;
}

bool GlobalMemory::noteStore(Region &region, uint64_t offset, uint32_t bytes, Fault &fault) {
  for (uint64_t i = offset; i < offset + bytes && !region.uses.empty(); ++i) {
    if (region.uses[i] & isConstant)
      return failConstant(region, i, "a write of", fault);
    region.uses[i] |= isStored;
  }
  return true;
}

bool GlobalMemory::write(uint64_t address, const uint8_t *data, uint32_t bytes, bool isStrong, Fault &fault) {
  Region *region = findWritable(address, bytes, fault);
  if (!region)
    return false;
  const uint64_t offset = address - region->base;
  if (!noteStore(*region, offset, bytes, fault) ||
      (!isStrong && !region->writers.empty() && !checkWrite(*region, offset, data, bytes, fault)))
    return false;
  if (!region->written.empty())
    std::memset(region->written.data() + offset, 1, bytes);
  copyAccess(region->data + offset, data, bytes);
  return true;
}

uint8_t *GlobalMemory::modify(uint64_t address, uint32_t bytes, Fault &fault) {
  Region *region = findWritable(address, bytes, fault);
  const bool isRead =
      region && noteStore(*region, address - region->base, bytes, fault) && read(address, bytes, true, fault);
  return isRead ? region->data + (address - region->base) : nullptr;
}

} // namespace dsc::sim
