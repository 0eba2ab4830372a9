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
