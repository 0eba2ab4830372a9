// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Products cost their multiply-adds or their weights, what is done per element its elements. Other targets keep 0.
// RUN: dsc-opt %s -dsc-predict-costs | FileCheck %s
// RUN: dsc-opt %s -dsc-predict-costs="level=v3" | FileCheck %s --check-prefix=V3
// RUN: not dsc-opt %s -dsc-predict-costs="level=v9" 2>&1 | FileCheck %s --check-prefix=LEVEL

// LEVEL: error: expected a known CPU level to predict times for, but got "v9"

dsc.symbol @batch {kind = #dsc.symbol_kind<caller>}
dsc.param @w : tensor<512x512xf32> = dense<1.0> : tensor<512x512xf32>

// 2 * 100 * 512 * 512 operations at 88 % of the peak.
// CHECK-LABEL: @product
// CHECK: cost_ns = 505{{[0-9][0-9][0-9]}} : i64
func.func @product(%x: tensor<100x512xf32>) -> tensor<100x512xf32> {
  %w = dsc.weight @w : tensor<512x512xf32>
  %y = dsc.group ins(%x, %w : tensor<100x512xf32>, tensor<512x512xf32>) -> (tensor<100x512xf32>) attributes {kind = #dsc.group_kind<contraction>} {
  ^bb0(%a: tensor<100x512xf32>, %b: tensor<512x512xf32>):
    %m = dsc.matmul %a, %b : (tensor<100x512xf32>, tensor<512x512xf32>) -> tensor<100x512xf32>
    dsc.yield %m : tensor<100x512xf32>
  }
  return %y : tensor<100x512xf32>
}

// A batch without a bound counts as one row, which waits for the weights: 1 MiB at 20 bytes a nanosecond.
// CHECK-LABEL: @one_row
// CHECK: cost_ns = 52{{[0-9][0-9][0-9]}} : i64
func.func @one_row(%x: tensor<?x512xf32, #dsc.dims<()[s0] -> (s0, 512)>>) -> tensor<?x512xf32, #dsc.dims<()[s0] -> (s0, 512)>> {
  %w = dsc.weight @w : tensor<512x512xf32>
  %y = dsc.group ins(%x, %w : tensor<?x512xf32, #dsc.dims<()[s0] -> (s0, 512)>>, tensor<512x512xf32>) -> (tensor<?x512xf32, #dsc.dims<()[s0] -> (s0, 512)>>) attributes {kind = #dsc.group_kind<contraction>} {
  ^bb0(%a: tensor<?x512xf32, #dsc.dims<()[s0] -> (s0, 512)>>, %b: tensor<512x512xf32>):
    %m = dsc.matmul %a, %b : (tensor<?x512xf32, #dsc.dims<()[s0] -> (s0, 512)>>, tensor<512x512xf32>) -> tensor<?x512xf32, #dsc.dims<()[s0] -> (s0, 512)>>
    dsc.yield %m : tensor<?x512xf32, #dsc.dims<()[s0] -> (s0, 512)>>
  }
  return %y : tensor<?x512xf32, #dsc.dims<()[s0] -> (s0, 512)>>
}

// Polynomials have half the lanes on v3; reading and writing takes the same time.
// CHECK-LABEL: @elements
// CHECK: cost_ns = 7633 : i64
// V3-LABEL: @elements
// V3: cost_ns = 11633 : i64
// CHECK-NOT: cost_ns
func.func @elements(%x: tensor<10000xf32>) -> (tensor<10000xf32>, tensor<10000xf32>) {
  %y = dsc.group ins(%x : tensor<10000xf32>) -> (tensor<10000xf32>) attributes {kind = #dsc.group_kind<pointwise>} {
  ^bb0(%a: tensor<10000xf32>):
    %m = dsc.exp %a : tensor<10000xf32>
    dsc.yield %m : tensor<10000xf32>
  }
  %z = dsc.group ins(%x : tensor<10000xf32>) -> (tensor<10000xf32>) attributes {kind = #dsc.group_kind<pointwise>, target = "cuda"} {
  ^bb0(%a: tensor<10000xf32>):
    %m = dsc.exp %a : tensor<10000xf32>
    dsc.yield %m : tensor<10000xf32>
  }
  return %y, %z : tensor<10000xf32>, tensor<10000xf32>
}
