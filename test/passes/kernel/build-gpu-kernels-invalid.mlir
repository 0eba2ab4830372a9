// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The pass before this one has sent such groups to the CPU.
// RUN: dsc-opt %s -dsc-build-gpu-kernels -verify-diagnostics

func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @below {{'dsc.group' op expected a group that a GPU family takes}}
  %c = dsc.group ins(%x : tensor<4xf32>) -> (tensor<4xf32>)
      attributes {kind = #dsc.group_kind<pointwise>, target = "cuda"} {
  ^bb0(%b: tensor<4xf32>):
    %r = dsc.cumsum %b {axis = 0 : i64} : tensor<4xf32>
    dsc.yield %r : tensor<4xf32>
  }
  return %c : tensor<4xf32>
}
