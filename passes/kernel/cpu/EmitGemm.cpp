// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Matrix products: loops over panels and rows around the register tile. Every element of the result is one chain of
// multiply-adds in the order of k, whatever M, the batch, the tiles or the threads are.

#include "passes/kernel/cpu/Contraction.h"
#include "passes/kernel/cpu/Families.h"
#include "passes/kernel/cpu/KernelFamily.h"
#include "passes/kernel/cpu/PanelTranspose.h"
#include "passes/kernel/cpu/RegisterTile.h"

using namespace mlir;

namespace dsc {

namespace {
/// A transposed B is packed per panel into scratch of at most this many rows.
constexpr int64_t maxPackedRows = 4096;

WorkPlan planOf(const GemmSpec &spec) {
  GemmShape shape = spec.shape();
  if (spec.transposed) // blocks of rows would pack every panel again
    shape.n = -1;
  return scheduleWork(shape);
}

class GemmEmitter {
public:
  GemmEmitter(const GemmSpec &spec, KernelBody &body)
      : spec(spec), body(body), m{body.b, body.loc}, atom(body.level.lanes),
        epilogue(spec.epilogue, body, atom, spec.bias ? body.flat[*spec.bias] : Value()), plan(planOf(spec)), tile(scheduleTile(spec.shape(), body.level)),
        limit(maxAccumulators(body.level.registers)), rowCount(body.dimValue(spec.m)),
        columnCount(body.dimValue(spec.n)), depth(body.dimValue(spec.k)) {}

  void emit();

private:
  /// Calls `emitTile` for tiles that cover the rows of the current unit.
  using Sweep = function_ref<void(function_ref<void(Value, int)>)>;

  void locateBatch(Value batch);
  void emitPanel(Value panel, Sweep sweep);
  void emitTile(Value panel, Value row, int rows, Value firstColumn, ArrayRef<Value> masks);
  void packPanel(Value panel);

  const GemmSpec &spec;
  KernelBody &body;
  IndexMath m;
  F32Atom atom;
  EpilogueEmitter epilogue;
  WorkPlan plan;
  TilePlan tile;
  int limit;
  Value rowCount, columnCount, depth;
  /// Where the current batch element starts: row number of the result, elements of A and B.
  Value firstRow, aBase, bBase;
  Value packed; ///< panel of a transposed B in scratch
};

void GemmEmitter::locateBatch(Value batch) {
  Value aIndex = m.constant(0), bIndex = m.constant(0), aStride = m.constant(1), bStride = m.constant(1);
  Value rest = batch;
  for (int d = spec.batch.size() - 1; d >= 0; --d) {
    Value size = body.dimValue(spec.batch[d]), index = m.rem(rest, size);
    rest = m.div(rest, size);
    auto advance = [&](AffineExpr dim, Value &offset, Value &stride) {
      if (getConstantDim(dim) != 1)
        offset = m.add(offset, m.mul(index, stride));
      stride = m.mul(stride, body.dimValue(dim));
    };
    advance(spec.lhsBatch[d], aIndex, aStride);
    advance(spec.rhsBatch[d], bIndex, bStride);
  }
  Value panels = m.ceilDiv(columnCount, panelColumns);
  Value bRow = spec.packed ? m.mul(panels, panelColumns) : columnCount;
  firstRow = m.mul(batch, rowCount);
  aBase = m.mul(aIndex, m.mul(rowCount, depth));
  bBase = m.mul(bIndex, m.mul(bRow, depth));
}

void GemmEmitter::emit() {
  Value panels = m.ceilDiv(columnCount, panelColumns);
  bool byPanel = plan.unit == WorkUnit::Panel;
  Value units = byPanel ? panels : m.ceilDiv(rowCount, rowsPerBlock);
  std::optional<int64_t> staticRows = getConstantDim(spec.m);
  firstRow = aBase = bBase = m.constant(0);
  if (spec.transposed)
    packed = m.view(body.scratch, EpilogueEmitter::scratchBytes, m.b.getF32Type());
  m.loop(body.begin, body.end, 1, [&](Value t) {
    Value unit = t;
    if (!spec.batch.empty()) {
      locateBatch(m.div(t, units));
      unit = m.rem(t, units);
    }
    if (byPanel)
      return emitPanel(unit, [&](function_ref<void(Value, int)> emitRows) {
        if (staticRows)
          sweepRows(m, m.constant(0), *staticRows, tile.rows, emitRows);
        else
          sweepRows(m, m.constant(0), rowCount, tile.rows, emitRows);
      });
    Value first = m.mul(unit, rowsPerBlock), last = m.min(m.add(first, rowsPerBlock), rowCount);
    auto sweep = [&](function_ref<void(Value, int)> emitRows) {
      sweepRows(m, first, last, tile.rows, emitRows);
    };
    m.loop(m.constant(0), panels, 1, [&](Value panel) { emitPanel(panel, sweep); });
  });
}

void GemmEmitter::emitPanel(Value panel, Sweep sweep) {
  if (spec.transposed)
    packPanel(panel);
  Value left = m.sub(columnCount, m.mul(panel, panelColumns));
  branchOnTail(m, atom.lanes, left, getConstantDim(spec.n), [&](ArrayRef<Value> masks) {
    sweep([&](Value row, int rows) {
      splitColumns(m, atom.lanes, masks, rows, limit, [&](Value firstColumn, ArrayRef<Value> part) {
        emitTile(panel, row, rows, firstColumn, part);
      });
    });
  });
}

void GemmEmitter::emitTile(Value panel, Value row, int rows, Value firstColumn, ArrayRef<Value> masks) {
  Value column = m.add(m.mul(panel, panelColumns), firstColumn);
  TileInputs inputs;
  inputs.a = body.flat[spec.lhs];
  Value start = m.add(aBase, m.mul(row, depth));
  for (int r = 0; r < rows; ++r)
    inputs.rows.push_back(m.add(start, m.mul(depth, r)));
  Value base = m.add(bBase, column);
  inputs.b = body.flat[spec.rhs];
  inputs.step = columnCount;
  if (spec.packed) {
    Value first = m.mul(m.add(panel, spec.firstPanel), m.mul(depth, panelColumns));
    base = m.add(m.add(bBase, first), firstColumn);
  } else if (spec.transposed) {
    inputs.b = packed;
    base = firstColumn;
  }
  bool panels = spec.packed || spec.transposed;
  if (panels)
    inputs.step = m.constant(panelColumns);
  SmallVector<Fragment> fragments;
  for (auto [f, mask] : llvm::enumerate(masks)) {
    inputs.columns.push_back(m.add(base, f * atom.lanes));
    inputs.masks.push_back(panels ? Value() : mask);
    fragments.push_back({m.add(column, f * atom.lanes), mask});
  }
  SmallVector<Value> sums = zeroTile(m, atom, rows, masks.size());
  sums = accumulate(m, atom, inputs, m.constant(0), depth, sums);
  epilogue.storeTile(sums, m.add(firstRow, row), fragments);
}

void GemmEmitter::packPanel(Value panel) {
  Value first = m.mul(panel, panelColumns);
  Value valid = m.min(m.sub(columnCount, first), m.constant(panelColumns));
  transposeIntoPanel(m, body.flat[spec.rhs], m.add(bBase, m.mul(first, depth)), depth, valid, depth, packed,
                     m.constant(0));
}

} // namespace

FailureOr<KernelShape> shapeOfGemm(const GemmSpec &spec, std::string &whyNot) {
  std::optional<int64_t> depth = getConstantDim(spec.k);
  if (spec.transposed && (!depth || *depth > maxPackedRows)) {
    whyNot = "a transposed right operand whose depth is not known or too large for scratch";
    return failure();
  }
  WorkPlan plan = planOf(spec);
  MLIRContext *context = spec.epilogue.anchor->getContext();
  bool byPanel = plan.unit == WorkUnit::Panel;
  AffineExpr size = getAffineConstantExpr(byPanel ? panelColumns : rowsPerBlock, context);
  KernelShape shape;
  shape.tiles = mulDims(productOfDims(spec.batch, context), ceilDivDims(byPanel ? spec.n : spec.m, size));
  shape.grain = plan.grain;
  if (spec.epilogue.isLong || spec.transposed)
    shape.scratchBytes = EpilogueEmitter::scratchBytes;
  if (spec.transposed)
    shape.scratchBytes += *depth * panelColumns * 4;
  return shape;
}

ScheduleReasons explainGemm(const GemmSpec &spec, const CpuLevel &level) {
  return {planOf(spec).why, scheduleTile(spec.shape(), level).why};
}

void emitGemm(const GemmSpec &spec, KernelBody &body) { GemmEmitter(spec, body).emit(); }

namespace {
class GemmFamily final : public KernelFamily {
public:
  StringRef name() const override { return "gemm"; }

  FailureOr<KernelShape> match(GroupOp group, std::string &whyNot) const override {
    FailureOr<GemmSpec> spec = matchGemm(group, whyNot);
    if (failed(spec))
      return failure();
    return shapeOfGemm(*spec, whyNot);
  }

  ScheduleReasons explain(GroupOp group, const CpuLevel &level) const override {
    std::string whyNot;
    return explainGemm(*matchGemm(group, whyNot), level);
  }

  LogicalResult emit(GroupOp group, KernelBody &body) const override {
    std::string whyNot;
    FailureOr<GemmSpec> spec = matchGemm(group, whyNot);
    assert(succeeded(spec) && "expected a group that `match` took");
    emitGemm(*spec, body);
    return success();
  }
};
} // namespace

const KernelFamily &gemmFamily() {
  static const GemmFamily family;
  return family;
}

} // namespace dsc
