// RUN: dsc-opt %s -dsc-insert-observers | FileCheck %s

dsc.param @w : tensor<2x3x1xf32> = dense<1.0> : tensor<2x3x1xf32>
// A value that two layers read is shown once; what is not static is not shown.
// CHECK-LABEL: @main
// CHECK-SAME: -> (tensor<1x2x8xf32> {dsc.name = "y"}, tensor<1x2x8xf32>, tensor<1x2x8xf32>, tensor<1x3x8xf32> {dsc.name = "dsc.observed.0"})
func.func @main(%x: tensor<1x3x8xf32>, %v: tensor<1x3x8xf32>) -> (tensor<1x2x8xf32> {dsc.name = "y"}, tensor<1x2x8xf32>, tensor<1x2x8xf32>) {
  %w = dsc.weight @w : tensor<2x3x1xf32>
  // CHECK: %[[R:.*]] = dsc.relu
  %r = dsc.relu %x : tensor<1x3x8xf32>
  %a = dsc.conv %r, %w {strides = array<i64: 1>, pads = array<i64: 0, 0>, dilations = array<i64: 1>, dsc.format = {activation = "static", storage = "i8"}} : (tensor<1x3x8xf32>, tensor<2x3x1xf32>) -> tensor<1x2x8xf32>
  %b = dsc.conv %r, %w {strides = array<i64: 1>, pads = array<i64: 0, 0>, dilations = array<i64: 1>, dsc.format = {activation = "static", storage = "i8"}} : (tensor<1x3x8xf32>, tensor<2x3x1xf32>) -> tensor<1x2x8xf32>
  %c = dsc.conv %v, %w {strides = array<i64: 1>, pads = array<i64: 0, 0>, dilations = array<i64: 1>, dsc.format = {activation = "none", storage = "i8"}} : (tensor<1x3x8xf32>, tensor<2x3x1xf32>) -> tensor<1x2x8xf32>
  // CHECK: return %{{.*}}, %{{.*}}, %{{.*}}, %[[R]] :
  return %a, %b, %c : tensor<1x2x8xf32>, tensor<1x2x8xf32>, tensor<1x2x8xf32>
}
