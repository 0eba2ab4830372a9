// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Groups on CUDA become launches over a grid, one kernel per distinct structure; threads compute runs of 16 bytes.
// RUN: dsc-opt %s -dsc-build-gpu-kernels | FileCheck %s

// CHECK: dsc.kernel @g0 {access = array<i8: 1, 2>, {{.*}}name = "cuda_elements_relu_f32", {{.*}}target = "cuda"
// CHECK: dsc.kernel @g1
// CHECK-NOT: dsc.kernel
// CHECK-LABEL: func.func @main
func.func @main(%x: tensor<4x512xf32>, %w: tensor<4x6xf16>) -> (tensor<4x512xf32>, tensor<4x6xf16>) {
  // CHECK: %[[A:.*]] = dsc.launch @g0(%{{.*}}) dims <() -> ()> tiles <() -> (2, 1, 1)>
  %a = dsc.group ins(%x : tensor<4x512xf32>) -> (tensor<4x512xf32>)
      attributes {kind = #dsc.group_kind<pointwise>, target = "cuda"} {
  ^bb0(%b: tensor<4x512xf32>):
    %r = dsc.relu %b : tensor<4x512xf32>
    dsc.yield %r : tensor<4x512xf32>
  }
  // CHECK: dsc.launch @g0(%[[A]])
  %c = dsc.group ins(%a : tensor<4x512xf32>) -> (tensor<4x512xf32>)
      attributes {kind = #dsc.group_kind<pointwise>, target = "cuda"} {
  ^bb0(%b: tensor<4x512xf32>):
    %r = dsc.relu %b : tensor<4x512xf32>
    dsc.yield %r : tensor<4x512xf32>
  }
  %d = dsc.group ins(%w : tensor<4x6xf16>) -> (tensor<4x6xf16>)
      attributes {kind = #dsc.group_kind<pointwise>, target = "cuda"} {
  ^bb0(%b: tensor<4x6xf16>):
    %r = dsc.neg %b : tensor<4x6xf16>
    dsc.yield %r : tensor<4x6xf16>
  }
  return %c, %d : tensor<4x512xf32>, tensor<4x6xf16>
}
// CHECK: module @cuda attributes {dsc.target = "cuda"}
// CHECK: func.func @g0(%{{.*}}: !llvm.ptr<1> {llvm.noalias, llvm.readonly}, %{{.*}}: !llvm.ptr<1> {llvm.noalias}) attributes {dsc.threads = 256 : i64}
// CHECK: nvvm.read.ptx.sreg.tid.x
// CHECK: vector.load %{{.*}} {alignment = 16 : i64} : memref<2048xf32, 1>, vector<4xf32>
// CHECK: vector.store %{{.*}} {alignment = 16 : i64}
// CHECK-NOT: memref.load
// CHECK: func.func @g1
// CHECK: vector.load %{{.*}} {alignment = 16 : i64} : memref<24xf16, 1>, vector<8xf16>
