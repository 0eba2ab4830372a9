// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The multiply-add steps of contractions.

#include "passes/kernel/cpu/DotAtom.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace dsc {

Type F32Atom::accumulatorType(MLIRContext *context) const { return Float32Type::get(context); }

Value F32Atom::loadWeights(IndexMath m, Value flat, Value offset, Value mask) const {
  return m.loadVector(flat, offset, lanes, mask);
}

Value F32Atom::broadcastRow(IndexMath m, Value flat, Value offset) const {
  return m.broadcast(m.loadScalar(flat, offset), lanes);
}

Value F32Atom::multiplyAdd(IndexMath m, Value accumulator, Value row, Value weights) const {
  return vector::FMAOp::create(m.b, m.loc, row, weights, accumulator);
}

Type StoredWeightAtom::accumulatorType(MLIRContext *context) const { return Float32Type::get(context); }

Value StoredWeightAtom::loadWeights(IndexMath m, Value flat, Value offset, Value mask) const {
  Value stored = m.loadVector(flat, offset, lanes, mask);
  Value wide = arith::ExtSIOp::create(m.b, m.loc, VectorType::get({lanes}, m.b.getI32Type()), stored);
  return arith::SIToFPOp::create(m.b, m.loc, VectorType::get({lanes}, m.b.getF32Type()), wide);
}

Value StoredWeightAtom::broadcastRow(IndexMath m, Value flat, Value offset) const {
  return m.broadcast(m.loadScalar(flat, offset), lanes);
}

Value StoredWeightAtom::multiplyAdd(IndexMath m, Value accumulator, Value row, Value weights) const {
  return vector::FMAOp::create(m.b, m.loc, row, weights, accumulator);
}

Type ByteAtom::accumulatorType(MLIRContext *context) const { return IntegerType::get(context, 32); }

VectorType ByteAtom::stepType(MLIRContext *context) const {
  if (hasDotProduct)
    return VectorType::get({lanes * 4}, IntegerType::get(context, 8));
  return VectorType::get({lanes * 2}, IntegerType::get(context, 16));
}

Value ByteAtom::loadWeights(IndexMath m, Value flat, Value offset, Value mask) const {
  assert(!mask && "expected weights in panels");
  return vector::BitCastOp::create(m.b, m.loc, stepType(m.b.getContext()), m.loadVector(flat, offset, lanes * 4));
}

Value ByteAtom::broadcastRow(IndexMath m, Value flat, Value offset) const {
  Type word = m.b.getI32Type();
  Value bytes = vector::BitCastOp::create(m.b, m.loc, VectorType::get({1}, word), m.loadVector(flat, offset, 4));
  Value words = m.broadcast(vector::ExtractOp::create(m.b, m.loc, bytes, 0), lanes);
  return vector::BitCastOp::create(m.b, m.loc, stepType(m.b.getContext()), words);
}

Value ByteAtom::multiplyAdd(IndexMath m, Value accumulator, Value row, Value weights) const {
  auto intrinsic = [&](StringRef name, ValueRange operands) {
    return LLVM::CallIntrinsicOp::create(m.b, m.loc, accumulator.getType(), m.b.getStringAttr(name), operands)
        .getResult(0);
  };
  bool isWide = lanes == 16;
  if (hasDotProduct)
    return intrinsic(isWide ? "llvm.x86.avx512.vpdpbusd.512" : "llvm.x86.avx512.vpdpbusd.256",
                     {accumulator, row, weights});
  Value products = intrinsic(isWide ? "llvm.x86.avx512.pmaddw.d.512" : "llvm.x86.avx2.pmadd.wd", {row, weights});
  return arith::AddIOp::create(m.b, m.loc, accumulator, products);
}

Value ByteAtom::ones(IndexMath m) const {
  VectorType type = stepType(m.b.getContext());
  return arith::ConstantOp::create(m.b, m.loc, DenseElementsAttr::get(type, m.b.getIntegerAttr(type.getElementType(), 1)));
}

} // namespace dsc
