// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Recognises the groups that the contraction emitters take and reduces them to plain descriptions.

#ifndef DSC_PASSES_KERNEL_CPU_CONTRACTION_H
#define DSC_PASSES_KERNEL_CPU_CONTRACTION_H

#include "dialects/dsc/Dsc.h"
#include "dialects/dsc/Schedule.h"
#include "passes/kernel/cpu/Epilogue.h"
#include "passes/kernel/cpu/KernelFamily.h"
#include <optional>
#include <string>

namespace dsc {

/// What a contraction of integers does with its sums, as operand numbers of the group.
struct QuantizedOperands {
  bool isReal = false;      ///< the left operand: weights are only stored as integers
  bool lhsIsSigned = false; ///< of an integer left operand
  bool rhsIsSigned = true;  ///< always in panels
  std::optional<unsigned> lhsScale, lhsZero, rhsScale, rhsZero;
};

/// C[batch, m, n] = A[batch, m, k] * B[batch, k, n] with an elementwise tail.
struct GemmSpec {
  EpilogueSpec epilogue;
  unsigned lhs, rhs; ///< operand numbers of the group
  /// Batch sizes of the result. Empty where B has none: then all rows of A are one matrix.
  Dims batch;
  /// Batch sizes of the operands, aligned with `batch` (1 where they broadcast).
  Dims lhsBatch, rhsBatch;
  mlir::AffineExpr m, n, k;
  bool packed;      ///< B is [panels][k][32], else row-major [k, n]
  bool transposed;  ///< B is row-major [n, k]
  int64_t firstPanel; ///< of a packed B that several products share
  std::optional<unsigned> bias; ///< operand number of one number per column
  std::optional<QuantizedOperands> quantized;

  bool hasBytes() const { return quantized && !quantized->isReal; }
  GemmShape shape() const;
  ResultParameters parameters() const;
};

/// Why emitters do not take the element types of a contraction; null if they do. `panels` is the packing of the weights.
using WhyNotTypes = const char *(*)(mlir::Value lhs, mlir::Value rhs, mlir::Value result,
                                    std::optional<PanelsAttr> panels);

/// What the CPU's emitters say.
const char *whyNotCpuTypes(mlir::Value lhs, mlir::Value rhs, mlir::Value result, std::optional<PanelsAttr> panels);

/// The matrix product of a group that an emitter takes, or why there is none.
llvm::FailureOr<GemmSpec> matchGemm(GroupOp group, std::string &whyNot, WhyNotTypes whyNotTypes = whyNotCpuTypes);

/// A convolution of one or two spatial dimensions in NHWC with packed weights and an elementwise tail. One spatial
/// dimension is a row of height 1.
struct ConvSpec {
  EpilogueSpec epilogue;
  unsigned input, weight; ///< operand numbers of the group
  std::optional<unsigned> bias;
  mlir::AffineExpr batch, inHeight, inWidth, outHeight, outWidth;
  int64_t groups;   ///< 1 if depthwise
  int64_t channels; ///< of the input of one group
  int64_t outputs;  ///< of one group
  int64_t kernel[2], stride[2], dilation[2];
  int64_t padBefore[2];
  bool hasPadding[2]; ///< before or after
  /// Every output channel reads the one input channel of its number; weights are [outputs/32][taps][32].
  bool depthwise;
  std::optional<QuantizedOperands> quantized;

  bool hasBytes() const { return quantized && !quantized->isReal; }
  ConvShape shape() const;
  ResultParameters parameters() const;
  /// Channels of one input pixel.
  int64_t inputChannels() const { return depthwise ? outputs : groups * channels; }
};

/// The convolution of a group that an emitter takes, or why there is none.
llvm::FailureOr<ConvSpec> matchConv(GroupOp group, std::string &whyNot, WhyNotTypes whyNotTypes = whyNotCpuTypes);

/// The matrix product that a convolution is whose kernel is 1 x 1, with stride 1 and no padding.
std::optional<GemmSpec> asGemm(const ConvSpec &conv);

/// Emits the tiles of a convolution whose sums are in scratch (`ConvOrder::TapsOuter`): image fastest, then panel.
void emitConvTaps(const ConvSpec &spec, KernelBody &body, const DotAtom &atom);

/// How a matrix product is cut into tiles; it fails where there is no emitter for it.
llvm::FailureOr<KernelShape> shapeOfGemm(const GemmSpec &spec, std::string &whyNot);

/// The rules that cut a matrix product.
ScheduleReasons explainGemm(const GemmSpec &spec, const CpuLevel &level);

/// The same for a convolution of integers.
KernelShape shapeOfQuantizedConv(const ConvSpec &spec);
/// Emits the tiles of a convolution of integers.
void emitQuantizedConv(const ConvSpec &spec, KernelBody &body);

/// Emits the tiles of a matrix product.
void emitGemm(const GemmSpec &spec, KernelBody &body);

/// A size for the schedule: -1 where it is symbolic.
int64_t sizeOrDynamic(mlir::AffineExpr dim);

} // namespace dsc

#endif // DSC_PASSES_KERNEL_CPU_CONTRACTION_H
