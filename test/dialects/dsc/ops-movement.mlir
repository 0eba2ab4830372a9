// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Round trips of ops that move elements.
// RUN: dsc-opt %s | dsc-opt | FileCheck %s

// CHECK-LABEL: func.func @ops
func.func @ops(%x: tensor<4x8xf32>, %y: tensor<1x1x2x2xf32>, %z: tensor<1x4x2x2xf32>, %f: tensor<f32>, %one: tensor<1xi64>,
                %two: tensor<2xi64>, %g: tensor<4x2xi64>, %h: tensor<4x1xi64>, %u: tensor<4x2xf32>, %v: tensor<4xf32>,
                %p: tensor<2xf32>) {
  // CHECK: dsc.reshape %{{.*}}, %{{.*}} {allowzero = true} : (tensor<4x8xf32>, tensor<2xi64>) -> tensor<8x4xf32>
  %0 = dsc.reshape %x, %two {allowzero = true} : (tensor<4x8xf32>, tensor<2xi64>) -> tensor<8x4xf32>
  // CHECK: dsc.reshape %{{.*}} : (tensor<4x8xf32>) -> tensor<32xf32>
  %1 = dsc.reshape %x : (tensor<4x8xf32>) -> tensor<32xf32>
  // CHECK: dsc.squeeze %{{.*}} {axes = array<i64: 0, 1>} : (tensor<1x1x2x2xf32>) -> tensor<2x2xf32>
  %2 = dsc.squeeze %y {axes = array<i64: 0, 1>} : (tensor<1x1x2x2xf32>) -> tensor<2x2xf32>
  // CHECK: dsc.unsqueeze %{{.*}} {axes = array<i64: 0, 2>} : (tensor<4x8xf32>) -> tensor<1x4x1x8xf32>
  %3 = dsc.unsqueeze %x {axes = array<i64: 0, 2>} : (tensor<4x8xf32>) -> tensor<1x4x1x8xf32>
  // CHECK: dsc.transpose %{{.*}} {permutation = array<i64: 1, 0>} : (tensor<4x8xf32>) -> tensor<8x4xf32>
  %4 = dsc.transpose %x {permutation = array<i64: 1, 0>} : (tensor<4x8xf32>) -> tensor<8x4xf32>
  // CHECK: dsc.expand %{{.*}}, %{{.*}} : (tensor<1x1x2x2xf32>, tensor<2xi64>) -> tensor<1x1x2x2xf32>
  %5 = dsc.expand %y, %two : (tensor<1x1x2x2xf32>, tensor<2xi64>) -> tensor<1x1x2x2xf32>
  // CHECK: dsc.concat %{{.*}}, %{{.*}} {axis = 1 : i64} : (tensor<4x8xf32>, tensor<4x8xf32>) -> tensor<4x16xf32>
  %6 = dsc.concat %x, %x {axis = 1 : i64} : (tensor<4x8xf32>, tensor<4x8xf32>) -> tensor<4x16xf32>
  // CHECK: dsc.slice %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} {axes = array<i64: 1>} : (tensor<4x8xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<4x3xf32>
  %7 = dsc.slice %x, %one, %one, %one {axes = array<i64: 1>} : (tensor<4x8xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<4x3xf32>
  // CHECK: dsc.pad %{{.*}}, %{{.*}}, %{{.*}} {axes = array<i64: 1>} : (tensor<4x8xf32>, tensor<2xi64>, tensor<f32>) -> tensor<4x10xf32>
  %8 = dsc.pad %x, %two, %f {axes = array<i64: 1>} : (tensor<4x8xf32>, tensor<2xi64>, tensor<f32>) -> tensor<4x10xf32>
  // CHECK: dsc.pad %{{.*}}, %{{.*}} {axes = array<i64: 1>, mode = #dsc.pad_mode<reflect>} : (tensor<4x8xf32>, tensor<2xi64>) -> tensor<4x10xf32>
  %9 = dsc.pad %x, %two {axes = array<i64: 1>, mode = #dsc.pad_mode<reflect>} : (tensor<4x8xf32>, tensor<2xi64>) -> tensor<4x10xf32>
  // CHECK: dsc.tile %{{.*}}, %{{.*}} : (tensor<4x8xf32>, tensor<2xi64>) -> tensor<8x8xf32>
  %10 = dsc.tile %x, %two : (tensor<4x8xf32>, tensor<2xi64>) -> tensor<8x8xf32>
  // CHECK: dsc.trilu %{{.*}}, %{{.*}} {upper = false} : (tensor<4x8xf32>, tensor<1xi64>) -> tensor<4x8xf32>
  %11 = dsc.trilu %x, %one {upper = false} : (tensor<4x8xf32>, tensor<1xi64>) -> tensor<4x8xf32>
  // CHECK: dsc.depth_to_space %{{.*}} {block = 2 : i64, mode = #dsc.depth_to_space_mode<crd>} : (tensor<1x4x2x2xf32>) -> tensor<1x1x4x4xf32>
  %12 = dsc.depth_to_space %z {block = 2 : i64, mode = #dsc.depth_to_space_mode<crd>} : (tensor<1x4x2x2xf32>) -> tensor<1x1x4x4xf32>
  // CHECK: dsc.space_to_depth %{{.*}} {block = 2 : i64} : (tensor<1x1x2x2xf32>) -> tensor<1x4x1x1xf32>
  %13 = dsc.space_to_depth %y {block = 2 : i64} : (tensor<1x1x2x2xf32>) -> tensor<1x4x1x1xf32>
  // CHECK: dsc.gather %{{.*}}, %{{.*}} {axis = 1 : i64} : (tensor<4x8xf32>, tensor<2xi64>) -> tensor<4x2xf32>
  %14 = dsc.gather %x, %two {axis = 1 : i64} : (tensor<4x8xf32>, tensor<2xi64>) -> tensor<4x2xf32>
  // CHECK: dsc.gather_elements %{{.*}}, %{{.*}} {axis = 1 : i64} : (tensor<4x8xf32>, tensor<4x2xi64>) -> tensor<4x2xf32>
  %15 = dsc.gather_elements %x, %g {axis = 1 : i64} : (tensor<4x8xf32>, tensor<4x2xi64>) -> tensor<4x2xf32>
  // CHECK: dsc.gather_nd %{{.*}}, %{{.*}} {batch_dims = 1 : i64} : (tensor<4x8xf32>, tensor<4x1xi64>) -> tensor<4xf32>
  %16 = dsc.gather_nd %x, %h {batch_dims = 1 : i64} : (tensor<4x8xf32>, tensor<4x1xi64>) -> tensor<4xf32>
  // CHECK: dsc.scatter_elements %{{.*}}, %{{.*}}, %{{.*}} {axis = 1 : i64, reduction = #dsc.scatter_reduction<add>} : (tensor<4x8xf32>, tensor<4x2xi64>, tensor<4x2xf32>) -> tensor<4x8xf32>
  %17 = dsc.scatter_elements %x, %g, %u {axis = 1 : i64, reduction = #dsc.scatter_reduction<add>} : (tensor<4x8xf32>, tensor<4x2xi64>, tensor<4x2xf32>) -> tensor<4x8xf32>
  // CHECK: dsc.scatter_nd %{{.*}}, %{{.*}}, %{{.*}} {reduction = #dsc.scatter_reduction<max>} : (tensor<4x8xf32>, tensor<4x2xi64>, tensor<4xf32>) -> tensor<4x8xf32>
  %18 = dsc.scatter_nd %x, %g, %v {reduction = #dsc.scatter_reduction<max>} : (tensor<4x8xf32>, tensor<4x2xi64>, tensor<4xf32>) -> tensor<4x8xf32>
  // CHECK: dsc.tensor_scatter %{{.*}}, %{{.*}} {axis = 1 : i64, mode = #dsc.cache_mode<circular>} : (tensor<4x8xf32>, tensor<4x2xf32>) -> tensor<4x8xf32>
  %19 = dsc.tensor_scatter %x, %u {axis = 1 : i64, mode = #dsc.cache_mode<circular>} : (tensor<4x8xf32>, tensor<4x2xf32>) -> tensor<4x8xf32>
  // CHECK: dsc.one_hot %{{.*}}, %{{.*}}, %{{.*}} {axis = 0 : i64} : (tensor<2xi64>, tensor<1xi64>, tensor<2xf32>) -> tensor<5x2xf32>
  %20 = dsc.one_hot %two, %one, %p {axis = 0 : i64} : (tensor<2xi64>, tensor<1xi64>, tensor<2xf32>) -> tensor<5x2xf32>
  // CHECK: dsc.shape %{{.*}} {end = 2 : i64, start = 1 : i64} : (tensor<4x8xf32>) -> tensor<1xi64>
  %21 = dsc.shape %x {end = 2 : i64, start = 1 : i64} : (tensor<4x8xf32>) -> tensor<1xi64>
  // CHECK: dsc.constant_of_shape %{{.*}} {value = dense<1> : tensor<1xi64>} : (tensor<2xi64>) -> tensor<3x4xi64>
  %22 = dsc.constant_of_shape %two {value = dense<1> : tensor<1xi64>} : (tensor<2xi64>) -> tensor<3x4xi64>
  // CHECK: dsc.range %{{.*}}, %{{.*}}, %{{.*}} : (tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<7xi64>
  %23 = dsc.range %one, %one, %one : (tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<7xi64>
  return
}
