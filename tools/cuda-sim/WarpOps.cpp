// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Exchange between the lanes of a warp: shfl, vote, match, redux, activemask, elect.
#include "tools/cuda-sim/Lanes.h"

#include <algorithm>

namespace dsc::sim {

namespace {
enum Shuffle : uint8_t { up, down, bfly, idx };

/// The lane that `lane` reads, and whether it is in range.
uint32_t sourceLane(uint8_t op, uint32_t lane, uint32_t b, uint32_t c, bool &isInRange) {
  const uint32_t segment = c >> 8 & 31, bound = (lane & segment) | (c & 31 & ~segment);
  const uint32_t step = b & 31;
  const int32_t from = op == up     ? int32_t(lane) - int32_t(step)
                       : op == down ? int32_t(lane + step)
                       : op == bfly ? int32_t(lane ^ step)
                                    : int32_t((lane & segment) | (step & ~segment));
  isInRange = op == up ? from >= int32_t(bound) : from <= int32_t(bound);
  return isInRange ? uint32_t(from) : lane;
}

/// Slots: d, p, a, b, c, members.
void runShuffle(Warp &warp, const Instruction &i, Mask lanes) {
  if (!warp.isMember(i, 5, lanes, "shfl.sync"))
    return;
  uint64_t from[warpSize];
  std::copy_n(warp.slot(i, 2), warpSize, from);
  Mask inRange = 0;
  for (Mask rest = lanes; rest; rest &= rest - 1) {
    const uint32_t l = uint32_t(__builtin_ctz(rest));
    bool isInRange;
    const uint32_t source =
        sourceLane(i.op, l, get<uint32_t>(warp.slot(i, 3), l), get<uint32_t>(warp.slot(i, 4), l), isInRange);
    if (!(lanes >> source & 1))
      return warp.fail(ErrorKind::divergence, l,
                       "expected a source lane that takes part in shfl.sync, but got lane " +
                           std::to_string(source));
    warp.slot(i, 0)[l] = uint32_t(from[source]);
    inRange |= Mask(isInRange) << l;
  }
  warp.setPredicate(i, 1, inRange, lanes);
}

syntax::Operand sink() {
  syntax::Operand operand;
  operand.kind = syntax::Operand::sink;
  return operand;
}

/// Writes d|p, where p may be missing.
bool writePair(InstructionReader &r, const syntax::Operand &operand) {
  const bool isPair = operand.kind == syntax::Operand::pair;
  return r.write(isPair ? operand.parts[0] : operand) && r.write(isPair ? operand.parts[1] : sink());
}

bool decodeShuffle(InstructionReader &r) {
  if (!r.take("sync"))
    return r.refuse(".sync");
  const int op = r.takeOneOf({"up", "down", "bfly", "idx"});
  if (op < 0 || !r.take("b32"))
    return r.refuse(".up, .down, .bfly or .idx of .b32");
  r.out.op = uint8_t(op);
  r.out.run = runShuffle;
  return r.expectOperands(5) && writePair(r, r.operand(0)) && r.read(1, Type::b32) && r.read(2, Type::b32) &&
         r.read(3, Type::b32) && r.read(4, Type::b32);
}

enum Vote : uint8_t { all, any, uni, ballot };

/// Slots: d, predicate, members; flag: the predicate is negated.
void runVote(Warp &warp, const Instruction &i, Mask lanes) {
  if (!warp.isMember(i, 2, lanes, "vote.sync"))
    return;
  const Mask votes = (warp.predicate(i, 1) ^ (i.flag ? ~Mask(0) : 0)) & lanes;
  if (i.op == ballot)
    return eachLane(lanes, [&](uint32_t l) { put(warp.slot(i, 0), l, votes); });
  const bool isTrue = i.op == any ? votes != 0 : i.op == all ? votes == lanes : votes == lanes || votes == 0;
  warp.setPredicate(i, 0, isTrue ? ~Mask(0) : 0, lanes);
}

bool decodeVote(InstructionReader &r) {
  if (!r.take("sync"))
    return r.refuse(".sync");
  const int op = r.takeOneOf({"all", "any", "uni", "ballot"});
  if (op < 0 || !r.take(op == ballot ? "b32" : "pred"))
    return r.refuse(".all, .any or .uni of .pred, or .ballot of .b32");
  r.out.op = uint8_t(op);
  r.out.run = runVote;
  return r.expectOperands(3) && r.write(0) && r.readPredicate(r.operand(1), r.out.flag) &&
         r.read(2, Type::b32);
}

/// Slots: d, p, a, members; flag: match.all.
void runMatch(Warp &warp, const Instruction &i, Mask lanes) {
  if (!warp.isMember(i, 3, lanes, "match.sync"))
    return;
  const uint64_t keep = i.type == Type::b64 ? ~uint64_t(0) : 0xffffffff;
  uint64_t a[warpSize];
  std::copy_n(warp.slot(i, 2), warpSize, a);
  bool isAll = true;
  eachLane(lanes, [&](uint32_t l) {
    Mask equal = 0;
    eachLane(lanes, [&](uint32_t k) { equal |= Mask((a[k] & keep) == (a[l] & keep)) << k; });
    isAll &= equal == lanes;
    put(warp.slot(i, 0), l, equal);
  });
  if (i.flag)
    eachLane(lanes, [&](uint32_t l) { put(warp.slot(i, 0), l, isAll ? lanes : 0); });
  warp.setPredicate(i, 1, isAll ? ~Mask(0) : 0, lanes);
}

bool decodeMatch(InstructionReader &r) {
  const int op = r.takeOneOf({"any", "all"});
  r.out.type = r.takeType();
  if (!r.take("sync") || op < 0 || (r.out.type != Type::b32 && r.out.type != Type::b64))
    return r.refuse(".any or .all, .sync, and .b32 or .b64");
  r.out.flag = op == 1;
  r.out.run = runMatch;
  return r.expectOperands(3) && writePair(r, r.operand(0)) && r.read(1, r.out.type) && r.read(2, Type::b32);
}

enum Reduce : uint8_t { add, least, most, conjunction, disjunction, exclusive };

uint32_t reduce(const Instruction &i, uint32_t a, uint32_t b) {
  const bool isSignedType = i.type == Type::s32;
  switch (i.op) {
  case add:
    return a + b;
  case least:
    return isSignedType ? uint32_t(std::min(int32_t(a), int32_t(b))) : std::min(a, b);
  case most:
    return isSignedType ? uint32_t(std::max(int32_t(a), int32_t(b))) : std::max(a, b);
  case conjunction:
    return a & b;
  case disjunction:
    return a | b;
  default:
    return a ^ b;
  }
}

/// Slots: d, a, members.
void runReduce(Warp &warp, const Instruction &i, Mask lanes) {
  if (!warp.isMember(i, 2, lanes, "redux.sync"))
    return;
  uint32_t all = get<uint32_t>(warp.slot(i, 1), uint32_t(__builtin_ctz(lanes)));
  for (Mask rest = lanes & (lanes - 1); rest; rest &= rest - 1)
    all = reduce(i, all, get<uint32_t>(warp.slot(i, 1), uint32_t(__builtin_ctz(rest))));
  eachLane(lanes, [&](uint32_t l) { put(warp.slot(i, 0), l, all); });
}

bool decodeReduce(InstructionReader &r) {
  const int op = r.takeOneOf({"add", "min", "max", "and", "or", "xor"});
  r.out.type = r.takeType();
  const bool isLogic = op >= conjunction;
  if (!r.take("sync") || op < 0 ||
      (isLogic ? r.out.type != Type::b32 : r.out.type != Type::u32 && r.out.type != Type::s32))
    return r.refuse(".sync, .add, .min or .max of .u32 or .s32, or .and, .or or .xor of .b32");
  r.out.op = uint8_t(op);
  r.out.run = runReduce;
  return r.expectOperands(3) && r.write(0) && r.read(1, r.out.type) && r.read(2, Type::b32);
}

void runActiveMask(Warp &warp, const Instruction &i, Mask lanes) {
  eachLane(lanes, [&](uint32_t l) { put(warp.slot(i, 0), l, lanes); });
}

bool decodeActiveMask(InstructionReader &r) {
  r.out.run = runActiveMask;
  return r.take("b32") ? r.expectOperands(1) && r.write(0) : r.refuse(".b32");
}

/// Slots: the elected lane, whether it is the own one, members.
void runElect(Warp &warp, const Instruction &i, Mask lanes) {
  if (!warp.isMember(i, 2, lanes, "elect.sync"))
    return;
  eachLane(lanes, [&](uint32_t l) { put(warp.slot(i, 0), l, uint32_t(__builtin_ctz(lanes))); });
  warp.setPredicate(i, 1, lanes & (0 - lanes), lanes);
}

bool decodeElect(InstructionReader &r) {
  r.out.run = runElect;
  return r.take("sync") ? r.expectOperands(2) && writePair(r, r.operand(0)) && r.read(1, Type::b32)
                        : r.refuse(".sync");
}

constexpr DecodeRow rows[] = {{"shfl", decodeShuffle},          {"vote", decodeVote},
                              {"match", decodeMatch},           {"redux", decodeReduce},
                              {"activemask", decodeActiveMask}, {"elect", decodeElect}};
} // namespace

DecodeTable warpTable() { return {rows, std::size(rows)}; }

} // namespace dsc::sim
