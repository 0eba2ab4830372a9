// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Launches become steps, values become buffers, sizes become a shape program.
// RUN: dsc-opt %s -split-input-file -dsc-build-plan | FileCheck %s

// CHECK-LABEL: module @chain
module @chain {
  dsc.symbol @N {kind = #dsc.symbol_kind<caller>, max = 8 : i64}
  dsc.kernel @k0 {access = array<i8: 1, 1, 2>, num_dims = 1 : i64, scratch = 64 : i64, name = "cpu_add_f32"}
  dsc.param @w : tensor<4xf32> = dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  // Equal bytes are stored once.
  dsc.param @same : tensor<4xf32> = dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  func.func @main(%x: tensor<?x4xf32, #dsc.dims<()[s0] -> (s0, 4)>> {dsc.name = "in"})
      -> (tensor<?x4xf32, #dsc.dims<()[s0] -> (s0, 4)>> {dsc.name = "out"}) {
    %w = dsc.weight @w : tensor<4xf32>
    %v = dsc.weight @same : tensor<4xf32>
    %a = dsc.launch @k0(%x, %w) dims <()[s0] -> (s0)> tiles <()[s0] -> (s0 ceildiv 2)> grain = 3 {cost_ns = 700 : i64}
      : (tensor<?x4xf32, #dsc.dims<()[s0] -> (s0, 4)>>, tensor<4xf32>) -> tensor<?x4xf32, #dsc.dims<()[s0] -> (s0, 4)>> loc("first")
    %b = dsc.launch @k0(%a, %v) dims <()[s0] -> (s0)> tiles <()[s0] -> (s0 ceildiv 2)> grain = 3 {cost_ns = 1500 : i64, stage = 1 : i64}
      : (tensor<?x4xf32, #dsc.dims<()[s0] -> (s0, 4)>>, tensor<4xf32>) -> tensor<?x4xf32, #dsc.dims<()[s0] -> (s0, 4)>> loc(fused["second", "third"])
    return %b : tensor<?x4xf32, #dsc.dims<()[s0] -> (s0, 4)>>
  }
}
// CHECK: plan.segment weights size 16 contents {
// CHECK-NEXT: plan.blob offset 0 size 16 value dense<[1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00]>
// CHECK-NEXT: }
// CHECK: plan.kernel "cpu_add_f32" function "k0" access [1, 1, 2] num_dims 1 scratch 64
// CHECK: plan.tensor_desc "in" dtype f32 shape [0, 1] align 4
// CHECK: plan.tensor_desc "out" dtype f32 shape [0, 1] align 4
// CHECK: plan.symbol "N" caller min 1 max 8
// CHECK: constants [4, 16, 2{{.*}}] ops {
// CHECK-NEXT: plan.shape_op mul 0, 2
// CHECK-NEXT: plan.shape_op ceil_div 0, 3
// CHECK: plan.entry bounds [8] arenas [128]
// CHECK-NEXT: plan.buffer input size 128 size_slot [[SIZE:[0-9]+]] dtype f32 shape [0, 1]
// CHECK-NEXT: plan.buffer weights size 16 dtype f32
// CHECK-NEXT: plan.buffer weights size 16 dtype f32
// CHECK-NEXT: plan.buffer arena size 128 size_slot [[SIZE]] dtype f32 shape [0, 1] last_use 1
// CHECK-NEXT: plan.buffer output size 128 size_slot [[SIZE]] dtype f32 shape [0, 1]
// CHECK: plan.step launch kernel 0 buffers [0, 1, 3] dims [0] grid {{\[[0-9]+\]}} loc 0 bytes {{[0-9]+}} grain 3
// CHECK-NEXT: plan.step launch kernel 0 buffers [3, 2, 4] dims [0] grid {{\[[0-9]+\]}} loc 1 bytes {{[0-9]+}} grain 3
// CHECK: plan.unit first_step 0 num_steps 1 cost_us [7.000000e-01] weight_bytes 16 live_after [3]
// CHECK-NEXT: plan.unit first_step 1 num_steps 1 cost_us [1.500000e+00] weight_bytes 16 stage 1
// CHECK: locations ["first", "second + third"]

// -----

// A view shares its root's memory; the launch behind it writes the output itself; an input that is an output is copied.
// CHECK-LABEL: module @views
module @views {
  dsc.kernel @k0 {access = array<i8: 1, 2>, name = "relu"}
  func.func @main(%x: tensor<2x3xf32>) -> (tensor<6xf32>, tensor<3x2xf32>, tensor<6xf32>) {
    %a = dsc.launch @k0(%x) dims <() -> ()> tiles <() -> (1)> grain = 1 : (tensor<2x3xf32>) -> tensor<2x3xf32>
    %v = dsc.reshape %a : (tensor<2x3xf32>) -> tensor<6xf32>
    %i = dsc.reshape %x : (tensor<2x3xf32>) -> tensor<3x2xf32>
    return %v, %i, %v : tensor<6xf32>, tensor<3x2xf32>, tensor<6xf32>
  }
}
// CHECK: plan.buffer input size 24 dtype f32
// CHECK-NEXT: plan.buffer output size 24 dtype f32
// CHECK-NEXT: plan.buffer output parent 1 size 24 dtype f32
// CHECK-NEXT: plan.buffer input parent 0 size 24 dtype f32
// CHECK-NEXT: plan.buffer output index 1 size 24 dtype f32
// CHECK-NEXT: plan.buffer output index 2 size 24 dtype f32
// CHECK: plan.step launch kernel 0 buffers [0, 1] grid
// CHECK-NEXT: plan.step copy buffers [3, 4]
// CHECK-NEXT: plan.step copy buffers [2, 5]

// -----

// A size read from data binds its symbol before it is used; a symbol without bound leaves the entry open.
// CHECK-LABEL: module @data
module @data {
  dsc.symbol @n {kind = #dsc.symbol_kind<data>, min = 0 : i64, max = 5 : i64}
  dsc.symbol @open {kind = #dsc.symbol_kind<caller>}
  dsc.kernel @k0 {access = array<i8: 1, 2>, num_dims = 1 : i64, name = "range"}
  func.func @main(%s: tensor<2xi64>, %u: tensor<?xf32, #dsc.dims<()[s0, s1] -> (s1)>>)
      -> tensor<?xf32, #dsc.dims<()[s0] -> (s0 * 2 - 1)>> {
    dsc.read_dim %s[1] as @n : tensor<2xi64>
    %a = dsc.launch @k0(%s) dims <()[s0] -> (s0)> tiles <() -> (1)> grain = 1
      : (tensor<2xi64>) -> tensor<?xf32, #dsc.dims<()[s0] -> (s0 * 2 - 1)>>
    return %a : tensor<?xf32, #dsc.dims<()[s0] -> (s0 * 2 - 1)>>
  }
}
// CHECK: plan.symbol "n" data min 0 max 5
// CHECK: plan.shape_op sub
// CHECK: plan.entry bounds [5, 9223372036854775807] arenas [0] open true
// CHECK: plan.buffer input size 16 dtype i64
// CHECK-NEXT: plan.buffer input index 1 size_slot
// CHECK-NEXT: plan.buffer input parent 0 offset 8 size 8 dtype i64
// CHECK: plan.step read_dim buffers [2] dims [0]
// CHECK-NEXT: plan.step launch
