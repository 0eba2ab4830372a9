// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// mov with packing and unpacking, cvta, isspacep.
#include "tools/cuda-sim/Lanes.h"

namespace dsc::sim {

namespace {
void runMove(Warp &warp, const Instruction &i, Mask lanes) {
  uint64_t *d = warp.slot(i, 0), *a = warp.slot(i, 1);
  const uint64_t keep = ~uint64_t(0) >> (64 - 8 * bytesOf(i.type));
  eachLane(lanes, [&](uint32_t l) { d[l] = a[l] & keep; });
}

void runMovePredicate(Warp &warp, const Instruction &i, Mask lanes) {
  warp.setPredicate(i, 0, warp.predicate(i, 1), lanes);
}

/// {a, b, ...} to one register; the first part is lowest.
void runPack(Warp &warp, const Instruction &i, Mask lanes) {
  const uint32_t parts = i.slotCount - 1, width = 8 * bytesOf(i.type) / parts;
  const uint64_t keep = ~uint64_t(0) >> (64 - width);
  eachLane(lanes, [&](uint32_t l) {
    uint64_t out = 0;
    for (uint32_t k = 0; k < parts; ++k)
      out |= (warp.slot(i, 1 + k)[l] & keep) << (width * k);
    warp.slot(i, 0)[l] = out;
  });
}

void runUnpack(Warp &warp, const Instruction &i, Mask lanes) {
  const uint32_t parts = i.slotCount - 1, width = 8 * bytesOf(i.type) / parts;
  const uint64_t keep = ~uint64_t(0) >> (64 - width);
  eachLane(lanes, [&](uint32_t l) {
    const uint64_t all = warp.slot(i, parts)[l];
    for (uint32_t k = 0; k < parts; ++k)
      warp.slot(i, k)[l] = all >> (width * k) & keep;
  });
}

/// %clock and %globaltimer move on with every read.
void runClock(Warp &warp, const Instruction &i, Mask lanes) {
  const uint64_t now = warp.tick();
  eachLane(lanes, [&](uint32_t l) { warp.slot(i, 0)[l] = now; });
}

bool isClock(const syntax::Operand &operand) {
  return operand.text == "%clock" || operand.text == "%clock64" || operand.text == "%globaltimer";
}

bool decodeMove(InstructionReader &r) {
  const Type type = r.takeType();
  r.out.type = type;
  if (!r.expectOperands(2))
    return false;
  if (type == Type::pred) {
    r.out.run = runMovePredicate;
    return r.write(0) && r.read(1, type);
  }
  if (bytesOf(type) == 0 || bytesOf(type) > 8)
    return r.refuseType(type);
  const bool unpacks = r.operand(0).kind == syntax::Operand::vector,
             packs = r.operand(1).kind == syntax::Operand::vector;
  r.out.run = unpacks ? runUnpack : packs ? runPack : isClock(r.operand(1)) ? runClock : runMove;
  const size_t parts = unpacks ? r.operand(0).parts.size() : packs ? r.operand(1).parts.size() : 1;
  if ((unpacks && packs) || parts == 0 || bytesOf(type) % parts)
    return r.refuse("as many parts as fit the type");
  return r.writeAll(0) && r.readAll(1, type);
}

uint64_t windowOf(Space space) {
  return space == Space::shared  ? sharedWindow
         : space == Space::local ? localWindow
         : space == Space::param ? paramWindow
                                 : 0;
}

/// cvta.shared adds the window of the space; flag: cvta.to.shared takes it off.
void runAddress(Warp &warp, const Instruction &i, Mask lanes) {
  uint64_t *d = warp.slot(i, 0), *a = warp.slot(i, 1);
  const uint64_t window = windowOf(i.space);
  eachLane(lanes, [&](uint32_t l) { d[l] = i.flag ? a[l] - window : a[l] + window; });
}

Space takeSpace(InstructionReader &r) {
  const int space = r.takeOneOf({"global", "shared", "local", "const", "param", "shared::cta"});
  constexpr Space spaces[] = {Space::global,   Space::shared, Space::local,
                              Space::constant, Space::param,  Space::shared};
  return space < 0 ? Space::none : spaces[space];
}

bool decodeAddress(InstructionReader &r) {
  r.out.flag = r.take("to");
  r.out.space = takeSpace(r);
  r.out.type = r.takeType();
  r.out.run = runAddress;
  if (r.out.space == Space::none || r.out.type != Type::u64)
    return r.refuse("a state space and .u64");
  return r.expectOperands(2) && r.write(0) && r.read(1, Type::u64);
}

void runIsSpace(Warp &warp, const Instruction &i, Mask lanes) {
  const uint64_t *a = warp.slot(i, 1);
  const uint64_t begin = windowOf(i.space) ? windowOf(i.space) : variableWindow;
  const uint64_t size = windowOf(i.space) ? sharedWindow : ~uint64_t(0) - variableWindow;
  Mask out = 0;
  eachLane(lanes, [&](uint32_t l) { out |= Mask(a[l] - begin < size) << l; });
  warp.setPredicate(i, 0, out, lanes);
}

bool decodeIsSpace(InstructionReader &r) {
  r.out.space = takeSpace(r);
  r.out.run = runIsSpace;
  if (r.out.space == Space::none || r.out.space == Space::constant)
    return r.refuse("the state space global, shared, local or param");
  return r.expectOperands(2) && r.write(0) && r.read(1, Type::u64);
}

constexpr DecodeRow rows[] = {{"mov", decodeMove}, {"cvta", decodeAddress}, {"isspacep", decodeIsSpace}};
} // namespace

DecodeTable moveTable() { return {rows, std::size(rows)}; }

} // namespace dsc::sim
