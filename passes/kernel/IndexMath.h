// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Index arithmetic, loops and flat loads and stores: what every CPU emitter writes its kernels with.

#ifndef DSC_PASSES_KERNEL_INDEXMATH_H
#define DSC_PASSES_KERNEL_INDEXMATH_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace dsc {

/// Emits index arithmetic; constants fold.
struct IndexMath {
  mlir::OpBuilder &b;
  mlir::Location loc;

  mlir::Value constant(int64_t value);
  mlir::Value add(mlir::Value x, mlir::Value y);
  mlir::Value add(mlir::Value x, int64_t y) { return y ? add(x, constant(y)) : x; }
  mlir::Value sub(mlir::Value x, mlir::Value y);
  mlir::Value mul(mlir::Value x, mlir::Value y);
  mlir::Value mul(mlir::Value x, int64_t y) { return y == 1 ? x : mul(x, constant(y)); }
  /// Quotient and remainder of values that are not negative.
  mlir::Value div(mlir::Value x, mlir::Value y);
  mlir::Value rem(mlir::Value x, mlir::Value y);
  mlir::Value min(mlir::Value x, mlir::Value y);
  mlir::Value max(mlir::Value x, mlir::Value y);
  /// ceil(max(x, 0) / y) for y > 0.
  mlir::Value ceilDiv(mlir::Value x, int64_t y);
  mlir::Value less(mlir::Value x, mlir::Value y);
  mlir::Value atLeast(mlir::Value x, int64_t y);
  /// Whether the value is this constant.
  static bool isConstant(mlir::Value x, int64_t value);

  /// for (i = begin; i < end; i += step) body(i).
  void loop(mlir::Value begin, mlir::Value end, int64_t step,
            llvm::function_ref<void(mlir::Value)> body);
  void loop(int64_t count, llvm::function_ref<void(mlir::Value)> body) {
    loop(constant(0), constant(count), 1, body);
  }
  /// A loop that carries values.
  llvm::SmallVector<mlir::Value>
  loop(mlir::Value begin, mlir::Value end, int64_t step, mlir::ValueRange init,
       llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::Value, mlir::ValueRange)> body);
  /// if (condition) then() else otherwise(); the latter may be null. A constant condition folds.
  void branch(mlir::Value condition, llvm::function_ref<void()> then,
              llvm::function_ref<void()> otherwise = nullptr);

  /// `bytes` (a 1-D memref of i8) from the byte offset on as a flat memref of `element`.
  mlir::Value view(mlir::Value bytes, int64_t byteOffset, mlir::Type element);
  /// `lanes` elements of a flat memref; with a mask, lanes that are off read nothing and are 0.
  mlir::Value loadVector(mlir::Value flat, mlir::Value offset, int lanes, mlir::Value mask = {});
  void storeVector(mlir::Value vector, mlir::Value flat, mlir::Value offset, mlir::Value mask = {});
  mlir::Value loadScalar(mlir::Value flat, mlir::Value offset);
  mlir::Value broadcast(mlir::Value scalar, int lanes);
  /// A mask whose first `valid` lanes are on.
  mlir::Value mask(int lanes, int valid);
  mlir::Value mask(int lanes, mlir::Value valid);
  mlir::Value zeroVector(mlir::Type element, int lanes);
};

} // namespace dsc

#endif // DSC_PASSES_KERNEL_INDEXMATH_H
