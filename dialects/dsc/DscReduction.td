// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Ops of the dsc dialect that combine elements along dimensions: reductions, norms and pools.

#ifndef DSC_REDUCTION_TD
#define DSC_REDUCTION_TD

include "dialects/dsc/DscAttrs.td"

def Dsc_ReduceOp : Dsc_ValueOp<"reduce", "RowReduction"> {
  let summary = "reduction over dimensions";
  let description = [{
    Combines all elements along `axes`; a reduced dimension stays with size 1 if `keepdims`, else it
    is dropped. Over no elements, `sum` is 0, `prod` 1, `max` the smallest and `min` the largest
    value of the type, `mean` NaN (0 for integers). No axes: the input itself. NaN wins `max` and
    `min`. f16 and bf16 accumulate in f32. On i1, `max` is or and `min` is and.

    Constraints: (c1) `axes` are increasing and inside the rank; (c2) the element types are equal;
    (c3) the result has the inferred shape; (c4) i1 is only for `max` and `min`.

    Example: `%y = dsc.reduce %x {kind = #dsc.reduce_kind<mean>, axes = array<i64: 1>} :
    (tensor<4x8xf32>) -> tensor<4x1xf32>`
  }];
  let arguments = (ins Dsc_OrderedTensor:$input, Dsc_ReduceKindAttr:$kind, DenseI64ArrayAttr:$axes,
      DefaultValuedAttr<BoolAttr, "true">:$keepdims);
  let results = (outs Dsc_OrderedTensor:$output);
  let hasVerifier = 1;
  let hasFolder = 1;
}

def Dsc_ArgReduceOp : Dsc_TensorOp<"arg_reduce", "Opaque"> {
  let summary = "position of the largest or smallest element along a dimension";
  let description = [{
    Gives the index along `axis` of the largest (`max`) or smallest (`min`) element; of equal ones
    the first, or the last if `select_last`.

    Constraints: (c1) `axis` is inside the rank; (c2) `kind` is `max` or `min`; (c3) the result has
    the inferred shape.

    Example: `%y = dsc.arg_reduce %x {kind = #dsc.reduce_kind<max>, axis = 1 : i64} :
    (tensor<4x8xf32>) -> tensor<4x1xi64>`
  }];
  let arguments = (ins Dsc_NumberTensor:$input, Dsc_ReduceKindAttr:$kind, I64Attr:$axis,
      DefaultValuedAttr<BoolAttr, "true">:$keepdims,
      DefaultValuedAttr<BoolAttr, "false">:$select_last);
  let results = (outs Dsc_Index64Tensor:$output);
  let hasVerifier = 1;
}

/// An op along one dimension that keeps the type.
class Dsc_AxisOp<string mnemonic, string role, TypeConstraint tensor, list<Trait> traits = []>
    : Dsc_TensorOp<mnemonic, role, !listconcat([SameOperandsAndResultType], traits)> {
  let results = (outs tensor:$output);
  let assemblyFormat = "$input attr-dict `:` type($input)";
  let hasVerifier = 1;
  let extraClassDefinition = [{
    ::llvm::LogicalResult $cppClass::inferResultTypes(
        ::dsc::ShapeContext &, ::llvm::SmallVectorImpl<::mlir::Type> &results) {
      results.push_back(getInput().getType());
      return ::mlir::success();
    }
    ::llvm::LogicalResult $cppClass::verify() {
      return ::dsc::detail::verifyAxis(getOperation(), getAxis(), getInput().getType());
    }
  }];
}

def Dsc_SoftmaxOp : Dsc_AxisOp<"softmax", "RowReduction", Dsc_FloatTensor, [DeclareOpInterfaceMethods<Dsc_RowOpInterface, ["getRowAxes"]>]> {
  let summary = "softmax or its logarithm along one dimension";
  let description = [{
    `exp(x - max) / sum(exp(x - max))` along `axis`; with `log`, its logarithm, computed as
    `x - max - log(sum(exp(x - max)))`. f16 and bf16 are computed in f32.

    Constraints: (c1) `axis` is inside the rank.

    Example: `%y = dsc.softmax %x {axis = 1 : i64} : tensor<4x8xf32>`
  }];
  let arguments = (ins Dsc_FloatTensor:$input, I64Attr:$axis,
      DefaultValuedAttr<BoolAttr, "false">:$log);
}

def Dsc_CumsumOp : Dsc_AxisOp<"cumsum", "Opaque", Dsc_NumberTensor> {
  let summary = "running sum along one dimension";
  let description = [{
    Every element is the sum of the ones up to it along `axis`, without itself if `exclusive`, from
    the end if `reverse`.

    Constraints: (c1) `axis` is inside the rank.

    Example: `%y = dsc.cumsum %x {axis = 0 : i64} : tensor<4xf32>`
  }];
  let arguments = (ins Dsc_NumberTensor:$input, I64Attr:$axis,
      DefaultValuedAttr<BoolAttr, "false">:$exclusive,
      DefaultValuedAttr<BoolAttr, "false">:$reverse);
}

/// A normalisation: the result has the type of the first operand.
class Dsc_NormOp<string mnemonic, string role, list<Trait> traits = []>
    : Dsc_TensorOp<mnemonic, role, traits> {
  let results = (outs Dsc_FloatTensor:$output);
  let hasVerifier = 1;
  let extraClassDefinition = [{
    ::llvm::LogicalResult $cppClass::inferResultTypes(
        ::dsc::ShapeContext &, ::llvm::SmallVectorImpl<::mlir::Type> &results) {
      results.push_back(getInput().getType());
      return ::mlir::success();
    }
  }];
}

def Dsc_LayerNormOp : Dsc_NormOp<"layer_norm", "RowReduction", [Dsc_RowOpInterface]> {
  let summary = "layer normalisation";
  let description = [{
    `(x - mean) / sqrt(variance + epsilon) * scale + bias`; mean and variance are taken over the
    dimensions from `axis` to the last. Computed in f32 (f64 in f64).

    Constraints: (c1) `axis` is inside the rank; (c2) `scale` and `bias` broadcast to the input
    without changing its shape; (c3) all element types are equal; (c4) the result has the input's
    type.

    Example: `%y = dsc.layer_norm %x, %s, %b {axis = 1 : i64, epsilon = 1.0e-5 : f32} :
    (tensor<4x8xf32>, tensor<8xf32>, tensor<8xf32>) -> tensor<4x8xf32>`
  }];
  let arguments = (ins Dsc_FloatTensor:$input, Dsc_FloatTensor:$scale,
      Optional<Dsc_FloatTensor>:$bias, I64Attr:$axis, F32Attr:$epsilon);
}

def Dsc_RmsNormOp : Dsc_NormOp<"rms_norm", "RowReduction", [Dsc_RowOpInterface]> {
  let summary = "root mean square normalisation";
  let description = [{
    `x / sqrt(mean(x * x) + epsilon) * scale`; the mean is taken over the dimensions from `axis` to
    the last. Computed in f32 (f64 in f64).

    Constraints: (c1) `axis` is inside the rank; (c2) `scale` broadcasts to the input without
    changing its shape; (c3) all element types are equal; (c4) the result has the input's type.

    Example: `%y = dsc.rms_norm %x, %s {axis = 1 : i64, epsilon = 1.0e-6 : f32} : (tensor<4x8xf32>,
    tensor<8xf32>) -> tensor<4x8xf32>`
  }];
  let arguments = (ins Dsc_FloatTensor:$input, Dsc_FloatTensor:$scale, I64Attr:$axis,
      F32Attr:$epsilon);
}

def Dsc_GroupNormOp : Dsc_NormOp<"group_norm", "RowReduction"> {
  let summary = "group normalisation";
  let description = [{
    Splits the channels (dimension 1) into `groups`, normalises each group of each batch element
    over its channels and spatial dimensions, then scales and shifts per channel. As many groups as
    channels: instance normalisation.

    Constraints: (c1) `input` has rank 2 or more; (c2) `groups` is positive and divides the
    channels; (c3) `scale` and `bias` are `[channels]`; (c4) all element types are equal; (c5) the
    result has the input's type.

    Example: `%y = dsc.group_norm %x, %s, %b {groups = 2 : i64, epsilon = 1.0e-5 : f32} :
    (tensor<1x4x8xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<1x4x8xf32>`
  }];
  let arguments = (ins Dsc_FloatTensor:$input, Dsc_FloatTensor:$scale, Dsc_FloatTensor:$bias,
      I64Attr:$groups, F32Attr:$epsilon);
}

def Dsc_BatchNormOp : Dsc_NormOp<"batch_norm", "Channelwise"> {
  let summary = "batch normalisation with given statistics";
  let description = [{
    `(x - mean) / sqrt(variance + epsilon) * scale + bias` with one value per channel, which is
    dimension 1 (`nchw`) or the last one (`nhwc`).

    Constraints: (c1) `input` has rank 1 or more, and rank 2 or more in `nhwc`; (c2) the other
    operands are `[channels]` (one element for rank 1); (c3) the result has the input's type.

    Example: `%y = dsc.batch_norm %x, %s, %b, %m, %v {epsilon = 1.0e-5 : f32} : (tensor<1x4x8xf32>,
    tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<1x4x8xf32>`
  }];
  let arguments = (ins Dsc_FloatTensor:$input, Dsc_FloatTensor:$scale, Dsc_FloatTensor:$bias,
      Dsc_FloatTensor:$mean, Dsc_FloatTensor:$variance, F32Attr:$epsilon,
      DefaultValuedAttr<Dsc_LayoutAttr, "::dsc::Layout::Nchw">:$layout);
}

def Dsc_LrnOp : Dsc_NormOp<"lrn", "Opaque"> {
  let summary = "local response normalisation across channels";
  let description = [{
    `x / (bias + alpha / size * sum of squares)^beta`, where the sum runs over the `size` channels
    around the element's, `floor((size-1)/2)` before and `ceil((size-1)/2)` after it.

    Constraints: (c1) `input` has rank 3 or more; (c2) `size` is positive; (c3) the result has the
    input's type.

    Example: `%y = dsc.lrn %x {size = 5 : i64} : (tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>`
  }];
  let arguments = (ins Dsc_FloatTensor:$input, DefaultValuedAttr<F32Attr, "1.0e-4f">:$alpha,
      DefaultValuedAttr<F32Attr, "0.75f">:$beta, DefaultValuedAttr<F32Attr, "1.0f">:$bias,
      I64Attr:$size);
}

#endif // DSC_REDUCTION_TD
