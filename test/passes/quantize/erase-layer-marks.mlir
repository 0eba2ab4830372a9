// RUN: dsc-opt %s -dsc-erase-layer-marks | FileCheck %s

// CHECK-LABEL: @marks
func.func @marks(%x: tensor<4x4xf32>) -> tensor<4x4xf32> {
  // CHECK: dsc.matmul %arg0, %arg0 {transpose_rhs} :
  %y = dsc.matmul %x, %x {transpose_rhs, dsc.layer = {kind = "head"}, dsc.format = {storage = "i8"}, dsc.range = [0.0, 1.0], dsc.stored = {before = 1}} : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
  return %y : tensor<4x4xf32>
}
