// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Matrix products: loops over panels and rows around the register tile. Every element of the result is one chain of
// multiply-adds in the order of k, whatever M, the batch, the tiles or the threads are.

#include "passes/kernel/cpu/GemmEmitter.h"
#include "passes/kernel/cpu/Families.h"
#include "passes/kernel/cpu/KernelFamily.h"
#include "passes/kernel/cpu/PanelTranspose.h"
#include <memory>

using namespace mlir;

namespace dsc {

/// A transposed B is packed per panel into scratch of at most this many rows.
static constexpr int64_t maxPackedRows = 4096;

/// Whether the kernel makes the panels of B that it reads.
static bool packsPanels(const GemmSpec &spec) { return spec.transposed || (spec.hasBytes() && !spec.packed); }

WorkPlan planOf(const GemmSpec &spec) {
  GemmShape shape = spec.shape();
  if (packsPanels(spec)) // blocks of rows would pack every panel again
    shape.n = -1;
  return scheduleWork(shape);
}

GemmEmitter::GemmEmitter(const GemmSpec &spec, KernelBody &body, const DotAtom &atom)
    : spec(spec), body(body), m{body.b, body.loc}, atom(atom), tilePlan(scheduleTile(spec.shape(), body.level)),
      rowCount(body.dimValue(spec.m)), columnCount(body.dimValue(spec.n)), depth(body.dimValue(spec.k)),
      epilogue(spec.epilogue, body, atom, spec.parameters()), plan(planOf(spec)),
      limit(maxAccumulators(body.level.registers)) {}

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
  m.loop(body.begin, body.end, 1, [&](Value t) {
    Value unit = t;
    if (!spec.batch.empty()) {
      locateBatch(m.div(t, units));
      unit = m.rem(t, units);
    }
    if (byPanel)
      return emitPanel(unit, [&](function_ref<void(Value, int)> emitRows) {
        if (staticRows)
          sweepRows(m, m.constant(0), *staticRows, tilePlan.rows, emitRows);
        else
          sweepRows(m, m.constant(0), rowCount, tilePlan.rows, emitRows);
      });
    Value first = m.mul(unit, rowsPerBlock), last = m.min(m.add(first, rowsPerBlock), rowCount);
    auto sweep = [&](function_ref<void(Value, int)> emitRows) {
      sweepRows(m, first, last, tilePlan.rows, emitRows);
    };
    m.loop(m.constant(0), panels, 1, [&](Value panel) { emitPanel(panel, sweep); });
  });
}

void GemmEmitter::emitPanel(Value panel, Sweep sweep) {
  preparePanel(panel);
  Value first = m.mul(panel, panelColumns), left = m.sub(columnCount, first);
  branchOnTail(m, atom.lanes, left, getConstantDim(spec.n), [&](ArrayRef<Value> masks) {
    sweep([&](Value row, int rows) {
      prepareRows(row, rows);
      int perRow = std::max(1, limit / rows - extraFragments());
      splitColumns(m, atom.lanes, masks, rows, perRow * rows, [&](Value firstColumn, ArrayRef<Value> part) {
        SmallVector<Value> sums = sumTile({panel, row, rows, firstColumn, part});
        SmallVector<Fragment> fragments;
        for (auto [f, mask] : llvm::enumerate(part))
          fragments.push_back({m.add(m.add(first, firstColumn), f * atom.lanes), mask});
        epilogue.storeTile(sums, m.add(firstRow, row), fragments);
      });
    });
  });
}

namespace {
/// Products whose rows are f32: with weights of f32, also unpacked, or stored as bytes in panels.
class FloatGemm final : public GemmEmitter {
public:
  FloatGemm(const GemmSpec &spec, KernelBody &body, const DotAtom &atom) : GemmEmitter(spec, body, atom) {
    if (spec.transposed)
      packed = m.view(body.scratch, EpilogueEmitter::scratchBytes, m.b.getF32Type());
  }

private:
  void preparePanel(Value panel) override {
    if (!spec.transposed)
      return;
    Value first = m.mul(panel, panelColumns);
    Value valid = m.min(m.sub(columnCount, first), m.constant(panelColumns));
    transposeIntoPanel(m, body.flat[spec.rhs], m.add(bBase, m.mul(first, depth)), depth, valid, depth, packed,
                       m.constant(0));
  }

  SmallVector<Value> sumTile(const Tile &tile) override {
    TileInputs inputs;
    inputs.a = body.flat[spec.lhs];
    Value start = m.add(aBase, m.mul(tile.row, depth));
    for (int r = 0; r < tile.rows; ++r)
      inputs.rows.push_back(m.add(start, m.mul(depth, r)));
    Value base = m.add(bBase, m.add(m.mul(tile.panel, panelColumns), tile.firstColumn));
    inputs.b = body.flat[spec.rhs];
    inputs.step = columnCount;
    if (spec.packed) {
      Value first = m.mul(m.add(tile.panel, spec.firstPanel), m.mul(depth, panelColumns));
      base = m.add(m.add(bBase, first), tile.firstColumn);
    } else if (spec.transposed) {
      inputs.b = packed;
      base = tile.firstColumn;
    }
    bool panels = spec.packed || spec.transposed;
    if (panels)
      inputs.step = m.constant(panelColumns);
    for (auto [f, mask] : llvm::enumerate(tile.masks)) {
      inputs.columns.push_back(m.add(base, f * atom.lanes));
      inputs.masks.push_back(panels ? Value() : mask);
    }
    SmallVector<Value> sums = zeroTile(m, atom, tile.rows, tile.masks.size());
    return accumulate(m, atom, inputs, m.constant(0), depth, sums);
  }

  Value packed; ///< panel of a transposed B in scratch
};
} // namespace

FailureOr<KernelShape> shapeOfGemm(const GemmSpec &spec, std::string &whyNot) {
  std::optional<int64_t> depth = getConstantDim(spec.k);
  if (packsPanels(spec) && (!depth || *depth > maxPackedRows)) {
    whyNot = "a right operand to pack whose depth is not known or too large for scratch";
    return failure();
  }
  WorkPlan plan = planOf(spec);
  MLIRContext *context = spec.epilogue.anchor->getContext();
  bool byPanel = plan.unit == WorkUnit::Panel;
  AffineExpr size = getAffineConstantExpr(byPanel ? panelColumns : rowsPerBlock, context);
  KernelShape shape;
  shape.tiles = mulDims(productOfDims(spec.batch, context), ceilDivDims(byPanel ? spec.n : spec.m, size));
  shape.grain = plan.grain;
  if (spec.epilogue.isLong || spec.transposed || spec.hasBytes())
    shape.scratchBytes = EpilogueEmitter::scratchBytes;
  if (spec.hasBytes())
    shape.scratchBytes += quantizedScratchBytes(spec);
  else if (spec.transposed)
    shape.scratchBytes += *depth * panelColumns * 4;
  return shape;
}

ScheduleReasons explainGemm(const GemmSpec &spec, const CpuLevel &level) {
  return {planOf(spec).why, scheduleTile(spec.shape(), level).why};
}

void emitGemm(const GemmSpec &spec, KernelBody &body) {
  int lanes = body.level.lanes;
  if (spec.hasBytes())
    return emitQuantizedGemm(spec, body);
  if (spec.quantized)
    return FloatGemm(spec, body, StoredWeightAtom(lanes)).emit();
  FloatGemm(spec, body, F32Atom(lanes)).emit();
}

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
