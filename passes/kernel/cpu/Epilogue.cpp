// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Matches a group's elementwise tail and emits it per fragment of a register tile.

#include "passes/kernel/cpu/Epilogue.h"
#include "passes/kernel/cpu/ElementwiseOps.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace dsc {

namespace {
/// More instructions than this per fragment are not worth repeating for every register of a tile.
constexpr int maxUnrolledOps = 6;

/// Whether a tensor of `dims` broadcasts to `target` like numpy.
bool broadcastsTo(ArrayRef<AffineExpr> dims, ArrayRef<AffineExpr> target) {
  if (dims.size() > target.size())
    return false;
  for (auto [dim, to] : llvm::zip(llvm::reverse(dims), llvm::reverse(target)))
    if (dim != to && getConstantDim(dim) != 1)
      return false;
  return true;
}

bool isSplat(ConstantOp constant) {
  auto dense = dyn_cast<DenseElementsAttr>(constant.getValue());
  return dense && dense.isSplat();
}

/// Null if the tail op can be applied to fragments, else why not.
const char *whyNotInTail(Operation &op, ArrayRef<AffineExpr> target) {
  if (auto constant = dyn_cast<ConstantOp>(op))
    return isSplat(constant) ? nullptr : "a constant of the tail is no splat";
  if (!isElementwise(&op))
    return "an op of the tail is not elementwise";
  if (!broadcastsTo(getDims(op.getResult(0)), target))
    return "an op of the tail is larger than the anchor's result";
  return nullptr;
}
} // namespace

FailureOr<EpilogueSpec> EpilogueSpec::match(GroupOp group, Operation *anchor, std::string &whyNot) {
  Dims target = getDims(anchor->getResult(0));
  int64_t ops = 0;
  bool expensive = false;
  for (Operation &op : group.getBlock()->without_terminator()) {
    if (&op == anchor)
      continue;
    if (const char *reason = whyNotInTail(op, target)) {
      whyNot = reason;
      return failure();
    }
    expensive |= isExpensive(&op);
    ops += !isa<ConstantOp>(op);
    for (Value operand : op.getOperands())
      if (isa<BlockArgument>(operand) && !broadcastsTo(getDims(operand), target)) {
        whyNot = "an operand of the tail does not broadcast to the anchor's result";
        return failure();
      }
  }
  for (Value result : group.getYield()->getOperands())
    if (getDims(result) != target || isa<BlockArgument>(result)) {
      whyNot = "a result of the group has another shape than the anchor";
      return failure();
    }
  return EpilogueSpec{group, anchor, expensive || ops > maxUnrolledOps};
}

/// Where a fragment is, and what is already known there.
struct EpilogueEmitter::Place {
  Place(Value row, const Fragment &fragment) : row(row), column(fragment.column), mask(fragment.mask) {}
  Value row, column, mask;
  DenseMap<Value, Value> values;
  SmallVector<Value> indices; ///< of `row` in the leading dimensions, filled on demand
};

EpilogueEmitter::EpilogueEmitter(EpilogueSpec given, KernelBody &body, const DotAtom &atom, ResultParameters parameters)
    : spec(given), m{body.b, body.loc}, lanes(atom.lanes), sumType(atom.accumulatorType(body.b.getContext())),
      parameters(parameters), scratch(body.scratch) {
  for (AffineExpr dim : getDims(spec.anchor->getResult(0)))
    leading.push_back(body.dimValue(dim));
  columns = leading.pop_back_val();
  unsigned inputs = spec.group.getInputs().size();
  operands.resize(inputs);
  for (unsigned i = 0; i < inputs; ++i)
    bindOperand(body, i);
  outputs.assign(body.flat.begin() + inputs, body.flat.end());
}

bool EpilogueEmitter::isNeeded(unsigned number) {
  Value argument = spec.group.getBlock()->getArgument(number);
  return number == parameters.lhsScale || number == parameters.rhsScale || number == parameters.bias ||
         llvm::any_of(argument.getUsers(), [&](Operation *user) { return user != spec.anchor; });
}

void EpilogueEmitter::bindOperand(KernelBody &body, unsigned number) {
  if (!isNeeded(number))
    return;
  Value argument = spec.group.getBlock()->getArgument(number);
  Access &access = operands[number];
  access.flat = body.flat[number];
  access.element = getElementTypeOrSelf(argument.getType());
  Dims dims = getDims(argument), target = getDims(spec.anchor->getResult(0));
  if (llvm::all_of(dims, [](AffineExpr dim) { return getConstantDim(dim) == 1; })) {
    Value scalar = fromStorage(m.b, m.loc, m.loadScalar(access.flat, m.constant(0)), access.element);
    access.uniform = m.broadcast(scalar, lanes);
    return;
  }
  while (dims.size() < target.size())
    dims.insert(dims.begin(), getAffineConstantExpr(1, body.b.getContext()));
  access.hasColumn = dims.back() == target.back();
  Value last = body.dimValue(dims.pop_back_val());
  target.pop_back();
  if (llvm::equal(dims, target)) {
    access.usesRow = !dims.empty();
    access.rowStride = last;
    return;
  }
  access.strides.resize(dims.size());
  Value stride = last;
  for (int d = dims.size() - 1; d >= 0; --d) {
    if (dims[d] == target[d] && getConstantDim(dims[d]) != 1) {
      access.strides[d] = stride;
      access.usesIndices = true;
    }
    stride = m.mul(stride, body.dimValue(dims[d]));
  }
}

Value EpilogueEmitter::load(const Access &access, Place &place) {
  if (access.uniform)
    return access.uniform;
  Value offset = m.constant(0);
  if (access.usesRow)
    offset = m.mul(place.row, access.rowStride);
  if (access.usesIndices) {
    if (place.indices.empty()) {
      Value rest = place.row;
      for (Value size : llvm::reverse(leading)) {
        place.indices.insert(place.indices.begin(), m.rem(rest, size));
        rest = m.div(rest, size);
      }
    }
    for (auto [index, stride] : llvm::zip(place.indices, access.strides))
      if (stride)
        offset = m.add(offset, m.mul(index, stride));
  }
  if (access.hasColumn) {
    Value vector = m.loadVector(access.flat, m.add(offset, place.column), lanes, place.mask);
    return fromStorage(m.b, m.loc, vector, access.element);
  }
  Value scalar = fromStorage(m.b, m.loc, m.loadScalar(access.flat, offset), access.element);
  return m.broadcast(scalar, lanes);
}

/// An op whose operands are known.
Value EpilogueEmitter::evaluateOp(Operation *op, Place &place) {
  auto constant = dyn_cast<ConstantOp>(op);
  if (!constant) {
    auto known = [&](Value operand) { return place.values.lookup(operand); };
    return emitElementwise(m.b, op->getLoc(), op, llvm::map_to_vector(op->getOperands(), known));
  }
  Type type = computeType(getElementTypeOrSelf(constant.getOutput().getType()));
  auto dense = cast<DenseElementsAttr>(constant.getValue());
  Attribute element = isa<FloatType>(type)
                          ? Attribute(dense.getSplatValue<FloatAttr>())
                          : Attribute(m.b.getIntegerAttr(type, dense.getSplatValue<APInt>()));
  return arith::ConstantOp::create(m.b, m.loc, DenseElementsAttr::get(VectorType::get({lanes}, type), element));
}

void EpilogueEmitter::evaluate(Value value, MutableArrayRef<Place> places) {
  if (places.front().values.contains(value))
    return;
  Operation *op = value.getDefiningOp();
  if (op)
    for (Value operand : op->getOperands())
      evaluate(operand, places);
  for (Place &place : places)
    place.values[value] = op ? evaluateOp(op, place) : load(operands[cast<BlockArgument>(value).getArgNumber()], place);
}

Value EpilogueEmitter::finish(Value sum, Place &place) {
  bool isReal = getElementTypeOrSelf(spec.anchor->getResult(0).getType()).isF32();
  if (isReal && sumType.isInteger())
    sum = arith::SIToFPOp::create(m.b, m.loc, VectorType::get({lanes}, m.b.getF32Type()), sum);
  for (std::optional<unsigned> scale : {parameters.lhsScale, parameters.rhsScale})
    if (scale)
      sum = arith::MulFOp::create(m.b, m.loc, sum, load(operands[*scale], place));
  if (!parameters.bias)
    return sum;
  Value bias = load(operands[*parameters.bias], place);
  return isReal ? m.b.createOrFold<arith::AddFOp>(m.loc, sum, bias) : m.b.createOrFold<arith::AddIOp>(m.loc, sum, bias);
}

void EpilogueEmitter::storeFragments(ValueRange accumulators, MutableArrayRef<Place> places) {
  for (auto [accumulator, place] : llvm::zip(accumulators, places))
    place.values[spec.anchor->getResult(0)] = finish(accumulator, place);
  for (auto [output, result] : llvm::zip(outputs, spec.group.getYield()->getOperands())) {
    evaluate(result, places);
    for (Place &place : places) {
      Value offset = m.add(m.mul(place.row, columns), place.column);
      Value value = toStorage(m.b, m.loc, place.values[result], getElementTypeOrSelf(result.getType()));
      m.storeVector(value, output, offset, place.mask);
    }
  }
}

void EpilogueEmitter::storeTile(ValueRange accumulators, Value first, ArrayRef<Fragment> fragments) {
  size_t count = fragments.size(), rows = accumulators.size() / count;
  if (!spec.isLong) {
    for (size_t r = 0; r < rows; ++r) {
      Value row = m.add(first, r);
      auto places = llvm::map_to_vector(fragments, [&](const Fragment &fragment) { return Place(row, fragment); });
      storeFragments(accumulators.slice(r * count, count), places);
    }
    return;
  }
  Value tile = m.view(scratch, scratchOffset, sumType);
  for (auto [index, accumulator] : llvm::enumerate(accumulators))
    m.storeVector(accumulator, tile, m.constant(index * lanes));
  storeFromMemory(tile, m.constant(0), count * lanes, first, m.constant(rows), fragments);
}

void EpilogueEmitter::storeFromMemory(Value flat, Value offset, int64_t rowStep, Value first, Value count,
                                      ArrayRef<Fragment> fragments) {
  m.loop(m.constant(0), count, 1, [&](Value r) {
    Value row = m.add(first, r), base = m.add(offset, m.mul(r, rowStep));
    SmallVector<Place> places;
    SmallVector<Value> sums;
    for (auto [f, fragment] : llvm::enumerate(fragments)) {
      places.emplace_back(row, fragment);
      sums.push_back(m.loadVector(flat, m.add(base, f * lanes), lanes));
    }
    storeFragments(sums, places);
  });
}

} // namespace dsc
