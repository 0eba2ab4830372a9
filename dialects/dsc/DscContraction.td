// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Contractions of the dsc dialect: matrix product, convolutions and attention.

#ifndef DSC_CONTRACTION_TD
#define DSC_CONTRACTION_TD

include "dialects/dsc/DscAttrs.td"

def Dsc_MatmulOp : Dsc_TensorOp<"matmul", "Contraction"> {
  let summary = "matrix product with numpy's batch rules";
  let description = [{
    Multiplies the last two dimensions, `[m, k] x [k, n]`, and broadcasts the ones before. A vector
    on the left is a row, on the right a column; the dimension that this adds is not in the result.
    `transpose_lhs` and `transpose_rhs` swap the last two dimensions of their operand first. With
    `rhs_packing` the right operand is a packed weight: its type is the packed one and its logical
    shape is `[k, n]` from the attribute. `rhs_offset` is the first logical column of a packed
    weight that is used, for products that share one panel image. f16 and bf16 accumulate in f32.

    Constraints: (c1) both operands have rank 1 or more; (c2) the contracted sizes are equal; (c3)
    the batch dimensions broadcast; (c4) all element types are equal; (c5) the result has the
    inferred shape; (c6) a transposed operand has rank 2 or more; (c7) the type of a packed operand
    is the one of its packing, whose kind is `gemm`.

    Example: `%y = dsc.matmul %x, %w : (tensor<4x8xf32>, tensor<8x2xf32>) -> tensor<4x2xf32>`
  }];
  let arguments = (ins Dsc_NumberTensor:$lhs, Dsc_NumberTensor:$rhs, UnitAttr:$transpose_lhs,
      UnitAttr:$transpose_rhs, OptionalAttr<Dsc_PanelsAttr>:$rhs_packing,
      OptionalAttr<I64Attr>:$rhs_offset);
  let results = (outs Dsc_NumberTensor:$output);
  let hasVerifier = 1;
}

def Dsc_ConvOp : Dsc_TensorOp<"conv", "Convolution"> {
  let summary = "convolution over one to three spatial dimensions";
  let description = [{
    Cross-correlates `input`, `[batch, channels, spatial...]` (`nchw`) or `[batch, spatial...,
    channels]` (`nhwc`), with `weight`, `[outputs, channels/group, kernel...]` in both layouts, and
    adds `bias`, `[outputs]`. `pads` are explicit: first the ones before, then the ones after. The
    size of an output dimension is `floor((in + before + after - dilation*(kernel-1) - 1) / stride)
    + 1`. With `weight_packing` the weight's type is the packed one.

    Constraints: (c1) `input` has rank 3 to 5; (c2) an unpacked weight has the input's rank; (c3)
    `strides` and `dilations` have one positive value per spatial dimension; (c4) `pads` has two per
    spatial dimension; (c5) `group` is positive and divides channels and outputs; (c6) the weight's
    second dimension is channels/group; (c7) `bias` is `[outputs]`; (c8) the output sizes are not
    negative; (c9) all element types are equal; (c10) the result has the inferred shape; (c11) the
    type of a packed weight is the one of its packing, whose kind is `conv`.

    Example: `%y = dsc.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>,
    dilations = array<i64: 1, 1>} : (tensor<1x3x8x8xf32>, tensor<4x3x3x3xf32>) ->
    tensor<1x4x8x8xf32>`
  }];
  let arguments = (ins Dsc_NumberTensor:$input, Dsc_NumberTensor:$weight,
      Optional<Dsc_NumberTensor>:$bias, DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$pads,
      DenseI64ArrayAttr:$dilations, DefaultValuedAttr<I64Attr, "1">:$group,
      DefaultValuedAttr<Dsc_LayoutAttr, "::dsc::Layout::Nchw">:$layout,
      OptionalAttr<Dsc_PanelsAttr>:$weight_packing);
  let results = (outs Dsc_NumberTensor:$output);
  let hasVerifier = 1;
}

def Dsc_ConvTransposeOp : Dsc_TensorOp<"conv_transpose", "Opaque"> {
  let summary = "transposed convolution";
  let description = [{
    The gradient of a convolution with respect to its input: every input element adds a scaled
    kernel to the output. `weight` is `[channels, outputs/group, kernel...]`. The size of an output
    dimension is `stride*(in-1) + output_padding + dilation*(kernel-1) + 1 - before - after`.
    `pads` may be negative.

    Constraints: (c1) `input` has rank 3 to 5 and `weight` the same; (c2) `strides` and `dilations`
    have one positive value per spatial dimension; (c3) `pads` has two per spatial dimension and
    `output_padding` one that is not negative; (c4) `group` is positive and divides channels; (c5)
    the weight's first dimension is the channels; (c6) `bias` is `[outputs]`; (c7) the output sizes
    are not negative; (c8) all element types are equal; (c9) the result has the inferred shape.

    Example: `%y = dsc.conv_transpose %x, %w {strides = array<i64: 2>, pads = array<i64: 0, 0>,
    dilations = array<i64: 1>, output_padding = array<i64: 0>} : (tensor<1x3x8xf32>,
    tensor<3x4x2xf32>) -> tensor<1x4x16xf32>`
  }];
  let arguments = (ins Dsc_FloatTensor:$input, Dsc_FloatTensor:$weight,
      Optional<Dsc_FloatTensor>:$bias, DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$pads,
      DenseI64ArrayAttr:$dilations, DenseI64ArrayAttr:$output_padding,
      DefaultValuedAttr<I64Attr, "1">:$group);
  let results = (outs Dsc_FloatTensor:$output);
  let hasVerifier = 1;
}

def Dsc_AttentionOp : Dsc_TensorOp<"attention", "Attention"> {
  let summary = "scaled dot-product attention";
  let description = [{
    `softmax(mask(softcap(scale * query * key^T))) * value` for every batch and head. `softcap` c
    replaces a score s by `c * tanh(s / c)`, 0 turns it off. A float mask is added; in an i1 mask
    true keeps the score and false removes it. `causal` removes the scores of keys after the query,
    where the last query meets the last key only if both lengths are equal (the first query always
    sees the first key). A row whose scores are all removed, by a mask or because they are
    -infinity, gives zeros, or NaN with `nan_if_removed`. Fewer key and value heads
    are shared by consecutive query heads. f16 and bf16 accumulate in f32.

    Constraints: (c1) query, key and value have rank 4; (c2) batch, depth of query and key, and
    lengths of key and value are equal; (c3) key and value have the same number of heads, which
    divides the query's; (c4) the mask broadcasts to `[batch, heads, queries, keys]`; (c5) element
    types are equal, but the mask may be i1; (c6) the result has the inferred shape.

    Example: `%y = dsc.attention %q, %k, %v {scale = 0.125 : f32} : (tensor<1x2x4x64xf32>,
    tensor<1x2x8x64xf32>, tensor<1x2x8x64xf32>) -> tensor<1x2x4x64xf32>`
  }];
  let arguments = (ins Dsc_FloatTensor:$query, Dsc_FloatTensor:$key, Dsc_FloatTensor:$value,
      Optional<RankedTensorOf<[I1, F16, BF16, F32, F64]>>:$mask, F32Attr:$scale, UnitAttr:$causal,
      UnitAttr:$nan_if_removed,
      DefaultValuedAttr<F32Attr, "0.0f">:$softcap,
      DefaultValuedAttr<Dsc_HeadLayoutAttr, "::dsc::HeadLayout::Bhsd">:$layout);
  let results = (outs Dsc_FloatTensor:$output);
  let hasVerifier = 1;
}

#endif // DSC_CONTRACTION_TD
