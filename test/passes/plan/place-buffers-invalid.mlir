// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// An arena that no machine can have is refused.
// RUN: dsc-opt %s -verify-diagnostics -dsc-place-buffers

plan.plan min_runtime [1, 0, 0] producer "dsc" devices { plan.device_slot cpu } segments {} kernels {} functions {
  plan.function "main" inputs {} outputs {} symbols {} constants [1] ops {} variants {
    plan.variant "default" entries {
      // expected-error @+1 {{'plan.entry' op expected buffers that fit into 2^63 bytes together}}
      plan.entry bounds [] arenas [9223372036854775807] buffers {
        plan.buffer arena size 4611686018427387904 dtype u8 first_use 0 last_use 0
        plan.buffer arena size 4611686018427387904 dtype u8 first_use 1 last_use 1
        plan.buffer arena size 4611686018427387904 dtype u8 first_use 2 last_use 2
      } maps {} programs { plan.program steps {} } units {} costs {}
    }
  }
} metadata {}
