// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What inference refuses: contents that no size can have, sizes that depend on data and are not declared.
// RUN: dsc-opt %s -dsc-infer-shapes -split-input-file -verify-diagnostics

func.func @reshape_c1(%a: tensor<4x6xf32>) {
  %c0 = dsc.constant dense<[5, 5]> : tensor<2xi64>
  // expected-error@below {{'dsc.reshape' op expected 24 elements, but got sizes [5, 5]}}
  %x = dsc.reshape %a, %c0 : (tensor<4x6xf32>, tensor<2xi64>) -> tensor<?x?xf32>
  return
}

// -----

func.func @reshape_c4(%a: tensor<4x6xf32>) {
  %c0 = dsc.constant dense<[-2, 3]> : tensor<2xi64>
  // expected-error@below {{'dsc.reshape' op expected sizes of at least -1, but got -2}}
  %x = dsc.reshape %a, %c0 : (tensor<4x6xf32>, tensor<2xi64>) -> tensor<?x?xf32>
  return
}

// -----

func.func @reshape_c4_twice(%a: tensor<4x6xf32>) {
  %c0 = dsc.constant dense<[-1, -1]> : tensor<2xi64>
  // expected-error@below {{'dsc.reshape' op expected at most one size of -1, but got another in dimension 1}}
  %x = dsc.reshape %a, %c0 : (tensor<4x6xf32>, tensor<2xi64>) -> tensor<?x?xf32>
  return
}

// -----

func.func @reshape_c4_allowzero(%a: tensor<4x6xf32>) {
  %c0 = dsc.constant dense<[-1, 0]> : tensor<2xi64>
  // expected-error@below {{'dsc.reshape' op expected no size of 0 beside -1 with 'allowzero'}}
  %x = dsc.reshape %a, %c0 {allowzero = true} : (tensor<4x6xf32>, tensor<2xi64>) -> tensor<?x?xf32>
  return
}

// -----

func.func @reshape_copies_missing_dimension(%a: tensor<4x6xf32>) {
  %c0 = dsc.constant dense<[4, 6, 0]> : tensor<3xi64>
  // expected-error@below {{'dsc.reshape' op expected an input dimension 2 to copy, but got rank 2}}
  %x = dsc.reshape %a, %c0 : (tensor<4x6xf32>, tensor<3xi64>) -> tensor<?x?x?xf32>
  return
}

// -----

func.func @reshape_left_over(%a: tensor<4x6xf32>) {
  %c0 = dsc.constant dense<[5, -1]> : tensor<2xi64>
  // expected-error@below {{'dsc.reshape' op expected a divisor of 24 elements beside -1, but got 5}}
  %x = dsc.reshape %a, %c0 : (tensor<4x6xf32>, tensor<2xi64>) -> tensor<?x?xf32>
  return
}

// -----

func.func @expand_negative(%a: tensor<4x6xf32>) {
  %c0 = dsc.constant dense<[4, -6]> : tensor<2xi64>
  // expected-error@below {{'dsc.expand' op expected sizes in 'shape' that are not negative, but got -6}}
  %x = dsc.expand %a, %c0 : (tensor<4x6xf32>, tensor<2xi64>) -> tensor<?x?xf32>
  return
}

// -----

func.func @expand_broadcast(%a: tensor<4x6xf32>) {
  %c0 = dsc.constant dense<[4, 5]> : tensor<2xi64>
  // expected-error@below {{'dsc.expand' op expected sizes that broadcast, but got 6 and 5}}
  %x = dsc.expand %a, %c0 : (tensor<4x6xf32>, tensor<2xi64>) -> tensor<?x?xf32>
  return
}

// -----

func.func @slice_c5(%a: tensor<4x6xf32>) {
  %c0 = dsc.constant dense<0> : tensor<1xi64>
  // expected-error@below {{'dsc.slice' op expected a step other than 0, but got 0}}
  %x = dsc.slice %a, %c0, %c0, %c0 {axes = array<i64: 0>} : (tensor<4x6xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<?x6xf32>
  return
}

// -----

func.func @slice_unknown_start(%a: tensor<4x6xf32>, %b: tensor<1xi64>) {
  %c0 = dsc.constant dense<1> : tensor<1xi64>
  // expected-error@below {{'dsc.slice' op expected 'starts, ends and steps' to be a constant, or a declared size of result dimension 0, but got neither}}
  %x = dsc.slice %a, %b, %c0, %c0 {axes = array<i64: 0>} : (tensor<4x6xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<?x6xf32>
  return
}

// -----

func.func @pad_c6(%a: tensor<4x6xf32>) {
  %c0 = dsc.constant dense<[-3, 0, -2, 0]> : tensor<4xi64>
  // expected-error@below {{'dsc.pad' op expected a size of result dimension 0 that is not negative, but got -1}}
  %x = dsc.pad %a, %c0 : (tensor<4x6xf32>, tensor<4xi64>) -> tensor<?x?xf32>
  return
}

// -----

func.func @tile_c4(%a: tensor<4x6xf32>) {
  %c0 = dsc.constant dense<[1, -2]> : tensor<2xi64>
  // expected-error@below {{'dsc.tile' op expected 'repeats' that are not negative, but got -2}}
  %x = dsc.tile %a, %c0 : (tensor<4x6xf32>, tensor<2xi64>) -> tensor<?x?xf32>
  return
}

// -----

func.func @top_k_c4(%a: tensor<4x6xf32>) {
  %c0 = dsc.constant dense<7> : tensor<1xi64>
  // expected-error@below {{'dsc.top_k' op expected 'k' in [0, 6], but got 7}}
  %x:2 = dsc.top_k %a, %c0 {axis = 1 : i64} : (tensor<4x6xf32>, tensor<1xi64>) -> (tensor<4x?xf32>, tensor<4x?xi64>)
  return
}

// -----

func.func @constant_of_shape_c3() {
  %c0 = dsc.constant dense<-7> : tensor<1xi64>
  // expected-error@below {{'dsc.constant_of_shape' op expected sizes in 'shape' that are not negative, but got -7}}
  %x = dsc.constant_of_shape %c0 {value = dense<0.0> : tensor<1xf32>} : (tensor<1xi64>) -> tensor<?xf32>
  return
}

// -----

func.func @constant_of_shape_large() {
  %c0 = dsc.constant dense<[4294967296, 4294967296]> : tensor<2xi64>
  // expected-error@below {{'dsc.constant_of_shape' op expected a result of at most 2^48 elements, but got sizes [4294967296, 4294967296]}}
  %x = dsc.constant_of_shape %c0 {value = dense<0.0> : tensor<1xf32>} : (tensor<2xi64>) -> tensor<?x?xf32>
  return
}

// -----

func.func @concat_overflow(%b2: tensor<2xf32>) {
  %c0 = dsc.constant dense<0> : tensor<1xi64>
  %c1 = dsc.constant dense<9223372036854775807> : tensor<1xi64>
  // expected-error@below {{'dsc.one_hot' op expected a result of at most 2^48 elements, but got sizes [9223372036854775807, 1]}}
  %x = dsc.one_hot %c0, %c1, %b2 {axis = 0 : i64} : (tensor<1xi64>, tensor<1xi64>, tensor<2xf32>) -> tensor<?x1xf32>
  return
}

// -----

func.func @tile_overflow(%a: tensor<4x6xf32>) {
  %c0 = dsc.constant dense<[9223372036854775807, 1]> : tensor<2xi64>
  // expected-error@below {{'dsc.tile' op expected a size of result dimension 0 that fits 63 bits}}
  %x = dsc.tile %a, %c0 : (tensor<4x6xf32>, tensor<2xi64>) -> tensor<?x?xf32>
  return
}

// -----

func.func @range_c4() {
  %c0 = dsc.constant dense<0> : tensor<i64>
  %c1 = dsc.constant dense<1> : tensor<i64>
  // expected-error@below {{'dsc.range' op expected a 'delta' other than 0, but got 0}}
  %x = dsc.range %c0, %c1, %c0 : (tensor<i64>, tensor<i64>, tensor<i64>) -> tensor<?xi64>
  return
}

// -----

func.func @range_c4_large() {
  %c0 = dsc.constant dense<0.0> : tensor<f32>
  %c1 = dsc.constant dense<1.0e20> : tensor<f32>
  %c2 = dsc.constant dense<0.5> : tensor<f32>
  // expected-error@below {{'dsc.range' op expected a range of at most 2^48 elements}}
  %x = dsc.range %c0, %c1, %c2 : (tensor<f32>, tensor<f32>, tensor<f32>) -> tensor<?xf32>
  return
}

// -----

func.func @resize_c4(%a: tensor<4x6xf32>) {
  %c0 = dsc.constant dense<[-2.0, 1.0]> : tensor<2xf32>
  // expected-error@below {{'dsc.resize' op expected positive scales, but got -2.000000e+00}}
  %x = dsc.resize %a scales(%c0) : (tensor<4x6xf32>, tensor<2xf32>) -> tensor<?x?xf32>
  return
}

// -----

dsc.symbol @n {kind = #dsc.symbol_kind<caller>}
func.func @resize_ratio(%z: tensor<?x6xf32, #dsc.dims<()[s0] -> (s0, 6)>>) {
  %c0 = dsc.constant dense<[8, 8]> : tensor<2xi64>
  // expected-error@below {{'dsc.resize' op expected static sizes to keep the aspect ratio, but got s0 and 8}}
  %x = dsc.resize %z sizes(%c0) {keep_aspect_ratio_policy = #dsc.aspect_ratio<not_larger>} : (tensor<?x6xf32, #dsc.dims<()[s0] -> (s0, 6)>>, tensor<2xi64>) -> tensor<?x?xf32>
  return
}

// -----

func.func @unknown_operand_size(%y: tensor<?xf32>) {
  // expected-error@below {{'dsc.relu' op expected a known size of dimension 0 of operand #0, but got 'tensor<?xf32>'}}
  %x = dsc.relu %y : tensor<?xf32>
  return
}

// -----

dsc.symbol @n {kind = #dsc.symbol_kind<caller>}
func.func @unknown_rank(%u: tensor<?xi64, #dsc.dims<()[s0] -> (s0)>>) {
  // expected-error@below {{'dsc.constant_of_shape' op expected a static number of elements in 'shape', but got 'tensor<?xi64, #dsc.dims<()[s0] -> (s0)>>'}}
  %x = dsc.constant_of_shape %u {value = dense<0.0> : tensor<1xf32>} : (tensor<?xi64, #dsc.dims<()[s0] -> (s0)>>) -> tensor<4xf32>
  return
}

// -----

func.func @rank_too_large(%a: tensor<4x6xf32>, %s: tensor<65xi64>) {
  // expected-error@below {{'dsc.expand' op expected at most 64 elements in 'shape', but got 65}}
  %x = dsc.expand %a, %s : (tensor<4x6xf32>, tensor<65xi64>) -> tensor<4x6xf32>
  return
}
