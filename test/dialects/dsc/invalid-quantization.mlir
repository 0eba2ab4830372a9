// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Constraints of the ops between real numbers and integers, one function per label.
// RUN: dsc-opt %s -split-input-file -verify-diagnostics

func.func @quantize_c1(%x: tensor<4xf32>, %s: tensor<3xf32>, %z: tensor<i8>) {
  // expected-error@below {{'dsc.quantize' op expected 'scale' to broadcast to [4], but got [3]}}
  %q = dsc.quantize %x, %s, %z : (tensor<4xf32>, tensor<3xf32>, tensor<i8>) -> tensor<4xi8>
  return
}

// -----

func.func @quantize_c1_larger(%x: tensor<1xf32>, %s: tensor<f32>, %z: tensor<4xi8>) {
  // expected-error@below {{'dsc.quantize' op expected 'zero_point' to broadcast to [1], but got [4]}}
  %q = dsc.quantize %x, %s, %z : (tensor<1xf32>, tensor<f32>, tensor<4xi8>) -> tensor<1xi8>
  return
}

// -----

func.func @quantize_c2(%x: tensor<4xf32>, %s: tensor<f32>, %z: tensor<i8>) {
  // expected-error@below {{'dsc.quantize' op expected element type 'i8' of result #0, but got 'ui8'}}
  %q = dsc.quantize %x, %s, %z : (tensor<4xf32>, tensor<f32>, tensor<i8>) -> tensor<4xui8>
  return
}

// -----

func.func @dequantize_c1(%q: tensor<2x4xi8>, %s: tensor<2xf32>, %z: tensor<i8>) {
  // expected-error@below {{'dsc.dequantize' op expected 'scale' to broadcast to [2, 4], but got [2]}}
  %x = dsc.dequantize %q, %s, %z : (tensor<2x4xi8>, tensor<2xf32>, tensor<i8>) -> tensor<2x4xf32>
  return
}

// -----

func.func @dequantize_c2(%q: tensor<4xi8>, %s: tensor<f32>, %z: tensor<ui8>) {
  // expected-error@below {{'dsc.dequantize' op expected element type 'i8' of 'zero_point', but got 'ui8'}}
  %x = dsc.dequantize %q, %s, %z : (tensor<4xi8>, tensor<f32>, tensor<ui8>) -> tensor<4xf32>
  return
}

// -----

func.func @dequantize_c3(%q: tensor<4xi8>, %s: tensor<f32>, %z: tensor<i8>) {
  // expected-error@below {{'dsc.dequantize' op expected element type 'f32' of result #0, but got 'f16'}}
  %x = dsc.dequantize %q, %s, %z : (tensor<4xi8>, tensor<f32>, tensor<i8>) -> tensor<4xf16>
  return
}

// -----

func.func @qmatmul_c1(%a: tensor<4x8xui8>, %b: tensor<7x2xi8>) {
  // expected-error@below {{'dsc.qmatmul' op expected a contracted size of 8, but got 7}}
  %y = dsc.qmatmul %a, %b : (tensor<4x8xui8>, tensor<7x2xi8>) -> tensor<4x2xi32>
  return
}

// -----

func.func @qmatmul_c2(%a: tensor<4x8xf32>, %b: tensor<8x2xi8>, %s: tensor<f32>) {
  // expected-error@below {{'dsc.qmatmul' op expected no scale and no zero point of 'lhs', which is real}}
  %y = dsc.qmatmul %a scale %s, %b scale %s : (tensor<4x8xf32>, tensor<f32>, tensor<8x2xi8>, tensor<f32>) -> tensor<4x2xf32>
  return
}

// -----

func.func @qmatmul_c2_scale(%a: tensor<4x8xf32>, %b: tensor<8x2xi8>) {
  // expected-error@below {{'dsc.qmatmul' op expected a scale of 'rhs'}}
  %y = dsc.qmatmul %a, %b : (tensor<4x8xf32>, tensor<8x2xi8>) -> tensor<4x2xf32>
  return
}

// -----

func.func @qmatmul_c3(%a: tensor<4x8xui8>, %b: tensor<8x2xi8>, %s: tensor<f32>, %t: tensor<f16>) {
  // expected-error@below {{'dsc.qmatmul' op expected element type 'f32' of 'rhs_scale', but got 'f16'}}
  %y = dsc.qmatmul %a scale %s, %b scale %t : (tensor<4x8xui8>, tensor<f32>, tensor<8x2xi8>, tensor<f16>) -> tensor<4x2xf32>
  return
}

// -----

func.func @qmatmul_c4(%a: tensor<4x8xui8>, %b: tensor<8x2xi8>, %z: tensor<i8>) {
  // expected-error@below {{'dsc.qmatmul' op expected element type 'ui8' of 'lhs_zero_point', but got 'i8'}}
  %y = dsc.qmatmul %a zero %z, %b : (tensor<4x8xui8>, tensor<i8>, tensor<8x2xi8>) -> tensor<4x2xi32>
  return
}

// -----

func.func @qmatmul_c5(%a: tensor<4x8xui8>, %b: tensor<8x2xi8>, %z: tensor<4xui8>) {
  // expected-error@below {{'dsc.qmatmul' op expected 'lhs_zero_point' to broadcast to [4, 2], but got [4]}}
  %y = dsc.qmatmul %a zero %z, %b : (tensor<4x8xui8>, tensor<4xui8>, tensor<8x2xi8>) -> tensor<4x2xi32>
  return
}

// -----

func.func @qmatmul_c5_row(%a: tensor<4x8xui8>, %b: tensor<8x2xi8>, %z: tensor<4x2xui8>) {
  // expected-error@below {{'dsc.qmatmul' op expected the last size of a row's parameter of 1, but got 2}}
  %y = dsc.qmatmul %a zero %z, %b : (tensor<4x8xui8>, tensor<4x2xui8>, tensor<8x2xi8>) -> tensor<4x2xi32>
  return
}

// -----

func.func @qmatmul_c5_columns(%a: tensor<4x8xui8>, %b: tensor<8x2xi8>, %z: tensor<3xi8>) {
  // expected-error@below {{'dsc.qmatmul' op expected 2 elements in 'rhs_zero_point', but got 3}}
  %y = dsc.qmatmul %a, %b zero %z : (tensor<4x8xui8>, tensor<8x2xi8>, tensor<3xi8>) -> tensor<4x2xi32>
  return
}

// -----

func.func @qmatmul_c6(%a: tensor<4x8xui8>, %b: tensor<8x2xi8>, %c: tensor<2xf32>) {
  // expected-error@below {{'dsc.qmatmul' op expected element type 'i32' of 'bias', but got 'f32'}}
  %y = dsc.qmatmul %a, %b bias %c : (tensor<4x8xui8>, tensor<8x2xi8>, tensor<2xf32>) -> tensor<4x2xi32>
  return
}

// -----

func.func @qconv_c5(%a: tensor<1x3x8xui8>, %b: tensor<4x3x3xi8>, %z: tensor<3xui8>) {
  // expected-error@below {{'dsc.qconv' op expected one element in 'input_zero_point', but got 3}}
  %y = dsc.qconv %a zero %z, %b {strides = array<i64: 1>, pads = array<i64: 1, 1>, dilations = array<i64: 1>} : (tensor<1x3x8xui8>, tensor<3xui8>, tensor<4x3x3xi8>) -> tensor<1x4x8xi32>
  return
}

// -----

func.func @dyn_quantize_c1(%x: tensor<2x4xf32>) {
  // expected-error@below {{'dsc.dyn_quantize' op expected an axis in [0, 2), but got 2}}
  %q, %s, %z = dsc.dyn_quantize %x {axis = 2 : i64, storage = ui8} : (tensor<2x4xf32>) -> (tensor<2x4xui8>, tensor<2x1xf32>, tensor<2x1xui8>)
  return
}

// -----

func.func @dyn_quantize_c2(%x: tensor<2x4xf32>) {
  // expected-error@below {{'dsc.dyn_quantize' op expected a storage of i8 or ui8, but got 'i4'}}
  %q, %s, %z = dsc.dyn_quantize %x {axis = 1 : i64, storage = i4} : (tensor<2x4xf32>) -> (tensor<2x4xui8>, tensor<2x1xf32>, tensor<2x1xui8>)
  return
}

// -----

func.func @dyn_quantize_c3(%x: tensor<2x4xf32>) {
  // expected-error@below {{'dsc.dyn_quantize' op expected element type 'i8' of result #0, but got 'ui8'}}
  %q, %s, %z = dsc.dyn_quantize %x {axis = 1 : i64, storage = i8} : (tensor<2x4xf32>) -> (tensor<2x4xui8>, tensor<2x1xf32>, tensor<2x1xui8>)
  return
}

// -----

func.func @dyn_quantize_c4(%x: tensor<2x4xf32>) {
  // expected-error@below {{'dsc.dyn_quantize' op expected sizes [2, 1] of result #1, but got [2, 4]}}
  %q, %s, %z = dsc.dyn_quantize %x {axis = 1 : i64, storage = ui8} : (tensor<2x4xf32>) -> (tensor<2x4xui8>, tensor<2x4xf32>, tensor<2x1xui8>)
  return
}
