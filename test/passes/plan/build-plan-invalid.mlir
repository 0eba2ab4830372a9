// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What cannot become a plan is refused where it stands.
// RUN: dsc-opt %s -split-input-file -verify-diagnostics -dsc-build-plan

// expected-error @+1 {{expected one function, with a body, but got 0, 0 of them with a body}}
module {}

// -----

// expected-error @+1 {{expected one function, with a body, but got 1, 0 of them with a body}}
module {
  func.func private @main(tensor<4xf32>) -> tensor<4xf32>
}

// -----

module {
  func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
    // expected-error @+1 {{'dsc.relu' op expected only launches, views and weights when the plan is built}}
    %y = dsc.relu %x : tensor<4xf32>
    return %y : tensor<4xf32>
  }
}

// -----

module {
  // expected-error @+1 {{expected input 0 to be a tensor of whole bytes, but got 'tensor<4xi4>'}}
  func.func @main(%x: tensor<4xi4>) {
    return
  }
}

// -----

module {
  // expected-error @+1 {{expected a tensor below 2^62 bytes, but got 'tensor<4611686018427387904xi8>'}}
  func.func @main(%x: tensor<4611686018427387904xi8>) {
    return
  }
}

// -----

module {
  // expected-error @+1 {{expected a tensor of known sizes, but got 'tensor<4611686018427387904xf32>'}}
  func.func @main(%x: tensor<4611686018427387904xf32>) {
    return
  }
}

// -----

module {
  dsc.kernel @k0 {access = array<i8: 1, 2>, name = "k"}
  // expected-error @+1 {{expected intermediate tensors of less than 2^62 bytes together}}
  func.func @main(%x: tensor<4xi8>) {
    %a = dsc.launch @k0(%x) dims <() -> ()> tiles <() -> (1)> grain = 1 : (tensor<4xi8>) -> tensor<2305843009213693952xi8>
    %b = dsc.launch @k0(%a) dims <() -> ()> tiles <() -> (1)> grain = 1
      : (tensor<2305843009213693952xi8>) -> tensor<2305843009213693952xi8>
    return
  }
}

// -----

module {
  dsc.kernel @k0 {access = array<i8: 1, 2>, name = "k"}
  func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
    // expected-error @+1 {{expected a tensor of whole bytes, but got 'tensor<4xi4>'}}
    %a = dsc.launch @k0(%x) dims <() -> ()> tiles <() -> (1)> grain = 1 : (tensor<4xi8>) -> tensor<4xi4>
    %b = dsc.launch @k0(%a) dims <() -> ()> tiles <() -> (1)> grain = 1 : (tensor<4xi4>) -> tensor<4xi8>
    return %b : tensor<4xi8>
  }
}
