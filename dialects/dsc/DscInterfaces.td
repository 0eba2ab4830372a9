// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The op interfaces of the dsc dialect: shape inference and the role in fusion.

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

#endif // DSC_INTERFACES_TD
