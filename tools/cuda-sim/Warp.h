// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// 32 lanes that execute together: registers, the stack of diverged paths, calls, local memory.
#ifndef DSC_TOOLS_CUDA_SIM_WARP_H
#define DSC_TOOLS_CUDA_SIM_WARP_H

#include "tools/cuda-sim/Memory.h"
#include "tools/cuda-sim/Program.h"

namespace dsc::sim {

class Block;

/// A path of lanes that runs from `pc` and waits at `reconverge` for the lanes below it on the stack.
struct Path {
  uint32_t pc, reconverge;
  Mask lanes;
  bool isDeferred = false; ///< stands before an instruction that needs lanes of the path below
};

/// A function being executed.
struct Frame {
  const FunctionCode *function = nullptr;
  std::vector<uint64_t> slots;
  std::vector<uint8_t> params; ///< [lane][function->paramBytes]
  std::vector<Path> paths;
  Mask lanes = 0;  ///< that have not returned
  Mask called = 0; ///< that entered
  uint32_t localStart = 0;
  const CallSite *site = nullptr;
};

/// A cp.async under way.
struct PendingCopy {
  uint32_t lane, group; ///< group: how many the lane had committed before
  uint64_t address;     ///< shared
  uint32_t bytes, line;
  uint8_t data[16];
};

class Warp {
public:
  enum class State : uint8_t { ready, waiting, done };

  Warp(Block &block, uint32_t index) : block(block), index(index) {}
  /// Begins the kernel with the lanes that have a thread.
  void start();
  /// Executes up to `budget` instructions; stops earlier if the warp waits, ends or fails. Returns how many.
  uint64_t run(uint64_t budget);

  // For handlers.
  uint64_t *slot(const Instruction &i, uint32_t k) { return slots + warpSize * i.slots[k]; }
  Mask predicate(const Instruction &i, uint32_t k) { return Mask(slot(i, k)[0]); }
  /// Changes the bits of `lanes` only.
  void setPredicate(const Instruction &i, uint32_t k, Mask value, Mask lanes) {
    uint64_t &bits = slot(i, k)[0];
    bits = (Mask(bits) & ~lanes) | (value & lanes);
  }
  void branch(const Instruction &i, Mask taken);
  void branchIndexed(const Instruction &i, Mask lanes);
  void call(const Instruction &i, Mask lanes);
  void returnLanes(Mask lanes);
  void exitLanes(Mask lanes);
  /// Stops the launch with an error at the instruction being executed.
  void fail(ErrorKind kind, uint32_t lane, const std::string &message);
  void fail(const Fault &fault, uint32_t lane) { fail(fault.kind, lane, fault.message); }
  /// Whether all lanes that still run are in `lanes`; fails the launch if not.
  bool isConverged(Mask lanes, const char *what);
  /// Whether the lanes are those of the member mask in a slot; fails the launch if not.
  bool isMember(const Instruction &i, uint32_t k, Mask lanes, const char *what);

  /// Copies bytes from or to a lane's memory; false after it failed the launch. Space generic is resolved.
  bool load(Space space, uint32_t lane, uint64_t address, uint32_t bytes, bool isStrong, uint8_t *data);
  bool store(Space space, uint32_t lane, uint64_t address, uint32_t bytes, bool isStrong,
             const uint8_t *data);
  /// The place of an atomic operation, or null.
  uint8_t *modify(Space space, uint32_t lane, uint64_t address, uint32_t bytes);

  /// The result of a bar.red that this warp waited for.
  void finishReduction(uint32_t population, uint32_t voters);

  Block &block;
  const uint32_t index;
  State state = State::ready;
  Mask alive = 0;
  /// A clock that moves on with every call.
  uint64_t tick() { return ++ticks; }
  Mask carry = 0; ///< the condition code of add.cc and its relatives
  uint32_t line() const { return current ? current->line : 0; }

  // cp.async, see AsyncCopy.cpp.
  std::vector<PendingCopy> copies;
  uint32_t committed[warpSize] = {};

private:
  void pushFrame(const FunctionCode &function, Mask lanes);
  void popFrame();
  void passValues(const Frame &from, const CallValue &source, Frame &to, const CallValue &target,
                  uint32_t bytes, Mask lanes);
  bool deferPath();
  void fillSpecials(Frame &frame);
  uint64_t specialValue(Special special, uint32_t lane) const;
  bool localAccess(uint32_t lane, uint64_t address, uint32_t bytes, Fault &fault) const;
  uint8_t *paramBytes(Space space, uint32_t lane, uint64_t address, uint32_t bytes, Fault &fault);
  static Space resolve(uint64_t &address);

  uint64_t *slots = nullptr;
  Mask active = 0; ///< lanes of the current path, before the guard
  const Instruction *current = nullptr;
  std::vector<Frame> frames;
  std::vector<Frame> unused;  ///< frames to use again
  std::vector<uint8_t> local; ///< [byte][lane]
  uint32_t localTop = 0;
  uint64_t ticks = 0;
};

} // namespace dsc::sim
#endif
