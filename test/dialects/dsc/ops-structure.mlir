// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Round trips of symbols, weights, constants, groups, kernels and launches.
// RUN: dsc-opt %s | dsc-opt | FileCheck %s

// CHECK: dsc.symbol @batch {kind = #dsc.symbol_kind<caller>, max = 64 : i64, multiple_of = 2 : i64}
dsc.symbol @batch {kind = #dsc.symbol_kind<caller>, max = 64 : i64, multiple_of = 2 : i64}
// CHECK: dsc.symbol @length {kind = #dsc.symbol_kind<data>, max = 9 : i64, min = 0 : i64}
dsc.symbol @length {kind = #dsc.symbol_kind<data>, max = 9 : i64, min = 0 : i64}
// CHECK: dsc.param @w : tensor<2xf32> = dense<1.000000e+00> : tensor<2xf32>
dsc.param @w : tensor<2xf32> = dense<1.0> : tensor<2xf32>
// CHECK: dsc.param @packed : tensor<2x4x32x2xbf16> = dense<1.000000e+00> : tensor<40x8xbf16> {packing = #dsc.panels<kind = gemm, n = 40, k = 8, kp = 2, transposed = true>}
dsc.param @packed : tensor<2x4x32x2xbf16> = dense<1.0> : tensor<40x8xbf16> {packing = #dsc.panels<kind = gemm, n = 40, k = 8, kp = 2, transposed = true>}
// CHECK: dsc.param @filter : tensor<2x1x3x3x3x32xf32> = dense<1.000000e+00> : tensor<8x3x3x3xf32> {packing = #dsc.panels<kind = conv, n = 4, k = 3, taps = [3, 3], groups = 2>}
dsc.param @filter : tensor<2x1x3x3x3x32xf32> = dense<1.0> : tensor<8x3x3x3xf32> {packing = #dsc.panels<kind = conv, n = 4, k = 3, taps = [3, 3], groups = 2>}

// CHECK-LABEL: func.func @values(
func.func @values(%s: tensor<2xi64>) {
  // CHECK: dsc.weight @w : tensor<2xf32>
  %w = dsc.weight @w : tensor<2xf32>
  // CHECK: dsc.constant dense<[1, 2]> : tensor<2xi64>
  %c = dsc.constant dense<[1, 2]> : tensor<2xi64>
  // CHECK: dsc.dim_values <()[s0, s1] -> (s0 * s1, 4, s0 floordiv 2)> : tensor<3xi64>
  %d = dsc.dim_values <()[s0, s1] -> (s0 * s1, 4, s0 floordiv 2)> : tensor<3xi64>
  // CHECK: dsc.dim_values <()[s0] -> (s0)> : tensor<i32>
  %e = dsc.dim_values <()[s0] -> (s0)> : tensor<i32>
  // CHECK: dsc.read_dim %{{.*}}[1] as @length : tensor<2xi64>
  dsc.read_dim %s[1] as @length : tensor<2xi64>
  return
}

// CHECK-LABEL: func.func @group(
func.func @group(%x: tensor<?x2xf32, #dsc.dims<()[s0] -> (s0, 2)>>, %w: tensor<2xf32>) {
  // CHECK: dsc.group ins(%{{.*}}, %{{.*}} : tensor<?x2xf32, #dsc.dims<()[s0] -> (s0, 2)>>, tensor<2xf32>) -> (tensor<?x2xf32, #dsc.dims<()[s0] -> (s0, 2)>>) attributes {kind = #dsc.group_kind<pointwise>, stage = 1 : i64} {
  // CHECK-NEXT: ^bb0(%[[A:.*]]: tensor<?x2xf32, #dsc.dims<()[s0] -> (s0, 2)>>, %[[B:.*]]: tensor<2xf32>):
  // CHECK: dsc.yield %{{.*}} : tensor<?x2xf32, #dsc.dims<()[s0] -> (s0, 2)>>
  %r = dsc.group ins(%x, %w : tensor<?x2xf32, #dsc.dims<()[s0] -> (s0, 2)>>, tensor<2xf32>) -> (tensor<?x2xf32, #dsc.dims<()[s0] -> (s0, 2)>>) attributes {kind = #dsc.group_kind<pointwise>, stage = 1 : i64} {
  ^bb0(%a: tensor<?x2xf32, #dsc.dims<()[s0] -> (s0, 2)>>, %b: tensor<2xf32>):
    %s = dsc.add %a, %b : (tensor<?x2xf32, #dsc.dims<()[s0] -> (s0, 2)>>, tensor<2xf32>) -> tensor<?x2xf32, #dsc.dims<()[s0] -> (s0, 2)>>
    dsc.yield %s : tensor<?x2xf32, #dsc.dims<()[s0] -> (s0, 2)>>
  }
  return
}

// CHECK: dsc.kernel @k {access = array<i8: 1, 2>, name = "cpu_relu_f32", num_dims = 1 : i64, scratch = 64 : i64}
dsc.kernel @k {access = array<i8: 1, 2>, name = "cpu_relu_f32", num_dims = 1 : i64, scratch = 64 : i64}

// CHECK-LABEL: func.func @launch(
func.func @launch(%x: tensor<?xf32, #dsc.dims<()[s0] -> (s0)>>) {
  // CHECK: dsc.launch @k(%{{.*}}) dims <()[s0] -> (s0)> tiles <()[s0] -> (s0 ceildiv 64)> grain = 4 : (tensor<?xf32, #dsc.dims<()[s0] -> (s0)>>) -> tensor<?xf32, #dsc.dims<()[s0] -> (s0)>>
  %y = dsc.launch @k(%x) dims <()[s0] -> (s0)> tiles <()[s0] -> (s0 ceildiv 64)> grain = 4 : (tensor<?xf32, #dsc.dims<()[s0] -> (s0)>>) -> tensor<?xf32, #dsc.dims<()[s0] -> (s0)>>
  // CHECK: dsc.launch @k(%{{.*}}) dims <()[s0] -> (s0)> tiles <()[s0] -> (s0)> grain = 4 flops <()[s0] -> (s0 * 6)> :
  %z = dsc.launch @k(%x) dims <()[s0] -> (s0)> tiles <()[s0] -> (s0)> grain = 4 flops <()[s0] -> (s0 * 6)> : (tensor<?xf32, #dsc.dims<()[s0] -> (s0)>>) -> tensor<?xf32, #dsc.dims<()[s0] -> (s0)>>
  return
}

// CHECK-LABEL: func.func @transfer
func.func @transfer(%x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: dsc.transfer %{{.*}} to "cuda" : tensor<4xf32>
  %y = dsc.transfer %x to "cuda" : tensor<4xf32>
  return %y : tensor<4xf32>
}
