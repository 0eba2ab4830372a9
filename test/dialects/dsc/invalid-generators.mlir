// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Constraints of one_hot, shape, constant_of_shape and range, one function per label.
// RUN: dsc-opt %s -split-input-file -verify-diagnostics

func.func @one_hot_c1(%a: tensor<4xi64>, %b: tensor<i64>, %c: tensor<2xf32>) {
  // expected-error@below {{'dsc.one_hot' op expected an axis in [0, 2), but got 2}}
  %x = dsc.one_hot %a, %b, %c {axis = 2 : i64} : (tensor<4xi64>, tensor<i64>, tensor<2xf32>) -> tensor<4x3xf32>
  return
}

// -----

func.func @one_hot_c2(%a: tensor<4xi64>, %b: tensor<2xi64>, %c: tensor<2xf32>) {
  // expected-error@below {{'dsc.one_hot' op expected one element in 'depth', but got 2}}
  %x = dsc.one_hot %a, %b, %c {axis = 1 : i64} : (tensor<4xi64>, tensor<2xi64>, tensor<2xf32>) -> tensor<4x3xf32>
  return
}

// -----

func.func @one_hot_c3(%a: tensor<4xi64>, %b: tensor<i64>, %c: tensor<3xf32>) {
  // expected-error@below {{'dsc.one_hot' op expected 2 elements in 'values', but got 3}}
  %x = dsc.one_hot %a, %b, %c {axis = 1 : i64} : (tensor<4xi64>, tensor<i64>, tensor<3xf32>) -> tensor<4x3xf32>
  return
}

// -----

func.func @one_hot_c4(%a: tensor<4xi64>, %b: tensor<i64>, %c: tensor<2xf32>) {
  // expected-error@below {{'dsc.one_hot' op expected element type 'f32' of result #0, but got 'f16'}}
  %x = dsc.one_hot %a, %b, %c {axis = 1 : i64} : (tensor<4xi64>, tensor<i64>, tensor<2xf32>) -> tensor<4x3xf16>
  return
}

// -----

func.func @one_hot_c5(%a: tensor<4xi64>, %b: tensor<i64>, %c: tensor<2xf32>) {
  // expected-error@below {{'dsc.one_hot' op expected sizes [4, ?] of result #0, but got [3, 4]}}
  %x = dsc.one_hot %a, %b, %c {axis = 1 : i64} : (tensor<4xi64>, tensor<i64>, tensor<2xf32>) -> tensor<3x4xf32>
  return
}

// -----

func.func @shape_c1(%a: tensor<4x8xf32>) {
  // expected-error@below {{'dsc.shape' op expected 0 <= start <= end <= 2, but got 1 and 3}}
  %x = dsc.shape %a {start = 1 : i64, end = 3 : i64} : (tensor<4x8xf32>) -> tensor<2xi64>
  return
}

// -----

func.func @shape_c2(%a: tensor<4x8xf32>) {
  // expected-error@below {{'dsc.shape' op expected sizes [2] of result #0, but got [3]}}
  %x = dsc.shape %a {start = 0 : i64, end = 2 : i64} : (tensor<4x8xf32>) -> tensor<3xi64>
  return
}

// -----

func.func @constant_of_shape_c1(%a: tensor<2xi64>) {
  // expected-error@below {{'dsc.constant_of_shape' op expected one element in 'value', but got 2}}
  %x = dsc.constant_of_shape %a {value = dense<0.0> : tensor<2xf32>} : (tensor<2xi64>) -> tensor<4x8xf32>
  return
}

// -----

func.func @constant_of_shape_c1_element(%a: tensor<2xi64>) {
  // expected-error@below {{'dsc.constant_of_shape' op expected element type 'f32' of result #0, but got 'f16'}}
  %x = dsc.constant_of_shape %a {value = dense<0.0> : tensor<1xf32>} : (tensor<2xi64>) -> tensor<4x8xf16>
  return
}

// -----

func.func @constant_of_shape_c2(%a: tensor<3xi64>) {
  // expected-error@below {{'dsc.constant_of_shape' op expected 2 elements in 'shape', but got 3}}
  %x = dsc.constant_of_shape %a {value = dense<0.0> : tensor<1xf32>} : (tensor<3xi64>) -> tensor<4x8xf32>
  return
}

// -----

func.func @range_c1(%a: tensor<i64>, %b: tensor<2xi64>, %c: tensor<i64>) {
  // expected-error@below {{'dsc.range' op expected one element in 'limit', but got 2}}
  %x = dsc.range %a, %b, %c : (tensor<i64>, tensor<2xi64>, tensor<i64>) -> tensor<8xi64>
  return
}

// -----

func.func @range_c2(%a: tensor<i64>, %b: tensor<i64>, %c: tensor<i32>) {
  // expected-error@below {{'dsc.range' op expected element type 'i64' of 'delta', but got 'i32'}}
  %x = dsc.range %a, %b, %c : (tensor<i64>, tensor<i64>, tensor<i32>) -> tensor<8xi64>
  return
}

// -----

func.func @range_c3(%a: tensor<i64>, %b: tensor<i64>, %c: tensor<i64>) {
  // expected-error@below {{'dsc.range' op expected sizes [?] of result #0, but got [8, 1]}}
  %x = dsc.range %a, %b, %c : (tensor<i64>, tensor<i64>, tensor<i64>) -> tensor<8x1xi64>
  return
}
