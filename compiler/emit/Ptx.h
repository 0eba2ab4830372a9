// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From GPU kernels in the llvm and nvvm dialects to PTX text, and to cubins where there is a ptxas.

#ifndef DSC_COMPILER_EMIT_PTX_H
#define DSC_COMPILER_EMIT_PTX_H

#include "dialects/dsc/DscTarget.h"
#include "mlir/IR/BuiltinOps.h"
#include <string>
#include <vector>

namespace dsc {

/// What a launch must know of a kernel besides its arguments.
struct PtxEntry {
  std::string symbol;
  llvm::SmallVector<int64_t> block; ///< threads, three values
  int64_t sharedBytes;              ///< dynamic
};

struct PtxCode {
  std::string text;
  std::vector<PtxEntry> entries;
};

/// Compiles the module @cuda for the lowest architecture. On failure a diagnostic was emitted.
mlir::FailureOr<PtxCode> compilePtx(mlir::ModuleOp module);

/// What ptxas says of the kernels of one cubin together.
struct PtxasReport {
  int64_t registers = 0; ///< of the kernel that has the most
  int64_t spillBytes = 0, stackBytes = 0;
  std::vector<std::string> warnings;
};

/// The program that assembles PTX: `wanted` where given, else ptxas of PATH, CUDA_HOME or /usr/local/cuda; empty if there
/// is none.
std::string findPtxas(llvm::StringRef wanted);

/// Assembles for one architecture. On failure a diagnostic with the first line of ptxas was emitted.
mlir::FailureOr<std::vector<char>> assembleCubin(mlir::Location loc, llvm::StringRef ptxas, llvm::StringRef ptx,
                                                 const SmTarget &target, PtxasReport &report);

} // namespace dsc

#endif // DSC_COMPILER_EMIT_PTX_H
