// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Sizes as expressions of symbols: broadcasting, windows, concatenation, reshape.
// RUN: dsc-opt %s -dsc-infer-shapes | FileCheck %s

dsc.symbol @batch {kind = #dsc.symbol_kind<caller>}
dsc.symbol @seq {kind = #dsc.symbol_kind<caller>, max = 512 : i64}

// CHECK-LABEL: func.func @symbol_meets_one(
func.func @symbol_meets_one(%a: tensor<?x1xf32, #dsc.dims<()[s0] -> (s0, 1)>>, %b: tensor<1x8xf32>) -> tensor<?x8xf32> {
  // CHECK: dsc.add {{.*}} -> tensor<?x8xf32, #dsc.dims<()[s0] -> (s0, 8)>>
  %c = dsc.add %a, %b : (tensor<?x1xf32, #dsc.dims<()[s0] -> (s0, 1)>>, tensor<1x8xf32>) -> tensor<?x8xf32>
  return %c : tensor<?x8xf32>
}

// CHECK-LABEL: func.func @symbol_meets_static(
func.func @symbol_meets_static(%a: tensor<?xf32, #dsc.dims<()[s0] -> (s0)>>, %b: tensor<8xf32>) -> tensor<?xf32> {
  // CHECK: dsc.add {{.*}} -> tensor<8xf32>
  %c = dsc.add %a, %b : (tensor<?xf32, #dsc.dims<()[s0] -> (s0)>>, tensor<8xf32>) -> tensor<?xf32>
  return %c : tensor<?xf32>
}

// CHECK-LABEL: func.func @conv_halves(
func.func @conv_halves(%x: tensor<1x3x?x?xf32, #dsc.dims<()[s0, s1] -> (1, 3, s0, s1)>>, %w: tensor<4x3x3x3xf32>) -> tensor<1x4x?x?xf32> {
  // CHECK: dsc.conv {{.*}} -> tensor<1x4x?x?xf32, #dsc.dims<()[s0, s1] -> (1, 4, (s0 + 1) floordiv 2, s1 - 2)>>
  %y = dsc.conv %x, %w {strides = array<i64: 2, 1>, pads = array<i64: 1, 0, 1, 0>, dilations = array<i64: 1, 1>}
      : (tensor<1x3x?x?xf32, #dsc.dims<()[s0, s1] -> (1, 3, s0, s1)>>, tensor<4x3x3x3xf32>) -> tensor<1x4x?x?xf32>
  return %y : tensor<1x4x?x?xf32>
}

// CHECK-LABEL: func.func @pool_of_pool_merges_divisions(
func.func @pool_of_pool_merges_divisions(%x: tensor<1x3x?xf32, #dsc.dims<()[s0] -> (1, 3, s0)>>) -> tensor<1x3x?xf32> {
  // CHECK: dsc.max_pool {{.*}} -> tensor<1x3x?xf32, #dsc.dims<()[s0] -> (1, 3, s0 floordiv 2)>>
  // CHECK: dsc.max_pool {{.*}} -> tensor<1x3x?xf32, #dsc.dims<()[s0] -> (1, 3, s0 floordiv 4)>>
  %y = dsc.max_pool %x {kernel = array<i64: 2>, strides = array<i64: 2>, pads = array<i64: 0, 0>, dilations = array<i64: 1>}
      : (tensor<1x3x?xf32, #dsc.dims<()[s0] -> (1, 3, s0)>>) -> tensor<1x3x?xf32>
  %z = dsc.max_pool %y {kernel = array<i64: 2>, strides = array<i64: 2>, pads = array<i64: 0, 0>, dilations = array<i64: 1>}
      : (tensor<1x3x?xf32>) -> tensor<1x3x?xf32>
  return %z : tensor<1x3x?xf32>
}

// CHECK-LABEL: func.func @conv_transpose_doubles(
func.func @conv_transpose_doubles(%x: tensor<1x3x?xf32, #dsc.dims<()[s0] -> (1, 3, s0)>>, %w: tensor<3x4x2xf32>) -> tensor<1x4x?xf32> {
  // CHECK: dsc.conv_transpose {{.*}} -> tensor<1x4x?xf32, #dsc.dims<()[s0] -> (1, 4, s0 * 2)>>
  %y = dsc.conv_transpose %x, %w {strides = array<i64: 2>, pads = array<i64: 0, 0>, dilations = array<i64: 1>, output_padding = array<i64: 0>}
      : (tensor<1x3x?xf32, #dsc.dims<()[s0] -> (1, 3, s0)>>, tensor<3x4x2xf32>) -> tensor<1x4x?xf32>
  return %y : tensor<1x4x?xf32>
}

// CHECK-LABEL: func.func @concat_adds(
func.func @concat_adds(%a: tensor<?x2xf32, #dsc.dims<()[s0] -> (s0, 2)>>, %b: tensor<3x2xf32>) -> tensor<?x2xf32> {
  // CHECK: dsc.concat {{.*}} -> tensor<?x2xf32, #dsc.dims<()[s0] -> (s0 * 2 + 3, 2)>>
  %c = dsc.concat %a, %b, %a {axis = 0 : i64} : (tensor<?x2xf32, #dsc.dims<()[s0] -> (s0, 2)>>, tensor<3x2xf32>, tensor<?x2xf32, #dsc.dims<()[s0] -> (s0, 2)>>) -> tensor<?x2xf32>
  return %c : tensor<?x2xf32>
}

// CHECK-LABEL: func.func @reshape_cancels_factors(
func.func @reshape_cancels_factors(%a: tensor<?x?x768xf32, #dsc.dims<()[s0, s1] -> (s0, s1, 768)>>) -> tensor<?x?x12x64xf32> {
  %s = dsc.constant dense<[0, -1, 12, 64]> : tensor<4xi64>
  // CHECK: dsc.reshape {{.*}} -> tensor<?x?x12x64xf32, #dsc.dims<()[s0, s1] -> (s0, s1, 12, 64)>>
  %b = dsc.reshape %a, %s : (tensor<?x?x768xf32, #dsc.dims<()[s0, s1] -> (s0, s1, 768)>>, tensor<4xi64>) -> tensor<?x?x12x64xf32>
  return %b : tensor<?x?x12x64xf32>
}

// CHECK-LABEL: func.func @reshape_joins_symbols(
func.func @reshape_joins_symbols(%a: tensor<?x?x8xf32, #dsc.dims<()[s0, s1] -> (s0, s1, 8)>>) -> tensor<?x8xf32> {
  %s = dsc.constant dense<[-1, 8]> : tensor<2xi64>
  // CHECK: dsc.reshape {{.*}} -> tensor<?x8xf32, #dsc.dims<()[s0, s1] -> (s0 * s1, 8)>>
  %b = dsc.reshape %a, %s : (tensor<?x?x8xf32, #dsc.dims<()[s0, s1] -> (s0, s1, 8)>>, tensor<2xi64>) -> tensor<?x8xf32>
  return %b : tensor<?x8xf32>
}

// CHECK-LABEL: func.func @reshape_by_sizes(
func.func @reshape_by_sizes(%a: tensor<?x?x8xf32, #dsc.dims<()[s0, s1] -> (s0, s1, 8)>>) -> tensor<?x?xf32> {
  %s = dsc.shape %a {start = 0 : i64, end = 3 : i64} : (tensor<?x?x8xf32, #dsc.dims<()[s0, s1] -> (s0, s1, 8)>>) -> tensor<3xi64>
  %zero = dsc.constant dense<[0]> : tensor<1xi64>
  %batch = dsc.gather %s, %zero {axis = 0 : i64} : (tensor<3xi64>, tensor<1xi64>) -> tensor<1xi64>
  %rest = dsc.constant dense<[-1]> : tensor<1xi64>
  %shape = dsc.concat %batch, %rest {axis = 0 : i64} : (tensor<1xi64>, tensor<1xi64>) -> tensor<2xi64>
  // CHECK-NOT: dsc.shape
  // CHECK: dsc.reshape %{{.*}} : ({{.*}}) -> tensor<?x?xf32, #dsc.dims<()[s0, s1] -> (s0, s1 * 8)>>
  %b = dsc.reshape %a, %shape : (tensor<?x?x8xf32, #dsc.dims<()[s0, s1] -> (s0, s1, 8)>>, tensor<2xi64>) -> tensor<?x?xf32>
  return %b : tensor<?x?xf32>
}

// CHECK-LABEL: func.func @matmul_batches(
func.func @matmul_batches(%a: tensor<?x12x?x64xf32, #dsc.dims<()[s0, s1] -> (s0, 12, s1, 64)>>) -> tensor<?x12x?x?xf32> {
  // CHECK: dsc.matmul {{.*}} -> tensor<?x12x?x?xf32, #dsc.dims<()[s0, s1] -> (s0, 12, s1, s1)>>
  %b = dsc.matmul %a, %a {transpose_rhs} : (tensor<?x12x?x64xf32, #dsc.dims<()[s0, s1] -> (s0, 12, s1, 64)>>, tensor<?x12x?x64xf32, #dsc.dims<()[s0, s1] -> (s0, 12, s1, 64)>>) -> tensor<?x12x?x?xf32>
  return %b : tensor<?x12x?x?xf32>
}

// CHECK-LABEL: func.func @resize_by_scale(
func.func @resize_by_scale(%a: tensor<1x3x?x5xf32, #dsc.dims<()[s0] -> (1, 3, s0, 5)>>) -> tensor<1x3x?x?xf32> {
  %s = dsc.constant dense<[1.5, 1.5]> : tensor<2xf32>
  // CHECK: dsc.resize {{.*}} -> tensor<1x3x?x7xf32, #dsc.dims<()[s0] -> (1, 3, (s0 * 3) floordiv 2, 7)>>
  %b = dsc.resize %a scales(%s) {axes = array<i64: 2, 3>} : (tensor<1x3x?x5xf32, #dsc.dims<()[s0] -> (1, 3, s0, 5)>>, tensor<2xf32>) -> tensor<1x3x?x?xf32>
  return %b : tensor<1x3x?x?xf32>
}
