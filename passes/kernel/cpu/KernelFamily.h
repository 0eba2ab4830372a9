// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a family of CPU kernels is: a rule that says which groups it takes, and an emitter.

#ifndef DSC_PASSES_KERNEL_CPU_KERNELFAMILY_H
#define DSC_PASSES_KERNEL_CPU_KERNELFAMILY_H

#include "dialects/dsc/DscTarget.h"
#include "passes/kernel/KernelBuffers.h"
#include <string>

namespace dsc {

/// How the work of a group is cut, the same on every level.
struct KernelShape {
  /// The number of tiles as an expression of the module's symbols; the unit of the static partition.
  mlir::AffineExpr tiles;
  /// The smallest number of tiles that is worth a thread.
  int64_t grain = 1;
  /// Memory per thread, aligned to 64 bytes.
  int64_t scratchBytes = 0;
};

/// The rules that cut a group: one line for people each, empty where the family has no choice.
struct ScheduleReasons {
  llvm::StringRef work; ///< why these tiles; the same on every level
  llvm::StringRef tile; ///< why this register tile
};

/// The inside of a kernel while it is emitted. The builder stands in the function's entry block.
struct KernelBody : KernelBuffers {
  const CpuLevel &level;
  /// memref<scratchBytes x i8>; null if the kernel asked for none.
  mlir::Value scratch;
  /// The tiles to compute, index values.
  mlir::Value begin, end;
};

/// A family of kernels. Stateless; `match` and `emit` may run on several threads.
class KernelFamily {
public:
  virtual ~KernelFamily() = default;
  /// One lower-case word: "gemm", "pointwise", ...
  virtual llvm::StringRef name() const = 0;
  /// Whether the family takes the group, and how it cuts it; `whyNot` says why not. Emits no diagnostic.
  virtual llvm::FailureOr<KernelShape> match(GroupOp group, std::string &whyNot) const = 0;
  /// Why `match` cut a group that it took as it did, and how a level cuts its tiles further.
  virtual ScheduleReasons explain(GroupOp group, const CpuLevel &level) const { return {}; }
  /// Emits the code of tiles `[begin, end)` of a group that `match` took. On failure a diagnostic was emitted.
  virtual llvm::LogicalResult emit(GroupOp group, KernelBody &body) const = 0;
};

/// All families; the first that matches wins, the last takes everything that can be computed.
llvm::ArrayRef<const KernelFamily *> cpuKernelFamilies();

} // namespace dsc

#endif // DSC_PASSES_KERNEL_CPU_KERNELFAMILY_H
