// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The slowest stage is as fast as it can be; cuts the user asks for are kept; a stage that does not pay stays unused.
// RUN: dsc-opt %s -dsc-assign-stages="stages=2" | FileCheck %s --check-prefix=TWO
// RUN: dsc-opt %s -dsc-assign-stages="stages=4" | FileCheck %s --check-prefix=FOUR
// RUN: dsc-opt %s -dsc-assign-stages="cuts=fourth" | FileCheck %s --check-prefix=CUT
// RUN: dsc-opt %s -dsc-assign-stages="stages=3 cuts=fifth" | FileCheck %s --check-prefix=BOTH
// RUN: dsc-opt %s -dsc-assign-stages | FileCheck %s --check-prefix=NONE

// TWO: cost_ns = 700000 : i64{{.*}}} {
// TWO: cost_ns = 300000 : i64, kind = #dsc.group_kind<pointwise>} {
// TWO: cost_ns = 300000 : i64, kind = #dsc.group_kind<pointwise>, stage = 1 : i64} {
// TWO: cost_ns = 700000 : i64, kind = #dsc.group_kind<pointwise>, stage = 1 : i64} {
// The first and the last group take 700 us, so the two between them need one stage, not two.
// FOUR: cost_ns = 300000 : i64, kind = #dsc.group_kind<pointwise>, stage = 1 : i64} {
// FOUR: cost_ns = 300000 : i64, kind = #dsc.group_kind<pointwise>, stage = 1 : i64} {
// FOUR: cost_ns = 700000 : i64, kind = #dsc.group_kind<pointwise>, stage = 2 : i64} {
// CUT: cost_ns = 300000 : i64, kind = #dsc.group_kind<pointwise>} {
// CUT: cost_ns = 300000 : i64, kind = #dsc.group_kind<pointwise>, stage = 1 : i64} {
// BOTH: cost_ns = 300000 : i64, kind = #dsc.group_kind<pointwise>, stage = 1 : i64} {
// BOTH: cost_ns = 300000 : i64, kind = #dsc.group_kind<pointwise>, stage = 1 : i64} {
// BOTH: cost_ns = 700000 : i64, kind = #dsc.group_kind<pointwise>, stage = 2 : i64} {
// NONE-NOT: stage =
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %a = dsc.group ins(%x : tensor<4xf32>) -> (tensor<4xf32>) attributes {kind = #dsc.group_kind<pointwise>, cost_ns = 700000 : i64} {
  ^bb0(%v: tensor<4xf32>):
    %s = dsc.relu %v : tensor<4xf32>
    dsc.yield %s : tensor<4xf32>
  } loc("first")
  %b = dsc.group ins(%a : tensor<4xf32>) -> (tensor<4xf32>) attributes {kind = #dsc.group_kind<pointwise>, cost_ns = 300000 : i64} {
  ^bb0(%v: tensor<4xf32>):
    %s = dsc.relu %v : tensor<4xf32>
    dsc.yield %s : tensor<4xf32>
  } loc("second")
  %c = dsc.group ins(%b : tensor<4xf32>) -> (tensor<4xf32>) attributes {kind = #dsc.group_kind<pointwise>, cost_ns = 300000 : i64} {
  ^bb0(%v: tensor<4xf32>):
    %s = dsc.relu %v : tensor<4xf32>
    dsc.yield %s : tensor<4xf32>
  } loc(fused["third", "fourth"])
  %d = dsc.group ins(%c : tensor<4xf32>) -> (tensor<4xf32>) attributes {kind = #dsc.group_kind<pointwise>, cost_ns = 700000 : i64} {
  ^bb0(%v: tensor<4xf32>):
    %s = dsc.relu %v : tensor<4xf32>
    dsc.yield %s : tensor<4xf32>
  } loc("fifth")
  return %d : tensor<4xf32>
}
