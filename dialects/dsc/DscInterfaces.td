// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The op interfaces of the dsc dialect: shape inference, the role in fusion, and rows.

#ifndef DSC_INTERFACES_TD
#define DSC_INTERFACES_TD

include "mlir/IR/OpBase.td"

def Dsc_ShapeInferenceOpInterface : OpInterface<"ShapeInferenceOpInterface"> {
  let cppNamespace = "::dsc";
  let description = [{
    Computes result types from operand types, attributes and the known contents of small integer
    operands. Dimensions are affine expressions of the module's symbols.
  }];
  let methods = [
    InterfaceMethod<[{
        Appends one type per result. On failure a diagnostic was emitted at the op.
      }],
      "::llvm::LogicalResult", "inferResultTypes",
      (ins "::dsc::ShapeContext &":$shapes,
           "::llvm::SmallVectorImpl<::mlir::Type> &":$results)>,
    InterfaceMethod<[{
        Tells the context what is known about the contents of the results. The result types are
        already set. Nothing is known by default.
      }],
      "void", "inferValues", (ins "::dsc::ShapeContext &":$shapes), [{}], [{
        (void)shapes;
      }]>,
  ];
}

def Dsc_FusibleOpInterface : OpInterface<"FusibleOpInterface"> {
  let cppNamespace = "::dsc";
  let description = [{
    What an op may be in a `dsc.group`: its anchor, part of an epilogue, or alone.
  }];
  let methods = [
    InterfaceMethod<"The role of the op in fusion.", "::dsc::FusionRole", "getFusionRole">,
  ];
}

def Dsc_RowOpInterface : OpInterface<"RowOpInterface"> {
  let cppNamespace = "::dsc";
  let description = [{
    The op treats every row of its first operand on its own, the first result has that operand's shape, and the other
    operands and results broadcast to it like numpy. The attribute `axis` says where the rows lie.
  }];
  let methods = [
    InterfaceMethod<"The dimensions that a row spans: from `axis` to the last by default.",
      "::llvm::SmallVector<int64_t>", "getRowAxes", (ins), [{}], [{
        return ::llvm::to_vector(::llvm::seq<int64_t>($_op.getAxis(), $_op.getInput().getType().getRank()));
      }]>,
    InterfaceMethod<"Sets the first dimension of a row.", "void", "setRowAxis", (ins "int64_t":$axis), [{}], [{
        $_op.setAxis(axis);
      }]>,
  ];
}

#endif // DSC_INTERFACES_TD
