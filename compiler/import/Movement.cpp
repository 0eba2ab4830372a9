// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Readers of operators that change a tensor's shape or the place of its elements.

#include "compiler/import/OpTable.h"
#include "compiler/import/RuntimeSizes.h"
#include "compiler/import/TensorBytes.h"

using namespace mlir;

namespace dsc::onnx_import {
namespace {

void readReshape(NodeReader &n) {
  Value x = n.require(0), shape = n.require(1);
  bool allowZero = n.getFlag("allowzero", false), isKnown = areSizesKnown(n, shape);
  if (!isKnown) {
    shape = resolveShape(n, x, shape, allowZero);
    allowZero = true;
  }
  n.declareResults({0});
  Value result = n.create<ReshapeOp>({x, shape}, {n.flagAttr("allowzero", allowZero)});
  if (!isKnown)
    checkSizes(n, shape, getDims(result));
  n.set(0, result);
}

/// Opset 1 to 4 have the shape as an attribute.
void readFlatten(NodeReader &n) {
  Value x = n.require(0);
  int64_t rank = n.getRank(x), axis = n.getInt("axis", 1);
  if (axis < -rank || axis > rank)
    return n.fail("expected an axis from " + Twine(-rank) + " to " + Twine(rank) + ", but got " + Twine(axis));
  if (axis < 0)
    axis += rank;
  Dims dims = getDims(x);
  ArrayRef<AffineExpr> all(dims);
  MLIRContext *context = n.builder.getContext();
  n.set(0, n.reshape(x, {productOfDims(all.take_front(axis), context), productOfDims(all.drop_front(axis), context)}));
}

void readTranspose(NodeReader &n) {
  Value x = n.require(0);
  Ints reversed;
  for (int64_t dim = n.getRank(x) - 1; dim >= 0; --dim)
    reversed.push_back(dim);
  n.set(0, n.transpose(x, n.getInts("perm").value_or(reversed)));
}

void readExpand(NodeReader &n) {
  Value x = n.require(0), shape = n.require(1);
  bool isKnown = areSizesKnown(n, shape);
  n.declareResults({0});
  Value result = n.create<ExpandOp>({x, shape});
  n.set(0, result);
  if (isKnown || n.hasFailed())
    return;
  // A size of 1 keeps the input's.
  size_t count = size_t(*n.getStaticDim(shape, 0));
  Dims kept(count, n.constantDim(1)), own = getDims(x);
  for (size_t i = 0; i < std::min(count, own.size()); ++i)
    kept[count - 1 - i] = own[own.size() - 1 - i];
  Value isOne = n.create<EqualOp>({shape, n.makeScalar(1, n.getElementType(shape))});
  Dims taken = getDims(result);
  checkSizes(n, n.create<WhereOp>({isOne, n.makeDims(kept), shape}), ArrayRef(taken).take_back(count));
}

/// Since opset 13 the axes are an operand. At run time they only tell what the declared shape says already.
void readSqueeze(NodeReader &n) {
  Value x = n.require(0);
  if (n.has(1) && !n.findInts(n.get(1)))
    if (std::optional<Dims> shape = n.getDeclaredShape(0))
      return n.set(0, n.reshape(x, *shape));
  std::optional<Ints> axes = n.getIntsAttributeOrOperand("axes", 1);
  Ints ones;
  if (axes)
    ones = n.normalizeAxes(*axes, n.getRank(x));
  else
    for (int64_t dim = 0; dim < n.getRank(x); ++dim)
      if (n.getStaticDim(x, dim) == 1)
        ones.push_back(dim);
  n.set(0, n.squeeze(x, ones));
}

void readUnsqueeze(NodeReader &n) {
  Value x = n.require(0);
  if (n.has(1) && !n.findInts(n.get(1)))
    if (std::optional<Dims> shape = n.getDeclaredShape(0))
      return n.set(0, n.reshape(x, *shape));
  std::optional<Ints> axes = n.getIntsAttributeOrOperand("axes", 1);
  if (!axes)
    return n.fail("expected 'axes', but they are absent");
  n.set(0, n.unsqueeze(x, n.normalizeAxes(*axes, n.getRank(x) + int64_t(axes->size()))));
}

void readConcat(NodeReader &n) {
  SmallVector<Value> values;
  for (size_t i = 0; i < n.getNumOperands(); ++i)
    values.push_back(n.require(i));
  // Opset 1 defaults to 1; later the attribute is required.
  int64_t axis = n.normalizeAxis(n.getInt("axis", 1), n.getRank(n.require(0)));
  n.set(0, n.create<ConcatOp>(values, {n.intAttr("axis", axis)}));
}

void readTile(NodeReader &n) {
  Value x = n.require(0), repeats = n.require(1);
  bool isKnown = areSizesKnown(n, repeats);
  n.declareResults({0});
  Value result = n.create<TileOp>({x, repeats});
  if (!isKnown && !n.hasFailed())
    checkSizes(n, n.create<MulOp>({n.makeDims(getDims(x)), repeats}), getDims(result));
  n.set(0, result);
}

void readTrilu(NodeReader &n) {
  n.set(0, n.create<TriluOp>({n.require(0), n.get(1)}, {n.flagAttr("upper", n.getFlag("upper", true))}));
}

void readDepthToSpace(NodeReader &n) {
  std::string mode = n.getString("mode", "DCR");
  if (mode != "DCR" && mode != "CRD")
    return n.fail("expected 'mode' to be DCR or CRD, but got '" + escapeText(mode) + "'");
  auto order = mode == "DCR" ? DepthToSpaceMode::Dcr : DepthToSpaceMode::Crd;
  n.set(0, n.create<DepthToSpaceOp>({n.require(0)},
                                    {n.intAttr("block", n.requireInt("blocksize")),
                                     n.attr("mode", DepthToSpaceModeAttr::get(n.builder.getContext(), order))}));
}

void readSpaceToDepth(NodeReader &n) {
  n.set(0, n.create<SpaceToDepthOp>({n.require(0)}, {n.intAttr("block", n.requireInt("blocksize"))}));
}

const OpRow rows[] = {
    {"Reshape", readReshape, 5}, {"Flatten", readFlatten}, {"Transpose", readTranspose}, {"Expand", readExpand, 8},
    {"Squeeze", readSqueeze, 1, maxOpset, "axes constant, or a static declared shape"},
    {"Unsqueeze", readUnsqueeze, 1, maxOpset, "axes constant, or a static declared shape"},
    {"Concat", readConcat, 4}, {"Tile", readTile, 6}, {"Trilu", readTrilu, 14},
    {"DepthToSpace", readDepthToSpace}, {"SpaceToDepth", readSpaceToDepth},
};

} // namespace

OpFamily getMovementFamily() { return {"Movement", rows}; }

} // namespace dsc::onnx_import
