// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Shapes and verifiers of concat, pad, tile, trilu and the exchange of depth and space.

#include "dialects/dsc/Dsc.h"
#include "dialects/dsc/DscDetail.h"

using namespace mlir;
using namespace dsc::detail;

namespace dsc {

//===- concat ---------------------------------------------------------------------------------------------------===//

static LogicalResult inferDims(ConcatOp op, Dims &dims) {
  if (op.getInputs().empty()) // concat_c1
    return op.emitOpError("expected an input");
  dims = getDims(op.getInputs().front());
  int64_t axis = op.getAxis();
  if (failed(checkAxis(op, axis, dims.size()))) // concat_c2
    return failure();
  for (auto [i, input] : llvm::enumerate(op.getInputs().drop_front())) {
    if (failed(checkRank(op, "inputs", input, dims.size(), dims.size())) ||
        failed(checkElementType(op, "inputs", input, elementType(op.getInputs().front())))) // concat_c3
      return failure();
    Dims other = getDims(input);
    for (size_t dim = 0; dim < dims.size(); ++dim) {
      if (static_cast<int64_t>(dim) == axis) {
        dims[dim] = addDims(dims[dim], other[dim]);
        continue;
      }
      if (!mayBeEqual(dims[dim], other[dim])) // concat_c4
        return op.emitOpError("expected size ") << printDim(dims[dim]) << " of dimension " << dim << " of input "
                                                << i + 1 << ", but got " << printDim(other[dim]);
      if (!dims[dim] || getConstantDim(other[dim]))
        dims[dim] = other[dim];
    }
  }
  return success();
}

LogicalResult ConcatOp::inferResultTypes(ShapeContext &, SmallVectorImpl<Type> &results) {
  Dims dims;
  if (failed(inferDims(*this, dims)))
    return failure();
  return appendType(*this, dims, elementType(getInputs().front()), results);
}

LogicalResult ConcatOp::verify() {
  Dims dims;
  if (failed(inferDims(*this, dims)))
    return failure();
  return checkResult(*this, 0, dims, elementType(getInputs().front())); // concat_c5
}

//===- pad, tile ------------------------------------------------------------------------------------------------===//

static LogicalResult checkPad(PadOp op, SmallVector<int64_t> &axes) {
  int64_t rank = rankOf(op.getInput());
  axes = axesOrAll(op.getAxes(), rank);
  if (failed(checkDistinctAxes(op, axes, rank)) ||                                         // pad_c1
      failed(checkVector(op, "pads", op.getPads(), constantDim(op, 2 * axes.size())))) // pad_c2
    return failure();
  Value value = op.getValue();
  if (!value)
    return success();
  if (op.getMode() != PadMode::Constant) // pad_c4
    return op.emitOpError("expected a 'value' in mode 'constant' only, but got mode '")
           << stringifyPadMode(op.getMode()) << "'";
  return success(succeeded(checkOneElement(op, "value", value)) &&
                 succeeded(checkElementType(op, "value", value, elementType(op.getInput())))); // pad_c3
}

/// One end's padding: known, or read within what the prior size of the dimension allows. A static prior size makes
/// reading unnecessary.
static FailureOr<AffineExpr> padAmount(PadOp op, ShapeContext &shapes, ArrayRef<AffineExpr> values, int64_t index) {
  if (values[index])
    return values[index];
  OpBuilder builder(op);
  return shapes.readDim(builder, op.getLoc(), op.getPads(), index, "pads", 0, INT64_MAX);
}

LogicalResult PadOp::inferResultTypes(ShapeContext &shapes, SmallVectorImpl<Type> &results) {
  SmallVector<int64_t> axes;
  if (failed(checkPad(*this, axes)))
    return failure();
  Dims dims = getDims(getInput()), pads = valuesOf(&shapes, getPads(), 2 * axes.size());
  for (auto [i, axis] : llvm::enumerate(axes)) {
    AffineExpr prior = priorDim(*this, shapes, 0, axis);
    if ((!pads[i] || !pads[axes.size() + i]) && getConstantDim(prior)) {
      dims[axis] = prior;
      continue;
    }
    FailureOr<AffineExpr> before = padAmount(*this, shapes, pads, i);
    FailureOr<AffineExpr> after = padAmount(*this, shapes, pads, axes.size() + i);
    if (failed(before) || failed(after))
      return failure();
    dims[axis] = addDims(addDims(dims[axis], *before), *after); // pad_c6 is appendType's
  }
  return appendType(*this, dims, elementType(getInput()), results);
}

LogicalResult PadOp::verify() {
  SmallVector<int64_t> axes;
  if (failed(checkPad(*this, axes)))
    return failure();
  Dims dims = getDims(getInput());
  for (int64_t axis : axes)
    dims[axis] = AffineExpr();
  return checkResult(*this, 0, dims, elementType(getInput())); // pad_c3, pad_c5
}

LogicalResult TileOp::inferResultTypes(ShapeContext &shapes, SmallVectorImpl<Type> &results) {
  Dims dims = getDims(getInput());
  if (failed(checkVector(*this, "repeats", getRepeats(), constantDim(*this, dims.size())))) // tile_c1
    return failure();
  Dims repeats = valuesOf(&shapes, getRepeats(), dims.size());
  for (auto [i, repeat] : llvm::enumerate(repeats)) {
    AffineExpr prior = priorDim(*this, shapes, 0, i);
    if (!repeat && getConstantDim(prior)) {
      dims[i] = prior;
      continue;
    }
    OpBuilder builder(*this);
    if (!repeat)
      repeat = shapes.readDim(builder, getLoc(), getRepeats(), i, "repeats", 0, INT64_MAX);
    if (getConstantDim(repeat).value_or(0) < 0) // tile_c4
      return emitOpError("expected 'repeats' that are not negative, but got ") << printDim(repeat);
    dims[i] = mulDims(dims[i], repeat);
  }
  return appendType(*this, dims, elementType(getInput()), results);
}

LogicalResult TileOp::verify() {
  int64_t rank = rankOf(getInput());
  if (failed(checkVector(*this, "repeats", getRepeats(), constantDim(*this, rank)))) // tile_c1
    return failure();
  return checkResult(*this, 0, Dims(rank), elementType(getInput())); // tile_c2, tile_c3
}

//===- trilu, depth and space -----------------------------------------------------------------------------------===//

LogicalResult TriluOp::inferResultTypes(ShapeContext &, SmallVectorImpl<Type> &results) {
  results.push_back(getInput().getType());
  return success();
}

LogicalResult TriluOp::verify() {
  if (failed(checkRank(*this, "input", getInput(), 2, INT64_MAX))) // trilu_c1
    return failure();
  return getK() ? checkOneElement(*this, "k", getK()) : success(); // trilu_c2
}

/// An error if a block size does not divide a size.
static LogicalResult checkBlocks(Operation *op, StringRef what, AffineExpr size, int64_t block) {
  std::optional<int64_t> known = getConstantDim(size);
  if (!known || *known % block == 0)
    return success();
  return op->emitOpError("expected ") << what << " divisible by " << block << ", but got " << *known;
}

/// Rank and block of both ops; a block's square must fit.
static LogicalResult checkBlock(Operation *op, Value input, int64_t block) {
  if (failed(checkRank(op, "input", input, 4, 4)) || failed(checkMinimum(op, "block", block, 1)))
    return failure();
  if (block < (int64_t(1) << 16))
    return success();
  return op->emitOpError("expected 'block' of less than 65536, but got ") << block;
}

static LogicalResult inferDims(DepthToSpaceOp op, Dims &dims) {
  int64_t block = op.getBlock();
  if (failed(checkBlock(op, op.getInput(), block))) // depth_to_space_c1, depth_to_space_c2
    return failure();
  dims = getDims(op.getInput());
  if (failed(checkBlocks(op, "channels", dims[1], block * block))) // depth_to_space_c2
    return failure();
  dims[1] = floorDivDims(dims[1], constantDim(op, block * block));
  dims[2] = mulDims(dims[2], constantDim(op, block));
  dims[3] = mulDims(dims[3], constantDim(op, block));
  return success();
}

LogicalResult DepthToSpaceOp::inferResultTypes(ShapeContext &, SmallVectorImpl<Type> &results) {
  Dims dims;
  if (failed(inferDims(*this, dims)))
    return failure();
  return appendType(*this, dims, elementType(getInput()), results);
}

LogicalResult DepthToSpaceOp::verify() {
  Dims dims;
  if (failed(inferDims(*this, dims)))
    return failure();
  return checkResult(*this, 0, dims, elementType(getInput())); // depth_to_space_c3
}

static LogicalResult inferDims(SpaceToDepthOp op, Dims &dims) {
  int64_t block = op.getBlock();
  if (failed(checkBlock(op, op.getInput(), block))) // space_to_depth_c1, space_to_depth_c2
    return failure();
  dims = getDims(op.getInput());
  if (failed(checkBlocks(op, "a height", dims[2], block)) || failed(checkBlocks(op, "a width", dims[3], block)))
    return failure();
  dims[1] = mulDims(dims[1], constantDim(op, block * block));
  dims[2] = floorDivDims(dims[2], constantDim(op, block));
  dims[3] = floorDivDims(dims[3], constantDim(op, block));
  return success();
}

LogicalResult SpaceToDepthOp::inferResultTypes(ShapeContext &, SmallVectorImpl<Type> &results) {
  Dims dims;
  if (failed(inferDims(*this, dims)))
    return failure();
  return appendType(*this, dims, elementType(getInput()), results);
}

LogicalResult SpaceToDepthOp::verify() {
  Dims dims;
  if (failed(inferDims(*this, dims)))
    return failure();
  return checkResult(*this, 0, dims, elementType(getInput())); // space_to_depth_c3
}

} // namespace dsc
