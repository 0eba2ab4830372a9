// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Every op of the plan dialect goes through text unchanged, with defaults left out and with every field given.
// RUN: dsc-opt %s | dsc-opt | FileCheck %s

// CHECK: plan.plan min_runtime [1, 0, 0] producer "dsc" devices {
plan.plan min_runtime [1, 0, 0] producer "dsc" devices {
  // CHECK: plan.device_slot cpu{{$}}
  plan.device_slot cpu
} segments {
  // CHECK: plan.segment weights size 64 contents {
  plan.segment weights size 64 contents {
    // CHECK: plan.blob offset 0 size 8 value dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>
    plan.blob offset 0 size 8 value dense<[1.0, 2.0]> : tensor<2xf32>
  }
  // CHECK: plan.segment cpu_code size 16 align 8192 isa x86_v3 contents {
  plan.segment cpu_code size 16 align 8192 isa x86_v3 contents {}
} kernels {
  // CHECK: plan.kernel "relu" function "k0" access [1, 2] num_dims 1 scratch 64 codes {
  plan.kernel "relu" function "k0" access [1, 2] num_dims 1 scratch 64 codes {
    // CHECK: plan.kernel_code segment 1 entry 16
    plan.kernel_code segment 1 entry 16
  }
} functions {
  // CHECK: plan.function "main" inputs {
  plan.function "main" inputs {
    // CHECK: plan.tensor_desc "x" dtype f32 shape [0, 1] align 4
    plan.tensor_desc "x" dtype f32 shape [0, 1] align 4
  } outputs {
    plan.tensor_desc "y" dtype f32 shape [0, 1] align 4
  } symbols {
    // CHECK: plan.symbol "N" caller min 1 max 8 multiple_of 2
    plan.symbol "N" caller min 1 max 8 multiple_of 2
  } constants [2, 8] ops {
    // CHECK: plan.shape_op mul 0, 2
    plan.shape_op mul 0, 2
  } variants {
    // CHECK: plan.variant "default" entries {
    plan.variant "default" entries {
      // CHECK: plan.entry bounds [8] arenas [64] buffers {
      plan.entry bounds [8] arenas [64] buffers {
        // CHECK: plan.buffer input size 64 size_slot 3 dtype f32 shape [0, 1]
        plan.buffer input size 64 size_slot 3 dtype f32 shape [0, 1]
        // CHECK: plan.buffer arena size 64 size_slot 3 dtype f32 shape [0, 1] last_use 1
        plan.buffer arena size 64 size_slot 3 dtype f32 shape [0, 1] last_use 1
        plan.buffer output size 64 size_slot 3 dtype f32 shape [0, 1]
        // CHECK: plan.buffer arena parent 1 size 64 dtype f32
        plan.buffer arena parent 1 size 64 dtype f32
      } maps {} programs {
        // CHECK: plan.program steps {
        plan.program steps {
          // CHECK: plan.step launch kernel 0 buffers [0, 1] dims [0] grid [0] loc 0 bytes 3 grain 4
          plan.step launch kernel 0 buffers [0, 1] dims [0] grid [0] loc 0 bytes 3 grain 4
          // CHECK: plan.step copy buffers [1, 2] deps [0]
          plan.step copy buffers [1, 2] deps [0]
        }
      } units {
        // CHECK: plan.unit first_step 0 num_steps 2 cost_us [0.000000e+00] weight_bytes 64 live_after [2]
        plan.unit first_step 0 num_steps 2 cost_us [0.0] weight_bytes 64 live_after [2]
      } costs {
        // CHECK: plan.cost_point bounds [8] predicted_us 1.500000e+00
        plan.cost_point bounds [8] predicted_us 1.5
      }
    }
  }
} metadata {
  // CHECK: plan.key_value "model" "relu"
  plan.key_value "model" "relu"
  // CHECK: } locations ["node"]
} locations ["node"]
