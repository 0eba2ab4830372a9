// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Contractions of dequantized integers become contractions of the integers.
// RUN: dsc-opt %s -split-input-file -dsc-lower-quant | FileCheck %s

// Two constant scales are one, and a zero point of 0 goes.
// CHECK-LABEL: func.func @static_scales
// CHECK: %[[S:.*]] = dsc.constant dense<[1.000000e-01, 2.000000e-01]> : tensor<2xf32>
// CHECK: dsc.qmatmul %arg0 zero %{{.*}}, %arg1 scale %[[S]] : {{.*}} -> tensor<4x2xf32>
func.func @static_scales(%a: tensor<4x8xui8>, %b: tensor<8x2xi8>) -> tensor<4x2xf32> {
  %s = dsc.constant dense<0.1> : tensor<f32>
  %z = dsc.constant dense<128> : tensor<ui8>
  %t = dsc.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %y = dsc.constant dense<0> : tensor<2xi8>
  %x = dsc.dequantize %a, %s, %z : (tensor<4x8xui8>, tensor<f32>, tensor<ui8>) -> tensor<4x8xf32>
  %w = dsc.dequantize %b, %t, %y : (tensor<8x2xi8>, tensor<2xf32>, tensor<2xi8>) -> tensor<8x2xf32>
  %p = dsc.matmul %x, %w : (tensor<4x8xf32>, tensor<8x2xf32>) -> tensor<4x2xf32>
  return %p : tensor<4x2xf32>
}

// -----

// Constant unsigned weights become signed ones.
// CHECK-LABEL: func.func @unsigned
// CHECK-DAG: %[[W:.*]] = dsc.constant dense<{{\[}}[-128, 127]]> : tensor<1x2xi8>
// CHECK-DAG: %[[Z:.*]] = dsc.constant dense<-28> : tensor<i8>
// CHECK: dsc.qmatmul %arg0, %[[W]] scale %{{.*}} zero %[[Z]]
func.func @unsigned(%a: tensor<4x1xui8>) -> tensor<4x2xf32> {
  %s = dsc.constant dense<0.5> : tensor<f32>
  %z = dsc.constant dense<0> : tensor<ui8>
  %y = dsc.constant dense<100> : tensor<ui8>
  %b = dsc.constant dense<[[0, 255]]> : tensor<1x2xui8>
  %x = dsc.dequantize %a, %s, %z : (tensor<4x1xui8>, tensor<f32>, tensor<ui8>) -> tensor<4x1xf32>
  %w = dsc.dequantize %b, %s, %y : (tensor<1x2xui8>, tensor<f32>, tensor<ui8>) -> tensor<1x2xf32>
  %p = dsc.matmul %x, %w : (tensor<4x1xf32>, tensor<1x2xf32>) -> tensor<4x2xf32>
  return %p : tensor<4x2xf32>
}

// -----

// Scales per row of the left operand and per column of a transposed right one, both read at run time.
// CHECK-LABEL: func.func @per_row
// CHECK: %[[T:.*]] = dsc.reshape %arg4 : (tensor<2x1xf32>) -> tensor<2xf32>
// CHECK: dsc.qmatmul %arg0 scale %arg1 zero %arg2, %arg3 scale %[[T]] {transpose_rhs}
func.func @per_row(%a: tensor<4x8xui8>, %s: tensor<4x1xf32>, %z: tensor<4x1xui8>, %b: tensor<2x8xi8>, %t: tensor<2x1xf32>) -> tensor<4x2xf32> {
  %y = dsc.constant dense<0> : tensor<i8>
  %x = dsc.dequantize %a, %s, %z : (tensor<4x8xui8>, tensor<4x1xf32>, tensor<4x1xui8>) -> tensor<4x8xf32>
  %w = dsc.dequantize %b, %t, %y : (tensor<2x8xi8>, tensor<2x1xf32>, tensor<i8>) -> tensor<2x8xf32>
  %p = dsc.matmul %x, %w {transpose_rhs} : (tensor<4x8xf32>, tensor<2x8xf32>) -> tensor<4x2xf32>
  return %p : tensor<4x2xf32>
}

// -----

// A real left operand: the weight is only stored in integers. With a zero point, or a scale along the contracted
// dimension, it is not.
// CHECK-LABEL: func.func @weight_only
// CHECK: dsc.qmatmul %arg0, %{{.*}} scale %{{.*}} : (tensor<4x8xf32>, tensor<8x8xi8>, tensor<8xf32>) -> tensor<4x8xf32>
// CHECK: dsc.matmul
// CHECK: dsc.matmul
func.func @weight_only(%a: tensor<4x8xf32>) -> (tensor<4x8xf32>, tensor<4x8xf32>, tensor<4x8xf32>) {
  %s = dsc.constant dense<0.5> : tensor<8xf32>
  %t = dsc.constant dense<0.5> : tensor<8x1xf32>
  %z = dsc.constant dense<0> : tensor<i8>
  %y = dsc.constant dense<1> : tensor<i8>
  %b = dsc.constant dense<7> : tensor<8x8xi8>
  %w = dsc.dequantize %b, %s, %z : (tensor<8x8xi8>, tensor<8xf32>, tensor<i8>) -> tensor<8x8xf32>
  %p = dsc.matmul %a, %w : (tensor<4x8xf32>, tensor<8x8xf32>) -> tensor<4x8xf32>
  %v = dsc.dequantize %b, %s, %y : (tensor<8x8xi8>, tensor<8xf32>, tensor<i8>) -> tensor<8x8xf32>
  %q = dsc.matmul %a, %v : (tensor<4x8xf32>, tensor<8x8xf32>) -> tensor<4x8xf32>
  %u = dsc.dequantize %b, %t, %z : (tensor<8x8xi8>, tensor<8x1xf32>, tensor<i8>) -> tensor<8x8xf32>
  %r = dsc.matmul %a, %u : (tensor<4x8xf32>, tensor<8x8xf32>) -> tensor<4x8xf32>
  return %p, %q, %r : tensor<4x8xf32>, tensor<4x8xf32>, tensor<4x8xf32>
}

// -----

// CHECK-LABEL: func.func @convolution
// CHECK: %[[T:.*]] = dsc.reshape %arg2 : (tensor<4x1x1xf32>) -> tensor<4xf32>
// CHECK: dsc.qconv %arg0 scale %{{.*}} zero %{{.*}}, %arg1 scale %[[T]] bias %arg3 {{{.*}}} : {{.*}} -> tensor<1x4x8xf32>
func.func @convolution(%a: tensor<1x3x8xui8>, %b: tensor<4x3x3xi8>, %t: tensor<4x1x1xf32>, %c: tensor<4xf32>) -> tensor<1x4x8xf32> {
  %s = dsc.constant dense<0.1> : tensor<f32>
  %z = dsc.constant dense<128> : tensor<ui8>
  %y = dsc.constant dense<0> : tensor<i8>
  %x = dsc.dequantize %a, %s, %z : (tensor<1x3x8xui8>, tensor<f32>, tensor<ui8>) -> tensor<1x3x8xf32>
  %w = dsc.dequantize %b, %t, %y : (tensor<4x3x3xi8>, tensor<4x1x1xf32>, tensor<i8>) -> tensor<4x3x3xf32>
  %p = dsc.conv %x, %w, %c {strides = array<i64: 1>, pads = array<i64: 1, 1>, dilations = array<i64: 1>} : (tensor<1x3x8xf32>, tensor<4x3x3xf32>, tensor<4xf32>) -> tensor<1x4x8xf32>
  return %p : tensor<1x4x8xf32>
}
