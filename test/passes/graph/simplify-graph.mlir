// RUN: dsc-opt %s -split-input-file -dsc-simplify-graph | FileCheck %s

// CHECK-LABEL: @neutral
// CHECK-NEXT: return %arg0
func.func @neutral(%x: tensor<4xf32>) -> tensor<4xf32> {
  %zero = dsc.constant dense<0.0> : tensor<f32>
  %one = dsc.constant dense<1.0> : tensor<4xf32>
  %true = dsc.constant dense<true> : tensor<4xi1>
  %a = dsc.add %zero, %x : (tensor<f32>, tensor<4xf32>) -> tensor<4xf32>
  %b = dsc.mul %a, %one : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %c = dsc.where %true, %b, %zero : (tensor<4xi1>, tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %dead = dsc.exp %c : tensor<4xf32>
  return %c : tensor<4xf32>
}

// -----

// A neutral operand that makes the result larger is not neutral.
// CHECK-LABEL: @broadcasting_zero
// CHECK: dsc.add
func.func @broadcasting_zero(%x: tensor<4xf32>) -> tensor<2x4xf32> {
  %zero = dsc.constant dense<0.0> : tensor<2x4xf32>
  %a = dsc.add %x, %zero : (tensor<4xf32>, tensor<2x4xf32>) -> tensor<2x4xf32>
  return %a : tensor<2x4xf32>
}

// -----

// CHECK-LABEL: @duplicates
// CHECK: %[[E:.*]] = dsc.exp
// CHECK-NOT: dsc.exp
// CHECK: dsc.add %[[E]], %[[E]]
func.func @duplicates(%x: tensor<4xf32>) -> tensor<4xf32> {
  %a = dsc.exp %x : tensor<4xf32>
  %b = dsc.exp %x : tensor<4xf32>
  %c = dsc.add %a, %b : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %c : tensor<4xf32>
}

// -----

module {
  // CHECK: dsc.param @b0
  // CHECK-NOT: dsc.param @b1
  dsc.param @b0 : tensor<4xf32> = dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  dsc.param @b1 : tensor<4xf32> = dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  func.func @equal_weights(%x: tensor<4xf32>) -> tensor<4xf32> {
    %a = dsc.weight @b0 : tensor<4xf32>
    %b = dsc.weight @b1 : tensor<4xf32>
    %c = dsc.sub %x, %a : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %d = dsc.mul %c, %b : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    return %d : tensor<4xf32>
  }
}

// -----

// CHECK-LABEL: @transposed_operand
// CHECK-NEXT: dsc.matmul %arg0, %arg1 {transpose_rhs}
func.func @transposed_operand(%q: tensor<2x4x8xf32>, %k: tensor<2x6x8xf32>) -> tensor<2x4x6xf32> {
  %t = dsc.transpose %k {permutation = array<i64: 0, 2, 1>} : (tensor<2x6x8xf32>) -> tensor<2x8x6xf32>
  %s = dsc.matmul %q, %t : (tensor<2x4x8xf32>, tensor<2x8x6xf32>) -> tensor<2x4x6xf32>
  return %s : tensor<2x4x6xf32>
}

// -----

// CHECK-LABEL: @expand_before_broadcast
// CHECK-NEXT: dsc.add %arg0, %arg1 : (tensor<4x8xf32>, tensor<1x8xf32>)
func.func @expand_before_broadcast(%x: tensor<4x8xf32>, %b: tensor<1x8xf32>) -> tensor<4x8xf32> {
  %e = dsc.expand %b : (tensor<1x8xf32>) -> tensor<4x8xf32>
  %a = dsc.add %x, %e : (tensor<4x8xf32>, tensor<4x8xf32>) -> tensor<4x8xf32>
  return %a : tensor<4x8xf32>
}

// -----

module {
  // GPT-2's linear layer: rows flattened around a product; one product with its bias is left.
  // CHECK-LABEL: @flattened_rows
  // CHECK: %[[M:.*]] = dsc.matmul %arg0, %{{.*}} : (tensor<2x4x8xf32>, tensor<8x6xf32>) -> tensor<2x4x6xf32>
  // CHECK: %[[A:.*]] = dsc.add %[[M]]
  // CHECK-NEXT: return %[[A]]
  dsc.param @w : tensor<8x6xf32> = dense<1.0> : tensor<8x6xf32>
  dsc.param @b : tensor<6xf32> = dense<[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]> : tensor<6xf32>
  func.func @flattened_rows(%x: tensor<2x4x8xf32>) -> tensor<2x4x6xf32> {
    %w = dsc.weight @w : tensor<8x6xf32>
    %b = dsc.weight @b : tensor<6xf32>
    %r = dsc.reshape %x : (tensor<2x4x8xf32>) -> tensor<8x8xf32>
    %m = dsc.matmul %r, %w : (tensor<8x8xf32>, tensor<8x6xf32>) -> tensor<8x6xf32>
    %a = dsc.add %m, %b : (tensor<8x6xf32>, tensor<6xf32>) -> tensor<8x6xf32>
    %y = dsc.reshape %a : (tensor<8x6xf32>) -> tensor<2x4x6xf32>
    return %y : tensor<2x4x6xf32>
  }
}
