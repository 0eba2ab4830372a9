// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Ops of the dsc dialect that address elements by index tensors, and shape generators.

#ifndef DSC_INDEXING_TD
#define DSC_INDEXING_TD

include "dialects/dsc/DscAttrs.td"

def Dsc_GatherOp : Dsc_ValueOp<"gather", "Movement"> {
  let summary = "slices along a dimension, by index";
  let description = [{
    Replaces dimension `axis` by the dimensions of `indices`: every index takes the slice at its
    position. Negative indices count from the end. An index outside the dimension is a data error.

    Constraints: (c1) `axis` is inside the rank; (c2) the element types are equal; (c3) the result
    has the inferred shape; (c4) constant indices are inside the dimension.

    Example: `%y = dsc.gather %x, %i {axis = 0 : i64} : (tensor<100x8xf32>, tensor<4xi64>) ->
    tensor<4x8xf32>`
  }];
  let arguments = (ins Dsc_Tensor:$input, Dsc_IndexTensor:$indices, I64Attr:$axis);
  let results = (outs Dsc_Tensor:$output);
  let hasVerifier = 1;
}

def Dsc_GatherElementsOp : Dsc_TensorOp<"gather_elements", "Opaque"> {
  let summary = "single elements along a dimension, by index";
  let description = [{
    `output[..., j, ...] = input[..., indices[..., j, ...], ...]` at `axis`. Negative indices count
    from the end.

    Constraints: (c1) `axis` is inside the rank; (c2) input and indices have the same rank; (c3) the
    element types are equal; (c4) the result has the shape of `indices`; (c5) no other dimension of
    `indices` is larger than the input's; (c6) constant indices are inside the dimension.

    Example: `%y = dsc.gather_elements %x, %i {axis = 1 : i64} : (tensor<4x8xf32>, tensor<4x2xi64>)
    -> tensor<4x2xf32>`
  }];
  let arguments = (ins Dsc_Tensor:$input, Dsc_IndexTensor:$indices, I64Attr:$axis);
  let results = (outs Dsc_Tensor:$output);
  let hasVerifier = 1;
}

def Dsc_GatherNdOp : Dsc_TensorOp<"gather_nd", "Opaque"> {
  let summary = "slices by index tuples";
  let description = [{
    The last dimension of `indices` holds tuples that address the dimensions of the input after the
    first `batch_dims`, which are shared. Negative indices count from the end.

    Constraints: (c1) both operands have a rank larger than `batch_dims`; (c2) the last dimension of
    `indices` is static and at most the input's rank without batch dimensions; (c3) batch dimensions
    are equal; (c4) the element types are equal; (c5) the result has the inferred shape.

    Example: `%y = dsc.gather_nd %x, %i : (tensor<4x8xf32>, tensor<3x2xi64>) -> tensor<3xf32>`
  }];
  let arguments = (ins Dsc_Tensor:$input, Dsc_IndexTensor:$indices,
      DefaultValuedAttr<I64Attr, "0">:$batch_dims);
  let results = (outs Dsc_Tensor:$output);
  let hasVerifier = 1;
}

/// A scatter: the result is a changed copy of the input.
class Dsc_ScatterOp<string mnemonic>
    : Dsc_TensorOp<mnemonic, "Opaque", [AllTypesMatch<["input", "output"]>]> {
  let results = (outs Dsc_Tensor:$output);
  let hasVerifier = 1;
  let extraClassDefinition = [{
    ::llvm::LogicalResult $cppClass::inferResultTypes(
        ::dsc::ShapeContext &, ::llvm::SmallVectorImpl<::mlir::Type> &results) {
      results.push_back(getOperand(0).getType());
      return ::mlir::success();
    }
  }];
}

def Dsc_ScatterElementsOp : Dsc_ScatterOp<"scatter_elements"> {
  let summary = "single elements written by index along a dimension";
  let description = [{
    Copies the input and combines `updates[..., j, ...]` with the element at
    `[..., indices[..., j, ...], ...]`, at `axis`, in row-major order of the updates.

    Constraints: (c1) `axis` is inside the rank; (c2) input, indices and updates have the same rank;
    (c3) indices and updates have the same shape; (c4) the element types are equal.

    Example: `%y = dsc.scatter_elements %x, %i, %u {axis = 0 : i64} : (tensor<4xf32>, tensor<2xi64>,
    tensor<2xf32>) -> tensor<4xf32>`
  }];
  let arguments = (ins Dsc_Tensor:$input, Dsc_IndexTensor:$indices, Dsc_Tensor:$updates,
      I64Attr:$axis, DefaultValuedAttr<Dsc_ScatterReductionAttr,
                                       "::dsc::ScatterReduction::None">:$reduction);
}

def Dsc_ScatterNdOp : Dsc_ScatterOp<"scatter_nd"> {
  let summary = "slices written by index tuples";
  let description = [{
    Copies the input and combines every slice of `updates` with the slice that the tuple in the last
    dimension of `indices` addresses, in row-major order of the updates.

    Constraints: (c1) `indices` has rank 1 or more; (c2) its last dimension is static and at most
    the input's rank; (c3) `updates` has the shape `indices[:-1] + input[tuple size:]`; (c4) the
    element types are equal.

    Example: `%y = dsc.scatter_nd %x, %i, %u : (tensor<4x8xf32>, tensor<3x1xi64>, tensor<3x8xf32>)
    -> tensor<4x8xf32>`
  }];
  let arguments = (ins Dsc_Tensor:$input, Dsc_IndexTensor:$indices, Dsc_Tensor:$updates,
      DefaultValuedAttr<Dsc_ScatterReductionAttr, "::dsc::ScatterReduction::None">:$reduction);
}

def Dsc_TensorScatterOp : Dsc_ScatterOp<"tensor_scatter"> {
  let summary = "a run of positions of a cache, written";
  let description = [{
    Copies the cache `input` and writes `update` along `axis`, for batch element b from position
    `write_indices[b]` on (0 if absent). In mode `circular` positions wrap at the end; in `linear`
    they do not reach it.

    Constraints: (c1) `axis` is inside the rank and not 0; (c2) `update` has the input's rank, and
    its sizes apart from `axis`; (c3) `write_indices` is `[batch]`; (c4) the element types are
    equal.

    Example: `%y = dsc.tensor_scatter %c, %u {axis = 1 : i64} : (tensor<2x8x4xf32>,
    tensor<2x1x4xf32>) -> tensor<2x8x4xf32>`
  }];
  let arguments = (ins Dsc_Tensor:$input, Dsc_Tensor:$update,
      Optional<Dsc_IndexTensor>:$write_indices, I64Attr:$axis,
      DefaultValuedAttr<Dsc_CacheModeAttr, "::dsc::CacheMode::Linear">:$mode);
}

def Dsc_OneHotOp : Dsc_TensorOp<"one_hot", "Opaque"> {
  let summary = "one marked element per index";
  let description = [{
    Inserts a dimension of size `depth` at `axis`, which holds `values[1]` at the index and
    `values[0]` elsewhere. An index outside `[-depth, depth-1]` marks nothing; negative ones count
    from the end.

    Constraints: (c1) `axis` is inside the result's rank; (c2) `depth` has one element; (c3)
    `values` has two; (c4) the element types of `values` and the result are equal; (c5) the result
    has the inferred shape.

    Example: `%y = dsc.one_hot %i, %d, %v {axis = 1 : i64} : (tensor<4xi64>, tensor<i64>,
    tensor<2xf32>) -> tensor<4x10xf32>`
  }];
  let arguments = (ins Dsc_NumberTensor:$indices, Dsc_NumberTensor:$depth, Dsc_Tensor:$values,
      I64Attr:$axis);
  let results = (outs Dsc_Tensor:$output);
  let hasVerifier = 1;
}

def Dsc_ShapeOp : Dsc_ValueOp<"shape", "Opaque"> {
  let summary = "the sizes of a tensor";
  let description = [{
    A vector of the sizes of dimensions `start` to before `end`.

    Constraints: (c1) `0 <= start <= end <= rank`; (c2) the result has `end - start` elements.

    Example: `%s = dsc.shape %x {start = 0 : i64, end = 2 : i64} : (tensor<4x8xf32>) ->
    tensor<2xi64>`
  }];
  let arguments = (ins Dsc_Tensor:$input, I64Attr:$start, I64Attr:$end);
  let results = (outs Dsc_Index64Tensor:$output);
  let hasVerifier = 1;
}

def Dsc_ConstantOfShapeOp : Dsc_ValueOp<"constant_of_shape", "Movement"> {
  let summary = "a tensor of one repeated value";
  let description = [{
    A tensor with the sizes in `shape`, filled with the one element of `value`.

    Constraints: (c1) `value` has one element, of the result's element type; (c2) `shape` has rank 1
    and one element per dimension of the result; (c3) known sizes are not negative.

    Example: `%y = dsc.constant_of_shape %s {value = dense<0.0> : tensor<1xf32>} : (tensor<2xi64>)
    -> tensor<4x8xf32>`
  }];
  let arguments = (ins Dsc_IndexTensor:$shape, ElementsAttr:$value);
  let results = (outs Dsc_Tensor:$output);
  let hasVerifier = 1;
}

def Dsc_RangeOp : Dsc_ValueOp<"range", "Movement"> {
  let summary = "numbers in equal steps";
  let description = [{
    `start + i * delta` for i from 0 to before `ceil((limit - start) / delta)`; the operands are
    scalars.

    Constraints: (c1) the operands have one element; (c2) all element types are equal; (c3) the
    result has rank 1; (c4) a known `delta` is not zero.

    Example: `%y = dsc.range %b, %e, %d : (tensor<i64>, tensor<i64>, tensor<i64>) -> tensor<8xi64>`
  }];
  let arguments = (ins Dsc_NumberTensor:$start, Dsc_NumberTensor:$limit, Dsc_NumberTensor:$delta);
  let results = (outs Dsc_NumberTensor:$output);
  let hasVerifier = 1;
}

#endif // DSC_INDEXING_TD
