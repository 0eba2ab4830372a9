// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Contents of small integer tensors, propagated: each function ends in a reshape or an expand that shows them.
// RUN: dsc-opt %s -dsc-infer-shapes | FileCheck %s

dsc.symbol @n {kind = #dsc.symbol_kind<caller>, max = 512 : i64}
dsc.symbol @m {kind = #dsc.symbol_kind<caller>}

// CHECK-LABEL: func.func @arithmetic(
func.func @arithmetic(%x: tensor<?x?xf32, #dsc.dims<()[s0, s1] -> (s0, s1)>>, %y: tensor<1xf32>) -> tensor<?x?x?xf32> {
  %s = dsc.shape %x {start = 0 : i64, end = 2 : i64} : (tensor<?x?xf32, #dsc.dims<()[s0, s1] -> (s0, s1)>>) -> tensor<2xi64>
  %two = dsc.constant dense<2> : tensor<i64>
  %a = dsc.mul %s, %two : (tensor<2xi64>, tensor<i64>) -> tensor<2xi64>
  %b = dsc.add %a, %s : (tensor<2xi64>, tensor<2xi64>) -> tensor<2xi64>
  %c = dsc.sub %b, %two : (tensor<2xi64>, tensor<i64>) -> tensor<2xi64>
  %d = dsc.div %s, %two : (tensor<2xi64>, tensor<i64>) -> tensor<2xi64>
  %e = dsc.concat %c, %d {axis = 0 : i64} : (tensor<2xi64>, tensor<2xi64>) -> tensor<4xi64>
  // CHECK: dsc.expand {{.*}} -> tensor<?x?x?x?xf32, #dsc.dims<()[s0, s1] -> (s0 * 3 - 2, s1 * 3 - 2, s0 floordiv 2, s1 floordiv 2)>>
  %r = dsc.expand %y, %e : (tensor<1xf32>, tensor<4xi64>) -> tensor<?x?x?x?xf32>
  %z = dsc.reduce %r {kind = #dsc.reduce_kind<sum>, axes = array<i64: 0>, keepdims = false} : (tensor<?x?x?x?xf32>) -> tensor<?x?x?xf32>
  return %z : tensor<?x?x?xf32>
}

// CHECK-LABEL: func.func @where_equal_keeps_symbol(
func.func @where_equal_keeps_symbol(%x: tensor<?x4xf32, #dsc.dims<()[s0] -> (s0, 4)>>, %y: tensor<1x1xf32>) -> tensor<?x?xf32> {
  %s = dsc.shape %x {start = 0 : i64, end = 2 : i64} : (tensor<?x4xf32, #dsc.dims<()[s0] -> (s0, 4)>>) -> tensor<2xi64>
  %minus = dsc.constant dense<-1> : tensor<2xi64>
  %ones = dsc.constant dense<1> : tensor<2xi64>
  %is = dsc.equal %s, %minus : (tensor<2xi64>, tensor<2xi64>) -> tensor<2xi1>
  %t = dsc.where %is, %ones, %s : (tensor<2xi1>, tensor<2xi64>, tensor<2xi64>) -> tensor<2xi64>
  // CHECK: dsc.expand {{.*}} -> tensor<?x4xf32, #dsc.dims<()[s0] -> (s0, 4)>>
  %r = dsc.expand %y, %t : (tensor<1x1xf32>, tensor<2xi64>) -> tensor<?x?xf32>
  return %r : tensor<?x?xf32>
}

// CHECK-LABEL: func.func @min_max_by_range(
func.func @min_max_by_range(%x: tensor<?xf32, #dsc.dims<()[s0] -> (s0)>>, %y: tensor<1xf32>) -> tensor<?x?xf32> {
  %s = dsc.shape %x {start = 0 : i64, end = 1 : i64} : (tensor<?xf32, #dsc.dims<()[s0] -> (s0)>>) -> tensor<1xi64>
  %limit = dsc.constant dense<512> : tensor<1xi64>
  %a = dsc.min %s, %limit : (tensor<1xi64>, tensor<1xi64>) -> tensor<1xi64>
  %b = dsc.max %s, %limit : (tensor<1xi64>, tensor<1xi64>) -> tensor<1xi64>
  %c = dsc.concat %a, %b {axis = 0 : i64} : (tensor<1xi64>, tensor<1xi64>) -> tensor<2xi64>
  // CHECK: dsc.expand {{.*}} -> tensor<?x512xf32, #dsc.dims<()[s0] -> (s0, 512)>>
  %r = dsc.expand %y, %c : (tensor<1xf32>, tensor<2xi64>) -> tensor<?x?xf32>
  return %r : tensor<?x?xf32>
}

// The pads of an exporter: flat, as pairs, reversed, transposed, flat again.
// CHECK-LABEL: func.func @pads_of_pairs(
func.func @pads_of_pairs(%x: tensor<1x1x4x4xf32>) -> tensor<?x?x?x?xf32> {
  %flat = dsc.constant dense<[1, 2, 3, 4, 0, 0, 0, 0]> : tensor<8xi64>
  %pair = dsc.constant dense<[-1, 2]> : tensor<2xi64>
  %pairs = dsc.reshape %flat, %pair : (tensor<8xi64>, tensor<2xi64>) -> tensor<4x2xi64>
  %b = dsc.constant dense<[-1]> : tensor<1xi64>
  %e = dsc.constant dense<[-9223372036854775807]> : tensor<1xi64>
  %back = dsc.slice %pairs, %b, %e, %b {axes = array<i64: 0>} : (tensor<4x2xi64>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<4x2xi64>
  %turned = dsc.transpose %back {permutation = array<i64: 1, 0>} : (tensor<4x2xi64>) -> tensor<2x4xi64>
  %one = dsc.constant dense<[-1]> : tensor<1xi64>
  %pads = dsc.reshape %turned, %one : (tensor<2x4xi64>, tensor<1xi64>) -> tensor<8xi64>
  // CHECK: dsc.constant dense<[0, 0, 3, 1, 0, 0, 4, 2]>
  // CHECK: dsc.pad {{.*}} -> tensor<1x1x11x7xf32>
  %y = dsc.pad %x, %pads : (tensor<1x1x4x4xf32>, tensor<8xi64>) -> tensor<?x?x?x?xf32>
  return %y : tensor<?x?x?x?xf32>
}

// CHECK-LABEL: func.func @product_of_sizes(
func.func @product_of_sizes(%x: tensor<?x?x8xf32, #dsc.dims<()[s0, s1] -> (s0, s1, 8)>>, %y: tensor<1xf32>) -> tensor<?xf32> {
  %s = dsc.shape %x {start = 0 : i64, end = 3 : i64} : (tensor<?x?x8xf32, #dsc.dims<()[s0, s1] -> (s0, s1, 8)>>) -> tensor<3xi64>
  %p = dsc.reduce %s {kind = #dsc.reduce_kind<prod>, axes = array<i64: 0>} : (tensor<3xi64>) -> tensor<1xi64>
  %f = dsc.cast %p {to = f32} : (tensor<1xi64>) -> tensor<1xf32>
  %i = dsc.cast %f {to = i64} : (tensor<1xf32>) -> tensor<1xi64>
  // CHECK: dsc.expand {{.*}} -> tensor<?xf32, #dsc.dims<()[s0, s1] -> ((s0 * s1) * 8)>>
  %r = dsc.expand %y, %i : (tensor<1xf32>, tensor<1xi64>) -> tensor<?xf32>
  return %r : tensor<?xf32>
}

// CHECK-LABEL: func.func @range_of_sizes(
func.func @range_of_sizes(%x: tensor<?xf32, #dsc.dims<()[s0] -> (s0)>>) -> tensor<?xi64> {
  %s = dsc.shape %x {start = 0 : i64, end = 1 : i64} : (tensor<?xf32, #dsc.dims<()[s0] -> (s0)>>) -> tensor<1xi64>
  %n = dsc.squeeze %s {axes = array<i64: 0>} : (tensor<1xi64>) -> tensor<i64>
  %b = dsc.constant dense<0> : tensor<i64>
  %d = dsc.constant dense<1> : tensor<i64>
  // CHECK: dsc.range {{.*}} -> tensor<?xi64, #dsc.dims<()[s0] -> (s0)>>
  %r = dsc.range %b, %n, %d : (tensor<i64>, tensor<i64>, tensor<i64>) -> tensor<?xi64>
  return %r : tensor<?xi64>
}
