// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Elementary functions become arithmetic; nothing is left that a libm would compute.
// RUN: dsc-opt %s -dsc-lower-math | FileCheck %s --implicit-check-not='math.{{(exp|log|sin|cos|tanh|erf|powf|asinh)}} ' --implicit-check-not=remf

// CHECK-LABEL: func.func @exp_in_f32
func.func @exp_in_f32(%x: vector<16xf32>) -> vector<16xf32> {
  // CHECK-NOT: f64
  // CHECK: math.fma
  %y = math.exp %x : vector<16xf32>
  return %y : vector<16xf32>
}

// CHECK-LABEL: func.func @sine_through_f64
// CHECK-SAME: %[[X:.*]]: f32
func.func @sine_through_f64(%x: f32) -> f32 {
  // CHECK: arith.extf %[[X]] : f32 to f64
  // CHECK: %[[Y:.*]] = arith.truncf %{{.*}} : f64 to f32
  // CHECK: return %[[Y]]
  %y = math.sin %x : f32
  return %y : f32
}

// CHECK-LABEL: func.func @small_power
// CHECK-SAME: %[[X:.*]]: f32
func.func @small_power(%x: f32) -> f32 {
  // CHECK: %[[S:.*]] = arith.mulf %[[X]], %[[X]] : f32
  // CHECK: %[[Y:.*]] = arith.mulf %[[S]], %[[X]] : f32
  // CHECK: return %[[Y]]
  %three = arith.constant 3.0 : f32
  %y = math.powf %x, %three : f32
  return %y : f32
}

// CHECK-LABEL: func.func @remainder
func.func @remainder(%x: f32, %y: f32) -> f32 {
  // CHECK: math.trunc
  // CHECK: math.fma
  %z = arith.remf %x, %y : f32
  return %z : f32
}

// CHECK-LABEL: func.func @round_to_bf16
func.func @round_to_bf16(%x: f32) -> bf16 {
  // CHECK-NOT: arith.truncf
  // CHECK: arith.trunci %{{.*}} : i32 to i16
  %y = arith.truncf %x : f32 to bf16
  return %y : bf16
}
