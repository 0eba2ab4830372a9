// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Makes kernel functions and reads their parameters.

#include "passes/kernel/gpu/GpuAbi.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

using namespace mlir;

namespace dsc {
namespace {

constexpr unsigned globalSpace = 1, sharedSpace = 3;
constexpr const char *sharedName = "dsc_shared";

/// The one variable that stands for the dynamic shared memory of every kernel.
Value addressOfShared(OpBuilder &b, Location loc, ModuleOp module) {
  auto type = LLVM::LLVMArrayType::get(b.getI8Type(), 0);
  if (!module.lookupSymbol(sharedName)) {
    OpBuilder top = OpBuilder::atBlockBegin(module.getBody());
    LLVM::GlobalOp::create(top, module.getLoc(), type, /*isConstant=*/false, LLVM::Linkage::External, sharedName,
                           Attribute(), gpuAlignment, sharedSpace);
  }
  return LLVM::AddressOfOp::create(b, loc, LLVM::LLVMPointerType::get(b.getContext(), sharedSpace), sharedName);
}

} // namespace

func::FuncOp createGpuFunction(ModuleOp module, GroupOp group, StringRef symbol, const GpuShape &shape) {
  OpBuilder b = OpBuilder::atBlockEnd(module.getBody());
  unsigned numInputs = group.getNumOperands(), numBuffers = numInputs + group.getNumResults();
  SmallVector<Type> types(numBuffers, LLVM::LLVMPointerType::get(b.getContext(), globalSpace));
  types.append(kernelDims(group).size(), b.getI64Type());
  auto function = func::FuncOp::create(b, group.getLoc(), symbol, b.getFunctionType(types, {}));
  function->setAttr("dsc.threads", b.getI64IntegerAttr(shape.threads));
  if (shape.sharedBytes)
    function->setAttr("dsc.shared", b.getI64IntegerAttr(shape.sharedBytes));
  for (unsigned i = 0; i < numBuffers; ++i) {
    // No alignment: with it the back end reads 16 bytes where 12 are wanted, past the end of a buffer. Runs say it.
    function.setArgAttr(i, "llvm.noalias", b.getUnitAttr());
    if (i < numInputs)
      function.setArgAttr(i, "llvm.readonly", b.getUnitAttr());
  }
  b.setInsertionPointToStart(function.addEntryBlock());
  func::ReturnOp::create(b, group.getLoc());
  return function;
}

GpuBody bindGpuArguments(OpBuilder &b, func::FuncOp function, GroupOp group, const GpuShape &shape) {
  Location loc = group.getLoc();
  GpuBody body{{b, loc, kernelDims(group), shape.runLength, gpuAlignment}, shape.threads, {}, {}, {}, {}};
  auto toIndex = [&](Value value) -> Value {
    return arith::IndexCastOp::create(b, loc, b.getIndexType(), value);
  };
  unsigned numBuffers = group.getNumOperands() + group.getNumResults();
  for (unsigned i = 0; i < body.dimExprs.size(); ++i)
    body.dims.push_back(toIndex(function.getArgument(numBuffers + i)));
  unsigned position = 0;
  for (Type type : llvm::concat<const Type>(llvm::to_vector(group.getOperandTypes()),
                                            llvm::to_vector(group.getResultTypes())))
    body.addBuffer(body.pointers.emplace_back(function.getArgument(position++)), cast<RankedTensorType>(type));
  body.thread = toIndex(NVVM::ThreadIdXOp::create(b, loc, b.getI32Type()));
  body.block = toIndex(NVVM::BlockIdXOp::create(b, loc, b.getI32Type()));
  if (shape.sharedBytes)
    body.shared = addressOfShared(b, loc, function->getParentOfType<ModuleOp>());
  return body;
}

} // namespace dsc
