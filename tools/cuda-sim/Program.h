// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The decoded form of a module: handlers, slots and constants; nothing is looked up by name while a kernel
// runs.
#ifndef DSC_TOOLS_CUDA_SIM_PROGRAM_H
#define DSC_TOOLS_CUDA_SIM_PROGRAM_H

#include "tools/cuda-sim/Syntax.h"
#include "tools/cuda-sim/Types.h"

#include <deque>
#include <unordered_map>

namespace dsc::sim {

using syntax::Space;
using Mask = uint32_t; ///< bit l: lane l

constexpr uint32_t warpSize = 32;

// Generic addresses: each space is a window, and address 0 is in none of them.
constexpr uint64_t sharedWindow = uint64_t(1) << 40;
constexpr uint64_t localWindow = uint64_t(2) << 40;
constexpr uint64_t paramWindow = uint64_t(3) << 40;
constexpr uint64_t variableWindow = uint64_t(0x60) << 40; ///< .global and .const of the module
constexpr uint64_t bufferWindow = uint64_t(0x70) << 40;   ///< buffers of the caller
/// The first byte of a space is not at 0, so that a null pointer is outside.
constexpr uint64_t sharedBase = 1024, localBase = 256, paramBase = 256;

class Warp;
struct Instruction;
struct FunctionCode;
struct CallSite;
using Handler = void (*)(Warp &, const Instruction &, Mask);

/// Where an instruction leads.
enum class Flow : uint8_t { next, branch, indexed, end };

/// One operation of a warp. A slot holds a register, a constant or a special register: 32 lanes of 64 bits,
/// or for a predicate a lane mask in the first 4 bytes.
struct Instruction {
  Handler run = nullptr;
  const uint32_t *slots = nullptr; ///< in operand order, destinations first
  uint32_t firstSlot = 0, slotCount = 0;
  int32_t guard = -1; ///< slot of the predicate, or -1
  bool guardNegated = false;
  uint32_t line = 0;
  int64_t offset = 0;       ///< of the address operand; other numbers of the text
  int64_t secondOffset = 0; ///< of the second address operand
  uint32_t target = 0;      ///< pc of a branch
  uint32_t reconverge = 0;  ///< pc at which lanes that a branch parts meet again
  const CallSite *site = nullptr;
  const std::vector<uint32_t> *targets = nullptr; ///< of brx.idx
  Type type = Type::none, from = Type::none;
  Space space = Space::none;
  uint8_t vector = 1; ///< elements of a vector access
  uint8_t op = 0;     ///< sub-operation of the family
  Round round = Round::none;
  bool ftz = false, sat = false, relu = false, flag = false, strong = false;
  Flow flow = Flow::next;
};

enum class Special : uint8_t {
  tidX,
  tidY,
  tidZ,
  ntidX,
  ntidY,
  ntidZ,
  ctaidX,
  ctaidY,
  ctaidZ,
  nctaidX,
  nctaidY,
  nctaidZ,
  laneid,
  warpid,
  nwarpid,
  smid,
  nsmid,
  gridid,
  lanemaskEq,
  lanemaskLe,
  lanemaskLt,
  lanemaskGe,
  lanemaskGt,
  dynamicSmemSize,
  totalSmemSize,
  clock,
  localAddress ///< of a .local variable: addend is its offset in the frame
};

struct SpecialSlot {
  Special special;
  uint32_t slot;
  uint64_t addend = 0;
};

/// An actual argument or result of a call: bytes of the caller's param memory, or a slot.
struct CallValue {
  uint32_t offset = 0;
  int32_t slot = -1;
};

struct CallSite {
  const FunctionCode *callee = nullptr;
  std::vector<CallValue> results, arguments;
};

/// A formal parameter or result: bytes of the frame's param memory, or a register.
struct Parameter {
  std::string name;
  uint32_t offset = 0, bytes = 0;
  int32_t slot = -1; ///< of a `.reg` parameter
};

struct FunctionCode {
  std::string name;
  bool isEntry = false, ordersBlocks = false;
  std::vector<Instruction> code;
  std::vector<uint32_t> slotPool;
  std::deque<std::vector<uint32_t>> targetLists;
  std::deque<CallSite> callSites;
  uint32_t slotCount = 0;
  std::vector<uint64_t> initialFrame; ///< slotCount * 32: constants, and a pattern in registers
  std::vector<SpecialSlot> specials;
  std::vector<Parameter> parameters, results;
  uint32_t paramBytes = 0, localBytes = 0, sharedBytes = 0;
  Dim3 requiredThreads{0, 0, 0}, maximalThreads{0, 0, 0};
};

/// A .global or .const variable; the bytes are its start value.
struct ModuleVariable {
  std::string name;
  uint64_t address = 0;
  bool isConstant = false, isInitialized = false;
  std::vector<uint8_t> bytes;
};

struct Module {
  std::vector<std::unique_ptr<FunctionCode>> functions;
  std::unordered_map<std::string, FunctionCode *> functionByName;
  std::vector<ModuleVariable> variables;
  uint32_t dynamicSharedOffset = 0; ///< of `.extern .shared`, from the first shared byte
  bool hasDynamicShared = false;
  bool ordersBlocks = false; ///< has a fence of the GPU's scope: blocks may exchange data
  uint32_t sharedLimit = 0;  ///< of a block, static and dynamic
};

/// Resolves names and picks the handler of every instruction.
Error decode(const syntax::Module &source, Module &module);

/// Fills Instruction::reconverge of every branch: the first instruction that all ways from the branch to the
/// end of the function pass, or the end.
void findReconvergence(FunctionCode &function);

} // namespace dsc::sim
#endif
