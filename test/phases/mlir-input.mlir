// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A model may be given in the dsc dialect: every phase behind import takes it.
// REQUIRES: onnx
// RUN: dsc-compile %s --stop-after=plan | FileCheck %s
// RUN: not dsc-compile %S/missing.mlir --stop-after=plan 2>&1 | FileCheck %s --check-prefix=MISSING
// MISSING: dsc-compile: error: {{.*}}missing.mlir

// CHECK: plan.step launch
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = dsc.relu %x : tensor<4xf32>
  return %y : tensor<4xf32>
}
