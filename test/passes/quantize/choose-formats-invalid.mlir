// RUN: not dsc-opt %s -dsc-choose-formats="rules=conv/i4/none/" 2>&1 | FileCheck %s --check-prefix=RULE
// RUN: not dsc-opt %s -dsc-choose-formats="rules=conv/i8/none/(" 2>&1 | FileCheck %s --check-prefix=REGEX
// RUN: not dsc-opt %s -dsc-choose-formats="keep=(" 2>&1 | FileCheck %s --check-prefix=REGEX
// RULE: expected a rule KIND/STORAGE/ACTIVATION/REGEX, but got 'conv/i4/none/'
// REGEX: expected a regular expression, but got '(': parentheses not balanced

func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}
