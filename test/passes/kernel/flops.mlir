// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A launch knows the floating-point operations of its products, as an expression of the symbols.
// RUN: dsc-opt %s -dsc-build-cpu-kernels='levels=v3' | FileCheck %s --implicit-check-not='why ='

dsc.symbol @s {kind = #dsc.symbol_kind<caller>, min = 1 : i64, max = 64 : i64}

// CHECK-LABEL: func.func @matmul
func.func @matmul(%x: tensor<?x8xf32, #dsc.dims<()[s0] -> (s0, 8)>>, %w: tensor<8x3xf32>) -> tensor<?x3xf32, #dsc.dims<()[s0] -> (s0, 3)>> {
  // CHECK: dsc.launch {{.*}} flops <()[s0] -> (s0 * 48)>
  %y = dsc.group ins(%x, %w : tensor<?x8xf32, #dsc.dims<()[s0] -> (s0, 8)>>, tensor<8x3xf32>) -> (tensor<?x3xf32, #dsc.dims<()[s0] -> (s0, 3)>>)
      attributes {kind = #dsc.group_kind<contraction>} {
  ^bb0(%a: tensor<?x8xf32, #dsc.dims<()[s0] -> (s0, 8)>>, %b: tensor<8x3xf32>):
    %p = dsc.matmul %a, %b : (tensor<?x8xf32, #dsc.dims<()[s0] -> (s0, 8)>>, tensor<8x3xf32>) -> tensor<?x3xf32, #dsc.dims<()[s0] -> (s0, 3)>>
    %r = dsc.relu %p : tensor<?x3xf32, #dsc.dims<()[s0] -> (s0, 3)>>
    dsc.yield %r : tensor<?x3xf32, #dsc.dims<()[s0] -> (s0, 3)>>
  }
  return %y : tensor<?x3xf32, #dsc.dims<()[s0] -> (s0, 3)>>
}

// CHECK-LABEL: func.func @transposed
func.func @transposed(%x: tensor<8x5xf32>, %w: tensor<8x3xf32>) -> tensor<5x3xf32> {
  // CHECK: dsc.launch {{.*}} flops <() -> (240)>
  %y = dsc.group ins(%x, %w : tensor<8x5xf32>, tensor<8x3xf32>) -> (tensor<5x3xf32>)
      attributes {kind = #dsc.group_kind<contraction>} {
  ^bb0(%a: tensor<8x5xf32>, %b: tensor<8x3xf32>):
    %p = dsc.matmul %a, %b {transpose_lhs} : (tensor<8x5xf32>, tensor<8x3xf32>) -> tensor<5x3xf32>
    dsc.yield %p : tensor<5x3xf32>
  }
  return %y : tensor<5x3xf32>
}

// CHECK-LABEL: func.func @integers
func.func @integers(%x: tensor<5x8xi32>, %w: tensor<8x3xi32>) -> tensor<5x3xi32> {
  // CHECK-NOT: flops
  %y = dsc.group ins(%x, %w : tensor<5x8xi32>, tensor<8x3xi32>) -> (tensor<5x3xi32>)
      attributes {kind = #dsc.group_kind<contraction>} {
  ^bb0(%a: tensor<5x8xi32>, %b: tensor<8x3xi32>):
    %p = dsc.matmul %a, %b : (tensor<5x8xi32>, tensor<8x3xi32>) -> tensor<5x3xi32>
    dsc.yield %p : tensor<5x3xi32>
  }
  return %y : tensor<5x3xi32>
}

// 2 * (4 * 8 * 8) outputs * 9 taps * 3 channels
// CHECK-LABEL: func.func @conv
func.func @conv(%x: tensor<1x6x8x8xf32>, %w: tensor<4x3x3x3xf32>) -> tensor<1x4x8x8xf32> {
  // CHECK: dsc.launch {{.*}} flops <() -> (13824)>
  %y = dsc.group ins(%x, %w : tensor<1x6x8x8xf32>, tensor<4x3x3x3xf32>) -> (tensor<1x4x8x8xf32>)
      attributes {kind = #dsc.group_kind<convolution>} {
  ^bb0(%a: tensor<1x6x8x8xf32>, %b: tensor<4x3x3x3xf32>):
    %p = dsc.conv %a, %b {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, group = 2 : i64} : (tensor<1x6x8x8xf32>, tensor<4x3x3x3xf32>) -> tensor<1x4x8x8xf32>
    dsc.yield %p : tensor<1x4x8x8xf32>
  }
  return %y : tensor<1x4x8x8xf32>
}

// 2 * (9 * 12) outputs * 9 taps * 16 channels
// CHECK-LABEL: func.func @packed
func.func @packed(%x: tensor<1x3x3x16xf32>, %w: tensor<1x3x3x16x32xf32>) -> tensor<1x3x3x12xf32> {
  // CHECK: dsc.launch {{.*}} flops <() -> (31104)>
  %y = dsc.group ins(%x, %w : tensor<1x3x3x16xf32>, tensor<1x3x3x16x32xf32>) -> (tensor<1x3x3x12xf32>)
      attributes {kind = #dsc.group_kind<convolution>} {
  ^bb0(%a: tensor<1x3x3x16xf32>, %b: tensor<1x3x3x16x32xf32>):
    %p = dsc.conv %a, %b {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, layout = #dsc.layout<nhwc>, weight_packing = #dsc.panels<kind = conv, n = 12, k = 16, taps = [3, 3]>} : (tensor<1x3x3x16xf32>, tensor<1x3x3x16x32xf32>) -> tensor<1x3x3x12xf32>
    dsc.yield %p : tensor<1x3x3x12xf32>
  }
  return %y : tensor<1x3x3x12xf32>
}

// 2 * 6 inputs of a channel * 3 channels * (4 outputs * 2 taps)
// CHECK-LABEL: func.func @conv_transpose
func.func @conv_transpose(%x: tensor<1x3x6xf32>, %w: tensor<3x4x2xf32>) -> tensor<1x4x12xf32> {
  // CHECK: dsc.launch {{.*}} flops <() -> (288)>
  %y = dsc.group ins(%x, %w : tensor<1x3x6xf32>, tensor<3x4x2xf32>) -> (tensor<1x4x12xf32>)
      attributes {kind = #dsc.group_kind<opaque>} {
  ^bb0(%a: tensor<1x3x6xf32>, %b: tensor<3x4x2xf32>):
    %p = dsc.conv_transpose %a, %b {strides = array<i64: 2>, pads = array<i64: 0, 0>, dilations = array<i64: 1>, output_padding = array<i64: 0>} : (tensor<1x3x6xf32>, tensor<3x4x2xf32>) -> tensor<1x4x12xf32>
    dsc.yield %p : tensor<1x4x12xf32>
  }
  return %y : tensor<1x4x12xf32>
}

// 2 * 2 heads * 4 queries * s0 keys * (64 + 32)
// CHECK-LABEL: func.func @attention
func.func @attention(%q: tensor<1x2x4x64xf32>, %k: tensor<1x2x?x64xf32, #dsc.dims<()[s0] -> (1, 2, s0, 64)>>, %v: tensor<1x2x?x32xf32, #dsc.dims<()[s0] -> (1, 2, s0, 32)>>) -> tensor<1x2x4x32xf32> {
  // CHECK: dsc.launch {{.*}} flops <()[s0] -> (s0 * 1536)>
  %y = dsc.group ins(%q, %k, %v : tensor<1x2x4x64xf32>, tensor<1x2x?x64xf32, #dsc.dims<()[s0] -> (1, 2, s0, 64)>>, tensor<1x2x?x32xf32, #dsc.dims<()[s0] -> (1, 2, s0, 32)>>) -> (tensor<1x2x4x32xf32>)
      attributes {kind = #dsc.group_kind<attention>} {
  ^bb0(%a: tensor<1x2x4x64xf32>, %b: tensor<1x2x?x64xf32, #dsc.dims<()[s0] -> (1, 2, s0, 64)>>, %c: tensor<1x2x?x32xf32, #dsc.dims<()[s0] -> (1, 2, s0, 32)>>):
    %p = dsc.attention %a, %b, %c {scale = 0.125 : f32} : (tensor<1x2x4x64xf32>, tensor<1x2x?x64xf32, #dsc.dims<()[s0] -> (1, 2, s0, 64)>>, tensor<1x2x?x32xf32, #dsc.dims<()[s0] -> (1, 2, s0, 32)>>) -> tensor<1x2x4x32xf32>
    dsc.yield %p : tensor<1x2x4x32xf32>
  }
  return %y : tensor<1x2x4x32xf32>
}
