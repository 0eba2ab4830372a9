// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// mma.sync by element type, and the split of f32 into two tf32 numbers.

#include "passes/kernel/gpu/MmaAtom.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

using namespace mlir;

namespace dsc {
namespace {

/// The bits of an f32 that tf32 has, and its exponent.
constexpr int64_t tf32Bits = 0xffffe000, exponentBits = 0x7f800000;

/// The tf32 parts of an f32: its upper bits, and what is left of it. Infinities and NaN are their own large part.
std::pair<Value, Value> split(OpBuilder &b, Location loc, Value bits) {
  auto i32 = [&](int64_t value) -> Value { return arith::ConstantIntOp::create(b, loc, b.getI32Type(), value); };
  auto number = [&](Value word) -> Value { return arith::BitcastOp::create(b, loc, b.getF32Type(), word); };
  Value large = arith::AndIOp::create(b, loc, bits, i32(int32_t(tf32Bits)));
  Value rest = arith::SubFOp::create(b, loc, number(bits), number(large));
  Value exponent = arith::AndIOp::create(b, loc, bits, i32(exponentBits));
  Value isFinite = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ne, exponent, i32(exponentBits));
  Value small = arith::SelectOp::create(b, loc, isFinite, arith::BitcastOp::create(b, loc, b.getI32Type(), rest),
                                        i32(0));
  return {large, small};
}

} // namespace

std::optional<MmaAtom> MmaAtom::find(Type element) {
  if (element.isF32() || element.isF16() || element.isBF16() || element.isInteger(8))
    return MmaAtom(element);
  return std::nullopt;
}

Type MmaAtom::sumType() const {
  MLIRContext *context = element.getContext();
  return isa<IntegerType>(element) ? Type(IntegerType::get(context, 32)) : Type(Float32Type::get(context));
}

SmallVector<Value> MmaAtom::prepare(OpBuilder &b, Location loc, ValueRange registers) const {
  SmallVector<Value> prepared(registers);
  if (!element.isF32())
    return prepared;
  SmallVector<Value> small;
  for (Value &value : prepared) {
    auto [large, rest] = split(b, loc, value);
    value = large;
    small.push_back(rest);
  }
  prepared.append(small);
  return prepared;
}

void MmaAtom::multiply(OpBuilder &b, Location loc, ValueRange lhs, ValueRange rhs,
                       MutableArrayRef<Value> accumulators) const {
  ValueRange lhsLarge = lhs.take_front(lhsRegisters), rhsLarge = rhs.take_front(rhsRegisters);
  if (element.isF32()) {
    multiplyOnce(b, loc, lhs.drop_front(lhsRegisters), rhsLarge, accumulators);
    if (rhs.size() > rhsRegisters)
      multiplyOnce(b, loc, lhsLarge, rhs.drop_front(rhsRegisters), accumulators);
  }
  multiplyOnce(b, loc, lhsLarge, rhsLarge, accumulators);
}

void MmaAtom::multiplyOnce(OpBuilder &b, Location loc, ValueRange lhs, ValueRange rhs,
                           MutableArrayRef<Value> accumulators) const {
  bool isInteger = isa<IntegerType>(element);
  NVVM::MMATypes type = element.isF32()    ? NVVM::MMATypes::tf32
                        : element.isF16()  ? NVVM::MMATypes::f16
                        : element.isBF16() ? NVVM::MMATypes::bf16
                                           : NVVM::MMATypes::s8;
  NVVM::MMATypes lhsType = element.isUnsignedInteger() ? NVVM::MMATypes::u8 : type;
  int64_t depth = depthBytes * 8 / element.getIntOrFloatBitWidth();
  auto asOperands = [&](ValueRange words) {
    SmallVector<Value> operands(words);
    // f16 is the one type whose registers the op wants as pairs.
    if (element.isF16())
      for (Value &word : operands)
        word = LLVM::BitcastOp::create(b, loc, VectorType::get({2}, element), word);
    return operands;
  };
  auto resultType = LLVM::LLVMStructType::getLiteral(b.getContext(), SmallVector<Type>(sums, sumType()));
  Value result = NVVM::MmaOp::create(
      b, loc, resultType, asOperands(lhs), asOperands(rhs), SmallVector<Value>(accumulators),
      ArrayRef<int64_t>{rows, columns, depth}, std::nullopt,
      isInteger ? std::optional(NVVM::MMAIntOverflow::wrapped) : std::nullopt, std::array<NVVM::MMATypes, 2>{lhsType, type},
      std::array<NVVM::MMALayout, 2>{NVVM::MMALayout::row, NVVM::MMALayout::col});
  for (auto [i, accumulator] : llvm::enumerate(accumulators))
    accumulator = LLVM::ExtractValueOp::create(b, loc, result, ArrayRef<int64_t>{int64_t(i)});
}

} // namespace dsc
