// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A branch is finished before the next one starts if fewer bytes are live then; otherwise the model's order stays.
// RUN: dsc-opt %s -split-input-file -dsc-order-steps | FileCheck %s

// CHECK-LABEL: module @branches
module @branches {
  dsc.kernel @grow {access = array<i8: 1, 2>, name = "grow"}
  dsc.kernel @shrink {access = array<i8: 1, 2>, name = "shrink"}
  dsc.kernel @join {access = array<i8: 1, 1, 2>, name = "join"}
  func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
    // CHECK: %[[A:.*]] = dsc.launch @grow
    // CHECK-NEXT: dsc.launch @shrink(%[[A]])
    // CHECK-NEXT: %[[B:.*]] = dsc.launch @grow
    // CHECK-NEXT: dsc.launch @shrink(%[[B]])
    // CHECK-NEXT: dsc.launch @join
    %a = dsc.launch @grow(%x) dims <() -> ()> tiles <() -> (1)> grain = 1 : (tensor<4xf32>) -> tensor<999xf32>
    %b = dsc.launch @grow(%x) dims <() -> ()> tiles <() -> (1)> grain = 1 : (tensor<4xf32>) -> tensor<999xf32>
    %c = dsc.launch @shrink(%a) dims <() -> ()> tiles <() -> (1)> grain = 1 : (tensor<999xf32>) -> tensor<4xf32>
    %d = dsc.launch @shrink(%b) dims <() -> ()> tiles <() -> (1)> grain = 1 : (tensor<999xf32>) -> tensor<4xf32>
    %y = dsc.launch @join(%c, %d) dims <() -> ()> tiles <() -> (1)> grain = 1 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    return %y : tensor<4xf32>
  }
}

// -----

// What stands behind a read_dim may depend on its symbol: it stays behind it.
// CHECK-LABEL: module @reads
module @reads {
  dsc.symbol @n {kind = #dsc.symbol_kind<data>, max = 5 : i64}
  dsc.kernel @grow {access = array<i8: 1, 2>, name = "grow"}
  dsc.kernel @shrink {access = array<i8: 1, 2>, name = "shrink"}
  func.func @main(%x: tensor<4xf32>, %s: tensor<1xi64>) -> tensor<4xf32> {
    // CHECK: dsc.launch @grow
    // CHECK-NEXT: dsc.read_dim
    // CHECK-NEXT: dsc.launch @shrink
    %a = dsc.launch @grow(%x) dims <() -> ()> tiles <() -> (1)> grain = 1 : (tensor<4xf32>) -> tensor<999xf32>
    dsc.read_dim %s[0] as @n : tensor<1xi64>
    %c = dsc.launch @shrink(%a) dims <() -> ()> tiles <() -> (1)> grain = 1 : (tensor<999xf32>) -> tensor<4xf32>
    return %c : tensor<4xf32>
  }
}
