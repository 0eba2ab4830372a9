// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Constraints of contractions, one function per label.
// RUN: dsc-opt %s -split-input-file -verify-diagnostics

func.func @matmul_c1(%a: tensor<f32>, %b: tensor<8x2xf32>) {
  // expected-error@below {{'dsc.matmul' op expected 'lhs' of rank 1 or more, but got rank 0}}
  %x = dsc.matmul %a, %b : (tensor<f32>, tensor<8x2xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @matmul_c2(%a: tensor<4x8xf32>, %b: tensor<7x2xf32>) {
  // expected-error@below {{'dsc.matmul' op expected a contracted size of 8, but got 7}}
  %x = dsc.matmul %a, %b : (tensor<4x8xf32>, tensor<7x2xf32>) -> tensor<4x2xf32>
  return
}

// -----

func.func @matmul_c3(%a: tensor<2x4x8xf32>, %b: tensor<3x8x2xf32>) {
  // expected-error@below {{'dsc.matmul' op expected sizes that broadcast, but got [2] and [3]}}
  %x = dsc.matmul %a, %b : (tensor<2x4x8xf32>, tensor<3x8x2xf32>) -> tensor<2x4x2xf32>
  return
}

// -----

func.func @matmul_c4(%a: tensor<4x8xf32>, %b: tensor<8x2xf16>) {
  // expected-error@below {{'dsc.matmul' op expected element type 'f32' of 'rhs', but got 'f16'}}
  %x = dsc.matmul %a, %b : (tensor<4x8xf32>, tensor<8x2xf16>) -> tensor<4x2xf32>
  return
}

// -----

func.func @matmul_c5(%a: tensor<4x8xf32>, %b: tensor<8x2xf32>) {
  // expected-error@below {{'dsc.matmul' op expected sizes [4, 2] of result #0, but got [4, 3]}}
  %x = dsc.matmul %a, %b : (tensor<4x8xf32>, tensor<8x2xf32>) -> tensor<4x3xf32>
  return
}

// -----

func.func @matmul_c6(%a: tensor<8xf32>, %b: tensor<8x2xf32>) {
  // expected-error@below {{'dsc.matmul' op expected 'lhs' of rank 2 or more, but got rank 1}}
  %x = dsc.matmul %a, %b {transpose_lhs} : (tensor<8xf32>, tensor<8x2xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @matmul_c7(%a: tensor<4x8xf32>, %b: tensor<8x40xf32>) {
  // expected-error@below {{'dsc.matmul' op expected packed 'rhs' of type 'tensor<2x8x32xf32>', but got 'tensor<8x40xf32>'}}
  %x = dsc.matmul %a, %b {rhs_packing = #dsc.panels<kind = gemm, n = 40, k = 8>} : (tensor<4x8xf32>, tensor<8x40xf32>) -> tensor<4x40xf32>
  return
}

// -----

func.func @matmul_c7_kind(%a: tensor<4x8xf32>, %b: tensor<8x40xf32>) {
  // expected-error@below {{'dsc.matmul' op expected a 'rhs' packed as 'gemm', but got 'conv'}}
  %x = dsc.matmul %a, %b {rhs_packing = #dsc.panels<kind = conv, n = 4, k = 3, taps = [3, 3]>} : (tensor<4x8xf32>, tensor<8x40xf32>) -> tensor<4x40xf32>
  return
}

// -----

func.func @conv_c1(%a: tensor<3x8xf32>, %b: tensor<4x3x3x3xf32>) {
  // expected-error@below {{'dsc.conv' op expected 'input' of rank 3 to 5, but got rank 2}}
  %x = dsc.conv %a, %b {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<3x8xf32>, tensor<4x3x3x3xf32>) -> tensor<1x4x6x6xf32>
  return
}

// -----

func.func @conv_c2(%a: tensor<1x3x8x8xf32>, %b: tensor<4x3x3xf32>) {
  // expected-error@below {{'dsc.conv' op expected 'weight' of rank 4, but got rank 3}}
  %x = dsc.conv %a, %b {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x3x8x8xf32>, tensor<4x3x3xf32>) -> tensor<1x4x6x6xf32>
  return
}

// -----

func.func @conv_c3(%a: tensor<1x3x8x8xf32>, %b: tensor<4x3x3x3xf32>) {
  // expected-error@below {{'dsc.conv' op expected 'strides' of at least 1, but got 0}}
  %x = dsc.conv %a, %b {strides = array<i64: 1, 0>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x3x8x8xf32>, tensor<4x3x3x3xf32>) -> tensor<1x4x6x6xf32>
  return
}

// -----

func.func @conv_c3_count(%a: tensor<1x3x8x8xf32>, %b: tensor<4x3x3x3xf32>) {
  // expected-error@below {{'dsc.conv' op expected 2 values in 'dilations', but got 1}}
  %x = dsc.conv %a, %b {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1>} : (tensor<1x3x8x8xf32>, tensor<4x3x3x3xf32>) -> tensor<1x4x6x6xf32>
  return
}

// -----

func.func @conv_c4(%a: tensor<1x3x8x8xf32>, %b: tensor<4x3x3x3xf32>) {
  // expected-error@below {{'dsc.conv' op expected 4 values in 'pads', but got 2}}
  %x = dsc.conv %a, %b {strides = array<i64: 1, 1>, pads = array<i64: 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x3x8x8xf32>, tensor<4x3x3x3xf32>) -> tensor<1x4x6x6xf32>
  return
}

// -----

func.func @conv_c5(%a: tensor<1x3x8x8xf32>, %b: tensor<4x3x3x3xf32>) {
  // expected-error@below {{'dsc.conv' op expected channels divisible by 2, but got 3}}
  %x = dsc.conv %a, %b {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, group = 2 : i64} : (tensor<1x3x8x8xf32>, tensor<4x3x3x3xf32>) -> tensor<1x4x6x6xf32>
  return
}

// -----

func.func @conv_c5_outputs(%a: tensor<1x3x8x8xf32>, %b: tensor<4x1x3x3xf32>) {
  // expected-error@below {{'dsc.conv' op expected outputs divisible by 3, but got 4}}
  %x = dsc.conv %a, %b {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, group = 3 : i64} : (tensor<1x3x8x8xf32>, tensor<4x1x3x3xf32>) -> tensor<1x4x6x6xf32>
  return
}

// -----

func.func @conv_c6(%a: tensor<1x3x8x8xf32>, %b: tensor<4x2x3x3xf32>) {
  // expected-error@below {{'dsc.conv' op expected the weight's channels of 3, but got 2}}
  %x = dsc.conv %a, %b {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x3x8x8xf32>, tensor<4x2x3x3xf32>) -> tensor<1x4x6x6xf32>
  return
}

// -----

func.func @conv_c7(%a: tensor<1x3x8x8xf32>, %b: tensor<4x3x3x3xf32>, %c: tensor<5xf32>) {
  // expected-error@below {{'dsc.conv' op expected 4 elements in 'bias', but got 5}}
  %x = dsc.conv %a, %b, %c {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x3x8x8xf32>, tensor<4x3x3x3xf32>, tensor<5xf32>) -> tensor<1x4x6x6xf32>
  return
}

// -----

func.func @conv_c8(%a: tensor<1x3x8x1xf32>, %b: tensor<4x3x3x3xf32>) {
  // expected-error@below {{'dsc.conv' op expected a window that fits spatial dimension 1 of 1 with its padding, but got 3}}
  %x = dsc.conv %a, %b {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x3x8x1xf32>, tensor<4x3x3x3xf32>) -> tensor<1x4x6x1xf32>
  return
}

// -----

func.func @conv_c9(%a: tensor<1x3x8x8xf32>, %b: tensor<4x3x3x3xf16>) {
  // expected-error@below {{'dsc.conv' op expected element type 'f32' of 'weight', but got 'f16'}}
  %x = dsc.conv %a, %b {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x3x8x8xf32>, tensor<4x3x3x3xf16>) -> tensor<1x4x6x6xf32>
  return
}

// -----

func.func @conv_c10(%a: tensor<1x3x8x8xf32>, %b: tensor<4x3x3x3xf32>) {
  // expected-error@below {{'dsc.conv' op expected sizes [1, 4, 6, 6] of result #0, but got [1, 4, 8, 8]}}
  %x = dsc.conv %a, %b {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x3x8x8xf32>, tensor<4x3x3x3xf32>) -> tensor<1x4x8x8xf32>
  return
}

// -----

func.func @conv_c11(%a: tensor<1x3x8x8xf32>, %b: tensor<4x3x3x3xf32>) {
  // expected-error@below {{'dsc.conv' op expected packed 'weight' of type 'tensor<1x3x3x3x32xf32>', but got 'tensor<4x3x3x3xf32>'}}
  %x = dsc.conv %a, %b {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, weight_packing = #dsc.panels<kind = conv, n = 4, k = 3, taps = [3, 3]>} : (tensor<1x3x8x8xf32>, tensor<4x3x3x3xf32>) -> tensor<1x4x6x6xf32>
  return
}

// -----

func.func @conv_transpose_c1(%a: tensor<1x3x8xf32>, %b: tensor<3x4xf32>) {
  // expected-error@below {{'dsc.conv_transpose' op expected 'weight' of rank 3, but got rank 2}}
  %x = dsc.conv_transpose %a, %b {strides = array<i64: 2>, pads = array<i64: 0, 0>, dilations = array<i64: 1>, output_padding = array<i64: 0>} : (tensor<1x3x8xf32>, tensor<3x4xf32>) -> tensor<1x4x16xf32>
  return
}

// -----

func.func @conv_transpose_c2(%a: tensor<1x3x8xf32>, %b: tensor<3x4x2xf32>) {
  // expected-error@below {{'dsc.conv_transpose' op expected 'dilations' of at least 1, but got 0}}
  %x = dsc.conv_transpose %a, %b {strides = array<i64: 2>, pads = array<i64: 0, 0>, dilations = array<i64: 0>, output_padding = array<i64: 0>} : (tensor<1x3x8xf32>, tensor<3x4x2xf32>) -> tensor<1x4x16xf32>
  return
}

// -----

func.func @conv_transpose_c3(%a: tensor<1x3x8xf32>, %b: tensor<3x4x2xf32>) {
  // expected-error@below {{'dsc.conv_transpose' op expected 'output_padding' of at least 0, but got -1}}
  %x = dsc.conv_transpose %a, %b {strides = array<i64: 2>, pads = array<i64: 0, 0>, dilations = array<i64: 1>, output_padding = array<i64: -1>} : (tensor<1x3x8xf32>, tensor<3x4x2xf32>) -> tensor<1x4x16xf32>
  return
}

// -----

func.func @conv_transpose_c4(%a: tensor<1x3x8xf32>, %b: tensor<3x4x2xf32>) {
  // expected-error@below {{'dsc.conv_transpose' op expected channels divisible by 2, but got 3}}
  %x = dsc.conv_transpose %a, %b {strides = array<i64: 2>, pads = array<i64: 0, 0>, dilations = array<i64: 1>, output_padding = array<i64: 0>, group = 2 : i64} : (tensor<1x3x8xf32>, tensor<3x4x2xf32>) -> tensor<1x4x16xf32>
  return
}

// -----

func.func @conv_transpose_c5(%a: tensor<1x3x8xf32>, %b: tensor<2x4x2xf32>) {
  // expected-error@below {{'dsc.conv_transpose' op expected the weight's channels of 3, but got 2}}
  %x = dsc.conv_transpose %a, %b {strides = array<i64: 2>, pads = array<i64: 0, 0>, dilations = array<i64: 1>, output_padding = array<i64: 0>} : (tensor<1x3x8xf32>, tensor<2x4x2xf32>) -> tensor<1x4x16xf32>
  return
}

// -----

func.func @conv_transpose_c6(%a: tensor<1x3x8xf32>, %b: tensor<3x4x2xf32>, %c: tensor<3xf32>) {
  // expected-error@below {{'dsc.conv_transpose' op expected 4 elements in 'bias', but got 3}}
  %x = dsc.conv_transpose %a, %b, %c {strides = array<i64: 2>, pads = array<i64: 0, 0>, dilations = array<i64: 1>, output_padding = array<i64: 0>} : (tensor<1x3x8xf32>, tensor<3x4x2xf32>, tensor<3xf32>) -> tensor<1x4x16xf32>
  return
}

// -----

func.func @conv_transpose_c7(%a: tensor<1x3x8xf32>, %b: tensor<3x4x2xf32>) {
  // expected-error@below {{'dsc.conv_transpose' op expected an output size of spatial dimension 0 that is not negative, but got -4}}
  %x = dsc.conv_transpose %a, %b {strides = array<i64: 2>, pads = array<i64: 10, 10>, dilations = array<i64: 1>, output_padding = array<i64: 0>} : (tensor<1x3x8xf32>, tensor<3x4x2xf32>) -> tensor<1x4x16xf32>
  return
}

// -----

func.func @conv_transpose_c8(%a: tensor<1x3x8xf32>, %b: tensor<3x4x2xf64>) {
  // expected-error@below {{'dsc.conv_transpose' op expected element type 'f32' of 'weight', but got 'f64'}}
  %x = dsc.conv_transpose %a, %b {strides = array<i64: 2>, pads = array<i64: 0, 0>, dilations = array<i64: 1>, output_padding = array<i64: 0>} : (tensor<1x3x8xf32>, tensor<3x4x2xf64>) -> tensor<1x4x16xf32>
  return
}

// -----

func.func @conv_transpose_c9(%a: tensor<1x3x8xf32>, %b: tensor<3x4x2xf32>) {
  // expected-error@below {{'dsc.conv_transpose' op expected sizes [1, 4, 16] of result #0, but got [1, 4, 15]}}
  %x = dsc.conv_transpose %a, %b {strides = array<i64: 2>, pads = array<i64: 0, 0>, dilations = array<i64: 1>, output_padding = array<i64: 0>} : (tensor<1x3x8xf32>, tensor<3x4x2xf32>) -> tensor<1x4x15xf32>
  return
}

// -----

func.func @attention_c1(%a: tensor<2x4x8xf32>, %b: tensor<1x2x4x8xf32>, %c: tensor<1x2x4x8xf32>) {
  // expected-error@below {{'dsc.attention' op expected 'query' of rank 4, but got rank 3}}
  %x = dsc.attention %a, %b, %c {scale = 1.0 : f32} : (tensor<2x4x8xf32>, tensor<1x2x4x8xf32>, tensor<1x2x4x8xf32>) -> tensor<1x2x4x8xf32>
  return
}

// -----

func.func @attention_c2(%a: tensor<1x2x4x8xf32>, %b: tensor<1x2x4x7xf32>, %c: tensor<1x2x4x8xf32>) {
  // expected-error@below {{'dsc.attention' op expected a key depth of 8, but got 7}}
  %x = dsc.attention %a, %b, %c {scale = 1.0 : f32} : (tensor<1x2x4x8xf32>, tensor<1x2x4x7xf32>, tensor<1x2x4x8xf32>) -> tensor<1x2x4x8xf32>
  return
}

// -----

func.func @attention_c2_batch(%a: tensor<1x2x4x8xf32>, %b: tensor<2x2x4x8xf32>, %c: tensor<1x2x4x8xf32>) {
  // expected-error@below {{'dsc.attention' op expected a key batch of 1, but got 2}}
  %x = dsc.attention %a, %b, %c {scale = 1.0 : f32} : (tensor<1x2x4x8xf32>, tensor<2x2x4x8xf32>, tensor<1x2x4x8xf32>) -> tensor<1x2x4x8xf32>
  return
}

// -----

func.func @attention_c2_value_batch(%a: tensor<1x2x4x8xf32>, %b: tensor<1x2x4x8xf32>, %c: tensor<2x2x4x8xf32>) {
  // expected-error@below {{'dsc.attention' op expected a value batch of 1, but got 2}}
  %x = dsc.attention %a, %b, %c {scale = 1.0 : f32} : (tensor<1x2x4x8xf32>, tensor<1x2x4x8xf32>, tensor<2x2x4x8xf32>) -> tensor<1x2x4x8xf32>
  return
}

// -----

func.func @attention_c2_length(%a: tensor<1x2x4x8xf32>, %b: tensor<1x2x5x8xf32>, %c: tensor<1x2x4x8xf32>) {
  // expected-error@below {{'dsc.attention' op expected a value length of 5, but got 4}}
  %x = dsc.attention %a, %b, %c {scale = 1.0 : f32} : (tensor<1x2x4x8xf32>, tensor<1x2x5x8xf32>, tensor<1x2x4x8xf32>) -> tensor<1x2x4x8xf32>
  return
}

// -----

func.func @attention_c3(%a: tensor<1x3x4x8xf32>, %b: tensor<1x2x4x8xf32>, %c: tensor<1x2x4x8xf32>) {
  // expected-error@below {{'dsc.attention' op expected query heads divisible by 2, but got 3}}
  %x = dsc.attention %a, %b, %c {scale = 1.0 : f32} : (tensor<1x3x4x8xf32>, tensor<1x2x4x8xf32>, tensor<1x2x4x8xf32>) -> tensor<1x3x4x8xf32>
  return
}

// -----

func.func @attention_c3_value(%a: tensor<1x2x4x8xf32>, %b: tensor<1x2x4x8xf32>, %c: tensor<1x1x4x8xf32>) {
  // expected-error@below {{'dsc.attention' op expected a number of value heads of 2, but got 1}}
  %x = dsc.attention %a, %b, %c {scale = 1.0 : f32} : (tensor<1x2x4x8xf32>, tensor<1x2x4x8xf32>, tensor<1x1x4x8xf32>) -> tensor<1x2x4x8xf32>
  return
}

// -----

func.func @attention_c4(%a: tensor<1x2x4x8xf32>, %b: tensor<1x2x5x8xf32>, %c: tensor<1x2x5x8xf32>, %d: tensor<4x4xf32>) {
  // expected-error@below {{'dsc.attention' op expected 'mask' to broadcast to [1, 2, 4, 5], but got [4, 4]}}
  %x = dsc.attention %a, %b, %c, %d {scale = 1.0 : f32} : (tensor<1x2x4x8xf32>, tensor<1x2x5x8xf32>, tensor<1x2x5x8xf32>, tensor<4x4xf32>) -> tensor<1x2x4x8xf32>
  return
}

// -----

func.func @attention_c5(%a: tensor<1x2x4x8xf32>, %b: tensor<1x2x5x8xf32>, %c: tensor<1x2x5x8xf32>, %d: tensor<4x5xf16>) {
  // expected-error@below {{'dsc.attention' op expected element type 'f32' of 'mask', but got 'f16'}}
  %x = dsc.attention %a, %b, %c, %d {scale = 1.0 : f32} : (tensor<1x2x4x8xf32>, tensor<1x2x5x8xf32>, tensor<1x2x5x8xf32>, tensor<4x5xf16>) -> tensor<1x2x4x8xf32>
  return
}

// -----

func.func @attention_c6(%a: tensor<1x2x4x8xf32>, %b: tensor<1x2x5x8xf32>, %c: tensor<1x2x5x7xf32>) {
  // expected-error@below {{'dsc.attention' op expected sizes [1, 2, 4, 7] of result #0, but got [1, 2, 4, 8]}}
  %x = dsc.attention %a, %b, %c {scale = 1.0 : f32} : (tensor<1x2x4x8xf32>, tensor<1x2x5x8xf32>, tensor<1x2x5x7xf32>) -> tensor<1x2x4x8xf32>
  return
}
