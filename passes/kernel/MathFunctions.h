// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Elementary functions as straight-line arithmetic on f64 scalars or vectors, for kernels without a libm.

#ifndef DSC_PASSES_KERNEL_MATHFUNCTIONS_H
#define DSC_PASSES_KERNEL_MATHFUNCTIONS_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/Value.h"

namespace dsc {

/// Builds expressions of one float type, scalar or 1-D vector. Nothing is reassociated: the same
/// calls on a scalar and on a vector give the same bits per element.
class FloatMath {
public:
  FloatMath(mlir::OpBuilder &builder, mlir::Location loc, mlir::Type type)
      : b(builder), loc(loc), type(type) {}

  mlir::Value constant(double value);
  mlir::Value add(mlir::Value x, mlir::Value y);
  mlir::Value sub(mlir::Value x, mlir::Value y);
  mlir::Value mul(mlir::Value x, mlir::Value y);
  mlir::Value div(mlir::Value x, mlir::Value y);
  mlir::Value fma(mlir::Value x, mlir::Value y, mlir::Value z);
  mlir::Value neg(mlir::Value x);
  mlir::Value abs(mlir::Value x);
  mlir::Value sqrt(mlir::Value x);
  mlir::Value trunc(mlir::Value x);
  mlir::Value copySign(mlir::Value magnitude, mlir::Value sign);
  mlir::Value less(mlir::Value x, mlir::Value y);
  mlir::Value equal(mlir::Value x, mlir::Value y);
  mlir::Value isNan(mlir::Value x);
  mlir::Value select(mlir::Value condition, mlir::Value x, mlir::Value y);
  mlir::Value both(mlir::Value p, mlir::Value q);
  /// c[0] + x * (c[1] + x * ...).
  mlir::Value polynomial(mlir::Value x, llvm::ArrayRef<double> coefficients);

  // The functions below want type f64. Relative errors are about 1e-15, where not said otherwise.
  mlir::Value exp(mlir::Value x);
  mlir::Value log(mlir::Value x);
  /// Good to 1e-15 absolute for |x| < 2^50; 0 or 1 beyond, NaN for infinities.
  mlir::Value sin(mlir::Value x);
  mlir::Value cos(mlir::Value x);
  mlir::Value tan(mlir::Value x);
  mlir::Value asin(mlir::Value x);
  mlir::Value acos(mlir::Value x);
  mlir::Value atan(mlir::Value x);
  /// Relative error about 1e-12 near zero, as for the four below.
  mlir::Value sinh(mlir::Value x);
  mlir::Value cosh(mlir::Value x);
  mlir::Value tanh(mlir::Value x);
  mlir::Value asinh(mlir::Value x);
  mlir::Value acosh(mlir::Value x);
  mlir::Value atanh(mlir::Value x);
  mlir::Value log1p(mlir::Value x);
  mlir::Value expm1(mlir::Value x);
  /// Relative error 2e-8 for |x| > 1, 1e-16 below.
  mlir::Value erf(mlir::Value x);
  /// IEEE special cases; the sign of an odd integral power of a negative number is kept.
  mlir::Value pow(mlir::Value x, mlir::Value y);
  /// C's fmod, exact while the quotient is below 2^52.
  mlir::Value fmod(mlir::Value x, mlir::Value y);

private:
  mlir::Type integerType();
  mlir::Value bits(mlir::Value x);
  mlir::Value fromBits(mlir::Value x);
  mlir::Value integer(int64_t value);
  mlir::Value bitTest(mlir::Value x, int64_t mask);
  /// Reduces x by multiples of pi/2; `quadrant` are bits whose two lowest say which.
  mlir::Value reduceAngle(mlir::Value x, mlir::Value &quadrant);
  mlir::Value sinOfReduced(mlir::Value r);
  mlir::Value cosOfReduced(mlir::Value r);

  mlir::OpBuilder &b;
  mlir::Location loc;
  mlir::Type type;
};

} // namespace dsc

#endif // DSC_PASSES_KERNEL_MATHFUNCTIONS_H
