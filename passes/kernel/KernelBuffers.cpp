// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Builds memref descriptors of row-major contiguous buffers from the pointers and sizes that a kernel is given.

#include "passes/kernel/KernelBuffers.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "passes/kernel/ElementwiseOps.h"

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

Value KernelBuffers::dimValue(AffineExpr dim) {
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

Value makeMemref(OpBuilder &b, Location loc, Value pointer, ArrayRef<int64_t> shape, Type element,
                 ArrayRef<Value> sizes) {
  int64_t rank = shape.size();
  Type array = LLVM::LLVMArrayType::get(b.getI64Type(), rank);
  SmallVector<Type> fields{pointer.getType(), pointer.getType(), b.getI64Type()};
  if (rank != 0)
    fields.append({array, array});
  auto structType = LLVM::LLVMStructType::getLiteral(b.getContext(), fields);
  // The fields as the LLVM type converter lays them out.
  Value descriptor = LLVM::PoisonOp::create(b, loc, structType);
  auto insert = [&](Value value, ArrayRef<int64_t> position) {
    descriptor = LLVM::InsertValueOp::create(b, loc, descriptor, value, position);
  };
  auto i64 = [&](int64_t value) { return LLVM::ConstantOp::create(b, loc, b.getI64Type(), value); };
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
  unsigned space = cast<LLVM::LLVMPointerType>(pointer.getType()).getAddressSpace();
  Attribute spaceAttr = space ? b.getI64IntegerAttr(space) : Attribute();
  auto type = MemRefType::get(shape, element, MemRefLayoutAttrInterface(), spaceAttr);
  return UnrealizedConversionCastOp::create(b, loc, type, descriptor).getResult(0);
}

void KernelBuffers::addBuffer(Value pointer, RankedTensorType tensor) {
  auto i64 = [&](int64_t value) -> Value { return LLVM::ConstantOp::create(b, loc, b.getI64Type(), value); };
  Type element = storageType(tensor.getElementType());
  SmallVector<Value> sizes;
  Value count = i64(1);
  for (AffineExpr dim : getDims(tensor)) {
    auto constant = dyn_cast<AffineConstantExpr>(dim);
    sizes.push_back(constant ? i64(constant.getValue())
                             : arith::IndexCastOp::create(b, loc, b.getI64Type(), dimValue(dim)).getResult());
    count = b.createOrFold<LLVM::MulOp>(loc, count, sizes.back());
  }
  buffers.push_back(makeMemref(b, loc, pointer, tensor.getShape(), element, sizes));
  int64_t total = tensor.hasStaticShape() ? tensor.getNumElements() : ShapedType::kDynamic;
  if (tensor.hasStaticShape())
    count = i64(total);
  flat.push_back(makeMemref(b, loc, pointer, {total}, element, count));
}

} // namespace dsc
