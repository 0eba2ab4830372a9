// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where groups run, and the CPU levels and GPU architectures that code is generated for: the only place of the compiler
// that knows hardware facts.

#ifndef DSC_DIALECTS_DSC_DSCTARGET_H
#define DSC_DIALECTS_DSC_DSCTARGET_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <optional>

namespace dsc {

/// Where a group runs: the word of `--target` and of the attribute `target`.
enum class Target { Cpu, Cuda };

llvm::StringRef getTargetName(Target target);
/// The target of that name, if there is one.
std::optional<Target> findTarget(llvm::StringRef name);

/// One x86-64 feature level. A plan holds one blob of code per level over one image of the weights.
struct CpuLevel {
  /// "v3", "v4", "v4vnni": the word of `--level`, of `dsc.level` and of the code segment.
  llvm::StringRef name;
  /// `target-cpu` of LLVM.
  llvm::StringRef llvmCpu;
  /// Features beyond that CPU, as LLVM spells them ("+avx512vnni,...").
  llvm::StringRef features;
  /// f32 elements of one vector register.
  unsigned lanes;
  /// Vector registers.
  unsigned registers;
  /// 8-bit dot products (vpdpbusd).
  bool vnni;
  /// bf16 dot products and rounding (vdpbf16ps, vcvtneps2bf16).
  bool bf16;
};

/// Every level, the oldest first.
llvm::ArrayRef<CpuLevel> getCpuLevels();

/// The level of that name, or null.
const CpuLevel *findCpuLevel(llvm::StringRef name);

/// One GPU architecture that cubins are made for. PTX is made for the lowest one and runs on all later ones.
struct SmTarget {
  /// "sm_80", "sm_90a": the word of ptxas.
  llvm::StringRef name;
  unsigned sm;
  /// Whether code for it runs on exactly that architecture.
  bool specific;
};

/// Every architecture, the lowest first.
llvm::ArrayRef<SmTarget> getSmTargets();

} // namespace dsc

#endif // DSC_DIALECTS_DSC_DSCTARGET_H
