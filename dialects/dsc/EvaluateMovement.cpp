// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Constant evaluation of ops that move, repeat or make elements.

#include "dialects/dsc/Dsc.h"
#include "dialects/dsc/DscEvaluate.h"
#include "dialects/dsc/IndexWalk.h"
#include "llvm/ADT/TypeSwitch.h"

#include <cstring>

using namespace mlir;
using namespace dsc;

using Result = std::optional<HostTensor>;

static RankedTensorType resultType(Operation *op) { return llvm::cast<RankedTensorType>(op->getResult(0).getType()); }

static HostTensor zeros(RankedTensorType type) { return HostTensor::zeros(type.getShape(), type.getElementType()); }

static void copyElement(HostTensor &to, int64_t at, const HostTensor &from, int64_t fromAt) {
  std::memcpy(to.at(at), from.at(fromAt), to.getBytesPerElement());
}

/// The same elements in another shape.
static HostTensor reshaped(RankedTensorType type, const HostTensor &in) {
  HostTensor out = zeros(type);
  for (int64_t i = 0, e = out.getCount(); i < e; ++i)
    copyElement(out, i, in, i);
  return out;
}

/// Fills a tensor whose element at each position is the input's at `start` + position * strides.
static HostTensor strided(RankedTensorType type, const HostTensor &in, ArrayRef<int64_t> strides, int64_t start = 0) {
  HostTensor out = zeros(type);
  IndexWalk walk(type.getShape(), strides, start);
  for (int64_t i = 0, e = out.getCount(); i < e; ++i, walk.next())
    copyElement(out, i, in, walk.getOffset());
  return out;
}

static Result transpose(TransposeOp op, ArrayRef<HostTensor> in) {
  SmallVector<int64_t> own = rowMajorStrides(in[0].getShape()), strides;
  for (int64_t dim : op.getPermutation())
    strides.push_back(own[dim]);
  return strided(resultType(op), in[0], strides);
}

static Result concat(ConcatOp op, ArrayRef<HostTensor> in) {
  HostTensor out = zeros(resultType(op));
  SmallVector<int64_t> strides = rowMajorStrides(out.getShape());
  int64_t start = 0;
  for (const HostTensor &part : in) {
    IndexWalk walk(part.getShape(), strides, start);
    for (int64_t i = 0, e = part.getCount(); i < e; ++i, walk.next())
      copyElement(out, walk.getOffset(), part, i);
    start += part.getShape()[op.getAxis()] * strides[op.getAxis()];
  }
  return out;
}

static Result slice(SliceOp op, ArrayRef<HostTensor> in) {
  ArrayRef<int64_t> shape = in[0].getShape();
  SmallVector<int64_t> strides = rowMajorStrides(shape);
  int64_t start = 0;
  for (auto [i, axis] : llvm::enumerate(op.getAxes())) {
    const int64_t size = shape[axis], step = in[3].getInt(i);
    int64_t first = in[1].getInt(i);
    if (step == 0)
      return std::nullopt;
    first = std::clamp<int64_t>(first < 0 ? first + size : first, step < 0 ? -1 : 0, step < 0 ? size - 1 : size);
    start += first * strides[axis];
    strides[axis] *= step;
  }
  return strided(resultType(op), in[0], strides, start);
}

static Result gather(GatherOp op, ArrayRef<HostTensor> in) {
  HostTensor out = zeros(resultType(op));
  ArrayRef<int64_t> shape = in[0].getShape();
  const int64_t axis = op.getAxis(), size = shape[axis], picks = in[1].getCount();
  int64_t outer = 1, inner = 1;
  for (int64_t d = 0; d < int64_t(shape.size()); ++d)
    (d < axis ? outer : inner) *= d == axis ? 1 : shape[d];
  for (int64_t o = 0, to = 0; o < outer; ++o)
    for (int64_t p = 0; p < picks; ++p) {
      int64_t index = in[1].getInt(p);
      index = index < 0 ? index + size : index;
      if (index < 0 || index >= size)
        return std::nullopt;
      for (int64_t i = 0; i < inner; ++i)
        copyElement(out, to++, in[0], (o * size + index) * inner + i);
    }
  return out;
}

static Result pad(PadOp op, ArrayRef<HostTensor> in) {
  if (op.getMode() != PadMode::Constant)
    return std::nullopt;
  HostTensor out = zeros(resultType(op));
  const int64_t rank = int64_t(out.getShape().size()), count = out.getCount();
  SmallVector<int64_t> axes = llvm::to_vector(llvm::seq<int64_t>(0, rank)), before(rank, 0);
  if (op.getAxes())
    axes.assign(op.getAxes()->begin(), op.getAxes()->end());
  for (auto [i, axis] : llvm::enumerate(axes))
    before[axis] = in[1].getInt(i);
  SmallVector<int64_t> strides = rowMajorStrides(in[0].getShape());
  IndexWalk walk(out.getShape(), SmallVector<int64_t>(rank, 0));
  for (int64_t i = 0; i < count; ++i, walk.next()) {
    int64_t from = 0;
    bool inside = true;
    for (int64_t d = 0; d < rank; ++d) {
      int64_t at = walk.getPosition()[d] - before[d];
      inside &= at >= 0 && at < in[0].getShape()[d];
      from += at * strides[d];
    }
    if (inside)
      copyElement(out, i, in[0], from);
    else if (in.size() > 2)
      copyElement(out, i, in[2], 0);
  }
  return out;
}

static Result tile(TileOp op, ArrayRef<HostTensor> in) {
  HostTensor out = zeros(resultType(op));
  SmallVector<int64_t> strides = rowMajorStrides(in[0].getShape());
  IndexWalk walk(out.getShape(), SmallVector<int64_t>(strides.size(), 0));
  for (int64_t i = 0, e = out.getCount(); i < e; ++i, walk.next()) {
    int64_t from = 0;
    for (auto [position, size, stride] : llvm::zip(walk.getPosition(), in[0].getShape(), strides))
      from += position % size * stride;
    copyElement(out, i, in[0], from);
  }
  return out;
}

static Result trilu(TriluOp op, ArrayRef<HostTensor> in) {
  HostTensor out = zeros(resultType(op));
  const int64_t rank = int64_t(out.getShape().size()), diagonal = in.size() > 1 ? in[1].getInt(0) : 0;
  IndexWalk walk(out.getShape(), SmallVector<int64_t>(rank, 0));
  for (int64_t i = 0, e = out.getCount(); i < e; ++i, walk.next()) {
    const int64_t distance = walk.getPosition()[rank - 1] - walk.getPosition()[rank - 2];
    if (op.getUpper() ? distance >= diagonal : distance <= diagonal)
      copyElement(out, i, in[0], i);
  }
  return out;
}

static Result constantOfShape(ConstantOfShapeOp op) {
  std::optional<HostTensor> value = HostTensor::read(op.getValue());
  if (!value || value->getCount() != 1)
    return std::nullopt;
  SmallVector<int64_t> strides(resultType(op).getRank(), 0);
  return strided(resultType(op), *value, strides);
}

static Result range(RangeOp op, ArrayRef<HostTensor> in) {
  HostTensor out = zeros(resultType(op));
  for (int64_t i = 0, e = out.getCount(); i < e; ++i) {
    if (out.isFloat())
      out.setDouble(i, in[0].getNumber(0) + double(i) * in[2].getNumber(0));
    else
      out.setInt(i, int64_t(uint64_t(in[0].getInt(0)) + uint64_t(i) * uint64_t(in[2].getInt(0))));
  }
  return out;
}

/// A 6-dimensional view [n, b, b, c, h, w] (or its variants) of an image, permuted.
static Result blocks(Operation *op, const HostTensor &in, ArrayRef<int64_t> shape, ArrayRef<int64_t> permutation) {
  SmallVector<int64_t> own = rowMajorStrides(shape), strides, permuted;
  for (int64_t dim : permutation) {
    strides.push_back(own[dim]);
    permuted.push_back(shape[dim]);
  }
  auto type = RankedTensorType::get(permuted, in.getElementType());
  return reshaped(resultType(op), strided(type, in, strides));
}

static Result depthToSpace(DepthToSpaceOp op, const HostTensor &in) {
  ArrayRef<int64_t> s = in.getShape();
  const int64_t b = op.getBlock(), depth = s[1] / (b * b);
  if (op.getMode() == DepthToSpaceMode::Dcr)
    return blocks(op, in, {s[0], b, b, depth, s[2], s[3]}, {0, 3, 4, 1, 5, 2});
  return blocks(op, in, {s[0], depth, b, b, s[2], s[3]}, {0, 1, 4, 2, 5, 3});
}

static Result spaceToDepth(SpaceToDepthOp op, const HostTensor &in) {
  ArrayRef<int64_t> s = in.getShape();
  const int64_t b = op.getBlock();
  return blocks(op, in, {s[0], s[1], s[2] / b, b, s[3] / b, b}, {0, 3, 5, 1, 2, 4});
}

Result dsc::detail::evaluateMovement(Operation *op, ArrayRef<HostTensor> in) {
  return llvm::TypeSwitch<Operation *, Result>(op)
      .Case<ReshapeOp, SqueezeOp, UnsqueezeOp>([&](auto op) { return reshaped(resultType(op), in[0]); })
      .Case([&](ExpandOp op) {
        return strided(resultType(op), in[0], broadcastStrides(in[0].getShape(), resultType(op).getShape()));
      })
      .Case([&](TransposeOp op) { return transpose(op, in); })
      .Case([&](ConcatOp op) { return concat(op, in); })
      .Case([&](SliceOp op) { return slice(op, in); })
      .Case([&](GatherOp op) { return gather(op, in); })
      .Case([&](PadOp op) { return pad(op, in); })
      .Case([&](TileOp op) { return tile(op, in); })
      .Case([&](TriluOp op) { return trilu(op, in); })
      .Case([&](ConstantOfShapeOp op) { return constantOfShape(op); })
      .Case([&](RangeOp op) { return range(op, in); })
      .Case([&](DepthToSpaceOp op) { return depthToSpace(op, in[0]); })
      .Case([&](SpaceToDepthOp op) { return spaceToDepth(op, in[0]); })
      .Default([](Operation *) { return std::nullopt; });
}
