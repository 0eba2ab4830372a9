// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Direct convolution in NHWC: the register tile of the matrix product inside loops over the taps. There is no padding
// buffer and no mask: taps outside the image are cut from loop bounds, or left out of the tiles at the edges.

#include "passes/kernel/cpu/ConvRow.h"
#include "passes/kernel/cpu/Contraction.h"
#include "passes/kernel/cpu/Families.h"

using namespace mlir;

namespace dsc {

namespace {
class ConvEmitter {
public:
  ConvEmitter(const ConvSpec &spec, KernelBody &body, const DotAtom &atom)
      : spec(spec), body(body), m{body.b, body.loc}, atom(atom), epilogue(spec.epilogue, body, atom, spec.parameters()),
        tile(scheduleTile(spec.shape(), body.level)), limit(maxAccumulators(body.level.registers)),
        inHeight(body.dimValue(spec.inHeight)), inWidth(body.dimValue(spec.inWidth)),
        outHeight(body.dimValue(spec.outHeight)), outWidth(body.dimValue(spec.outWidth)) {}

  void emit();

private:
  void emitRow(ArrayRef<Value> masks);
  void emitStaticRow(ArrayRef<Value> masks, int64_t width);
  void emitDynamicRow(ArrayRef<Value> masks);
  void emitTile(Value x, const PixelTile &pixels, ArrayRef<Value> masks);
  void emitPart(Value x, const PixelTile &pixels, Value firstColumn, ArrayRef<Value> masks);
  SmallVector<Value> runTaps(Value kh, Value kwBegin, const TapRun &run, Value x, int pixels, Value firstColumn,
                             ArrayRef<Value> masks, ValueRange sums);
  SmallVector<Value> runPixel(Value kh, Value x, Value firstColumn, ArrayRef<Value> masks, ValueRange sums);

  const ConvSpec &spec;
  KernelBody &body;
  IndexMath m;
  const DotAtom &atom;
  EpilogueEmitter epilogue;
  TilePlan tile;
  int limit;
  Value inHeight, inWidth, outHeight, outWidth;
  /// The current image, panel (of all groups), first column of the result and row.
  Value image, panel, firstResult, y;
  /// The first input channel of the current group or depthwise panel.
  Value firstChannel;
  /// Rows of the kernel inside the image.
  Value khBegin, khEnd;
};

void ConvEmitter::emit() {
  int64_t perGroup = llvm::divideCeil(spec.outputs, panelColumns);
  m.loop(body.begin, body.end, 1, [&](Value t) {
    y = m.rem(t, outHeight);
    Value rest = m.div(t, outHeight), panels = m.constant(spec.groups * perGroup);
    panel = m.rem(rest, panels);
    image = m.div(rest, panels);
    Value group = m.div(panel, m.constant(perGroup)), column = m.mul(m.rem(panel, m.constant(perGroup)), panelColumns);
    firstResult = m.add(m.mul(group, spec.outputs), column);
    firstChannel = spec.depthwise ? column : m.mul(group, spec.channels);
    // y*stride + kh*dilation - pad must lie in [0, inHeight).
    Value origin = m.add(m.mul(y, spec.stride[0]), -spec.padBefore[0]);
    khBegin = m.constant(0);
    khEnd = m.constant(spec.kernel[0]);
    if (spec.hasPadding[0]) {
      khBegin = m.min(m.ceilDiv(m.sub(m.constant(0), origin), spec.dilation[0]), khEnd);
      khEnd = m.min(m.ceilDiv(m.sub(inHeight, origin), spec.dilation[0]), khEnd);
    }
    branchOnTail(m, atom.lanes, m.sub(m.constant(spec.outputs), column), spec.outputs,
                 [&](ArrayRef<Value> masks) { emitRow(masks); });
  });
}

void ConvEmitter::emitRow(ArrayRef<Value> masks) {
  std::optional<int64_t> width = getConstantDim(spec.outWidth);
  if (width && getConstantDim(spec.inWidth))
    emitStaticRow(masks, *width);
  else
    emitDynamicRow(masks);
}

void ConvEmitter::emitStaticRow(ArrayRef<Value> masks, int64_t width) {
  bool fuse = !spec.depthwise && spec.groups == 1 && spec.dilation[1] == 1;
  RowGeometry geometry{*getConstantDim(spec.inWidth), width, spec.kernel[1], spec.stride[1], spec.dilation[1],
                       spec.padBefore[1]};
  for (const PixelRun &run : tilePixels(geometry, tile.rows, fuse))
    m.loop(run.tiles, [&](Value i) {
      emitTile(m.add(m.mul(i, run.tile.pixels), run.first), run.tile, masks);
    });
}

void ConvEmitter::emitDynamicRow(ArrayRef<Value> masks) {
  // Pixels whose taps are all inside: x*stride >= pad and x*stride + (kernel-1)*dilation - pad < inWidth.
  Value zero = m.constant(0), left = m.min(m.ceilDiv(m.constant(spec.padBefore[1]), spec.stride[1]), outWidth);
  int64_t reach = (spec.kernel[1] - 1) * spec.dilation[1] - spec.padBefore[1];
  Value right = m.ceilDiv(m.add(inWidth, -reach), spec.stride[1]);
  right = m.max(left, m.min(right, outWidth));
  PixelTile edge{1, {}};
  auto emitEdge = [&](Value x) { emitTile(x, edge, masks); };
  m.loop(zero, left, 1, emitEdge);
  sweepRows(m, left, right, tile.rows, [&](Value x, int pixels) {
    bool fuse = !spec.depthwise && spec.groups == 1 && spec.dilation[1] == 1;
    emitTile(x, wholeTile(spec.kernel[1], pixels, fuse), masks);
  });
  m.loop(right, outWidth, 1, emitEdge);
}

void ConvEmitter::emitTile(Value x, const PixelTile &pixels, ArrayRef<Value> masks) {
  splitColumns(m, atom.lanes, masks, pixels.pixels, limit, [&](Value firstColumn, ArrayRef<Value> part) {
    emitPart(x, pixels, firstColumn, part);
  });
}

void ConvEmitter::emitPart(Value x, const PixelTile &pixels, Value firstColumn, ArrayRef<Value> masks) {
  SmallVector<Value> sums = zeroTile(m, atom, pixels.pixels, masks.size());
  auto runRow = [&](Value kh, ValueRange carried) {
    SmallVector<Value> next(carried);
    if (pixels.runs.empty())
      return runPixel(kh, x, firstColumn, masks, next);
    for (const TapRun &run : pixels.runs)
      next = runTaps(kh, m.constant(run.begin), run, x, pixels.pixels, firstColumn, masks, next);
    return next;
  };
  sums = spec.kernel[0] == 1 && !spec.hasPadding[0] ? runRow(m.constant(0), sums)
                                                     : m.loop(khBegin, khEnd, 1, sums, runRow);
  SmallVector<Fragment> fragments;
  for (auto [f, mask] : llvm::enumerate(masks))
    fragments.push_back({m.add(m.add(firstResult, firstColumn), f * atom.lanes), mask});
  Value row = m.add(m.mul(m.add(m.mul(image, outHeight), y), outWidth), x);
  epilogue.storeTile(sums, row, fragments);
}

/// Edge pixels of an image of unknown width: the taps inside are a loop.
SmallVector<Value> ConvEmitter::runPixel(Value kh, Value x, Value firstColumn, ArrayRef<Value> masks,
                                         ValueRange sums) {
  Value origin = m.add(m.mul(x, spec.stride[1]), -spec.padBefore[1]);
  Value taps = m.constant(spec.kernel[1]);
  Value begin = m.min(m.ceilDiv(m.sub(m.constant(0), origin), spec.dilation[1]), taps);
  Value end = m.min(m.ceilDiv(m.sub(inWidth, origin), spec.dilation[1]), taps);
  return m.loop(begin, end, 1, sums, [&](Value kw, ValueRange carried) {
    return runTaps(kh, kw, TapRun{0, 1, {0}}, x, 1, firstColumn, masks, carried);
  });
}

/// The taps [kwBegin, kwBegin + run.end - run.begin) of row `kh` for the pixels of the run that they reach.
SmallVector<Value> ConvEmitter::runTaps(Value kh, Value kwBegin, const TapRun &run, Value x, int pixels,
                                        Value firstColumn, ArrayRef<Value> masks, ValueRange sums) {
  int64_t channels = spec.inputChannels(), taps = spec.kernel[0] * spec.kernel[1];
  Value iy = m.add(m.add(m.mul(y, spec.stride[0]), m.mul(kh, spec.dilation[0])), -spec.padBefore[0]);
  Value ix = m.add(m.add(m.mul(x, spec.stride[1]), m.mul(kwBegin, spec.dilation[1])), -spec.padBefore[1]);
  Value pixel = m.add(m.mul(m.add(m.mul(image, inHeight), iy), inWidth), ix);
  Value start = m.add(m.mul(pixel, channels), firstChannel);
  Value tap = m.add(m.add(m.mul(panel, taps), m.mul(kh, spec.kernel[1])), kwBegin);
  TileInputs inputs;
  inputs.a = body.flat[spec.input];
  inputs.b = body.flat[spec.weight];
  inputs.step = m.constant(panelColumns);
  for (int p = 0; p < pixels; ++p)
    inputs.rows.push_back(m.add(start, p * spec.stride[1] * channels));
  Value weights = m.add(m.mul(tap, spec.channels * panelColumns), firstColumn);
  for (size_t f = 0; f < masks.size(); ++f) {
    inputs.columns.push_back(m.add(weights, f * atom.lanes));
    inputs.masks.push_back({});
  }
  if (!spec.depthwise)
    return accumulate(m, atom, inputs, m.constant(0), m.constant((run.end - run.begin) * spec.channels), sums,
                      run.live);
  for (Value &row : inputs.rows)
    row = m.add(row, firstColumn);
  return accumulateChannels(m, atom, inputs, masks, sums, run.live);
}

WorkPlan planOf(const ConvSpec &spec) {
  ConvShape shape = spec.shape();
  if (spec.depthwise) // one channel has no large weights, and its row is one multiply-add per tap
    shape.channels = 1;
  return scheduleWork(shape);
}

class ConvFamily final : public KernelFamily {
public:
  StringRef name() const override { return "conv"; }

  FailureOr<KernelShape> match(GroupOp group, std::string &whyNot) const override {
    FailureOr<ConvSpec> spec = matchConv(group, whyNot);
    if (failed(spec))
      return failure();
    if (std::optional<GemmSpec> gemm = asGemm(*spec))
      return shapeOfGemm(*gemm, whyNot);
    if (spec->hasBytes() && spec->depthwise) {
      whyNot = "a depthwise convolution of integers";
      return failure();
    }
    if (spec->hasBytes())
      return shapeOfQuantizedConv(*spec);
    MLIRContext *context = group.getContext();
    int64_t panels = spec->groups * llvm::divideCeil(spec->outputs, panelColumns);
    KernelShape shape;
    shape.tiles = mulDims(spec->batch, getAffineConstantExpr(panels, context));
    WorkPlan plan = planOf(*spec);
    shape.grain = plan.grain;
    if (plan.unit == WorkUnit::ImageRow)
      shape.tiles = mulDims(shape.tiles, spec->outHeight);
    if (spec->epilogue.isLong || plan.unit == WorkUnit::Image)
      shape.scratchBytes = EpilogueEmitter::scratchBytes;
    if (plan.unit == WorkUnit::Image)
      shape.scratchBytes += spec->shape().outHeight * spec->shape().outWidth * panelColumns * 4;
    return shape;
  }

  ScheduleReasons explain(GroupOp group, const CpuLevel &level) const override {
    std::string whyNot;
    FailureOr<ConvSpec> spec = matchConv(group, whyNot);
    if (std::optional<GemmSpec> gemm = asGemm(*spec))
      return explainGemm(*gemm, level);
    if (spec->hasBytes())
      return {"blocks of output rows of one panel", scheduleTile(spec->shape(), level).why};
    return {planOf(*spec).why, scheduleTile(spec->shape(), level).why};
  }

  LogicalResult emit(GroupOp group, KernelBody &body) const override {
    std::string whyNot;
    FailureOr<ConvSpec> spec = matchConv(group, whyNot);
    assert(succeeded(spec) && "expected a group that `match` took");
    if (std::optional<GemmSpec> gemm = asGemm(*spec))
      emitGemm(*gemm, body);
    else if (spec->hasBytes())
      emitQuantizedConv(*spec, body);
    else if (spec->quantized)
      emitFloat(*spec, body, StoredWeightAtom(body.level.lanes));
    else
      emitFloat(*spec, body, F32Atom(body.level.lanes));
    return success();
  }

private:
  static void emitFloat(const ConvSpec &spec, KernelBody &body, const DotAtom &atom) {
    if (planOf(spec).unit == WorkUnit::Image)
      emitConvTaps(spec, body, atom);
    else
      ConvEmitter(spec, body, atom).emit();
  }
};
} // namespace

const KernelFamily &convFamily() {
  static const ConvFamily family;
  return family;
}

} // namespace dsc
