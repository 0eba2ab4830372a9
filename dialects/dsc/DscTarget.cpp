// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The tables of targets and of CPU levels.

#include "dialects/dsc/DscTarget.h"

using namespace dsc;

static constexpr llvm::StringRef targets[] = {"cpu", "cuda"};

llvm::StringRef dsc::getTargetName(Target target) { return targets[size_t(target)]; }

std::optional<Target> dsc::findTarget(llvm::StringRef name) {
  for (Target target : {Target::Cpu, Target::Cuda})
    if (getTargetName(target) == name)
      return target;
  return std::nullopt;
}

static constexpr CpuLevel levels[] = {
    {"v3", "x86-64-v3", "", 8, 16, false, false},
    {"v4", "x86-64-v4", "", 16, 32, false, false},
    {"v4vnni", "x86-64-v4", "+avx512vnni,+avx512bf16", 16, 32, true, true},
};

llvm::ArrayRef<CpuLevel> dsc::getCpuLevels() { return levels; }

const CpuLevel *dsc::findCpuLevel(llvm::StringRef name) {
  for (const CpuLevel &level : levels)
    if (level.name == name)
      return &level;
  return nullptr;
}

static constexpr SmTarget smTargets[] = {{"sm_80", 80, false}, {"sm_90a", 90, true}};

llvm::ArrayRef<SmTarget> dsc::getSmTargets() { return smTargets; }
