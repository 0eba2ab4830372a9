// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Branches, calls, the end of threads, barriers and fences.
#include "tools/cuda-sim/Block.h"
#include "tools/cuda-sim/DecodeFunction.h"
#include "tools/cuda-sim/Lanes.h"

namespace dsc::sim {

namespace {
void runBranch(Warp &warp, const Instruction &i, Mask lanes) { warp.branch(i, lanes); }
void runBranchIndexed(Warp &warp, const Instruction &i, Mask lanes) { warp.branchIndexed(i, lanes); }
void runCall(Warp &warp, const Instruction &i, Mask lanes) { warp.call(i, lanes); }
void runReturn(Warp &warp, const Instruction &, Mask lanes) { warp.returnLanes(lanes); }
void runExit(Warp &warp, const Instruction &, Mask lanes) { warp.exitLanes(lanes); }
void runNothing(Warp &, const Instruction &, Mask) {}
void runTrap(Warp &warp, const Instruction &, Mask lanes) {
  warp.fail(ErrorKind::trap, uint32_t(__builtin_ctz(lanes)), "expected no trap, but got one");
}

bool decodeBranch(InstructionReader &r) {
  r.out.run = runBranch;
  r.out.flow = Flow::branch;
  r.take("uni");
  return r.expectOperands(1) && r.label(0);
}

bool decodeBranchIndexed(InstructionReader &r) {
  r.out.run = runBranchIndexed;
  r.out.flow = Flow::indexed;
  r.take("uni");
  return r.take("idx") ? r.expectOperands(2) && r.read(0, Type::u32) && r.branchTargets(1)
                       : r.refuse("brx.idx");
}

/// call (results), function, (arguments); either list may be missing.
bool decodeCall(InstructionReader &r) {
  r.take("uni");
  r.out.run = runCall;
  size_t at = 0;
  CallSite site;
  auto isList = [&] { return at < r.operandCount() && r.operand(at).kind == syntax::Operand::list; };
  if (isList() && !r.callValues(r.operand(at++), site.results))
    return false;
  if (at >= r.operandCount())
    return r.refuse("the name of a function");
  site.callee = r.function.callee(r.operand(at).text);
  if (!site.callee || site.callee->isEntry)
    return r.refuse("a function with a body, not '" + std::string(r.operand(at).text) + "'");
  ++at;
  if (isList() && !r.callValues(r.operand(at++), site.arguments))
    return false;
  r.function.code().callSites.push_back(std::move(site));
  r.out.site = &r.function.code().callSites.back();
  return r.expectOperands(at);
}

bool decodeReturn(InstructionReader &r) {
  r.take("uni");
  r.out.flow = Flow::end;
  r.out.run = r.opcode() == "exit" ? runExit : r.opcode() == "trap" ? runTrap : runReturn;
  return r.expectOperands(0);
}

bool decodeFence(InstructionReader &r) {
  r.out.run = runNothing;
  if (r.takeOneOf({"gl", "gpu", "sys", "cluster"}) >= 0)
    r.function.code().ordersBlocks = true;
  while (r.takeOneOf({"cta", "sc", "acq_rel", "acquire", "release", "proxy", "alias", "async", "global",
                      "shared::cta", "shared::cluster", "generic"}) >= 0)
    continue;
  return r.expectOperands(0);
}

bool decodeSleep(InstructionReader &r) {
  r.out.run = runNothing;
  return r.take("u32") && r.expectOperands(1) && r.read(0, Type::u32);
}

enum Reduction : uint8_t { none, popc, conjunction, disjunction };

/// Slots: the result of a reduction, the barrier, the count of threads (sat) and the predicate of a
/// reduction.
void runBarrier(Warp &warp, const Instruction &i, Mask lanes) {
  if (!warp.isConverged(lanes, "a barrier"))
    return;
  const uint32_t first = uint32_t(__builtin_ctz(lanes)), at = i.op == none ? 0 : 1;
  const uint32_t id = get<uint32_t>(warp.slot(i, at), first);
  const uint32_t expected = i.sat ? get<uint32_t>(warp.slot(i, at + 1), first) : 0;
  for (Mask rest = lanes; rest; rest &= rest - 1)
    if (get<uint32_t>(warp.slot(i, at), uint32_t(__builtin_ctz(rest))) != id)
      return warp.fail(ErrorKind::divergence, first,
                       "expected one barrier for all lanes of a warp, but got two");
  if (id > 15)
    return warp.fail(ErrorKind::bounds, first,
                     "expected a barrier from 0 to 15, but got " + std::to_string(id));
  if (i.sat && (expected == 0 || expected % warpSize != 0))
    return warp.fail(ErrorKind::divergence, first,
                     "expected a multiple of 32 threads at a barrier, but got " + std::to_string(expected));
  Mask votes = 0;
  if (i.op != none)
    votes = warp.predicate(i, i.slotCount - 1) ^ (i.relu ? ~Mask(0) : 0);
  warp.block.arrive(warp, id, expected, i.flag, uint32_t(__builtin_popcount(votes & lanes)),
                    uint32_t(__builtin_popcount(lanes)));
}

/// Lanes of a member mask must arrive together, each with the same mask.
void runWarpBarrier(Warp &warp, const Instruction &i, Mask lanes) {
  if (warp.isMember(i, 0, lanes, "bar.warp.sync"))
    warp.block.shared.joinLanes(warp.index);
}

bool decodeBarrier(InstructionReader &r) {
  Instruction &i = r.out;
  i.run = runBarrier;
  r.take("cta");
  if (r.take("warp")) {
    i.run = runWarpBarrier;
    return r.take("sync") ? r.expectOperands(1) && r.read(0, Type::b32) : r.refuse("bar.warp.sync");
  }
  r.take("aligned");
  const int kind = r.takeOneOf({"sync", "arrive", "red"});
  if (kind < 0)
    return r.refuse(".sync, .arrive or .red");
  i.flag = kind == 1;
  size_t at = 0, count = r.operandCount();
  if (kind == 2) {
    i.op = uint8_t(r.takeOneOf({"popc", "and", "or"}) + 1);
    i.type = r.takeType();
    if (i.op == none || (i.type != Type::u32 && i.type != Type::pred) || !r.expectOperands(3, 4) ||
        !r.write(at++))
      return i.op == none ? r.refuse(".popc, .and or .or") : false;
    --count;
  } else if (!r.expectOperands(kind == 1 ? 2 : 1, 2)) {
    return false;
  }
  i.sat = count - at == 2;
  if (!r.read(at, Type::u32) || (i.sat && !r.read(at + 1, Type::u32)))
    return false;
  return kind != 2 || r.readPredicate(r.operand(r.operandCount() - 1), i.relu);
}

constexpr DecodeRow rows[] = {{"bra", decodeBranch},  {"brx", decodeBranchIndexed}, {"call", decodeCall},
                              {"ret", decodeReturn},  {"exit", decodeReturn},       {"trap", decodeReturn},
                              {"bar", decodeBarrier}, {"barrier", decodeBarrier},   {"membar", decodeFence},
                              {"fence", decodeFence}, {"nanosleep", decodeSleep}};
} // namespace

void Warp::finishReduction(uint32_t population, uint32_t voters) {
  if (!current || current->op == none || current->run != runBarrier)
    return;
  const bool isTrue = current->op == conjunction ? population == voters : population > 0;
  if (current->type == Type::pred)
    return setPredicate(*current, 0, isTrue ? ~Mask(0) : 0, active);
  eachLane(active, [&](uint32_t l) { put(slot(*current, 0), l, population); });
}

DecodeTable controlTable() { return {rows, std::size(rows)}; }

} // namespace dsc::sim
