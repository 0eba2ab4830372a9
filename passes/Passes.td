// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Every pass in pipeline order, a banner per phase. compiler/Phases.cpp says which of them run.

#ifndef DSC_PASSES_TD
#define DSC_PASSES_TD

include "mlir/Pass/PassBase.td"

//===--- every phase ---------------------------------------------------------===//

def VerifyPhasePass : Pass<"dsc-verify-phase", "::mlir::ModuleOp"> {
  let summary = "check what a phase promised to leave behind";
  let description = [{
    Fails at every operation that `may-remain` does not name. An entry is the full name of an
    operation, or a dialect as `name.*`; `builtin.module` may always remain. Three more promises
    can be checked: `symbolic-dims` (every `?` of a tensor has an expression, and a tensor has at
    most 8 dimensions and 2^48 elements), `grouped` (the body of
    a function holds groups, weights, views and `dsc.read_dim` only), `targeted` (every group has a
    target and a stage that is not negative).

    Before and after are the same:
    ```mlir
    %y = dsc.relu %x : tensor<4xf32>   // allowed by may-remain=func.*,dsc.relu
    ```
  }];
  let options = [
    Option<"phase", "phase", "std::string", "\"\"", "Name of the phase, for diagnostics">,
    ListOption<"mayRemain", "may-remain", "std::string", "Operations or dialects that may remain">,
    Option<"symbolicDims", "symbolic-dims", "bool", "false",
           "Check that every dynamic dimension has an expression">,
    Option<"grouped", "grouped", "bool", "false", "Check that every op is in one group">,
    Option<"targeted", "targeted", "bool", "false", "Check that every group has a target and stage">,
  ];
  let statistics = [Statistic<"numOps", "num-ops", "Number of operations looked at">];
}

//===--- import --------------------------------------------------------------===//

def UnifySizesPass : Pass<"dsc-unify-sizes", "::mlir::ModuleOp"> {
  let summary = "make one size of sizes that must be equal";
  let description = [{
    Replaces caller symbols by what ops assume them to be, as far as that has a solution: the shape
    of an input then says so, and a run with another one is refused. The symbols that remain are
    numbered anew.

    Before, where `s0` and `s1` are symbols of the caller:
    ```mlir
    func.func @main(%x: tensor<?xf32, #dsc.dims<()[s0] -> (s0)>>,
                    %y: tensor<?xf32, #dsc.dims<()[s0, s1] -> (s1)>>) {
      %z = dsc.add %x, %y
    ```
    After:
    ```mlir
    func.func @main(%x: tensor<?xf32, #dsc.dims<()[s0] -> (s0)>>,
                    %y: tensor<?xf32, #dsc.dims<()[s0] -> (s0)>>) {
      %z = dsc.add %x, %y
    ```
  }];
  let statistics = [Statistic<"numSymbols", "num-symbols", "Number of symbols replaced">];
  let dependentDialects = ["::dsc::DscDialect"];
}

//===--- graph ---------------------------------------------------------------===//

def InferShapesPass : Pass<"dsc-infer-shapes", "::mlir::ModuleOp"> {
  let summary = "refine types, and replace tensors whose contents follow from sizes";
  let description = [{
    Infers every type again, in program order, with the contents of small integer tensors. Such a
    tensor whose elements are all known becomes a `dsc.constant`, or a `dsc.dim_values` if they
    depend on symbols. Reshapes and expands lose their shape operand: the result type tells it. What
    only computed shapes is gone.

    Before:
    ```mlir
    %s = dsc.shape %x {start = 0 : i64, end = 2 : i64} : (tensor<4x8xf32>) -> tensor<2xi64>
    %y = dsc.reshape %z, %s : (tensor<32xf32>, tensor<2xi64>) -> tensor<4x8xf32>
    ```
    After:
    ```mlir
    %y = dsc.reshape %z : (tensor<32xf32>) -> tensor<4x8xf32>
    ```
  }];
  let statistics = [Statistic<"numValues", "num-values", "Number of tensors replaced by known contents">];
  let dependentDialects = ["::dsc::DscDialect"];
}

def FoldConstantsPass : Pass<"dsc-fold-constants", "::mlir::ModuleOp"> {
  let summary = "compute at compile time what depends on constants only";
  let description = [{
    Evaluates ops whose operands are constants or weights. Results of more than 1 KiB become
    weights; all of them together take at most `max-bytes`, and no result is more than 64 KiB larger
    than its operands. A view of a weight shares its bytes. A weight that is transposed for products
    only stays as it is: products read it transposed. Weights of 8 or 16 bits are dequantized with
    `dequantize` only, and then whatever their size. Weights that nothing reads are erased.

    Before:
    ```mlir
    %a = dsc.constant dense<[1, 2]> : tensor<2xi64>
    %b = dsc.mul %a, %a : (tensor<2xi64>, tensor<2xi64>) -> tensor<2xi64>
    ```
    After:
    ```mlir
    %b = dsc.constant dense<[1, 4]> : tensor<2xi64>
    ```
  }];
  let options = [Option<"maxBytes", "max-bytes", "int64_t", "int64_t(1) << 30",
                        "Most bytes of new weights">,
                 Option<"dequantize", "dequantize", "bool", "false", "Fold steps from stored integers too">];
  let statistics = [Statistic<"numFolded", "num-folded", "Number of ops evaluated">];
  let dependentDialects = ["::dsc::DscDialect"];
}

def SimplifyGraphPass : Pass<"dsc-simplify-graph", "::mlir::ModuleOp"> {
  let summary = "remove what exported graphs carry along";
  let description = [{
    Removes dead and duplicate ops and equal weights, neutral elements, choices with a constant
    condition and expands that broadcasting does anyway; products read transposed operands as they
    lie; reshapes that flatten rows around a product move behind it; a fused projection whose result
    is only sliced becomes one product per slice.

    Before:
    ```mlir
    %t = dsc.transpose %w {permutation = array<i64: 1, 0>} : (tensor<2x8xf32>) -> tensor<8x2xf32>
    %y = dsc.matmul %x, %t : (tensor<4x8xf32>, tensor<8x2xf32>) -> tensor<4x2xf32>
    ```
    After:
    ```mlir
    %y = dsc.matmul %x, %w {transpose_rhs} : (tensor<4x8xf32>, tensor<2x8xf32>) -> tensor<4x2xf32>
    ```
  }];
  let statistics = [Statistic<"numMerged", "num-merged", "Number of weights equal to another one">];
  let dependentDialects = ["::dsc::DscDialect"];
}

def RecomposePass : Pass<"dsc-recompose", "::mlir::ModuleOp"> {
  let summary = "find attention, norms and GELU in what exporters took apart";
  let description = [{
    Attention: matmul, scale (on the scores or on query and key), mask (added, or chosen with a huge
    negative number), softmax, a guard against NaN, matmul; transposes of `[batch, length, heads,
    depth]` and repeated heads are absorbed. Layer norm and RMS norm: means of squares and inverse
    roots in any spelling, with the scale and bias behind them. GELU: with erf and with tanh.

    Before:
    ```mlir
    %s = dsc.matmul %q, %k {transpose_rhs} : ...
    %p = dsc.softmax %s {axis = 3 : i64} : tensor<1x2x4x4xf32>
    %y = dsc.matmul %p, %v : ...
    ```
    After:
    ```mlir
    %y = dsc.attention %q, %k, %v {scale = 1.0 : f32} : ...
    ```
  }];
  let dependentDialects = ["::dsc::DscDialect"];
}

def DecomposeConvTransposePass : Pass<"dsc-decompose-conv-transpose", "::mlir::ModuleOp"> {
  let summary = "compute transposed convolutions as convolutions";
  let description = [{
    A `dsc.conv_transpose` of one or two spatial dimensions with known weights, no groups and no
    dilation becomes a `dsc.conv` with one output channel per phase of the stride; its result is woven
    by a reshape and a transpose, and cropped by the pads.

    Before:
    ```mlir
    %y = dsc.conv_transpose %x, %w {strides = array<i64: 2>, ...}
      : (tensor<1x3x8xf32>, tensor<3x4x2xf32>) -> tensor<1x4x16xf32>
    ```
    After:
    ```mlir
    %c = dsc.conv %x, %v {...} : (tensor<1x3x8xf32>, tensor<8x3x1xf32>) -> tensor<1x8x8xf32>
    %r = dsc.reshape %c : (tensor<1x8x8xf32>) -> tensor<1x4x2x8xf32>
    %t = dsc.transpose %r {permutation = array<i64: 0, 1, 3, 2>}
      : (tensor<1x4x2x8xf32>) -> tensor<1x4x8x2xf32>
    %y = dsc.reshape %t : (tensor<1x4x8x2xf32>) -> tensor<1x4x16xf32>
    ```
  }];
  let dependentDialects = ["::dsc::DscDialect"];
}

def FoldBatchnormPass : Pass<"dsc-fold-batchnorm", "::mlir::ModuleOp"> {
  let summary = "fold scales and shifts per channel into the convolution before";
  let description = [{
    A `dsc.batch_norm` with known statistics, a product or a sum with one number per channel behind a
    convolution with known weights becomes part of its weights and bias, if nothing else reads the
    convolution. A lone batch norm becomes a product and a sum. The numbers are computed in double.

    Before:
    ```mlir
    %c = dsc.conv %x, %w {...} : (tensor<1x3x8x8xf32>, tensor<4x3x3x3xf32>) -> tensor<1x4x8x8xf32>
    %y = dsc.batch_norm %c, %s, %b, %m, %v {epsilon = 1.0e-5 : f32} : ...
    ```
    After:
    ```mlir
    %y = dsc.conv %x, %w2, %b2 {...} : ...
    ```
  }];
  let dependentDialects = ["::dsc::DscDialect"];
}

//===--- quantize ------------------------------------------------------------===//

include "passes/quantize/LayerPasses.td"

def PropagateQuantizationPass : Pass<"dsc-propagate-quantization", "::mlir::ModuleOp"> {
  let summary = "let steps between integers and reals meet";
  let description = [{
    Dequantize steps of one scale move below ops that only move elements, and below max pools;
    quantize steps move above them. Where a dequantize meets the quantize of the same scale and zero
    point, both go. Quantize before dequantize stays: it rounds.

    Before:
    ```mlir
    %x = dsc.dequantize %q, %s, %z : ...
    %y = dsc.transpose %x {permutation = array<i64: 1, 0>} : ...
    %r = dsc.quantize %y, %s, %z : ...
    ```
    After:
    ```mlir
    %r = dsc.transpose %q {permutation = array<i64: 1, 0>} : ...
    ```
  }];
  let dependentDialects = ["::dsc::DscDialect"];
}

def LowerQuantPass : Pass<"dsc-lower-quant", "::mlir::ModuleOp"> {
  let summary = "contract integers instead of the reals they stand for";
  let description = [{
    A product or convolution whose operands come out of `dsc.dequantize` becomes a `dsc.qmatmul` or
    `dsc.qconv` of the integers. If only a constant weight does, of zero point 0, its products are
    real and the weight stays in integers. Constant unsigned weights become signed, two constant
    scales become one, and zero points that are 0 go. What reads the result is not looked at.

    Before:
    ```mlir
    %x = dsc.dequantize %q, %s, %z : ...
    %w = dsc.dequantize %v, %t, %y : ...
    %p = dsc.matmul %x, %w : ...
    ```
    After:
    ```mlir
    %p = dsc.qmatmul %q scale %s zero %z, %v scale %t zero %y : ...
    ```
  }];
  let statistics = [Statistic<"numLowered", "num-lowered", "Number of contractions of integers made">];
  let dependentDialects = ["::dsc::DscDialect"];
}

def AssignPrecisionPass : Pass<"dsc-assign-precision", "::mlir::ModuleOp"> {
  let summary = "decide the element types that contractions compute in";
  let description = [{
    The only precision so far is `model`: every op computes in the types that the model gives it. A
    contraction on elements of less than 16 bits would need a quantized kernel and is refused.

    Before and after are the same:
    ```mlir
    %y = dsc.matmul %x, %w : (tensor<4x8xf32>, tensor<8x2xf32>) -> tensor<4x2xf32>
    ```
  }];
  let options = [Option<"precision", "precision", "std::string", "\"model\"", "What to compute in">];
  let statistics = [Statistic<"numContractions", "num-contractions", "Number of contractions looked at">];
}

//===--- layout --------------------------------------------------------------===//

def ChooseLayoutPass : Pass<"dsc-choose-layout", "::mlir::ModuleOp"> {
  let summary = "compute convolutions in NHWC";
  let description = [{
    Convolutions of f32 or bytes over one or two spatial dimensions with known weights read and write NHWC. Their
    transposes move through elementwise ops, pools, batch norm, concat, slice, pad, resize, softmax
    and reductions until they meet and cancel: an image model keeps one at its entry, and a
    reduction over pixels needs none at its end. An op with two operands, one of them outside the
    island, moves in only if that saves a transpose.

    Before:
    ```mlir
    %c = dsc.conv %x, %w {...} : (tensor<1x3x8x8xf32>, tensor<4x3x3x3xf32>) -> tensor<1x4x8x8xf32>
    %r = dsc.relu %c : tensor<1x4x8x8xf32>
    ```
    After:
    ```mlir
    %t = dsc.transpose %x {permutation = array<i64: 0, 2, 3, 1>} : ...
    %c = dsc.conv %t, %w {..., layout = #dsc.layout<nhwc>} : ...
    %r = dsc.relu %c : tensor<1x8x8x4xf32>
    %y = dsc.transpose %r {permutation = array<i64: 0, 3, 1, 2>} : ...
    ```
  }];
  let statistics = [Statistic<"numConverted", "num-converted", "Number of convolutions in NHWC">];
  let dependentDialects = ["::dsc::DscDialect"];
}

def PackWeightsPass : Pass<"dsc-pack-weights", "::mlir::ModuleOp"> {
  let summary = "give contractions weights in panels";
  let description = [{
    The weight of a product (two dimensions, also transposed) or of an NHWC convolution, of f32 or
    signed bytes, becomes a second `dsc.param` with the type of its panels and the same bytes, which are rearranged while
    the plan is written. One packed form serves all of its readers; a weight that is also read
    unpacked stays. Batched weights, and products with a transposed left operand, are not packed.

    Before:
    ```mlir
    %w = dsc.weight @w : tensor<8x2xf32>
    %y = dsc.matmul %x, %w : (tensor<4x8xf32>, tensor<8x2xf32>) -> tensor<4x2xf32>
    ```
    After:
    ```mlir
    %w = dsc.weight @w.packed : tensor<1x8x32xf32>
    %y = dsc.matmul %x, %w {rhs_packing = #dsc.panels<kind = gemm, n = 2, k = 8>} : ...
    ```
  }];
  let statistics = [Statistic<"numPacked", "num-packed", "Number of packed weights">];
  let dependentDialects = ["::dsc::DscDialect"];
}

//===--- fuse ----------------------------------------------------------------===//

def FormGroupsPass : Pass<"dsc-form-groups", "::mlir::ModuleOp"> {
  let summary = "put every op into one group: one future kernel";
  let description = [{
    Anchors (contraction, convolution, attention) take their elementwise epilogue, row reductions
    their prologue and epilogue, pointwise ops of one iteration space form a DAG, data movement and
    opaque ops stay alone. `FusionRules.h` holds the decisions. Small constants and `dsc.dim_values`
    are copied into the groups that read them; larger constants become weights. Weights, views and
    `dsc.read_dim` stay outside. Groups appear in dependency order and never form a cycle. With
    `fuse=false` every op is a group of its own.

    Before:
    ```mlir
    %m = dsc.matmul %x, %w : (tensor<4x8xf32>, tensor<8x2xf32>) -> tensor<4x2xf32>
    %y = dsc.relu %m : tensor<4x2xf32>
    ```
    After:
    ```mlir
    %y = dsc.group ins(%x, %w : tensor<4x8xf32>, tensor<8x2xf32>) -> (tensor<4x2xf32>)
        attributes {kind = #dsc.group_kind<contraction>} {
    ^bb0(%a: tensor<4x8xf32>, %b: tensor<8x2xf32>):
      %m = dsc.matmul %a, %b : (tensor<4x8xf32>, tensor<8x2xf32>) -> tensor<4x2xf32>
      %r = dsc.relu %m : tensor<4x2xf32>
      dsc.yield %r : tensor<4x2xf32>
    }
    ```
  }];
  let options = [Option<"fuse", "fuse", "bool", "true", "Let groups hold more than one op">];
  let statistics = [Statistic<"numGroups", "num-groups", "Number of groups">,
                    Statistic<"numFused", "num-fused", "Number of ops that joined another op's group">];
  let dependentDialects = ["::dsc::DscDialect"];
}

//===--- partition -----------------------------------------------------------===//

def AssignTargetsPass : Pass<"dsc-assign-targets", "::mlir::ModuleOp"> {
  let summary = "give every group a target and a pipeline stage";
  let description = [{
    The only target so far is `cpu`, and there is one stage.

    Before:
    ```mlir
    %y = dsc.group ins(%x : tensor<4xf32>) -> (tensor<4xf32>)
        attributes {kind = #dsc.group_kind<pointwise>, target = "", stage = -1 : i64} { ... }
    ```
    After:
    ```mlir
    %y = dsc.group ins(%x : tensor<4xf32>) -> (tensor<4xf32>)
        attributes {kind = #dsc.group_kind<pointwise>, target = "cpu", stage = 0 : i64} { ... }
    ```
  }];
  let options = [Option<"target", "target", "std::string", "\"cpu\"", "Where groups run">];
  let statistics = [Statistic<"numGroups", "num-groups", "Number of groups">];
}

def OrderGroupsPass : Pass<"dsc-order-groups", "::mlir::ModuleOp"> {
  let summary = "order groups so that few bytes are live at once";
  let description = [{
    Tries the order the model has and a greedy topological order that takes, of the ops that are
    ready, the one after which the fewest bytes are live; keeps the one with the lower peak, the
    model's on a tie. Symbolic sizes count at their bound, or at a typical value where they have none.

    Before: four branches start one after the other, then all are joined.
    ```mlir
    %a = dsc.group ins(%x) { ... }
    %b = dsc.group ins(%x) { ... }
    %c = dsc.group ins(%a) { ... }
    %d = dsc.group ins(%b) { ... }
    ```
    After: a branch is finished before the next one starts.
    ```mlir
    %a = dsc.group ins(%x) { ... }
    %c = dsc.group ins(%a) { ... }
    %b = dsc.group ins(%x) { ... }
    %d = dsc.group ins(%b) { ... }
    ```
  }];
  let statistics = [Statistic<"numReordered", "num-reordered", "Number of functions with a new order">];
}

def PredictCostsPass : Pass<"dsc-predict-costs", "::mlir::ModuleOp"> {
  let summary = "write on every group how long it is predicted to take";
  let description = [{
    A roofline for one thread of a CPU level, see `CpuCost.h`. Symbolic sizes count at their bound, or
    at a typical value where they have none. Groups on other targets keep 0.

    Before:
    ```mlir
    %y = dsc.group ins(%x : tensor<4xf32>) -> (tensor<4xf32>) attributes {...} { ... }
    ```
    After:
    ```mlir
    %y = dsc.group ins(%x : tensor<4xf32>) -> (tensor<4xf32>) attributes {cost_ns = 301 : i64, ...} { ... }
    ```
  }];
  let options = [Option<"level", "level", "std::string", "\"v4\"", "The CPU level to predict times for">];
}

def AssignStagesPass : Pass<"dsc-assign-stages", "::mlir::ModuleOp"> {
  let summary = "cut a function into the stages of a pipeline";
  let description = [{
    Gives every group the stage that `runtime/schema/Partitioner.h` finds for its cost and the bytes
    alive between groups: the slowest stage is as fast as it can be, and a stage that would take less
    than 5 % off is not used. `cuts` names nodes whose groups begin a stage; without `stages` there
    are no others.

    Before:
    ```mlir
    %a = dsc.group ins(%x : tensor<4xf32>) -> ... attributes {cost_ns = 500 : i64} { ... }
    %b = dsc.group ins(%a : tensor<4xf32>) -> ... attributes {cost_ns = 500 : i64} { ... }
    ```
    After, with `stages=2`:
    ```mlir
    %a = dsc.group ins(%x : tensor<4xf32>) -> ... attributes {cost_ns = 500 : i64} { ... }
    %b = dsc.group ins(%a : tensor<4xf32>) -> ... attributes {cost_ns = 500 : i64, stage = 1 : i64} { ... }
    ```
  }];
  let options = [
    Option<"stages", "stages", "unsigned", "0", "Stages at most; 0 is as many as the cuts make">,
    ListOption<"cuts", "cuts", "std::string", "Nodes before which to cut">,
  ];
}

//===--- kernel --------------------------------------------------------------===//

def BuildCpuKernelsPass : Pass<"dsc-build-cpu-kernels", "::mlir::ModuleOp"> {
  let summary = "make one kernel per distinct group";
  let description = [{
    Groups of equal structure and types share a kernel. The first family that takes a group (see
    `KernelFamily.h`) emits its code, once for every level, into the module `@cpu_<level>`; the
    group becomes a launch. With `fast=false` only the families that define the results are used.

    Before:
    ```mlir
    %y = dsc.group ins(%x : tensor<4xf32>) -> (tensor<4xf32>) ... { dsc.relu ... }
    ```
    After:
    ```mlir
    dsc.kernel @k0 {access = array<i8: 1, 2>, name = "cpu_loops_relu_f32"}
    %y = dsc.launch @k0(%x) dims <() -> ()> tiles <() -> (4)> grain = 4
      : (tensor<4xf32>) -> tensor<4xf32>
    builtin.module @cpu_v3 attributes {dsc.level = "v3"} { func.func @k0(...) { ... } }
    ```
  }];
  let options = [
    ListOption<"levels", "levels", "std::string", "CPU levels, one module of code for each">,
    Option<"fast", "fast", "bool", "true", "Use the families that are made for speed">,
    Option<"explain", "explain", "bool", "false", "Say in every kernel's `why` how it was chosen">,
  ];
  let statistics = [Statistic<"numKernels", "num-kernels", "Number of distinct kernels">];
  let dependentDialects = ["::dsc::DscDialect", "::mlir::func::FuncDialect",
    "::mlir::arith::ArithDialect", "::mlir::math::MathDialect", "::mlir::memref::MemRefDialect",
    "::mlir::scf::SCFDialect", "::mlir::vector::VectorDialect", "::mlir::LLVM::LLVMDialect"];
}

def LowerMathPass : Pass<"dsc-lower-math"> {
  let summary = "replace elementary functions by arithmetic";
  let description = [{
    Kernels call no library. f32 `exp`, `log`, `tanh` and `erf` become polynomials in f32; every
    other function is computed in f64 and rounded. Remainders and conversions that have no
    instruction (f64 to f16, anything to bf16) become sequences of instructions.

    Before:
    ```mlir
    %y = math.sin %x : f64
    ```
    After: a reduction of the angle and two polynomials.
    ```mlir
    %0 = math.fma %x, %cst, %cst_0 : f64
    ```
  }];
  let options = [Option<"bf16", "bf16", "bool", "false", "The target rounds to bf16 itself">];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::math::MathDialect",
    "::mlir::vector::VectorDialect"];
}

def VerifyCpuKernelPass : Pass<"dsc-verify-cpu-kernel", "::mlir::ModuleOp"> {
  let summary = "check what the runtime relies on in kernels";
  let description = [{
    Lowered kernels consist of the llvm dialect only, call nothing, have no operation that becomes a
    library call, no stack memory and no global variable.

    Before and after are the same:
    ```mlir
    llvm.func @k0(...) { llvm.return }   // allowed
    ```
  }];
}

//===--- plan ----------------------------------------------------------------===//

def BuildPlanPass : Pass<"dsc-build-plan", "::mlir::ModuleOp"> {
  let summary = "turn launches into a plan";
  let description = [{
    Replaces `main`, `dsc.kernel`, `dsc.symbol` and `dsc.param` by one `plan.plan`. Views become
    buffers with a parent; results of launches that are outputs are written in place; outputs that
    are views of inputs or weights, or the same value twice, are copied. Sizes become a shape
    program without duplicates. Equal weights share their bytes.

    Before:
    ```mlir
    %y = dsc.launch @k0(%x) dims <() -> ()> tiles <() -> (1)> grain = 1
      : (tensor<4xf32>) -> tensor<4xf32>
    ```
    After:
    ```mlir
    plan.step launch kernel 0 buffers [0, 1] grid [0]
    ```
  }];
  let statistics = [Statistic<"numSteps", "num-steps", "Number of steps">,
                    Statistic<"numBuffers", "num-buffers", "Number of buffers">];
  let dependentDialects = ["::dsc::plan::PlanDialect"];
}

def PlaceBuffersPass : Pass<"dsc-place-buffers", "::mlir::ModuleOp"> {
  let summary = "give arena buffers their offsets";
  let description = [{
    Runs the planner of `runtime/schema/MemoryPlanner.h` on the arena buffers of every entry whose
    sizes are bounded. Open entries keep lifetimes only: the runtime places them.

    Before and after:
    ```mlir
    plan.buffer arena size 64 dtype f32 first_use 0 last_use 1
    plan.buffer arena offset 128 size 64 dtype f32 first_use 0 last_use 1
    ```
  }];
  let statistics = [Statistic<"arenaBytes", "arena-bytes", "Bytes of all arenas">,
                    Statistic<"lowerBound", "lower-bound", "Bytes that no placement can be below">];
}

#endif // DSC_PASSES_TD
