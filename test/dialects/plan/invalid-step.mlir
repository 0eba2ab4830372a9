// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One case per labelled constraint of plan.entry: steps and units.
// RUN: dsc-opt %s -split-input-file -verify-diagnostics

// entry_c4: buffer
plan.plan min_runtime [1, 0, 0] producer "dsc" devices { plan.device_slot cpu } segments {
} kernels {
plan.kernel "k" access [1, 2] codes {}
} functions {
plan.function "main" inputs {} outputs {} symbols {} constants [4] ops {} variants {
  plan.variant "default" entries {
    plan.entry bounds [] arenas [64] buffers {
plan.buffer arena size 4 dtype f32
plan.buffer arena offset 4 size 4 dtype f32
    } maps {} programs { plan.program steps {
// expected-error @+1 {{'plan.step' op expected a buffer below 2, but got 7}}
plan.step copy buffers [0, 7]
    } } units {
plan.unit first_step 0 num_steps 1 cost_us [0.0]
    } costs {}
  }
}
} metadata {}

// -----

// entry_c4: kernel
plan.plan min_runtime [1, 0, 0] producer "dsc" devices { plan.device_slot cpu } segments {
} kernels {
plan.kernel "k" access [1, 2] codes {}
} functions {
plan.function "main" inputs {} outputs {} symbols {} constants [4] ops {} variants {
  plan.variant "default" entries {
    plan.entry bounds [] arenas [64] buffers {
plan.buffer arena size 4 dtype f32
plan.buffer arena offset 4 size 4 dtype f32
    } maps {} programs { plan.program steps {
// expected-error @+1 {{'plan.step' op expected a kernel below 1, but got 3}}
plan.step launch kernel 3 buffers [0, 1] grid [0]
    } } units {
plan.unit first_step 0 num_steps 1 cost_us [0.0]
    } costs {}
  }
}
} metadata {}

// -----

// entry_c4: number of buffers
plan.plan min_runtime [1, 0, 0] producer "dsc" devices { plan.device_slot cpu } segments {
} kernels {
plan.kernel "k" access [1, 2] codes {}
} functions {
plan.function "main" inputs {} outputs {} symbols {} constants [4] ops {} variants {
  plan.variant "default" entries {
    plan.entry bounds [] arenas [64] buffers {
plan.buffer arena size 4 dtype f32
plan.buffer arena offset 4 size 4 dtype f32
    } maps {} programs { plan.program steps {
// expected-error @+1 {{'plan.step' op expected 2 buffers, but got 1}}
plan.step launch kernel 0 buffers [0] grid [0]
    } } units {
plan.unit first_step 0 num_steps 1 cost_us [0.0]
    } costs {}
  }
}
} metadata {}

// -----

// entry_c4: number of dims
plan.plan min_runtime [1, 0, 0] producer "dsc" devices { plan.device_slot cpu } segments {
} kernels {
plan.kernel "k" access [1, 2] codes {}
} functions {
plan.function "main" inputs {} outputs {} symbols {} constants [4] ops {} variants {
  plan.variant "default" entries {
    plan.entry bounds [] arenas [64] buffers {
plan.buffer arena size 4 dtype f32
plan.buffer arena offset 4 size 4 dtype f32
    } maps {} programs { plan.program steps {
// expected-error @+1 {{'plan.step' op expected 0 dims, but got 1}}
plan.step launch kernel 0 buffers [0, 1] dims [0] grid [0]
    } } units {
plan.unit first_step 0 num_steps 1 cost_us [0.0]
    } costs {}
  }
}
} metadata {}

// -----

// entry_c4: slot
plan.plan min_runtime [1, 0, 0] producer "dsc" devices { plan.device_slot cpu } segments {
} kernels {
plan.kernel "k" access [1, 2] codes {}
} functions {
plan.function "main" inputs {} outputs {} symbols {} constants [4] ops {} variants {
  plan.variant "default" entries {
    plan.entry bounds [] arenas [64] buffers {
plan.buffer arena size 4 dtype f32
plan.buffer arena offset 4 size 4 dtype f32
    } maps {} programs { plan.program steps {
// expected-error @+1 {{'plan.step' op expected a slot below 1, but got 2}}
plan.step launch kernel 0 buffers [0, 1] grid [2]
    } } units {
plan.unit first_step 0 num_steps 1 cost_us [0.0]
    } costs {}
  }
}
} metadata {}

// -----

// entry_c4: program
plan.plan min_runtime [1, 0, 0] producer "dsc" devices { plan.device_slot cpu } segments {
} kernels {
plan.kernel "k" access [1, 2] codes {}
} functions {
plan.function "main" inputs {} outputs {} symbols {} constants [4] ops {} variants {
  plan.variant "default" entries {
    plan.entry bounds [] arenas [64] buffers {
plan.buffer arena size 4 dtype f32
plan.buffer arena offset 4 size 4 dtype f32
    } maps {} programs { plan.program steps {
// expected-error @+1 {{'plan.step' op expected a program below 1, but got 1}}
plan.step branch buffers [0] programs [1]
    } } units {
plan.unit first_step 0 num_steps 1 cost_us [0.0]
    } costs {}
  }
}
} metadata {}

// -----

// entry_c4: location
plan.plan min_runtime [1, 0, 0] producer "dsc" devices { plan.device_slot cpu } segments {
} kernels {
plan.kernel "k" access [1, 2] codes {}
} functions {
plan.function "main" inputs {} outputs {} symbols {} constants [4] ops {} variants {
  plan.variant "default" entries {
    plan.entry bounds [] arenas [64] buffers {
plan.buffer arena size 4 dtype f32
plan.buffer arena offset 4 size 4 dtype f32
    } maps {} programs { plan.program steps {
// expected-error @+1 {{'plan.step' op expected a location below 0, but got 0}}
plan.step copy buffers [0, 1] loc 0
    } } units {
plan.unit first_step 0 num_steps 1 cost_us [0.0]
    } costs {}
  }
}
} metadata {}

// -----

// entry_c5
plan.plan min_runtime [1, 0, 0] producer "dsc" devices { plan.device_slot cpu } segments {
} kernels {
plan.kernel "k" access [1, 2] codes {}
} functions {
plan.function "main" inputs {} outputs {} symbols {} constants [4] ops {} variants {
  plan.variant "default" entries {
    plan.entry bounds [] arenas [64] buffers {
plan.buffer arena size 4 dtype f32
plan.buffer arena offset 4 size 4 dtype f32
    } maps {} programs { plan.program steps {
// expected-error @+1 {{'plan.step' op expected an earlier step below 0, but got 0}}
plan.step copy buffers [0, 1] deps [0]
    } } units {
plan.unit first_step 0 num_steps 1 cost_us [0.0]
    } costs {}
  }
}
} metadata {}

// -----

// entry_c6
plan.plan min_runtime [1, 0, 0] producer "dsc" devices { plan.device_slot cpu } segments {
plan.segment weights size 64 contents {}
} kernels {
plan.kernel "k" access [1, 2] codes {}
} functions {
plan.function "main" inputs {} outputs {} symbols {} constants [4] ops {} variants {
  plan.variant "default" entries {
    plan.entry bounds [] arenas [64] buffers {
plan.buffer arena size 4 dtype f32
plan.buffer weights size 4 dtype f32
    } maps {} programs { plan.program steps {
// expected-error @+1 {{'plan.step' op expected to write an arena or output buffer, but got weights}}
plan.step launch kernel 0 buffers [0, 1] grid [0]
    } } units {
plan.unit first_step 0 num_steps 1 cost_us [0.0]
    } costs {}
  }
}
} metadata {}

// -----

// entry_c7: gap
plan.plan min_runtime [1, 0, 0] producer "dsc" devices { plan.device_slot cpu } segments {
} kernels {
} functions {
plan.function "main" inputs {} outputs {} symbols {} constants [4] ops {} variants {
  plan.variant "default" entries {
    plan.entry bounds [] arenas [64] buffers {
plan.buffer arena size 4 dtype f32
plan.buffer arena offset 4 size 4 dtype f32
    } maps {} programs { plan.program steps {
plan.step copy buffers [0, 1]
    } } units {
// expected-error @+1 {{'plan.unit' op expected to start at step 0, but got 1}}
plan.unit first_step 1 num_steps 1 cost_us [0.0]
    } costs {}
  }
}
} metadata {}

// -----

// entry_c7: steps left over
plan.plan min_runtime [1, 0, 0] producer "dsc" devices { plan.device_slot cpu } segments {
} kernels {
} functions {
plan.function "main" inputs {} outputs {} symbols {} constants [4] ops {} variants {
  plan.variant "default" entries {
// expected-error @+1 {{'plan.entry' op expected units that cover 1 steps, but got 0}}
plan.entry bounds [] arenas [64] buffers {
plan.buffer arena size 4 dtype f32
plan.buffer arena offset 4 size 4 dtype f32
    } maps {} programs { plan.program steps {
plan.step copy buffers [0, 1]
    } } units {
    } costs {}
  }
}
} metadata {}
