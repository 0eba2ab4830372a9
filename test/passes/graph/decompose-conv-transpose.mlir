// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: dsc-opt %s -split-input-file -dsc-decompose-conv-transpose | FileCheck %s

// The kernel is as long as the stride: one tap per phase.
// CHECK-LABEL: @one_tap_per_phase
// CHECK-DAG: %[[W:.*]] = dsc.constant dense<{{\[\[\[}}1.000000e+00]], {{\[\[}}2.000000e+00]]]> : tensor<2x1x1xf32>
// CHECK-DAG: %[[B:.*]] = dsc.constant dense<5.000000e-01> : tensor<2xf32>
// CHECK: %[[C:.*]] = dsc.conv %arg0, %[[W]], %[[B]] {{{.*}}pads = array<i64: 0, 0>{{.*}}} {{.*}} -> tensor<1x2x8xf32>
// CHECK-NEXT: %[[R:.*]] = dsc.reshape %[[C]] : (tensor<1x2x8xf32>) -> tensor<1x1x2x8xf32>
// CHECK-NEXT: %[[T:.*]] = dsc.transpose %[[R]] {permutation = array<i64: 0, 1, 3, 2>}
// CHECK-NEXT: %[[Y:.*]] = dsc.reshape %[[T]] : (tensor<1x1x8x2xf32>) -> tensor<1x1x16xf32>
// CHECK-NEXT: return %[[Y]]
func.func @one_tap_per_phase(%x: tensor<1x1x8xf32>) -> tensor<1x1x16xf32> {
  %w = dsc.constant dense<[[[1.0, 2.0]]]> : tensor<1x1x2xf32>
  %b = dsc.constant dense<0.5> : tensor<1xf32>
  %y = dsc.conv_transpose %x, %w, %b {strides = array<i64: 2>, pads = array<i64: 0, 0>, dilations = array<i64: 1>, output_padding = array<i64: 0>} : (tensor<1x1x8xf32>, tensor<1x1x2xf32>, tensor<1xf32>) -> tensor<1x1x16xf32>
  return %y : tensor<1x1x16xf32>
}

// -----

// Three elements in two phases: 3, 1 (turned round) and 0, 2; pads crop.
// CHECK-LABEL: @taps_are_turned_round
// CHECK-DAG: %[[W:.*]] = dsc.constant dense<{{\[\[\[}}3.000000e+00, 1.000000e+00]], {{\[\[}}0.000000e+00, 2.000000e+00]]]> : tensor<2x1x2xf32>
// CHECK: dsc.conv %arg0, %[[W]] {{{.*}}pads = array<i64: 1, 1>{{.*}}} {{.*}} -> tensor<1x2x9xf32>
// CHECK: %[[P:.*]] = dsc.constant dense<-1> : tensor<2xi64>
// CHECK: dsc.pad %{{.*}}, %[[P]] {axes = array<i64: 2>} : (tensor<1x1x18xf32>, tensor<2xi64>) -> tensor<1x1x16xf32>
func.func @taps_are_turned_round(%x: tensor<1x1x8xf32>) -> tensor<1x1x16xf32> {
  %w = dsc.constant dense<[[[1.0, 2.0, 3.0]]]> : tensor<1x1x3xf32>
  %y = dsc.conv_transpose %x, %w {strides = array<i64: 2>, pads = array<i64: 1, 1>, dilations = array<i64: 1>, output_padding = array<i64: 1>} : (tensor<1x1x8xf32>, tensor<1x1x3xf32>) -> tensor<1x1x16xf32>
  return %y : tensor<1x1x16xf32>
}

// -----

// CHECK-LABEL: @stays
// CHECK-COUNT-3: dsc.conv_transpose
func.func @stays(%x: tensor<1x2x8xf32>, %v: tensor<2x1x2xf32>) -> (tensor<1x1x16xf32>, tensor<1x2x16xf32>, tensor<1x1x17xf32>) {
  %w = dsc.constant dense<1.0> : tensor<2x1x2xf32>
  %a = dsc.conv_transpose %x, %v {strides = array<i64: 2>, pads = array<i64: 0, 0>, dilations = array<i64: 1>, output_padding = array<i64: 0>} : (tensor<1x2x8xf32>, tensor<2x1x2xf32>) -> tensor<1x1x16xf32>
  %b = dsc.conv_transpose %x, %w {strides = array<i64: 2>, pads = array<i64: 0, 0>, dilations = array<i64: 1>, output_padding = array<i64: 0>, group = 2 : i64} : (tensor<1x2x8xf32>, tensor<2x1x2xf32>) -> tensor<1x2x16xf32>
  %c = dsc.conv_transpose %x, %w {strides = array<i64: 2>, pads = array<i64: 0, 0>, dilations = array<i64: 2>, output_padding = array<i64: 0>} : (tensor<1x2x8xf32>, tensor<2x1x2xf32>) -> tensor<1x1x17xf32>
  return %a, %b, %c : tensor<1x1x16xf32>, tensor<1x2x16xf32>, tensor<1x1x17xf32>
}
