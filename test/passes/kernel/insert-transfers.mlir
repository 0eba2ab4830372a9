// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A value goes to another target once, behind its views; weights are everywhere.
// RUN: dsc-opt %s -dsc-insert-transfers | FileCheck %s

dsc.param @w : tensor<4xf32> = dense<1.0> : tensor<4xf32>

// CHECK-LABEL: func.func @main(
// CHECK-SAME: %[[X:.*]]: tensor<2x2xf32>
func.func @main(%x: tensor<2x2xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  // CHECK: %[[W:.*]] = dsc.weight @w
  %w = dsc.weight @w : tensor<4xf32>
  // CHECK: %[[V:.*]] = dsc.reshape %[[X]]
  %v = dsc.reshape %x : (tensor<2x2xf32>) -> tensor<4xf32>
  // CHECK: %[[C:.*]] = dsc.transfer %[[V]] to "cuda"
  // CHECK: %[[Y:.*]] = dsc.group ins(%[[C]], %[[W]]
  %y = dsc.group ins(%v, %w : tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>)
      attributes {kind = #dsc.group_kind<pointwise>, target = "cuda"} {
  ^bb0(%a: tensor<4xf32>, %b: tensor<4xf32>):
    %r = dsc.add %a, %b : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    dsc.yield %r : tensor<4xf32>
  }
  // CHECK: dsc.group ins(%[[Y]], %[[C]]
  // CHECK-NOT: dsc.transfer %[[V]]
  %z = dsc.group ins(%y, %v : tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>)
      attributes {kind = #dsc.group_kind<pointwise>, target = "cuda"} {
  ^bb0(%a: tensor<4xf32>, %b: tensor<4xf32>):
    %r = dsc.add %a, %b : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    dsc.yield %r : tensor<4xf32>
  }
  // CHECK: %[[H:.*]] = dsc.transfer %[[Y]] to "cpu"
  // CHECK: dsc.group ins(%[[H]]
  %u = dsc.group ins(%y : tensor<4xf32>) -> (tensor<4xf32>)
      attributes {kind = #dsc.group_kind<pointwise>, target = "cpu"} {
  ^bb0(%a: tensor<4xf32>):
    %r = dsc.relu %a : tensor<4xf32>
    dsc.yield %r : tensor<4xf32>
  }
  // CHECK: %[[Z:.*]] = dsc.transfer %{{.*}} to "cpu"
  // CHECK: return %[[Z]],
  return %z, %u : tensor<4xf32>, tensor<4xf32>
}
