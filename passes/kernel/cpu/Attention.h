// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Recognises attention groups and lays out the scratch memory of their kernel.

#ifndef DSC_PASSES_KERNEL_CPU_ATTENTION_H
#define DSC_PASSES_KERNEL_CPU_ATTENTION_H

#include "dialects/dsc/Dsc.h"
#include "passes/kernel/cpu/Epilogue.h"
#include <optional>
#include <string>

namespace dsc {

/// Fused attention of f32 with an elementwise tail.
struct AttentionSpec {
  EpilogueSpec epilogue;
  AttentionOp op;
  unsigned query, key, value; ///< operand numbers of the group
  std::optional<unsigned> mask;
  mlir::AffineExpr batch, heads, keyHeads, queries, keys;
  int64_t depth, valueDepth;
  bool headsInside; ///< [batch, sequence, heads, depth]

  /// Columns of the values, padded to whole panels.
  int64_t paddedDepth() const;
};

/// The attention of a group, or why the emitter does not take it.
llvm::FailureOr<AttentionSpec> matchAttention(GroupOp group, std::string &whyNot);

/// Queries of one tile of work: a multiple of the blocks of rows.
constexpr int64_t queriesPerTile = 210;
/// Keys whose scores are in scratch at once. Constant, so that a row's result does not depend on the lengths around.
constexpr int64_t keysPerBlock = 128;

/// Byte offsets in the kernel's scratch.
struct AttentionScratch {
  explicit AttentionScratch(const AttentionSpec &spec);
  int64_t keys;   ///< panels [keysPerBlock/32][depth][32]
  int64_t values; ///< panels [paddedDepth/32][keysPerBlock][32]
  int64_t scores; ///< [rowsPerBlock][keysPerBlock]
  int64_t sums;   ///< [queriesPerTile][paddedDepth]
  int64_t highest, totals; ///< [queriesPerTile] each
  int64_t bytes;
};

} // namespace dsc

#endif // DSC_PASSES_KERNEL_CPU_ATTENTION_H
