// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Every byte remembers its last write and the last read of each warp; barriers join the clocks of warps.
#include "tools/cuda-sim/SharedMemory.h"

#include "tools/cuda-sim/Program.h"

#include <algorithm>

namespace dsc::sim {

void SharedMemory::reset(uint32_t bytes, uint32_t warpCount, bool checkWritten, bool checkRaces) {
  for (uint32_t value : clocks)
    latest = std::max(latest, value);
  memory.assign(bytes, 0xff);
  state.assign(bytes, 0);
  checksWritten = checkWritten;
  checksRaces = checkRaces;
  if (checkRaces) {
    writes.assign(bytes, WriteMark{0, 0, 0, 0, false});
    if (reads.size() != size_t(bytes) * warpCount)
      reads.assign(size_t(bytes) * warpCount, 0);
  }
  warps = warpCount;
  clocks.assign(size_t(warps) * warps, latest);
  for (uint32_t w = 0; w < warps; ++w)
    clock(w, w) = latest + 1;
}

bool SharedMemory::locate(uint64_t address, uint32_t bytes, uint64_t &offset, Fault &fault) const {
  offset = address - sharedBase;
  if (address < sharedBase || offset + bytes > memory.size() || offset >= memory.size()) {
    fault = {ErrorKind::bounds, "expected an access inside shared memory of " +
                                    std::to_string(memory.size()) + " bytes, but got " +
                                    std::to_string(bytes) + " bytes at offset " +
                                    std::to_string(int64_t(offset))};
    return false;
  }
  if (offset % bytes != 0) {
    fault = {ErrorKind::alignment, "expected a shared address that is a multiple of " +
                                       std::to_string(bytes) + ", but got offset " + std::to_string(offset)};
    return false;
  }
  return true;
}

bool SharedMemory::checkState(uint64_t offset, uint32_t bytes, bool isRead, Fault &fault) const {
  for (uint64_t i = offset; i < offset + bytes; ++i) {
    if (checksRaces && (state[i] & isPending)) {
      fault = {ErrorKind::race,
               "expected cp.async.wait_group before the access, but got a copy under way to shared "
               "offset " +
                   std::to_string(i)};
      return false;
    }
    if (isRead && checksWritten && !(state[i] & isWritten)) {
      fault = {ErrorKind::uninitialized,
               "expected a written byte, but got shared offset " + std::to_string(i)};
      return false;
    }
  }
  return true;
}

bool SharedMemory::isOrdered(const Accessor &who, uint32_t warp, uint32_t lane, uint32_t at) {
  if (warp == who.warp)
    return at < clock(warp, warp) || (lane == who.lane && lane != Accessor::anyLane);
  return at <= clock(who.warp, warp);
}

namespace {
Fault raceOf(uint64_t offset, const char *what, uint32_t warp, uint32_t lane, uint32_t line) {
  std::string text =
      "expected a barrier before the access to shared offset " + std::to_string(offset) + ", but got ";
  text += what + std::string(" by warp ") + std::to_string(warp);
  if (lane != Accessor::anyLane)
    text += " lane " + std::to_string(lane);
  if (line)
    text += " in line " + std::to_string(line);
  return {ErrorKind::race, text + " since the last one"};
}
} // namespace

bool SharedMemory::checkRead(const Accessor &who, uint64_t offset, uint32_t bytes, Fault &fault) {
  const uint32_t now = clock(who.warp, who.warp);
  for (uint64_t i = offset; i < offset + bytes; ++i) {
    const WriteMark &write = writes[i];
    if (!isOrdered(who, write.warp, write.lane, write.clock) && !(who.isStrong && write.isStrong)) {
      fault = raceOf(i, "a write", write.warp, write.lane, write.line);
      return false;
    }
    if (who.isStrong)
      continue;
    uint32_t &read = reads[i * warps + who.warp];
    const bool isSameLane = read / 64 != now || read % 64 == who.lane;
    read = now * 64 + (isSameLane ? who.lane : Accessor::anyLane);
  }
  return true;
}

bool SharedMemory::checkWrite(const Accessor &who, uint64_t offset, const uint8_t *data, uint32_t bytes,
                              Fault &fault) {
  for (uint64_t i = offset; i < offset + bytes; ++i) {
    const WriteMark &write = writes[i];
    // Threads that write the same value disturb nobody.
    const bool isSame = data && memory[i] == data[i - offset];
    if (!isSame && !isOrdered(who, write.warp, write.lane, write.clock) &&
        !(who.isStrong && write.isStrong)) {
      fault = raceOf(i, "a write", write.warp, write.lane, write.line);
      return false;
    }
    for (uint32_t w = 0; w < warps; ++w) {
      const uint32_t read = reads[i * warps + w];
      if (read && !isOrdered(who, w, read % 64, read / 64)) {
        fault = raceOf(i, "a read", w, read % 64, 0);
        return false;
      }
    }
  }
  return true;
}

void SharedMemory::mark(const Accessor &who, uint64_t offset, uint32_t bytes) {
  std::memset(state.data() + offset, isWritten, bytes);
  if (checksRaces)
    std::fill_n(writes.begin() + int64_t(offset), bytes,
                WriteMark{clock(who.warp, who.warp), who.line, who.warp, who.lane, who.isStrong});
}

const uint8_t *SharedMemory::read(const Accessor &who, uint64_t address, uint32_t bytes, Fault &fault) {
  uint64_t offset;
  if (!locate(address, bytes, offset, fault) || !checkState(offset, bytes, true, fault) ||
      (checksRaces && !checkRead(who, offset, bytes, fault)))
    return nullptr;
  return memory.data() + offset;
}

bool SharedMemory::write(const Accessor &who, uint64_t address, const uint8_t *data, uint32_t bytes,
                         Fault &fault) {
  uint64_t offset;
  if (!locate(address, bytes, offset, fault) || !checkState(offset, bytes, false, fault) ||
      (checksRaces && !checkWrite(who, offset, data, bytes, fault)))
    return false;
  copyAccess(memory.data() + offset, data, bytes);
  mark(who, offset, bytes);
  return true;
}

uint8_t *SharedMemory::modify(const Accessor &who, uint64_t address, uint32_t bytes, Fault &fault) {
  uint64_t offset;
  if (!read(who, address, bytes, fault) || !locate(address, bytes, offset, fault) ||
      (checksRaces && !checkWrite(who, offset, nullptr, bytes, fault)))
    return nullptr;
  mark(who, offset, bytes);
  return memory.data() + offset;
}

bool SharedMemory::beginCopy(const Accessor &who, uint64_t address, uint32_t bytes, Fault &fault) {
  uint64_t offset;
  if (!locate(address, bytes, offset, fault) || !checkState(offset, bytes, false, fault) ||
      (checksRaces && !checkWrite(who, offset, nullptr, bytes, fault)))
    return false;
  for (uint64_t i = offset; i < offset + bytes; ++i)
    state[i] |= isPending;
  return true;
}

void SharedMemory::finishCopy(const Accessor &who, uint64_t address, const uint8_t *data, uint32_t bytes) {
  std::memcpy(memory.data() + (address - sharedBase), data, bytes);
  mark(who, address - sharedBase, bytes);
}

void SharedMemory::arriveEarly(uint64_t address, const uint8_t *data, uint32_t bytes) {
  std::memcpy(memory.data() + (address - sharedBase), data, bytes);
  for (uint64_t i = address - sharedBase; i < address - sharedBase + bytes; ++i)
    state[i] |= isWritten;
}

void SharedMemory::release(uint32_t warp, std::vector<uint32_t> &known) {
  known.resize(warps, 0);
  for (uint32_t of = 0; of < warps; ++of)
    known[of] = std::max(known[of], clock(warp, of));
  ++clock(warp, warp);
}

void SharedMemory::acquire(uint32_t warp, const std::vector<uint32_t> &known) {
  for (uint32_t of = 0; of < warps; ++of)
    clock(warp, of) = std::max(clock(warp, of), known[of]);
}

} // namespace dsc::sim
