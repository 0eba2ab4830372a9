// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// dsc-lower-quant: products and convolutions of dequantized integers become contractions of the integers.

#include "passes/ConstantPool.h"
#include "passes/Passes.h"

#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/Sequence.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace dsc {
#define GEN_PASS_DEF_LOWERQUANTPASS
#include "passes/Passes.h.inc"

namespace {

bool isByte(Value tensor) {
  Type element = getElementTypeOrSelf(tensor.getType());
  return isa<IntegerType>(element) && element.getIntOrFloatBitWidth() == 8;
}

RankedTensorType typeOf(Value tensor) { return cast<RankedTensorType>(tensor.getType()); }

/// An operand in integers, with parameters shaped as the contractions want them; a null zero point is 0.
struct Factor {
  Value values, scale, zeroPoint;
};

class Lowering {
public:
  explicit Lowering(ModuleOp module) : pool(module) {}

  /// Whether the product was replaced.
  bool lower(MatmulOp op) {
    auto lhsStep = op.getLhs().getDefiningOp<DequantizeOp>(), rhsStep = op.getRhs().getDefiningOp<DequantizeOp>();
    int64_t rank = typeOf(op.getRhs()).getRank();
    if (!rhsStep || !isByte(rhsStep.getInput()) || rank < 2 || typeOf(op.getLhs()).getRank() < 2 ||
        op.getTransposeLhs() || op.getRhsPacking())
      return false;
    OpBuilder b(op);
    std::optional<Factor> rhs = perIndex(b, rhsStep, rank - (op.getTransposeRhs() ? 2 : 1));
    std::optional<Factor> lhs = rhs && lhsStep ? perRow(lhsStep) : std::nullopt;
    if (!rhs || !finishFactors(b, op.getLhs(), lhs, *rhs))
      return false;
    auto product = QMatmulOp::create(b, op.getLoc(), op.getOutput().getType(), lhs->values, lhs->scale, lhs->zeroPoint,
                                     rhs->values, rhs->scale, rhs->zeroPoint, Value(), false, op.getTransposeRhs(),
                                     PanelsAttr(), IntegerAttr());
    op.replaceAllUsesWith(product.getOutput());
    op.erase();
    return true;
  }

  bool lower(ConvOp op) {
    auto inputStep = op.getInput().getDefiningOp<DequantizeOp>(), weightStep = op.getWeight().getDefiningOp<DequantizeOp>();
    if (!weightStep || !isByte(weightStep.getInput()) || op.getWeightPacking())
      return false;
    OpBuilder b(op);
    std::optional<Factor> weight = perIndex(b, weightStep, 0);
    std::optional<Factor> input;
    if (inputStep && hasOneElement(inputStep.getScale()) && hasOneElement(inputStep.getZeroPoint()))
      input = perRow(inputStep);
    if (!weight || !finishFactors(b, op.getInput(), input, *weight))
      return false;
    auto convolution = QConvOp::create(
        b, op.getLoc(), op.getOutput().getType(), input->values, input->scale, input->zeroPoint, weight->values,
        weight->scale, weight->zeroPoint, op.getBias(), op.getStrides(), op.getPads(), op.getDilations(), op.getGroup(),
        op.getLayout(), PanelsAttr());
    op.replaceAllUsesWith(convolution.getOutput());
    op.erase();
    return true;
  }

  void eraseUnused() { pool.eraseUnused(); }

  /// Tidies the factors of contractions that the model has itself.
  void tidy(QMatmulOp op) {
    OpBuilder b(op);
    Factor lhs{op.getLhs(), op.getLhsScale(), op.getLhsZeroPoint()}, rhs{op.getRhs(), op.getRhsScale(), op.getRhsZeroPoint()};
    tidy(b, lhs, rhs);
    assign(op.getLhsScaleMutable(), lhs.scale);
    assign(op.getLhsZeroPointMutable(), lhs.zeroPoint);
    op.getRhsMutable().assign(rhs.values);
    assign(op.getRhsScaleMutable(), rhs.scale);
    assign(op.getRhsZeroPointMutable(), rhs.zeroPoint);
  }

  void tidy(QConvOp op) {
    OpBuilder b(op);
    Factor input{op.getInput(), op.getInputScale(), op.getInputZeroPoint()};
    Factor weight{op.getWeight(), op.getWeightScale(), op.getWeightZeroPoint()};
    tidy(b, input, weight);
    assign(op.getInputScaleMutable(), input.scale);
    assign(op.getInputZeroPointMutable(), input.zeroPoint);
    op.getWeightMutable().assign(weight.values);
    assign(op.getWeightScaleMutable(), weight.scale);
    assign(op.getWeightZeroPointMutable(), weight.zeroPoint);
  }

private:
  static void assign(MutableOperandRange operand, Value value) {
    if (value)
      operand.assign(value);
    else
      operand.clear();
  }

  /// The parameters of a left operand as they are: one number, or one per row.
  std::optional<Factor> perRow(DequantizeOp step) {
    auto isPerRow = [](Value parameter) {
      auto type = typeOf(parameter);
      return type.getRank() == 0 || type.getDimSize(type.getRank() - 1) == 1;
    };
    if (!isByte(step.getInput()) || !isPerRow(step.getScale()) || !isPerRow(step.getZeroPoint()))
      return std::nullopt;
    return Factor{step.getInput(), step.getScale(), step.getZeroPoint()};
  }

  /// The parameters of a right operand as vectors of one number per index of `axis`, or one number.
  std::optional<Factor> perIndex(OpBuilder &b, DequantizeOp step, int64_t axis) {
    std::optional<Value> scale = asVector(b, step.getScale(), typeOf(step.getInput()), axis);
    std::optional<Value> zeroPoint = asVector(b, step.getZeroPoint(), typeOf(step.getInput()), axis);
    if (!scale || !zeroPoint)
      return std::nullopt;
    return Factor{step.getInput(), *scale, *zeroPoint};
  }

  std::optional<Value> asVector(OpBuilder &b, Value parameter, RankedTensorType stretched, int64_t axis) {
    RankedTensorType type = typeOf(parameter);
    if (hasOneElement(parameter) && type.getRank() <= 1)
      return parameter;
    int64_t offset = stretched.getRank() - type.getRank(), own = axis - offset;
    for (int64_t d = 0; d < type.getRank(); ++d)
      if (d != own && type.getDimSize(d) != 1)
        return std::nullopt;
    if (type.getRank() == 1)
      return parameter;
    AffineExpr size = own >= 0 ? getDims(parameter)[own] : getAffineConstantExpr(1, b.getContext());
    auto flat = makeType(Dims{size}, type.getElementType());
    if (ElementsAttr known = pool.getValue(parameter))
      if (ElementsAttr value = withShape(known, flat))
        return pool.create(b, parameter.getLoc(), value, pool.getNameHint(parameter));
    return ReshapeOp::create(b, parameter.getLoc(), flat, parameter, Value()).getOutput();
  }

  /// Makes the right operand signed and drops what says nothing. Without integers on the left the product is one of real
  /// numbers, whose weights are only stored as integers: `lhs` becomes the real operand.
  bool finishFactors(OpBuilder &b, Value real, std::optional<Factor> &lhs, Factor &rhs) {
    if (lhs) {
      tidy(b, *lhs, rhs);
      return true;
    }
    lhs = Factor{real, Value(), Value()};
    tidy(b, *lhs, rhs);
    return !rhs.zeroPoint && pool.getValue(rhs.values) &&
           getElementTypeOrSelf(rhs.scale.getType()) == getElementTypeOrSelf(real.getType());
  }

  void tidy(OpBuilder &b, Factor &lhs, Factor &rhs) {
    makeSigned(b, rhs);
    dropZero(rhs);
    dropZero(lhs);
    multiplyScales(b, lhs, rhs);
  }

  void dropZero(Factor &factor) {
    std::optional<HostTensor> numbers = factor.zeroPoint ? pool.read(factor.zeroPoint) : std::nullopt;
    if (numbers && llvm::all_of(llvm::seq(numbers->getCount()), [&](int64_t i) { return numbers->getInt(i) == 0; }))
      factor.zeroPoint = Value();
  }

  /// Constant unsigned weights as signed ones of another zero point.
  void makeSigned(OpBuilder &b, Factor &factor) {
    if (!getElementTypeOrSelf(factor.values.getType()).isUnsignedInteger())
      return;
    std::optional<HostTensor> values = pool.read(factor.values);
    std::optional<HostTensor> zeroPoint =
        factor.zeroPoint ? pool.read(factor.zeroPoint) : HostTensor::zeros({}, b.getIntegerType(8, false));
    if (!values || !zeroPoint)
      return;
    Value known = factor.zeroPoint ? factor.zeroPoint : factor.values;
    factor.zeroPoint = lessHalf(b, signedZeroPoints[known], known, *zeroPoint);
    factor.values = lessHalf(b, signedValues[factor.values], factor.values, *values);
  }

  Value lessHalf(OpBuilder &b, Value &known, Value value, const HostTensor &from) {
    if (known)
      return known;
    HostTensor to = HostTensor::zeros(from.getShape(), b.getI8Type());
    for (int64_t i = 0; i < from.getCount(); ++i)
      to.setInt(i, from.getInt(i) - 128);
    OpBuilder early(b.getContext());
    early.setInsertionPointAfterValue(value);
    known = pool.create(early, value.getLoc(), std::move(to), pool.getNameHint(value));
    return known;
  }

  /// Two constant scales are one.
  void multiplyScales(OpBuilder &b, Factor &lhs, Factor &rhs) {
    if (!lhs.scale || !rhs.scale)
      return;
    std::optional<HostTensor> x = pool.read(lhs.scale), y = pool.read(rhs.scale);
    if (!x || !y || x->getCount() != 1 || !x->getElementType().isF32() || !y->getElementType().isF32())
      return;
    HostTensor product = HostTensor::zeros(y->getShape(), b.getF32Type());
    for (int64_t i = 0; i < y->getCount(); ++i)
      product.setDouble(i, float(x->getDouble(0)) * float(y->getDouble(i)));
    rhs.scale = pool.create(b, rhs.scale.getLoc(), std::move(product), pool.getNameHint(rhs.scale));
    lhs.scale = Value();
  }

  ConstantPool pool;
  llvm::DenseMap<Value, Value> signedValues, signedZeroPoints;
};

struct LowerQuantPass : impl::LowerQuantPassBase<LowerQuantPass> {
  using LowerQuantPassBase::LowerQuantPassBase;

  void runOnOperation() override {
    Lowering lowering(getOperation());
    SmallVector<Operation *> contractions;
    getOperation().walk([&](Operation *op) {
      if (isa<MatmulOp, ConvOp, QMatmulOp, QConvOp>(op))
        contractions.push_back(op);
    });
    for (Operation *op : contractions)
      TypeSwitch<Operation *>(op)
          .Case<MatmulOp, ConvOp>([&](auto product) { numLowered += lowering.lower(product); })
          .Case<QMatmulOp, QConvOp>([&](auto product) { lowering.tidy(product); });
    lowering.eraseUnused();
  }
};

} // namespace
} // namespace dsc
