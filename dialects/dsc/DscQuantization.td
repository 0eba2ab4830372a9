// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Ops of the dsc dialect between real numbers and the integers that stand for them.

#ifndef DSC_QUANTIZATION_TD
#define DSC_QUANTIZATION_TD

include "dialects/dsc/DscAttrs.td"

// 8 and 16 bits are storage; 32 bits hold the sums of products.
def Dsc_StoredTensor : RankedTensorOf<[I8, UI8, I16, UI16]>;
def Dsc_SteppedTensor : RankedTensorOf<[I8, UI8, I16, UI16, I32]>;

def Dsc_QuantizeOp : Dsc_TensorOp<"quantize", "Pointwise"> {
  let summary = "real numbers as integers of a scale and a zero point";
  let description = [{
    `saturate(round(input / scale) + zero_point)`, rounded half to even, in the element type of `zero_point`. Scale and
    zero point broadcast to the input like numpy: one number is per tensor, `[channels, 1, 1]` per channel of an image.
    Rounded and saturated as f32 (f64 in f64); NaN gives the zero point.

    Constraints: (c1) `scale` and `zero_point` broadcast to the input without changing its shape; (c2) the result has
    the input's shape and the element type of `zero_point`.

    Example: `%q = dsc.quantize %x, %s, %z : (tensor<4x8xf32>, tensor<f32>, tensor<ui8>) -> tensor<4x8xui8>`
  }];
  let arguments = (ins Dsc_FloatTensor:$input, Dsc_FloatTensor:$scale, Dsc_StoredTensor:$zero_point);
  let results = (outs Dsc_StoredTensor:$output);
  let hasVerifier = 1;
}

def Dsc_DequantizeOp : Dsc_TensorOp<"dequantize", "Pointwise"> {
  let summary = "the real numbers that integers stand for";
  let description = [{
    `(input - zero_point) * scale` in the element type of `scale`. The difference is exact; the product is computed in
    f32 (f64 in f64) and rounded once. Scale and zero point broadcast to the input like numpy.

    Never folded with a `dsc.quantize` before it: that would undo the rounding.

    Constraints: (c1) `scale` and `zero_point` broadcast to the input without changing its shape; (c2) `zero_point` has
    the element type of the input; (c3) the result has the input's shape and the element type of `scale`.

    Example: `%x = dsc.dequantize %q, %s, %z : (tensor<4x8xui8>, tensor<f32>, tensor<ui8>) -> tensor<4x8xf32>`
  }];
  let arguments = (ins Dsc_SteppedTensor:$input, Dsc_FloatTensor:$scale, Dsc_SteppedTensor:$zero_point);
  let results = (outs Dsc_FloatTensor:$output);
  let hasVerifier = 1;
}

def Dsc_DynQuantizeOp : Dsc_TensorOp<"dyn_quantize", "RowReduction", [Dsc_RowOpInterface]> {
  let summary = "real numbers as integers whose scale each row chooses";
  let description = [{
    Quantizes every row, the dimensions from `axis` to the last, by the row's own numbers. In `ui8`: `low` and `high`
    are the smallest and largest of the row and 0, `scale = (high - low) / 255` and `zero_point = round(-low / scale)`.
    In `i8`: `scale` is the largest magnitude over 127 and `zero_point` is 0. A row of zeros has the scale 1. `output`
    is what `dsc.quantize` gives for this scale and zero point, which are 1 along the row: a row depends on no other.
    NaN gives NaN as the row's scale.

    Constraints: (c1) `axis` is inside the rank; (c2) `storage` is i8 or ui8; (c3) `output` has the input's shape and the
    element type `storage`; (c4) `scale` and `zero_point` have the input's shape with 1 from `axis` on, and the element
    types of the input and of `output`.

    Example: `%q, %s, %z = dsc.dyn_quantize %x {axis = 1 : i64, storage = ui8} : (tensor<4x8xf32>) -> (tensor<4x8xui8>,
    tensor<4x1xf32>, tensor<4x1xui8>)`
  }];
  let arguments = (ins Dsc_FloatTensor:$input, I64Attr:$axis, TypeAttr:$storage);
  let results = (outs RankedTensorOf<[I8, UI8]>:$output, Dsc_FloatTensor:$scale,
      RankedTensorOf<[I8, UI8]>:$zero_point);
  let hasVerifier = 1;
}

#endif // DSC_QUANTIZATION_TD
