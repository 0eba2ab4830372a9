// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Elementwise ops of the dsc dialect: unary, predicates, binary, comparisons, where and cast.

#ifndef DSC_ELEMENTWISE_TD
#define DSC_ELEMENTWISE_TD

include "dialects/dsc/DscAttrs.td"
include "mlir/Interfaces/InferTypeOpInterface.td"

/// One operand and a result of the same type.
class Dsc_UnaryOp<string mnemonic, TypeConstraint tensor, string meaning, bit hasValues = 0>
    : Dsc_TensorOp<mnemonic, "Pointwise", [SameOperandsAndResultType], hasValues> {
  let summary = meaning;
  let description = [{
    Computes }] # meaning # [{ for every element. Special values follow IEEE 754; f16 and bf16 are
    computed in f32 and rounded once.

    Example: `%y = dsc.}] # mnemonic # [{ %x : tensor<4x8xf32>`
  }];
  let arguments = (ins tensor:$input);
  let results = (outs tensor:$output);
  let assemblyFormat = "$input attr-dict `:` type($input)";
  let extraClassDefinition = [{
    ::llvm::LogicalResult $cppClass::inferResultTypes(
        ::dsc::ShapeContext &, ::llvm::SmallVectorImpl<::mlir::Type> &results) {
      results.push_back(getInput().getType());
      return ::mlir::success();
    }
  }];
}

def Dsc_AbsOp : Dsc_UnaryOp<"abs", Dsc_NumberTensor,
    "the absolute value", 1>;
def Dsc_NegOp : Dsc_UnaryOp<"neg", Dsc_NumberTensor,
    "the negated value", 1>;
def Dsc_ExpOp : Dsc_UnaryOp<"exp", Dsc_FloatTensor,
    "e to the power of x">;
def Dsc_LogOp : Dsc_UnaryOp<"log", Dsc_FloatTensor,
    "the natural logarithm">;
def Dsc_SqrtOp : Dsc_UnaryOp<"sqrt", Dsc_FloatTensor,
    "the square root">;
def Dsc_RsqrtOp : Dsc_UnaryOp<"rsqrt", Dsc_FloatTensor,
    "one over the square root">;
def Dsc_ReciprocalOp : Dsc_UnaryOp<"reciprocal", Dsc_FloatTensor,
    "one over x">;
def Dsc_SinOp : Dsc_UnaryOp<"sin", Dsc_FloatTensor,
    "the sine">;
def Dsc_CosOp : Dsc_UnaryOp<"cos", Dsc_FloatTensor,
    "the cosine">;
def Dsc_TanOp : Dsc_UnaryOp<"tan", Dsc_FloatTensor,
    "the tangent">;
def Dsc_AsinOp : Dsc_UnaryOp<"asin", Dsc_FloatTensor,
    "the inverse sine">;
def Dsc_AcosOp : Dsc_UnaryOp<"acos", Dsc_FloatTensor,
    "the inverse cosine">;
def Dsc_AtanOp : Dsc_UnaryOp<"atan", Dsc_FloatTensor,
    "the inverse tangent">;
def Dsc_SinhOp : Dsc_UnaryOp<"sinh", Dsc_FloatTensor,
    "the hyperbolic sine">;
def Dsc_CoshOp : Dsc_UnaryOp<"cosh", Dsc_FloatTensor,
    "the hyperbolic cosine">;
def Dsc_TanhOp : Dsc_UnaryOp<"tanh", Dsc_FloatTensor,
    "the hyperbolic tangent">;
def Dsc_AsinhOp : Dsc_UnaryOp<"asinh", Dsc_FloatTensor,
    "the inverse hyperbolic sine">;
def Dsc_AcoshOp : Dsc_UnaryOp<"acosh", Dsc_FloatTensor,
    "the inverse hyperbolic cosine">;
def Dsc_AtanhOp : Dsc_UnaryOp<"atanh", Dsc_FloatTensor,
    "the inverse hyperbolic tangent">;
def Dsc_ErfOp : Dsc_UnaryOp<"erf", Dsc_FloatTensor,
    "the Gauss error function">;
def Dsc_SigmoidOp : Dsc_UnaryOp<"sigmoid", Dsc_FloatTensor,
    "1 / (1 + exp(-x))">;
def Dsc_SoftplusOp : Dsc_UnaryOp<"softplus", Dsc_FloatTensor,
    "log(1 + exp(x))">;
def Dsc_ReluOp : Dsc_UnaryOp<"relu", Dsc_NumberTensor,
    "max(x, 0)", 1>;
def Dsc_FloorOp : Dsc_UnaryOp<"floor", Dsc_FloatTensor,
    "the largest integer that is not larger", 1>;
def Dsc_CeilOp : Dsc_UnaryOp<"ceil", Dsc_FloatTensor,
    "the smallest integer that is not smaller", 1>;
def Dsc_RoundOp : Dsc_UnaryOp<"round", Dsc_FloatTensor,
    "the nearest integer, halves to the even one", 1>;
def Dsc_SignOp : Dsc_UnaryOp<"sign", Dsc_NumberTensor,
    "-1, 0 or 1 (NaN stays NaN)">;
def Dsc_NotOp : Dsc_UnaryOp<"not", Dsc_BoolTensor,
    "the logical negation", 1>;
def Dsc_BitwiseNotOp : Dsc_UnaryOp<"bitwise_not", Dsc_IntegerTensor,
    "the complement of all bits">;

def Dsc_GeluOp : Dsc_UnaryOp<"gelu", Dsc_FloatTensor,
    "x times the normal distribution function of x (`none`), or its tanh approximation (`tanh`)"> {
  let arguments = (ins Dsc_FloatTensor:$input,
      DefaultValuedAttr<Dsc_GeluKindAttr, "::dsc::GeluKind::None">:$approximate);
}
def Dsc_LeakyReluOp : Dsc_UnaryOp<"leaky_relu", Dsc_FloatTensor, "x, or alpha * x if x < 0"> {
  let arguments = (ins Dsc_FloatTensor:$input, DefaultValuedAttr<F32Attr, "0.01f">:$alpha);
}
def Dsc_EluOp : Dsc_UnaryOp<"elu", Dsc_FloatTensor, "x, or alpha * (exp(x) - 1) if x < 0"> {
  let arguments = (ins Dsc_FloatTensor:$input, DefaultValuedAttr<F32Attr, "1.0f">:$alpha);
}
def Dsc_HardSigmoidOp : Dsc_UnaryOp<"hard_sigmoid", Dsc_FloatTensor,
    "alpha * x + beta, clamped to [0, 1]"> {
  let arguments = (ins Dsc_FloatTensor:$input, DefaultValuedAttr<F32Attr, "0.2f">:$alpha,
      DefaultValuedAttr<F32Attr, "0.5f">:$beta);
}

#endif // DSC_ELEMENTWISE_TD
