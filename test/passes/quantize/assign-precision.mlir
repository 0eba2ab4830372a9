// RUN: dsc-opt %s -dsc-assign-precision | FileCheck %s

// CHECK-LABEL: @types_of_the_model_stay
func.func @types_of_the_model_stay(%x: tensor<4x8xf16>, %w: tensor<8x2xf16>, %i: tensor<4xi8>) -> (tensor<4x2xf16>, tensor<4xi8>) {
  // CHECK: dsc.matmul {{.*}} : (tensor<4x8xf16>, tensor<8x2xf16>) -> tensor<4x2xf16>
  %y = dsc.matmul %x, %w : (tensor<4x8xf16>, tensor<8x2xf16>) -> tensor<4x2xf16>
  // CHECK: dsc.abs {{.*}} : tensor<4xi8>
  %a = dsc.abs %i : tensor<4xi8>
  return %y, %a : tensor<4x2xf16>, tensor<4xi8>
}
