// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Builds memref descriptors of row-major contiguous buffers from the pointers and sizes that a kernel is given.

#include "passes/kernel/cpu/KernelAbi.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "passes/kernel/cpu/ElementwiseOps.h"

using namespace mlir;

namespace dsc {

SmallVector<AffineExpr> kernelDims(GroupOp group) {
  SmallVector<AffineExpr> dims = groupDims(group);
  llvm::SmallBitVector symbols;
  auto note = [&](AffineExpr expr) {
    for (unsigned symbol : getSymbolsIn(expr)) {
      symbols.resize(std::max<unsigned>(symbols.size(), symbol + 1));
      symbols.set(symbol);
    }
  };
  for (AffineExpr dim : dims)
    note(dim);
  group.getBody().walk([&](Operation *op) {
    for (Type type : op->getResultTypes())
      for (AffineExpr dim : getDims(cast<RankedTensorType>(type)))
        if (dim)
          note(dim);
    if (auto values = dyn_cast<DimValuesOp>(op))
      for (AffineExpr value : values.getValues().getSizes())
        note(value);
  });
  for (unsigned symbol : symbols.set_bits()) {
    AffineExpr expr = getAffineSymbolExpr(symbol, group.getContext());
    if (!llvm::is_contained(dims, expr))
      dims.push_back(expr);
  }
  return dims;
}

Value KernelBody::dimValue(AffineExpr dim) {
  if (auto constant = dyn_cast<AffineConstantExpr>(dim))
    return arith::ConstantIndexOp::create(b, loc, constant.getValue());
  for (auto [expr, value] : llvm::zip(dimExprs, dims))
    if (expr == dim)
      return value;
  auto binary = dyn_cast<AffineBinaryOpExpr>(dim);
  assert(binary && "every symbol is a size of the kernel");
  Value lhs = dimValue(binary.getLHS()), rhs = dimValue(binary.getRHS());
  switch (dim.getKind()) {
  case AffineExprKind::Add:
    return b.createOrFold<arith::AddIOp>(loc, lhs, rhs);
  case AffineExprKind::Mul:
    return b.createOrFold<arith::MulIOp>(loc, lhs, rhs);
  case AffineExprKind::Mod: {
    // A floor remainder: sizes may be differences, which are negative in between.
    Value quotient = b.createOrFold<arith::FloorDivSIOp>(loc, lhs, rhs);
    return b.createOrFold<arith::SubIOp>(loc, lhs, b.createOrFold<arith::MulIOp>(loc, quotient, rhs));
  }
  case AffineExprKind::FloorDiv:
    return b.createOrFold<arith::FloorDivSIOp>(loc, lhs, rhs);
  default:
    return b.createOrFold<arith::CeilDivSIOp>(loc, lhs, rhs);
  }
}

func::FuncOp createKernelFunction(ModuleOp module, Location loc, StringRef symbol) {
  OpBuilder b = OpBuilder::atBlockEnd(module.getBody());
  Type pointer = LLVM::LLVMPointerType::get(b.getContext()), i64 = b.getI64Type();
  auto type = b.getFunctionType({pointer, pointer, pointer, i64, i64}, {});
  auto function = func::FuncOp::create(b, loc, symbol, type);
  b.setInsertionPointToStart(function.addEntryBlock());
  func::ReturnOp::create(b, loc);
  return function;
}

namespace {

/// Emits descriptors as the LLVM type converter lays them out.
struct DescriptorBuilder {
  OpBuilder &b;
  Location loc;

  Value i64(int64_t value) { return LLVM::ConstantOp::create(b, loc, b.getI64Type(), value); }
  Value toI64(Value index) { return arith::IndexCastOp::create(b, loc, b.getI64Type(), index); }

  Value load(Value base, unsigned position, Type type) {
    Value slot = LLVM::GEPOp::create(b, loc, base.getType(), type, base, ArrayRef<LLVM::GEPArg>{int32_t(position)});
    return LLVM::LoadOp::create(b, loc, type, slot);
  }

  /// `sizes` has one i64 per dimension.
  Value build(Value pointer, MemRefType type, ArrayRef<Value> sizes) {
    int64_t rank = type.getRank();
    Type array = LLVM::LLVMArrayType::get(b.getI64Type(), rank);
    SmallVector<Type> fields{pointer.getType(), pointer.getType(), b.getI64Type()};
    if (rank != 0)
      fields.append({array, array});
    auto structType = LLVM::LLVMStructType::getLiteral(b.getContext(), fields);
    Value descriptor = LLVM::PoisonOp::create(b, loc, structType);
    auto insert = [&](Value value, ArrayRef<int64_t> position) {
      descriptor = LLVM::InsertValueOp::create(b, loc, descriptor, value, position);
    };
    insert(pointer, {0});
    insert(pointer, {1});
    insert(i64(0), {2});
    Value stride = i64(1);
    for (int64_t d = rank - 1; d >= 0; --d) {
      insert(sizes[d], {3, d});
      insert(stride, {4, d});
      if (d != 0)
        stride = b.createOrFold<LLVM::MulOp>(loc, stride, sizes[d]);
    }
    return UnrealizedConversionCastOp::create(b, loc, type, descriptor).getResult(0);
  }
};

void bindBuffer(KernelBody &body, DescriptorBuilder &descriptors, Value pointers, unsigned position,
                RankedTensorType tensor) {
  OpBuilder &b = body.b;
  Value pointer = descriptors.load(pointers, position, pointers.getType());
  Type element = storageType(tensor.getElementType());
  SmallVector<Value> sizes;
  Value count = descriptors.i64(1);
  for (AffineExpr dim : getDims(tensor)) {
    auto constant = dyn_cast<AffineConstantExpr>(dim);
    sizes.push_back(constant ? descriptors.i64(constant.getValue()) : descriptors.toI64(body.dimValue(dim)));
    count = b.createOrFold<LLVM::MulOp>(body.loc, count, sizes.back());
  }
  body.buffers.push_back(descriptors.build(pointer, MemRefType::get(tensor.getShape(), element), sizes));
  int64_t total = tensor.hasStaticShape() ? tensor.getNumElements() : ShapedType::kDynamic;
  if (tensor.hasStaticShape())
    count = descriptors.i64(total);
  body.flat.push_back(descriptors.build(pointer, MemRefType::get({total}, element), count));
}

} // namespace

KernelBody bindKernelArguments(OpBuilder &b, func::FuncOp function, GroupOp group, const KernelShape &shape,
                               const CpuLevel &level) {
  KernelBody body{b, group.getLoc(), level, {}, {}, {}, {}, {}, {}, kernelDims(group)};
  DescriptorBuilder descriptors{b, body.loc};
  auto toIndex = [&](Value value) -> Value {
    return arith::IndexCastOp::create(b, body.loc, b.getIndexType(), value);
  };
  for (unsigned i = 0; i < body.dimExprs.size(); ++i)
    body.dims.push_back(toIndex(descriptors.load(function.getArgument(1), i, b.getI64Type())));
  unsigned position = 0;
  for (Type type : group.getOperandTypes())
    bindBuffer(body, descriptors, function.getArgument(0), position++, cast<RankedTensorType>(type));
  for (Type type : group.getResultTypes())
    bindBuffer(body, descriptors, function.getArgument(0), position++, cast<RankedTensorType>(type));
  if (shape.scratchBytes != 0) {
    auto type = MemRefType::get({shape.scratchBytes}, b.getI8Type());
    body.scratch = descriptors.build(function.getArgument(2), type, descriptors.i64(shape.scratchBytes));
  }
  body.begin = toIndex(function.getArgument(3));
  body.end = toIndex(function.getArgument(4));
  return body;
}

} // namespace dsc
