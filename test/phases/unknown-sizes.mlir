// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Inputs whose sizes nobody knows, or whose elements no 64 bits count, are refused before any pass computes with them.
// REQUIRES: onnx
// RUN: rm -rf %t && split-file %s %t
// RUN: not dsc-compile %t/unknown.mlir --level=v3 -o %t/p 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// RUN: not dsc-compile %t/huge.mlir --level=v3 -o %t/p 2>&1 | FileCheck %s --check-prefix=HUGE
// UNKNOWN: error: {{.*}}expected an expression for every dynamic dimension after phase 'import', but got 'tensor<?xf32>'
// HUGE: error: {{.*}}expected at most 2^48 elements after phase 'import', but got 'tensor<4611686018427387904x8xf32>'

//--- unknown.mlir
func.func @main(%x: tensor<?xf32>) -> tensor<?xf32> { return %x : tensor<?xf32> }
//--- huge.mlir
func.func @main(%x: tensor<4611686018427387904x8xf32>) -> tensor<4611686018427387904x8xf32> {
  %y = dsc.relu %x : tensor<4611686018427387904x8xf32>
  return %y : tensor<4611686018427387904x8xf32>
}
