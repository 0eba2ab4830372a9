// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Constraints of attributes, one function per label.
// RUN: dsc-opt %s -split-input-file -verify-diagnostics

// expected-error@below {{expected sizes without dimensions, but got affine_map<(d0) -> (d0)>}}
func.func private @dims_c1(tensor<?xf32, #dsc.dims<(d0) -> (d0)>>)

// -----

// expected-error@below {{expected sizes divided by positive constants, but got s0 mod 0}}
func.func private @dims_c6(tensor<?xf32, #dsc.dims<()[s0] -> (s0 mod 0)>>)

// -----

// expected-error@below {{expected sizes divided by positive constants, but got s0 floordiv -2}}
func.func private @dims_c6_floordiv(tensor<?xf32, #dsc.dims<()[s0] -> (s0 floordiv -2)>>)

// -----

// expected-error@below {{expected sizes divided by positive constants, but got s0 ceildiv 0}}
func.func private @dims_c6_ceildiv(tensor<?xf32, #dsc.dims<()[s0] -> (s0 ceildiv 0 + 1)>>)

// -----

// expected-error@below {{expected 2 sizes, but got 1}}
func.func private @dims_c2(tensor<?x2xf32, #dsc.dims<()[s0] -> (s0)>>)

// -----

// expected-error@below {{expected size 2 of static dimension 1, but got 3}}
func.func private @dims_c3(tensor<?x2xf32, #dsc.dims<()[s0] -> (s0, 3)>>)

// -----

// expected-error@below {{expected a symbolic size of dynamic dimension 0, but got 4}}
func.func private @dims_c4(tensor<?xf32, #dsc.dims<() -> (4)>>)

// -----

// expected-error@below {{expected no encoding of a static shape}}
func.func private @dims_c5(tensor<2xf32, #dsc.dims<() -> (2)>>)

// -----

// expected-error@below {{expected positive sizes, but got 0}}
func.func private @panels_c1() attributes {test = #dsc.panels<kind = gemm, n = 0, k = 8>}

// -----

// expected-error@below {{expected positive taps, but got 0}}
func.func private @panels_c1_taps() attributes {test = #dsc.panels<kind = conv, n = 4, k = 8, taps = [3, 0]>}

// -----

// expected-error@below {{expected no taps and one group for 'gemm', but got 1 taps and 1 groups}}
func.func private @panels_c2() attributes {test = #dsc.panels<kind = gemm, n = 4, k = 8, taps = [3]>}

// -----

// expected-error@below {{expected one to three taps for 'conv', but got 0}}
func.func private @panels_c3() attributes {test = #dsc.panels<kind = conv, n = 4, k = 8>}

// -----

// expected-error@below {{expected a 'conv' that is not transposed}}
func.func private @panels_c3_transposed() attributes {test = #dsc.panels<kind = conv, n = 4, k = 8, taps = [3], transposed = true>}
