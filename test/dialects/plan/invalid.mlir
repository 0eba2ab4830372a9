// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One case per labelled constraint of the plan dialect.
// RUN: dsc-opt %s -split-input-file -verify-diagnostics

// plan_c1
// expected-error @+1 {{'plan.plan' op expected three parts in 'min_runtime', but got 2}}
plan.plan min_runtime [1, 0] producer "dsc" devices { plan.device_slot cpu } segments {
} kernels {
} functions {
} metadata {}

// -----

// plan_c1
// expected-error @+1 {{'plan.plan' op expected parts of 'min_runtime' from 0 to 65535, but got 65536}}
plan.plan min_runtime [1, 65536, 0] producer "dsc" devices { plan.device_slot cpu } segments {
} kernels {
} functions {
} metadata {}

// -----

// plan_c2: code in a weights segment
plan.plan min_runtime [1, 0, 0] producer "dsc" devices { plan.device_slot cpu } segments {
plan.segment weights size 64 contents {}
} kernels {
plan.kernel "k" access [] codes {
// expected-error @+1 {{'plan.kernel_code' op expected a code segment, but got weights}}
plan.kernel_code segment 0 }
} functions {
} metadata {}

// -----

// plan_c2: no such segment
plan.plan min_runtime [1, 0, 0] producer "dsc" devices { plan.device_slot cpu } segments {
} kernels {
plan.kernel "k" access [] codes {
// expected-error @+1 {{'plan.kernel_code' op expected a segment below 0, but got 0}}
plan.kernel_code segment 0 }
} functions {
} metadata {}

// -----

// plan_c2: weights outside their segment
plan.plan min_runtime [1, 0, 0] producer "dsc" devices { plan.device_slot cpu } segments {
plan.segment weights size 64 contents {}
} kernels {
} functions {
plan.function "main" inputs {} outputs {} symbols {} constants [4] ops {} variants {
  plan.variant "default" entries {
    plan.entry bounds [] arenas [64] buffers {
// expected-error @+1 {{'plan.buffer' op expected a range inside a weights segment}}
plan.buffer weights offset 32 size 64 dtype f32
    } maps {} programs { plan.program steps {
    } } units {
    } costs {}
  }
}
} metadata {}

// -----

// segment_c1
plan.plan min_runtime [1, 0, 0] producer "dsc" devices { plan.device_slot cpu } segments {
// expected-error @+1 {{'plan.segment' op expected a power of two as 'align', but got 3}}
plan.segment weights size 64 align 3 contents {}
} kernels {
} functions {
} metadata {}

// -----

// segment_c2
plan.plan min_runtime [1, 0, 0] producer "dsc" devices { plan.device_slot cpu } segments {
plan.segment weights size 8 contents {
// expected-error @+1 {{'plan.blob' op expected bytes within 0 and 8, but got 4 and 8 more}}
plan.blob offset 4 size 8 value dense<0.0> : tensor<2xf32>
}
} kernels {
} functions {
} metadata {}

// -----

// kernel_c1
plan.plan min_runtime [1, 0, 0] producer "dsc" devices { plan.device_slot cpu } segments {
} kernels {
// expected-error @+1 {{'plan.kernel' op expected 1, 2 or 3 in 'access', but got 4}}
plan.kernel "k" access [4] codes {}
} functions {
} metadata {}

// -----

// symbol_c1
plan.plan min_runtime [1, 0, 0] producer "dsc" devices { plan.device_slot cpu } segments {
} kernels {
} functions {
plan.function "main" inputs {} outputs {} symbols {
// expected-error @+1 {{'plan.symbol' op expected 0 <= min <= max, but got 2 and 1}}
plan.symbol "N" caller min 2 max 1
} constants [4] ops {} variants {
  plan.variant "default" entries {
    plan.entry bounds [1] arenas [64] buffers {
    } maps {} programs { plan.program steps {
    } } units {
    } costs {}
  }
}
} metadata {}

// -----

// function_c1
plan.plan min_runtime [1, 0, 0] producer "dsc" devices { plan.device_slot cpu } segments {
} kernels {
} functions {
plan.function "main" inputs {} outputs {} symbols {} constants [4] ops {
// expected-error @+1 {{'plan.shape_op' op expected a slot below 1, but got 1}}
plan.shape_op add 0, 1
} variants {
  plan.variant "default" entries {
    plan.entry bounds [] arenas [64] buffers {
    } maps {} programs { plan.program steps {
    } } units {
    } costs {}
  }
}
} metadata {}

// -----

// function_c2
plan.plan min_runtime [1, 0, 0] producer "dsc" devices { plan.device_slot cpu } segments {
} kernels {
} functions {
plan.function "main" inputs {
// expected-error @+1 {{'plan.tensor_desc' op expected a slot below 1, but got 5}}
plan.tensor_desc "x" dtype f32 shape [5]
} outputs {} symbols {} constants [4] ops {} variants {
  plan.variant "default" entries {
    plan.entry bounds [] arenas [64] buffers {
    } maps {} programs { plan.program steps {
    } } units {
    } costs {}
  }
}
} metadata {}
