// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The dsc dialect, its tensor type constraints and the base classes of its op families.

#ifndef DSC_BASE_TD
#define DSC_BASE_TD

include "mlir/IR/OpBase.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "dialects/dsc/DscInterfaces.td"

def Dsc_Dialect : Dialect {
  let name = "dsc";
  let cppNamespace = "::dsc";
  let summary = "canonical tensor operations with ONNX semantics";
  let description = [{
    Every op takes and gives ranked tensors. Differences between opsets are resolved before an op
    of this dialect is made. A dynamic dimension carries its size as an affine expression of the
    module's symbols in the encoding of the tensor type: `tensor<?x128xf32, #dsc.dims<()[s0] ->
    (s0, 128)>>`, where `s0` is the first `dsc.symbol` of the module.

    Discardable attributes: `dsc.name` on the arguments and results of a function is the name of the
    tensor in the model; `dsc.level` on a module is the CPU level its code is for,
    `dsc.borrowed` that its weights' bytes belong to another module. Within the quantize phase only,
    `dsc.layer` says what a layer is for and why, `dsc.format` what it stores and computes in, `dsc.range` which values
    its activation takes, `dsc.noise` how well it does, and `dsc.stored` what became of its weight.
  }];
  let useDefaultAttributePrinterParser = 1;
  let hasConstantMaterializer = 1;
}

// Tensors by what an op may hold in them.
def Dsc_Tensor : AnyTypeOf<[AnyRankedTensor]>;
def Dsc_Float : AnyTypeOf<[F16, BF16, F32, F64]>;
def Dsc_Integer : AnyTypeOf<[I8, I16, I32, I64, UI8, UI16, UI32, UI64]>;
def Dsc_FloatTensor : RankedTensorOf<[F16, BF16, F32, F64]>;
def Dsc_IntegerTensor : RankedTensorOf<[I8, I16, I32, I64, UI8, UI16, UI32, UI64]>;
def Dsc_NumberTensor
    : RankedTensorOf<[F16, BF16, F32, F64, I8, I16, I32, I64, UI8, UI16, UI32, UI64]>;
def Dsc_OrderedTensor
    : RankedTensorOf<[I1, F16, BF16, F32, F64, I8, I16, I32, I64, UI8, UI16, UI32, UI64]>;
def Dsc_BoolTensor : RankedTensorOf<[I1]>;
def Dsc_IndexTensor : RankedTensorOf<[I32, I64]>;
def Dsc_Index64Tensor : RankedTensorOf<[I64]>;

/// Every op of the dialect.
class Dsc_Op<string mnemonic, list<Trait> traits = []> : Op<Dsc_Dialect, mnemonic, traits>;

/// The interface of an op that also knows the contents of its result (small integer tensors).
def Dsc_InfersValues
    : DeclareOpInterfaceMethods<Dsc_ShapeInferenceOpInterface, ["inferValues"]>;

/// An op on tensors: pure, with inferred result types and a role in fusion; with `hasValues` it also propagates values.
class Dsc_TensorOp<string mnemonic, string role, list<Trait> traits = [], bit hasValues = 0>
    : Dsc_Op<mnemonic, !listconcat(traits, [Pure, Dsc_FusibleOpInterface], !if(hasValues,
          [Dsc_InfersValues],
          [DeclareOpInterfaceMethods<Dsc_ShapeInferenceOpInterface>]))> {
  code roleDeclaration = [{
    /// What the op may be in a group.
    ::dsc::FusionRole getFusionRole() { return ::dsc::FusionRole::}] # role # [{; }
  }];
  let extraClassDeclaration = roleDeclaration;
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
}

/// Like Dsc_TensorOp; the op also propagates values.
class Dsc_ValueOp<string mnemonic, string role, list<Trait> traits = []>
    : Dsc_TensorOp<mnemonic, role, traits, 1>;

#endif // DSC_BASE_TD
