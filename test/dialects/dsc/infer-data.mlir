// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Sizes that depend on data: symbols bound by dsc.read_dim, checks of declared sizes, ranges that decide a slice.
// RUN: dsc-opt %s -dsc-infer-shapes -split-input-file | FileCheck %s

// CHECK: dsc.symbol @shape {kind = #dsc.symbol_kind<data>, min = 0 : i64}
// CHECK-LABEL: func.func @read_symbol(
func.func @read_symbol(%s: tensor<1xi64>) -> tensor<?xf32> {
  // CHECK: dsc.read_dim %{{.*}}[0] as @shape : tensor<1xi64>
  // CHECK: dsc.constant_of_shape {{.*}} -> tensor<?xf32, #dsc.dims<()[s0] -> (s0)>>
  %y = dsc.constant_of_shape %s {value = dense<0.0> : tensor<1xf32>} : (tensor<1xi64>) -> tensor<?xf32>
  return %y : tensor<?xf32>
}

// -----

// CHECK: dsc.symbol @shape {kind = #dsc.symbol_kind<data>, max = 4 : i64, min = 4 : i64}
// CHECK-LABEL: func.func @check_declared(
func.func @check_declared(%s: tensor<1xi64>) -> tensor<4xf32> {
  // CHECK: dsc.read_dim %{{.*}}[0] as @shape : tensor<1xi64>
  // CHECK: dsc.constant_of_shape {{.*}} -> tensor<4xf32>
  %y = dsc.constant_of_shape %s {value = dense<0.0> : tensor<1xf32>} : (tensor<1xi64>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// CHECK: dsc.symbol @shape {kind = #dsc.symbol_kind<data>, min = 0 : i64}
// CHECK-NOT: dsc.symbol
// CHECK-LABEL: func.func @same_element_same_symbol(
func.func @same_element_same_symbol(%s: tensor<1xi64>) -> tensor<?xf32> {
  // CHECK: dsc.read_dim
  // CHECK-NOT: dsc.read_dim
  // CHECK: dsc.add {{.*}} -> tensor<?xf32, #dsc.dims<()[s0] -> (s0)>>
  %y = dsc.constant_of_shape %s {value = dense<0.0> : tensor<1xf32>} : (tensor<1xi64>) -> tensor<?xf32>
  %z = dsc.constant_of_shape %s {value = dense<1.0> : tensor<1xf32>} : (tensor<1xi64>) -> tensor<?xf32>
  %r = dsc.add %y, %z : (tensor<?xf32>, tensor<?xf32>) -> tensor<?xf32>
  return %r : tensor<?xf32>
}

// -----

// CHECK: dsc.symbol @k {kind = #dsc.symbol_kind<data>, max = 8 : i64, min = 0 : i64}
// CHECK-LABEL: func.func @top_k_bounded_by_size(
func.func @top_k_bounded_by_size(%x: tensor<4x8xf32>, %k: tensor<1xi64>) -> tensor<4x?xf32> {
  // CHECK: dsc.top_k {{.*}} -> (tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>, tensor<4x?xi64, #dsc.dims<()[s0] -> (4, s0)>>)
  %v, %i = dsc.top_k %x, %k {axis = 1 : i64} : (tensor<4x8xf32>, tensor<1xi64>) -> (tensor<4x?xf32>, tensor<4x?xi64>)
  return %v : tensor<4x?xf32>
}

// -----

// CHECK-LABEL: func.func @left_over_needs_no_reading(
func.func @left_over_needs_no_reading(%x: tensor<4x6xf32>, %n: tensor<1xi64>) -> tensor<8x?xf32> {
  %c = dsc.constant dense<8> : tensor<1xi64>
  %s = dsc.concat %c, %n {axis = 0 : i64} : (tensor<1xi64>, tensor<1xi64>) -> tensor<2xi64>
  // CHECK-NOT: dsc.read_dim
  // CHECK: dsc.reshape {{.*}} -> tensor<8x3xf32>
  %y = dsc.reshape %x, %s : (tensor<4x6xf32>, tensor<2xi64>) -> tensor<8x?xf32>
  return %y : tensor<8x?xf32>
}

// -----

// A symbolic end in a table bounds the caller's symbol.
// CHECK: dsc.symbol @seq {kind = #dsc.symbol_kind<caller>, max = 512 : i64}
dsc.symbol @seq {kind = #dsc.symbol_kind<caller>}
// CHECK-LABEL: func.func @slice_bounds_symbol(
func.func @slice_bounds_symbol(%table: tensor<1x512xi64>) -> tensor<1x?xi64> {
  %b = dsc.constant dense<0> : tensor<1xi64>
  %e = dsc.dim_values <()[s0] -> (s0)> : tensor<1xi64>
  %s = dsc.constant dense<1> : tensor<1xi64>
  // CHECK: dsc.slice {{.*}} -> tensor<1x?xi64, #dsc.dims<()[s0] -> (1, s0)>>
  %y = dsc.slice %table, %b, %e, %s {axes = array<i64: 1>} : (tensor<1x512xi64>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<1x?xi64>
  return %y : tensor<1x?xi64>
}

// -----

// A constant end that may lie behind a symbolic size: the smaller one, and the same symbol for the same two.
dsc.symbol @seq {kind = #dsc.symbol_kind<caller>}
// CHECK: dsc.symbol @min {kind = #dsc.symbol_kind<min>, min = 0 : i64, of = #dsc.dims<()[s0] -> (s0, 16)>}
// CHECK-NOT: dsc.symbol
// CHECK-LABEL: func.func @slice_clamped_at_run_time(
func.func @slice_clamped_at_run_time(%x: tensor<?xf32, #dsc.dims<()[s0] -> (s0)>>) -> tensor<?xf32> {
  %b = dsc.constant dense<0> : tensor<1xi64>
  %e = dsc.constant dense<16> : tensor<1xi64>
  %s = dsc.constant dense<1> : tensor<1xi64>
  // CHECK: dsc.slice {{.*}} -> tensor<?xf32, #dsc.dims<()[s0, s1] -> (s1)>>
  %y = dsc.slice %x, %b, %e, %s {axes = array<i64: 0>} : (tensor<?xf32, #dsc.dims<()[s0] -> (s0)>>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<?xf32>
  // CHECK: dsc.slice {{.*}} -> tensor<?xf32, #dsc.dims<()[s0, s1] -> (s1)>>
  %z = dsc.slice %x, %b, %e, %s {axes = array<i64: 0>} : (tensor<?xf32, #dsc.dims<()[s0] -> (s0)>>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<?xf32>
  %w = dsc.add %y, %z : (tensor<?xf32>, tensor<?xf32>) -> tensor<?xf32>
  return %w : tensor<?xf32>
}

// -----

// A start before the beginning or behind the end: the size is not negative, and not larger than the dimension.
dsc.symbol @seq {kind = #dsc.symbol_kind<caller>}
// CHECK: dsc.symbol @max {kind = #dsc.symbol_kind<max>, min = 0 : i64, of = #dsc.dims<()[s0] -> (s0 - 4, 0)>}
// CHECK-LABEL: func.func @slice_behind_the_end(
func.func @slice_behind_the_end(%x: tensor<?xf32, #dsc.dims<()[s0] -> (s0)>>) -> (tensor<?xf32>, tensor<?xf32>) {
  %f = dsc.constant dense<4> : tensor<1xi64>
  %m = dsc.constant dense<-4> : tensor<1xi64>
  %e = dsc.constant dense<9223372036854775807> : tensor<1xi64>
  %s = dsc.constant dense<1> : tensor<1xi64>
  // CHECK: dsc.slice {{.*}} -> tensor<?xf32, #dsc.dims<()[s0, s1] -> (s1)>>
  %y = dsc.slice %x, %f, %e, %s {axes = array<i64: 0>} : (tensor<?xf32, #dsc.dims<()[s0] -> (s0)>>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<?xf32>
  // CHECK: dsc.slice {{.*}} -> tensor<?xf32, #dsc.dims<()[s0, s1, s2] -> (s2)>>
  %z = dsc.slice %x, %m, %e, %s {axes = array<i64: 0>} : (tensor<?xf32, #dsc.dims<()[s0] -> (s0)>>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<?xf32>
  return %y, %z : tensor<?xf32>, tensor<?xf32>
}

// -----

dsc.symbol @seq {kind = #dsc.symbol_kind<caller>}
// CHECK-LABEL: func.func @slice_decided_by_range(
func.func @slice_decided_by_range(%x: tensor<?xf32, #dsc.dims<()[s0] -> (s0 + 4)>>) -> tensor<?xf32> {
  %b = dsc.constant dense<[2]> : tensor<1xi64>
  %e = dsc.constant dense<[-1]> : tensor<1xi64>
  %s = dsc.constant dense<[2]> : tensor<1xi64>
  // CHECK: dsc.slice {{.*}} -> tensor<?xf32, #dsc.dims<()[s0] -> (s0 floordiv 2 + 1)>>
  %y = dsc.slice %x, %b, %e, %s {axes = array<i64: 0>} : (tensor<?xf32, #dsc.dims<()[s0] -> (s0 + 4)>>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<?xf32>
  return %y : tensor<?xf32>
}

// -----

// CHECK-LABEL: func.func @slice_backwards(
func.func @slice_backwards(%x: tensor<8xf32>) -> tensor<?xf32> {
  %b = dsc.constant dense<[-1]> : tensor<1xi64>
  %e = dsc.constant dense<[-9223372036854775808]> : tensor<1xi64>
  %s = dsc.constant dense<[-3]> : tensor<1xi64>
  // CHECK: dsc.slice {{.*}} -> tensor<3xf32>
  %y = dsc.slice %x, %b, %e, %s {axes = array<i64: 0>} : (tensor<8xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<?xf32>
  return %y : tensor<?xf32>
}
