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
    can be checked: `symbolic-dims` (every `?` of a tensor has an expression), `grouped` (the body of
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

//===--- plan ----------------------------------------------------------------===//

def OrderStepsPass : Pass<"dsc-order-steps", "::mlir::ModuleOp"> {
  let summary = "order launches so that few bytes are live at once";
  let description = [{
    Tries the order the model has and a greedy topological order that takes, of the ops that are
    ready, the one after which the fewest bytes are live; keeps the one with the lower peak, the
    model's on a tie. Symbolic sizes count at their bound, or at a typical value where they have none.

    Before: four branches start one after the other, then all are joined.
    ```mlir
    %a = dsc.launch @big(%x) ...
    %b = dsc.launch @big(%x) ...
    %c = dsc.launch @small(%a) ...
    %d = dsc.launch @small(%b) ...
    ```
    After: a branch is finished before the next one starts.
    ```mlir
    %a = dsc.launch @big(%x) ...
    %c = dsc.launch @small(%a) ...
    %b = dsc.launch @big(%x) ...
    %d = dsc.launch @small(%b) ...
    ```
  }];
  let statistics = [Statistic<"numReordered", "num-reordered", "Number of functions with a new order">];
}

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
