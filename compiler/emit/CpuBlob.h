// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From the llvm-dialect kernels of one CPU level to a flat, relocation-free blob of machine code.

#ifndef DSC_COMPILER_EMIT_CPUBLOB_H
#define DSC_COMPILER_EMIT_CPUBLOB_H

#include "dialects/dsc/DscTarget.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/SmallVector.h"
#include <cstdint>
#include <string>
#include <vector>

namespace dsc {

/// Where a kernel starts in the blob, in bytes.
struct CpuEntry {
  std::string symbol;
  uint64_t offset;
};

/// Text, then read-only data. No relocation, no undefined symbol; runs at any 64-byte aligned address.
struct CpuBlob {
  std::vector<uint8_t> bytes;
  /// In the order of the kernels in the module.
  std::vector<CpuEntry> entries;
};

/// A relocatable ELF object.
using ObjectBytes = llvm::SmallVector<char, 0>;

/// Compiles a module of `llvm.func` kernels to objects, a fixed number of kernels in each, so that
/// neither the number of threads nor their timing reaches the bytes. Emits a diagnostic on failure.
llvm::FailureOr<std::vector<ObjectBytes>> compileCpuObjects(mlir::ModuleOp module, const CpuLevel &level);

/// Links objects to a blob. `symbols` are the entries wanted, in order. A symbol that no object
/// defines is a compiler bug and is reported at `loc` with the name of the kernel that wants it.
llvm::FailureOr<CpuBlob> linkCpuBlob(mlir::Location loc, llvm::ArrayRef<ObjectBytes> objects,
                                     llvm::ArrayRef<std::string> symbols);

/// Both steps for one level's module. Safe to call from several threads; links are serialised.
llvm::FailureOr<CpuBlob> compileCpuBlob(mlir::ModuleOp module, const CpuLevel &level);

} // namespace dsc

#endif // DSC_COMPILER_EMIT_CPUBLOB_H
