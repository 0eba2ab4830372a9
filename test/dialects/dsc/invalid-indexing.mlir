// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Constraints of gathers and scatters, one function per label.
// RUN: dsc-opt %s -split-input-file -verify-diagnostics

func.func @gather_c1(%a: tensor<4x8xf32>, %b: tensor<3xi64>) {
  // expected-error@below {{'dsc.gather' op expected an axis in [0, 2), but got 2}}
  %x = dsc.gather %a, %b {axis = 2 : i64} : (tensor<4x8xf32>, tensor<3xi64>) -> tensor<4x3xf32>
  return
}

// -----

func.func @gather_c2(%a: tensor<4x8xf32>, %b: tensor<3xi64>) {
  // expected-error@below {{'dsc.gather' op expected element type 'f32' of result #0, but got 'f16'}}
  %x = dsc.gather %a, %b {axis = 1 : i64} : (tensor<4x8xf32>, tensor<3xi64>) -> tensor<4x3xf16>
  return
}

// -----

func.func @gather_c3(%a: tensor<4x8xf32>, %b: tensor<3xi64>) {
  // expected-error@below {{'dsc.gather' op expected sizes [4, 3] of result #0, but got [4, 8]}}
  %x = dsc.gather %a, %b {axis = 1 : i64} : (tensor<4x8xf32>, tensor<3xi64>) -> tensor<4x8xf32>
  return
}

// -----

func.func @gather_c4(%a: tensor<4x3xf32>) {
  %b = dsc.constant dense<[0, -3, 9]> : tensor<3xi64>
  // expected-error@below {{'dsc.gather' op expected an index of -3 to 2, but got 9}}
  %x = dsc.gather %a, %b {axis = 1 : i64} : (tensor<4x3xf32>, tensor<3xi64>) -> tensor<4x3xf32>
  return
}

// -----

func.func @gather_elements_c6(%a: tensor<1x3xf32>) {
  %b = dsc.constant dense<[[0, -4]]> : tensor<1x2xi64>
  // expected-error@below {{'dsc.gather_elements' op expected an index of -3 to 2, but got -4}}
  %x = dsc.gather_elements %a, %b {axis = 1 : i64} : (tensor<1x3xf32>, tensor<1x2xi64>) -> tensor<1x2xf32>
  return
}

// -----

func.func @gather_elements_c1(%a: tensor<4x8xf32>, %b: tensor<4x3xi64>) {
  // expected-error@below {{'dsc.gather_elements' op expected an axis in [0, 2), but got 2}}
  %x = dsc.gather_elements %a, %b {axis = 2 : i64} : (tensor<4x8xf32>, tensor<4x3xi64>) -> tensor<4x3xf32>
  return
}

// -----

func.func @gather_elements_c2(%a: tensor<4x8xf32>, %b: tensor<3xi64>) {
  // expected-error@below {{'dsc.gather_elements' op expected 'indices' of rank 2, but got rank 1}}
  %x = dsc.gather_elements %a, %b {axis = 1 : i64} : (tensor<4x8xf32>, tensor<3xi64>) -> tensor<4x3xf32>
  return
}

// -----

func.func @gather_elements_c3(%a: tensor<4x8xf32>, %b: tensor<4x3xi64>) {
  // expected-error@below {{'dsc.gather_elements' op expected element type 'f32' of result #0, but got 'f16'}}
  %x = dsc.gather_elements %a, %b {axis = 1 : i64} : (tensor<4x8xf32>, tensor<4x3xi64>) -> tensor<4x3xf16>
  return
}

// -----

func.func @gather_elements_c4(%a: tensor<4x8xf32>, %b: tensor<4x3xi64>) {
  // expected-error@below {{'dsc.gather_elements' op expected sizes [4, 3] of result #0, but got [4, 8]}}
  %x = dsc.gather_elements %a, %b {axis = 1 : i64} : (tensor<4x8xf32>, tensor<4x3xi64>) -> tensor<4x8xf32>
  return
}

// -----

func.func @gather_elements_c5(%a: tensor<4x8xf32>, %b: tensor<5x3xi64>) {
  // expected-error@below {{'dsc.gather_elements' op expected at most 4 indices in dimension 0, but got 5}}
  %x = dsc.gather_elements %a, %b {axis = 1 : i64} : (tensor<4x8xf32>, tensor<5x3xi64>) -> tensor<5x3xf32>
  return
}

// -----

func.func @gather_nd_c1(%a: tensor<4x8xf32>, %b: tensor<4x8x1xi64>) {
  // expected-error@below {{'dsc.gather_nd' op expected 'input' of rank 3 or more, but got rank 2}}
  %x = dsc.gather_nd %a, %b {batch_dims = 2 : i64} : (tensor<4x8xf32>, tensor<4x8x1xi64>) -> tensor<4x8xf32>
  return
}

// -----

func.func @gather_nd_c2(%a: tensor<4x8xf32>, %b: tensor<5x3xi64>) {
  // expected-error@below {{'dsc.gather_nd' op expected a last dimension of 'indices' in [0, 2], but got 3}}
  %x = dsc.gather_nd %a, %b : (tensor<4x8xf32>, tensor<5x3xi64>) -> tensor<5xf32>
  return
}

// -----

func.func @gather_nd_c3(%a: tensor<4x8xf32>, %b: tensor<5x1xi64>) {
  // expected-error@below {{'dsc.gather_nd' op expected a batch dimension of 4, but got 5}}
  %x = dsc.gather_nd %a, %b {batch_dims = 1 : i64} : (tensor<4x8xf32>, tensor<5x1xi64>) -> tensor<5xf32>
  return
}

// -----

func.func @gather_nd_c4(%a: tensor<4x8xf32>, %b: tensor<5x2xi64>) {
  // expected-error@below {{'dsc.gather_nd' op expected element type 'f32' of result #0, but got 'f16'}}
  %x = dsc.gather_nd %a, %b : (tensor<4x8xf32>, tensor<5x2xi64>) -> tensor<5xf16>
  return
}

// -----

func.func @gather_nd_c5(%a: tensor<4x8xf32>, %b: tensor<5x1xi64>) {
  // expected-error@below {{'dsc.gather_nd' op expected sizes [5, 8] of result #0, but got [5]}}
  %x = dsc.gather_nd %a, %b : (tensor<4x8xf32>, tensor<5x1xi64>) -> tensor<5xf32>
  return
}

// -----

func.func @scatter_elements_c1(%a: tensor<4xf32>, %b: tensor<2xi64>, %c: tensor<2xf32>) {
  // expected-error@below {{'dsc.scatter_elements' op expected an axis in [0, 1), but got 1}}
  %x = dsc.scatter_elements %a, %b, %c {axis = 1 : i64} : (tensor<4xf32>, tensor<2xi64>, tensor<2xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @scatter_elements_c2(%a: tensor<4xf32>, %b: tensor<2x1xi64>, %c: tensor<2x1xf32>) {
  // expected-error@below {{'dsc.scatter_elements' op expected 'indices' of rank 1, but got rank 2}}
  %x = dsc.scatter_elements %a, %b, %c {axis = 0 : i64} : (tensor<4xf32>, tensor<2x1xi64>, tensor<2x1xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @scatter_elements_c3(%a: tensor<4xf32>, %b: tensor<2xi64>, %c: tensor<3xf32>) {
  // expected-error@below {{'dsc.scatter_elements' op expected sizes [2] of 'updates', but got [3]}}
  %x = dsc.scatter_elements %a, %b, %c {axis = 0 : i64} : (tensor<4xf32>, tensor<2xi64>, tensor<3xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @scatter_elements_c4(%a: tensor<4xf32>, %b: tensor<2xi64>, %c: tensor<2xf16>) {
  // expected-error@below {{'dsc.scatter_elements' op expected element type 'f32' of 'updates', but got 'f16'}}
  %x = dsc.scatter_elements %a, %b, %c {axis = 0 : i64} : (tensor<4xf32>, tensor<2xi64>, tensor<2xf16>) -> tensor<4xf32>
  return
}

// -----

func.func @scatter_nd_c1(%a: tensor<4xf32>, %b: tensor<i64>, %c: tensor<2xf32>) {
  // expected-error@below {{'dsc.scatter_nd' op expected 'indices' of rank 1 or more, but got rank 0}}
  %x = dsc.scatter_nd %a, %b, %c : (tensor<4xf32>, tensor<i64>, tensor<2xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @scatter_nd_c2(%a: tensor<4xf32>, %b: tensor<2x2xi64>, %c: tensor<2xf32>) {
  // expected-error@below {{'dsc.scatter_nd' op expected a last dimension of 'indices' in [0, 1], but got 2}}
  %x = dsc.scatter_nd %a, %b, %c : (tensor<4xf32>, tensor<2x2xi64>, tensor<2xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @scatter_nd_c3(%a: tensor<4x8xf32>, %b: tensor<2x1xi64>, %c: tensor<2xf32>) {
  // expected-error@below {{'dsc.scatter_nd' op expected sizes [2, 8] of 'updates', but got [2]}}
  %x = dsc.scatter_nd %a, %b, %c : (tensor<4x8xf32>, tensor<2x1xi64>, tensor<2xf32>) -> tensor<4x8xf32>
  return
}

// -----

func.func @scatter_nd_c4(%a: tensor<4xf32>, %b: tensor<2x1xi64>, %c: tensor<2xf16>) {
  // expected-error@below {{'dsc.scatter_nd' op expected element type 'f32' of 'updates', but got 'f16'}}
  %x = dsc.scatter_nd %a, %b, %c : (tensor<4xf32>, tensor<2x1xi64>, tensor<2xf16>) -> tensor<4xf32>
  return
}

// -----

func.func @tensor_scatter_c1(%a: tensor<2x8x4xf32>, %b: tensor<2x1x4xf32>) {
  // expected-error@below {{'dsc.tensor_scatter' op expected 'axis' of at least 1, but got 0}}
  %x = dsc.tensor_scatter %a, %b {axis = 0 : i64} : (tensor<2x8x4xf32>, tensor<2x1x4xf32>) -> tensor<2x8x4xf32>
  return
}

// -----

func.func @tensor_scatter_c2(%a: tensor<2x8x4xf32>, %b: tensor<2x1x5xf32>) {
  // expected-error@below {{'dsc.tensor_scatter' op expected sizes [2, ?, 4] of 'update', but got [2, 1, 5]}}
  %x = dsc.tensor_scatter %a, %b {axis = 1 : i64} : (tensor<2x8x4xf32>, tensor<2x1x5xf32>) -> tensor<2x8x4xf32>
  return
}

// -----

func.func @tensor_scatter_c3(%a: tensor<2x8x4xf32>, %b: tensor<2x1x4xf32>, %c: tensor<3xi64>) {
  // expected-error@below {{'dsc.tensor_scatter' op expected 2 elements in 'write_indices', but got 3}}
  %x = dsc.tensor_scatter %a, %b, %c {axis = 1 : i64} : (tensor<2x8x4xf32>, tensor<2x1x4xf32>, tensor<3xi64>) -> tensor<2x8x4xf32>
  return
}

// -----

func.func @tensor_scatter_c4(%a: tensor<2x8x4xf32>, %b: tensor<2x1x4xf16>) {
  // expected-error@below {{'dsc.tensor_scatter' op expected element type 'f32' of 'update', but got 'f16'}}
  %x = dsc.tensor_scatter %a, %b {axis = 1 : i64} : (tensor<2x8x4xf32>, tensor<2x1x4xf16>) -> tensor<2x8x4xf32>
  return
}
