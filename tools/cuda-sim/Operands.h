// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Modifiers that loads, stores, atomics and matrix loads share.
#ifndef DSC_TOOLS_CUDA_SIM_OPERANDS_H
#define DSC_TOOLS_CUDA_SIM_OPERANDS_H

#include "tools/cuda-sim/Decode.h"

namespace dsc::sim {

/// .global to .param; without one the access is generic.
void takeSpaceOfAccess(InstructionReader &reader, Space &space);
/// .relaxed to .sc, .volatile and the scope; sets Instruction::strong.
void takeOrder(InstructionReader &reader);
/// Cache operators, eviction priorities and prefetch sizes, which the simulator has no use for.
void takeCacheHints(InstructionReader &reader);
/// Cycles beyond one per part of the warp that lanes need for `bytes` each in 32 banks of 4 bytes.
uint32_t bankConflicts(const uint64_t *addresses, Mask lanes, uint32_t bytes);

} // namespace dsc::sim
#endif
