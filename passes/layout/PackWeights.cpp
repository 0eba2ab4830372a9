// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// dsc-pack-weights: gives the weights of products and NHWC convolutions the type of their panels. The bytes are
// rearranged while the plan is written.

#include "passes/Passes.h"

#include "dialects/dsc/DscPacking.h"
#include "dialects/dsc/Schedule.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ADT/TypeSwitch.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;

namespace dsc {
#define GEN_PASS_DEF_PACKWEIGHTSPASS
#include "passes/Passes.h.inc"

namespace {

struct PackWeightsPass : impl::PackWeightsPassBase<PackWeightsPass> {
  using PackWeightsPassBase::PackWeightsPassBase;

  void runOnOperation() override {
    SymbolTable table(getOperation());
    symbols = &table;
    packed.clear();
    getOperation().walk([&](Operation *op) {
      llvm::TypeSwitch<Operation *>(op)
          .Case<MatmulOp, QMatmulOp>([&](auto product) { packProduct(product); })
          .Case<ConvOp, QConvOp>([&](auto convolution) { packConvolution(convolution); });
    });
    eraseUnused();
  }

private:
  /// The unpacked weight behind the value, of f32 or signed bytes.
  ParamOp getParam(Value value) {
    auto weight = value.getDefiningOp<WeightOp>();
    auto param = weight ? symbols->lookup<ParamOp>(weight.getParam()) : ParamOp();
    Type element = getElementTypeOrSelf(value.getType());
    if (!param || param.getPacking() || !(element.isF32() || element.isSignlessInteger(8)))
      return {};
    return param;
  }

  /// Elements of the contracted dimension side by side: bytes are multiplied four at a time.
  static int64_t getKp(Value lhs) { return getElementTypeOrSelf(lhs.getType()).getIntOrFloatBitWidth() == 8 ? 4 : 1; }

  /// Products of a batched weight or with a transposed left operand have no kernel that reads panels.
  template <class Op> void packProduct(Op op) {
    ParamOp param = getParam(op.getRhs());
    auto type = cast<RankedTensorType>(op.getRhs().getType());
    if (!param || type.getRank() != 2 || op.getTransposeLhs() || type.getNumElements() == 0 ||
        cast<RankedTensorType>(op.getLhs().getType()).getRank() < 2)
      return;
    bool transposed = op.getTransposeRhs();
    int64_t k = type.getDimSize(transposed ? 1 : 0), n = type.getDimSize(transposed ? 0 : 1);
    auto panels = PanelsAttr::get(&getContext(), PanelKind::Gemm, n, k, panelColumns, getKp(op.getLhs()), {}, 1,
                                  transposed);
    op.getRhsMutable().assign(usePacked(op, param, panels));
    op.setTransposeRhs(false);
    op.setRhsPackingAttr(panels);
  }

  /// Depthwise convolutions are packed as one group whose columns are the channels.
  template <class Op> void packConvolution(Op op) {
    ParamOp param = getParam(op.getWeight());
    auto type = cast<RankedTensorType>(op.getWeight().getType());
    if (!param || op.getLayout() != Layout::Nhwc || type.getRank() > 4 || type.getNumElements() == 0)
      return;
    int64_t groups = op.getGroup(), outputs = type.getDimSize(0), channels = type.getDimSize(1), kp = getKp(op.getInput());
    bool isDepthwise = channels == 1 && outputs == groups;
    if (isDepthwise && kp != 1) // read as they lie
      return;
    if (isDepthwise)
      groups = 1;
    auto panels = PanelsAttr::get(&getContext(), PanelKind::Conv, outputs / groups, channels, panelColumns, kp,
                                  type.getShape().drop_front(2), groups, false);
    op.getWeightMutable().assign(usePacked(op, param, panels));
    op.setWeightPackingAttr(panels);
  }

  /// A `dsc.weight` of the packed form of the param, which is made once.
  Value usePacked(Operation *user, ParamOp param, PanelsAttr panels) {
    ParamOp &form = packed[{param, panels}];
    auto type = getPackedType(panels, cast<ShapedType>(param.getType()).getElementType());
    if (!form) {
      OpBuilder builder(param);
      builder.setInsertionPointAfter(param);
      form = ParamOp::create(builder, param.getLoc(), builder.getStringAttr(param.getSymName() + ".packed"),
                             TypeAttr::get(type), param.getValue(), panels);
      symbols->insert(form, std::next(Block::iterator(param)));
      ++numPacked;
    }
    OpBuilder builder(user);
    return WeightOp::create(builder, user->getLoc(), type, form.getSymName()).getOutput();
  }

  /// The packed params hold the same bytes, so none are freed.
  void eraseUnused() {
    llvm::StringSet<> used;
    getOperation().walk([&](WeightOp weight) {
      if (weight->use_empty())
        weight.erase();
      else
        used.insert(weight.getParam());
    });
    for (auto param : llvm::make_early_inc_range(getOperation().getOps<ParamOp>()))
      if (!used.contains(param.getSymName()))
        param.erase();
  }

  SymbolTable *symbols = nullptr;
  llvm::DenseMap<std::pair<Operation *, Attribute>, ParamOp> packed;
};

} // namespace
} // namespace dsc
