// RUN: dsc-opt %s -split-input-file -dsc-fold-batchnorm | FileCheck %s

// scale / sqrt(variance) is 2 and 3; the shift is bias - mean * that.
// CHECK-LABEL: @into_convolution
// CHECK-DAG: %[[W:.*]] = dsc.constant dense<{{\[\[\[\[}}2.000000e+00]]], {{\[\[\[}}6.000000e+00]]]]> : tensor<2x1x1x1xf32>
// CHECK-DAG: %[[B:.*]] = dsc.constant dense<[3.000000e+00, 2.000000e+00]> : tensor<2xf32>
// CHECK: %[[Y:.*]] = dsc.conv %arg0, %[[W]], %[[B]]
// CHECK-NOT: dsc.batch_norm
// CHECK: return %[[Y]]
func.func @into_convolution(%x: tensor<1x1x4x4xf32>) -> tensor<1x2x4x4xf32> {
  %w = dsc.constant dense<[[[[1.0]]], [[[2.0]]]]> : tensor<2x1x1x1xf32>
  %s = dsc.constant dense<[4.0, 3.0]> : tensor<2xf32>
  %b = dsc.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %m = dsc.constant dense<[-1.0, 0.0]> : tensor<2xf32>
  %v = dsc.constant dense<[4.0, 1.0]> : tensor<2xf32>
  %c = dsc.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x1x4x4xf32>, tensor<2x1x1x1xf32>) -> tensor<1x2x4x4xf32>
  %y = dsc.batch_norm %c, %s, %b, %m, %v {epsilon = 0.0 : f32} : (tensor<1x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  return %y : tensor<1x2x4x4xf32>
}

// -----

// CHECK-LABEL: @product_and_sum
// CHECK-DAG: %[[W:.*]] = dsc.constant dense<{{\[\[\[\[}}5.000000e+00]]], {{\[\[\[}}1.200000e+01]]]]>
// CHECK-DAG: %[[B:.*]] = dsc.constant dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>
// CHECK: dsc.conv %arg0, %[[W]], %[[B]]
// CHECK-NEXT: return
func.func @product_and_sum(%x: tensor<1x1x4x4xf32>) -> tensor<1x2x4x4xf32> {
  %w = dsc.constant dense<[[[[1.0]]], [[[2.0]]]]> : tensor<2x1x1x1xf32>
  %s = dsc.constant dense<[[[5.0]], [[6.0]]]> : tensor<2x1x1xf32>
  %b = dsc.constant dense<[[[[1.0]], [[2.0]]]]> : tensor<1x2x1x1xf32>
  %c = dsc.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x1x4x4xf32>, tensor<2x1x1x1xf32>) -> tensor<1x2x4x4xf32>
  %p = dsc.mul %c, %s : (tensor<1x2x4x4xf32>, tensor<2x1x1xf32>) -> tensor<1x2x4x4xf32>
  %y = dsc.add %p, %b : (tensor<1x2x4x4xf32>, tensor<1x2x1x1xf32>) -> tensor<1x2x4x4xf32>
  return %y : tensor<1x2x4x4xf32>
}

// -----

// Something else reads the convolution: its weights must stay, and the norm becomes a product and a sum.
// CHECK-LABEL: @lone
// CHECK: %[[C:.*]] = dsc.conv
// CHECK: %[[M:.*]] = dsc.mul %[[C]], %{{.*}} : (tensor<1x2x4x4xf32>, tensor<2x1x1xf32>)
// CHECK: dsc.add %[[M]]
func.func @lone(%x: tensor<1x1x4x4xf32>) -> (tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>) {
  %w = dsc.constant dense<[[[[1.0]]], [[[2.0]]]]> : tensor<2x1x1x1xf32>
  %s = dsc.constant dense<[4.0, 3.0]> : tensor<2xf32>
  %c = dsc.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x1x4x4xf32>, tensor<2x1x1x1xf32>) -> tensor<1x2x4x4xf32>
  %y = dsc.batch_norm %c, %s, %s, %s, %s {epsilon = 0.0 : f32} : (tensor<1x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  return %y, %c : tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>
}
