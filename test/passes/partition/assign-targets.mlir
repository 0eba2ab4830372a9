// RUN: dsc-opt %s -dsc-assign-targets | FileCheck %s

// CHECK-LABEL: @every_group_runs_on_the_cpu
func.func @every_group_runs_on_the_cpu(%x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: dsc.group
  // CHECK-NOT: stage = 3
  // CHECK-NOT: gpu
  %y = dsc.group ins(%x : tensor<4xf32>) -> (tensor<4xf32>) attributes {kind = #dsc.group_kind<pointwise>, target = "cuda", stage = 3 : i64} {
  ^bb0(%a: tensor<4xf32>):
    %r = dsc.relu %a : tensor<4xf32>
    dsc.yield %r : tensor<4xf32>
  }
  return %y : tensor<4xf32>
}
