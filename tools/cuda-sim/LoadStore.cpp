// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// ld, ldu, st and prefetch. Cache hints change nothing; scopes and orders make an access strong.
#include "tools/cuda-sim/Block.h"
#include "tools/cuda-sim/Lanes.h"
#include "tools/cuda-sim/Operands.h"

#include <algorithm>

namespace dsc::sim {

void takeSpaceOfAccess(InstructionReader &r, Space &space) {
  const int at = r.takeOneOf(
      {"global", "shared", "local", "param", "const", "shared::cta", "param::entry", "param::func"});
  constexpr Space spaces[] = {Space::global,   Space::shared, Space::local, Space::param,
                              Space::constant, Space::shared, Space::param, Space::param};
  space = at < 0 ? Space::generic : spaces[at];
}

void takeOrder(InstructionReader &r) {
  r.out.strong = r.takeOneOf({"volatile", "relaxed", "acquire", "release", "acq_rel", "sc"}) >= 0;
  r.takeOneOf({"weak"});
  r.takeOneOf({"cta", "cluster", "gpu", "sys"});
}

void takeCacheHints(InstructionReader &r) {
  r.takeOneOf({"ca", "cg", "cs", "lu", "cv", "wb", "wt"});
  r.takeOneOf(
      {"L1::evict_normal", "L1::evict_unchanged", "L1::evict_first", "L1::evict_last", "L1::no_allocate"});
  r.takeOneOf({"L2::evict_normal", "L2::evict_first", "L2::evict_last"});
  r.takeOneOf({"L2::64B", "L2::128B", "L2::256B"});
}

uint32_t bankConflicts(const uint64_t *addresses, Mask lanes, uint32_t bytes) {
  // Wider accesses go in halves and quarters of the warp.
  const uint32_t group = bytes <= 4 ? 32 : 128 / bytes;
  uint32_t extra = 0;
  for (uint32_t from = 0; from < warpSize; from += group) {
    uint64_t
        words[2 * warpSize]; // an access of up to 128 bytes by the group, and one more word each if unaligned
    uint32_t load[32] = {}, most = 0, count = 0;
    for (uint32_t l = from; l < from + group; ++l)
      for (uint64_t word = addresses[l] / 4; (lanes >> l & 1) && word <= (addresses[l] + bytes - 1) / 4;
           ++word)
        words[count++] = word;
    std::sort(words, words + count);
    for (uint32_t k = 0; k < count; ++k)
      if (k == 0 || words[k] != words[k - 1])
        most = std::max(most, ++load[words[k] % 32]);
    extra += most > 1 ? most - 1 : 0;
  }
  return extra;
}

namespace {
/// Adds what the access costs in shared memory beyond one cycle.
void countConflicts(Warp &warp, const Instruction &i, Mask lanes, uint32_t bytes, const uint64_t *base) {
  if (i.space != Space::shared)
    return;
  uint64_t addresses[warpSize];
  for (uint32_t l = 0; l < warpSize; ++l)
    addresses[l] = base[l] + uint64_t(i.offset);
  warp.block.launch.counts.sharedBankConflicts += bankConflicts(addresses, lanes, bytes);
}

uint64_t extend(Type type, uint64_t bits) {
  switch (type) {
  case Type::s8:
    return uint64_t(int64_t(int8_t(bits)));
  case Type::s16:
    return uint64_t(int64_t(int16_t(bits)));
  case Type::s32:
    return uint64_t(int64_t(int32_t(bits)));
  default:
    return bits;
  }
}

void runLoad(Warp &warp, const Instruction &i, Mask lanes) {
  const uint32_t width = bytesOf(i.type), bytes = width * i.vector;
  uint64_t *base = warp.slot(i, i.vector);
  countConflicts(warp, i, lanes, bytes, base);
  // A destination may be the address too: all lanes of all elements are read first.
  for (; lanes; lanes &= lanes - 1) {
    const uint32_t l = uint32_t(__builtin_ctz(lanes));
    uint8_t data[32];
    Fault fault;
    if (i.flag && !warp.block.launch.memory.noteConstant(base[l] + uint64_t(i.offset), bytes, fault))
      return warp.fail(fault, l);
    if (!warp.load(i.space, l, base[l] + uint64_t(i.offset), bytes, i.strong, data))
      return;
    for (uint32_t k = 0; k < i.vector; ++k) {
      uint64_t bits = 0;
      copyAccess(reinterpret_cast<uint8_t *>(&bits), data + k * width, width);
      warp.slot(i, k)[l] = extend(i.type, bits);
    }
  }
}

void runStore(Warp &warp, const Instruction &i, Mask lanes) {
  const uint32_t width = bytesOf(i.type), bytes = width * i.vector;
  const uint64_t *base = warp.slot(i, 0);
  countConflicts(warp, i, lanes, bytes, base);
  for (; lanes; lanes &= lanes - 1) {
    const uint32_t l = uint32_t(__builtin_ctz(lanes));
    uint8_t data[32];
    for (uint32_t k = 0; k < i.vector; ++k)
      copyAccess(data + k * width, reinterpret_cast<const uint8_t *>(&warp.slot(i, 1 + k)[l]), width);
    if (!warp.store(i.space, l, base[l] + uint64_t(i.offset), bytes, i.strong, data))
      return;
  }
}

bool takeAccess(InstructionReader &r) {
  Instruction &i = r.out;
  r.take("mmio");
  takeOrder(r);
  takeSpaceOfAccess(r, i.space);
  i.flag = r.opcode() != "st" && r.take("nc");
  takeCacheHints(r);
  const int vector = r.takeOneOf({"v2", "v4", "v8"});
  i.vector = vector < 0 ? 1 : uint8_t(2 << vector);
  i.type = r.takeType();
  if (bytesOf(i.type) == 0 || bytesOf(i.type) > 8 || bytesOf(i.type) * i.vector > 32)
    return r.refuseType(i.type);
  return true;
}

bool countParts(InstructionReader &r, const syntax::Operand &operand) {
  const size_t parts = operand.kind == syntax::Operand::vector ? operand.parts.size() : 1;
  return parts == r.out.vector || r.refuse(std::to_string(r.out.vector) + " registers");
}

bool decodeLoad(InstructionReader &r) {
  r.out.run = runLoad;
  return takeAccess(r) && r.expectOperands(2) && countParts(r, r.operand(0)) && r.writeAll(0) &&
         r.readAddress(1);
}

bool decodeStore(InstructionReader &r) {
  r.out.run = runStore;
  return takeAccess(r) && r.expectOperands(2) && countParts(r, r.operand(1)) && r.readAddress(0) &&
         r.readAll(1, r.out.type);
}

void runNothing(Warp &, const Instruction &, Mask) {}

bool decodePrefetch(InstructionReader &r) {
  r.out.run = runNothing;
  takeSpaceOfAccess(r, r.out.space);
  r.takeOneOf({"L1", "L2", "L2::evict_last", "L2::evict_normal"});
  return r.expectOperands(1) && r.readAddress(0);
}

constexpr DecodeRow rows[] = {{"ld", decodeLoad},
                              {"ldu", decodeLoad},
                              {"st", decodeStore},
                              {"prefetch", decodePrefetch},
                              {"prefetchu", decodePrefetch}};
} // namespace

DecodeTable loadStoreTable() { return {rows, std::size(rows)}; }

} // namespace dsc::sim
