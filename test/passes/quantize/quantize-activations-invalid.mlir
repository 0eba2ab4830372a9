// RUN: dsc-opt %s -verify-diagnostics -dsc-quantize-activations

dsc.param @q : tensor<8x2xi8> = dense<1> : tensor<8x2xi8>
dsc.param @s : tensor<1x2xf32> = dense<1.0> : tensor<1x2xf32>
func.func @no_range(%x: tensor<4x8xf32>) -> tensor<4x2xf32> {
  %q = dsc.weight @q : tensor<8x2xi8>
  %s = dsc.weight @s : tensor<1x2xf32>
  %z = dsc.constant dense<0> : tensor<i8>
  %w = dsc.dequantize %q, %s, %z : (tensor<8x2xi8>, tensor<1x2xf32>, tensor<i8>) -> tensor<8x2xf32>
  // expected-error @+1 {{'dsc.matmul' op expected a range from calibration, but got none}}
  %a = dsc.matmul %x, %w {dsc.format = {activation = "static", storage = "i8"}, dsc.stored = {}} : (tensor<4x8xf32>, tensor<8x2xf32>) -> tensor<4x2xf32>
  return %a : tensor<4x2xf32>
}
