// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Groups that only a hand can write: without a result, with sizes that nobody knows or no 64 bits hold.
// RUN: dsc-opt %s -split-input-file -verify-diagnostics -dsc-build-cpu-kernels='levels=v3'

func.func @no_result(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{'dsc.group' op expected a result to compute}}
  "dsc.group"(%x) ({
  ^bb0(%a: tensor<4xf32>):
    "dsc.yield"() : () -> ()
  }) {kind = #dsc.group_kind<pointwise>} : (tensor<4xf32>) -> ()
  return %x : tensor<4xf32>
}

// -----

func.func @unknown_size() -> tensor<?xf32> {
  %y = dsc.group -> (tensor<?xf32>) attributes {kind = #dsc.group_kind<pointwise>} {
    %c = dsc.constant dense<1.0> : tensor<4xf32>
    // expected-error @+1 {{'dsc.reshape' op expected a result of known sizes, but got 'tensor<?xf32>'}}
    %r = dsc.reshape %c : (tensor<4xf32>) -> tensor<?xf32>
    dsc.yield %r : tensor<?xf32>
  }
  return %y : tensor<?xf32>
}

// -----

func.func @too_many(%x: tensor<4611686018427387904x8xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{'dsc.group' op expected operands of known sizes, but got 'tensor<4611686018427387904x8xf32>'}}
  %y = dsc.group ins(%x : tensor<4611686018427387904x8xf32>) -> (tensor<4xf32>) attributes {kind = #dsc.group_kind<pointwise>} {
  ^bb0(%a: tensor<4611686018427387904x8xf32>):
    %c = dsc.constant dense<1.0> : tensor<4xf32>
    dsc.yield %c : tensor<4xf32>
  }
  return %y : tensor<4xf32>
}
