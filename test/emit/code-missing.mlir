// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A module inside the model that claims a level but has no code for the kernels.
// REQUIRES: onnx
// RUN: not dsc-compile %s --level=v3 -o %t.dsc 2>&1 | FileCheck %s
// RUN: not ls %t.dsc
// CHECK: dsc-compile: error: {{.*}}expected code of every level, but level v3 has none in one of its modules

module {
  module attributes {dsc.level = "v3"} {}
  func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
    %y = dsc.relu %x : tensor<4xf32>
    return %y : tensor<4xf32>
  }
}
