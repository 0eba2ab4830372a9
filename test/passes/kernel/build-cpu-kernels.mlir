// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Groups become launches of kernels, one per distinct structure and one function per level.
// RUN: dsc-opt %s -dsc-build-cpu-kernels='levels=v3,v4' | FileCheck %s

// CHECK: dsc.kernel @k0 {access = array<i8: 1, 2>, {{.*}}name = "cpu_rows_relu_f32"
// CHECK-NOT: dsc.kernel
// CHECK-LABEL: func.func @main
func.func @main(%x: tensor<4x512xf32>) -> tensor<4x512xf32> {
  // CHECK: %[[A:.*]] = dsc.launch @k0(%{{.*}}) dims <() -> ()> tiles <() -> (1)>
  %a = dsc.group ins(%x : tensor<4x512xf32>) -> (tensor<4x512xf32>)
      attributes {kind = #dsc.group_kind<pointwise>} {
  ^bb0(%b: tensor<4x512xf32>):
    %r = dsc.relu %b : tensor<4x512xf32>
    dsc.yield %r : tensor<4x512xf32>
  }
  // CHECK: dsc.launch @k0(%[[A]])
  %c = dsc.group ins(%a : tensor<4x512xf32>) -> (tensor<4x512xf32>)
      attributes {kind = #dsc.group_kind<pointwise>} {
  ^bb0(%b: tensor<4x512xf32>):
    %r = dsc.relu %b : tensor<4x512xf32>
    dsc.yield %r : tensor<4x512xf32>
  }
  return %c : tensor<4x512xf32>
}
// CHECK: module @cpu_v3 attributes {dsc.level = "v3"}
// CHECK: func.func @k0(
// CHECK: vector.load %{{.*}} : memref<2048xf32>, vector<16xf32>
// CHECK-NOT: func.func
// CHECK: module @cpu_v4 attributes {dsc.level = "v4"}
// CHECK: func.func @k0(
