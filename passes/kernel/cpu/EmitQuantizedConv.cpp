// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Convolutions of integers: the pixels that a block of output rows reads are copied to a patch whose padding holds the
// zero point, so that every tap of every pixel is inside, and the register tile of the matrix product runs over it.

#include "passes/kernel/cpu/ByteTile.h"

using namespace mlir;

namespace dsc {

namespace {
/// Output pixels of a unit that fill the register tiles of every level.
constexpr int64_t pixelsPerUnit = 28;
/// Output columns of a unit where the width is not known, or large.
constexpr int64_t maxColumns = 112;

/// The block of output pixels of a unit, its patch, and where things lie in scratch behind the tail's part.
struct Patch {
  explicit Patch(const ConvSpec &spec) {
    std::optional<int64_t> width = getConstantDim(spec.outWidth);
    outColumns = width ? std::min(std::max<int64_t>(*width, 1), maxColumns) : maxColumns;
    isWhole = width && *width <= maxColumns;
    outRows = isWhole ? std::max<int64_t>(1, llvm::divideCeil(pixelsPerUnit, outColumns)) : 1;
    if (std::optional<int64_t> height = getConstantDim(spec.outHeight))
      outRows = std::clamp<int64_t>(*height, 1, outRows);
    int64_t out[2] = {outRows, outColumns};
    for (int d = 0; d < 2; ++d) {
      // A kernel of 1 skips pixels that no output reads.
      sourceStep[d] = spec.kernel[d] == 1 ? spec.stride[d] : 1;
      outStep[d] = spec.kernel[d] == 1 ? 1 : spec.stride[d];
      size[d] = (out[d] - 1) * outStep[d] + (spec.kernel[d] - 1) * spec.dilation[d] + 1;
    }
    pixelBytes = llvm::alignTo(spec.channels, 4);
    rowBytes = size[1] * pixelBytes;
    planeBytes = size[0] * rowBytes;
    panelBytes = spec.kernel[0] * spec.kernel[1] * pixelBytes * panelColumns;
    start = EpilogueEmitter::scratchBytes;
    panel = start + llvm::alignTo(2 * planeBytes, 64);
    end = panel + 2 * panelBytes;
  }
  int64_t outRows, outColumns;
  bool isWhole; ///< whether a unit covers whole rows
  int64_t sourceStep[2], outStep[2], size[2];
  int64_t pixelBytes, rowBytes, planeBytes, panelBytes;
  int64_t start, panel, end;
};

class QuantizedConv {
public:
  QuantizedConv(const ConvSpec &spec, KernelBody &body, const ByteAtom &atom)
      : spec(spec), body(body), m{body.b, body.loc}, atom(atom), bytes(body, atom, *spec.quantized), patch(spec),
        epilogue(spec.epilogue, body, atom, spec.parameters()), tileRows(scheduleTile(spec.shape(), body.level).rows),
        limit(maxAccumulators(body.level.registers)) {
    for (int d = 0; d < 2; ++d) {
      in[d] = body.dimValue(d == 0 ? spec.inHeight : spec.inWidth);
      out[d] = body.dimValue(d == 0 ? spec.outHeight : spec.outWidth);
    }
  }

  void emit();

private:
  /// Where the current panel starts in the weights; the sums of its columns stand behind it.
  Value panelStart() { return m.mul(panel, patch.panelBytes + panelColumns * 4); }
  void emitBlock(ArrayRef<Value> masks, Value firstX, Value columns);
  void copyPatch(Value firstX, Value columns);
  void copyPatchRow(Value patchRow, Value sourceRow, Value firstX, Value columns);
  void fill(Value pixels, Value at);
  void emitTile(Value firstPixel, int pixels, Value firstX, Value firstColumn, ArrayRef<Value> masks);
  SmallVector<Value> sumTaps(Value plane, ArrayRef<Value> pixels, Value firstColumn, ValueRange sums);

  const ConvSpec &spec;
  KernelBody &body;
  IndexMath m;
  const ByteAtom &atom;
  ByteTile bytes;
  Patch patch;
  EpilogueEmitter epilogue;
  int tileRows, limit;
  Value in[2], out[2];
  /// The current image, panel (of all groups), its first column of the result and first input channel, first output row
  /// and number of rows.
  Value image, panel, firstResult, firstChannel, firstY, rows;
};

void QuantizedConv::emit() {
  int64_t perGroup = llvm::divideCeil(spec.outputs, panelColumns);
  Value blocks = m.ceilDiv(out[0], patch.outRows);
  m.loop(body.begin, body.end, 1, [&](Value t) {
    Value rest = m.div(t, blocks), panels = m.constant(spec.groups * perGroup);
    firstY = m.mul(m.rem(t, blocks), patch.outRows);
    rows = m.min(m.sub(out[0], firstY), m.constant(patch.outRows));
    panel = m.rem(rest, panels);
    image = m.div(rest, panels);
    Value group = m.div(panel, m.constant(perGroup)), column = m.mul(m.rem(panel, m.constant(perGroup)), panelColumns);
    firstResult = m.add(m.mul(group, spec.outputs), column);
    firstChannel = m.mul(group, spec.channels);
    if (bytes.planes() == 2)
      bytes.widenPanel(body.flat[spec.weight], panelStart(), patch.panelBytes, m.constant(patch.panel));
    Value left = m.sub(m.constant(spec.outputs), column);
    m.loop(m.constant(0), out[1], patch.outColumns, [&](Value firstX) {
      Value columns = patch.isWhole ? out[1] : m.min(m.sub(out[1], firstX), m.constant(patch.outColumns));
      copyPatch(firstX, columns);
      branchOnTail(m, atom.lanes, left, spec.outputs, [&](ArrayRef<Value> masks) { emitBlock(masks, firstX, columns); });
    });
  });
}

void QuantizedConv::copyPatch(Value firstX, Value columns) {
  Value needed = m.add(m.mul(m.add(rows, -1), patch.outStep[0]), (spec.kernel[0] - 1) * spec.dilation[0] + 1);
  m.loop(m.constant(0), needed, 1, [&](Value r) {
    Value y = m.add(m.mul(firstY, spec.stride[0]), m.mul(r, patch.sourceStep[0]));
    y = m.add(y, -spec.padBefore[0]);
    Value wide = m.add(m.mul(m.add(columns, -1), patch.outStep[1]), (spec.kernel[1] - 1) * spec.dilation[1] + 1);
    if (!spec.hasPadding[0])
      return copyPatchRow(r, y, firstX, wide);
    Value isInside = arith::AndIOp::create(m.b, m.loc, m.atLeast(y, 0), m.less(y, in[0]));
    m.branch(isInside, [&] { copyPatchRow(r, y, firstX, wide); }, [&] { fill(wide, m.mul(r, patch.rowBytes)); });
  });
}

void QuantizedConv::copyPatchRow(Value patchRow, Value sourceRow, Value firstX, Value columns) {
  Value at = m.mul(patchRow, patch.rowBytes), start = m.constant(patch.start), begin = m.constant(0), end = columns;
  Value x = m.add(m.mul(firstX, spec.stride[1]), -spec.padBefore[1]);
  if (spec.hasPadding[1]) { // x + i*step must lie in [0, in)
    begin = m.min(m.ceilDiv(m.sub(m.constant(0), x), patch.sourceStep[1]), columns);
    end = m.max(begin, m.min(m.ceilDiv(m.sub(in[1], x), patch.sourceStep[1]), columns));
    fill(begin, at);
    fill(m.sub(columns, end), m.add(at, m.mul(end, patch.pixelBytes)));
  }
  int64_t channels = spec.inputChannels();
  Value source = m.add(m.mul(m.add(m.mul(image, in[0]), sourceRow), in[1]), x);
  auto sourceOf = [&](Value i) {
    return m.add(m.mul(m.add(source, m.mul(i, patch.sourceStep[1])), channels), firstChannel);
  };
  if (patch.sourceStep[1] == 1 && spec.groups == 1 && channels == patch.pixelBytes)
    return bytes.copyRow(body.flat[spec.input], sourceOf(begin), m.mul(m.sub(end, begin), channels), start,
                         m.add(at, m.mul(begin, channels)), patch.planeBytes);
  m.loop(begin, end, 1, [&](Value i) {
    bytes.copyRow(body.flat[spec.input], sourceOf(i), m.constant(spec.channels), start,
                  m.add(at, m.mul(i, patch.pixelBytes)), patch.planeBytes);
  });
}

void QuantizedConv::fill(Value pixels, Value at) {
  Value start = m.constant(patch.start);
  int64_t groups = patch.pixelBytes / 4, valid = spec.channels % 4;
  if (valid == 0)
    return bytes.fillZeroPoint(m.mul(pixels, groups), 4, start, at, patch.planeBytes);
  m.loop(m.constant(0), pixels, 1, [&](Value i) {
    Value pixel = m.add(at, m.mul(i, patch.pixelBytes));
    bytes.fillZeroPoint(m.constant(groups - 1), 4, start, pixel, patch.planeBytes);
    bytes.fillZeroPoint(m.constant(1), valid, start, m.add(pixel, (groups - 1) * 4), patch.planeBytes);
  });
}

void QuantizedConv::emitBlock(ArrayRef<Value> masks, Value firstX, Value columns) {
  auto emitRows = [&](Value firstPixel, int pixels) {
    int perRow = std::max(1, limit / pixels - int(bytes.sumsRows()));
    splitColumns(m, atom.lanes, masks, pixels, perRow * pixels, [&](Value firstColumn, ArrayRef<Value> part) {
      emitTile(firstPixel, pixels, firstX, firstColumn, part);
    });
  };
  Value pixels = m.mul(rows, columns);
  int64_t whole = patch.outRows * patch.outColumns;
  auto sweepWhole = [&] { sweepRows(m, m.constant(0), whole, tileRows, emitRows); };
  auto sweepRest = [&] { sweepRows(m, m.constant(0), pixels, tileRows, emitRows); };
  std::optional<int64_t> height = getConstantDim(spec.outHeight);
  if (!patch.isWhole)
    return sweepRest();
  if (patch.outRows == 1 || (height && *height % patch.outRows == 0))
    return sweepWhole();
  m.branch(m.less(pixels, m.constant(whole)), sweepRest, sweepWhole);
}

void QuantizedConv::emitTile(Value firstPixel, int pixels, Value firstX, Value firstColumn, ArrayRef<Value> masks) {
  SmallVector<Value> places;
  for (int p = 0; p < pixels; ++p) {
    Value number = m.add(firstPixel, p), row = m.constant(0), column = number;
    if (patch.outRows > 1) {
      row = m.div(number, m.constant(patch.outColumns));
      column = m.rem(number, m.constant(patch.outColumns));
    }
    places.push_back(m.add(m.mul(row, patch.outStep[0] * patch.rowBytes), m.mul(column, patch.outStep[1] * patch.pixelBytes)));
  }
  Value sumsAt = m.add(m.add(panelStart(), patch.panelBytes), m.mul(firstColumn, 4));
  SmallVector<Value> sums = bytes.startTile(body.flat[spec.weight], m.constant(0), pixels, sumsAt, masks.size());
  sums = bytes.forPlanes(sums, [&](Value plane, ValueRange carried) {
    return sumTaps(plane, places, firstColumn, carried);
  });
  Value depth = m.constant(spec.kernel[0] * spec.kernel[1] * spec.channels);
  Value column = m.add(firstResult, firstColumn);
  sums = bytes.finishTile(sums, m.constant(0), pixels, column, masks, depth);
  SmallVector<Fragment> fragments;
  for (auto [f, mask] : llvm::enumerate(masks))
    fragments.push_back({m.add(column, f * atom.lanes), mask});
  Value row = m.add(m.mul(m.add(m.mul(image, out[0]), firstY), out[1]), m.add(firstX, firstPixel));
  epilogue.storeTile(sums, row, fragments);
}

SmallVector<Value> QuantizedConv::sumTaps(Value plane, ArrayRef<Value> pixels, Value firstColumn, ValueRange sums) {
  size_t fragments = sums.size() / pixels.size() - bytes.sumsRows();
  int64_t tapBytes = patch.pixelBytes * panelColumns;
  bool isWidened = bytes.planes() == 2;
  Value weights = m.add(isWidened ? m.add(m.mul(plane, patch.panelBytes), patch.panel) : panelStart(),
                        m.mul(firstColumn, 4));
  auto run = [&](Value kh, Value kw, int64_t taps, ValueRange carried) {
    TileInputs inputs;
    inputs.a = body.scratch;
    inputs.b = isWidened ? body.scratch : body.flat[spec.weight];
    Value from = m.add(m.mul(kh, spec.dilation[0] * patch.rowBytes), m.mul(kw, spec.dilation[1] * patch.pixelBytes));
    from = m.add(m.add(from, m.mul(plane, patch.planeBytes)), patch.start);
    for (Value pixel : pixels)
      inputs.rows.push_back(m.add(pixel, from));
    Value tap = m.add(weights, m.mul(m.add(m.mul(kh, spec.kernel[1]), kw), tapBytes));
    bytes.addColumns(inputs, tap, fragments);
    return accumulate(m, atom, inputs, m.constant(0), m.constant(taps * patch.pixelBytes / 4), carried);
  };
  auto runRow = [&](Value kh, ValueRange carried) {
    if (spec.dilation[1] == 1 || spec.kernel[1] == 1) // taps side by side are one run
      return run(kh, m.constant(0), spec.kernel[1], carried);
    return m.loop(m.constant(0), m.constant(spec.kernel[1]), 1, carried,
                  [&](Value kw, ValueRange inner) { return run(kh, kw, 1, inner); });
  };
  if (spec.kernel[0] == 1)
    return runRow(m.constant(0), sums);
  return m.loop(m.constant(0), m.constant(spec.kernel[0]), 1, sums, runRow);
}

} // namespace

KernelShape shapeOfQuantizedConv(const ConvSpec &spec) {
  Patch patch(spec);
  MLIRContext *context = spec.epilogue.anchor->getContext();
  auto constant = [&](int64_t value) { return getAffineConstantExpr(value, context); };
  int64_t panels = spec.groups * llvm::divideCeil(spec.outputs, panelColumns);
  ConvShape shape = spec.shape();
  KernelShape result;
  result.tiles = mulDims(mulDims(spec.batch, constant(panels)), ceilDivDims(spec.outHeight, constant(patch.outRows)));
  shape.outWidth = patch.outColumns * patch.outRows; // a unit is one row of a wider image
  result.grain = scheduleWork(shape).grain;
  result.scratchBytes = patch.end;
  return result;
}

void emitQuantizedConv(const ConvSpec &spec, KernelBody &body) {
  ByteAtom atom(body.level.lanes, body.level.vnni);
  QuantizedConv(spec, body, atom).emit();
}

} // namespace dsc
