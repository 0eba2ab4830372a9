// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A group on CUDA becomes PTX, and a cubin per architecture where there is a ptxas; without CUDA there is none.
// REQUIRES: onnx, ptxas
// RUN: dsc-compile %s --target=cuda -o %t.dsc
// RUN: dsc-translate --elide %t.dsc | FileCheck %s
// RUN: dsc-compile %s --target=cuda --ptxas=none -o %t.ptx.dsc
// RUN: dsc-translate --elide %t.ptx.dsc | FileCheck %s --check-prefix=PTX --implicit-check-not=cuda_cubin
// RUN: dsc-compile %s -o %t.cpu.dsc
// RUN: dsc-translate --elide %t.cpu.dsc | FileCheck %s --check-prefix=CPU --implicit-check-not=cuda

// CHECK: plan.device_slot cpu
// CHECK: plan.device_slot cuda
// CHECK: plan.segment cuda_cubin size {{.*}} sm 90 sm_a true
// CHECK: plan.segment cuda_cubin size {{.*}} sm 80 contents
// CHECK: plan.segment cuda_ptx size {{.*}} sm 80 contents
// CHECK: plan.kernel "cuda_elements_relu_f32"
// CHECK-NEXT: plan.kernel_code segment 0 symbol "g0" block [256, 1, 1]
// CHECK-NEXT: plan.kernel_code segment 1 symbol "g0"
// CHECK-NEXT: plan.kernel_code segment 2 symbol "g0"
// CHECK: plan.step copy device_slot 1 buffers [0, 1]
// CHECK-NEXT: plan.step launch device_slot 1 kernel 0 buffers [1, 2]
// CHECK-NEXT: plan.step copy device_slot 1 buffers [2, 3]
// PTX: plan.segment cuda_ptx
// PTX: plan.kernel_code segment 0 symbol "g0"
// CPU: cpu_code

func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = dsc.relu %x : tensor<4xf32>
  return %y : tensor<4xf32>
}
