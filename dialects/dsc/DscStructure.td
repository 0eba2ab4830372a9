// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Ops of the dsc dialect that are not arithmetic: symbols, weights, constants, groups and kernels.

#ifndef DSC_STRUCTURE_TD
#define DSC_STRUCTURE_TD

include "dialects/dsc/DscAttrs.td"
include "mlir/IR/RegionKindInterface.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"

def Dsc_SymbolOp : Dsc_Op<"symbol", [Symbol, HasParent<"::mlir::ModuleOp">,
    DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "a size that is known at run time";
  let description = [{
    The i-th `dsc.symbol` of a module is `s<i>` in every `#dsc.dims`. A `caller` symbol gets its
    value from the shapes of the inputs, a `data` symbol from a `dsc.read_dim`; a `min` or `max`
    symbol is the smallest or largest of the sizes `of`. The value of the first two lies in
    `[min, max]` and is a multiple of `multiple_of`.

    Constraints: (c1) `min` is not negative for a caller's symbol, and at most `max`; (c2)
    `multiple_of` is positive; (c3) a `min` or `max` symbol has sizes `of`, and no other has; (c4)
    the symbols of `of` are in the module, and those that are `min` or `max` come earlier.

    Example: `dsc.symbol @batch {kind = #dsc.symbol_kind<caller>, min = 1 : i64, max = 64 : i64,
    multiple_of = 1 : i64}`
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, Dsc_SymbolKindAttr:$kind,
      DefaultValuedAttr<I64Attr, "1">:$min,
      DefaultValuedAttr<I64Attr, "9223372036854775807">:$max,
      DefaultValuedAttr<I64Attr, "1">:$multiple_of, OptionalAttr<Dsc_DimsAttr>:$of);
  let assemblyFormat = "$sym_name attr-dict";
  let hasVerifier = 1;
}

def Dsc_ParamOp : Dsc_Op<"param", [Symbol, HasParent<"::mlir::ModuleOp">]> {
  let summary = "a weight of the model";
  let description = [{
    Names the bytes of a weight. `type` is the type that `dsc.weight` gives. With `packing` the
    value still holds the unpacked bytes, and `type` is the packed type: the bytes are rearranged
    while the plan is written.

    Constraints: (c1) `type` is static; (c2) without `packing`, the value has that type; (c3) with
    `packing`, `type` is the packed type of the value's element type and the value has the shape
    that the packing unpacks to.

    Example: `dsc.param @w : tensor<2xf32> = dense<1.0> : tensor<2xf32>`
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, TypeAttrOf<AnyStaticShapeTensor>:$type,
      ElementsAttr:$value, OptionalAttr<Dsc_PanelsAttr>:$packing);
  let assemblyFormat = "$sym_name `:` $type `=` $value attr-dict";
  let hasVerifier = 1;
}

def Dsc_WeightOp : Dsc_TensorOp<"weight", "Opaque",
    [DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "a weight as a tensor";
  let description = [{
    The tensor of a `dsc.param`.

    Constraints: (c1) the name is a `dsc.param` of the module; (c2) the result has its type.

    Example: `%w = dsc.weight @w : tensor<2xf32>`
  }];
  let arguments = (ins FlatSymbolRefAttr:$param);
  let results = (outs Dsc_Tensor:$output);
  let assemblyFormat = "$param attr-dict `:` type($output)";
}

def Dsc_ConstantOp : Dsc_ValueOp<"constant", "Pointwise",
    [ConstantLike, AllTypesMatch<["value", "output"]>]> {
  let summary = "a small constant tensor";
  let description = [{
    A tensor of known elements, of at most a KiB or so: larger ones are a `dsc.param`.

    Example: `%c = dsc.constant dense<[1, 2]> : tensor<2xi64>`
  }];
  let arguments = (ins ElementsAttr:$value);
  let results = (outs Dsc_Tensor:$output);
  let assemblyFormat = "$value attr-dict";
  let hasFolder = 1;
  let builders = [OpBuilder<(ins "::mlir::ElementsAttr":$value), [{
    build($_builder, $_state, value.getType(), value);
  }]>];
}

def Dsc_DimValuesOp : Dsc_ValueOp<"dim_values", "Opaque"> {
  let summary = "a small tensor of integers computed from symbols";
  let description = [{
    The values of the expressions as a tensor. It exists where a kernel or an output needs the
    numbers as data; sizes of results do not read it.

    Constraints: (c1) the result has rank 0 and there is one value, or it has rank 1 and one element
    per value; (c2) no expression has a dimension.

    Example: `%s = dsc.dim_values <()[s0] -> (s0, 128)> : tensor<2xi64>`
  }];
  let arguments = (ins Dsc_DimsAttr:$values);
  let results = (outs RankedTensorOf<[I32, I64]>:$output);
  let assemblyFormat = "$values attr-dict `:` type($output)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

def Dsc_ReadDimOp : Dsc_Op<"read_dim", [DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "binds a data symbol to an element of a tensor";
  let description = [{
    Reads the element at the flat position `index` at run time and makes it the value of `symbol`.
    A value outside the symbol's range is a data error. A symbol of one possible value is only this
    check.

    Constraints: (c1) `index` is inside the tensor; (c2) `symbol` is a `dsc.symbol` of kind `data`.

    Example: `dsc.read_dim %shape[0] as @n : tensor<2xi64>`
  }];
  let arguments = (ins Dsc_IndexTensor:$tensor, I64Attr:$index, FlatSymbolRefAttr:$symbol);
  let assemblyFormat = "$tensor `[` $index `]` `as` $symbol attr-dict `:` type($tensor)";
  let hasVerifier = 1;
}

def Dsc_GroupOp : Dsc_Op<"group", [IsolatedFromAbove, SingleBlock, Pure]> {
  let summary = "ops that become one kernel";
  let description = [{
    Its body computes the results from the operands; every operand is a block argument of the same
    type. `kind` tells what the group computes, `target` where it runs, `stage` which part of a
    pipeline it belongs to and `cost_ns` how long it is predicted to take (0: not predicted). Weights
    are operands; small constants may be inside.

    Constraints: (c1) one block argument per operand, of its type; (c2) the terminator is a
    `dsc.yield` of the results' types.

    Example:
    ```mlir
    %r = dsc.group ins(%x : tensor<4xf32>) -> (tensor<4xf32>)
        attributes {kind = #dsc.group_kind<pointwise>, target = "cpu", stage = 0 : i64} {
    ^bb0(%a: tensor<4xf32>):
      %y = dsc.relu %a : tensor<4xf32>
      dsc.yield %y : tensor<4xf32>
    }
    ```
  }];
  let arguments = (ins Variadic<Dsc_Tensor>:$inputs, Dsc_GroupKindAttr:$kind,
      DefaultValuedAttr<StrAttr, "\"cpu\"">:$target, DefaultValuedAttr<I64Attr, "0">:$stage,
      DefaultValuedAttr<I64Attr, "0">:$cost_ns);
  let results = (outs Variadic<Dsc_Tensor>:$outputs);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    (`ins` `(` $inputs^ `:` type($inputs) `)`)? `->` `(` type($outputs) `)` attr-dict-with-keyword
    $body
  }];
  let hasRegionVerifier = 1;
  let extraClassDeclaration = [{
    /// The block of the group.
    ::mlir::Block *getBlock() { return &getBody().front(); }
    /// The terminator, which names the results.
    ::dsc::YieldOp getYield();
  }];
  let builders = [OpBuilder<(ins "::mlir::TypeRange":$outputs, "::mlir::ValueRange":$inputs,
                                 "::dsc::GroupKind":$kind), [{
    build($_builder, $_state, outputs, inputs, kind, "cpu", 0, 0);
    ::mlir::Block &block = $_state.regions.front()->emplaceBlock();
    for (::mlir::Value input : inputs)
      block.addArgument(input.getType(), input.getLoc());
  }]>];
}

def Dsc_YieldOp : Dsc_Op<"yield", [Pure, Terminator, ReturnLike, HasParent<"::dsc::GroupOp">]> {
  let summary = "the results of a group";
  let description = [{
    Ends the body of a `dsc.group` and names its results.

    Example: `dsc.yield %y : tensor<4xf32>`
  }];
  let arguments = (ins Variadic<Dsc_Tensor>:$results);
  let assemblyFormat = "($results^ `:` type($results))? attr-dict";
}

def Dsc_KernelOp : Dsc_Op<"kernel", [Symbol, HasParent<"::mlir::ModuleOp">]> {
  let summary = "what callers must know of a compiled group";
  let description = [{
    Declares a kernel, whose code is the function of the same name in every level's module.
    `access` tells of each buffer, operands then results, whether it is read (1) or written (2);
    `num_dims` is the number of sizes that it takes, `scratch` the bytes it needs per thread, `name`
    the readable name for profiles. `why` tells people how the kernel was chosen, when that was
    asked for.

    Constraints: (c1) `access` holds 1, 2 or 3; (c2) `num_dims` and `scratch` are not negative.

    Example: `dsc.kernel @k0 {access = array<i8: 1, 2>, num_dims = 1 : i64, scratch = 0 : i64, name
    = "cpu_relu_f32"}`
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, DenseI8ArrayAttr:$access,
      DefaultValuedAttr<I64Attr, "0">:$num_dims, DefaultValuedAttr<I64Attr, "0">:$scratch,
      StrAttr:$name, OptionalAttr<StrAttr>:$why);
  let assemblyFormat = "$sym_name attr-dict";
  let hasVerifier = 1;
}

def Dsc_LaunchOp : Dsc_Op<"launch", [Pure, DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "a call of a kernel";
  let description = [{
    Runs tiles `[0, tiles)` of a kernel; `dims` are the sizes that it takes, `grain` the smallest
    number of tiles that is worth a thread. The buffers are the operands, then the results. `flops`
    are the floating-point operations of its products, for profiles; absent, nothing is known.
    `stage` and `cost_ns` are those of the group.

    Constraints: (c1) the name is a `dsc.kernel` of the module; (c2) it has one access per buffer;
    (c3) it takes as many sizes as `dims` has; (c4) `tiles` has one expression; (c5) `grain` is
    positive; (c6) `flops` has one expression; (c7) `stage` and `cost_ns` are not negative.

    Example: `%y = dsc.launch @k0(%x) dims <()[s0] -> (s0)> tiles <()[s0] -> (s0 ceildiv 64)> grain
    = 4 : (tensor<?xf32, #dsc.dims<()[s0] -> (s0)>>) -> tensor<?xf32, #dsc.dims<()[s0] -> (s0)>>`
  }];
  let arguments = (ins FlatSymbolRefAttr:$kernel, Variadic<Dsc_Tensor>:$inputs, Dsc_DimsAttr:$dims,
      Dsc_DimsAttr:$tiles, I64Attr:$grain, OptionalAttr<Dsc_DimsAttr>:$flops,
      DefaultValuedAttr<I64Attr, "0">:$stage, DefaultValuedAttr<I64Attr, "0">:$cost_ns);
  let results = (outs Variadic<Dsc_Tensor>:$outputs);
  let assemblyFormat = [{
    $kernel `(` $inputs `)` `dims` $dims `tiles` $tiles `grain` `=` $grain
    (`flops` $flops^)? attr-dict `:` functional-type($inputs, $outputs)
  }];
  let hasVerifier = 1;
}

#endif // DSC_STRUCTURE_TD
