// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Matrix products of integers: exact sums of bytes, with zero points taken out through the sums of columns and rows.

#include "passes/kernel/cpu/ByteTile.h"
#include "passes/kernel/cpu/GemmEmitter.h"

using namespace mlir;

namespace dsc {

namespace {
/// Where things lie in scratch, behind the tail's part.
struct GemmScratch {
  explicit GemmScratch(int64_t depth)
      : planeBytes(llvm::alignTo(depth, 4)), panelBytes(llvm::divideCeil(depth, 4) * panelColumns * 4) {
    // Rows a multiple of 1 KiB apart would share cache sets.
    rowBytes = llvm::alignTo(2 * planeBytes, 64);
    if (rowBytes % 1024 == 0)
      rowBytes += 64;
    rows = EpilogueEmitter::scratchBytes;
    panel = rows + maxRows * rowBytes;
    packed = panel + 2 * panelBytes;
    end = packed + panelBytes + panelColumns * 4;
  }
  static constexpr int64_t maxRows = 14;
  int64_t planeBytes, panelBytes, rowBytes, rows, panel, packed, end;
};

class QuantizedGemm final : public GemmEmitter {
public:
  QuantizedGemm(const GemmSpec &spec, KernelBody &body, const ByteAtom &atom)
      : GemmEmitter(spec, body, atom), bytes(body, atom, *spec.quantized), scratch(*getConstantDim(spec.k)),
        inPlace(bytes.readsRowsInPlace() && *getConstantDim(spec.k) % 4 == 0) {}

private:
  int extraFragments() const override { return bytes.sumsRows(); }

  /// The panels: weights that were packed, or one that the kernel packs.
  Value panels() { return spec.packed ? body.flat[spec.rhs] : body.scratch; }
  Value panelStart(Value panel) {
    if (!spec.packed)
      return m.constant(scratch.packed);
    return m.mul(m.add(panel, spec.firstPanel), scratch.panelBytes + panelColumns * 4);
  }

  void preparePanel(Value panel) override {
    if (!spec.packed) {
      Value first = m.mul(panel, panelColumns), one = m.constant(1);
      Value columns = m.min(m.sub(columnCount, first), m.constant(panelColumns));
      Value kStride = spec.transposed ? one : columnCount, columnStride = spec.transposed ? depth : one;
      Value from = m.add(bBase, m.mul(first, columnStride));
      bytes.packPanel({body.flat[spec.rhs], from, columns, kStride, columnStride}, *getConstantDim(spec.k),
                      m.constant(scratch.packed));
    }
    if (bytes.planes() == 2)
      bytes.widenPanel(panels(), panelStart(panel), scratch.panelBytes, m.constant(scratch.panel));
  }

  void prepareRows(Value row, int rows) override {
    if (inPlace)
      return;
    m.loop(rows, [&](Value r) {
      bytes.copyRow(body.flat[spec.lhs], m.add(aBase, m.mul(m.add(row, r), depth)), depth, m.constant(scratch.rows),
                    m.mul(r, scratch.rowBytes), scratch.planeBytes);
    });
  }

  SmallVector<Value> sumTile(const Tile &tile) override {
    Value weights = panelStart(tile.panel), column = m.mul(tile.firstColumn, 4);
    Value row = m.add(firstRow, tile.row);
    SmallVector<Value> sums = bytes.startTile(panels(), row, tile.rows,
                                              m.add(m.add(weights, scratch.panelBytes), column), tile.masks.size());
    sums = bytes.forPlanes(sums, [&](Value plane, ValueRange carried) {
      return accumulate(m, atom, inputsOf(tile, plane, m.add(weights, column), column), m.constant(0),
                        m.constant(scratch.planeBytes / 4), carried);
    });
    Value first = m.add(m.mul(tile.panel, panelColumns), tile.firstColumn);
    return bytes.finishTile(sums, row, tile.rows, first, tile.masks, depth);
  }

  TileInputs inputsOf(const Tile &tile, Value plane, Value weights, Value column) {
    TileInputs inputs;
    inputs.a = inPlace ? body.flat[spec.lhs] : body.scratch;
    for (int r = 0; r < tile.rows; ++r)
      inputs.rows.push_back(inPlace ? m.add(aBase, m.mul(m.add(tile.row, r), depth))
                                    : m.add(m.mul(plane, scratch.planeBytes), scratch.rows + r * scratch.rowBytes));
    bool isWidened = bytes.planes() == 2;
    inputs.b = isWidened ? body.scratch : panels();
    Value base = isWidened ? m.add(m.add(column, m.mul(plane, scratch.panelBytes)), scratch.panel) : weights;
    bytes.addColumns(inputs, base, tile.masks.size());
    return inputs;
  }

  ByteTile bytes;
  GemmScratch scratch;
  bool inPlace;
};
} // namespace

int64_t quantizedScratchBytes(const GemmSpec &spec) {
  return GemmScratch(*getConstantDim(spec.k)).end - EpilogueEmitter::scratchBytes;
}

void emitQuantizedGemm(const GemmSpec &spec, KernelBody &body) {
  ByteAtom atom(body.level.lanes, body.level.vnni);
  QuantizedGemm(spec, body, atom).emit();
}

} // namespace dsc
