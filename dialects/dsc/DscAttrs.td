// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The attributes of the dsc dialect: symbolic dimensions, packed panels and enumerations.

#ifndef DSC_ATTRS_TD
#define DSC_ATTRS_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/TensorEncoding.td"
include "dialects/dsc/DscBase.td"

class Dsc_Attr<string name, string mnemonic_, list<Trait> traits = []>
    : AttrDef<Dsc_Dialect, name, traits> {
  let mnemonic = mnemonic_;
}

def Dsc_DimsAttr : Dsc_Attr<"Dims", "dims",
    [DeclareAttrInterfaceMethods<VerifiableTensorEncoding>]> {
  let summary = "sizes as affine expressions of the module's symbols";
  let description = [{
    A map without dimensions; its results are the sizes, in order. As the encoding of a tensor type
    it has one result per dimension: a constant where the dimension is static, and an expression
    where it is `?`. The number of symbols is the smallest that holds all expressions. Products of
    symbols are allowed.

    Constraints as an encoding: (c1) the map has no dimension; (c2) one result per dimension of the
    tensor; (c3) a static dimension has the equal constant; (c4) a `?` has an expression that is no
    constant; (c5) there is at least one `?`. Everywhere: (c6) constants that
    divide are positive.

    Example: `tensor<?x128xf32, #dsc.dims<()[s0] -> (s0, 128)>>`
  }];
  let parameters = (ins "::mlir::AffineMap":$map);
  let builders = [AttrBuilder<(ins "::llvm::ArrayRef<::mlir::AffineExpr>":$sizes)>];
  let assemblyFormat = "`<` $map `>`";
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// The sizes in order.
    ::llvm::ArrayRef<::mlir::AffineExpr> getSizes() const { return getMap().getResults(); }
  }];
}

def Dsc_PanelKind : I32Enum<"PanelKind", "what a packed weight is multiplied by", [
    I32EnumCase<"Gemm", 0, "gemm">, I32EnumCase<"Conv", 1, "conv">]> {
  let cppNamespace = "::dsc";
}

/// The kernel's spatial sizes, written `[3, 3]`.
def Dsc_Taps : OptionalArrayRefParameter<"int64_t"> {
  let parser = "::dsc::detail::parseTaps($_parser)";
  let printer = "::dsc::detail::printTaps($_printer, $_self)";
}

def Dsc_PanelsAttr : Dsc_Attr<"Panels", "panels"> {
  let summary = "how a weight is packed into panels of output columns";
  let description = [{
    A contraction reads its weight as panels of `nr` output columns, `kp` consecutive elements of
    the contracted dimension side by side: `[batch..., ceil(n/nr), ceil(k/kp), nr, kp]` for `gemm`
    and `[groups, ceil(n/nr), taps..., ceil(k/kp), nr, kp]` for `conv`, where `n` is the number of
    output columns (of a group), `k` the contracted size of one tap and `taps` the kernel's spatial
    sizes. Missing columns and elements are zero. Dimensions of `kp` = 1 and `groups` = 1 are left
    out of the packed type. Panels of bytes with `kp` = 4 end in the sums of their columns, `nr`
    numbers of 32 bits; their packed type is `[groups, ceil(n/nr), bytes of a panel]`.
    `transposed` tells that the unpacked source of a `gemm` is `[n, k]`.
    The source of a `conv` is `[groups*n, k, taps...]`.

    Constraints: (c1) `n`, `k`, `nr`, `kp`, `groups` and all taps are positive; (c2) `gemm` has no
    taps and one group; (c3) `conv` has one to three taps and is not transposed.

    Example: `#dsc.panels<kind = gemm, n = 768, k = 3072, nr = 32, kp = 1>`
  }];
  let parameters = (ins EnumParameter<Dsc_PanelKind>:$kind, "int64_t":$n, "int64_t":$k,
      DefaultValuedParameter<"int64_t", "32">:$nr, DefaultValuedParameter<"int64_t", "1">:$kp,
      Dsc_Taps:$taps, DefaultValuedParameter<"int64_t", "1">:$groups,
      DefaultValuedParameter<"bool", "false">:$transposed);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}

// Enumerations: one I32Enum and one attribute `#dsc.<mnemonic><case>` each.
class Dsc_EnumAttr<EnumInfo info, string mnemonic_> : EnumAttr<Dsc_Dialect, info, mnemonic_> {
  let assemblyFormat = "`<` $value `>`";
}

def Dsc_SymbolKind : I32Enum<"SymbolKind", "who gives a symbol its value: the caller's input shapes, the data, or other sizes", [
    I32EnumCase<"Caller", 0, "caller">, I32EnumCase<"Data", 1, "data">, I32EnumCase<"Min", 2, "min">,
    I32EnumCase<"Max", 3, "max">]> {
  let cppNamespace = "::dsc";
}
def Dsc_SymbolKindAttr : Dsc_EnumAttr<Dsc_SymbolKind, "symbol_kind">;

def Dsc_GroupKind : I32Enum<"GroupKind", "what a group computes, which decides the family of its kernel", [
    I32EnumCase<"Contraction", 0, "contraction">, I32EnumCase<"Convolution", 1, "convolution">,
    I32EnumCase<"Attention", 2, "attention">, I32EnumCase<"RowReduction", 3, "row_reduction">,
    I32EnumCase<"Pointwise", 4, "pointwise">, I32EnumCase<"Movement", 5, "movement">,
    I32EnumCase<"Opaque", 6, "opaque">]> {
  let cppNamespace = "::dsc";
}
def Dsc_GroupKindAttr : Dsc_EnumAttr<Dsc_GroupKind, "group_kind">;

def Dsc_Layout : I32Enum<"Layout", "the order of the dimensions of an image batch", [
    I32EnumCase<"Nchw", 0, "nchw">, I32EnumCase<"Nhwc", 1, "nhwc">]> {
  let cppNamespace = "::dsc";
}
def Dsc_LayoutAttr : Dsc_EnumAttr<Dsc_Layout, "layout">;

def Dsc_HeadLayout : I32Enum<"HeadLayout", "the order of batch, head, sequence and depth in attention", [
    I32EnumCase<"Bhsd", 0, "bhsd">, I32EnumCase<"Bshd", 1, "bshd">]> {
  let cppNamespace = "::dsc";
}
def Dsc_HeadLayoutAttr : Dsc_EnumAttr<Dsc_HeadLayout, "heads">;

def Dsc_ReduceKind : I32Enum<"ReduceKind", "what a reduction computes", [
    I32EnumCase<"Sum", 0, "sum">, I32EnumCase<"Mean", 1, "mean">, I32EnumCase<"Max", 2, "max">,
    I32EnumCase<"Min", 3, "min">, I32EnumCase<"Prod", 4, "prod">]> {
  let cppNamespace = "::dsc";
}
def Dsc_ReduceKindAttr : Dsc_EnumAttr<Dsc_ReduceKind, "reduce_kind">;

def Dsc_GeluKind : I32Enum<"GeluKind", "exact GELU or its tanh approximation", [
    I32EnumCase<"None", 0, "none">, I32EnumCase<"Tanh", 1, "tanh">]> {
  let cppNamespace = "::dsc";
}
def Dsc_GeluKindAttr : Dsc_EnumAttr<Dsc_GeluKind, "gelu">;

def Dsc_PadMode : I32Enum<"PadMode", "what padding is filled with", [
    I32EnumCase<"Constant", 0, "constant">, I32EnumCase<"Reflect", 1, "reflect">,
    I32EnumCase<"Edge", 2, "edge">, I32EnumCase<"Wrap", 3, "wrap">]> {
  let cppNamespace = "::dsc";
}
def Dsc_PadModeAttr : Dsc_EnumAttr<Dsc_PadMode, "pad_mode">;

def Dsc_ScatterReduction : I32Enum<"ScatterReduction", "how an update meets the element it goes to", [
    I32EnumCase<"None", 0, "none">, I32EnumCase<"Add", 1, "add">, I32EnumCase<"Mul", 2, "mul">,
    I32EnumCase<"Max", 3, "max">, I32EnumCase<"Min", 4, "min">]> {
  let cppNamespace = "::dsc";
}
def Dsc_ScatterReductionAttr : Dsc_EnumAttr<Dsc_ScatterReduction, "scatter_reduction">;

def Dsc_ResizeMode : I32Enum<"ResizeMode", "the interpolation of a resize", [
    I32EnumCase<"Nearest", 0, "nearest">, I32EnumCase<"Linear", 1, "linear">,
    I32EnumCase<"Cubic", 2, "cubic">]> {
  let cppNamespace = "::dsc";
}
def Dsc_ResizeModeAttr : Dsc_EnumAttr<Dsc_ResizeMode, "resize_mode">;

def Dsc_CoordinateMode : I32Enum<"CoordinateMode", "how an output coordinate maps to an input coordinate", [
    I32EnumCase<"HalfPixel", 0, "half_pixel">,
    I32EnumCase<"HalfPixelSymmetric", 1, "half_pixel_symmetric">,
    I32EnumCase<"PytorchHalfPixel", 2, "pytorch_half_pixel">,
    I32EnumCase<"AlignCorners", 3, "align_corners">, I32EnumCase<"Asymmetric", 4, "asymmetric">,
    I32EnumCase<"TfHalfPixelForNn", 5, "tf_half_pixel_for_nn">,
    I32EnumCase<"TfCropAndResize", 6, "tf_crop_and_resize">]> {
  let cppNamespace = "::dsc";
}
def Dsc_CoordinateModeAttr : Dsc_EnumAttr<Dsc_CoordinateMode, "coordinate_mode">;

def Dsc_NearestMode : I32Enum<"NearestMode", "which neighbour a nearest resize takes", [
    I32EnumCase<"RoundPreferFloor", 0, "round_prefer_floor">,
    I32EnumCase<"RoundPreferCeil", 1, "round_prefer_ceil">, I32EnumCase<"Floor", 2, "floor">,
    I32EnumCase<"Ceil", 3, "ceil">]> {
  let cppNamespace = "::dsc";
}
def Dsc_NearestModeAttr : Dsc_EnumAttr<Dsc_NearestMode, "nearest_mode">;

def Dsc_AspectRatioPolicy : I32Enum<"AspectRatioPolicy", "how the sizes given to a resize are read", [
    I32EnumCase<"Stretch", 0, "stretch">, I32EnumCase<"NotLarger", 1, "not_larger">,
    I32EnumCase<"NotSmaller", 2, "not_smaller">]> {
  let cppNamespace = "::dsc";
}
def Dsc_AspectRatioPolicyAttr : Dsc_EnumAttr<Dsc_AspectRatioPolicy, "aspect_ratio">;

def Dsc_DepthToSpaceMode : I32Enum<"DepthToSpaceMode", "the order of blocks in the channels", [
    I32EnumCase<"Dcr", 0, "dcr">, I32EnumCase<"Crd", 1, "crd">]> {
  let cppNamespace = "::dsc";
}
def Dsc_DepthToSpaceModeAttr : Dsc_EnumAttr<Dsc_DepthToSpaceMode, "depth_to_space_mode">;

def Dsc_CacheMode : I32Enum<"CacheMode", "how a cache is written past its end", [
    I32EnumCase<"Linear", 0, "linear">, I32EnumCase<"Circular", 1, "circular">]> {
  let cppNamespace = "::dsc";
}
def Dsc_CacheModeAttr : Dsc_EnumAttr<Dsc_CacheMode, "cache_mode">;

#endif // DSC_ATTRS_TD
