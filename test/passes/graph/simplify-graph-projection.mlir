// RUN: dsc-opt %s -split-input-file -dsc-simplify-graph | FileCheck %s

module {
  // The parts of a fused projection become products of their own.
  // CHECK-LABEL: @slices
  // CHECK-DAG: %[[W0:.*]] = dsc.constant dense<{{\[\[}}1.000000e+00, 2.000000e+00], [5.000000e+00, 6.000000e+00]]>
  // CHECK-DAG: %[[B0:.*]] = dsc.constant dense<[1.000000e+00, 2.000000e+00]>
  // CHECK-DAG: %[[M0:.*]] = dsc.matmul %arg0, %[[W0]] {{.*}} -> tensor<4x2xf32>
  // CHECK-DAG: dsc.add %[[M0]], %[[B0]]
  // CHECK-DAG: %[[W1:.*]] = dsc.constant dense<{{\[\[}}3.000000e+00, 4.000000e+00], [7.000000e+00, 8.000000e+00]]>
  // CHECK-DAG: dsc.matmul %arg0, %[[W1]] {{.*}} -> tensor<4x2xf32>
  // CHECK-NOT: dsc.slice
  dsc.param @w : tensor<2x4xf32> = dense<[[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]]> : tensor<2x4xf32>
  func.func @slices(%x: tensor<4x2xf32>) -> (tensor<4x2xf32>, tensor<4x2xf32>) {
    %w = dsc.weight @w : tensor<2x4xf32>
    %b = dsc.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
    %zero = dsc.constant dense<0> : tensor<1xi64>
    %one = dsc.constant dense<1> : tensor<1xi64>
    %two = dsc.constant dense<2> : tensor<1xi64>
    %four = dsc.constant dense<4> : tensor<1xi64>
    %m = dsc.matmul %x, %w : (tensor<4x2xf32>, tensor<2x4xf32>) -> tensor<4x4xf32>
    %a = dsc.add %m, %b : (tensor<4x4xf32>, tensor<4xf32>) -> tensor<4x4xf32>
    %p = dsc.slice %a, %zero, %two, %one {axes = array<i64: 1>} : (tensor<4x4xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<4x2xf32>
    %q = dsc.slice %a, %two, %four, %one {axes = array<i64: 1>} : (tensor<4x4xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<4x2xf32>
    return %p, %q : tensor<4x2xf32>, tensor<4x2xf32>
  }
}

// -----

module {
  // ViT: reshape to [.., 3, heads, depth], transpose, gather; no copy of the whole projection is left.
  // CHECK-LABEL: @gathers
  // CHECK-COUNT-2: dsc.matmul {{.*}} -> tensor<1x5x8xf32>
  // CHECK-NOT: dsc.gather
  dsc.param @w : tensor<8x16xf32> = dense<1.0> : tensor<8x16xf32>
  func.func @gathers(%x: tensor<1x5x8xf32>) -> (tensor<1x2x5x4xf32>, tensor<1x2x5x4xf32>) {
    %w = dsc.weight @w : tensor<8x16xf32>
    %i = dsc.constant dense<0> : tensor<i64>
    %j = dsc.constant dense<1> : tensor<i64>
    %m = dsc.matmul %x, %w : (tensor<1x5x8xf32>, tensor<8x16xf32>) -> tensor<1x5x16xf32>
    %r = dsc.reshape %m : (tensor<1x5x16xf32>) -> tensor<1x5x2x2x4xf32>
    %t = dsc.transpose %r {permutation = array<i64: 2, 0, 3, 1, 4>} : (tensor<1x5x2x2x4xf32>) -> tensor<2x1x2x5x4xf32>
    // CHECK: dsc.transpose {{.*}} {permutation = array<i64: 0, 2, 1, 3>}
    %p = dsc.gather %t, %i {axis = 0 : i64} : (tensor<2x1x2x5x4xf32>, tensor<i64>) -> tensor<1x2x5x4xf32>
    %q = dsc.gather %t, %j {axis = 0 : i64} : (tensor<2x1x2x5x4xf32>, tensor<i64>) -> tensor<1x2x5x4xf32>
    return %p, %q : tensor<1x2x5x4xf32>, tensor<1x2x5x4xf32>
  }
}

// -----

module {
  // Some user wants the whole product.
  // CHECK-LABEL: @whole
  // CHECK-COUNT-1: dsc.matmul
  // CHECK: dsc.slice
  dsc.param @w : tensor<2x4xf32> = dense<1.0> : tensor<2x4xf32>
  func.func @whole(%x: tensor<4x2xf32>) -> (tensor<4x2xf32>, tensor<4x4xf32>) {
    %w = dsc.weight @w : tensor<2x4xf32>
    %zero = dsc.constant dense<0> : tensor<1xi64>
    %one = dsc.constant dense<1> : tensor<1xi64>
    %two = dsc.constant dense<2> : tensor<1xi64>
    %m = dsc.matmul %x, %w : (tensor<4x2xf32>, tensor<2x4xf32>) -> tensor<4x4xf32>
    %p = dsc.slice %m, %zero, %two, %one {axes = array<i64: 1>} : (tensor<4x4xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<4x2xf32>
    return %p, %m : tensor<4x2xf32>, tensor<4x4xf32>
  }
}

// -----

// torch's transpose of a batch of matrices: merge, transpose, split.
// CHECK-LABEL: @merged_transpose
// CHECK-NEXT: %[[T:.*]] = dsc.transpose %arg0 {permutation = array<i64: 0, 1, 3, 2>}
// CHECK-NEXT: return %[[T]]
func.func @merged_transpose(%x: tensor<2x3x4x5xf32>) -> tensor<2x3x5x4xf32> {
  %m = dsc.reshape %x : (tensor<2x3x4x5xf32>) -> tensor<6x4x5xf32>
  %t = dsc.transpose %m {permutation = array<i64: 0, 2, 1>} : (tensor<6x4x5xf32>) -> tensor<6x5x4xf32>
  %s = dsc.reshape %t : (tensor<6x5x4xf32>) -> tensor<2x3x5x4xf32>
  return %s : tensor<2x3x5x4xf32>
}
