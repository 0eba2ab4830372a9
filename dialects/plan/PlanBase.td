// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The plan dialect, its enumerations (values equal the schema's) and the base class of its operations.

#ifndef DSC_PLAN_BASE
#define DSC_PLAN_BASE

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/OpBase.td"

def Plan_Dialect : Dialect {
  let name = "plan";
  let cppNamespace = "::dsc::plan";
  let summary = "A compiled model, one operation per table of runtime/schema/plan.fbs";
  let description = [{
    The textual twin of the plan file. Every table of the schema is an operation of the same name in snake case, every
    scalar field is an attribute of the same name, and every vector of tables is a region of the same name, so the
    writer takes no decision. References between tables are positions, as in the file; `-1` is "none"
    (`0xFFFFFFFF` in the file).

    Three things exist only here: `plan.blob` (the bytes behind a segment), `plan.kernel`'s `function` (the symbol of
    its code until code is generated), and the absence of what the writer derives from the bytes: `offset`, `digest`
    and `crc32c` of a segment.
  }];
  let useDefaultAttributePrinterParser = 1;
}

class Plan_Enum<string name, list<I32EnumAttrCase> cases> : I32EnumAttr<name, "", cases> {
  let cppNamespace = "::dsc::plan";
  let genSpecializedAttr = 0;
}
class Plan_EnumAttr<EnumAttrInfo info, string name> : EnumAttr<Plan_Dialect, info, name> {
  let assemblyFormat = "$value";
}
class Plan_Case<string name, int value, string text> : I32EnumAttrCase<name, value, text>;

def Plan_DTypeEnum : Plan_Enum<"DType", [
  Plan_Case<"F32", 1, "f32">, Plan_Case<"F16", 2, "f16">, Plan_Case<"BF16", 3, "bf16">, Plan_Case<"I64", 4, "i64">,
  Plan_Case<"I32", 5, "i32">, Plan_Case<"I8", 6, "i8">, Plan_Case<"U8", 7, "u8">, Plan_Case<"Bool", 8, "bool">,
  Plan_Case<"F8E4M3", 9, "f8e4m3">, Plan_Case<"F8E5M2", 10, "f8e5m2">, Plan_Case<"F64", 11, "f64">,
  Plan_Case<"I16", 12, "i16">, Plan_Case<"U16", 13, "u16">, Plan_Case<"U32", 14, "u32">, Plan_Case<"U64", 15, "u64">,
  Plan_Case<"I4", 16, "i4">, Plan_Case<"U4", 17, "u4">]>;
def Plan_DTypeAttr : Plan_EnumAttr<Plan_DTypeEnum, "dtype">;

def Plan_DeviceKindEnum : Plan_Enum<"DeviceKind", [Plan_Case<"Cpu", 1, "cpu">, Plan_Case<"Cuda", 2, "cuda">]>;
def Plan_DeviceKindAttr : Plan_EnumAttr<Plan_DeviceKindEnum, "device_kind">;

def Plan_SegmentKindEnum : Plan_Enum<"SegmentKind", [
  Plan_Case<"Weights", 1, "weights">, Plan_Case<"CpuCode", 2, "cpu_code">, Plan_Case<"CudaPtx", 3, "cuda_ptx">,
  Plan_Case<"CudaCubin", 4, "cuda_cubin">, Plan_Case<"Debug", 5, "debug">]>;
def Plan_SegmentKindAttr : Plan_EnumAttr<Plan_SegmentKindEnum, "segment_kind">;

def Plan_CpuIsaEnum : Plan_Enum<"CpuIsa", [
  Plan_Case<"None", 0, "none">, Plan_Case<"X86V3", 1, "x86_v3">, Plan_Case<"X86V4", 2, "x86_v4">,
  Plan_Case<"X86V4VnniBf16", 3, "x86_v4_vnni_bf16">]>;
def Plan_CpuIsaAttr : Plan_EnumAttr<Plan_CpuIsaEnum, "cpu_isa">;

def Plan_PlaceEnum : Plan_Enum<"Place", [
  Plan_Case<"Arena", 1, "arena">, Plan_Case<"Weights", 2, "weights">, Plan_Case<"Input", 3, "input">,
  Plan_Case<"Output", 4, "output">, Plan_Case<"Fault", 5, "fault">]>;
def Plan_PlaceAttr : Plan_EnumAttr<Plan_PlaceEnum, "place">;

def Plan_StepKindEnum : Plan_Enum<"StepKind", [
  Plan_Case<"Launch", 1, "launch">, Plan_Case<"Copy", 2, "copy">, Plan_Case<"Fill", 3, "fill">,
  Plan_Case<"ReadDim", 4, "read_dim">, Plan_Case<"Branch", 5, "branch">, Plan_Case<"Repeat", 6, "repeat">,
  Plan_Case<"Barrier", 7, "barrier">]>;
def Plan_StepKindAttr : Plan_EnumAttr<Plan_StepKindEnum, "step_kind">;

def Plan_SymbolKindEnum : Plan_Enum<"SymbolKind", [Plan_Case<"Caller", 1, "caller">, Plan_Case<"Data", 2, "data">]>;
def Plan_SymbolKindAttr : Plan_EnumAttr<Plan_SymbolKindEnum, "symbol_kind">;

def Plan_ShapeOpKindEnum : Plan_Enum<"ShapeOpKind", [
  Plan_Case<"Add", 1, "add">, Plan_Case<"Sub", 2, "sub">, Plan_Case<"Mul", 3, "mul">,
  Plan_Case<"FloorDiv", 4, "floor_div">, Plan_Case<"CeilDiv", 5, "ceil_div">, Plan_Case<"Min", 6, "min">,
  Plan_Case<"Max", 7, "max">]>;
def Plan_ShapeOpKindAttr : Plan_EnumAttr<Plan_ShapeOpKindEnum, "shape_op_kind">;

class Plan_Op<string mnemonic, list<Trait> traits = []> : Op<Plan_Dialect, mnemonic, traits>;

// An operation with regions that hold rows of tables: one block each, no terminator.
class Plan_Table<string mnemonic, list<Trait> traits = []>
    : Plan_Op<mnemonic, traits # [IsolatedFromAbove, NoTerminator, NoRegionArguments, SingleBlock]>;

def Plan_Rows : SizedRegion<1>;
def Plan_Int : TypedSignlessIntegerAttrBase<I64, "int64_t", "64-bit integer">;
class Plan_Default<string value> : DefaultValuedAttr<Plan_Int, value>;
def Plan_Index : DefaultValuedAttr<Plan_Int, "-1">;
def Plan_Flag : DefaultValuedAttr<BoolAttr, "false">;
def Plan_Slots : DefaultValuedAttr<DenseI64ArrayAttr, "{}">;

#endif // DSC_PLAN_BASE
