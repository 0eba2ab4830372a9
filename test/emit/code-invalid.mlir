// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A module inside the model that is no module of kernels.
// REQUIRES: onnx
// RUN: not dsc-compile %s -o %t.dsc 2>&1 | FileCheck %s
// RUN: not ls %t.dsc
// CHECK: dsc-compile: error: {{.*}}expected a module with the level of its code in 'dsc.level'

module {
  module {}
  func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
    %y = dsc.relu %x : tensor<4xf32>
    return %y : tensor<4xf32>
  }
}
