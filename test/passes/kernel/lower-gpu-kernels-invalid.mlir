// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What PTX cannot have is refused after the lowering.
// RUN: dsc-opt %s -split-input-file -verify-diagnostics -dsc-lower-gpu-kernels

module {
  module @cuda attributes {dsc.target = "cuda"} {
    llvm.func @f(f32)
    func.func @calls(%x: f32) {
      // expected-error @below {{'llvm.call' op expected a GPU kernel without calls and stack memory}}
      llvm.call @f(%x) : (f32) -> ()
      return
    }
  }
}

// -----

module {
  module @cuda attributes {dsc.target = "cuda"} {
    // expected-error @below {{'func.func' op expected GPU kernels in the llvm and nvvm dialects only}}
    func.func @not_lowered(%x: tensor<4xf32>) {
      return
    }
  }
}
