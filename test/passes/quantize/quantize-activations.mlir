// RUN: dsc-opt %s -split-input-file -dsc-quantize-activations | FileCheck %s

// Tokens choose their scales, and two layers that read the same value share what it becomes.
dsc.param @q : tensor<8x2xi8> = dense<1> : tensor<8x2xi8>
dsc.param @s : tensor<1x2xf32> = dense<1.0> : tensor<1x2xf32>
// CHECK-LABEL: @tokens
func.func @tokens(%x: tensor<3x4x8xf32>) -> (tensor<3x4x2xf32>, tensor<3x4x2xf32>) {
  // CHECK: %[[Q:.*]], %[[S:.*]], %[[Z:.*]] = dsc.dyn_quantize %arg0 {axis = 2 : i64, storage = ui8} : (tensor<3x4x8xf32>) -> (tensor<3x4x8xui8>, tensor<3x4x1xf32>, tensor<3x4x1xui8>)
  // CHECK: %[[X:.*]] = dsc.dequantize %[[Q]], %[[S]], %[[Z]]
  // CHECK-NOT: dsc.dyn_quantize
  %q = dsc.weight @q : tensor<8x2xi8>
  %s = dsc.weight @s : tensor<1x2xf32>
  %z = dsc.constant dense<0> : tensor<i8>
  %w = dsc.dequantize %q, %s, %z : (tensor<8x2xi8>, tensor<1x2xf32>, tensor<i8>) -> tensor<8x2xf32>
  // CHECK: dsc.matmul %[[X]]
  %a = dsc.matmul %x, %w {dsc.format = {activation = "dynamic_token", storage = "i8"}, dsc.stored = {}} : (tensor<3x4x8xf32>, tensor<8x2xf32>) -> tensor<3x4x2xf32>
  // CHECK: dsc.matmul %[[X]]
  %b = dsc.matmul %x, %w {dsc.format = {activation = "dynamic_token", storage = "i8"}, dsc.stored = {}} : (tensor<3x4x8xf32>, tensor<8x2xf32>) -> tensor<3x4x2xf32>
  return %a, %b : tensor<3x4x2xf32>, tensor<3x4x2xf32>
}

// -----

// Calibrated: 255 steps over the range, which always holds zero.
dsc.param @q : tensor<2x3x1xi8> = dense<1> : tensor<2x3x1xi8>
dsc.param @s : tensor<2x1x1xf32> = dense<1.0> : tensor<2x1x1xf32>
// CHECK-LABEL: @calibrated
func.func @calibrated(%x: tensor<1x3x8xf32>) -> (tensor<1x2x8xf32>, tensor<1x2x8xf32>) {
  // CHECK-DAG: %[[S:.*]] = dsc.constant dense<5.000000e-01> : tensor<f32>
  // CHECK-DAG: %[[Z:.*]] = dsc.constant dense<55> : tensor<ui8>
  // CHECK-DAG: %[[Q:.*]] = dsc.quantize %arg0, %[[S]], %[[Z]] : (tensor<1x3x8xf32>, tensor<f32>, tensor<ui8>) -> tensor<1x3x8xui8>
  // CHECK-DAG: %[[X:.*]] = dsc.dequantize %[[Q]], %[[S]], %[[Z]]
  // CHECK-DAG: %[[S2:.*]] = dsc.constant dense<1.000000e+00> : tensor<f32>
  // CHECK-DAG: %[[Z2:.*]] = dsc.constant dense<0> : tensor<ui8>
  // CHECK-DAG: dsc.quantize %arg0, %[[S2]], %[[Z2]]
  %q = dsc.weight @q : tensor<2x3x1xi8>
  %s = dsc.weight @s : tensor<2x1x1xf32>
  %z = dsc.constant dense<0> : tensor<i8>
  %w = dsc.dequantize %q, %s, %z : (tensor<2x3x1xi8>, tensor<2x1x1xf32>, tensor<i8>) -> tensor<2x3x1xf32>
  // CHECK: dsc.conv %[[X]]
  %a = dsc.conv %x, %w {strides = array<i64: 1>, pads = array<i64: 0, 0>, dilations = array<i64: 1>, dsc.format = {activation = "static", storage = "i8"}, dsc.range = [-27.5, 100.0], dsc.stored = {}} : (tensor<1x3x8xf32>, tensor<2x3x1xf32>) -> tensor<1x2x8xf32>
  %b = dsc.conv %x, %w {strides = array<i64: 1>, pads = array<i64: 0, 0>, dilations = array<i64: 1>, dsc.format = {activation = "static", storage = "i8"}, dsc.range = [3.0, 255.0], dsc.stored = {}} : (tensor<1x3x8xf32>, tensor<2x3x1xf32>) -> tensor<1x2x8xf32>
  return %a, %b : tensor<1x2x8xf32>, tensor<1x2x8xf32>
}

// -----

// What no rule names stays.
dsc.param @q : tensor<8x2xi8> = dense<1> : tensor<8x2xi8>
dsc.param @s : tensor<1x2xf32> = dense<1.0> : tensor<1x2xf32>
// CHECK-LABEL: @stay
// CHECK-NOT: dsc.dyn_quantize
func.func @stay(%y: tensor<4x8xf32>) -> tensor<4x2xf32> {
  %q = dsc.weight @q : tensor<8x2xi8>
  %s = dsc.weight @s : tensor<1x2xf32>
  %z = dsc.constant dense<0> : tensor<i8>
  %w = dsc.dequantize %q, %s, %z : (tensor<8x2xi8>, tensor<1x2xf32>, tensor<i8>) -> tensor<8x2xf32>
  %b = dsc.matmul %y, %w {dsc.format = {activation = "none", storage = "i8"}, dsc.stored = {}} : (tensor<4x8xf32>, tensor<8x2xf32>) -> tensor<4x2xf32>
  return %b : tensor<4x2xf32>
}
