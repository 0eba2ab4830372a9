// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Emits the arithmetic on run-time sizes as ops on small vectors, and checks as reads of symbols with one value.

#include "compiler/import/RuntimeSizes.h"

using namespace mlir;

namespace dsc::onnx_import {

Dims getKnownSizes(NodeReader &n, Value sizes) {
  int64_t count = n.getStaticDim(sizes, 0).value_or(0);
  if (count > ShapeContext::maxTrackedElements) // inference refuses it
    return {};
  return n.shapes.getValues(sizes).value_or(Dims(size_t(count)));
}

bool areSizesKnown(NodeReader &n, Value sizes) {
  if (n.getRank(sizes) != 1 || !n.getStaticDim(sizes, 0))
    return true; // inference refuses it
  return llvm::all_of(getKnownSizes(n, sizes), [](AffineExpr size) { return bool(size); });
}

void checkSizes(NodeReader &n, Value computed, ArrayRef<AffineExpr> taken) {
  if (n.hasFailed() || taken.empty())
    return;
  Type i64 = n.builder.getI64Type();
  Value same = n.create<EqualOp>({n.castTo(computed, i64), n.makeDims(taken)});
  Value all = n.reduce(n.castTo(same, i64), ReduceKind::Min, {0}, false);
  n.checkElement(all, 0, 1, "sizes_agree");
}

/// Copies the sizes of `x` to where the shape is 0.
static Value copySizes(NodeReader &n, Value x, Value shape, Dims &known) {
  Dims dims = getDims(x);
  dims.resize(known.size(), n.constantDim(0));
  for (auto [size, dim] : llvm::zip(known, dims))
    if (size && getConstantDim(size) == 0)
      size = dim;
  Value isZero = n.create<EqualOp>({shape, n.makeScalar(0, n.builder.getI64Type())});
  return n.create<WhereOp>({isZero, n.makeDims(dims), shape});
}

Value resolveShape(NodeReader &n, Value x, Value shape, bool allowZero) {
  Type i64 = n.builder.getI64Type();
  Dims known = getKnownSizes(n, shape);
  shape = n.castTo(shape, i64);
  if (!allowZero)
    shape = copySizes(n, x, shape, known);
  Value one = n.makeScalar(1, i64), isRest = n.create<EqualOp>({shape, n.makeScalar(-1, i64)});
  Value part = n.reduce(n.create<WhereOp>({isRest, one, shape}), ReduceKind::Prod, {0}, false);
  Value total = n.makeDims({productOfDims(getDims(x), n.builder.getContext())});
  Value rest = n.create<DivOp>({total, n.create<MaxOp>({part, one})});
  Value resolved = n.create<WhereOp>({isRest, rest, shape});
  for (AffineExpr &size : known)
    if (size && getConstantDim(size) == -1)
      size = AffineExpr();
  n.shapes.setValues(resolved, known);
  return resolved;
}

} // namespace dsc::onnx_import
