// RUN: dsc-opt %s -split-input-file -dsc-fold-constants | FileCheck %s
// RUN: dsc-opt %s -split-input-file -dsc-fold-constants="max-bytes=64" | FileCheck %s --check-prefix=SMALL

module {
  // CHECK-DAG: dsc.param @{{.*}} : tensor<512x2xf32> = dense<0.000000e+00>
  // CHECK-DAG: dsc.param @{{.*}} : tensor<2x512xf32> = dense_resource<
  // CHECK-NOT: dsc.param @w :
  // A result over the budget is computed at run time.
  // SMALL-LABEL: @weights_are_computed
  // SMALL: dsc.exp
  // CHECK-LABEL: @weights_are_computed
  // CHECK-NOT: dsc.exp
  dsc.param @w : tensor<2x512xf32> = dense<0.0> : tensor<2x512xf32>
  func.func @weights_are_computed(%x: tensor<512x2xf32>) -> (tensor<512x2xf32>, tensor<2x512xf32>) {
    %w = dsc.weight @w : tensor<2x512xf32>
    %e = dsc.exp %w : tensor<2x512xf32>
    %v = dsc.reshape %w : (tensor<2x512xf32>) -> tensor<512x2xf32>
    %a = dsc.add %x, %v : (tensor<512x2xf32>, tensor<512x2xf32>) -> tensor<512x2xf32>
    return %a, %e : tensor<512x2xf32>, tensor<2x512xf32>
  }
}

// -----

// CHECK-LABEL: @small_ones_stay_constants
// CHECK-NEXT: %[[C:.*]] = dsc.constant dense<5.000000e+00> : tensor<f32>
// CHECK-NEXT: return %[[C]]
func.func @small_ones_stay_constants() -> tensor<f32> {
  %c = dsc.constant dense<25.0> : tensor<f32>
  %s = dsc.sqrt %c : tensor<f32>
  return %s : tensor<f32>
}

// -----

module {
  // A product reads a transposed weight as it lies.
  // CHECK-LABEL: @transposed_weight
  // CHECK: dsc.transpose
  dsc.param @w : tensor<64x32xf32> = dense<1.0> : tensor<64x32xf32>
  func.func @transposed_weight(%x: tensor<4x32xf32>) -> tensor<4x64xf32> {
    %w = dsc.weight @w : tensor<64x32xf32>
    %t = dsc.transpose %w {permutation = array<i64: 1, 0>} : (tensor<64x32xf32>) -> tensor<32x64xf32>
    %y = dsc.matmul %x, %t : (tensor<4x32xf32>, tensor<32x64xf32>) -> tensor<4x64xf32>
    return %y : tensor<4x64xf32>
  }
}

// -----

// An expanded constant would only make the plan larger.
// CHECK-LABEL: @growth
// CHECK: dsc.expand
func.func @growth() -> tensor<1000x1000xf32> {
  %c = dsc.constant dense<25.0> : tensor<1x1xf32>
  %e = dsc.expand %c : (tensor<1x1xf32>) -> tensor<1000x1000xf32>
  return %e : tensor<1000x1000xf32>
}
