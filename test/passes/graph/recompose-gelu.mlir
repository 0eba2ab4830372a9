// RUN: dsc-opt %s -split-input-file -dsc-recompose | FileCheck %s

// CHECK-LABEL: @erf
// CHECK-NEXT: %[[Y:.*]] = dsc.gelu %arg0 : tensor<4xf32>
// CHECK-NEXT: return %[[Y]]
func.func @erf(%x: tensor<4xf32>) -> tensor<4xf32> {
  %root = dsc.constant dense<1.41421354> : tensor<f32>
  %one = dsc.constant dense<1.0> : tensor<f32>
  %half = dsc.constant dense<0.5> : tensor<f32>
  %d = dsc.div %x, %root : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %e = dsc.erf %d : tensor<4xf32>
  %a = dsc.add %e, %one : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %m = dsc.mul %x, %a : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %y = dsc.mul %m, %half : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// CHECK-LABEL: @tanh
// CHECK-NEXT: %[[Y:.*]] = dsc.gelu %arg0 {approximate = #dsc.gelu<tanh>}
// CHECK-NEXT: return %[[Y]]
func.func @tanh(%x: tensor<4xf32>) -> tensor<4xf32> {
  %three = dsc.constant dense<3.0> : tensor<f32>
  %cubic = dsc.constant dense<0.044715> : tensor<f32>
  %root = dsc.constant dense<0.7978846> : tensor<f32>
  %one = dsc.constant dense<1.0> : tensor<f32>
  %half = dsc.constant dense<0.5> : tensor<f32>
  %p = dsc.pow %x, %three : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %c = dsc.mul %p, %cubic : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %s = dsc.add %x, %c : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %r = dsc.mul %s, %root : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %t = dsc.tanh %r : tensor<4xf32>
  %h = dsc.mul %x, %half : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %a = dsc.add %t, %one : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %y = dsc.mul %h, %a : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// CHECK-LABEL: @other_number
// CHECK: dsc.erf
func.func @other_number(%x: tensor<4xf32>) -> tensor<4xf32> {
  %root = dsc.constant dense<1.5> : tensor<f32>
  %one = dsc.constant dense<1.0> : tensor<f32>
  %half = dsc.constant dense<0.5> : tensor<f32>
  %d = dsc.div %x, %root : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %e = dsc.erf %d : tensor<4xf32>
  %a = dsc.add %e, %one : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %m = dsc.mul %x, %a : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %y = dsc.mul %m, %half : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}
