// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The passes of the kernel phase that are for CUDA, in pipeline order; part of Passes.td.

#ifndef DSC_GPU_PASSES_TD
#define DSC_GPU_PASSES_TD

include "mlir/Pass/PassBase.td"

def SplitVariantsPass : Pass<"dsc-split-variants", "::mlir::ModuleOp"> {
  let summary = "make a copy of the function for every further target";
  let description = [{
    The function and its copies become variants of one function of the plan, in the order of `targets`: the attribute
    `dsc.variant` names each, and every group of it gets that target.

    Before:
    ```mlir
    func.func @main(...) { dsc.group ... attributes {target = "cuda"} ... }
    ```
    After, with `targets=cpu,cuda`:
    ```mlir
    func.func @main(...) attributes {dsc.variant = "cpu"} { dsc.group ... attributes {target = "cpu"} ... }
    func.func @main.cuda(...) attributes {dsc.variant = "cuda"} { dsc.group ... attributes {target = "cuda"} ... }
    ```
  }];
  let options = [ListOption<"targets", "targets", "std::string", "Where the variants run">];
}

def ChooseGpuGroupsPass : Pass<"dsc-choose-gpu-groups", "::mlir::ModuleOp"> {
  let summary = "send groups without a GPU kernel back to the CPU";
  let description = [{
    A group on `cuda` that no family of GPU kernels takes (see `GpuFamily.h`) gets the target `cpu`,
    with a warning that gives every family's reason.

    Before:
    ```mlir
    %y = dsc.group ... attributes {target = "cuda"} { dsc.conv ... }
    ```
    After:
    ```mlir
    %y = dsc.group ... attributes {target = "cpu"} { dsc.conv ... }
    ```
  }];
  let statistics = [Statistic<"numGpuGroups", "num-gpu-groups", "Number of groups that stay on CUDA">];
}

def InsertTransfersPass : Pass<"dsc-insert-transfers", "::mlir::ModuleOp"> {
  let summary = "copy tensors to where groups read them";
  let description = [{
    Inputs, outputs and `dsc.read_dim` are the CPU's, weights are everywhere, and a view is where its tensor is. What a
    group reads from another target, and what a function returns, goes through one `dsc.transfer` per value and target.

    Before:
    ```mlir
    %y = dsc.group ins(%x : tensor<4xf32>) ... attributes {target = "cuda"} { ... }
    return %y : tensor<4xf32>
    ```
    After:
    ```mlir
    %0 = dsc.transfer %x to "cuda" : tensor<4xf32>
    %y = dsc.group ins(%0 : tensor<4xf32>) ... attributes {target = "cuda"} { ... }
    %1 = dsc.transfer %y to "cpu" : tensor<4xf32>
    return %1 : tensor<4xf32>
    ```
  }];
  let statistics = [Statistic<"numTransfers", "num-transfers", "Number of transfers">];
}

def BuildGpuKernelsPass : Pass<"dsc-build-gpu-kernels", "::mlir::ModuleOp"> {
  let summary = "make one GPU kernel per distinct group on CUDA";
  let description = [{
    Groups of equal structure and types share a kernel. The first family that takes a group (see
    `GpuFamily.h`) emits what one thread does into the module `@cuda`; the group becomes a launch over
    a grid. Without a group on `cuda` there is no module.

    Before:
    ```mlir
    %y = dsc.group ins(%x : tensor<4xf32>) -> (tensor<4xf32>) ... { dsc.relu ... }
    ```
    After:
    ```mlir
    dsc.kernel @g0 {access = array<i8: 1, 2>, name = "cuda_elements_relu_f32", target = "cuda"}
    %y = dsc.launch @g0(%x) dims <() -> ()> tiles <() -> (1, 1, 1)> grain = 1
      : (tensor<4xf32>) -> tensor<4xf32>
    builtin.module @cuda attributes {dsc.target = "cuda"} {
      func.func @g0(%0: !llvm.ptr<1>, %1: !llvm.ptr<1>) attributes {dsc.threads = 256 : i64} { ... }
    }
    ```
  }];
  let options = [Option<"explain", "explain", "bool", "false", "Say in every kernel's `why` how it was chosen">];
  let statistics = [Statistic<"numKernels", "num-kernels", "Number of distinct kernels">];
  let dependentDialects = ["::dsc::DscDialect", "::mlir::func::FuncDialect",
    "::mlir::arith::ArithDialect", "::mlir::math::MathDialect", "::mlir::memref::MemRefDialect",
    "::mlir::scf::SCFDialect", "::mlir::vector::VectorDialect", "::mlir::LLVM::LLVMDialect",
    "::mlir::NVVM::NVVMDialect"];
}

def LowerGpuKernelsPass : Pass<"dsc-lower-gpu-kernels", "::mlir::ModuleOp"> {
  let summary = "lower GPU kernels to the llvm and nvvm dialects";
  let description = [{
    Runs the lowering that all targets share on the module `@cuda` and checks what PTX needs: nothing
    but the llvm and nvvm dialects, no calls, no stack memory.

    Before:
    ```mlir
    builtin.module @cuda attributes {dsc.target = "cuda"} { func.func @g0(...) { vector.load ... } }
    ```
    After:
    ```mlir
    builtin.module @cuda attributes {dsc.target = "cuda"} {
      llvm.func @g0(...) attributes {nvvm.kernel, nvvm.reqntid = array<i32: 256, 1, 1>} { llvm.load ... }
    }
    ```
  }];
}

#endif // DSC_GPU_PASSES_TD
