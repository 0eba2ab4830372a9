// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Warps of one block: which runs next, where they wait, and when none can go on.
#include "tools/cuda-sim/Block.h"

#include <algorithm>

namespace dsc::sim {

Block::Block(LaunchState &launch) : launch(launch) {
  const uint64_t count = (launch.block.count() + warpSize - 1) / warpSize;
  for (uint32_t w = 0; w < count; ++w)
    warps.push_back(std::make_unique<Warp>(*this, w));
}

bool Block::run(Dim3 at) {
  place = at;
  shared.reset(launch.sharedBytes, warpCount(), launch.options.checkUninitialized, launch.options.checkRaces);
  for (Barrier &barrier : barriers)
    barrier = {};
  for (std::unique_ptr<Warp> &warp : warps)
    warp->start();
  return schedule();
}

namespace {
/// xorshift64*: the same seed gives the same order everywhere.
uint64_t nextRandom(uint64_t &state) {
  state ^= state >> 12;
  state ^= state << 25;
  state ^= state >> 27;
  return state * 0x2545f4914f6cdd1dull;
}
} // namespace

bool Block::schedule() {
  std::vector<Warp *> ready;
  while (!launch.error) {
    ready.clear();
    bool isDone = true;
    for (std::unique_ptr<Warp> &warp : warps) {
      isDone &= warp->state == Warp::State::done;
      if (warp->state == Warp::State::ready)
        ready.push_back(warp.get());
    }
    if (isDone)
      return true;
    if (ready.empty()) {
      reportHang();
      return false;
    }
    const bool isRandom = launch.options.seed != 0;
    Warp &warp = *ready[isRandom ? nextRandom(launch.random) % ready.size() : 0];
    // Without a seed a warp still yields at times, so that one that polls does not starve the others.
    const uint64_t slice = isRandom ? 1 + nextRandom(launch.random) % 64 : 1 << 16;
    launch.counts.warpInstructions += warp.run(slice);
    if (warp.state == Warp::State::done)
      warpEnded();
    else if (!isRandom && warp.state == Warp::State::ready)
      std::rotate(warps.begin(), warps.begin() + 1, warps.end());
    if (launch.counts.warpInstructions > launch.options.instructionLimit && !launch.error)
      launch.error = errorAt(ErrorKind::hang, warp.line(),
                             "expected at most " + std::to_string(launch.options.instructionLimit) +
                                 " warp instructions, but got more");
  }
  return false;
}

void Block::arrive(Warp &warp, uint32_t id, uint32_t expected, bool isArrive, uint32_t population,
                   uint32_t voters) {
  Barrier &barrier = barriers[id];
  if (barrier.arrived && barrier.expected != expected)
    return warp.fail(ErrorKind::divergence, 0,
                     "expected " + std::to_string(barrier.expected) + " threads at barrier " +
                         std::to_string(id) + " as the warps before, but got " + std::to_string(expected));
  barrier.expected = expected;
  barrier.arrived += warpSize;
  barrier.population += population;
  barrier.voters += voters;
  shared.release(warp.index, barrier.known);
  if (!isArrive) {
    barrier.waiting.push_back(warp.index);
    warp.state = Warp::State::waiting;
  }
  completeBarriers();
}

void Block::warpEnded() { completeBarriers(); }

void Block::completeBarriers() {
  uint32_t running = 0;
  for (std::unique_ptr<Warp> &warp : warps)
    running += warp->state != Warp::State::done ? warpSize : 0;
  for (Barrier &barrier : barriers)
    if (barrier.arrived && barrier.arrived >= (barrier.expected ? barrier.expected : running))
      complete(barrier);
}

void Block::complete(Barrier &barrier) {
  for (std::unique_ptr<Warp> &warp : warps)
    if (std::count(barrier.waiting.begin(), barrier.waiting.end(), warp->index)) {
      shared.acquire(warp->index, barrier.known);
      warp->finishReduction(barrier.population, barrier.voters);
      warp->state = Warp::State::ready;
    }
  barrier = {};
}

void Block::reportHang() {
  std::string lines;
  uint32_t line = 0;
  for (std::unique_ptr<Warp> &warp : warps)
    if (warp->state == Warp::State::waiting) {
      line = line ? line : warp->line();
      lines += (lines.empty() ? "" : ", ") + std::string("warp ") + std::to_string(warp->index) +
               " in line " + std::to_string(warp->line());
    }
  launch.error =
      errorAt(ErrorKind::hang, line, "expected a warp that can go on, but got all at barriers: " + lines);
}

} // namespace dsc::sim
