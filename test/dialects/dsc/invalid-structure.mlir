// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Constraints of symbols, weights, groups, kernels and launches, one function or op per label.
// RUN: dsc-opt %s -split-input-file -verify-diagnostics

// symbol_c1
// expected-error@below {{'dsc.symbol' op expected 'min' of at least 0 for a caller's symbol, but got -1}}
dsc.symbol @symbol_c1 {kind = #dsc.symbol_kind<caller>, min = -1 : i64}

// -----

// expected-error@below {{'dsc.symbol' op expected 'min' of at most 2, but got 3}}
dsc.symbol @symbol_c1_max {kind = #dsc.symbol_kind<data>, min = 3 : i64, max = 2 : i64}

// -----

// expected-error@below {{'dsc.symbol' op expected 'multiple_of' of at least 1, but got 0}}
dsc.symbol @symbol_c2 {kind = #dsc.symbol_kind<caller>, multiple_of = 0 : i64}

// -----

// symbol_c3
// expected-error@below {{'dsc.symbol' op expected sizes 'of' exactly for kinds 'min' and 'max'}}
dsc.symbol @symbol_c3 {kind = #dsc.symbol_kind<min>}

// -----

// expected-error@below {{'dsc.symbol' op expected sizes 'of' exactly for kinds 'min' and 'max'}}
dsc.symbol @symbol_c3_caller {kind = #dsc.symbol_kind<caller>, of = #dsc.dims<() -> (4)>}

// -----

// symbol_c4
// expected-error@below {{'dsc.symbol' op expected sizes of other symbols, and derived ones before, but got s0}}
dsc.symbol @symbol_c4 {kind = #dsc.symbol_kind<max>, of = #dsc.dims<()[s0] -> (s0, 4)>}

// -----

// expected-error@below {{'dsc.symbol' op expected sizes of other symbols, and derived ones before, but got s1}}
dsc.symbol @symbol_c4_unknown {kind = #dsc.symbol_kind<max>, of = #dsc.dims<()[s0, s1] -> (s1, 4)>}

// -----

// expected-error@below {{'dsc.param' op attribute 'type' failed to satisfy constraint: type attribute of statically shaped tensor of any type values}}
dsc.param @param_c1 : tensor<?xf32> = dense<1.0> : tensor<2xf32>

// -----

// expected-error@below {{'dsc.param' op expected a value of type 'tensor<3xf32>', but got 'tensor<2xf32>'}}
dsc.param @param_c2 : tensor<3xf32> = dense<1.0> : tensor<2xf32>

// -----

// expected-error@below {{'dsc.param' op expected the packed type 'tensor<2x8x32xf32>', but got 'tensor<8x40xf32>'}}
dsc.param @param_c3 : tensor<8x40xf32> = dense<1.0> : tensor<8x40xf32> {packing = #dsc.panels<kind = gemm, n = 40, k = 8>}

// -----

// expected-error@below {{'dsc.param' op expected an unpacked value of type 'tensor<8x40xf32>', but got 'tensor<40x8xf32>'}}
dsc.param @param_c3_value : tensor<2x8x32xf32> = dense<1.0> : tensor<40x8xf32> {packing = #dsc.panels<kind = gemm, n = 40, k = 8>}

// -----

func.func @weight_c1() {
  // expected-error@below {{'dsc.weight' op expected the name of a 'dsc.param', but got 'w'}}
  %w = dsc.weight @w : tensor<2xf32>
  return
}

// -----

dsc.param @w : tensor<2xf32> = dense<1.0> : tensor<2xf32>
func.func @weight_c2() {
  // expected-error@below {{'dsc.weight' op expected the weight's type 'tensor<2xf32>', but got 'tensor<3xf32>'}}
  %w = dsc.weight @w : tensor<3xf32>
  return
}

// -----

func.func @dim_values_c1() {
  // expected-error@below {{'dsc.dim_values' op expected a number of elements of 2, but got 3}}
  %s = dsc.dim_values <()[s0] -> (s0, 4)> : tensor<3xi64>
  return
}

// -----

func.func @dim_values_c1_rank() {
  // expected-error@below {{'dsc.dim_values' op expected 'output' of rank 0 to 1, but got rank 2}}
  %s = dsc.dim_values <()[s0] -> (s0, 4)> : tensor<1x2xi64>
  return
}

// -----

dsc.symbol @n {kind = #dsc.symbol_kind<data>}
func.func @read_dim_c1(%a: tensor<2xi64>) {
  // expected-error@below {{'dsc.read_dim' op expected an index in [0, 2), but got 2}}
  dsc.read_dim %a[2] as @n : tensor<2xi64>
  return
}

// -----

dsc.symbol @n {kind = #dsc.symbol_kind<caller>}
func.func @read_dim_c2(%a: tensor<2xi64>) {
  // expected-error@below {{'dsc.read_dim' op expected the name of a data symbol, but got 'n'}}
  dsc.read_dim %a[1] as @n : tensor<2xi64>
  return
}

// -----

func.func @group_c1(%a: tensor<4xf32>) {
  // expected-error@below {{'dsc.group' op expected block arguments of the operands' types, but got 1 for 1 operands}}
  %r = dsc.group ins(%a : tensor<4xf32>) -> (tensor<4xf64>) attributes {kind = #dsc.group_kind<pointwise>} {
  ^bb0(%x: tensor<4xf64>):
    dsc.yield %x : tensor<4xf64>
  }
  return
}

// -----

func.func @group_c2(%a: tensor<4xf32>) {
  // expected-error@below {{'dsc.group' op expected a 'dsc.yield' of the results' types}}
  %r = dsc.group ins(%a : tensor<4xf32>) -> (tensor<4xf64>) attributes {kind = #dsc.group_kind<pointwise>} {
  ^bb0(%x: tensor<4xf32>):
    dsc.yield %x : tensor<4xf32>
  }
  return
}

// -----

// expected-error@below {{'dsc.kernel' op expected an access of 1, 2 or 3, but got 4}}
dsc.kernel @kernel_c1 {access = array<i8: 4>, name = "cpu_relu_f32"}

// -----

// expected-error@below {{'dsc.kernel' op expected 'scratch' of at least 0, but got -1}}
dsc.kernel @kernel_c2 {access = array<i8: 1>, scratch = -1 : i64, name = "cpu_relu_f32"}

// -----

func.func @launch_c1(%a: tensor<4xf32>) {
  // expected-error@below {{'dsc.launch' op expected the name of a 'dsc.kernel', but got 'k'}}
  %y = dsc.launch @k(%a) dims <() -> ()> tiles <() -> (4)> grain = 1 : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

dsc.kernel @k {access = array<i8: 1, 1, 2>, name = "cpu_add_f32"}
func.func @launch_c2(%a: tensor<4xf32>) {
  // expected-error@below {{'dsc.launch' op expected 3 buffers, but got 2}}
  %y = dsc.launch @k(%a) dims <() -> ()> tiles <() -> (4)> grain = 1 : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

dsc.kernel @k {access = array<i8: 1, 2>, num_dims = 1 : i64, name = "cpu_relu_f32"}
func.func @launch_c3(%a: tensor<4xf32>) {
  // expected-error@below {{'dsc.launch' op expected 1 values in 'dims', but got 0}}
  %y = dsc.launch @k(%a) dims <() -> ()> tiles <() -> (4)> grain = 1 : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

dsc.kernel @k {access = array<i8: 1, 2>, name = "cpu_relu_f32"}
func.func @launch_c4(%a: tensor<4xf32>) {
  // expected-error@below {{'dsc.launch' op expected 1 values in 'tiles', but got 2}}
  %y = dsc.launch @k(%a) dims <() -> ()> tiles <() -> (4, 1)> grain = 1 : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

dsc.kernel @k {access = array<i8: 1, 2>, name = "cpu_relu_f32"}
func.func @launch_c5(%a: tensor<4xf32>) {
  // expected-error@below {{'dsc.launch' op expected 'grain' of at least 1, but got 0}}
  %y = dsc.launch @k(%a) dims <() -> ()> tiles <() -> (4)> grain = 0 : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

dsc.kernel @k {access = array<i8: 1, 2>, name = "cpu_relu_f32"}
func.func @launch_c6(%a: tensor<4xf32>) {
  // expected-error@below {{'dsc.launch' op expected 1 values in 'flops', but got 2}}
  %y = dsc.launch @k(%a) dims <() -> ()> tiles <() -> (4)> grain = 1 flops <() -> (4, 1)> : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

dsc.kernel @k {access = array<i8: 1, 2>, name = "cpu_relu_f32"}
func.func @launch_c7(%a: tensor<4xf32>) {
  // expected-error@below {{'dsc.launch' op expected 'stage' of at least 0, but got -1}}
  %y = dsc.launch @k(%a) dims <() -> ()> tiles <() -> (4)> grain = 1 {stage = -1 : i64} : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

dsc.kernel @k {access = array<i8: 1, 2>, name = "cpu_relu_f32"}
func.func @launch_c7_cost(%a: tensor<4xf32>) {
  // expected-error@below {{'dsc.launch' op expected 'cost_ns' of at least 0, but got -1}}
  %y = dsc.launch @k(%a) dims <() -> ()> tiles <() -> (4)> grain = 1 {cost_ns = -1 : i64} : (tensor<4xf32>) -> tensor<4xf32>
  return
}
