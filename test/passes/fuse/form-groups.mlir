// RUN: dsc-opt %s -split-input-file -dsc-form-groups | FileCheck %s

module {
  dsc.param @w : tensor<8x4xf32> = dense<1.0> : tensor<8x4xf32>
  dsc.param @b : tensor<4xf32> = dense<1.0> : tensor<4xf32>
  // Bias, activation with two readings, and the residual join the product; one result leaves.
  // CHECK-LABEL: @epilogue
  // CHECK: dsc.group
  // CHECK-SAME: -> (tensor<3x4xf32>) attributes {kind = #dsc.group_kind<contraction>
  // CHECK: dsc.matmul
  // CHECK: dsc.add
  // CHECK: dsc.sigmoid
  // CHECK: dsc.mul
  // CHECK: dsc.add
  // CHECK: dsc.yield
  // CHECK-NOT: dsc.group
  func.func @epilogue(%x: tensor<3x8xf32>, %r: tensor<3x4xf32>) -> tensor<3x4xf32> {
    %w = dsc.weight @w : tensor<8x4xf32>
    %b = dsc.weight @b : tensor<4xf32>
    %m = dsc.matmul %x, %w : (tensor<3x8xf32>, tensor<8x4xf32>) -> tensor<3x4xf32>
    %a = dsc.add %m, %b : (tensor<3x4xf32>, tensor<4xf32>) -> tensor<3x4xf32>
    %s = dsc.sigmoid %a : tensor<3x4xf32>
    %p = dsc.mul %a, %s : (tensor<3x4xf32>, tensor<3x4xf32>) -> tensor<3x4xf32>
    %y = dsc.add %p, %r : (tensor<3x4xf32>, tensor<3x4xf32>) -> tensor<3x4xf32>
    return %y : tensor<3x4xf32>
  }
}

// -----

// A value that leaves ends the epilogue.
// CHECK-LABEL: @second_reader
// CHECK: kind = #dsc.group_kind<contraction>
// CHECK: dsc.matmul
// CHECK-NEXT: dsc.yield
// CHECK: kind = #dsc.group_kind<pointwise>
// CHECK: dsc.relu
func.func @second_reader(%x: tensor<3x8xf32>, %w: tensor<8x4xf32>) -> (tensor<3x4xf32>, tensor<3x4xf32>) {
  %m = dsc.matmul %x, %w : (tensor<3x8xf32>, tensor<8x4xf32>) -> tensor<3x4xf32>
  %r = dsc.relu %m : tensor<3x4xf32>
  return %m, %r : tensor<3x4xf32>, tensor<3x4xf32>
}

// -----

// The sum needs the second product, which needs the first: it joins the second only.
// CHECK-LABEL: @no_cycle
// CHECK: dsc.matmul
// CHECK-NEXT: dsc.yield
// CHECK: dsc.matmul
// CHECK-NEXT: dsc.add
// CHECK-NEXT: dsc.yield
func.func @no_cycle(%x: tensor<4x4xf32>, %w: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %a = dsc.matmul %x, %w : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
  %b = dsc.matmul %a, %w : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
  %y = dsc.add %a, %b : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
  return %y : tensor<4x4xf32>
}

// -----

// The sum before a softmax and the scaling behind it share its rows; the sum is also a result.
// CHECK-LABEL: @rows
// CHECK: dsc.group
// CHECK-SAME: -> (tensor<4x8xf32>, tensor<4x8xf32>) attributes {kind = #dsc.group_kind<row_reduction>
// CHECK: dsc.add
// CHECK: dsc.softmax
// CHECK: dsc.mul
// CHECK-NOT: dsc.group
func.func @rows(%x: tensor<4x8xf32>, %z: tensor<8xf32>) -> (tensor<4x8xf32>, tensor<4x8xf32>) {
  %s = dsc.add %x, %z : (tensor<4x8xf32>, tensor<8xf32>) -> tensor<4x8xf32>
  %p = dsc.softmax %s {axis = 1 : i64} : tensor<4x8xf32>
  %y = dsc.mul %p, %z : (tensor<4x8xf32>, tensor<8xf32>) -> tensor<4x8xf32>
  return %s, %y : tensor<4x8xf32>, tensor<4x8xf32>
}

// -----

// Constants of one number are copied; a producer of a smaller space is computed once, in a group of its own.
// CHECK-LABEL: @pointwise
// CHECK: kind = #dsc.group_kind<pointwise>
// CHECK: dsc.exp {{.*}} : tensor<8xf32>
// CHECK: kind = #dsc.group_kind<pointwise>
// CHECK: dsc.constant
// CHECK: dsc.mul
// CHECK: dsc.add
// CHECK-NOT: dsc.group
func.func @pointwise(%x: tensor<4x8xf32>, %z: tensor<8xf32>) -> tensor<4x8xf32> {
  %c = dsc.constant dense<2.0> : tensor<f32>
  %e = dsc.exp %z : tensor<8xf32>
  %m = dsc.mul %x, %c : (tensor<4x8xf32>, tensor<f32>) -> tensor<4x8xf32>
  %y = dsc.add %m, %e : (tensor<4x8xf32>, tensor<8xf32>) -> tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// -----

// Views lie outside; movement is alone; a constant that leaves becomes a weight.
// CHECK: dsc.param @constant : tensor<2xf32>
// CHECK-LABEL: @outside
// CHECK: %[[W:.*]] = dsc.weight @constant
// CHECK: kind = #dsc.group_kind<movement>
// CHECK: %[[R:.*]] = dsc.reshape
// CHECK: return %[[R]], %[[W]]
func.func @outside(%x: tensor<4x8xf32>) -> (tensor<32xf32>, tensor<2xf32>) {
  %c = dsc.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %t = dsc.transpose %x {permutation = array<i64: 1, 0>} : (tensor<4x8xf32>) -> tensor<8x4xf32>
  %r = dsc.reshape %t : (tensor<8x4xf32>) -> tensor<32xf32>
  return %r, %c : tensor<32xf32>, tensor<2xf32>
}
