// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// cp.async: the bytes are visible to the lane from its wait on, and to others from a barrier after that.
#include "tools/cuda-sim/Block.h"
#include "tools/cuda-sim/Lanes.h"
#include "tools/cuda-sim/Operands.h"

#include <algorithm>

namespace dsc::sim {

namespace {
/// Slots: destination, source and maybe the source size, or a predicate (flag) to ignore the source.
bool begin(Warp &warp, const Instruction &i, uint32_t l, uint32_t sourceBytes) {
  const uint32_t bytes = i.vector;
  uint64_t to = warp.slot(i, 0)[l] + uint64_t(i.offset);
  const uint64_t from = warp.slot(i, 1)[l] + uint64_t(i.secondOffset);
  PendingCopy copy{l, warp.committed[l], to, bytes, warp.line(), {}};
  if (sourceBytes > bytes) {
    warp.fail(ErrorKind::bounds, l,
              "expected at most " + std::to_string(bytes) + " source bytes of cp.async, but got " +
                  std::to_string(sourceBytes));
    return false;
  }
  if (sourceBytes && from % bytes) {
    warp.fail(ErrorKind::alignment, l,
              "expected a source of cp.async that is a multiple of " + std::to_string(bytes) + ", but got " +
                  hex(from));
    return false;
  }
  // Bytes beyond the source size are zero and not read.
  const uint32_t step = sourceBytes == bytes ? bytes : 1;
  for (uint32_t b = 0; b < sourceBytes; b += step)
    if (!warp.load(Space::global, l, from + b, step, false, copy.data + b))
      return false;
  Fault fault;
  const Accessor who{uint8_t(warp.index), uint8_t(l), false, warp.line()};
  if (!warp.block.shared.beginCopy(who, to, bytes, fault)) {
    warp.fail(fault, l);
    return false;
  }
  if (warp.block.launch.options.copies == CopyArrival::early)
    warp.block.shared.arriveEarly(to, copy.data, bytes);
  warp.copies.push_back(copy);
  return true;
}

void runCopy(Warp &warp, const Instruction &i, Mask lanes) {
  const Mask ignored = i.flag ? warp.predicate(i, 2) : 0;
  for (; lanes; lanes &= lanes - 1) {
    const uint32_t l = uint32_t(__builtin_ctz(lanes));
    const uint32_t size = i.slotCount > 2 && !i.flag ? get<uint32_t>(warp.slot(i, 2), l) : i.vector;
    if (!begin(warp, i, l, ignored >> l & 1 ? 0 : size))
      return;
  }
}

void runCommit(Warp &warp, const Instruction &, Mask lanes) {
  eachLane(lanes, [&](uint32_t l) { ++warp.committed[l]; });
}

/// Lets arrive what the lanes wait for: all but the last `offset` groups, or everything (flag).
void runWait(Warp &warp, const Instruction &i, Mask lanes) {
  auto isAwaited = [&](const PendingCopy &copy) {
    return (lanes >> copy.lane & 1) &&
           (i.flag || copy.group + uint64_t(i.offset) < warp.committed[copy.lane]);
  };
  for (const PendingCopy &copy : warp.copies)
    if (isAwaited(copy))
      warp.block.shared.finishCopy({uint8_t(warp.index), uint8_t(copy.lane), false, copy.line}, copy.address,
                                   copy.data, copy.bytes);
  warp.copies.erase(std::remove_if(warp.copies.begin(), warp.copies.end(), isAwaited), warp.copies.end());
}

bool decodeCopy(InstructionReader &r) {
  Instruction &i = r.out;
  int64_t bytes = 0;
  i.run = runCopy;
  const bool isCg = r.take("cg");
  if (!isCg && !r.take("ca"))
    return r.refuse("cp.async.ca or cp.async.cg");
  if (!r.take("shared") && !r.take("shared::cta"))
    return r.refuse("cp.async to .shared");
  if (!r.take("global"))
    return r.refuse("cp.async from .global");
  takeCacheHints(r);
  if (!r.expectOperands(3, 4) || !r.readAddress(0) || !r.readAddress(1, i.secondOffset) ||
      !r.number(2, bytes))
    return false;
  if (bytes != 16 && (isCg || (bytes != 4 && bytes != 8)))
    return r.refuse(isCg ? "16 bytes" : "4, 8 or 16 bytes");
  i.vector = uint8_t(bytes);
  i.flag = r.isPredicate(3);
  return r.operandCount() == 3 || r.read(3, i.flag ? Type::pred : Type::b32);
}

bool decodeCp(InstructionReader &r) {
  if (!r.take("async"))
    return r.refuse("cp.async");
  if (r.take("commit_group")) {
    r.out.run = runCommit;
    return r.expectOperands(0);
  }
  if (r.take("wait_all")) {
    r.out.run = runWait;
    r.out.flag = true;
    return r.expectOperands(0);
  }
  if (r.take("wait_group")) {
    r.out.run = runWait;
    return r.expectOperands(1) && r.number(0, r.out.offset);
  }
  return decodeCopy(r);
}

constexpr DecodeRow rows[] = {{"cp", decodeCp}};
} // namespace

DecodeTable asyncCopyTable() { return {rows, std::size(rows)}; }

} // namespace dsc::sim
