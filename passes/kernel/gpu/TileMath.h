// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// 32-bit arithmetic inside a tile and addresses in shared memory: what the tile library writes kernels with.

#ifndef DSC_PASSES_KERNEL_GPU_TILEMATH_H
#define DSC_PASSES_KERNEL_GPU_TILEMATH_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/Builders.h"

namespace dsc {

/// Arithmetic on i32 values that are not negative; constants fold. Offsets inside a tile fit, and take one register.
struct TileMath {
  mlir::OpBuilder &b;
  mlir::Location loc;

  mlir::Value constant(int64_t value) {
    return mlir::arith::ConstantIntOp::create(b, loc, b.getI32Type(), value);
  }
  mlir::Value add(mlir::Value x, mlir::Value y) { return b.createOrFold<mlir::arith::AddIOp>(loc, x, y); }
  mlir::Value add(mlir::Value x, int64_t y) { return add(x, constant(y)); }
  mlir::Value mul(mlir::Value x, int64_t y) { return b.createOrFold<mlir::arith::MulIOp>(loc, x, constant(y)); }
  mlir::Value div(mlir::Value x, int64_t y) { return b.createOrFold<mlir::arith::DivUIOp>(loc, x, constant(y)); }
  mlir::Value rem(mlir::Value x, int64_t y) { return b.createOrFold<mlir::arith::RemUIOp>(loc, x, constant(y)); }
  mlir::Value bitXor(mlir::Value x, mlir::Value y) { return b.createOrFold<mlir::arith::XOrIOp>(loc, x, y); }
  mlir::Value toIndex(mlir::Value x) {
    return b.createOrFold<mlir::arith::IndexCastUIOp>(loc, b.getIndexType(), x);
  }
  mlir::Value fromIndex(mlir::Value x) {
    return b.createOrFold<mlir::arith::IndexCastUIOp>(loc, b.getI32Type(), x);
  }
  /// `base` moved by bytes, an integer value.
  mlir::Value advance(mlir::Value base, mlir::Value bytes) {
    return mlir::LLVM::GEPOp::create(b, loc, base.getType(), b.getI8Type(), base,
                                     llvm::ArrayRef<mlir::LLVM::GEPArg>{bytes});
  }
};

} // namespace dsc

#endif // DSC_PASSES_KERNEL_GPU_TILEMATH_H
