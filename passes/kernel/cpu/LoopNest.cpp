// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Decides loop order, tiles and lanes from the ops of a group.

#include "passes/kernel/cpu/LoopNest.h"

#include "passes/kernel/Evaluator.h"
#include "passes/kernel/Lanes.h"

using namespace mlir;

namespace dsc {
namespace {

/// Elements that are worth a thread of their own.
constexpr int64_t elementsPerThread = 16384;
/// Elements of one tile of a flat loop.
constexpr int64_t blockElements = 2048;

} // namespace

LoopNest planLoops(Value result, bool fast) {
  LoopNest nest;
  int64_t rank = typeOf(result).getRank(), last = rank - 1;
  MLIRContext *context = result.getContext();
  SmallVector<int64_t> rows = findRowAxes(result);
  bool shortRow = rank == 0 || (!ShapedType::isDynamic(typeOf(result).getDimSize(last)) &&
                                typeOf(result).getDimSize(last) < cpuRunLength);
  nest.inLanes = fast && !shortRow && canRunInLanes(result, last);
  Dims dims = getDims(result), outer;
  for (int64_t d = 0; d < rank; ++d) {
    // One element after the other, a tile is a row of the last dimension, unless rows lie across it.
    bool inTile = llvm::is_contained(rows, d) || (d == last && (nest.inLanes || (rank > 1 && rows.empty())));
    if (!inTile) {
      nest.outer.push_back(d);
      outer.push_back(dims[d]);
    } else if (d != last || !nest.inLanes) {
      nest.inner.push_back(d);
    }
  }
  nest.tiles = productOfDims(outer, context);
  if (rank == 1 && rows.empty() && nest.inLanes) {
    nest.block = blockElements;
    nest.tiles = ceilDivDims(dims[0], getAffineConstantExpr(nest.block, context));
  }
  return nest;
}

KernelShape shapeOfLoops(GroupOp group, bool fast) {
  KernelShape shape;
  shape.tiles = getAffineConstantExpr(0, group.getContext());
  int64_t perTile = 1;
  for (Value result : group.getYield().getResults()) {
    LoopNest nest = planLoops(result, fast);
    shape.tiles = addDims(shape.tiles, nest.tiles);
    int64_t elements = std::max<int64_t>(nest.block, 1);
    for (int64_t d = 0; d < typeOf(result).getRank(); ++d)
      if (!llvm::is_contained(nest.outer, d) && !nest.block)
        elements *= ShapedType::isDynamic(typeOf(result).getDimSize(d)) ? 64 : typeOf(result).getDimSize(d);
    perTile = std::max(perTile, elements);
  }
  shape.grain = std::max<int64_t>(1, elementsPerThread / perTile);
  return shape;
}

} // namespace dsc
