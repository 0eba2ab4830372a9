// RUN: dsc-opt %s -split-input-file -dsc-quantize-weights | FileCheck %s

// The largest magnitude of a column is 127 steps; halves round to even.
// CHECK: dsc.param @w.i8 : tensor<3x2xi8> = dense<{{\[\[}}127, -1], [2, 127], [0, 0]]>
// CHECK: dsc.param @w.scale : tensor<1x2xf32> = dense<{{\[\[}}1.000000e+00, 2.000000e+00]]>
// CHECK-NOT: dsc.param @w :
dsc.param @w : tensor<3x2xf32> = dense<[[127.0, -2.0], [1.5, 254.0], [0.5, 1.0]]> : tensor<3x2xf32>
// CHECK-LABEL: @columns
func.func @columns(%x: tensor<4x3xf32>) -> tensor<4x2xf32> {
  // CHECK-DAG: %[[S:.*]] = dsc.weight @w.scale
  // CHECK-DAG: %[[Q:.*]] = dsc.weight @w.i8
  // CHECK-DAG: %[[Z:.*]] = dsc.constant dense<0> : tensor<i8>
  %w = dsc.weight @w : tensor<3x2xf32>
  // CHECK: %[[D:.*]] = dsc.dequantize %[[Q]], %[[S]], %[[Z]] : (tensor<3x2xi8>, tensor<1x2xf32>, tensor<i8>) -> tensor<3x2xf32>
  // CHECK: dsc.matmul %arg0, %[[D]] {{.*}}dsc.stored = {after = 14 : i64, before = 24 : i64, shape = array<i64: 3, 2>, sqnr = {{.*}}, weight = "w"}
  %y = dsc.matmul %x, %w {dsc.format = {activation = "none", storage = "i8"}} : (tensor<4x3xf32>, tensor<3x2xf32>) -> tensor<4x2xf32>
  return %y : tensor<4x2xf32>
}

// -----

// A tied table: rows have scales for the gather, and the same ones are the columns of the transposed product.
// CHECK: dsc.param @w.i8 : tensor<3x2xi8>
// CHECK: dsc.param @w.scale : tensor<3x1xf32>
dsc.param @w : tensor<3x2xf32> = dense<[[127.0, -2.0], [1.5, 254.0], [0.0, 0.0]]> : tensor<3x2xf32>
// CHECK-LABEL: @tied
func.func @tied(%i: tensor<4xi64>) -> tensor<4x3xf32> {
  // CHECK-DAG: %[[S:.*]] = dsc.weight @w.scale
  // CHECK-DAG: %[[Q:.*]] = dsc.weight @w.i8
  %w = dsc.weight @w : tensor<3x2xf32>
  // CHECK: %[[ROWS:.*]] = dsc.gather %[[Q]], %arg0 {axis = 0 : i64{{.*}}dsc.stored{{.*}}} : (tensor<3x2xi8>, tensor<4xi64>) -> tensor<4x2xi8>
  // CHECK: %[[SCALES:.*]] = dsc.gather %[[S]], %arg0 {axis = 0 : i64} : (tensor<3x1xf32>, tensor<4xi64>) -> tensor<4x1xf32>
  // CHECK: %[[X:.*]] = dsc.dequantize %[[ROWS]], %[[SCALES]]
  %x = dsc.gather %w, %i {axis = 0 : i64, dsc.format = {activation = "none", storage = "i8"}} : (tensor<3x2xf32>, tensor<4xi64>) -> tensor<4x2xf32>
  // CHECK: %[[D:.*]] = dsc.dequantize %[[Q]], %[[S]]
  // CHECK: dsc.matmul %[[X]], %[[D]] {{.*}}transpose_rhs
  %y = dsc.matmul %x, %w {transpose_rhs, dsc.format = {activation = "none", storage = "i8"}} : (tensor<4x2xf32>, tensor<3x2xf32>) -> tensor<4x3xf32>
  return %y : tensor<4x3xf32>
}

// -----

// A convolution has a scale per filter.
// CHECK: dsc.param @w.scale : tensor<2x1x1xf32>
dsc.param @w : tensor<2x1x2xf32> = dense<[[[127.0, 1.0]], [[2.0, 254.0]]]> : tensor<2x1x2xf32>
// CHECK-LABEL: @filters
func.func @filters(%x: tensor<1x1x5xf32>) -> tensor<1x2x4xf32> {
  %w = dsc.weight @w : tensor<2x1x2xf32>
  // CHECK: %[[D:.*]] = dsc.dequantize {{.*}} -> tensor<2x1x2xf32>
  // CHECK: dsc.conv %arg0, %[[D]]
  %c = dsc.conv %x, %w {strides = array<i64: 1>, pads = array<i64: 0, 0>, dilations = array<i64: 1>, dsc.format = {activation = "none", storage = "i8"}} : (tensor<1x1x5xf32>, tensor<2x1x2xf32>) -> tensor<1x2x4xf32>
  return %c : tensor<1x2x4xf32>
}

// -----

// Contractions read no such weights as integers: of a left operand, of a batch of products, for a transposed operand.
// CHECK-LABEL: @other_forms
// CHECK-NOT: dsc.dequantize
dsc.param @v : tensor<2x2xf32> = dense<[[127.0, 1.0], [2.0, 254.0]]> : tensor<2x2xf32>
dsc.param @b : tensor<3x2x2xf32> = dense<1.0> : tensor<3x2x2xf32>
func.func @other_forms(%x: tensor<3x2x2xf32>) -> (tensor<3x2x2xf32>, tensor<3x2x2xf32>, tensor<3x2x2xf32>) {
  %v = dsc.weight @v : tensor<2x2xf32>
  %b = dsc.weight @b : tensor<3x2x2xf32>
  %0 = dsc.matmul %v, %x {dsc.format = {activation = "none", storage = "i8"}} : (tensor<2x2xf32>, tensor<3x2x2xf32>) -> tensor<3x2x2xf32>
  %1 = dsc.matmul %x, %b {dsc.format = {activation = "none", storage = "i8"}} : (tensor<3x2x2xf32>, tensor<3x2x2xf32>) -> tensor<3x2x2xf32>
  %2 = dsc.matmul %x, %v {transpose_lhs, dsc.format = {activation = "none", storage = "i8"}} : (tensor<3x2x2xf32>, tensor<2x2xf32>) -> tensor<3x2x2xf32>
  return %0, %1, %2 : tensor<3x2x2xf32>, tensor<3x2x2xf32>, tensor<3x2x2xf32>
}

// -----

// NaN has no step, and what no rule names stays.
// CHECK-LABEL: @stay
// CHECK-NOT: dsc.dequantize
dsc.param @nan : tensor<2x2xf32> = dense<[[0x7FC00000, 1.0], [2.0, 254.0]]> : tensor<2x2xf32>
dsc.param @v : tensor<2x2xf32> = dense<[[127.0, 1.0], [2.0, 254.0]]> : tensor<2x2xf32>
func.func @stay(%x: tensor<5x2xf32>) -> tensor<5x2xf32> {
  %n = dsc.weight @nan : tensor<2x2xf32>
  %v = dsc.weight @v : tensor<2x2xf32>
  %a = dsc.matmul %x, %n {dsc.format = {activation = "none", storage = "i8"}} : (tensor<5x2xf32>, tensor<2x2xf32>) -> tensor<5x2xf32>
  %b = dsc.matmul %a, %v {dsc.format = {activation = "none", storage = "f32"}} : (tensor<5x2xf32>, tensor<2x2xf32>) -> tensor<5x2xf32>
  return %b : tensor<5x2xf32>
}
