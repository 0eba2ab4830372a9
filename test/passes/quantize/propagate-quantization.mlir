// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Steps move past movement until they meet; quantize before dequantize stays.
// RUN: dsc-opt %s -split-input-file -dsc-propagate-quantization | FileCheck %s

// The pair around the transpose goes.
// CHECK-LABEL: func.func @pair
// CHECK-NEXT: %[[T:.*]] = dsc.transpose %arg0 {{.*}} : (tensor<2x3xui8>) -> tensor<3x2xui8>
// CHECK-NEXT: return %[[T]]
func.func @pair(%q: tensor<2x3xui8>, %s: tensor<f32>, %z: tensor<ui8>) -> tensor<3x2xui8> {
  %x = dsc.dequantize %q, %s, %z : (tensor<2x3xui8>, tensor<f32>, tensor<ui8>) -> tensor<2x3xf32>
  %y = dsc.transpose %x {permutation = array<i64: 1, 0>} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %r = dsc.quantize %y, %s, %z : (tensor<3x2xf32>, tensor<f32>, tensor<ui8>) -> tensor<3x2xui8>
  return %r : tensor<3x2xui8>
}

// -----

// Equal numbers are the same scale; other ones are not.
// CHECK-LABEL: func.func @numbers
// CHECK: %[[X:.*]] = dsc.dequantize
// CHECK: %[[R:.*]] = dsc.quantize %[[X]]
// CHECK: return %arg0, %[[R]]
func.func @numbers(%q: tensor<4xi8>) -> (tensor<4xi8>, tensor<4xi8>) {
  %s = dsc.constant dense<0.5> : tensor<f32>
  %t = dsc.constant dense<0.5> : tensor<1xf32>
  %u = dsc.constant dense<0.25> : tensor<f32>
  %z = dsc.constant dense<3> : tensor<i8>
  %x = dsc.dequantize %q, %s, %z : (tensor<4xi8>, tensor<f32>, tensor<i8>) -> tensor<4xf32>
  %p = dsc.quantize %x, %t, %z : (tensor<4xf32>, tensor<1xf32>, tensor<i8>) -> tensor<4xi8>
  %r = dsc.quantize %x, %u, %z : (tensor<4xf32>, tensor<f32>, tensor<i8>) -> tensor<4xi8>
  return %p, %r : tensor<4xi8>, tensor<4xi8>
}

// -----

// CHECK-LABEL: func.func @rounding_stays
// CHECK: dsc.quantize
// CHECK: dsc.dequantize
func.func @rounding_stays(%x: tensor<4xf32>, %s: tensor<f32>, %z: tensor<i8>) -> tensor<4xf32> {
  %q = dsc.quantize %x, %s, %z : (tensor<4xf32>, tensor<f32>, tensor<i8>) -> tensor<4xi8>
  %y = dsc.dequantize %q, %s, %z : (tensor<4xi8>, tensor<f32>, tensor<i8>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// A max pool keeps order where the scale is known to be positive.
// CHECK-LABEL: func.func @pool
// CHECK: dsc.max_pool %arg0 {{.*}} -> tensor<1x3x4xui8>
// CHECK: dsc.max_pool %{{.*}} -> tensor<1x3x4xf32>
func.func @pool(%q: tensor<1x3x8xui8>, %t: tensor<f32>) -> (tensor<1x3x4xf32>, tensor<1x3x4xf32>) {
  %s = dsc.constant dense<0.5> : tensor<f32>
  %z = dsc.constant dense<128> : tensor<ui8>
  %x = dsc.dequantize %q, %s, %z : (tensor<1x3x8xui8>, tensor<f32>, tensor<ui8>) -> tensor<1x3x8xf32>
  %p = dsc.max_pool %x {kernel = array<i64: 2>, strides = array<i64: 2>, pads = array<i64: 0, 0>, dilations = array<i64: 1>} : (tensor<1x3x8xf32>) -> tensor<1x3x4xf32>
  %y = dsc.dequantize %q, %t, %z : (tensor<1x3x8xui8>, tensor<f32>, tensor<ui8>) -> tensor<1x3x8xf32>
  %r = dsc.max_pool %y {kernel = array<i64: 2>, strides = array<i64: 2>, pads = array<i64: 0, 0>, dilations = array<i64: 1>} : (tensor<1x3x8xf32>) -> tensor<1x3x4xf32>
  return %p, %r : tensor<1x3x4xf32>, tensor<1x3x4xf32>
}

// -----

// A quantize step rises to what made the values, but not above a slice, and not where others read the reals.
// CHECK-LABEL: func.func @rise
// CHECK: %[[X:.*]] = dsc.relu
// CHECK-NEXT: %[[Q:.*]] = dsc.quantize %[[X]]
// CHECK-NEXT: %[[R:.*]] = dsc.reshape %[[Q]] : (tensor<2x6xui8>) -> tensor<3x4xui8>
// CHECK: %[[S:.*]] = dsc.slice
// CHECK: %[[P:.*]] = dsc.quantize %[[S]]
// CHECK: return %[[R]], %[[P]]
func.func @rise(%a: tensor<2x6xf32>, %s: tensor<f32>, %z: tensor<ui8>) -> (tensor<3x4xui8>, tensor<1x6xui8>) {
  %x = dsc.relu %a : tensor<2x6xf32>
  %y = dsc.reshape %x : (tensor<2x6xf32>) -> tensor<3x4xf32>
  %r = dsc.quantize %y, %s, %z : (tensor<3x4xf32>, tensor<f32>, tensor<ui8>) -> tensor<3x4xui8>
  %b = dsc.constant dense<0> : tensor<1xi64>
  %e = dsc.constant dense<1> : tensor<1xi64>
  %t = dsc.constant dense<1> : tensor<1xi64>
  %c = dsc.slice %x, %b, %e, %t {axes = array<i64: 0>} : (tensor<2x6xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<1x6xf32>
  %p = dsc.quantize %c, %s, %z : (tensor<1x6xf32>, tensor<f32>, tensor<ui8>) -> tensor<1x6xui8>
  return %r, %p : tensor<3x4xui8>, tensor<1x6xui8>
}
