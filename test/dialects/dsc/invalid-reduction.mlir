// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Constraints of reductions and norms, one function per label.
// RUN: dsc-opt %s -split-input-file -verify-diagnostics

func.func @reduce_c1(%a: tensor<4x8xf32>) {
  // expected-error@below {{'dsc.reduce' op expected an axis in [0, 2), but got 2}}
  %x = dsc.reduce %a {kind = #dsc.reduce_kind<sum>, axes = array<i64: 2>} : (tensor<4x8xf32>) -> tensor<4x8xf32>
  return
}

// -----

func.func @reduce_c1_order(%a: tensor<4x8xf32>) {
  // expected-error@below {{'dsc.reduce' op expected increasing axes, but got 0 behind 1}}
  %x = dsc.reduce %a {kind = #dsc.reduce_kind<sum>, axes = array<i64: 1, 0>} : (tensor<4x8xf32>) -> tensor<1x1xf32>
  return
}

// -----

func.func @reduce_c2(%a: tensor<4x8xf32>) {
  // expected-error@below {{'dsc.reduce' op expected element type 'f32' of result #0, but got 'f64'}}
  %x = dsc.reduce %a {kind = #dsc.reduce_kind<sum>, axes = array<i64: 1>} : (tensor<4x8xf32>) -> tensor<4x1xf64>
  return
}

// -----

func.func @reduce_c3(%a: tensor<4x8xf32>) {
  // expected-error@below {{'dsc.reduce' op expected sizes [4] of result #0, but got [4, 1]}}
  %x = dsc.reduce %a {kind = #dsc.reduce_kind<sum>, axes = array<i64: 1>, keepdims = false} : (tensor<4x8xf32>) -> tensor<4x1xf32>
  return
}

// -----

func.func @reduce_c4(%a: tensor<4x8xi1>) {
  // expected-error@below {{'dsc.reduce' op expected 'max' or 'min' of i1, but got 'mean'}}
  %x = dsc.reduce %a {kind = #dsc.reduce_kind<mean>, axes = array<i64: 1>} : (tensor<4x8xi1>) -> tensor<4x1xi1>
  return
}

// -----

func.func @arg_reduce_c1(%a: tensor<4x8xf32>) {
  // expected-error@below {{'dsc.arg_reduce' op expected an axis in [0, 2), but got -1}}
  %x = dsc.arg_reduce %a {kind = #dsc.reduce_kind<max>, axis = -1 : i64} : (tensor<4x8xf32>) -> tensor<4x1xi64>
  return
}

// -----

func.func @arg_reduce_c2(%a: tensor<4x8xf32>) {
  // expected-error@below {{'dsc.arg_reduce' op expected the position of 'max' or 'min', but got 'sum'}}
  %x = dsc.arg_reduce %a {kind = #dsc.reduce_kind<sum>, axis = 1 : i64} : (tensor<4x8xf32>) -> tensor<4x1xi64>
  return
}

// -----

func.func @arg_reduce_c3(%a: tensor<4x8xf32>) {
  // expected-error@below {{'dsc.arg_reduce' op expected sizes [4, 1] of result #0, but got [4]}}
  %x = dsc.arg_reduce %a {kind = #dsc.reduce_kind<max>, axis = 1 : i64} : (tensor<4x8xf32>) -> tensor<4xi64>
  return
}

// -----

func.func @softmax_c1(%a: tensor<4x8xf32>) {
  // expected-error@below {{'dsc.softmax' op expected an axis in [0, 2), but got 2}}
  %x = dsc.softmax %a {axis = 2 : i64} : tensor<4x8xf32>
  return
}

// -----

func.func @cumsum_c1(%a: tensor<4xf32>) {
  // expected-error@below {{'dsc.cumsum' op expected an axis in [0, 1), but got 1}}
  %x = dsc.cumsum %a {axis = 1 : i64} : tensor<4xf32>
  return
}

// -----

func.func @layer_norm_c1(%a: tensor<4x8xf32>, %b: tensor<8xf32>) {
  // expected-error@below {{'dsc.layer_norm' op expected an axis in [0, 2), but got 2}}
  %x = dsc.layer_norm %a, %b {axis = 2 : i64, epsilon = 1.0e-5 : f32} : (tensor<4x8xf32>, tensor<8xf32>) -> tensor<4x8xf32>
  return
}

// -----

func.func @layer_norm_c2(%a: tensor<4x8xf32>, %b: tensor<8xf32>, %c: tensor<4xf32>) {
  // expected-error@below {{'dsc.layer_norm' op expected 'bias' to broadcast to [4, 8], but got [4]}}
  %x = dsc.layer_norm %a, %b, %c {axis = 1 : i64, epsilon = 1.0e-5 : f32} : (tensor<4x8xf32>, tensor<8xf32>, tensor<4xf32>) -> tensor<4x8xf32>
  return
}

// -----

func.func @layer_norm_c3(%a: tensor<4x8xf32>, %b: tensor<8xf16>) {
  // expected-error@below {{'dsc.layer_norm' op expected element type 'f32' of 'scale', but got 'f16'}}
  %x = dsc.layer_norm %a, %b {axis = 1 : i64, epsilon = 1.0e-5 : f32} : (tensor<4x8xf32>, tensor<8xf16>) -> tensor<4x8xf32>
  return
}

// -----

func.func @layer_norm_c4(%a: tensor<4x8xf32>, %b: tensor<8xf32>) {
  // expected-error@below {{'dsc.layer_norm' op expected sizes [4, 8] of result #0, but got [4, 9]}}
  %x = dsc.layer_norm %a, %b {axis = 1 : i64, epsilon = 1.0e-5 : f32} : (tensor<4x8xf32>, tensor<8xf32>) -> tensor<4x9xf32>
  return
}

// -----

func.func @rms_norm_c1(%a: tensor<4x8xf32>, %b: tensor<8xf32>) {
  // expected-error@below {{'dsc.rms_norm' op expected an axis in [0, 2), but got 2}}
  %x = dsc.rms_norm %a, %b {axis = 2 : i64, epsilon = 1.0e-5 : f32} : (tensor<4x8xf32>, tensor<8xf32>) -> tensor<4x8xf32>
  return
}

// -----

func.func @rms_norm_c2(%a: tensor<1x8xf32>, %b: tensor<4x8xf32>) {
  // expected-error@below {{'dsc.rms_norm' op expected 'scale' to broadcast to [1, 8], but got [4, 8]}}
  %x = dsc.rms_norm %a, %b {axis = 1 : i64, epsilon = 1.0e-5 : f32} : (tensor<1x8xf32>, tensor<4x8xf32>) -> tensor<1x8xf32>
  return
}

// -----

func.func @rms_norm_c3(%a: tensor<4x8xf32>, %b: tensor<8xf16>) {
  // expected-error@below {{'dsc.rms_norm' op expected element type 'f32' of 'scale', but got 'f16'}}
  %x = dsc.rms_norm %a, %b {axis = 1 : i64, epsilon = 1.0e-5 : f32} : (tensor<4x8xf32>, tensor<8xf16>) -> tensor<4x8xf32>
  return
}

// -----

func.func @rms_norm_c4(%a: tensor<4x8xf32>, %b: tensor<8xf32>) {
  // expected-error@below {{'dsc.rms_norm' op expected element type 'f32' of result #0, but got 'f16'}}
  %x = dsc.rms_norm %a, %b {axis = 1 : i64, epsilon = 1.0e-5 : f32} : (tensor<4x8xf32>, tensor<8xf32>) -> tensor<4x8xf16>
  return
}

// -----

func.func @group_norm_c1(%a: tensor<4xf32>, %b: tensor<4xf32>, %c: tensor<4xf32>) {
  // expected-error@below {{'dsc.group_norm' op expected 'input' of rank 2 or more, but got rank 1}}
  %x = dsc.group_norm %a, %b, %c {groups = 2 : i64, epsilon = 1.0e-5 : f32} : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @group_norm_c2(%a: tensor<1x3x8xf32>, %b: tensor<3xf32>, %c: tensor<3xf32>) {
  // expected-error@below {{'dsc.group_norm' op expected channels divisible by 2, but got 3}}
  %x = dsc.group_norm %a, %b, %c {groups = 2 : i64, epsilon = 1.0e-5 : f32} : (tensor<1x3x8xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<1x3x8xf32>
  return
}

// -----

func.func @group_norm_c2_groups(%a: tensor<1x3x8xf32>, %b: tensor<3xf32>, %c: tensor<3xf32>) {
  // expected-error@below {{'dsc.group_norm' op expected 'groups' of at least 1, but got 0}}
  %x = dsc.group_norm %a, %b, %c {groups = 0 : i64, epsilon = 1.0e-5 : f32} : (tensor<1x3x8xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<1x3x8xf32>
  return
}

// -----

func.func @group_norm_c3(%a: tensor<1x4x8xf32>, %b: tensor<4xf32>, %c: tensor<2xf32>) {
  // expected-error@below {{'dsc.group_norm' op expected 4 elements in 'bias', but got 2}}
  %x = dsc.group_norm %a, %b, %c {groups = 2 : i64, epsilon = 1.0e-5 : f32} : (tensor<1x4x8xf32>, tensor<4xf32>, tensor<2xf32>) -> tensor<1x4x8xf32>
  return
}

// -----

func.func @group_norm_c4(%a: tensor<1x4x8xf32>, %b: tensor<4xf64>, %c: tensor<4xf32>) {
  // expected-error@below {{'dsc.group_norm' op expected element type 'f32' of 'scale', but got 'f64'}}
  %x = dsc.group_norm %a, %b, %c {groups = 2 : i64, epsilon = 1.0e-5 : f32} : (tensor<1x4x8xf32>, tensor<4xf64>, tensor<4xf32>) -> tensor<1x4x8xf32>
  return
}

// -----

func.func @group_norm_c5(%a: tensor<1x4x8xf32>, %b: tensor<4xf32>, %c: tensor<4xf32>) {
  // expected-error@below {{'dsc.group_norm' op expected sizes [1, 4, 8] of result #0, but got [1, 4, 9]}}
  %x = dsc.group_norm %a, %b, %c {groups = 2 : i64, epsilon = 1.0e-5 : f32} : (tensor<1x4x8xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<1x4x9xf32>
  return
}

// -----

func.func @batch_norm_c1(%a: tensor<4xf32>, %b: tensor<4xf32>, %c: tensor<4xf32>, %d: tensor<4xf32>, %e: tensor<4xf32>) {
  // expected-error@below {{'dsc.batch_norm' op expected 'input' of rank 2 or more, but got rank 1}}
  %x = dsc.batch_norm %a, %b, %c, %d, %e {epsilon = 1.0e-5 : f32, layout = #dsc.layout<nhwc>} : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @batch_norm_c2(%a: tensor<1x4x8xf32>, %b: tensor<3xf32>, %c: tensor<4xf32>, %d: tensor<4xf32>, %e: tensor<4xf32>) {
  // expected-error@below {{'dsc.batch_norm' op expected 4 elements in 'scale', but got 3}}
  %x = dsc.batch_norm %a, %b, %c, %d, %e {epsilon = 1.0e-5 : f32} : (tensor<1x4x8xf32>, tensor<3xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<1x4x8xf32>
  return
}

// -----

func.func @batch_norm_c3(%a: tensor<1x4x8xf32>, %b: tensor<4xf32>, %c: tensor<4xf32>, %d: tensor<4xf32>, %e: tensor<4xf32>) {
  // expected-error@below {{'dsc.batch_norm' op expected sizes [1, 4, 8] of result #0, but got [1, 4, 9]}}
  %x = dsc.batch_norm %a, %b, %c, %d, %e {epsilon = 1.0e-5 : f32} : (tensor<1x4x8xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<1x4x9xf32>
  return
}

// -----

func.func @lrn_c1(%a: tensor<8x4xf32>) {
  // expected-error@below {{'dsc.lrn' op expected 'input' of rank 3 or more, but got rank 2}}
  %x = dsc.lrn %a {size = 5 : i64} : (tensor<8x4xf32>) -> tensor<8x4xf32>
  return
}

// -----

func.func @lrn_c2(%a: tensor<1x8x4xf32>) {
  // expected-error@below {{'dsc.lrn' op expected 'size' of at least 1, but got 0}}
  %x = dsc.lrn %a {size = 0 : i64} : (tensor<1x8x4xf32>) -> tensor<1x8x4xf32>
  return
}

// -----

func.func @lrn_c3(%a: tensor<1x8x4xf32>) {
  // expected-error@below {{'dsc.lrn' op expected sizes [1, 8, 4] of result #0, but got [1, 8, 5]}}
  %x = dsc.lrn %a {size = 1 : i64} : (tensor<1x8x4xf32>) -> tensor<1x8x5xf32>
  return
}
