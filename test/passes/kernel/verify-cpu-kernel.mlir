// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the runtime relies on in lowered kernels.
// RUN: dsc-opt %s -split-input-file -verify-diagnostics -dsc-verify-cpu-kernel

module {
  llvm.func @plain(%x: !llvm.ptr) {
    llvm.return
  }
}

// -----

module {
  // expected-error @+1 {{'func.func' op expected kernels in the llvm dialect only}}
  func.func @not_lowered() {
    return
  }
}

// -----

module {
  // expected-error @+1 {{'llvm.func' op expected a definition, but got a declaration}}
  llvm.func @expf(f32) -> f32
}

// -----

module {
  llvm.func @calls(%x: f32) {
    // expected-error @+1 {{'llvm.call' op expected a kernel without calls}}
    llvm.call @calls(%x) : (f32) -> ()
    llvm.return
  }
}

// -----

module {
  llvm.func @sine(%x: f32) -> f32 {
    // expected-error @+1 {{'llvm.intr.sin' op expected arithmetic, but got an operation that becomes a library call}}
    %y = llvm.intr.sin(%x) : (f32) -> f32
    llvm.return %y : f32
  }
}

// -----

module {
  llvm.func @stack(%n: i64) {
    // expected-error @+1 {{'llvm.alloca' op expected a kernel without stack memory}}
    %p = llvm.alloca %n x f32 : (i64) -> !llvm.ptr
    llvm.return
  }
}

// -----

module {
  // expected-error @+1 {{'llvm.mlir.global' op expected constant data, but got a global variable}}
  llvm.mlir.global internal @state(1 : i32) : i32
}
