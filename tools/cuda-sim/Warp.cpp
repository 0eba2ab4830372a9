// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The instruction loop: lanes that a branch parts run one path after the other and meet at the branch's
// immediate post-dominator. Registers start with a pattern that is a NaN and no address.
#include "tools/cuda-sim/Warp.h"

#include "tools/cuda-sim/Block.h"

#include <algorithm>

namespace dsc::sim {

void Warp::start() {
  const uint64_t threads = block.launch.block.count();
  const uint64_t mine = std::min<uint64_t>(threads - uint64_t(index) * warpSize, warpSize);
  alive = mine == warpSize ? ~Mask(0) : (Mask(1) << mine) - 1;
  state = State::ready;
  frames.clear();
  copies.clear();
  std::fill_n(committed, warpSize, 0);
  localTop = 0;
  pushFrame(*block.launch.kernel, alive);
  Frame &frame = frames.back();
  const std::vector<uint8_t> &params = block.launch.params;
  for (uint32_t l = 0; l < warpSize && !params.empty(); ++l)
    std::copy(params.begin(), params.end(), frame.params.begin() + l * frame.function->paramBytes);
}

void Warp::pushFrame(const FunctionCode &function, Mask lanes) {
  Frame frame;
  if (!unused.empty()) {
    frame = std::move(unused.back());
    unused.pop_back();
  }
  frame.function = &function;
  frame.slots.assign(function.initialFrame.begin(), function.initialFrame.end());
  frame.params.assign(size_t(function.paramBytes) * warpSize, 0xff);
  frame.lanes = frame.called = lanes;
  frame.paths.clear();
  frame.paths.push_back({0, uint32_t(function.code.size()), lanes});
  frame.localStart = localTop;
  frame.site = nullptr;
  localTop += uint32_t((function.localBytes + 15) / 16 * 16);
  if (local.size() < size_t(localTop) * warpSize)
    local.resize(size_t(localTop) * warpSize, 0xff);
  fillSpecials(frame);
  frames.push_back(std::move(frame));
  slots = frames.back().slots.data();
}

void Warp::passValues(const Frame &from, const CallValue &source, Frame &to, const CallValue &target,
                      uint32_t bytes, Mask lanes) {
  for (uint32_t l = 0; l < warpSize; ++l) {
    if (!(lanes >> l & 1))
      continue;
    if (target.slot >= 0)
      to.slots[warpSize * target.slot + l] = from.slots[warpSize * source.slot + l];
    else
      std::memcpy(&to.params[l * to.function->paramBytes + target.offset],
                  &from.params[l * from.function->paramBytes + source.offset], bytes);
  }
}

void Warp::call(const Instruction &i, Mask lanes) {
  constexpr size_t deepest = 64;
  if (frames.size() == deepest)
    return fail(ErrorKind::unsupported, 0, "expected at most 64 nested calls, but got one more");
  const FunctionCode &callee = *i.site->callee;
  pushFrame(callee, lanes);
  Frame &to = frames.back();
  to.site = i.site;
  for (size_t p = 0; p < callee.parameters.size(); ++p) {
    const Parameter &formal = callee.parameters[p];
    passValues(frames[frames.size() - 2], i.site->arguments[p], to, {formal.offset, formal.slot},
               formal.bytes, lanes);
  }
}

void Warp::popFrame() {
  Frame callee = std::move(frames.back());
  frames.pop_back();
  localTop = callee.localStart;
  if (!frames.empty()) {
    Frame &caller = frames.back();
    slots = caller.slots.data();
    for (size_t r = 0; r < callee.function->results.size(); ++r) {
      const Parameter &formal = callee.function->results[r];
      passValues(callee, {formal.offset, formal.slot}, caller, callee.site->results[r], formal.bytes,
                 callee.called & alive);
    }
  }
  unused.push_back(std::move(callee));
}

uint64_t Warp::run(uint64_t budget) {
  uint64_t done = 0;
  while (done < budget && state == State::ready && !block.launch.error) {
    Frame &frame = frames.back();
    Path &path = frame.paths.back();
    const Mask lanes = path.lanes & frame.lanes;
    if (!lanes || (path.pc == path.reconverge && frame.paths.size() > 1)) {
      frame.paths.pop_back();
      if (!frame.paths.empty())
        continue;
      popFrame();
      if (frames.empty())
        state = State::done;
      continue;
    }
    if (path.pc == frame.function->code.size()) {
      returnLanes(lanes);
      continue;
    }
    const Instruction &i = frame.function->code[path.pc++];
    current = &i;
    active = lanes;
    path.isDeferred = false;
    Mask guarded = lanes;
    if (i.guard >= 0) {
      const Mask value = Mask(slots[warpSize * uint32_t(i.guard)]);
      guarded &= i.guardNegated ? ~value : value;
    }
    if (guarded)
      i.run(*this, i, guarded);
    ++done;
  }
  return done;
}

void Warp::branch(const Instruction &i, Mask taken) {
  std::vector<Path> &paths = frames.back().paths;
  if (taken == active) {
    paths.back().pc = i.target;
    return;
  }
  const uint32_t next = paths.back().pc;
  paths.back().pc = i.reconverge;
  // A side that is already at the meeting point waits there as part of the path below.
  if (next != i.reconverge)
    paths.push_back({next, i.reconverge, active & ~taken});
  if (i.target != i.reconverge)
    paths.push_back({i.target, i.reconverge, taken});
}

void Warp::branchIndexed(const Instruction &i, Mask lanes) {
  const uint64_t *index = slot(i, 0);
  std::vector<Path> &paths = frames.back().paths;
  const uint32_t next = paths.back().pc;
  std::vector<Path> sides;
  if (active != lanes)
    sides.push_back({next, i.reconverge, active & ~lanes});
  for (uint32_t l = 0; l < warpSize; ++l) {
    if (!(lanes >> l & 1))
      continue;
    if (uint32_t(index[l]) >= i.targets->size())
      return fail(ErrorKind::bounds, l,
                  "expected an index below " + std::to_string(i.targets->size()) + " of brx.idx, but got " +
                      std::to_string(uint32_t(index[l])));
    const uint32_t target = (*i.targets)[uint32_t(index[l])];
    auto side = std::find_if(sides.begin(), sides.end(), [&](const Path &path) { return path.pc == target; });
    if (side == sides.end())
      side = sides.insert(side, {target, i.reconverge, 0});
    side->lanes |= Mask(1) << l;
  }
  paths.back().pc = sides.size() == 1 ? sides[0].pc : i.reconverge;
  for (const Path &side : sides)
    if (sides.size() > 1 && side.pc != i.reconverge)
      paths.push_back(side);
}

void Warp::returnLanes(Mask lanes) {
  if (frames.size() == 1)
    return exitLanes(lanes);
  frames.back().lanes &= ~lanes;
}

void Warp::exitLanes(Mask lanes) {
  alive &= ~lanes;
  for (Frame &frame : frames)
    frame.lanes &= ~lanes;
}

void Warp::fail(ErrorKind kind, uint32_t lane, const std::string &message) {
  if (block.launch.error)
    return;
  const Dim3 size = block.launch.block, at = block.place;
  const uint32_t thread = index * warpSize + lane;
  const uint32_t place[] = {thread % size.x, thread / size.x % size.y, thread / size.x / size.y};
  std::string where = " (thread ";
  for (uint32_t k = 0; k < 3; ++k)
    where += std::to_string(place[k]) + (k < 2 ? "," : " of block ");
  where += std::to_string(at.x) + "," + std::to_string(at.y) + "," + std::to_string(at.z) + ")";
  block.launch.error = errorAt(kind, line(), message + where);
}

/// Lets the other side of a branch run first, which may end there: `if (done) return; barrier`. False if it
/// is no other side, or if that side also waits for this one.
bool Warp::deferPath() {
  std::vector<Path> &paths = frames.back().paths;
  if (paths.size() < 2)
    return false;
  Path &top = paths.back(), &below = paths[paths.size() - 2];
  if (below.reconverge != top.reconverge || below.pc == below.reconverge || (below.lanes & top.lanes) ||
      below.isDeferred)
    return false;
  --top.pc;
  top.isDeferred = true;
  std::swap(top, below);
  return true;
}

bool Warp::isConverged(Mask lanes, const char *what) {
  if (lanes == alive || deferPath())
    return lanes == alive;
  fail(ErrorKind::divergence, uint32_t(__builtin_ctz(lanes)),
       std::string("expected all running lanes of the warp at ") + what + ", but got the lanes " +
           hex(lanes) + " of " + hex(alive));
  return false;
}

bool Warp::isMember(const Instruction &i, uint32_t k, Mask lanes, const char *what) {
  for (Mask rest = lanes; rest; rest &= rest - 1) {
    const uint32_t lane = uint32_t(__builtin_ctz(rest));
    const Mask members = Mask(slot(i, k)[lane]);
    if ((members & alive) == lanes)
      continue;
    if (!deferPath())
      fail(ErrorKind::divergence, lane,
           std::string("expected the running lanes of the member mask ") + hex(members) + " at " + what +
               ", but got the lanes " + hex(lanes));
    return false;
  }
  return true;
}

} // namespace dsc::sim
