// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Round trips of the ops between real numbers and integers, their shapes and what folds.
// RUN: dsc-opt %s | dsc-opt | FileCheck %s
// RUN: dsc-opt %s -dsc-infer-shapes -dsc-fold-constants | FileCheck %s --check-prefix=FOLD

dsc.symbol @n {kind = #dsc.symbol_kind<caller>}

// CHECK-LABEL: func.func @per_tensor
func.func @per_tensor(%x: tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>, %s: tensor<f32>, %z: tensor<ui8>)
    -> tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>> {
  // CHECK: dsc.quantize %{{.*}} : (tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>, tensor<f32>, tensor<ui8>) -> tensor<4x?xui8, #dsc.dims<()[s0] -> (4, s0)>>
  %q = dsc.quantize %x, %s, %z : (tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>, tensor<f32>, tensor<ui8>) -> tensor<4x?xui8, #dsc.dims<()[s0] -> (4, s0)>>
  // CHECK: dsc.dequantize %{{.*}} : (tensor<4x?xui8, #dsc.dims<()[s0] -> (4, s0)>>, tensor<f32>, tensor<ui8>) -> tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>
  // FOLD: dsc.quantize
  // FOLD-NEXT: dsc.dequantize
  %y = dsc.dequantize %q, %s, %z : (tensor<4x?xui8, #dsc.dims<()[s0] -> (4, s0)>>, tensor<f32>, tensor<ui8>) -> tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>
  return %y : tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>
}

// CHECK-LABEL: func.func @per_channel
func.func @per_channel(%x: tensor<2x3x4xi8>, %s: tensor<3x1xbf16>, %z: tensor<3x1xi8>) -> tensor<2x3x4xbf16> {
  // CHECK: dsc.dequantize %{{.*}} : (tensor<2x3x4xi8>, tensor<3x1xbf16>, tensor<3x1xi8>) -> tensor<2x3x4xbf16>
  %y = dsc.dequantize %x, %s, %z : (tensor<2x3x4xi8>, tensor<3x1xbf16>, tensor<3x1xi8>) -> tensor<2x3x4xbf16>
  return %y : tensor<2x3x4xbf16>
}

// Ties go to even, what is too large or small saturates, and NaN is the zero point.
// FOLD-LABEL: func.func @constants_are_quantized
func.func @constants_are_quantized() -> (tensor<8xi8>, tensor<4xui8>) {
  // FOLD-DAG: dsc.constant dense<[3, 3, 5, 2, 127, -128, 3, 1]> : tensor<8xi8>
  // FOLD-DAG: dsc.constant dense<[0, 255, 128, 130]> : tensor<4xui8>
  %x = dsc.constant dense<[0.25, -0.25, 0.75, -0.5, 1.0e9, -1.0e9, 0x7FC00000, -1.25]> : tensor<8xf32>
  %s = dsc.constant dense<0.5> : tensor<f32>
  %z = dsc.constant dense<3> : tensor<i8>
  %q = dsc.quantize %x, %s, %z : (tensor<8xf32>, tensor<f32>, tensor<i8>) -> tensor<8xi8>
  %y = dsc.constant dense<[-100.0, 100.0, 0.0, 1.25]> : tensor<4xf32>
  %u = dsc.constant dense<128> : tensor<ui8>
  %r = dsc.quantize %y, %s, %u : (tensor<4xf32>, tensor<f32>, tensor<ui8>) -> tensor<4xui8>
  return %q, %r : tensor<8xi8>, tensor<4xui8>
}

// Weights stay small: they are not dequantized at compile time.
// FOLD-LABEL: func.func @constants_are_not_dequantized
func.func @constants_are_not_dequantized() -> tensor<2xf32> {
  // FOLD: dsc.dequantize
  %q = dsc.constant dense<[1, -1]> : tensor<2xi8>
  %s = dsc.constant dense<0.5> : tensor<f32>
  %z = dsc.constant dense<3> : tensor<i8>
  %x = dsc.dequantize %q, %s, %z : (tensor<2xi8>, tensor<f32>, tensor<i8>) -> tensor<2xf32>
  return %x : tensor<2xf32>
}

// CHECK-LABEL: func.func @products
func.func @products(%a: tensor<4x8xui8>, %s: tensor<4x1xf32>, %z: tensor<ui8>, %b: tensor<8x2xi8>, %t: tensor<2xf32>,
                    %y: tensor<2xi8>, %c: tensor<2xf32>, %x: tensor<4x8xf32>) {
  // CHECK: dsc.qmatmul %arg0, %arg3 : (tensor<4x8xui8>, tensor<8x2xi8>) -> tensor<4x2xi32>
  %0 = dsc.qmatmul %a, %b : (tensor<4x8xui8>, tensor<8x2xi8>) -> tensor<4x2xi32>
  // CHECK: dsc.qmatmul %arg0 scale %arg1 zero %arg2, %arg3 scale %arg4 zero %arg5 bias %arg6 : {{.*}} -> tensor<4x2xf32>
  %1 = dsc.qmatmul %a scale %s zero %z, %b scale %t zero %y bias %c : (tensor<4x8xui8>, tensor<4x1xf32>, tensor<ui8>, tensor<8x2xi8>, tensor<2xf32>, tensor<2xi8>, tensor<2xf32>) -> tensor<4x2xf32>
  // CHECK: dsc.qmatmul %arg7, %arg3 scale %arg4 : {{.*}} -> tensor<4x2xf32>
  %2 = dsc.qmatmul %x, %b scale %t : (tensor<4x8xf32>, tensor<8x2xi8>, tensor<2xf32>) -> tensor<4x2xf32>
  return
}

// CHECK-LABEL: func.func @convolution
func.func @convolution(%a: tensor<1x3x8xui8>, %s: tensor<f32>, %z: tensor<ui8>, %b: tensor<4x3x3xi8>, %t: tensor<4xf32>) {
  // CHECK: dsc.qconv %arg0 scale %arg1 zero %arg2, %arg3 scale %arg4 {{{.*}}} : {{.*}} -> tensor<1x4x8xf32>
  %0 = dsc.qconv %a scale %s zero %z, %b scale %t {strides = array<i64: 1>, pads = array<i64: 1, 1>, dilations = array<i64: 1>} : (tensor<1x3x8xui8>, tensor<f32>, tensor<ui8>, tensor<4x3x3xi8>, tensor<4xf32>) -> tensor<1x4x8xf32>
  return
}

// Rows from `axis` on share a scale; the sizes before it are the scale's.
// CHECK-LABEL: func.func @rows_choose_scales
// FOLD-LABEL: func.func @rows_choose_scales
func.func @rows_choose_scales(%x: tensor<?x4x8xf32, #dsc.dims<()[s0] -> (s0, 4, 8)>>) -> tensor<?x1x1xf32, #dsc.dims<()[s0] -> (s0, 1, 1)>> {
  // CHECK: dsc.dyn_quantize %{{.*}} {axis = 1 : i64, storage = ui8} : (tensor<?x4x8xf32, #dsc.dims<()[s0] -> (s0, 4, 8)>>) -> (tensor<?x4x8xui8, #dsc.dims<()[s0] -> (s0, 4, 8)>>, tensor<?x1x1xf32, #dsc.dims<()[s0] -> (s0, 1, 1)>>, tensor<?x1x1xui8, #dsc.dims<()[s0] -> (s0, 1, 1)>>)
  // FOLD: dsc.dyn_quantize {{.*}} -> (tensor<?x4x8xui8, {{.*}}>, tensor<?x1x1xf32, {{.*}}>, tensor<?x1x1xui8, {{.*}}>)
  %q, %s, %z = dsc.dyn_quantize %x {axis = 1 : i64, storage = ui8} : (tensor<?x4x8xf32, #dsc.dims<()[s0] -> (s0, 4, 8)>>) -> (tensor<?x4x8xui8, #dsc.dims<()[s0] -> (s0, 4, 8)>>, tensor<?x1x1xf32, #dsc.dims<()[s0] -> (s0, 1, 1)>>, tensor<?x1x1xui8, #dsc.dims<()[s0] -> (s0, 1, 1)>>)
  return %s : tensor<?x1x1xf32, #dsc.dims<()[s0] -> (s0, 1, 1)>>
}
