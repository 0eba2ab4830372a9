// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Convolution of small images under large weights: the sums of one panel of an image are in scratch, taps are the outer
// loops, so that every tile reads the weights of one tap only and no tile holds a pixel which the tap does not reach.
// The order of multiply-adds per element is the one of EmitConv.

#include "passes/kernel/cpu/Contraction.h"
#include "passes/kernel/cpu/RegisterTile.h"

using namespace mlir;

namespace dsc {

namespace {
class TapsEmitter {
public:
  TapsEmitter(const ConvSpec &spec, KernelBody &body, const DotAtom &atom)
      : spec(spec), body(body), m{body.b, body.loc}, atom(atom), epilogue(spec.epilogue, body, atom, spec.parameters()),
        rows(scheduleTile(spec.shape(), body.level).rows), limit(maxAccumulators(body.level.registers)),
        batch(body.dimValue(spec.batch)) {
    for (int d = 0; d < 2; ++d) {
      in[d] = body.dimValue(d == 0 ? spec.inHeight : spec.inWidth);
      out[d] = body.dimValue(d == 0 ? spec.outHeight : spec.outWidth);
    }
    sums = m.view(body.scratch, EpilogueEmitter::scratchBytes, m.b.getF32Type());
  }

  void emit();

private:
  /// The output pixels [begin, end) of a dimension that a tap reaches.
  struct Reach {
    Value begin, end;
  };
  Reach reachOf(int dimension, Value tap);
  void emitPanel(ArrayRef<Value> masks);
  void emitTap(Value kh, Value kw, ArrayRef<Value> masks);
  void emitTile(Value tap, Value inputStart, ArrayRef<Value> pixels, ArrayRef<Value> inputs, Value firstColumn,
                size_t fragments);

  const ConvSpec &spec;
  KernelBody &body;
  IndexMath m;
  const DotAtom &atom;
  EpilogueEmitter epilogue;
  int rows, limit;
  Value batch, in[2], out[2], sums;
  /// The current image and panel, their first column of the result and the first input channel.
  Value image, panel, firstResult, firstChannel;
};

void TapsEmitter::emit() {
  int64_t perGroup = llvm::divideCeil(spec.outputs, panelColumns);
  m.loop(body.begin, body.end, 1, [&](Value t) {
    panel = m.div(t, batch);
    image = m.rem(t, batch);
    Value group = m.div(panel, m.constant(perGroup));
    Value column = m.mul(m.rem(panel, m.constant(perGroup)), panelColumns);
    firstResult = m.add(m.mul(group, spec.outputs), column);
    firstChannel = m.mul(group, spec.channels);
    branchOnTail(m, atom.lanes, m.sub(m.constant(spec.outputs), column), spec.outputs,
                 [&](ArrayRef<Value> masks) { emitPanel(masks); });
  });
}

TapsEmitter::Reach TapsEmitter::reachOf(int d, Value tap) {
  // pixel*stride + offset must lie in [0, in).
  Value offset = m.add(m.mul(tap, spec.dilation[d]), -spec.padBefore[d]);
  Value begin = m.min(m.ceilDiv(m.sub(m.constant(0), offset), spec.stride[d]), out[d]);
  Value end = m.min(m.ceilDiv(m.sub(in[d], offset), spec.stride[d]), out[d]);
  return {begin, m.max(begin, end)};
}

void TapsEmitter::emitPanel(ArrayRef<Value> masks) {
  Value pixels = m.mul(out[0], out[1]), zero = m.zeroVector(m.b.getF32Type(), atom.lanes);
  m.loop(m.constant(0), m.mul(pixels, panelColumns), atom.lanes,
         [&](Value i) { m.storeVector(zero, sums, i); });
  m.loop(spec.kernel[0], [&](Value kh) {
    m.loop(spec.kernel[1], [&](Value kw) { emitTap(kh, kw, masks); });
  });
  SmallVector<Fragment> fragments;
  for (auto [f, mask] : llvm::enumerate(masks))
    fragments.push_back({m.add(firstResult, f * atom.lanes), mask});
  epilogue.storeFromMemory(sums, m.constant(0), panelColumns, m.mul(image, pixels), pixels, fragments);
}

void TapsEmitter::emitTap(Value kh, Value kw, ArrayRef<Value> masks) {
  Reach vertical = reachOf(0, kh), horizontal = reachOf(1, kw);
  Value width = m.sub(horizontal.end, horizontal.begin);
  Value count = m.mul(m.sub(vertical.end, vertical.begin), width);
  Value safeWidth = m.max(width, m.constant(1)); // without pixels there is no tile, but LLVM may divide early
  int64_t channels = spec.inputChannels();
  Value tap = m.add(m.mul(m.add(m.mul(panel, spec.kernel[0]), kh), spec.kernel[1]), kw);
  Value iy = m.add(m.mul(kh, spec.dilation[0]), -spec.padBefore[0]);
  Value ix = m.add(m.mul(kw, spec.dilation[1]), -spec.padBefore[1]);
  Value origin = m.add(m.mul(m.add(m.mul(image, in[0]), iy), in[1]), ix);
  Value inputStart = m.add(m.mul(origin, channels), firstChannel);
  sweepRows(m, m.constant(0), count, rows, [&](Value first, int height) {
    SmallVector<Value> pixels, inputs;
    for (int r = 0; r < height; ++r) {
      Value number = m.add(first, r);
      Value y = m.add(vertical.begin, m.div(number, safeWidth));
      Value x = m.add(horizontal.begin, m.rem(number, safeWidth));
      pixels.push_back(m.mul(m.add(m.mul(y, out[1]), x), panelColumns));
      Value pixel = m.add(m.mul(m.mul(y, spec.stride[0]), in[1]), m.mul(x, spec.stride[1]));
      inputs.push_back(m.mul(pixel, channels));
    }
    splitColumns(m, atom.lanes, masks, height, limit, [&](Value firstColumn, ArrayRef<Value> part) {
      emitTile(tap, inputStart, pixels, inputs, firstColumn, part.size());
    });
  });
}

void TapsEmitter::emitTile(Value tap, Value inputStart, ArrayRef<Value> pixels, ArrayRef<Value> inputs,
                           Value firstColumn, size_t fragments) {
  TileInputs tile;
  tile.a = body.flat[spec.input];
  tile.b = body.flat[spec.weight];
  tile.step = m.constant(panelColumns);
  for (Value input : inputs)
    tile.rows.push_back(m.add(inputStart, input));
  Value weights = m.add(m.mul(tap, spec.channels * panelColumns), firstColumn);
  for (size_t f = 0; f < fragments; ++f) {
    tile.columns.push_back(m.add(weights, f * atom.lanes));
    tile.masks.push_back({});
  }
  auto at = [&](size_t i) {
    return m.add(m.add(pixels[i / fragments], firstColumn), i % fragments * atom.lanes);
  };
  SmallVector<Value> values;
  for (size_t i = 0; i < pixels.size() * fragments; ++i)
    values.push_back(m.loadVector(sums, at(i), atom.lanes));
  values = accumulate(m, atom, tile, m.constant(0), m.constant(spec.channels), values);
  for (auto [i, value] : llvm::enumerate(values))
    m.storeVector(value, sums, at(i));
}
} // namespace

void emitConvTaps(const ConvSpec &spec, KernelBody &body, const DotAtom &atom) { TapsEmitter(spec, body, atom).emit(); }

} // namespace dsc
