// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Readers of operators that cut and pad.

#include "compiler/import/OpTable.h"
#include "compiler/import/RuntimeAxes.h"
#include "compiler/import/RuntimeSizes.h"
#include "compiler/import/TensorBytes.h"

using namespace mlir;

namespace dsc::onnx_import {
namespace {

Ints iota(int64_t count) {
  Ints values;
  for (int64_t i = 0; i < count; ++i)
    values.push_back(i);
  return values;
}

/// The axes as given, each from 0 on: operands go with them in order.
Ints normalizeInOrder(NodeReader &n, ArrayRef<int64_t> axes, int64_t rank) {
  Ints normalized;
  for (int64_t axis : axes)
    normalized.push_back(n.normalizeAxis(axis, rank));
  return normalized;
}

/// Before opset 10 everything is an attribute.
void readOldSlice(NodeReader &n) {
  Value x = n.require(0);
  std::optional<Ints> starts = n.getInts("starts"), ends = n.getInts("ends");
  if (!starts || !ends || starts->size() != ends->size())
    return n.fail("expected 'starts' and 'ends' of one length");
  Ints axes = normalizeInOrder(n, n.getInts("axes").value_or(iota(int64_t(starts->size()))), n.getRank(x));
  n.set(0, n.create<SliceOp>({x, n.makeInts(*starts), n.makeInts(*ends), n.makeInts(Ints(starts->size(), 1))},
                             {n.intsAttr("axes", axes)}));
}

void readSlice(NodeReader &n) {
  if (n.opset < 10)
    return readOldSlice(n);
  Value x = n.require(0), starts = n.require(1), ends = n.require(2);
  if (n.getRank(starts) != 1)
    return n.fail("expected 'starts' of rank 1, but got rank " + Twine(n.getRank(starts)));
  int64_t count = n.requireStaticDim(starts, 0, "number of 'starts'");
  if (count > n.getRank(x))
    return n.fail("expected at most " + Twine(n.getRank(x)) + " 'starts', but got " + Twine(count));
  Ints axes = iota(count);
  Value steps = n.has(4) ? n.get(4) : n.makeInts(Ints(size_t(std::max<int64_t>(count, 0)), 1));
  if (n.has(3) && !n.findInts(n.get(3))) {
    // Axes at run time: slice all dimensions, the unnamed ones whole.
    int64_t rank = n.getRank(x);
    starts = placeAtAxes(n, n.get(3), starts, rank, 0);
    ends = placeAtAxes(n, n.get(3), ends, rank, INT64_MAX);
    steps = placeAtAxes(n, n.get(3), steps, rank, 1);
    axes = iota(rank);
  } else if (n.has(3)) {
    axes = n.requireInts(n.get(3), "axes");
  }
  n.declareResults({0});
  n.set(0, n.create<SliceOp>({x, starts, ends, steps},
                             {n.intsAttr("axes", normalizeInOrder(n, axes, n.getRank(x)))}));
}

/// The sizes of the parts: from the attribute or operand `split`, else equal.
SmallVector<AffineExpr> getParts(NodeReader &n, AffineExpr size, std::optional<Ints> split) {
  SmallVector<AffineExpr> parts;
  if (split) {
    int64_t total = 0;
    for (int64_t part : *split) {
      if (part < 0 || __builtin_add_overflow(total, part, &total)) {
        n.fail("expected parts that are not negative");
        return {};
      }
      parts.push_back(n.constantDim(part));
    }
    if (std::optional<int64_t> known = getConstantDim(size); known && *known != total)
      n.fail("expected parts that sum to " + Twine(*known) + ", but got " + Twine(total));
    else if (!n.shapes.boundSymbol(size, total, total))
      n.shapes.checkEqual(n.builder, n.loc, size, n.constantDim(total));
    return parts;
  }
  int64_t count = n.getInt("num_outputs", int64_t(n.view.outputs.size()));
  if (count < 1 || count > int64_t(n.view.outputs.size())) {
    n.fail("expected as many results as parts, but got " + Twine(n.view.outputs.size()));
    return {};
  }
  std::optional<int64_t> known = getConstantDim(size);
  if (known && *known % count != 0 && n.opset < 18)
    n.fail("expected a size that " + Twine(count) + " parts divide, but got " + Twine(*known));
  AffineExpr part = ceilDivDims(size, n.constantDim(count));
  for (int64_t i = 0; i + 1 < count; ++i)
    parts.push_back(part);
  parts.push_back(subDims(size, mulDims(part, n.constantDim(count - 1))));
  return parts;
}

void readSplit(NodeReader &n) {
  Value x = n.require(0);
  int64_t axis = n.normalizeAxis(n.getInt("axis", 0), n.getRank(x));
  AffineExpr size = n.getDim(x, axis);
  std::optional<Ints> split;
  if (n.has(1) && !n.findInts(n.get(1))) {
    // Sizes at run time: the declared results have them.
    split.emplace();
    for (size_t i = 0; i < n.view.outputs.size(); ++i) {
      std::optional<Dims> shape = n.getDeclaredShape(i);
      if (!shape || axis >= int64_t(shape->size()))
        return n.fail("expected 'split' to be constant, or results of declared shapes");
      split->push_back(*getConstantDim((*shape)[axis]));
      n.checkElement(n.get(1), int64_t(i), split->back());
    }
  } else {
    split = n.getIntsAttributeOrOperand("split", 1);
  }
  SmallVector<AffineExpr> parts = getParts(n, size, split);
  if (n.hasFailed())
    return;
  if (parts.size() < n.view.outputs.size())
    return n.fail("expected " + Twine(parts.size()) + " results, but got " + Twine(n.view.outputs.size()));
  AffineExpr begin = n.constantDim(0);
  for (size_t i = 0; i < n.view.outputs.size(); ++i) {
    AffineExpr end = addDims(begin, parts[i]);
    if (n.wants(i))
      n.set(i, n.slice(x, axis, begin, end));
    begin = end;
  }
}

std::optional<PadMode> parsePadMode(StringRef mode) {
  if (mode == "constant")
    return PadMode::Constant;
  if (mode == "reflect")
    return PadMode::Reflect;
  if (mode == "edge")
    return PadMode::Edge;
  if (mode == "wrap")
    return PadMode::Wrap;
  return std::nullopt;
}

/// The pads of all dimensions from those of axes known at run time.
Value padAllAxes(NodeReader &n, Value x, Value pads, Value axes) {
  int64_t rank = n.getRank(x);
  AffineExpr count = n.getDim(axes, 0), zero = n.constantDim(0);
  Value before = n.slice(pads, 0, zero, count), after = n.slice(pads, 0, count, mulDims(count, n.constantDim(2)));
  return n.create<ConcatOp>({placeAtAxes(n, axes, before, rank, 0), placeAtAxes(n, axes, after, rank, 0)},
                            {n.intAttr("axis", 0)});
}

/// Has the run check that pads which it computes lead to the sizes that the result was taken to have.
void checkPads(NodeReader &n, PadOp op) {
  Dims own, taken, input = getDims(op.getInput()), result = getDims(op.getOutput());
  for (int64_t dim = 0; dim < int64_t(input.size()); ++dim) {
    int64_t axis = op.getAxes() ? (dim < int64_t(op.getAxes()->size()) ? (*op.getAxes())[dim] : -1) : dim;
    if (axis < 0)
      break;
    own.push_back(input[axis]);
    taken.push_back(result[axis]);
  }
  AffineExpr count = n.constantDim(int64_t(own.size()));
  Value before = n.slice(op.getPads(), 0, n.constantDim(0), count);
  Value after = n.slice(op.getPads(), 0, count, n.constantDim(2 * int64_t(own.size())));
  checkSizes(n, n.create<AddOp>({n.create<AddOp>({n.makeDims(own), before}), after}), taken);
}

void readPad(NodeReader &n) {
  Value x = n.require(0);
  std::string text = n.getString("mode", "constant");
  std::optional<PadMode> mode = parsePadMode(text);
  if (!mode)
    return n.fail("expected 'mode' to be constant, reflect, edge or wrap, but got '" + escapeText(text) + "'");
  SmallVector<NamedAttribute> attributes = {n.attr("mode", PadModeAttr::get(n.builder.getContext(), *mode))};
  Value pads, value;
  if (n.opset < 11) {
    std::optional<Ints> values = n.getInts("pads");
    if (!values)
      return n.fail("expected attribute 'pads', but it is absent");
    pads = n.makeInts(*values);
    value = n.hasAttribute("value") ? n.makeScalar(n.getFloat("value", 0), n.getElementType(x)) : Value();
  } else {
    pads = n.require(1);
    value = n.get(2);
    if (n.has(3) && !n.findInts(n.get(3)))
      pads = padAllAxes(n, x, pads, n.get(3));
    else if (n.has(3))
      attributes.push_back(
          n.intsAttr("axes", normalizeInOrder(n, n.requireInts(n.get(3), "axes"), n.getRank(x))));
  }
  if (mode != PadMode::Constant)
    value = nullptr;
  bool isKnown = areSizesKnown(n, pads);
  n.declareResults({0});
  Value result = n.create<PadOp>({x, pads, value}, attributes);
  n.set(0, result);
  if (!isKnown && !n.hasFailed())
    checkPads(n, result.getDefiningOp<PadOp>());
}

/// Crops or pads around the centre to the given sizes, along the axes.
void readCenterCropPad(NodeReader &n) {
  Value x = n.require(0);
  Ints axes = normalizeInOrder(n, n.getInts("axes").value_or(iota(n.getRank(x))), n.getRank(x));
  std::optional<Ints> sizes = n.findInts(n.require(1));
  if (!sizes) {
    std::optional<Dims> shape = n.getDeclaredShape(0);
    if (!shape || int64_t(shape->size()) != n.getRank(x))
      return n.fail("expected 'shape' to be constant, or a declared shape of the result");
    sizes.emplace();
    for (auto [i, axis] : llvm::enumerate(axes)) {
      sizes->push_back(*getConstantDim((*shape)[axis]));
      n.checkElement(n.get(1), int64_t(i), sizes->back());
    }
  }
  if (sizes->size() != axes.size())
    return n.fail("expected " + Twine(axes.size()) + " sizes, but got " + Twine(sizes->size()));
  Ints before, after;
  for (auto [axis, size] : llvm::zip(axes, *sizes)) {
    if (size < 0)
      return n.fail("expected sizes that are not negative, but got " + Twine(size));
    int64_t missing = size - n.requireStaticDim(x, axis, "size to crop or pad");
    // Half of an odd difference rounds down, on either side.
    int64_t first = missing >= 0 ? missing / 2 : -(-missing / 2);
    before.push_back(first);
    after.push_back(missing - first);
  }
  before.append(after.begin(), after.end());
  n.set(0, n.create<PadOp>({x, n.makeInts(before)}, {n.intsAttr("axes", axes)}));
}

const OpRow rows[] = {
    {"Slice", readSlice},
    {"Split", readSplit, 2, maxOpset, "sizes constant, or static declared shapes"},
    {"Pad", readPad, 2},
    {"CenterCropPad", readCenterCropPad, 18, maxOpset, "static sizes"},
};

} // namespace

OpFamily getSliceFamily() { return {"Slices and pads", rows}; }

} // namespace dsc::onnx_import
