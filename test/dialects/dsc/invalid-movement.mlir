// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Constraints of slice, pad, tile and other movement, one function per label.
// RUN: dsc-opt %s -split-input-file -verify-diagnostics

func.func @slice_c1(%a: tensor<8xf32>, %b: tensor<1xi64>, %c: tensor<1xi64>, %d: tensor<1xi64>) {
  // expected-error@below {{'dsc.slice' op expected an axis in [0, 1), but got 1}}
  %x = dsc.slice %a, %b, %c, %d {axes = array<i64: 1>} : (tensor<8xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<2xf32>
  return
}

// -----

func.func @slice_c2(%a: tensor<8xf32>, %b: tensor<1xi64>, %c: tensor<2xi64>, %d: tensor<1xi64>) {
  // expected-error@below {{'dsc.slice' op expected 1 elements in 'ends', but got 2}}
  %x = dsc.slice %a, %b, %c, %d {axes = array<i64: 0>} : (tensor<8xf32>, tensor<1xi64>, tensor<2xi64>, tensor<1xi64>) -> tensor<2xf32>
  return
}

// -----

func.func @slice_c3(%a: tensor<8xf32>, %b: tensor<1xi64>, %c: tensor<1xi64>, %d: tensor<1xi64>) {
  // expected-error@below {{'dsc.slice' op expected element type 'f32' of result #0, but got 'f16'}}
  %x = dsc.slice %a, %b, %c, %d {axes = array<i64: 0>} : (tensor<8xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<2xf16>
  return
}

// -----

func.func @slice_c4(%a: tensor<8xf32>, %b: tensor<1xi64>, %c: tensor<1xi64>, %d: tensor<1xi64>) {
  // expected-error@below {{'dsc.slice' op expected sizes [?] of result #0, but got [2, 1]}}
  %x = dsc.slice %a, %b, %c, %d {axes = array<i64: 0>} : (tensor<8xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<2x1xf32>
  return
}

// -----

func.func @pad_c1(%a: tensor<8xf32>, %b: tensor<2xi64>) {
  // expected-error@below {{'dsc.pad' op expected an axis in [0, 1), but got 1}}
  %x = dsc.pad %a, %b {axes = array<i64: 1>} : (tensor<8xf32>, tensor<2xi64>) -> tensor<10xf32>
  return
}

// -----

func.func @pad_c2(%a: tensor<8xf32>, %b: tensor<3xi64>) {
  // expected-error@below {{'dsc.pad' op expected 2 elements in 'pads', but got 3}}
  %x = dsc.pad %a, %b : (tensor<8xf32>, tensor<3xi64>) -> tensor<10xf32>
  return
}

// -----

func.func @pad_c3(%a: tensor<8xf32>, %b: tensor<2xi64>, %c: tensor<f64>) {
  // expected-error@below {{'dsc.pad' op expected element type 'f32' of 'value', but got 'f64'}}
  %x = dsc.pad %a, %b, %c : (tensor<8xf32>, tensor<2xi64>, tensor<f64>) -> tensor<10xf32>
  return
}

// -----

func.func @pad_c4(%a: tensor<8xf32>, %b: tensor<2xi64>, %c: tensor<f32>) {
  // expected-error@below {{'dsc.pad' op expected a 'value' in mode 'constant' only, but got mode 'edge'}}
  %x = dsc.pad %a, %b, %c {mode = #dsc.pad_mode<edge>} : (tensor<8xf32>, tensor<2xi64>, tensor<f32>) -> tensor<10xf32>
  return
}

// -----

func.func @pad_c4_count(%a: tensor<8xf32>, %b: tensor<2xi64>, %c: tensor<3xf32>) {
  // expected-error@below {{'dsc.pad' op expected one element in 'value', but got 3}}
  %x = dsc.pad %a, %b, %c : (tensor<8xf32>, tensor<2xi64>, tensor<3xf32>) -> tensor<10xf32>
  return
}

// -----

func.func @pad_c5(%a: tensor<8xf32>, %b: tensor<2xi64>) {
  // expected-error@below {{'dsc.pad' op expected sizes [?] of result #0, but got [10, 1]}}
  %x = dsc.pad %a, %b : (tensor<8xf32>, tensor<2xi64>) -> tensor<10x1xf32>
  return
}

// -----

func.func @tile_c1(%a: tensor<8xf32>, %b: tensor<2xi64>) {
  // expected-error@below {{'dsc.tile' op expected 1 elements in 'repeats', but got 2}}
  %x = dsc.tile %a, %b : (tensor<8xf32>, tensor<2xi64>) -> tensor<16xf32>
  return
}

// -----

func.func @tile_c2(%a: tensor<8xf32>, %b: tensor<1xi64>) {
  // expected-error@below {{'dsc.tile' op expected element type 'f32' of result #0, but got 'f16'}}
  %x = dsc.tile %a, %b : (tensor<8xf32>, tensor<1xi64>) -> tensor<16xf16>
  return
}

// -----

func.func @tile_c3(%a: tensor<8xf32>, %b: tensor<1xi64>) {
  // expected-error@below {{'dsc.tile' op expected sizes [?] of result #0, but got [2, 8]}}
  %x = dsc.tile %a, %b : (tensor<8xf32>, tensor<1xi64>) -> tensor<2x8xf32>
  return
}

// -----

func.func @trilu_c1(%a: tensor<4xf32>) {
  // expected-error@below {{'dsc.trilu' op expected 'input' of rank 2 or more, but got rank 1}}
  %x = dsc.trilu %a : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @trilu_c2(%a: tensor<4x4xf32>, %b: tensor<2xi64>) {
  // expected-error@below {{'dsc.trilu' op expected one element in 'k', but got 2}}
  %x = dsc.trilu %a, %b : (tensor<4x4xf32>, tensor<2xi64>) -> tensor<4x4xf32>
  return
}

// -----

func.func @depth_to_space_c1(%a: tensor<4x2x2xf32>) {
  // expected-error@below {{'dsc.depth_to_space' op expected 'input' of rank 4, but got rank 3}}
  %x = dsc.depth_to_space %a {block = 2 : i64} : (tensor<4x2x2xf32>) -> tensor<1x4x4xf32>
  return
}

// -----

func.func @depth_to_space_c2(%a: tensor<1x6x2x2xf32>) {
  // expected-error@below {{'dsc.depth_to_space' op expected channels divisible by 4, but got 6}}
  %x = dsc.depth_to_space %a {block = 2 : i64} : (tensor<1x6x2x2xf32>) -> tensor<1x1x4x4xf32>
  return
}

// -----

func.func @depth_to_space_c2_large(%a: tensor<1x6x2x2xf32>) {
  // expected-error@below {{'dsc.depth_to_space' op expected 'block' of less than 65536, but got 65536}}
  %x = dsc.depth_to_space %a {block = 65536 : i64} : (tensor<1x6x2x2xf32>) -> tensor<1x1x4x4xf32>
  return
}

// -----

func.func @depth_to_space_c3(%a: tensor<1x4x2x2xf32>) {
  // expected-error@below {{'dsc.depth_to_space' op expected sizes [1, 1, 4, 4] of result #0, but got [1, 1, 2, 2]}}
  %x = dsc.depth_to_space %a {block = 2 : i64} : (tensor<1x4x2x2xf32>) -> tensor<1x1x2x2xf32>
  return
}

// -----

func.func @space_to_depth_c1(%a: tensor<4x2x2xf32>) {
  // expected-error@below {{'dsc.space_to_depth' op expected 'input' of rank 4, but got rank 3}}
  %x = dsc.space_to_depth %a {block = 2 : i64} : (tensor<4x2x2xf32>) -> tensor<1x4x4xf32>
  return
}

// -----

func.func @space_to_depth_c2(%a: tensor<1x1x3x4xf32>) {
  // expected-error@below {{'dsc.space_to_depth' op expected a height divisible by 2, but got 3}}
  %x = dsc.space_to_depth %a {block = 2 : i64} : (tensor<1x1x3x4xf32>) -> tensor<1x4x1x2xf32>
  return
}

// -----

func.func @space_to_depth_c2_width(%a: tensor<1x1x4x3xf32>) {
  // expected-error@below {{'dsc.space_to_depth' op expected a width divisible by 2, but got 3}}
  %x = dsc.space_to_depth %a {block = 2 : i64} : (tensor<1x1x4x3xf32>) -> tensor<1x4x2x1xf32>
  return
}

// -----

func.func @space_to_depth_c3(%a: tensor<1x1x4x4xf32>) {
  // expected-error@below {{'dsc.space_to_depth' op expected sizes [1, 4, 2, 2] of result #0, but got [1, 4, 4, 4]}}
  %x = dsc.space_to_depth %a {block = 2 : i64} : (tensor<1x1x4x4xf32>) -> tensor<1x4x4x4xf32>
  return
}
