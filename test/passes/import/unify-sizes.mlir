// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Sizes that an op takes to be equal: one symbol where there is a solution, else a check before the op.
// RUN: dsc-opt %s -split-input-file -dsc-unify-sizes | FileCheck %s

// CHECK: dsc.symbol @n {kind = #dsc.symbol_kind<caller>, max = 8 : i64}
// CHECK-NOT: dsc.symbol
// CHECK-LABEL: @one_symbol(
// CHECK-SAME: %arg0: tensor<?xf32, #dsc.dims<()[s0] -> (s0)>>, %arg1: tensor<?xf32, #dsc.dims<()[s0] -> (s0)>>)
// CHECK-NOT: dsc.read_dim
dsc.symbol @n {kind = #dsc.symbol_kind<caller>}
dsc.symbol @m {kind = #dsc.symbol_kind<caller>, max = 8 : i64}
func.func @one_symbol(%x: tensor<?xf32, #dsc.dims<()[s0] -> (s0)>>, %y: tensor<?xf32, #dsc.dims<()[s0, s1] -> (s1)>>)
    -> tensor<?xf32, #dsc.dims<()[s0] -> (s0)>> {
  %z = dsc.add %x, %y : (tensor<?xf32, #dsc.dims<()[s0] -> (s0)>>, tensor<?xf32, #dsc.dims<()[s0, s1] -> (s1)>>)
      -> tensor<?xf32, #dsc.dims<()[s0] -> (s0)>>
  return %z : tensor<?xf32, #dsc.dims<()[s0] -> (s0)>>
}

// -----

// Four times the symbol is 40.
// CHECK-NOT: dsc.symbol
// CHECK-LABEL: @multiple(
// CHECK-SAME: tensor<10x4xf32>
// CHECK-NOT: dsc.read_dim
dsc.symbol @n {kind = #dsc.symbol_kind<caller>}
func.func @multiple(%x: tensor<?x4xf32, #dsc.dims<()[s0] -> (s0, 4)>>) -> tensor<5x8xf32> {
  %y = dsc.reshape %x : (tensor<?x4xf32, #dsc.dims<()[s0] -> (s0, 4)>>) -> tensor<5x8xf32>
  return %y : tensor<5x8xf32>
}

// -----

// 42 is no multiple of four: nothing fits, and the run says so.
// CHECK: dsc.symbol @n
// CHECK: dsc.symbol @size_difference {kind = #dsc.symbol_kind<data>, max = 0 : i64, min = 0 : i64}
// CHECK-LABEL: @no_multiple(
// CHECK: %[[D:.*]] = dsc.dim_values <()[s0] -> (s0 * 4 - 42)> : tensor<1xi64>
// CHECK: dsc.read_dim %[[D]][0] as @size_difference : tensor<1xi64>
// CHECK: dsc.reshape
dsc.symbol @n {kind = #dsc.symbol_kind<caller>}
func.func @no_multiple(%x: tensor<?x4xf32, #dsc.dims<()[s0] -> (s0, 4)>>) -> tensor<42xf32> {
  %y = dsc.reshape %x : (tensor<?x4xf32, #dsc.dims<()[s0] -> (s0, 4)>>) -> tensor<42xf32>
  return %y : tensor<42xf32>
}

// -----

// A size that depends on data is never replaced, and the same difference is checked once.
// CHECK: dsc.symbol @n
// CHECK: dsc.symbol @m
// CHECK-LABEL: @data(
// CHECK: dsc.read_dim %arg2[0] as @m
// CHECK: %[[D:.*]] = dsc.dim_values <()[s0, s1] -> (s0 - s1)> : tensor<1xi64>
// CHECK: dsc.read_dim %[[D]][0] as @size_difference
// CHECK: dsc.add
// CHECK-NOT: dsc.read_dim
// CHECK: dsc.mul
dsc.symbol @n {kind = #dsc.symbol_kind<caller>}
dsc.symbol @m {kind = #dsc.symbol_kind<data>}
func.func @data(%x: tensor<?xf32, #dsc.dims<()[s0] -> (s0)>>, %a: tensor<8xf32>, %s: tensor<1xi64>)
    -> tensor<?xf32, #dsc.dims<()[s0] -> (s0)>> {
  dsc.read_dim %s[0] as @m : tensor<1xi64>
  %y = dsc.constant_of_shape %s {value = dense<1.0> : tensor<1xf32>} : (tensor<1xi64>) -> tensor<?xf32, #dsc.dims<()[s0, s1] -> (s1)>>
  %z = dsc.add %x, %y : (tensor<?xf32, #dsc.dims<()[s0] -> (s0)>>, tensor<?xf32, #dsc.dims<()[s0, s1] -> (s1)>>)
      -> tensor<?xf32, #dsc.dims<()[s0] -> (s0)>>
  %w = dsc.mul %x, %y : (tensor<?xf32, #dsc.dims<()[s0] -> (s0)>>, tensor<?xf32, #dsc.dims<()[s0, s1] -> (s1)>>)
      -> tensor<?xf32, #dsc.dims<()[s0] -> (s0)>>
  %r = dsc.add %z, %w : (tensor<?xf32, #dsc.dims<()[s0] -> (s0)>>, tensor<?xf32, #dsc.dims<()[s0] -> (s0)>>)
      -> tensor<?xf32, #dsc.dims<()[s0] -> (s0)>>
  return %r : tensor<?xf32, #dsc.dims<()[s0] -> (s0)>>
}
