// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: not dsc-opt %s -dsc-assign-stages="cuts=forth" 2>&1 | FileCheck %s --check-prefix=NAME
// RUN: not dsc-opt %s -dsc-assign-stages="cuts=first" 2>&1 | FileCheck %s --check-prefix=FIRST
// RUN: not dsc-opt %s -dsc-assign-stages="stages=5" 2>&1 | FileCheck %s --check-prefix=MANY
// RUN: not dsc-opt %s -dsc-assign-stages="stages=2 cuts=second,fifth" 2>&1 | FileCheck %s --check-prefix=FEW

// NAME: error: expected the name of a node to cut before, but got 'forth'; near it: 'fourth', 'fifth', 'first'
// FIRST: error: expected a node behind the first group to cut before, but got 'first'
// MANY: error: expected at most 4 stages for 4 groups, but got 5
// FEW: error: expected at least 3 stages for these cuts, but got 2
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %a = dsc.group ins(%x : tensor<4xf32>) -> (tensor<4xf32>) attributes {kind = #dsc.group_kind<pointwise>, cost_ns = 700 : i64} {
  ^bb0(%v: tensor<4xf32>):
    %s = dsc.relu %v : tensor<4xf32>
    dsc.yield %s : tensor<4xf32>
  } loc("first")
  %b = dsc.group ins(%a : tensor<4xf32>) -> (tensor<4xf32>) attributes {kind = #dsc.group_kind<pointwise>, cost_ns = 300 : i64} {
  ^bb0(%v: tensor<4xf32>):
    %s = dsc.relu %v : tensor<4xf32>
    dsc.yield %s : tensor<4xf32>
  } loc("second")
  %c = dsc.group ins(%b : tensor<4xf32>) -> (tensor<4xf32>) attributes {kind = #dsc.group_kind<pointwise>, cost_ns = 300 : i64} {
  ^bb0(%v: tensor<4xf32>):
    %s = dsc.relu %v : tensor<4xf32>
    dsc.yield %s : tensor<4xf32>
  } loc(fused["third", "fourth"])
  %d = dsc.group ins(%c : tensor<4xf32>) -> (tensor<4xf32>) attributes {kind = #dsc.group_kind<pointwise>, cost_ns = 700 : i64} {
  ^bb0(%v: tensor<4xf32>):
    %s = dsc.relu %v : tensor<4xf32>
    dsc.yield %s : tensor<4xf32>
  } loc("fifth")
  return %d : tensor<4xf32>
}
