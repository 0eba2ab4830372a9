// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One case per labelled constraint of plan.entry: buffers.
// RUN: dsc-opt %s -split-input-file -verify-diagnostics

// entry_c1: bounds
plan.plan min_runtime [1, 0, 0] producer "dsc" devices { plan.device_slot cpu } segments {
} kernels {
} functions {
plan.function "main" inputs {} outputs {} symbols {} constants [4] ops {} variants {
  plan.variant "default" entries {
// expected-error @+1 {{'plan.entry' op expected 0 bounds, but got 1}}
plan.entry bounds [1] arenas [64] buffers {
    } maps {} programs { plan.program steps {
    } } units {
    } costs {}
  }
}
} metadata {}

// -----

// entry_c1: arenas
plan.plan min_runtime [1, 0, 0] producer "dsc" devices { plan.device_slot cpu } segments {
} kernels {
} functions {
plan.function "main" inputs {} outputs {} symbols {} constants [4] ops {} variants {
  plan.variant "default" entries {
// expected-error @+1 {{'plan.entry' op expected 1 arenas, but got 0}}
plan.entry bounds [] arenas [] buffers {
    } maps {} programs { plan.program steps {
    } } units {
    } costs {}
  }
}
} metadata {}

// -----

// entry_c2: later parent
plan.plan min_runtime [1, 0, 0] producer "dsc" devices { plan.device_slot cpu } segments {
} kernels {
} functions {
plan.function "main" inputs {} outputs {} symbols {} constants [4] ops {} variants {
  plan.variant "default" entries {
    plan.entry bounds [] arenas [64] buffers {
// expected-error @+1 {{'plan.buffer' op expected an earlier parent below 0, but got 0}}
plan.buffer arena parent 0 size 4 dtype f32
    } maps {} programs { plan.program steps {
    } } units {
    } costs {}
  }
}
} metadata {}

// -----

// entry_c2: larger than its parent
plan.plan min_runtime [1, 0, 0] producer "dsc" devices { plan.device_slot cpu } segments {
} kernels {
} functions {
plan.function "main" inputs {} outputs {} symbols {} constants [4] ops {} variants {
  plan.variant "default" entries {
    plan.entry bounds [] arenas [64] buffers {
plan.buffer arena size 4 dtype f32
// expected-error @+1 {{'plan.buffer' op expected a view inside 4 bytes, but got 8}}
plan.buffer arena parent 0 offset 4 size 4 dtype f32
    } maps {} programs { plan.program steps {
    } } units {
    } costs {}
  }
}
} metadata {}

// -----

// entry_c2: negative size
plan.plan min_runtime [1, 0, 0] producer "dsc" devices { plan.device_slot cpu } segments {
} kernels {
} functions {
plan.function "main" inputs {} outputs {} symbols {} constants [4] ops {} variants {
  plan.variant "default" entries {
    plan.entry bounds [] arenas [64] buffers {
// expected-error @+1 {{'plan.buffer' op expected sizes and offsets that are not negative}}
plan.buffer arena size -4 dtype f32
    } maps {} programs { plan.program steps {
    } } units {
    } costs {}
  }
}
} metadata {}

// -----

// entry_c2: no such input
plan.plan min_runtime [1, 0, 0] producer "dsc" devices { plan.device_slot cpu } segments {
} kernels {
} functions {
plan.function "main" inputs {} outputs {} symbols {} constants [4] ops {} variants {
  plan.variant "default" entries {
    plan.entry bounds [] arenas [64] buffers {
// expected-error @+1 {{'plan.buffer' op expected an input below 0, but got 0}}
plan.buffer input size 4 dtype f32
    } maps {} programs { plan.program steps {
    } } units {
    } costs {}
  }
}
} metadata {}

// -----

// entry_c2: no such output
plan.plan min_runtime [1, 0, 0] producer "dsc" devices { plan.device_slot cpu } segments {
} kernels {
} functions {
plan.function "main" inputs {} outputs {} symbols {} constants [4] ops {} variants {
  plan.variant "default" entries {
    plan.entry bounds [] arenas [64] buffers {
// expected-error @+1 {{'plan.buffer' op expected an output below 0, but got 2}}
plan.buffer output index 2 size 4 dtype f32
    } maps {} programs { plan.program steps {
    } } units {
    } costs {}
  }
}
} metadata {}

// -----

// entry_c2: no such slot
plan.plan min_runtime [1, 0, 0] producer "dsc" devices { plan.device_slot cpu } segments {
} kernels {
} functions {
plan.function "main" inputs {} outputs {} symbols {} constants [4] ops {} variants {
  plan.variant "default" entries {
    plan.entry bounds [] arenas [64] buffers {
// expected-error @+1 {{'plan.buffer' op expected a slot below 1, but got 3}}
plan.buffer arena size 4 dtype f32 shape [3]
    } maps {} programs { plan.program steps {
    } } units {
    } costs {}
  }
}
} metadata {}

// -----

// entry_c3: outside the arena
plan.plan min_runtime [1, 0, 0] producer "dsc" devices { plan.device_slot cpu } segments {
} kernels {
} functions {
plan.function "main" inputs {} outputs {} symbols {} constants [4] ops {} variants {
  plan.variant "default" entries {
    plan.entry bounds [] arenas [64] buffers {
// expected-error @+1 {{'plan.buffer' op expected to end inside the arena, but got 68}}
plan.buffer arena offset 64 size 4 dtype f32
    } maps {} programs { plan.program steps {
    } } units {
    } costs {}
  }
}
} metadata {}

// -----

// entry_c3: overlap
plan.plan min_runtime [1, 0, 0] producer "dsc" devices { plan.device_slot cpu } segments {
} kernels {
} functions {
plan.function "main" inputs {} outputs {} symbols {} constants [4] ops {} variants {
  plan.variant "default" entries {
    plan.entry bounds [] arenas [64] buffers {
plan.buffer arena size 8 dtype f32
// expected-error @+1 {{'plan.buffer' op expected no overlap with a live buffer, but got offset 4 below 8}}
plan.buffer arena offset 4 size 8 dtype f32
    } maps {} programs { plan.program steps {
    } } units {
    } costs {}
  }
}
} metadata {}

// -----

// entry_c1: no such device
plan.plan min_runtime [1, 0, 0] producer "dsc" devices { plan.device_slot cpu } segments {
} kernels {
} functions {
plan.function "main" inputs {} outputs {} symbols {} constants [4] ops {} variants {
  plan.variant "default" entries {
    plan.entry bounds [] arenas [64] buffers {
// expected-error @+1 {{'plan.buffer' op expected a device below 1, but got 1}}
plan.buffer arena device_slot 1 size 4 dtype f32
    } maps {} programs { plan.program steps {
    } } units {
    } costs {}
  }
}
} metadata {}

// -----

// entry_c2: an offset near the largest number
plan.plan min_runtime [1, 0, 0] producer "dsc" devices { plan.device_slot cpu } segments {
} kernels {
} functions {
plan.function "main" inputs {} outputs {} symbols {} constants [4] ops {} variants {
  plan.variant "default" entries {
    plan.entry bounds [] arenas [64] buffers {
plan.buffer arena size 4 dtype f32
// expected-error @+1 {{'plan.buffer' op expected a view inside 4 bytes, but got 9223372036854775811}}
plan.buffer arena parent 0 offset 9223372036854775807 size 4 dtype f32
    } maps {} programs { plan.program steps {
    } } units {
    } costs {}
  }
}
} metadata {}

// -----

// entry_c3: an offset near the largest number
plan.plan min_runtime [1, 0, 0] producer "dsc" devices { plan.device_slot cpu } segments {
} kernels {
} functions {
plan.function "main" inputs {} outputs {} symbols {} constants [4] ops {} variants {
  plan.variant "default" entries {
    plan.entry bounds [] arenas [64] buffers {
// expected-error @+1 {{'plan.buffer' op expected to end inside the arena, but got 9223372036854775811}}
plan.buffer arena offset 9223372036854775807 size 4 dtype f32
    } maps {} programs { plan.program steps {
    } } units {
    } costs {}
  }
}
} metadata {}

// -----

// entry_c4: a copy from nowhere
plan.plan min_runtime [1, 0, 0] producer "dsc" devices { plan.device_slot cpu } segments {
} kernels {
} functions {
plan.function "main" inputs {} outputs {} symbols {} constants [4] ops {} variants {
  plan.variant "default" entries {
    plan.entry bounds [] arenas [64] buffers {
plan.buffer arena size 4 dtype f32
    } maps {} programs { plan.program steps {
// expected-error @+1 {{'plan.step' op expected 2 buffers, but got 1}}
plan.step copy buffers [0]
    } } units {
    } costs {}
  }
}
} metadata {}

// -----

// entry_c4: a fill of nothing
plan.plan min_runtime [1, 0, 0] producer "dsc" devices { plan.device_slot cpu } segments {
} kernels {
} functions {
plan.function "main" inputs {} outputs {} symbols {} constants [4] ops {} variants {
  plan.variant "default" entries {
    plan.entry bounds [] arenas [64] buffers {
    } maps {} programs { plan.program steps {
// expected-error @+1 {{'plan.step' op expected 1 buffers, but got 0}}
plan.step fill
    } } units {
    } costs {}
  }
}
} metadata {}
