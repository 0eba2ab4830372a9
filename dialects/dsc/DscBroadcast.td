// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Elementwise ops of the dsc dialect with predicates, broadcasting or a change of type.

#ifndef DSC_BROADCAST_TD
#define DSC_BROADCAST_TD

include "dialects/dsc/DscElementwise.td"

/// One operand, an i1 result of the same shape.
class Dsc_PredicateOp<string mnemonic, string meaning>
    : Dsc_TensorOp<mnemonic, "Pointwise", [SameOperandsAndResultShape]> {
  let summary = "whether " # meaning;
  let description = [{
    Tells for every element whether }] # meaning # [{.

    Constraints: (c1) the result has the shape of the operand.

    Example: `%y = dsc.}] # mnemonic # [{ %x : (tensor<4xf32>) -> tensor<4xi1>`
  }];
  let arguments = (ins Dsc_FloatTensor:$input);
  let results = (outs Dsc_BoolTensor:$output);
  let extraClassDefinition = [{
    ::llvm::LogicalResult $cppClass::inferResultTypes(
        ::dsc::ShapeContext &, ::llvm::SmallVectorImpl<::mlir::Type> &results) {
      results.push_back(::dsc::withElementType(getInput().getType(),
                                               ::mlir::Builder(getContext()).getI1Type()));
      return ::mlir::success();
    }
  }];
}

def Dsc_IsNanOp : Dsc_PredicateOp<"is_nan", "it is NaN">;
def Dsc_IsInfOp : Dsc_PredicateOp<"is_inf", "it is an infinity of a detected sign"> {
  let arguments = (ins Dsc_FloatTensor:$input,
      DefaultValuedAttr<BoolAttr, "true">:$detect_positive,
      DefaultValuedAttr<BoolAttr, "true">:$detect_negative);
}

/// Two operands that broadcast like numpy, and a result.
class Dsc_BroadcastOp<string mnemonic, TypeConstraint tensor, TypeConstraint resultTensor,
                      string meaning, bit hasValues = 0>
    : Dsc_TensorOp<mnemonic, "Pointwise", [], hasValues> {
  let summary = meaning;
  let arguments = (ins tensor:$lhs, tensor:$rhs);
  let results = (outs resultTensor:$output);
  let hasVerifier = 1;
  string inferHook = "inferBroadcast";
  let extraClassDefinition = [{
    ::llvm::LogicalResult $cppClass::inferResultTypes(
        ::dsc::ShapeContext &, ::llvm::SmallVectorImpl<::mlir::Type> &results) {
      return ::dsc::detail::}] # inferHook # [{(getOperation(), results);
    }
    ::llvm::LogicalResult $cppClass::verify() {
      return ::dsc::detail::verifyBroadcast(getOperation());
    }
  }];
}

class Dsc_BinaryOp<string mnemonic, TypeConstraint tensor, string meaning, bit hasValues = 0>
    : Dsc_BroadcastOp<mnemonic, tensor, tensor, meaning, hasValues> {
  let description = [{
    Computes }] # meaning # [{ of two tensors that broadcast like numpy.

    Constraints: (c1) the operands' shapes broadcast; (c2) the element types of operands and result
    are equal; (c3) the result has the broadcast shape.

    Example: `%z = dsc.}] # mnemonic # [{ %x, %y : (tensor<4x8xf32>, tensor<8xf32>) ->
    tensor<4x8xf32>`
  }];
}

class Dsc_CompareOp<string mnemonic, TypeConstraint tensor, string meaning, bit hasValues = 0>
    : Dsc_BroadcastOp<mnemonic, tensor, Dsc_BoolTensor, meaning, hasValues> {
  let inferHook = "inferCompare";
  let description = [{
    Tells for every pair of elements }] # meaning # [{; the operands broadcast like numpy.

    Constraints: (c1) the operands' shapes broadcast; (c2) the element types of the operands are
    equal; (c3) the result has the broadcast shape.

    Example: `%z = dsc.}] # mnemonic # [{ %x, %y : (tensor<4x8xf32>, tensor<8xf32>) ->
    tensor<4x8xi1>`
  }];
}

def Dsc_AddOp : Dsc_BinaryOp<"add", Dsc_NumberTensor,
    "the sum", 1> { let hasFolder = 1; }
def Dsc_SubOp : Dsc_BinaryOp<"sub", Dsc_NumberTensor,
    "the difference", 1> { let hasFolder = 1; }
def Dsc_MulOp : Dsc_BinaryOp<"mul", Dsc_NumberTensor,
    "the product", 1> { let hasFolder = 1; }
def Dsc_DivOp : Dsc_BinaryOp<"div", Dsc_NumberTensor,
    "the quotient (integers truncate)", 1> { let hasFolder = 1; }
def Dsc_MinOp : Dsc_BinaryOp<"min", Dsc_NumberTensor,
    "the smaller one (NaN wins)", 1>;
def Dsc_MaxOp : Dsc_BinaryOp<"max", Dsc_NumberTensor,
    "the larger one (NaN wins)", 1>;
def Dsc_BitwiseAndOp : Dsc_BinaryOp<"bitwise_and", Dsc_IntegerTensor,
    "the bitwise and">;
def Dsc_BitwiseOrOp : Dsc_BinaryOp<"bitwise_or", Dsc_IntegerTensor,
    "the bitwise or">;
def Dsc_BitwiseXorOp : Dsc_BinaryOp<"bitwise_xor", Dsc_IntegerTensor,
    "the bitwise exclusive or">;
def Dsc_ShiftLeftOp : Dsc_BinaryOp<"shift_left", Dsc_IntegerTensor,
    "the left shift (by the width or more: zero)">;
def Dsc_ShiftRightOp : Dsc_BinaryOp<"shift_right", Dsc_IntegerTensor,
    "the logical right shift (by the width or more: zero)">;
def Dsc_AndOp : Dsc_BinaryOp<"and", Dsc_BoolTensor,
    "the logical and">;
def Dsc_OrOp : Dsc_BinaryOp<"or", Dsc_BoolTensor,
    "the logical or">;
def Dsc_XorOp : Dsc_BinaryOp<"xor", Dsc_BoolTensor,
    "the logical exclusive or">;
def Dsc_ModOp : Dsc_BinaryOp<"mod", Dsc_NumberTensor,
    "the remainder, with the divisor's sign, or with the dividend's if `fmod`", 1> {
  let arguments = (ins Dsc_NumberTensor:$lhs, Dsc_NumberTensor:$rhs,
      DefaultValuedAttr<BoolAttr, "false">:$fmod);
}
def Dsc_PowOp : Dsc_BroadcastOp<"pow", Dsc_NumberTensor, Dsc_NumberTensor, "the power"> {
  let description = [{
    Raises `lhs` to the power `rhs`; the operands broadcast like numpy. The exponent may have
    another element type.

    Constraints: (c1) the operands' shapes broadcast; (c2) the element types of `lhs` and the result
    are equal; (c3) the result has the broadcast shape.

    Example: `%z = dsc.pow %x, %y : (tensor<4xf32>, tensor<i64>) -> tensor<4xf32>`
  }];
}

def Dsc_EqualOp : Dsc_CompareOp<"equal", Dsc_OrderedTensor,
    "whether they are equal", 1>;
def Dsc_LessOp : Dsc_CompareOp<"less", Dsc_NumberTensor,
    "whether the first is smaller", 1>;
def Dsc_LessEqualOp : Dsc_CompareOp<"less_equal", Dsc_NumberTensor,
    "whether the first is smaller or equal", 1>;
def Dsc_GreaterOp : Dsc_CompareOp<"greater", Dsc_NumberTensor,
    "whether the first is larger", 1>;
def Dsc_GreaterEqualOp : Dsc_CompareOp<"greater_equal", Dsc_NumberTensor,
    "whether the first is larger or equal", 1>;

def Dsc_WhereOp : Dsc_ValueOp<"where", "Pointwise"> {
  let summary = "choice between two tensors";
  let description = [{
    Takes the element of `on_true` where `condition` holds and that of `on_false` elsewhere; the
    three operands broadcast like numpy.

    Constraints: (c1) the operands' shapes broadcast; (c2) the element types of `on_true`,
    `on_false` and the result are equal; (c3) the result has the broadcast shape.

    Example: `%z = dsc.where %c, %x, %y : (tensor<4x1xi1>, tensor<4x8xf32>, tensor<f32>) ->
    tensor<4x8xf32>`
  }];
  let arguments = (ins Dsc_BoolTensor:$condition, Dsc_Tensor:$on_true, Dsc_Tensor:$on_false);
  let results = (outs Dsc_Tensor:$output);
  let hasVerifier = 1;
  let hasFolder = 1;
}

def Dsc_CastOp : Dsc_ValueOp<"cast", "Pointwise"> {
  let summary = "change of the element type";
  let description = [{
    Converts every element to the element type `to`. Floats round to nearest even; float to integer
    truncates, and out of range is wrapped for integers; a number is true if it is not zero. With
    `saturate` a value outside a small float's range becomes the largest one, else infinity or NaN.

    Constraints: (c1) the result has the shape of the operand; (c2) the result's element type is
    `to`.

    Example: `%y = dsc.cast %x {to = f32} : (tensor<4xi64>) -> tensor<4xf32>`
  }];
  let arguments = (ins Dsc_Tensor:$input, TypeAttr:$to,
      DefaultValuedAttr<BoolAttr, "true">:$saturate);
  let results = (outs Dsc_Tensor:$output);
  let hasVerifier = 1;
  let hasFolder = 1;
}

#endif // DSC_BROADCAST_TD
