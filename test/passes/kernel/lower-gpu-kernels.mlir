// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The module of CUDA is lowered and its entries are marked; other modules are left alone.
// RUN: dsc-opt %s -dsc-lower-gpu-kernels | FileCheck %s

// CHECK: module @cpu_v3
module @cpu_v3 {
  // CHECK: func.func @k0
  func.func @k0() {
    return
  }
}

// CHECK: module @cuda
module @cuda attributes {dsc.target = "cuda"} {
  // CHECK: llvm.func @g0(%[[X:.*]]: !llvm.ptr<1> {llvm.noalias}) attributes {{{.*}}nvvm.kernel, nvvm.minctasm = 1 : i32, nvvm.reqntid = array<i32: 64, 1, 1>}
  // CHECK-NOT: dsc.threads
  func.func @g0(%x: !llvm.ptr<1> {llvm.noalias}) attributes {dsc.threads = 64 : i64} {
    // CHECK: nvvm.read.ptx.sreg.tid.x
    %t = nvvm.read.ptx.sreg.tid.x : i32
    // CHECK: llvm.store
    llvm.store %t, %x : i32, !llvm.ptr<1>
    return
  }
}
