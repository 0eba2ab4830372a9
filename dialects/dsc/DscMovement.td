// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Ops of the dsc dialect that move elements without computing: views, slices, gathers, scatters.

#ifndef DSC_MOVEMENT_TD
#define DSC_MOVEMENT_TD

include "dialects/dsc/DscAttrs.td"

def Dsc_ReshapeOp : Dsc_ValueOp<"reshape", "View"> {
  let summary = "the same elements in another shape";
  let description = [{
    Gives the elements, in row-major order, the result's shape. `shape`, if present, is where that
    shape came from: -1 stands for what is left over and 0 for the input's dimension (a size of 0 if
    `allowzero`). A result of static shape does not read it.

    Constraints: (c1) input and result have the same number of elements where both are known; (c2)
    the element types are equal; (c3) `shape` has rank 1 and as many elements as the result has
    dimensions; (c4) at most one known element of `shape` is -1, none is smaller, and with
    `allowzero` -1 and 0 exclude each other.

    Example: `%y = dsc.reshape %x : (tensor<4x8xf32>) -> tensor<32xf32>`
  }];
  let arguments = (ins Dsc_Tensor:$input, Optional<Dsc_IndexTensor>:$shape,
      DefaultValuedAttr<BoolAttr, "false">:$allowzero);
  let results = (outs Dsc_Tensor:$output);
  let hasVerifier = 1;
  let hasFolder = 1;
  let hasCanonicalizeMethod = 1;
}

def Dsc_SqueezeOp : Dsc_ValueOp<"squeeze", "View"> {
  let summary = "removal of dimensions of size 1";
  let description = [{
    Removes `axes`, whose size is 1.

    Constraints: (c1) `axes` are increasing and inside the rank; (c2) a static size of a removed
    dimension is 1; (c3) the result has the inferred shape.

    Example: `%y = dsc.squeeze %x {axes = array<i64: 0>} : (tensor<1x8xf32>) -> tensor<8xf32>`
  }];
  let arguments = (ins Dsc_Tensor:$input, DenseI64ArrayAttr:$axes);
  let results = (outs Dsc_Tensor:$output);
  let hasVerifier = 1;
  let hasFolder = 1;
}

def Dsc_UnsqueezeOp : Dsc_ValueOp<"unsqueeze", "View"> {
  let summary = "insertion of dimensions of size 1";
  let description = [{
    Inserts a dimension of size 1 at each of `axes`, which count in the result.

    Constraints: (c1) `axes` are increasing and inside the result's rank; (c2) the result has the
    inferred shape.

    Example: `%y = dsc.unsqueeze %x {axes = array<i64: 0>} : (tensor<8xf32>) -> tensor<1x8xf32>`
  }];
  let arguments = (ins Dsc_Tensor:$input, DenseI64ArrayAttr:$axes);
  let results = (outs Dsc_Tensor:$output);
  let hasVerifier = 1;
  let hasFolder = 1;
}

def Dsc_TransposeOp : Dsc_ValueOp<"transpose", "Movement"> {
  let summary = "permutation of dimensions";
  let description = [{
    Dimension i of the result is dimension `permutation[i]` of the input.

    Constraints: (c1) `permutation` is a permutation of the input's dimensions; (c2) the result has
    the inferred shape.

    Example: `%y = dsc.transpose %x {permutation = array<i64: 1, 0>} : (tensor<4x8xf32>) ->
    tensor<8x4xf32>`
  }];
  let arguments = (ins Dsc_Tensor:$input, DenseI64ArrayAttr:$permutation);
  let results = (outs Dsc_Tensor:$output);
  let hasVerifier = 1;
  let hasFolder = 1;
  let hasCanonicalizeMethod = 1;
}

def Dsc_ExpandOp : Dsc_ValueOp<"expand", "Movement"> {
  let summary = "broadcast to a shape";
  let description = [{
    Broadcasts the input to the result's shape, which is the numpy broadcast of the input's shape
    and `shape`, if present.

    Constraints: (c1) the input broadcasts to the result; (c2) the element types are equal; (c3)
    `shape` has rank 1.

    Example: `%y = dsc.expand %x : (tensor<4x1xf32>) -> tensor<4x8xf32>`
  }];
  let arguments = (ins Dsc_Tensor:$input, Optional<Dsc_IndexTensor>:$shape);
  let results = (outs Dsc_Tensor:$output);
  let hasVerifier = 1;
  let hasFolder = 1;
  let hasCanonicalizeMethod = 1;
}

def Dsc_ConcatOp : Dsc_ValueOp<"concat", "Movement"> {
  let summary = "concatenation along a dimension";
  let description = [{
    Puts the inputs one behind the other along `axis`.

    Constraints: (c1) there is an input; (c2) `axis` is inside the rank; (c3) ranks and element
    types are equal; (c4) the other dimensions are equal; (c5) the result has the inferred shape.

    Example: `%z = dsc.concat %x, %y {axis = 0 : i64} : (tensor<4xf32>, tensor<2xf32>) ->
    tensor<6xf32>`
  }];
  let arguments = (ins Variadic<Dsc_Tensor>:$inputs, I64Attr:$axis);
  let results = (outs Dsc_Tensor:$output);
  let hasVerifier = 1;
  let hasFolder = 1;
}

def Dsc_SliceOp : Dsc_ValueOp<"slice", "Movement"> {
  let summary = "a strided box of a tensor";
  let description = [{
    Takes along each of `axes` the elements from `starts` to before `ends` in `steps`, which may be
    negative. Negative positions count from the end; positions are clamped to the dimension, as in
    numpy. The other dimensions are taken whole.

    Constraints: (c1) `axes` are different and inside the rank; (c2) `starts`, `ends` and `steps`
    have rank 1 and one element per axis; (c3) the element types are equal; (c4) the result has the
    input's rank; (c5) a known step is not zero.

    Example: `%y = dsc.slice %x, %b, %e, %s {axes = array<i64: 1>} : (tensor<4x8xf32>,
    tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<4x2xf32>`
  }];
  let arguments = (ins Dsc_Tensor:$input, Dsc_IndexTensor:$starts, Dsc_IndexTensor:$ends,
      Dsc_IndexTensor:$steps, DenseI64ArrayAttr:$axes);
  let results = (outs Dsc_Tensor:$output);
  let hasVerifier = 1;
}

def Dsc_PadOp : Dsc_TensorOp<"pad", "Movement"> {
  let summary = "padding around a tensor";
  let description = [{
    Adds `pads` elements, first the ones before each of `axes` (all dimensions, if there are none)
    and then the ones after. Negative pads crop. They hold `value` (`constant`; zero if there is
    none), the mirrored input without its edge (`reflect`), the edge (`edge`) or the input from its
    other side (`wrap`).

    Constraints: (c1) `axes` are different and inside the rank; (c2) `pads` has rank 1 and two
    elements per axis; (c3) the element types of input, value and result are equal; (c4) `value` has
    one element and is only for `constant`; (c5) the result has the input's rank; (c6) no size
    becomes negative.

    Example: `%y = dsc.pad %x, %p {mode = #dsc.pad_mode<edge>} : (tensor<8xf32>, tensor<2xi64>) ->
    tensor<10xf32>`
  }];
  let arguments = (ins Dsc_Tensor:$input, Dsc_IndexTensor:$pads, Optional<Dsc_Tensor>:$value,
      DefaultValuedAttr<Dsc_PadModeAttr, "::dsc::PadMode::Constant">:$mode,
      OptionalAttr<DenseI64ArrayAttr>:$axes);
  let results = (outs Dsc_Tensor:$output);
  let hasVerifier = 1;
}

def Dsc_TileOp : Dsc_TensorOp<"tile", "Movement"> {
  let summary = "repetition of a tensor";
  let description = [{
    Repeats the input `repeats[i]` times along dimension i.

    Constraints: (c1) `repeats` has rank 1 and one element per dimension; (c2) the element types are
    equal; (c3) the result has the input's rank; (c4) known repeats are not negative.

    Example: `%y = dsc.tile %x, %r : (tensor<4xf32>, tensor<1xi64>) -> tensor<8xf32>`
  }];
  let arguments = (ins Dsc_Tensor:$input, Dsc_IndexTensor:$repeats);
  let results = (outs Dsc_Tensor:$output);
  let hasVerifier = 1;
}

def Dsc_TriluOp : Dsc_TensorOp<"trilu", "Movement", [AllTypesMatch<["input", "output"]>]> {
  let summary = "the upper or lower triangle of matrices";
  let description = [{
    Keeps the elements of the last two dimensions on and above (`upper`) or below the diagonal `k`
    (0 if absent), and makes the others zero.

    Constraints: (c1) `input` has rank 2 or more; (c2) `k` has one element.

    Example: `%y = dsc.trilu %x {upper = false} : (tensor<4x4xf32>) -> tensor<4x4xf32>`
  }];
  let arguments = (ins Dsc_Tensor:$input, Optional<Dsc_IndexTensor>:$k,
      DefaultValuedAttr<BoolAttr, "true">:$upper);
  let results = (outs Dsc_Tensor:$output);
  let hasVerifier = 1;
}

def Dsc_DepthToSpaceOp : Dsc_TensorOp<"depth_to_space", "Movement"> {
  let summary = "blocks of channels to blocks of pixels";
  let description = [{
    Moves `block*block` channels of `[batch, channels, height, width]` into `block` x `block`
    pixels. The channels are ordered block, then depth (`dcr`) or depth, then block (`crd`).

    Constraints: (c1) `input` has rank 4; (c2) `block` is positive and its square divides the
    channels; (c3) the result has the inferred shape.

    Example: `%y = dsc.depth_to_space %x {block = 2 : i64} : (tensor<1x4x2x2xf32>) ->
    tensor<1x1x4x4xf32>`
  }];
  let arguments = (ins Dsc_Tensor:$input, I64Attr:$block,
      DefaultValuedAttr<Dsc_DepthToSpaceModeAttr, "::dsc::DepthToSpaceMode::Dcr">:$mode);
  let results = (outs Dsc_Tensor:$output);
  let hasVerifier = 1;
}

def Dsc_SpaceToDepthOp : Dsc_TensorOp<"space_to_depth", "Movement"> {
  let summary = "blocks of pixels to blocks of channels";
  let description = [{
    The inverse of `dsc.depth_to_space` in the order `dcr`.

    Constraints: (c1) `input` has rank 4; (c2) `block` is positive and divides height and width;
    (c3) the result has the inferred shape.

    Example: `%y = dsc.space_to_depth %x {block = 2 : i64} : (tensor<1x1x4x4xf32>) ->
    tensor<1x4x2x2xf32>`
  }];
  let arguments = (ins Dsc_Tensor:$input, I64Attr:$block);
  let results = (outs Dsc_Tensor:$output);
  let hasVerifier = 1;
}

#endif // DSC_MOVEMENT_TD
