// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Reads the arguments of the C signature of a kernel.

#include "passes/kernel/cpu/KernelAbi.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;

namespace dsc {

func::FuncOp createKernelFunction(ModuleOp module, Location loc, StringRef symbol) {
  OpBuilder b = OpBuilder::atBlockEnd(module.getBody());
  Type pointer = LLVM::LLVMPointerType::get(b.getContext()), i64 = b.getI64Type();
  auto type = b.getFunctionType({pointer, pointer, pointer, i64, i64}, {});
  auto function = func::FuncOp::create(b, loc, symbol, type);
  b.setInsertionPointToStart(function.addEntryBlock());
  func::ReturnOp::create(b, loc);
  return function;
}

KernelBody bindKernelArguments(OpBuilder &b, func::FuncOp function, GroupOp group, const KernelShape &shape,
                               const CpuLevel &level) {
  KernelBody body{{b, group.getLoc(), kernelDims(group)}, level, {}, {}, {}};
  auto load = [&](Value base, unsigned position, Type type) -> Value {
    Value slot =
        LLVM::GEPOp::create(b, body.loc, base.getType(), type, base, ArrayRef<LLVM::GEPArg>{int32_t(position)});
    return LLVM::LoadOp::create(b, body.loc, type, slot);
  };
  auto toIndex = [&](Value value) -> Value {
    return arith::IndexCastOp::create(b, body.loc, b.getIndexType(), value);
  };
  for (unsigned i = 0; i < body.dimExprs.size(); ++i)
    body.dims.push_back(toIndex(load(function.getArgument(1), i, b.getI64Type())));
  Value pointers = function.getArgument(0);
  unsigned position = 0;
  for (Type type : llvm::concat<const Type>(llvm::to_vector(group.getOperandTypes()),
                                            llvm::to_vector(group.getResultTypes())))
    body.addBuffer(load(pointers, position++, pointers.getType()), cast<RankedTensorType>(type));
  if (shape.scratchBytes != 0) {
    Value bytes = LLVM::ConstantOp::create(b, body.loc, b.getI64Type(), shape.scratchBytes);
    body.scratch = makeMemref(b, body.loc, function.getArgument(2), {shape.scratchBytes}, b.getI8Type(), bytes);
  }
  body.begin = toIndex(function.getArgument(3));
  body.end = toIndex(function.getArgument(4));
  return body;
}

} // namespace dsc
