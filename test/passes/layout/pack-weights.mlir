// RUN: dsc-opt %s -split-input-file -dsc-pack-weights | FileCheck %s

// CHECK-LABEL: module
module {
  // One packed form serves both products; the unpacked weight has no reader left.
  // CHECK: dsc.param @w.packed : tensor<2x8x32xf32> = dense<1.000000e+00> : tensor<8x40xf32> {packing = #[[P:.*]]}
  // CHECK-NOT: dsc.param @w :
  dsc.param @w : tensor<8x40xf32> = dense<1.0> : tensor<8x40xf32>
  func.func @product(%x: tensor<4x8xf32>, %z: tensor<3x8xf32>) -> (tensor<4x40xf32>, tensor<3x40xf32>) {
    %w = dsc.weight @w : tensor<8x40xf32>
    // CHECK: %[[A:.*]] = dsc.weight @w.packed : tensor<2x8x32xf32>
    // CHECK: dsc.matmul %{{.*}}, %[[A]] {rhs_packing = #dsc.panels<kind = gemm, n = 40, k = 8{{.*}}>}
    %y = dsc.matmul %x, %w : (tensor<4x8xf32>, tensor<8x40xf32>) -> tensor<4x40xf32>
    // CHECK: dsc.weight @w.packed
    %v = dsc.matmul %z, %w : (tensor<3x8xf32>, tensor<8x40xf32>) -> tensor<3x40xf32>
    return %y, %v : tensor<4x40xf32>, tensor<3x40xf32>
  }
}

// -----

// CHECK-LABEL: module
module {
  // A tied embedding: gathered rows read the weight unpacked.
  // CHECK-DAG: dsc.param @e :
  // CHECK-DAG: dsc.param @e.packed : tensor<2x8x32xf32>
  dsc.param @e : tensor<40x8xf32> = dense<1.0> : tensor<40x8xf32>
  func.func @transposed_and_tied(%x: tensor<4x8xf32>, %i: tensor<4xi64>) -> (tensor<4x40xf32>, tensor<4x8xf32>) {
    %w = dsc.weight @e : tensor<40x8xf32>
    // CHECK: dsc.matmul
    // CHECK-SAME: {rhs_packing = #dsc.panels<kind = gemm, n = 40, k = 8, transposed = true>}
    %y = dsc.matmul %x, %w {transpose_rhs} : (tensor<4x8xf32>, tensor<40x8xf32>) -> tensor<4x40xf32>
    // CHECK: dsc.gather {{.*}} : (tensor<40x8xf32>,
    %g = dsc.gather %w, %i {axis = 0 : i64} : (tensor<40x8xf32>, tensor<4xi64>) -> tensor<4x8xf32>
    return %y, %g : tensor<4x40xf32>, tensor<4x8xf32>
  }
}

// -----

// CHECK-LABEL: module
module {
  // CHECK-NOT: packing
  dsc.param @b : tensor<2x8x4xf32> = dense<1.0> : tensor<2x8x4xf32>
  dsc.param @h : tensor<8x4xf16> = dense<1.0> : tensor<8x4xf16>
  func.func @batched_or_half_stays(%x: tensor<2x4x8xf32>, %z: tensor<4x8xf16>) -> (tensor<2x4x4xf32>, tensor<4x4xf16>) {
    %b = dsc.weight @b : tensor<2x8x4xf32>
    %h = dsc.weight @h : tensor<8x4xf16>
    %y = dsc.matmul %x, %b : (tensor<2x4x8xf32>, tensor<2x8x4xf32>) -> tensor<2x4x4xf32>
    %v = dsc.matmul %z, %h : (tensor<4x8xf16>, tensor<8x4xf16>) -> tensor<4x4xf16>
    return %y, %v : tensor<2x4x4xf32>, tensor<4x4xf16>
  }
}

// -----

// CHECK-LABEL: module
module {
  dsc.param @g : tensor<8x2x3x3xf32> = dense<1.0> : tensor<8x2x3x3xf32>
  dsc.param @d : tensor<8x1x3x3xf32> = dense<1.0> : tensor<8x1x3x3xf32>
  func.func @convolutions(%x: tensor<1x5x5x8xf32>) -> (tensor<1x3x3x8xf32>, tensor<1x3x3x8xf32>) {
    %g = dsc.weight @g : tensor<8x2x3x3xf32>
    %d = dsc.weight @d : tensor<8x1x3x3xf32>
    // CHECK: weight_packing = #dsc.panels<kind = conv, n = 2, k = 2{{.*}}taps = {{.}}3, 3], groups = 4
    %y = dsc.conv %x, %g {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, group = 4 : i64, layout = #dsc.layout<nhwc>} : (tensor<1x5x5x8xf32>, tensor<8x2x3x3xf32>) -> tensor<1x3x3x8xf32>
    // Depthwise: one group whose columns are the channels.
    // CHECK: weight_packing = #dsc.panels<kind = conv, n = 8, k = 1{{.*}}taps = {{.}}3, 3]>
    %v = dsc.conv %x, %d {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, group = 8 : i64, layout = #dsc.layout<nhwc>} : (tensor<1x5x5x8xf32>, tensor<8x1x3x3xf32>) -> tensor<1x3x3x8xf32>
    return %y, %v : tensor<1x3x3x8xf32>, tensor<1x3x3x8xf32>
  }
}

// -----

// CHECK-LABEL: module
module {
  // Four bytes side by side, and the sums of the columns behind each panel: 2 steps of 128 bytes and 128 more.
  // CHECK: dsc.param @w.packed : tensor<2x384xi8> = dense<1> : tensor<8x40xi8> {packing = #[[P:.*]]}
  dsc.param @w : tensor<8x40xi8> = dense<1> : tensor<8x40xi8>
  func.func @bytes(%x: tensor<4x8xui8>, %y: tensor<4x8xf32>, %s: tensor<f32>) -> (tensor<4x40xi32>, tensor<4x40xf32>) {
    %w = dsc.weight @w : tensor<8x40xi8>
    // CHECK: dsc.qmatmul %arg0, %{{.*}} {rhs_packing = #dsc.panels<kind = gemm, n = 40, k = 8, kp = 4{{.*}}>}
    %p = dsc.qmatmul %x, %w : (tensor<4x8xui8>, tensor<8x40xi8>) -> tensor<4x40xi32>
    // Real numbers are multiplied one at a time.
    // CHECK: dsc.qmatmul %arg1, %{{.*}} {rhs_packing = #dsc.panels<kind = gemm, n = 40, k = 8{{.*}}>} : (tensor<4x8xf32>, tensor<2x8x32xi8>, tensor<f32>)
    %q = dsc.qmatmul %y, %w scale %s : (tensor<4x8xf32>, tensor<8x40xi8>, tensor<f32>) -> tensor<4x40xf32>
    return %p, %q : tensor<4x40xi32>, tensor<4x40xf32>
  }
}
