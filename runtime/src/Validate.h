// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The semantic validator: what the flatbuffers verifier cannot see. Runs on every plan before anything uses it.
#ifndef DSC_RUNTIME_SRC_VALIDATE_H
#define DSC_RUNTIME_SRC_VALIDATE_H

#include "runtime/src/Memory.h"
#include "runtime/src/Schema.h"
#include "runtime/src/ShapeProgram.h"

namespace dsc::rt {

/// Times in a plan are at most this; the partitioner's limit of 2^50 ns is above it.
inline constexpr float maxMicroseconds = 1e12f;

/// A plan that passed the flatbuffers verifier, with the file around it.
struct ValidateInput {
  const schema::Plan *plan;
  uint64_t metaBytes;
  const uint8_t *segments; // from seg_base
  uint64_t segmentBytes;
  uint32_t maxSteps;
  uint64_t maxArenaBytes;
};

/// Checks everything the rest of the runtime relies on: see the rules in runtime/README.md.
class Validator {
public:
  /// `scratch` holds work space; the caller releases it.
  Validator(const ValidateInput &input, Memory &scratch, dsc_error *error)
      : input(input), plan(*input.plan), scratch(scratch), error(error), budget(input.metaBytes) {}

  dsc_status validate();

private:
  /// Arrays of one function or entry, indexed like the tables they describe.
  struct FunctionState {
    const schema::Function *function;
    uint32_t numSlots;
    int32_t *ready;    // per slot
    int64_t *atBounds; // per slot, of the entry at hand
    bool *known;       // per slot: atBounds has a value
  };
  struct RootLife {
    uint32_t first, last;
    bool accessed, written;
  };
  struct EntryState {
    const schema::Entry *entry;
    uint32_t numBuffers, numSteps;
    bool open;
    uint32_t *root;       // per buffer
    int32_t *bufferReady; // per buffer
    RootLife *life;       // per buffer, used at roots
  };

  // ValidatePlan.cpp
  dsc_status checkVersion();
  dsc_status checkDevices();
  dsc_status checkSegments();
  dsc_status checkSegment(uint32_t index, uint64_t &end);
  dsc_status checkTexts();
  dsc_status corrupt(const char *table, uint64_t index, const char *expected);
  dsc_status outOfMemory();
  bool spend(uint64_t elements);
  bool isName(const flatbuffers::String *text, uint32_t maxBytes);
  bool isUnique(const flatbuffers::String **names, uint32_t count);

  // ValidateKernels.cpp
  dsc_status checkKernels();
  dsc_status checkCpuCode(uint32_t kernel, const schema::KernelCode &code);
  dsc_status checkCudaCode(uint32_t kernel, const schema::KernelCode &code);

  // ValidateFunction.cpp
  dsc_status checkFunctions();
  dsc_status checkFunction(uint32_t index);
  dsc_status checkSymbols(const schema::Function &function);
  dsc_status checkShapeOps(FunctionState &state);
  dsc_status checkTensors(const FunctionState &state, bool inputs);
  dsc_status checkBinding(const schema::Function &function);
  dsc_status checkVariants(FunctionState &state);
  dsc_status checkBounds(const FunctionState &state, const schema::Entry &entry, const schema::Entry *before);
  bool areSlots(const FunctionState &state, const flatbuffers::Vector<uint32_t> *slots);
  bool isSlotOrNone(const FunctionState &state, uint32_t slot);

  // ValidateEntry.cpp
  dsc_status checkEntry(FunctionState &state, const schema::Entry &entry);
  dsc_status evaluateAtBounds(FunctionState &state, const schema::Entry &entry);
  dsc_status checkArenas(const schema::Entry &entry);
  dsc_status checkBuffers(const FunctionState &state, EntryState &entry);
  dsc_status checkBuffer(const FunctionState &state, EntryState &entry, uint32_t index);
  dsc_status checkView(const FunctionState &state, EntryState &entry, uint32_t index);
  dsc_status checkRoot(const FunctionState &state, const EntryState &entry, uint32_t index);
  dsc_status checkBoundary(const FunctionState &state, const EntryState &entry, uint32_t index);
  dsc_status checkBufferSize(const FunctionState &state, const EntryState &entry, uint32_t index);
  dsc_status checkRootsOfTensors(const FunctionState &state, const EntryState &entry);
  dsc_status checkMaps(const FunctionState &state, const EntryState &entry);
  dsc_status checkCosts(const FunctionState &state, const EntryState &entry);

  // ValidateSteps.cpp
  dsc_status checkReadDims(const FunctionState &state, const schema::Entry &entry);
  dsc_status checkSteps(const FunctionState &state, EntryState &entry);
  dsc_status checkStep(const FunctionState &state, EntryState &entry, uint32_t index);
  dsc_status checkLaunch(const FunctionState &state, const EntryState &entry, uint32_t index);
  dsc_status checkMove(const EntryState &entry, uint32_t index);
  dsc_status access(EntryState &entry, uint32_t step, uint32_t buffer, uint8_t mode, bool writtenHere);
  dsc_status checkAccesses(EntryState &entry, uint32_t index);
  bool areReady(const FunctionState &state, const flatbuffers::Vector<uint32_t> *slots, uint32_t step);

  // ValidateUnits.cpp
  dsc_status checkUnits(const EntryState &entry);
  dsc_status checkUnit(const EntryState &entry, uint32_t index, uint32_t firstStep, uint32_t stageBefore);
  dsc_status checkLiveAfter(const EntryState &entry, uint32_t index, uint32_t end, uint32_t expected);
  bool isAlive(const EntryState &entry, uint32_t buffer, uint32_t step);

  // ValidateLiveness.cpp
  dsc_status checkLiveness(const EntryState &entry);
  dsc_status checkOverlap(const EntryState &entry, uint32_t deviceSlot);

  const ValidateInput &input;
  const schema::Plan &plan;
  Memory &scratch;
  dsc_error *error;
  uint64_t budget;
};

} // namespace dsc::rt
#endif
