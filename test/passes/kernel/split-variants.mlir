// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Every further target gets a copy of the function.
// RUN: dsc-opt %s -dsc-split-variants='targets=cpu,cuda' | FileCheck %s

// CHECK: func.func @main(%{{.*}}) -> tensor<4xf32> attributes {dsc.variant = "cpu"}
// CHECK-NOT: target = "cuda"
// CHECK: func.func @main.cuda(%{{.*}}) -> tensor<4xf32> attributes {dsc.variant = "cuda"}
// CHECK: target = "cuda"
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = dsc.group ins(%x : tensor<4xf32>) -> (tensor<4xf32>)
      attributes {kind = #dsc.group_kind<pointwise>, target = "cuda"} {
  ^bb0(%a: tensor<4xf32>):
    %r = dsc.relu %a : tensor<4xf32>
    dsc.yield %r : tensor<4xf32>
  }
  return %y : tensor<4xf32>
}
