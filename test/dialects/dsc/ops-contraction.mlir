// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Round trips of contractions.
// RUN: dsc-opt %s | dsc-opt | FileCheck %s

// CHECK-LABEL: func.func @ops
func.func @ops(%x: tensor<2x4x8xf32>, %w: tensor<8x6xf32>, %v: tensor<8xf32>, %p: tensor<1x8x32xf32>, %i: tensor<1x3x8x8xf32>,
                %h: tensor<1x8x8x3xf32>, %k: tensor<4x3x3x3xf32>, %d: tensor<3x1x3x3xf32>, %b: tensor<4xf32>,
                %t: tensor<3x5x2x2xf32>, %q: tensor<1x4x5x8xf32>, %e: tensor<1x2x6x8xf32>, %m: tensor<5x6xi1>) {
  // CHECK: dsc.matmul %{{.*}}, %{{.*}} : (tensor<2x4x8xf32>, tensor<8x6xf32>) -> tensor<2x4x6xf32>
  %0 = dsc.matmul %x, %w : (tensor<2x4x8xf32>, tensor<8x6xf32>) -> tensor<2x4x6xf32>
  // CHECK: dsc.matmul %{{.*}}, %{{.*}} {transpose_lhs} : (tensor<2x4x8xf32>, tensor<2x4x8xf32>) -> tensor<2x8x8xf32>
  %1 = dsc.matmul %x, %x {transpose_lhs} : (tensor<2x4x8xf32>, tensor<2x4x8xf32>) -> tensor<2x8x8xf32>
  // CHECK: dsc.matmul %{{.*}}, %{{.*}} {transpose_rhs} : (tensor<2x4x8xf32>, tensor<2x4x8xf32>) -> tensor<2x4x4xf32>
  %2 = dsc.matmul %x, %x {transpose_rhs} : (tensor<2x4x8xf32>, tensor<2x4x8xf32>) -> tensor<2x4x4xf32>
  // CHECK: dsc.matmul %{{.*}}, %{{.*}} : (tensor<2x4x8xf32>, tensor<8xf32>) -> tensor<2x4xf32>
  %3 = dsc.matmul %x, %v : (tensor<2x4x8xf32>, tensor<8xf32>) -> tensor<2x4xf32>
  // CHECK: dsc.matmul %{{.*}}, %{{.*}} : (tensor<8xf32>, tensor<8x6xf32>) -> tensor<6xf32>
  %4 = dsc.matmul %v, %w : (tensor<8xf32>, tensor<8x6xf32>) -> tensor<6xf32>
  // CHECK: dsc.matmul %{{.*}}, %{{.*}} {rhs_packing = #dsc.panels<kind = gemm, n = 6, k = 8>} : (tensor<2x4x8xf32>, tensor<1x8x32xf32>) -> tensor<2x4x6xf32>
  %5 = dsc.matmul %x, %p {rhs_packing = #dsc.panels<kind = gemm, n = 6, k = 8>} : (tensor<2x4x8xf32>, tensor<1x8x32xf32>) -> tensor<2x4x6xf32>
  // CHECK: dsc.conv %{{.*}}, %{{.*}}, %{{.*}} {dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, strides = array<i64: 2, 2>} : (tensor<1x3x8x8xf32>, tensor<4x3x3x3xf32>, tensor<4xf32>) -> tensor<1x4x4x4xf32>
  %6 = dsc.conv %i, %k, %b {dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, strides = array<i64: 2, 2>} : (tensor<1x3x8x8xf32>, tensor<4x3x3x3xf32>, tensor<4xf32>) -> tensor<1x4x4x4xf32>
  // CHECK: dsc.conv %{{.*}}, %{{.*}} {dilations = array<i64: 1, 2>, layout = #dsc.layout<nhwc>, pads = array<i64: 0, 1, 2, 3>, strides = array<i64: 1, 1>} : (tensor<1x8x8x3xf32>, tensor<4x3x3x3xf32>) -> tensor<1x8x8x4xf32>
  %7 = dsc.conv %h, %k {dilations = array<i64: 1, 2>, layout = #dsc.layout<nhwc>, pads = array<i64: 0, 1, 2, 3>, strides = array<i64: 1, 1>} : (tensor<1x8x8x3xf32>, tensor<4x3x3x3xf32>) -> tensor<1x8x8x4xf32>
  // CHECK: dsc.conv %{{.*}}, %{{.*}} {dilations = array<i64: 1, 1>, group = 3 : i64, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>} : (tensor<1x3x8x8xf32>, tensor<3x1x3x3xf32>) -> tensor<1x3x6x6xf32>
  %8 = dsc.conv %i, %d {dilations = array<i64: 1, 1>, group = 3 : i64, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>} : (tensor<1x3x8x8xf32>, tensor<3x1x3x3xf32>) -> tensor<1x3x6x6xf32>
  // CHECK: dsc.conv_transpose %{{.*}}, %{{.*}} {dilations = array<i64: 1, 1>, output_padding = array<i64: 1, 0>, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 2>} : (tensor<1x3x8x8xf32>, tensor<3x5x2x2xf32>) -> tensor<1x5x17x16xf32>
  %9 = dsc.conv_transpose %i, %t {dilations = array<i64: 1, 1>, output_padding = array<i64: 1, 0>, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 2>} : (tensor<1x3x8x8xf32>, tensor<3x5x2x2xf32>) -> tensor<1x5x17x16xf32>
  // CHECK: dsc.attention %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} {causal, scale = 1.250000e-01 : f32, softcap = 3.000000e+01 : f32} : (tensor<1x4x5x8xf32>, tensor<1x2x6x8xf32>, tensor<1x2x6x8xf32>, tensor<5x6xi1>) -> tensor<1x4x5x8xf32>
  %10 = dsc.attention %q, %e, %e, %m {causal, scale = 1.250000e-01 : f32, softcap = 3.000000e+01 : f32} : (tensor<1x4x5x8xf32>, tensor<1x2x6x8xf32>, tensor<1x2x6x8xf32>, tensor<5x6xi1>) -> tensor<1x4x5x8xf32>
  // CHECK: dsc.attention %{{.*}}, %{{.*}}, %{{.*}} {layout = #dsc.heads<bshd>, scale = 1.000000e+00 : f32} : (tensor<1x4x5x8xf32>, tensor<1x4x5x8xf32>, tensor<1x4x5x8xf32>) -> tensor<1x4x5x8xf32>
  %11 = dsc.attention %q, %q, %q {layout = #dsc.heads<bshd>, scale = 1.000000e+00 : f32} : (tensor<1x4x5x8xf32>, tensor<1x4x5x8xf32>, tensor<1x4x5x8xf32>) -> tensor<1x4x5x8xf32>
  return
}
