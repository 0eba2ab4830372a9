// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One query of an attention op: its scores against keys, for every emitter that works element by element.

#ifndef DSC_PASSES_KERNEL_ELEMENTATTENTION_H
#define DSC_PASSES_KERNEL_ELEMENTATTENTION_H

#include "passes/kernel/Evaluator.h"

namespace dsc {

struct AttentionQuery {
  /// The query through `point` of the op's result, whose last coordinate does not matter.
  AttentionQuery(Evaluator &e, AttentionOp op, llvm::ArrayRef<Coord> point);

  int64_t headDim() { return op.getLayout() == HeadLayout::Bhsd ? 1 : 2; }
  int64_t sequenceDim() { return 3 - headDim(); }
  /// An element of query, key or value in this batch, in `sumType`.
  mlir::Value at(mlir::Value tensor, Coord h, Coord s, Coord d);
  /// The head of keys and values that the query's head shares.
  Coord sharedHead();
  /// Scaled, bent and masked; -infinity where the key is removed. The product of query and key may run in lanes.
  mlir::Value score(Coord key, bool inLanes);

  Evaluator &e;
  AttentionOp op;
  Coord batch, head, position;
  mlir::Type sumType;

private:
  mlir::Value masked(mlir::Value score, Coord key);
};

} // namespace dsc

#endif // DSC_PASSES_KERNEL_ELEMENTATTENTION_H
