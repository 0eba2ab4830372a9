// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Constraints of elementwise ops, one function per label.
// RUN: dsc-opt %s -split-input-file -verify-diagnostics

func.func @unary_c1(%a: tensor<4xf32>) {
  // expected-error@below {{'dsc.relu' op requires the same type for all operands and results}}
  %x = "dsc.relu"(%a) : (tensor<4xf32>) -> tensor<5xf32>
  return
}

// -----

func.func @unary_float(%a: tensor<4xi32>) {
  // expected-error@below {{'dsc.exp' op operand #0 must be ranked tensor of 16-bit float or bfloat16 type or 32-bit float or 64-bit float values, but got 'tensor<4xi32>'}}
  %x = "dsc.exp"(%a) : (tensor<4xi32>) -> tensor<4xi32>
  return
}

// -----

func.func @is_nan_c1(%a: tensor<4xf32>) {
  // expected-error@below {{'dsc.is_nan' op requires the same shape for all operands and results}}
  %x = dsc.is_nan %a : (tensor<4xf32>) -> tensor<5xi1>
  return
}

// -----

func.func @add_c1(%a: tensor<4xf32>, %b: tensor<3xf32>) {
  // expected-error@below {{'dsc.add' op expected sizes that broadcast, but got [4] and [3]}}
  %x = dsc.add %a, %b : (tensor<4xf32>, tensor<3xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @add_c2(%a: tensor<4xf32>, %b: tensor<4xf64>) {
  // expected-error@below {{'dsc.add' op expected element type 'f32' of 'rhs', but got 'f64'}}
  %x = dsc.add %a, %b : (tensor<4xf32>, tensor<4xf64>) -> tensor<4xf32>
  return
}

// -----

func.func @add_c3(%a: tensor<4xf32>, %b: tensor<4xf32>) {
  // expected-error@below {{'dsc.add' op expected sizes [4] of result #0, but got [5]}}
  %x = dsc.add %a, %b : (tensor<4xf32>, tensor<4xf32>) -> tensor<5xf32>
  return
}

// -----

func.func @add_c3_element(%a: tensor<4xf32>, %b: tensor<4xf32>) {
  // expected-error@below {{'dsc.add' op expected element type 'f32' of result #0, but got 'f64'}}
  %x = dsc.add %a, %b : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf64>
  return
}

// -----

func.func @equal_c1(%a: tensor<4x2xf32>, %b: tensor<3x2xf32>) {
  // expected-error@below {{'dsc.equal' op expected sizes that broadcast, but got [4, 2] and [3, 2]}}
  %x = dsc.equal %a, %b : (tensor<4x2xf32>, tensor<3x2xf32>) -> tensor<4x2xi1>
  return
}

// -----

func.func @equal_c2(%a: tensor<4xi32>, %b: tensor<4xi64>) {
  // expected-error@below {{'dsc.equal' op expected element type 'i32' of 'rhs', but got 'i64'}}
  %x = dsc.equal %a, %b : (tensor<4xi32>, tensor<4xi64>) -> tensor<4xi1>
  return
}

// -----

func.func @equal_c3(%a: tensor<4xi32>, %b: tensor<1xi32>) {
  // expected-error@below {{'dsc.equal' op expected sizes [4] of result #0, but got [2]}}
  %x = dsc.equal %a, %b : (tensor<4xi32>, tensor<1xi32>) -> tensor<2xi1>
  return
}

// -----

func.func @pow_c1(%a: tensor<4xf32>, %b: tensor<3xi64>) {
  // expected-error@below {{'dsc.pow' op expected sizes that broadcast, but got [4] and [3]}}
  %x = dsc.pow %a, %b : (tensor<4xf32>, tensor<3xi64>) -> tensor<4xf32>
  return
}

// -----

func.func @pow_c2(%a: tensor<4xf32>, %b: tensor<4xi64>) {
  // expected-error@below {{'dsc.pow' op expected element type 'f32' of result #0, but got 'i64'}}
  %x = dsc.pow %a, %b : (tensor<4xf32>, tensor<4xi64>) -> tensor<4xi64>
  return
}

// -----

func.func @pow_c3(%a: tensor<4xf32>, %b: tensor<4xi64>) {
  // expected-error@below {{'dsc.pow' op expected sizes [4] of result #0, but got [1, 4]}}
  %x = dsc.pow %a, %b : (tensor<4xf32>, tensor<4xi64>) -> tensor<1x4xf32>
  return
}

// -----

func.func @where_c1(%a: tensor<2xi1>, %b: tensor<3xf32>, %c: tensor<3xf32>) {
  // expected-error@below {{'dsc.where' op expected sizes that broadcast, but got [2] and [3]}}
  %x = dsc.where %a, %b, %c : (tensor<2xi1>, tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  return
}

// -----

func.func @where_c2(%a: tensor<3xi1>, %b: tensor<3xf32>, %c: tensor<3xf16>) {
  // expected-error@below {{'dsc.where' op expected element type 'f32' of 'on_false', but got 'f16'}}
  %x = dsc.where %a, %b, %c : (tensor<3xi1>, tensor<3xf32>, tensor<3xf16>) -> tensor<3xf32>
  return
}

// -----

func.func @where_c3(%a: tensor<3xi1>, %b: tensor<3xf32>, %c: tensor<3xf32>) {
  // expected-error@below {{'dsc.where' op expected sizes [3] of result #0, but got [1]}}
  %x = dsc.where %a, %b, %c : (tensor<3xi1>, tensor<3xf32>, tensor<3xf32>) -> tensor<1xf32>
  return
}

// -----

func.func @cast_c1(%a: tensor<3xi64>) {
  // expected-error@below {{'dsc.cast' op expected sizes [3] of result #0, but got [4]}}
  %x = dsc.cast %a {to = f32} : (tensor<3xi64>) -> tensor<4xf32>
  return
}

// -----

func.func @cast_c2(%a: tensor<3xi64>) {
  // expected-error@below {{'dsc.cast' op expected element type 'f32' of result #0, but got 'f64'}}
  %x = dsc.cast %a {to = f32} : (tensor<3xi64>) -> tensor<3xf64>
  return
}
