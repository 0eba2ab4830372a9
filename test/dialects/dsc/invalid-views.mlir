// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Constraints of views, transpose, expand and concat, one function per label.
// RUN: dsc-opt %s -split-input-file -verify-diagnostics

func.func @reshape_c1(%a: tensor<4x8xf32>) {
  // expected-error@below {{'dsc.reshape' op expected 32 elements, but got sizes [31]}}
  %x = dsc.reshape %a : (tensor<4x8xf32>) -> tensor<31xf32>
  return
}

// -----

func.func @reshape_c2(%a: tensor<4x8xf32>) {
  // expected-error@below {{'dsc.reshape' op expected element type 'f32' of result #0, but got 'f16'}}
  %x = dsc.reshape %a : (tensor<4x8xf32>) -> tensor<32xf16>
  return
}

// -----

func.func @reshape_c3(%a: tensor<4x8xf32>, %b: tensor<2xi64>) {
  // expected-error@below {{'dsc.reshape' op expected 1 elements in 'shape', but got 2}}
  %x = dsc.reshape %a, %b : (tensor<4x8xf32>, tensor<2xi64>) -> tensor<32xf32>
  return
}

// -----

func.func @squeeze_c1(%a: tensor<1x8xf32>) {
  // expected-error@below {{'dsc.squeeze' op expected an axis in [0, 2), but got 2}}
  %x = dsc.squeeze %a {axes = array<i64: 2>} : (tensor<1x8xf32>) -> tensor<8xf32>
  return
}

// -----

func.func @squeeze_c2(%a: tensor<1x8xf32>) {
  // expected-error@below {{'dsc.squeeze' op expected size 1 of removed dimension 1, but got 8}}
  %x = dsc.squeeze %a {axes = array<i64: 1>} : (tensor<1x8xf32>) -> tensor<1xf32>
  return
}

// -----

func.func @squeeze_c3(%a: tensor<1x8xf32>) {
  // expected-error@below {{'dsc.squeeze' op expected sizes [8] of result #0, but got [7]}}
  %x = dsc.squeeze %a {axes = array<i64: 0>} : (tensor<1x8xf32>) -> tensor<7xf32>
  return
}

// -----

func.func @unsqueeze_c1(%a: tensor<8xf32>) {
  // expected-error@below {{'dsc.unsqueeze' op expected increasing axes, but got 0 behind 1}}
  %x = dsc.unsqueeze %a {axes = array<i64: 1, 0>} : (tensor<8xf32>) -> tensor<1x1x8xf32>
  return
}

// -----

func.func @unsqueeze_c2(%a: tensor<8xf32>) {
  // expected-error@below {{'dsc.unsqueeze' op expected sizes [1, 8] of result #0, but got [8, 1]}}
  %x = dsc.unsqueeze %a {axes = array<i64: 0>} : (tensor<8xf32>) -> tensor<8x1xf32>
  return
}

// -----

func.func @transpose_c1(%a: tensor<4x8xf32>) {
  // expected-error@below {{'dsc.transpose' op expected different axes, but got 0 twice}}
  %x = dsc.transpose %a {permutation = array<i64: 0, 0>} : (tensor<4x8xf32>) -> tensor<4x8xf32>
  return
}

// -----

func.func @transpose_c1_count(%a: tensor<4x8xf32>) {
  // expected-error@below {{'dsc.transpose' op expected 2 values in 'permutation', but got 1}}
  %x = dsc.transpose %a {permutation = array<i64: 0>} : (tensor<4x8xf32>) -> tensor<4x8xf32>
  return
}

// -----

func.func @transpose_c2(%a: tensor<4x8xf32>) {
  // expected-error@below {{'dsc.transpose' op expected sizes [8, 4] of result #0, but got [4, 8]}}
  %x = dsc.transpose %a {permutation = array<i64: 1, 0>} : (tensor<4x8xf32>) -> tensor<4x8xf32>
  return
}

// -----

func.func @expand_c1(%a: tensor<4x2xf32>) {
  // expected-error@below {{'dsc.expand' op expected 'input' to broadcast to [4, 8], but got [4, 2]}}
  %x = dsc.expand %a : (tensor<4x2xf32>) -> tensor<4x8xf32>
  return
}

// -----

func.func @expand_c2(%a: tensor<4x1xf32>) {
  // expected-error@below {{'dsc.expand' op expected element type 'f32' of result #0, but got 'f16'}}
  %x = dsc.expand %a : (tensor<4x1xf32>) -> tensor<4x8xf16>
  return
}

// -----

func.func @expand_c3(%a: tensor<4x1xf32>, %b: tensor<2x1xi64>) {
  // expected-error@below {{'dsc.expand' op expected 'shape' of rank 1, but got rank 2}}
  %x = dsc.expand %a, %b : (tensor<4x1xf32>, tensor<2x1xi64>) -> tensor<4x8xf32>
  return
}

// -----

func.func @concat_c1() {
  // expected-error@below {{'dsc.concat' op expected an input}}
  %x = dsc.concat {axis = 0 : i64} : () -> tensor<6xf32>
  return
}

// -----

func.func @concat_c2(%a: tensor<4xf32>, %b: tensor<2xf32>) {
  // expected-error@below {{'dsc.concat' op expected an axis in [0, 1), but got 1}}
  %x = dsc.concat %a, %b {axis = 1 : i64} : (tensor<4xf32>, tensor<2xf32>) -> tensor<6xf32>
  return
}

// -----

func.func @concat_c3(%a: tensor<4xf32>, %b: tensor<2x1xf32>) {
  // expected-error@below {{'dsc.concat' op expected 'inputs' of rank 1, but got rank 2}}
  %x = dsc.concat %a, %b {axis = 0 : i64} : (tensor<4xf32>, tensor<2x1xf32>) -> tensor<6xf32>
  return
}

// -----

func.func @concat_c4(%a: tensor<4x2xf32>, %b: tensor<2x3xf32>) {
  // expected-error@below {{'dsc.concat' op expected size 2 of dimension 1 of input 1, but got 3}}
  %x = dsc.concat %a, %b {axis = 0 : i64} : (tensor<4x2xf32>, tensor<2x3xf32>) -> tensor<6x2xf32>
  return
}

// -----

func.func @concat_c5(%a: tensor<4xf32>, %b: tensor<2xf32>) {
  // expected-error@below {{'dsc.concat' op expected sizes [6] of result #0, but got [5]}}
  %x = dsc.concat %a, %b {axis = 0 : i64} : (tensor<4xf32>, tensor<2xf32>) -> tensor<5xf32>
  return
}
