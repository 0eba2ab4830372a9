// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Round trips of reductions, norms, pools, top_k and resize.
// RUN: dsc-opt %s | dsc-opt | FileCheck %s

// CHECK-LABEL: func.func @ops
func.func @ops(%x: tensor<2x4x8xf32>, %v: tensor<8xf32>, %c: tensor<4xf32>, %k: tensor<1xi64>, %s: tensor<1xf32>, %r: tensor<2xf32>) {
  // CHECK: dsc.reduce %{{.*}} {axes = array<i64: 1>, keepdims = false, kind = #dsc.reduce_kind<mean>} : (tensor<2x4x8xf32>) -> tensor<2x8xf32>
  %0 = dsc.reduce %x {axes = array<i64: 1>, keepdims = false, kind = #dsc.reduce_kind<mean>} : (tensor<2x4x8xf32>) -> tensor<2x8xf32>
  // CHECK: dsc.reduce %{{.*}} {axes = array<i64>, kind = #dsc.reduce_kind<prod>} : (tensor<2x4x8xf32>) -> tensor<2x4x8xf32>
  %1 = dsc.reduce %x {axes = array<i64>, kind = #dsc.reduce_kind<prod>} : (tensor<2x4x8xf32>) -> tensor<2x4x8xf32>
  // CHECK: dsc.arg_reduce %{{.*}} {axis = 2 : i64, kind = #dsc.reduce_kind<min>, select_last = true} : (tensor<2x4x8xf32>) -> tensor<2x4x1xi64>
  %2 = dsc.arg_reduce %x {axis = 2 : i64, kind = #dsc.reduce_kind<min>, select_last = true} : (tensor<2x4x8xf32>) -> tensor<2x4x1xi64>
  // CHECK: dsc.softmax %{{.*}} {axis = 2 : i64, log = true} : tensor<2x4x8xf32>
  %3 = dsc.softmax %x {axis = 2 : i64, log = true} : tensor<2x4x8xf32>
  // CHECK: dsc.cumsum %{{.*}} {axis = 1 : i64, exclusive = true, reverse = true} : tensor<2x4x8xf32>
  %4 = dsc.cumsum %x {axis = 1 : i64, exclusive = true, reverse = true} : tensor<2x4x8xf32>
  // CHECK: dsc.layer_norm %{{.*}}, %{{.*}}, %{{.*}} {axis = 2 : i64, epsilon = 9.99999974E-6 : f32} : (tensor<2x4x8xf32>, tensor<8xf32>, tensor<8xf32>) -> tensor<2x4x8xf32>
  %5 = dsc.layer_norm %x, %v, %v {axis = 2 : i64, epsilon = 9.99999974E-6 : f32} : (tensor<2x4x8xf32>, tensor<8xf32>, tensor<8xf32>) -> tensor<2x4x8xf32>
  // CHECK: dsc.rms_norm %{{.*}}, %{{.*}} {axis = 2 : i64, epsilon = 9.99999974E-6 : f32} : (tensor<2x4x8xf32>, tensor<8xf32>) -> tensor<2x4x8xf32>
  %6 = dsc.rms_norm %x, %v {axis = 2 : i64, epsilon = 9.99999974E-6 : f32} : (tensor<2x4x8xf32>, tensor<8xf32>) -> tensor<2x4x8xf32>
  // CHECK: dsc.group_norm %{{.*}}, %{{.*}}, %{{.*}} {epsilon = 9.99999974E-6 : f32, groups = 2 : i64} : (tensor<2x4x8xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<2x4x8xf32>
  %7 = dsc.group_norm %x, %c, %c {epsilon = 9.99999974E-6 : f32, groups = 2 : i64} : (tensor<2x4x8xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<2x4x8xf32>
  // CHECK: dsc.batch_norm %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} {epsilon = 9.99999974E-6 : f32} : (tensor<2x4x8xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<2x4x8xf32>
  %8 = dsc.batch_norm %x, %c, %c, %c, %c {epsilon = 9.99999974E-6 : f32} : (tensor<2x4x8xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<2x4x8xf32>
  // CHECK: dsc.lrn %{{.*}} {alpha = 1.000000e-03 : f32, size = 3 : i64} : (tensor<2x4x8xf32>) -> tensor<2x4x8xf32>
  %9 = dsc.lrn %x {alpha = 1.000000e-03 : f32, size = 3 : i64} : (tensor<2x4x8xf32>) -> tensor<2x4x8xf32>
  // CHECK: dsc.max_pool %{{.*}} {dilations = array<i64: 1>, kernel = array<i64: 2>, pads = array<i64: 0, 1>, strides = array<i64: 2>} : (tensor<2x4x8xf32>) -> (tensor<2x4x4xf32>, tensor<2x4x4xi64>)
  %10:2 = dsc.max_pool %x {dilations = array<i64: 1>, kernel = array<i64: 2>, pads = array<i64: 0, 1>, strides = array<i64: 2>} : (tensor<2x4x8xf32>) -> (tensor<2x4x4xf32>, tensor<2x4x4xi64>)
  // CHECK: dsc.average_pool %{{.*}} {count_include_pad = true, count_pads = array<i64: 0, 0>, dilations = array<i64: 1>, kernel = array<i64: 3>, layout = #dsc.layout<nhwc>, pads = array<i64: 0, 1>, strides = array<i64: 2>} : (tensor<2x4x8xf32>) -> tensor<2x2x8xf32>
  %11 = dsc.average_pool %x {count_include_pad = true, count_pads = array<i64: 0, 0>, dilations = array<i64: 1>, kernel = array<i64: 3>, layout = #dsc.layout<nhwc>, pads = array<i64: 0, 1>, strides = array<i64: 2>} : (tensor<2x4x8xf32>) -> tensor<2x2x8xf32>
  // CHECK: dsc.top_k %{{.*}}, %{{.*}} {axis = 1 : i64, largest = false} : (tensor<2x4x8xf32>, tensor<1xi64>) -> (tensor<2x3x8xf32>, tensor<2x3x8xi64>)
  %12:2 = dsc.top_k %x, %k {axis = 1 : i64, largest = false} : (tensor<2x4x8xf32>, tensor<1xi64>) -> (tensor<2x3x8xf32>, tensor<2x3x8xi64>)
  // CHECK: dsc.resize %{{.*}} scales(%{{.*}}) {axes = array<i64: 2>, mode = #dsc.resize_mode<linear>} : (tensor<2x4x8xf32>, tensor<1xf32>) -> tensor<2x4x16xf32>
  %13 = dsc.resize %x scales(%s) {axes = array<i64: 2>, mode = #dsc.resize_mode<linear>} : (tensor<2x4x8xf32>, tensor<1xf32>) -> tensor<2x4x16xf32>
  // CHECK: dsc.resize %{{.*}} roi(%{{.*}}) sizes(%{{.*}}) {axes = array<i64: 2>, coordinate_mode = #dsc.coordinate_mode<tf_crop_and_resize>} : (tensor<2x4x8xf32>, tensor<2xf32>, tensor<1xi64>) -> tensor<2x4x16xf32>
  %14 = dsc.resize %x roi(%r) sizes(%k) {axes = array<i64: 2>, coordinate_mode = #dsc.coordinate_mode<tf_crop_and_resize>} : (tensor<2x4x8xf32>, tensor<2xf32>, tensor<1xi64>) -> tensor<2x4x16xf32>
  return
}
