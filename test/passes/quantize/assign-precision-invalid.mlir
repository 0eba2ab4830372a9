// RUN: dsc-opt %s -split-input-file -verify-diagnostics -dsc-assign-precision
// RUN: not dsc-opt %s -split-input-file -dsc-assign-precision="precision=int4" 2>&1 | FileCheck %s
// CHECK: expected precision 'model', but got 'int4'

func.func @quantized_contraction(%x: tensor<4x8xi8>, %w: tensor<8x2xi8>) -> tensor<4x2xi8> {
  // expected-error @+1 {{'dsc.matmul' op expected operands of 16 bits or more, but got 'i8': quantized contractions are not supported}}
  %y = dsc.matmul %x, %w : (tensor<4x8xi8>, tensor<8x2xi8>) -> tensor<4x2xi8>
  return %y : tensor<4x2xi8>
}
