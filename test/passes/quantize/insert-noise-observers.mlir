// RUN: dsc-opt %s -dsc-insert-noise-observers | FileCheck %s

dsc.param @w : tensor<8x2xf32> = dense<1.0> : tensor<8x2xf32>
// CHECK-LABEL: @main
// CHECK-SAME: -> (tensor<f32> {dsc.name = "dsc.observed.0"}, tensor<f32> {dsc.name = "dsc.observed.1"})
func.func @main(%x: tensor<4x8xf32>) -> (tensor<4x2xf32> {dsc.name = "y"}) {
  %w = dsc.weight @w : tensor<8x2xf32>
  // CHECK: %[[Y:.*]] = dsc.matmul %arg0, %{{.*}} :
  // CHECK: %[[C:.*]] = dsc.matmul %arg0, %{{.*}} {dsc.format
  // CHECK: %[[D:.*]] = dsc.sub %[[C]], %[[Y]]
  // CHECK: %[[YY:.*]] = dsc.mul %[[Y]], %[[Y]]
  // CHECK: %[[SIGNAL:.*]] = dsc.reduce %[[YY]] {axes = array<i64: 0, 1>, keepdims = false, kind = #dsc.reduce_kind<sum>}
  // CHECK: %[[DD:.*]] = dsc.mul %[[D]], %[[D]]
  // CHECK: %[[NOISE:.*]] = dsc.reduce %[[DD]]
  %y = dsc.matmul %x, %w {dsc.format = {activation = "dynamic_token", storage = "i8"}} : (tensor<4x8xf32>, tensor<8x2xf32>) -> tensor<4x2xf32>
  // CHECK: dsc.matmul %[[Y]], %{{.*}} {dsc.format = {activation = "none", storage = "f32"}, transpose_rhs}
  %z = dsc.matmul %y, %w {transpose_rhs, dsc.format = {activation = "none", storage = "f32"}} : (tensor<4x2xf32>, tensor<8x2xf32>) -> tensor<4x8xf32>
  // CHECK: return %[[SIGNAL]], %[[NOISE]]
  return %y : tensor<4x2xf32>
}
