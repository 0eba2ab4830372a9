// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Local rewrites that change no bit of a result, and near misses that must stay.
// RUN: dsc-opt %s -canonicalize | FileCheck %s

// CHECK-LABEL: func.func @transpose_identity(
// CHECK-NEXT: return %arg0
func.func @transpose_identity(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %y = dsc.transpose %x {permutation = array<i64: 0, 1>} : (tensor<4x8xf32>) -> tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @transpose_of_transpose(
// CHECK-NEXT: %[[Y:.*]] = dsc.transpose %arg0 {permutation = array<i64: 1, 2, 0>} : (tensor<2x3x4xf32>) -> tensor<3x4x2xf32>
// CHECK-NEXT: return %[[Y]]
func.func @transpose_of_transpose(%x: tensor<2x3x4xf32>) -> tensor<3x4x2xf32> {
  %y = dsc.transpose %x {permutation = array<i64: 2, 1, 0>} : (tensor<2x3x4xf32>) -> tensor<4x3x2xf32>
  %z = dsc.transpose %y {permutation = array<i64: 1, 0, 2>} : (tensor<4x3x2xf32>) -> tensor<3x4x2xf32>
  return %z : tensor<3x4x2xf32>
}

// CHECK-LABEL: func.func @transpose_inverse(
// CHECK-NEXT: return %arg0
func.func @transpose_inverse(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %y = dsc.transpose %x {permutation = array<i64: 1, 0>} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %z = dsc.transpose %y {permutation = array<i64: 1, 0>} : (tensor<3x2xf32>) -> tensor<2x3xf32>
  return %z : tensor<2x3xf32>
}

// CHECK-LABEL: func.func @reshape_of_view(
// CHECK-NEXT: %[[Y:.*]] = dsc.reshape %arg0 : (tensor<4x8xf32>) -> tensor<8x4xf32>
// CHECK-NEXT: return %[[Y]]
func.func @reshape_of_view(%x: tensor<4x8xf32>, %s: tensor<1xi64>) -> tensor<8x4xf32> {
  %y = dsc.reshape %x, %s : (tensor<4x8xf32>, tensor<1xi64>) -> tensor<32xf32>
  %u = dsc.unsqueeze %y {axes = array<i64: 0>} : (tensor<32xf32>) -> tensor<1x32xf32>
  %z = dsc.reshape %u : (tensor<1x32xf32>) -> tensor<8x4xf32>
  return %z : tensor<8x4xf32>
}

// CHECK-LABEL: func.func @reshape_of_unknown_size_keeps_shape(
// CHECK: dsc.reshape %arg0, %arg1
func.func @reshape_of_unknown_size_keeps_shape(%x: tensor<?xf32>, %s: tensor<1xi64>) -> tensor<?xf32> {
  %y = dsc.reshape %x, %s : (tensor<?xf32>, tensor<1xi64>) -> tensor<?xf32>
  return %y : tensor<?xf32>
}

// CHECK-LABEL: func.func @same_type(
// CHECK-NEXT: return %arg0
func.func @same_type(%x: tensor<4xf32>) -> tensor<4xf32> {
  %a = dsc.cast %x {to = f32} : (tensor<4xf32>) -> tensor<4xf32>
  %b = dsc.reshape %a : (tensor<4xf32>) -> tensor<4xf32>
  %c = dsc.expand %b : (tensor<4xf32>) -> tensor<4xf32>
  %d = dsc.concat %c {axis = 0 : i64} : (tensor<4xf32>) -> tensor<4xf32>
  %e = dsc.reduce %d {kind = #dsc.reduce_kind<sum>, axes = array<i64>} : (tensor<4xf32>) -> tensor<4xf32>
  %f = dsc.squeeze %e {axes = array<i64>} : (tensor<4xf32>) -> tensor<4xf32>
  %g = dsc.unsqueeze %f {axes = array<i64>} : (tensor<4xf32>) -> tensor<4xf32>
  return %g : tensor<4xf32>
}

// CHECK-LABEL: func.func @neutral_elements(
// CHECK-NEXT: return %arg0, %arg1
func.func @neutral_elements(%x: tensor<4xf32>, %i: tensor<4xi64>) -> (tensor<4xf32>, tensor<4xi64>) {
  %one = dsc.constant dense<1.0> : tensor<f32>
  %zero = dsc.constant dense<0> : tensor<4xi64>
  %a = dsc.mul %one, %x : (tensor<f32>, tensor<4xf32>) -> tensor<4xf32>
  %b = dsc.div %a, %one : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %c = dsc.add %zero, %i : (tensor<4xi64>, tensor<4xi64>) -> tensor<4xi64>
  %d = dsc.sub %c, %zero : (tensor<4xi64>, tensor<4xi64>) -> tensor<4xi64>
  return %b, %d : tensor<4xf32>, tensor<4xi64>
}

// The sum of -0.0 and 0.0 is 0.0.
// CHECK-LABEL: func.func @float_zero_is_not_neutral(
// CHECK: dsc.add
func.func @float_zero_is_not_neutral(%x: tensor<4xf32>) -> tensor<4xf32> {
  %zero = dsc.constant dense<0.0> : tensor<f32>
  %a = dsc.add %x, %zero : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  return %a : tensor<4xf32>
}

// CHECK-LABEL: func.func @one_that_broadcasts_stays(
// CHECK: dsc.mul
func.func @one_that_broadcasts_stays(%x: tensor<4xf32>) -> tensor<2x4xf32> {
  %one = dsc.constant dense<1.0> : tensor<2x1xf32>
  %a = dsc.mul %x, %one : (tensor<4xf32>, tensor<2x1xf32>) -> tensor<2x4xf32>
  return %a : tensor<2x4xf32>
}

// CHECK-LABEL: func.func @where_of_one_value(
// CHECK-NEXT: return %arg1
func.func @where_of_one_value(%c: tensor<4xi1>, %x: tensor<4xf32>) -> tensor<4xf32> {
  %y = dsc.where %c, %x, %x : (tensor<4xi1>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// CHECK-LABEL: func.func @constant_sizes(
// CHECK-NEXT: %[[C:.*]] = dsc.constant dense<[4, 8]> : tensor<2xi64>
func.func @constant_sizes() -> tensor<2xi64> {
  %s = dsc.dim_values <() -> (4, 8)> : tensor<2xi64>
  return %s : tensor<2xi64>
}
