// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Verifiers and methods of symbols, weights, groups, kernels and launches.

#include "dialects/dsc/Dsc.h"
#include "dialects/dsc/DscDetail.h"
#include "dialects/dsc/DscPacking.h"

#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace dsc::detail;

namespace dsc {

LogicalResult SymbolOp::verify() {
  int64_t min = getMin(), max = getMax();
  if (getKind() == SymbolKind::Caller && min < 0) // symbol_c1
    return emitOpError("expected 'min' of at least 0 for a caller's symbol, but got ") << min;
  if (min > max) // symbol_c1
    return emitOpError("expected 'min' of at most ") << max << ", but got " << min;
  bool isDerived = getKind() == SymbolKind::Min || getKind() == SymbolKind::Max;
  if (isDerived != getOf().has_value() || (isDerived && getOf()->getSizes().empty())) // symbol_c3
    return emitOpError("expected sizes 'of' exactly for kinds 'min' and 'max'");
  return checkMinimum(*this, "multiple_of", getMultipleOf(), 1); // symbol_c2
}

LogicalResult SymbolOp::verifySymbolUses(SymbolTableCollection &) {
  if (!getOf())
    return success();
  SmallVector<SymbolOp> symbols = llvm::to_vector((*this)->getParentOfType<ModuleOp>().getOps<SymbolOp>());
  unsigned self = llvm::find(symbols, *this) - symbols.begin();
  for (AffineExpr size : getOf()->getSizes())
    for (unsigned i : getSymbolsIn(size))
      if (i >= symbols.size() || (symbols[i].getOf() && i >= self)) // symbol_c4
        return emitOpError("expected sizes of other symbols, and derived ones before, but got s") << i;
  return success();
}

LogicalResult ParamOp::verify() {
  Type value = getValue().getShapedType();
  std::optional<PanelsAttr> packing = getPacking();
  if (!packing) {
    if (value != getType()) // param_c2
      return emitOpError("expected a value of type ") << getType() << ", but got " << value;
    return success();
  }
  Type element = getValue().getElementType();
  if (getType() != getPackedType(*packing, element)) // param_c3
    return emitOpError("expected the packed type ") << getPackedType(*packing, element) << ", but got " << getType();
  if (value != getUnpackedType(*packing, element)) // param_c3
    return emitOpError("expected an unpacked value of type ")
           << getUnpackedType(*packing, element) << ", but got " << value;
  return success();
}

/// The `dsc.param` of a weight, or null.
static ParamOp lookUpParam(WeightOp op) {
  auto module = op->getParentOfType<ModuleOp>();
  return module ? dyn_cast_or_null<ParamOp>(SymbolTable::lookupSymbolIn(module, op.getParam())) : ParamOp();
}

LogicalResult WeightOp::inferResultTypes(ShapeContext &, SmallVectorImpl<Type> &results) {
  ParamOp param = lookUpParam(*this);
  if (!param) // weight_c1
    return emitOpError("expected the name of a 'dsc.param', but got '") << getParam() << "'";
  results.push_back(param.getType());
  return success();
}

LogicalResult WeightOp::verifySymbolUses(SymbolTableCollection &symbolTable) {
  auto param = symbolTable.lookupNearestSymbolFrom<ParamOp>(*this, getParamAttr());
  if (!param) // weight_c1
    return emitOpError("expected the name of a 'dsc.param', but got '") << getParam() << "'";
  if (param.getType() != getOutput().getType()) // weight_c2
    return emitOpError("expected the weight's type ") << param.getType() << ", but got " << getOutput().getType();
  return success();
}

LogicalResult ReadDimOp::verify() {
  AffineExpr size = productOfDims(getDims(getTensor()), getContext());
  std::optional<int64_t> count = getConstantDim(size);
  int64_t index = getIndex();
  if (index >= 0 && (!count || index < *count)) // read_dim_c1
    return success();
  return emitOpError("expected an index in [0, ") << printDim(size) << "), but got " << index;
}

LogicalResult ReadDimOp::verifySymbolUses(SymbolTableCollection &symbolTable) {
  auto symbol = symbolTable.lookupNearestSymbolFrom<SymbolOp>(*this, getSymbolAttr());
  if (!symbol || symbol.getKind() != SymbolKind::Data) // read_dim_c2
    return emitOpError("expected the name of a data symbol, but got '") << getSymbol() << "'";
  return success();
}

//===- group ----------------------------------------------------------------------------------------------------===//

YieldOp GroupOp::getYield() { return cast<YieldOp>(getBlock()->getTerminator()); }

LogicalResult GroupOp::verifyRegions() {
  if (getBlock()->getArgumentTypes() != getInputs().getTypes()) // group_c1
    return emitOpError("expected block arguments of the operands' types, but got ")
           << getBlock()->getNumArguments() << " for " << getInputs().size() << " operands";
  auto yield = dyn_cast<YieldOp>(getBlock()->getTerminator());
  if (!yield || yield.getResults().getTypes() != getOutputs().getTypes()) // group_c2
    return emitOpError("expected a 'dsc.yield' of the results' types");
  return success();
}

SmallVector<AffineExpr> groupDims(GroupOp group) {
  llvm::SetVector<AffineExpr> dims;
  auto collect = [&](TypeRange types) {
    for (Type type : types)
      for (AffineExpr dim : getDims(cast<RankedTensorType>(type)))
        if (dim && !getConstantDim(dim))
          dims.insert(dim);
  };
  collect(group.getInputs().getTypes());
  collect(group.getOutputs().getTypes());
  return SmallVector<AffineExpr>(dims.begin(), dims.end());
}

//===- kernel, launch -------------------------------------------------------------------------------------------===//

LogicalResult KernelOp::verify() {
  for (int8_t access : getAccess())
    if (access < 1 || access > 3) // kernel_c1
      return emitOpError("expected an access of 1, 2 or 3, but got ") << static_cast<int>(access);
  if (failed(checkMinimum(*this, "num_dims", getNumDims(), 0))) // kernel_c2
    return failure();
  return checkMinimum(*this, "scratch", getScratch(), 0); // kernel_c2
}

LogicalResult LaunchOp::verify() {
  if (failed(checkCount(*this, "tiles", getTiles().getSizes().size(), 1))) // launch_c4
    return failure();
  if (failed(checkMinimum(*this, "grain", getGrain(), 1))) // launch_c5
    return failure();
  if (failed(checkMinimum(*this, "stage", getStage(), 0)) ||
      failed(checkMinimum(*this, "cost_ns", getCostNs(), 0))) // launch_c7
    return failure();
  return success(!getFlops() || succeeded(checkCount(*this, "flops", getFlops()->getSizes().size(), 1))); // launch_c6
}

LogicalResult LaunchOp::verifySymbolUses(SymbolTableCollection &symbolTable) {
  auto kernel = symbolTable.lookupNearestSymbolFrom<KernelOp>(*this, getKernelAttr());
  if (!kernel) // launch_c1
    return emitOpError("expected the name of a 'dsc.kernel', but got '") << getKernel() << "'";
  size_t buffers = getInputs().size() + getOutputs().size();
  if (kernel.getAccess().size() != buffers) // launch_c2
    return emitOpError("expected ") << kernel.getAccess().size() << " buffers, but got " << buffers;
  return checkCount(*this, "dims", getDims().getSizes().size(), kernel.getNumDims()); // launch_c3
}

} // namespace dsc
