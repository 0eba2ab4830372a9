// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One case for each part of plan.entry's constraint on units.
// RUN: dsc-opt %s -split-input-file -verify-diagnostics

// entry_c8: cost
plan.plan min_runtime [1, 0, 0] producer "dsc" devices { plan.device_slot cpu } segments {
} kernels {
} functions {
plan.function "main" inputs {} outputs {} symbols {} constants [4] ops {} variants {
  plan.variant "default" entries {
    plan.entry bounds [] arenas [64] buffers {
plan.buffer arena size 4 dtype f32 first_use 0 last_use 1
plan.buffer arena offset 4 size 4 dtype f32 first_use 0 last_use 1
    } maps {} programs { plan.program steps {
plan.step copy buffers [0, 1]
plan.step copy buffers [1, 0]
    } } units {
// expected-error @+1 {{'plan.unit' op expected 1 costs, but got 2}}
plan.unit first_step 0 num_steps 2 cost_us [0.0, 0.0]
    } costs {}
  }
}
} metadata {}

// -----

// entry_c8: buffer
plan.plan min_runtime [1, 0, 0] producer "dsc" devices { plan.device_slot cpu } segments {
} kernels {
} functions {
plan.function "main" inputs {} outputs {} symbols {} constants [4] ops {} variants {
  plan.variant "default" entries {
    plan.entry bounds [] arenas [64] buffers {
plan.buffer arena size 4 dtype f32 first_use 0 last_use 1
plan.buffer arena offset 4 size 4 dtype f32 first_use 0 last_use 1
    } maps {} programs { plan.program steps {
plan.step copy buffers [0, 1]
plan.step copy buffers [1, 0]
    } } units {
// expected-error @+1 {{'plan.unit' op expected a buffer below 2, but got 2}}
plan.unit first_step 0 num_steps 1 cost_us [0.0] live_after [2]
plan.unit first_step 1 num_steps 1 cost_us [0.0]
    } costs {}
  }
}
} metadata {}

// -----

// entry_c8: order
plan.plan min_runtime [1, 0, 0] producer "dsc" devices { plan.device_slot cpu } segments {
} kernels {
} functions {
plan.function "main" inputs {} outputs {} symbols {} constants [4] ops {} variants {
  plan.variant "default" entries {
    plan.entry bounds [] arenas [64] buffers {
plan.buffer arena size 4 dtype f32 first_use 0 last_use 1
plan.buffer arena offset 4 size 4 dtype f32 first_use 0 last_use 1
    } maps {} programs { plan.program steps {
plan.step copy buffers [0, 1]
plan.step copy buffers [1, 0]
    } } units {
// expected-error @+1 {{'plan.unit' op expected 'live_after' in ascending order, each buffer once}}
plan.unit first_step 0 num_steps 1 cost_us [0.0] live_after [1, 1]
plan.unit first_step 1 num_steps 1 cost_us [0.0]
    } costs {}
  }
}
} metadata {}

// -----

// entry_c8: stage
plan.plan min_runtime [1, 0, 0] producer "dsc" devices { plan.device_slot cpu } segments {
} kernels {
} functions {
plan.function "main" inputs {} outputs {} symbols {} constants [4] ops {} variants {
  plan.variant "default" entries {
    plan.entry bounds [] arenas [64] buffers {
plan.buffer arena size 4 dtype f32 first_use 0 last_use 1
plan.buffer arena offset 4 size 4 dtype f32 first_use 0 last_use 1
    } maps {} programs { plan.program steps {
plan.step copy buffers [0, 1]
plan.step copy buffers [1, 0]
    } } units {
plan.unit first_step 0 num_steps 1 cost_us [0.0]
// expected-error @+1 {{'plan.unit' op expected a stage of 0 to 1, but got 2}}
plan.unit first_step 1 num_steps 1 cost_us [0.0] stage 2
    } costs {}
  }
}
} metadata {}
