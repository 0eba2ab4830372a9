// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Buffers that are never live together share memory; each starts at a multiple of 64 bytes.
// RUN: dsc-opt %s -split-input-file -dsc-place-buffers | FileCheck %s

plan.plan min_runtime [1, 0, 0] producer "dsc" devices { plan.device_slot cpu } segments {} kernels {} functions {
  plan.function "main" inputs {} outputs {} symbols {} constants [1] ops {} variants {
    plan.variant "default" entries {
      // CHECK: plan.entry bounds [] arenas [192]
      plan.entry bounds [] arenas [320] buffers {
        // CHECK-NEXT: plan.buffer arena size 100 dtype u8 last_use 1
        plan.buffer arena size 100 dtype u8 first_use 0 last_use 1
        // CHECK-NEXT: plan.buffer arena offset 128 size 10 dtype u8 first_use 1 last_use 2
        plan.buffer arena offset 128 size 10 dtype u8 first_use 1 last_use 2
        // CHECK-NEXT: plan.buffer arena size 100 dtype u8 first_use 2 last_use 3
        plan.buffer arena offset 192 size 100 dtype u8 first_use 2 last_use 3
      } maps {} programs {
        plan.program steps {
          plan.step fill buffers [0]
          plan.step copy buffers [0, 1]
          plan.step copy buffers [1, 2]
          plan.step fill buffers [2]
        }
      } units {
        // CHECK: arena_bytes 192
        plan.unit first_step 0 num_steps 4 cost_us [0.0]
      } costs {}
    }
  }
} metadata {}

// -----

// An open entry is left to the runtime.
plan.plan min_runtime [1, 0, 0] producer "dsc" devices { plan.device_slot cpu } segments {} kernels {} functions {
  plan.function "main" inputs {} outputs {} symbols {
    plan.symbol "N" caller min 1 max 9223372036854775807
  } constants [1] ops {} variants {
    plan.variant "default" entries {
      // CHECK: plan.entry bounds [9223372036854775807] arenas [0] open true
      plan.entry bounds [9223372036854775807] arenas [0] open true buffers {
        // CHECK-NEXT: plan.buffer arena size 100 dtype u8 last_use 1
        plan.buffer arena size 100 dtype u8 first_use 0 last_use 1
      } maps {} programs {
        plan.program steps { plan.step fill buffers [0] }
      } units { plan.unit first_step 0 num_steps 1 cost_us [0.0] } costs {}
    }
  }
} metadata {}
