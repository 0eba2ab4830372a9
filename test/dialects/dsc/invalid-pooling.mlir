// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Constraints of pools, top_k and resize, one function per label.
// RUN: dsc-opt %s -split-input-file -verify-diagnostics

func.func @max_pool_c1(%a: tensor<3x8xf32>) {
  // expected-error@below {{'dsc.max_pool' op expected 'input' of rank 3 to 5, but got rank 2}}
  %x = dsc.max_pool %a {kernel = array<i64: 2>, strides = array<i64: 2>, pads = array<i64: 0, 0>, dilations = array<i64: 1>} : (tensor<3x8xf32>) -> tensor<3x4xf32>
  return
}

// -----

func.func @max_pool_c2(%a: tensor<1x3x8xf32>) {
  // expected-error@below {{'dsc.max_pool' op expected 'kernel' of at least 1, but got 0}}
  %x = dsc.max_pool %a {kernel = array<i64: 0>, strides = array<i64: 2>, pads = array<i64: 0, 0>, dilations = array<i64: 1>} : (tensor<1x3x8xf32>) -> tensor<1x3x4xf32>
  return
}

// -----

func.func @max_pool_c3(%a: tensor<1x3x8xf32>) {
  // expected-error@below {{'dsc.max_pool' op expected 'pads' of at least 0, but got -1}}
  %x = dsc.max_pool %a {kernel = array<i64: 2>, strides = array<i64: 2>, pads = array<i64: -1, 0>, dilations = array<i64: 1>} : (tensor<1x3x8xf32>) -> tensor<1x3x4xf32>
  return
}

// -----

func.func @max_pool_c4(%a: tensor<1x3x8xf32>) {
  // expected-error@below {{'dsc.max_pool' op expected a window that fits spatial dimension 0 of 8 with its padding, but got 12}}
  %x = dsc.max_pool %a {kernel = array<i64: 12>, strides = array<i64: 2>, pads = array<i64: 0, 0>, dilations = array<i64: 1>} : (tensor<1x3x8xf32>) -> tensor<1x3x4xf32>
  return
}

// -----

func.func @max_pool_c5(%a: tensor<1x3x8xf32>) {
  // expected-error@below {{'dsc.max_pool' op expected sizes [1, 3, 4] of result #0, but got [1, 3, 5]}}
  %x = dsc.max_pool %a {kernel = array<i64: 2>, strides = array<i64: 2>, pads = array<i64: 0, 0>, dilations = array<i64: 1>} : (tensor<1x3x8xf32>) -> tensor<1x3x5xf32>
  return
}

// -----

func.func @average_pool_c1(%a: tensor<3x8xf32>) {
  // expected-error@below {{'dsc.average_pool' op expected 'input' of rank 3 to 5, but got rank 2}}
  %x = dsc.average_pool %a {kernel = array<i64: 2>, strides = array<i64: 2>, pads = array<i64: 0, 0>, dilations = array<i64: 1>} : (tensor<3x8xf32>) -> tensor<3x4xf32>
  return
}

// -----

func.func @average_pool_c2(%a: tensor<1x3x8xf32>) {
  // expected-error@below {{'dsc.average_pool' op expected 'kernel' of at least 1, but got 0}}
  %x = dsc.average_pool %a {kernel = array<i64: 0>, strides = array<i64: 2>, pads = array<i64: 0, 0>, dilations = array<i64: 1>} : (tensor<1x3x8xf32>) -> tensor<1x3x4xf32>
  return
}

// -----

func.func @average_pool_c3(%a: tensor<1x3x8xf32>) {
  // expected-error@below {{'dsc.average_pool' op expected 'pads' of at least 0, but got -1}}
  %x = dsc.average_pool %a {kernel = array<i64: 2>, strides = array<i64: 2>, pads = array<i64: -1, 0>, dilations = array<i64: 1>} : (tensor<1x3x8xf32>) -> tensor<1x3x4xf32>
  return
}

// -----

func.func @average_pool_c4(%a: tensor<1x3x8xf32>) {
  // expected-error@below {{'dsc.average_pool' op expected a window that fits spatial dimension 0 of 8 with its padding, but got 12}}
  %x = dsc.average_pool %a {kernel = array<i64: 12>, strides = array<i64: 2>, pads = array<i64: 0, 0>, dilations = array<i64: 1>} : (tensor<1x3x8xf32>) -> tensor<1x3x4xf32>
  return
}

// -----

func.func @average_pool_c5(%a: tensor<1x3x8xf32>) {
  // expected-error@below {{'dsc.average_pool' op expected sizes [1, 3, 4] of result #0, but got [1, 3, 5]}}
  %x = dsc.average_pool %a {kernel = array<i64: 2>, strides = array<i64: 2>, pads = array<i64: 0, 0>, dilations = array<i64: 1>} : (tensor<1x3x8xf32>) -> tensor<1x3x5xf32>
  return
}

// -----

func.func @max_pool_c5_indices(%a: tensor<1x3x8xf32>) {
  // expected-error@below {{'dsc.max_pool' op expected sizes [1, 3, 4] of result #1, but got [1, 3, 5]}}
  %x:2 = dsc.max_pool %a {kernel = array<i64: 2>, strides = array<i64: 2>, pads = array<i64: 0, 0>, dilations = array<i64: 1>} : (tensor<1x3x8xf32>) -> (tensor<1x3x4xf32>, tensor<1x3x5xi64>)
  return
}

// -----

func.func @max_pool_c6(%a: tensor<1x8x3xf32>) {
  // expected-error@below {{'dsc.max_pool' op expected layout 'nchw' with indices, but got 'nhwc'}}
  %x:2 = dsc.max_pool %a {kernel = array<i64: 2>, strides = array<i64: 2>, pads = array<i64: 0, 0>, dilations = array<i64: 1>, layout = #dsc.layout<nhwc>} : (tensor<1x8x3xf32>) -> (tensor<1x4x3xf32>, tensor<1x4x3xi64>)
  return
}

// -----

func.func @average_pool_c6(%a: tensor<1x3x8xf32>) {
  // expected-error@below {{'dsc.average_pool' op expected 2 values in 'count_pads', but got 1}}
  %x = dsc.average_pool %a {kernel = array<i64: 2>, strides = array<i64: 2>, pads = array<i64: 0, 0>, dilations = array<i64: 1>, count_pads = array<i64: 0>} : (tensor<1x3x8xf32>) -> tensor<1x3x4xf32>
  return
}

// -----

func.func @top_k_c1(%a: tensor<4x8xf32>, %b: tensor<1xi64>) {
  // expected-error@below {{'dsc.top_k' op expected an axis in [0, 2), but got 2}}
  %x:2 = dsc.top_k %a, %b {axis = 2 : i64} : (tensor<4x8xf32>, tensor<1xi64>) -> (tensor<4x3xf32>, tensor<4x3xi64>)
  return
}

// -----

func.func @top_k_c2(%a: tensor<4x8xf32>, %b: tensor<2xi64>) {
  // expected-error@below {{'dsc.top_k' op expected one element in 'k', but got 2}}
  %x:2 = dsc.top_k %a, %b {axis = 1 : i64} : (tensor<4x8xf32>, tensor<2xi64>) -> (tensor<4x3xf32>, tensor<4x3xi64>)
  return
}

// -----

func.func @top_k_c3(%a: tensor<4x8xf32>, %b: tensor<1xi64>) {
  // expected-error@below {{'dsc.top_k' op expected sizes [4, 3] of result #1, but got [4, 2]}}
  %x:2 = dsc.top_k %a, %b {axis = 1 : i64} : (tensor<4x8xf32>, tensor<1xi64>) -> (tensor<4x3xf32>, tensor<4x2xi64>)
  return
}

// -----

func.func @resize_c1(%a: tensor<1x3x4x4xf32>, %b: tensor<2xf32>) {
  // expected-error@below {{'dsc.resize' op expected different axes, but got 2 twice}}
  %x = dsc.resize %a scales(%b) {axes = array<i64: 2, 2>} : (tensor<1x3x4x4xf32>, tensor<2xf32>) -> tensor<1x3x8x8xf32>
  return
}

// -----

func.func @resize_c2(%a: tensor<1x3x4x4xf32>) {
  // expected-error@below {{'dsc.resize' op expected either 'scales' or 'sizes', but got neither}}
  %x = dsc.resize %a  {axes = array<i64: 2, 3>} : (tensor<1x3x4x4xf32>) -> tensor<1x3x8x8xf32>
  return
}

// -----

func.func @resize_c2_both(%a: tensor<1x3x4x4xf32>, %b: tensor<2xf32>, %c: tensor<2xi64>) {
  // expected-error@below {{'dsc.resize' op expected either 'scales' or 'sizes', but got both}}
  %x = dsc.resize %a scales(%b) sizes(%c) {axes = array<i64: 2, 3>} : (tensor<1x3x4x4xf32>, tensor<2xf32>, tensor<2xi64>) -> tensor<1x3x8x8xf32>
  return
}

// -----

func.func @resize_c3(%a: tensor<1x3x4x4xf32>, %b: tensor<3xi64>) {
  // expected-error@below {{'dsc.resize' op expected 2 elements in 'sizes', but got 3}}
  %x = dsc.resize %a sizes(%b) {axes = array<i64: 2, 3>} : (tensor<1x3x4x4xf32>, tensor<3xi64>) -> tensor<1x3x8x8xf32>
  return
}

// -----

func.func @resize_c5(%a: tensor<1x3x4x4xf32>, %b: tensor<2xf32>) {
  // expected-error@below {{'dsc.resize' op expected sizes [1, 3, ?, ?] of result #0, but got [1, 4, 8, 8]}}
  %x = dsc.resize %a scales(%b) {axes = array<i64: 2, 3>} : (tensor<1x3x4x4xf32>, tensor<2xf32>) -> tensor<1x4x8x8xf32>
  return
}

// -----

func.func @resize_c6(%a: tensor<1x3x4x4xf32>, %b: tensor<3xf32>, %c: tensor<2xf32>) {
  // expected-error@below {{'dsc.resize' op expected 4 elements in 'roi', but got 3}}
  %x = dsc.resize %a roi(%b) scales(%c) {axes = array<i64: 2, 3>} : (tensor<1x3x4x4xf32>, tensor<3xf32>, tensor<2xf32>) -> tensor<1x3x8x8xf32>
  return
}
