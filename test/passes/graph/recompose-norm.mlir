// RUN: dsc-opt %s -split-input-file -dsc-recompose | FileCheck %s

// CHECK-LABEL: @layer_norm
// CHECK-NEXT: %[[Y:.*]] = dsc.layer_norm %arg0, %arg1, %arg2 {axis = 1 : i64, epsilon = 9.99999974E-6 : f32}
// CHECK-NEXT: return %[[Y]]
func.func @layer_norm(%x: tensor<4x8xf32>, %s: tensor<8xf32>, %b: tensor<8xf32>) -> tensor<4x8xf32> {
  %two = dsc.constant dense<2.0> : tensor<f32>
  %eps = dsc.constant dense<1.0e-5> : tensor<f32>
  %m = dsc.reduce %x {kind = #dsc.reduce_kind<mean>, axes = array<i64: 1>} : (tensor<4x8xf32>) -> tensor<4x1xf32>
  %c = dsc.sub %x, %m : (tensor<4x8xf32>, tensor<4x1xf32>) -> tensor<4x8xf32>
  %p = dsc.pow %c, %two : (tensor<4x8xf32>, tensor<f32>) -> tensor<4x8xf32>
  %v = dsc.reduce %p {kind = #dsc.reduce_kind<mean>, axes = array<i64: 1>} : (tensor<4x8xf32>) -> tensor<4x1xf32>
  %e = dsc.add %v, %eps : (tensor<4x1xf32>, tensor<f32>) -> tensor<4x1xf32>
  %r = dsc.sqrt %e : tensor<4x1xf32>
  %d = dsc.div %c, %r : (tensor<4x8xf32>, tensor<4x1xf32>) -> tensor<4x8xf32>
  %t = dsc.mul %d, %s : (tensor<4x8xf32>, tensor<8xf32>) -> tensor<4x8xf32>
  %y = dsc.add %t, %b : (tensor<4x8xf32>, tensor<8xf32>) -> tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// -----

// CHECK-LABEL: @rms_norm
// CHECK-NEXT: %[[Y:.*]] = dsc.rms_norm %arg0, %arg1 {axis = 1 : i64, epsilon = 9.99999997E-7 : f32}
// CHECK-NEXT: return %[[Y]]
func.func @rms_norm(%x: tensor<4x8xf32>, %s: tensor<8xf32>) -> tensor<4x8xf32> {
  %eps = dsc.constant dense<1.0e-6> : tensor<f32>
  %p = dsc.mul %x, %x : (tensor<4x8xf32>, tensor<4x8xf32>) -> tensor<4x8xf32>
  %v = dsc.reduce %p {kind = #dsc.reduce_kind<mean>, axes = array<i64: 1>} : (tensor<4x8xf32>) -> tensor<4x1xf32>
  %e = dsc.add %v, %eps : (tensor<4x1xf32>, tensor<f32>) -> tensor<4x1xf32>
  %q = dsc.sqrt %e : tensor<4x1xf32>
  %r = dsc.reciprocal %q : tensor<4x1xf32>
  %d = dsc.mul %x, %r : (tensor<4x8xf32>, tensor<4x1xf32>) -> tensor<4x8xf32>
  %y = dsc.mul %s, %d : (tensor<8xf32>, tensor<4x8xf32>) -> tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// -----

// A mean over other dimensions than the squares' is no norm.
// CHECK-LABEL: @not_trailing
// CHECK-NOT: rms_norm
// CHECK: dsc.div
func.func @not_trailing(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %eps = dsc.constant dense<1.0e-6> : tensor<f32>
  %p = dsc.mul %x, %x : (tensor<4x8xf32>, tensor<4x8xf32>) -> tensor<4x8xf32>
  %v = dsc.reduce %p {kind = #dsc.reduce_kind<mean>, axes = array<i64: 0>} : (tensor<4x8xf32>) -> tensor<1x8xf32>
  %e = dsc.add %v, %eps : (tensor<1x8xf32>, tensor<f32>) -> tensor<1x8xf32>
  %q = dsc.sqrt %e : tensor<1x8xf32>
  %d = dsc.div %x, %q : (tensor<4x8xf32>, tensor<1x8xf32>) -> tensor<4x8xf32>
  return %d : tensor<4x8xf32>
}
