// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Kernels whose threads compute one run of neighbouring elements of a result each, by the element rules.

#include "passes/kernel/gpu/ElementsFamily.h"

#include "dialects/dsc/DscRoles.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "passes/kernel/CollapseDims.h"
#include "passes/kernel/Evaluator.h"
#include "passes/kernel/IndexMath.h"
#include "passes/kernel/Lanes.h"

using namespace mlir;

namespace dsc {
namespace {

/// How the elements of one result are spread over threads: an item is a run of `lanes` along the last dimension.
struct Spread {
  int64_t lanes = 1;
  /// Whether the last item of the one dimension may have fewer elements.
  bool hasTail = false;
  AffineExpr items;
};

Spread spreadOf(Value result, int64_t lanes) {
  Spread spread;
  Dims dims = getDims(result);
  MLIRContext *context = result.getContext();
  int64_t rank = rankOf(result);
  if (rank != 0 && lanes > 1 && canRunInLanes(result, rank - 1)) {
    std::optional<int64_t> last = getConstantDim(dims.back());
    bool isWhole = last && *last % lanes == 0;
    if (isWhole || rank == 1) {
      spread.lanes = lanes;
      spread.hasTail = !isWhole;
      dims.back() = ceilDivDims(dims.back(), getAffineConstantExpr(lanes, context));
    }
  }
  spread.items = productOfDims(dims, context);
  return spread;
}

/// Emits one result, for the item numbers of this thread that fall on it.
struct ResultEmitter {
  Evaluator &e;
  IndexMath m;
  unsigned position;
  Value tensor;
  Spread spread;

  void storeAt(ArrayRef<Coord> point) { e.store(position, point, e.element(tensor, point)); }

  void elementsOneByOne(Value begin, Value end) {
    e.loop(begin, end, {}, [&](Value index, ValueRange) -> SmallVector<Value> {
      storeAt({{index}});
      return {};
    });
  }

  void item(Value number) {
    SmallVector<Value> extents = e.sizes(tensor);
    if (spread.lanes == 1)
      return storeAt(extents.empty() ? Point() : e.delinearize({number}, extents));
    Value lanes = m.constant(spread.lanes);
    auto run = [&](Point point) {
      point.back() = {m.mul(point.back().value, lanes), 1};
      e.vectorized = true;
      storeAt(point);
      e.vectorized = false;
    };
    if (!spread.hasTail) {
      extents.back() = m.div(extents.back(), lanes);
      return run(e.delinearize({number}, extents));
    }
    Value first = m.mul(number, lanes), last = m.add(first, lanes);
    e.branch(
        m.less(extents[0], last), [&] { elementsOneByOne(first, extents[0]); }, [&] { run({{number}}); });
  }
};

struct ElementsFamily : GpuFamily {
  StringRef name() const override { return "elements"; }

  FailureOr<GpuShape> match(GroupOp group, std::string &whyNot) const override {
    const char *reason = whyNoElements(group);
    // An element alone would compute the statistics of its whole row.
    if (!reason && llvm::any_of(*group.getBlock(), llvm::IsaPred<RowOpInterface, GroupNormOp>))
      reason = "statistics of rows";
    if (reason) {
      whyNot = reason;
      return failure();
    }
    CollapsedGroup collapsed(group);
    GpuShape shape;
    shape.runLength = lanesOf(group);
    AffineExpr items = getAffineConstantExpr(0, group.getContext());
    for (Value result : collapsed.get().getYield().getResults())
      items = addDims(items, spreadOf(result, shape.runLength).items);
    shape.blocks = ceilDivDims(items, getAffineConstantExpr(shape.threads, group.getContext()));
    return shape;
  }

  LogicalResult emit(GroupOp original, GpuBody &body) const override {
    CollapsedGroup collapsed(original);
    GroupOp group = collapsed.get();
    Evaluator e(group, body);
    IndexMath m{body.b, body.loc};
    Value number = m.add(m.mul(body.block, m.constant(body.threads)), body.thread);
    for (auto [i, tensor] : llvm::enumerate(group.getYield().getResults())) {
      ResultEmitter emitter{e, m, unsigned(i), tensor, spreadOf(tensor, body.runLength)};
      Value count = body.dimValue(emitter.spread.items);
      Value inside = m.less(number, count);
      if (i != 0)
        inside = arith::AndIOp::create(body.b, body.loc, inside, m.atLeast(number, 0));
      e.branch(inside, [&] { emitter.item(number); });
      number = m.sub(number, count);
    }
    return failure(e.failed);
  }
};

} // namespace

int64_t lanesOf(GroupOp group) {
  int64_t bytes = 1;
  for (Type type : llvm::concat<const Type>(llvm::to_vector(group.getOperandTypes()),
                                            llvm::to_vector(group.getResultTypes())))
    bytes = std::max<int64_t>(bytes, (cast<RankedTensorType>(type).getElementTypeBitWidth() + 7) / 8);
  return gpuAlignment / bytes;
}

const char *whyNoElements(GroupOp group) {
  for (Operation &op : *group.getBlock()) {
    if (isAnchor(&op))
      return "a contraction";
    if (isa<CumsumOp, TopKOp, ScatterElementsOp, ScatterNdOp, TensorScatterOp>(op))
      return "an op whose elements depend on each other";
  }
  return nullptr;
}

const GpuFamily &gpuElementsFamily() {
  static const ElementsFamily family;
  return family;
}

} // namespace dsc
