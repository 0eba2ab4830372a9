// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Ops of the dsc dialect between real numbers and the integers that stand for them.

#ifndef DSC_QUANTIZATION_TD
#define DSC_QUANTIZATION_TD

include "dialects/dsc/DscAttrs.td"

// 8 and 16 bits are storage; 32 bits hold the sums of products.
def Dsc_StoredTensor : RankedTensorOf<[I8, UI8, I16, UI16]>;
def Dsc_SteppedTensor : RankedTensorOf<[I8, UI8, I16, UI16, I32]>;
// What contractions of integers multiply, by what, and what that gives.
def Dsc_ByteTensor : RankedTensorOf<[I8, UI8]>;
def Dsc_FactorTensor : RankedTensorOf<[I8, UI8, F16, BF16, F32]>;
def Dsc_SumTensor : RankedTensorOf<[I32, F16, BF16, F32]>;

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

/// A contraction of integers; the result is real if there are scales, else the sums themselves.
class Dsc_QuantizedOp<string mnemonic, string role>
    : Dsc_TensorOp<mnemonic, role, [AttrSizedOperandSegments]>;

def Dsc_QMatmulOp : Dsc_QuantizedOp<"qmatmul", "Contraction"> {
  let summary = "matrix product of integers that stand for real numbers";
  let description = [{
    `sum over k of (lhs - lhs_zero_point) * (rhs - rhs_zero_point)`, exact in 32 bits that wrap, with the shapes of
    `dsc.matmul`. With a scale of `rhs` the result is real: `sum * lhs_scale * rhs_scale + bias` (a missing `lhs_scale`
    is 1), computed in f32 and rounded to the element type of the scales once. Without scales it is the sum in i32, and
    so is the bias. Either operand may be an activation. `lhs` may be real too: it has no zero point then, its products
    with `rhs` are real, and `rhs` has a scale.

    Parameters of `lhs` are one number, or one per row: `[..., m, 1]`; those of `rhs` are one number, or one per column:
    `[n]`. A missing zero point is 0.

    Constraints: (c1) the shapes are the ones of a `dsc.matmul`, whose attributes these are; (c2) `lhs` is of 8 bits, or
    real with a scale of `rhs` and neither scale nor zero point; (c3) `lhs_scale` comes with a `rhs_scale` of its type;
    (c4) a zero point has its operand's element type; (c5) parameters of `rhs` and the bias are `[1]`, `[]` or `[n]`,
    those of `lhs` broadcast to the result; (c6) the bias has the result's element type.

    Example: `%y = dsc.qmatmul %a scale %s zero %z, %b scale %t : (tensor<4x8xui8>, tensor<f32>, tensor<ui8>,
    tensor<8x2xi8>, tensor<2xf32>) -> tensor<4x2xf32>`
  }];
  let arguments = (ins Dsc_FactorTensor:$lhs, Optional<Dsc_FloatTensor>:$lhs_scale,
      Optional<Dsc_ByteTensor>:$lhs_zero_point, Dsc_ByteTensor:$rhs, Optional<Dsc_FloatTensor>:$rhs_scale,
      Optional<Dsc_ByteTensor>:$rhs_zero_point, Optional<Dsc_SumTensor>:$bias, UnitAttr:$transpose_lhs,
      UnitAttr:$transpose_rhs, OptionalAttr<Dsc_PanelsAttr>:$rhs_packing, OptionalAttr<I64Attr>:$rhs_offset);
  let results = (outs Dsc_SumTensor:$output);
  let assemblyFormat = [{
    $lhs (`scale` $lhs_scale^)? (`zero` $lhs_zero_point^)? `,` $rhs (`scale` $rhs_scale^)? (`zero` $rhs_zero_point^)?
    (`bias` $bias^)? attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def Dsc_QConvOp : Dsc_QuantizedOp<"qconv", "Convolution"> {
  let summary = "convolution of integers that stand for real numbers";
  let description = [{
    A `dsc.conv` of integers as `dsc.qmatmul` is a `dsc.matmul` of them. Padding is real zero: it adds nothing to a sum.
    Parameters of `input` are one number; those of `weight` are one number, or one per output channel: `[outputs]`, in
    both layouts.

    Constraints: (c1) the shapes are the ones of a `dsc.conv`, whose attributes these are; (c2) to (c6) as for
    `dsc.qmatmul`, where parameters of `input` have one element.

    Example: `%y = dsc.qconv %x scale %s zero %z, %w scale %t {strides = array<i64: 1>, pads = array<i64: 1, 1>,
    dilations = array<i64: 1>} : (tensor<1x3x8xui8>, tensor<f32>, tensor<ui8>, tensor<4x3x3xi8>, tensor<4xf32>) ->
    tensor<1x4x8xf32>`
  }];
  let arguments = (ins Dsc_FactorTensor:$input, Optional<Dsc_FloatTensor>:$input_scale,
      Optional<Dsc_ByteTensor>:$input_zero_point, Dsc_ByteTensor:$weight, Optional<Dsc_FloatTensor>:$weight_scale,
      Optional<Dsc_ByteTensor>:$weight_zero_point, Optional<Dsc_SumTensor>:$bias, DenseI64ArrayAttr:$strides,
      DenseI64ArrayAttr:$pads, DenseI64ArrayAttr:$dilations, DefaultValuedAttr<I64Attr, "1">:$group,
      DefaultValuedAttr<Dsc_LayoutAttr, "::dsc::Layout::Nchw">:$layout,
      OptionalAttr<Dsc_PanelsAttr>:$weight_packing);
  let results = (outs Dsc_SumTensor:$output);
  let assemblyFormat = [{
    $input (`scale` $input_scale^)? (`zero` $input_zero_point^)? `,` $weight (`scale` $weight_scale^)?
    (`zero` $weight_zero_point^)? (`bias` $bias^)? attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

#endif // DSC_QUANTIZATION_TD
