// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What no GPU family takes goes back to the CPU with a reason; nothing else does.
// RUN: dsc-opt %s -dsc-choose-gpu-groups -verify-diagnostics | FileCheck %s

// CHECK-LABEL: func.func @main
func.func @main(%x: tensor<4xf32>, %n: tensor<1xi64>) -> (tensor<4xf32>, tensor<4xf32>) {
  // CHECK: target = "cuda"
  %a = dsc.group ins(%x : tensor<4xf32>) -> (tensor<4xf32>)
      attributes {kind = #dsc.group_kind<pointwise>, target = "cuda"} {
  ^bb0(%b: tensor<4xf32>):
    %r = dsc.relu %b : tensor<4xf32>
    dsc.yield %r : tensor<4xf32>
  }
  // CHECK: dsc.group
  // CHECK-NOT: target = "cuda"
  // expected-warning @below {{stays on the CPU, no GPU family takes it: an op whose elements depend on each other}}
  %c = dsc.group ins(%a : tensor<4xf32>) -> (tensor<4xf32>)
      attributes {kind = #dsc.group_kind<pointwise>, target = "cuda"} {
  ^bb0(%b: tensor<4xf32>):
    %r = dsc.cumsum %b {axis = 0 : i64} : tensor<4xf32>
    dsc.yield %r : tensor<4xf32>
  }
  return %a, %c : tensor<4xf32>, tensor<4xf32>
}
