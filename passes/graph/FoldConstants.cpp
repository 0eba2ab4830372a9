// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// dsc-fold-constants: computes at compile time what depends on constants only, within a budget of bytes.

#include "passes/ConstantPool.h"
#include "passes/Passes.h"

#include "dialects/dsc/DscEvaluate.h"
#include "dialects/dsc/DscRoles.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;

namespace dsc {
#define GEN_PASS_DEF_FOLDCONSTANTSPASS
#include "passes/Passes.h.inc"

namespace {

/// A result this much larger than what it is made of is computed at run time instead.
constexpr int64_t maxGrowthBytes = 64 * 1024;

/// A transposed weight that only products read stays: a product reads it as it lies.
bool isReadAsItLies(Operation *op) {
  auto transpose = dyn_cast<TransposeOp>(op);
  if (!transpose || transpose->use_empty())
    return false;
  ArrayRef<int64_t> permutation = transpose.getPermutation();
  size_t rank = permutation.size();
  if (rank < 2 || permutation[rank - 1] != static_cast<int64_t>(rank - 2) ||
      permutation[rank - 2] != static_cast<int64_t>(rank - 1))
    return false;
  return llvm::all_of(transpose->getUsers(), [](Operation *user) { return isa<MatmulOp>(user); });
}

/// Weights in integers stay so until it is known that no contraction takes them.
bool isStoredInIntegers(Operation *op) {
  auto step = dyn_cast<DequantizeOp>(op);
  return step && getElementTypeOrSelf(step.getInput().getType()).getIntOrFloatBitWidth() < 32;
}

class Folder {
public:
  Folder(ModuleOp module, int64_t budget, bool dequantize) : pool(module), budget(budget), dequantize(dequantize) {}

  /// Replaces the op's results by constants if it can and may.
  bool fold(Operation *op) {
    SmallVector<ElementsAttr> operands;
    int64_t operandBytes = 0;
    if (!readOperands(op, operands, operandBytes))
      return false;
    if (isView(op) && foldView(op, operands))
      return true;
    int64_t resultBytes = getResultBytes(op), mostBytes = std::min(operandBytes + maxGrowthBytes, budget);
    if (isStoredInIntegers(op)) // as many bytes as the weight has in models of floats
      mostBytes = dequantize ? INT64_MAX : 0;
    if (resultBytes < 0 || resultBytes > mostBytes || !canEvaluate(op))
      return false;
    if (resultBytes > ConstantPool::maxInlineBytes && isReadAsItLies(op))
      return false;
    SmallVector<ElementsAttr> results;
    if (failed(evaluate(op, operands, results)))
      return false;
    if (resultBytes > ConstantPool::maxInlineBytes)
      budget -= resultBytes;
    replace(op, results);
    return true;
  }

  void eraseUnused() { pool.eraseUnused(); }

private:
  bool readOperands(Operation *op, SmallVectorImpl<ElementsAttr> &operands, int64_t &bytes) {
    for (Value operand : op->getOperands()) {
      ElementsAttr value = pool.getValue(operand);
      if (!value)
        return false;
      operands.push_back(value);
      bytes += getByteSize(value);
    }
    return true;
  }

  /// The bytes of all results; -1 if one is not static.
  int64_t getResultBytes(Operation *op) {
    int64_t bytes = 0;
    for (Type type : op->getResultTypes()) {
      auto tensor = cast<RankedTensorType>(type);
      if (!tensor.hasStaticShape())
        return -1;
      bytes += tensor.getNumElements() * getElementBytes(tensor.getElementType());
    }
    return bytes;
  }

  /// Another shape of the same bytes needs no copy.
  bool foldView(Operation *op, ArrayRef<ElementsAttr> operands) {
    ElementsAttr value = withShape(operands[0], cast<RankedTensorType>(op->getResult(0).getType()));
    if (!value)
      return false;
    replace(op, value);
    return true;
  }

  void replace(Operation *op, ArrayRef<ElementsAttr> results) {
    OpBuilder builder(op);
    StringRef hint = op->getNumOperands() ? pool.getNameHint(op->getOperand(0)) : "constant";
    std::string name = hint.str();
    for (auto [result, value] : llvm::zip_equal(op->getResults(), results))
      if (!result.use_empty())
        result.replaceAllUsesWith(pool.create(builder, op->getLoc(), value, name));
    op->erase();
  }

  ConstantPool pool;
  int64_t budget;
  bool dequantize;
};

struct FoldConstantsPass : impl::FoldConstantsPassBase<FoldConstantsPass> {
  using FoldConstantsPassBase::FoldConstantsPassBase;

  void runOnOperation() override {
    Folder folder(getOperation(), maxBytes, dequantize);
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      if (function.isExternal())
        continue;
      for (Operation &op : llvm::make_early_inc_range(function.getBody().front())) {
        if (isa<ConstantOp, WeightOp, DimValuesOp>(op) || !isa<FusibleOpInterface>(op))
          continue;
        if (folder.fold(&op))
          ++numFolded;
      }
      for (Operation &op : llvm::make_early_inc_range(llvm::reverse(function.getBody().front())))
        if (isOpTriviallyDead(&op))
          op.erase();
    }
    folder.eraseUnused();
  }
};

} // namespace
} // namespace dsc
