// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Sliding window ops of the dsc dialect and the selection of the k largest elements.

#ifndef DSC_POOLING_TD
#define DSC_POOLING_TD

include "dialects/dsc/DscAttrs.td"

def Dsc_MaxPoolOp : Dsc_TensorOp<"max_pool", "Opaque"> {
  let summary = "largest element of every window";
  let description = [{
    Slides a window over the spatial dimensions of `[batch, channels, spatial...]` (`nchw`) or
    `[batch, spatial..., channels]` (`nhwc`); padding never wins. Pads are explicit: the rounding of
    the size (ONNX's `ceil_mode`) is part of the ones after. `indices`, if wanted, are positions in
    the whole flattened input, with the last two spatial dimensions swapped if `storage_order` is 1.

    Constraints: (c1) `input` has rank 3 to 5; (c2) `kernel`, `strides` and `dilations` have one
    positive value per spatial dimension; (c3) `pads` has two per spatial dimension, none
    negative; (c4) the output sizes are not negative; (c5) the results
    have the inferred shape; (c6) `indices` need the layout `nchw`.

    Example: `%y = dsc.max_pool %x {kernel = array<i64: 2>, strides = array<i64: 2>, pads =
    array<i64: 0, 0>, dilations = array<i64: 1>} : (tensor<1x3x8xf32>) -> tensor<1x3x4xf32>`
  }];
  let arguments = (ins Dsc_NumberTensor:$input, DenseI64ArrayAttr:$kernel,
      DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$pads, DenseI64ArrayAttr:$dilations,
      DefaultValuedAttr<Dsc_LayoutAttr, "::dsc::Layout::Nchw">:$layout,
      DefaultValuedAttr<I64Attr, "0">:$storage_order);
  let results = (outs Dsc_NumberTensor:$output, Optional<Dsc_Index64Tensor>:$indices);
  let hasVerifier = 1;
}

def Dsc_AveragePoolOp : Dsc_TensorOp<"average_pool", "Opaque"> {
  let summary = "mean of every window";
  let description = [{
    Slides a window like `dsc.max_pool`. The divisor is the number of elements inside the input;
    with `count_include_pad` it is the number inside the input and the padding, where `count_pads`
    (default: `pads`) is the padding that counts: the part of `pads` that only rounds the size up
    does not.

    Constraints: (c1) `input` has rank 3 to 5; (c2) `kernel`, `strides` and `dilations` have one
    positive value per spatial dimension; (c3) `pads` has two per spatial dimension, none
    negative; (c4) the output sizes are not negative; (c5) the result has
    the inferred shape; (c6) `count_pads` has as many values as `pads`, none negative.

    Example: `%y = dsc.average_pool %x {kernel = array<i64: 2>, strides = array<i64: 2>, pads =
    array<i64: 0, 0>, dilations = array<i64: 1>} : (tensor<1x3x8xf32>) -> tensor<1x3x4xf32>`
  }];
  let arguments = (ins Dsc_FloatTensor:$input, DenseI64ArrayAttr:$kernel,
      DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$pads, DenseI64ArrayAttr:$dilations,
      DefaultValuedAttr<BoolAttr, "false">:$count_include_pad,
      OptionalAttr<DenseI64ArrayAttr>:$count_pads,
      DefaultValuedAttr<Dsc_LayoutAttr, "::dsc::Layout::Nchw">:$layout);
  let results = (outs Dsc_FloatTensor:$output);
  let hasVerifier = 1;
}

def Dsc_TopKOp : Dsc_TensorOp<"top_k", "Opaque"> {
  let summary = "the k largest or smallest elements along a dimension";
  let description = [{
    Gives the `k` largest (or smallest) elements along `axis` and their indices, in order if
    `sorted`; of equal elements the one with the lower index comes first. `k` has one element.

    Constraints: (c1) `axis` is inside the rank; (c2) `k` is a tensor of one element; (c3) the
    results have the inferred shape; (c4) a known `k` is not negative and at most the dimension.

    Example: `%v, %i = dsc.top_k %x, %k {axis = 1 : i64} : (tensor<4x8xf32>, tensor<1xi64>) ->
    (tensor<4x3xf32>, tensor<4x3xi64>)`
  }];
  let arguments = (ins Dsc_NumberTensor:$input, Dsc_IndexTensor:$k, I64Attr:$axis,
      DefaultValuedAttr<BoolAttr, "true">:$largest, DefaultValuedAttr<BoolAttr, "true">:$sorted);
  let results = (outs Dsc_NumberTensor:$values, Dsc_Index64Tensor:$indices);
  let hasVerifier = 1;
}

def Dsc_ResizeOp : Dsc_TensorOp<"resize", "Opaque", [AttrSizedOperandSegments]> {
  let summary = "interpolation to another size";
  let description = [{
    Resamples `input` along `axes` (all, if there are none) to `sizes`, or to
    `floor(in * scales)`; exactly one of the two is given. `roi`, starts then ends in relative
    coordinates, is read by `tf_crop_and_resize` only, which fills what lies outside the input with
    `extrapolation_value`. `mode`, `coordinate_mode`, `nearest_mode`, `cubic_coeff_a`,
    `exclude_outside`, `antialias` and `keep_aspect_ratio_policy` are those of ONNX's Resize.

    Constraints: (c1) `axes` are different and inside the rank; (c2) exactly one of `scales` and
    `sizes` is given; (c3) it has one element per axis; (c4) known scales are positive and known
    sizes not negative; (c5) the result has the inferred shape; (c6) `roi` has two elements per
    axis.

    Example: `%y = dsc.resize %x scales(%s) {axes = array<i64: 2, 3>} : (tensor<1x3x4x4xf32>,
    tensor<2xf32>) -> tensor<1x3x8x8xf32>`
  }];
  let arguments = (ins Dsc_NumberTensor:$input, Optional<Dsc_FloatTensor>:$roi,
      Optional<RankedTensorOf<[F32, F64]>>:$scales, Optional<Dsc_IndexTensor>:$sizes,
      DefaultValuedAttr<Dsc_ResizeModeAttr, "::dsc::ResizeMode::Nearest">:$mode,
      DefaultValuedAttr<Dsc_CoordinateModeAttr, "::dsc::CoordinateMode::HalfPixel">:$coordinate_mode,
      DefaultValuedAttr<Dsc_NearestModeAttr, "::dsc::NearestMode::RoundPreferFloor">:$nearest_mode,
      DefaultValuedAttr<F32Attr, "-0.75f">:$cubic_coeff_a,
      DefaultValuedAttr<BoolAttr, "false">:$exclude_outside,
      DefaultValuedAttr<F32Attr, "0.0f">:$extrapolation_value,
      DefaultValuedAttr<BoolAttr, "false">:$antialias,
      OptionalAttr<DenseI64ArrayAttr>:$axes,
      DefaultValuedAttr<Dsc_AspectRatioPolicyAttr,
                        "::dsc::AspectRatioPolicy::Stretch">:$keep_aspect_ratio_policy);
  let results = (outs Dsc_NumberTensor:$output);
  let assemblyFormat = [{
    $input (`roi` `(` $roi^ `)`)? (`scales` `(` $scales^ `)`)? (`sizes` `(` $sizes^ `)`)? attr-dict
    `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

#endif // DSC_POOLING_TD
