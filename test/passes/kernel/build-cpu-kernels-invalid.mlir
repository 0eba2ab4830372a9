// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A level that nobody knows, and an op that no rule computes.
// RUN: not dsc-opt %s -dsc-build-cpu-kernels='levels=v9' 2>&1 | FileCheck %s --check-prefix=LEVEL
// RUN: not dsc-opt %s -dsc-build-cpu-kernels='levels=v3' 2>&1 | FileCheck %s --check-prefix=OP
// LEVEL: error: expected a known CPU level, but got "v9"
// OP: error: 'math.exp' op expected an op with a CPU kernel

func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %a = dsc.group ins(%x : tensor<4xf32>) -> (tensor<4xf32>) attributes {kind = #dsc.group_kind<opaque>} {
  ^bb0(%b: tensor<4xf32>):
    %r = math.exp %b : tensor<4xf32>
    dsc.yield %r : tensor<4xf32>
  }
  return %a : tensor<4xf32>
}
