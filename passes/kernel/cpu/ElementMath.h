// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A thin builder of arith and math ops on scalars or 1-D vectors, shared by the elementwise emitters.

#ifndef DSC_PASSES_KERNEL_CPU_ELEMENTMATH_H
#define DSC_PASSES_KERNEL_CPU_ELEMENTMATH_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/Matchers.h"

namespace dsc {

/// Emits arithmetic on values of one type, a scalar or a 1-D vector.
struct ElementMath {
  mlir::OpBuilder &builder;
  mlir::Location loc;

  /// `like` with another element type.
  static mlir::Type withElement(mlir::Type like, mlir::Type element) {
    if (auto vector = llvm::dyn_cast<mlir::VectorType>(like))
      return vector.clone(element);
    return element;
  }
  /// A constant of type `type` (float or integer, scalar or splat).
  mlir::Value constant(mlir::Type type, double value);
  mlir::Value integer(mlir::Type type, int64_t value);

  /// Creates an op of one result, or its folded value.
  template <class Op, class... Args>
  mlir::Value make(Args &&...args) {
    return builder.createOrFold<Op>(loc, std::forward<Args>(args)...);
  }
  mlir::Value add(mlir::Value a, mlir::Value b) { return make<mlir::arith::AddFOp>(a, b); }
  mlir::Value sub(mlir::Value a, mlir::Value b) { return make<mlir::arith::SubFOp>(a, b); }
  mlir::Value mul(mlir::Value a, mlir::Value b) { return make<mlir::arith::MulFOp>(a, b); }
  mlir::Value div(mlir::Value a, mlir::Value b) { return make<mlir::arith::DivFOp>(a, b); }
  mlir::Value compare(mlir::arith::CmpFPredicate p, mlir::Value a, mlir::Value b) {
    return make<mlir::arith::CmpFOp>(p, a, b);
  }
  mlir::Value compare(mlir::arith::CmpIPredicate p, mlir::Value a, mlir::Value b) {
    return make<mlir::arith::CmpIOp>(p, a, b);
  }
  mlir::Value select(mlir::Value c, mlir::Value a, mlir::Value b) {
    return make<mlir::arith::SelectOp>(c, a, b);
  }
};

/// The float part of `emitElementwise`: operands and result are f32 or f64.
mlir::Value emitFloatElementwise(ElementMath m, mlir::Operation *op, mlir::ValueRange operands);

/// The integer part of `emitElementwise` (i1 included); `isUnsigned` is the operands' signedness.
mlir::Value emitIntegerElementwise(ElementMath m, mlir::Operation *op, mlir::ValueRange operands,
                                   bool isUnsigned);

/// `dsc.quantize` and `dsc.dequantize` of operands of compute type.
mlir::Value emitQuantization(ElementMath m, mlir::Operation *op, mlir::ValueRange operands);

/// The steps of `x` in the type `stored`, as `dsc.quantize` defines them. `x`, scale and zero point are of one float type.
mlir::Value emitSteps(ElementMath m, mlir::Value x, mlir::Value scale, mlir::Value zeroPoint, mlir::IntegerType stored);

/// `x` to the power `y`, integers of any two types. What does not fit wraps, and an exponent above 63 counts as 62 or 63,
/// whichever is as even: only 0, 1 and -1 have such powers. A negative one gives 0 but for 1 and -1.
mlir::Value emitIntegerPower(ElementMath m, mlir::Value x, mlir::Value y, bool baseIsUnsigned, bool exponentIsUnsigned);

} // namespace dsc

#endif // DSC_PASSES_KERNEL_CPU_ELEMENTMATH_H
