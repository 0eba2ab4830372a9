// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Checks and shape rules shared by inference and verifiers of the dsc dialect; not for clients.

#ifndef DSC_DIALECTS_DSC_DSCDETAIL_H
#define DSC_DIALECTS_DSC_DSCDETAIL_H

#include "dialects/dsc/DscShape.h"
#include "mlir/IR/Operation.h"

namespace dsc::detail {

// Inference and verification of an op share one function that computes the sizes of its result. Without a context
// (verification) sizes that depend on contents are null, and null agrees with everything.

/// A constant size.
mlir::AffineExpr constantDim(mlir::Operation *op, int64_t size);
/// The element type of a tensor.
mlir::Type elementType(mlir::Value tensor);
/// The rank of a tensor.
int64_t rankOf(mlir::Value tensor);

/// Appends the result type; an error if a size is null, which means that it overflows.
llvm::LogicalResult appendType(mlir::Operation *op, llvm::ArrayRef<mlir::AffineExpr> dims, mlir::Type elementType,
                               llvm::SmallVectorImpl<mlir::Type> &results);
/// An error if a result's rank, a size, or its element type is provably another one.
llvm::LogicalResult checkResult(mlir::Operation *op, unsigned result, llvm::ArrayRef<mlir::AffineExpr> dims,
                                mlir::Type elementType);

/// Whether both may be the same size. `getAssumedSizes` gives the pairs for which that is not known: kernels rely on it.
bool mayBeEqual(mlir::AffineExpr lhs, mlir::AffineExpr rhs);
/// The numpy broadcast of two sizes: equal ones, the other of 1, the static one of a static and a symbolic one, else
/// the first. Nothing if both are known to differ. Two symbolic sizes are assumed to be equal; a symbolic one is never
/// taken for a 1.
std::optional<mlir::AffineExpr> broadcastDim(mlir::AffineExpr lhs, mlir::AffineExpr rhs);
/// Broadcasts `dims` with `other` in place.
llvm::LogicalResult broadcastInto(mlir::Operation *op, Dims &dims, llvm::ArrayRef<mlir::AffineExpr> other);
/// An error if `tensor` does not broadcast to `dims` without changing them.
llvm::LogicalResult checkBroadcastsTo(mlir::Operation *op, llvm::StringRef name, mlir::Value tensor,
                                      llvm::ArrayRef<mlir::AffineExpr> dims);

// Checks with their diagnostics.
llvm::LogicalResult checkAxis(mlir::Operation *op, int64_t axis, int64_t rank);
llvm::LogicalResult checkIncreasingAxes(mlir::Operation *op, llvm::ArrayRef<int64_t> axes, int64_t rank);
llvm::LogicalResult checkDistinctAxes(mlir::Operation *op, llvm::ArrayRef<int64_t> axes, int64_t rank);
llvm::LogicalResult checkRank(mlir::Operation *op, llvm::StringRef name, mlir::Value tensor, int64_t min, int64_t max);
llvm::LogicalResult checkElementType(mlir::Operation *op, llvm::StringRef name, mlir::Value tensor,
                                     mlir::Type expected);
llvm::LogicalResult checkOneElement(mlir::Operation *op, llvm::StringRef name, mlir::Value tensor);
llvm::LogicalResult checkVector(mlir::Operation *op, llvm::StringRef name, mlir::Value tensor, mlir::AffineExpr size);
llvm::LogicalResult checkSize(mlir::Operation *op, llvm::StringRef what, mlir::AffineExpr actual,
                              mlir::AffineExpr expected);
llvm::LogicalResult checkCount(mlir::Operation *op, llvm::StringRef name, size_t actual, size_t expected);
llvm::LogicalResult checkMinimum(mlir::Operation *op, llvm::StringRef name, int64_t value, int64_t minimum);
llvm::LogicalResult checkMinimum(mlir::Operation *op, llvm::StringRef name, llvm::ArrayRef<int64_t> values,
                                 int64_t minimum);

/// The sizes of a tensor's dimensions from `begin` on.
Dims dimsFrom(mlir::Value tensor, int64_t begin);
/// `axes`, or all axes of the rank if there are none.
llvm::SmallVector<int64_t> axesOrAll(std::optional<llvm::ArrayRef<int64_t>> axes, int64_t rank);

/// The size of an output dimension of a window: `(in + before + after - dilation*(kernel-1) - 1) / stride + 1`; null
/// operands give null, and a negative one is an error.
mlir::FailureOr<mlir::AffineExpr> windowDim(mlir::Operation *op, int64_t spatial, mlir::AffineExpr in,
                                            mlir::AffineExpr kernel, int64_t before, int64_t after, int64_t stride,
                                            int64_t dilation);

/// The contents of an integer operand as the context knows them; `count` nulls where it does not, or without context.
Dims valuesOf(const ShapeContext *shapes, mlir::Value tensor, size_t count);

/// The size of a result's dimension that is known before inference: what the model declares, or the present type's.
/// Null if there is none.
mlir::AffineExpr priorDim(mlir::Operation *op, ShapeContext &shapes, unsigned result, unsigned dim);
/// The prior size, or an error that names the operand which would have to be a constant.
mlir::FailureOr<mlir::AffineExpr> requirePriorDim(mlir::Operation *op, ShapeContext &shapes, unsigned dim,
                                                  llvm::StringRef operand);
/// The value of element `index` of an integer operand, which is the size of dimension `dim` of result 0: known, or read
/// at run time within what the prior size allows. A negative known value is an error.
mlir::FailureOr<mlir::AffineExpr> sizeFromOperand(mlir::Operation *op, ShapeContext &shapes, mlir::Value operand,
                                                  int64_t index, unsigned dim, llvm::StringRef name);
/// The number of elements of a vector operand, which is the rank of the result; an error if it is unknown.
mlir::FailureOr<int64_t> rankFromOperand(mlir::Operation *op, llvm::StringRef name, mlir::Value operand);

// Hooks of the TableGen classes.
llvm::LogicalResult inferBroadcast(mlir::Operation *op, llvm::SmallVectorImpl<mlir::Type> &results);
llvm::LogicalResult inferCompare(mlir::Operation *op, llvm::SmallVectorImpl<mlir::Type> &results);
llvm::LogicalResult verifyBroadcast(mlir::Operation *op);
llvm::LogicalResult verifyAxis(mlir::Operation *op, int64_t axis, mlir::Type tensor);

} // namespace dsc::detail

#endif // DSC_DIALECTS_DSC_DSCDETAIL_H
