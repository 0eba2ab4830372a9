// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A branch is finished before the next one starts if fewer bytes are live then; otherwise the model's order stays.
// RUN: dsc-opt %s -split-input-file -dsc-order-groups | FileCheck %s

// CHECK-LABEL: @branches
func.func @branches(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  // CHECK: %[[A:.*]] = dsc.group ins(%arg0 : tensor<1x4xf32>)
  // CHECK: dsc.group ins(%[[A]] :
  // CHECK: %[[B:.*]] = dsc.group ins(%arg0 : tensor<1x4xf32>)
  // CHECK: dsc.group ins(%[[B]] :
  %a = dsc.group ins(%x : tensor<1x4xf32>) -> (tensor<999x4xf32>) attributes {kind = #dsc.group_kind<pointwise>} {
  ^bb0(%v: tensor<1x4xf32>):
    %k = dsc.constant dense<1.0> : tensor<999x1xf32>
    %s = dsc.add %v, %k : (tensor<1x4xf32>, tensor<999x1xf32>) -> tensor<999x4xf32>
    dsc.yield %s : tensor<999x4xf32>
  }
  %b = dsc.group ins(%x : tensor<1x4xf32>) -> (tensor<999x4xf32>) attributes {kind = #dsc.group_kind<pointwise>} {
  ^bb0(%v: tensor<1x4xf32>):
    %k = dsc.constant dense<1.0> : tensor<999x1xf32>
    %s = dsc.add %v, %k : (tensor<1x4xf32>, tensor<999x1xf32>) -> tensor<999x4xf32>
    dsc.yield %s : tensor<999x4xf32>
  }
  %c = dsc.group ins(%a : tensor<999x4xf32>) -> (tensor<1x4xf32>) attributes {kind = #dsc.group_kind<row_reduction>} {
  ^bb0(%v: tensor<999x4xf32>):
    %s = dsc.reduce %v {axes = array<i64: 0>, kind = #dsc.reduce_kind<sum>} : (tensor<999x4xf32>) -> tensor<1x4xf32>
    dsc.yield %s : tensor<1x4xf32>
  }
  %d = dsc.group ins(%b : tensor<999x4xf32>) -> (tensor<1x4xf32>) attributes {kind = #dsc.group_kind<row_reduction>} {
  ^bb0(%v: tensor<999x4xf32>):
    %s = dsc.reduce %v {axes = array<i64: 0>, kind = #dsc.reduce_kind<sum>} : (tensor<999x4xf32>) -> tensor<1x4xf32>
    dsc.yield %s : tensor<1x4xf32>
  }
  %y = dsc.group ins(%c, %d : tensor<1x4xf32>, tensor<1x4xf32>) -> (tensor<1x4xf32>) attributes {kind = #dsc.group_kind<pointwise>} {
  ^bb0(%v: tensor<1x4xf32>, %w: tensor<1x4xf32>):
    %s = dsc.add %v, %w : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
    dsc.yield %s : tensor<1x4xf32>
  }
  return %y : tensor<1x4xf32>
}

// -----

// What stands behind a read_dim may depend on its symbol: it stays behind it.
dsc.symbol @n {kind = #dsc.symbol_kind<data>, max = 5 : i64}
// CHECK-LABEL: @reads
func.func @reads(%x: tensor<1x4xf32>, %i: tensor<1xi64>) -> tensor<1x4xf32> {
  // CHECK: -> (tensor<999x4xf32>)
  // CHECK: dsc.read_dim
  // CHECK: -> (tensor<1x4xf32>)
  %a = dsc.group ins(%x : tensor<1x4xf32>) -> (tensor<999x4xf32>) attributes {kind = #dsc.group_kind<pointwise>} {
  ^bb0(%v: tensor<1x4xf32>):
    %k = dsc.constant dense<1.0> : tensor<999x1xf32>
    %s = dsc.add %v, %k : (tensor<1x4xf32>, tensor<999x1xf32>) -> tensor<999x4xf32>
    dsc.yield %s : tensor<999x4xf32>
  }
  dsc.read_dim %i[0] as @n : tensor<1xi64>
  %c = dsc.group ins(%a : tensor<999x4xf32>) -> (tensor<1x4xf32>) attributes {kind = #dsc.group_kind<row_reduction>} {
  ^bb0(%v: tensor<999x4xf32>):
    %s = dsc.reduce %v {axes = array<i64: 0>, kind = #dsc.reduce_kind<sum>} : (tensor<999x4xf32>) -> tensor<1x4xf32>
    dsc.yield %s : tensor<1x4xf32>
  }
  return %c : tensor<1x4xf32>
}
