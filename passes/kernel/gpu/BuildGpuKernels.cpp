// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Makes one GPU kernel per distinct group on CUDA: its declaration, its launches, and a function in the module @cuda.

#include "passes/kernel/gpu/BuildGpuKernels.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "passes/CountFlops.h"
#include "passes/Passes.h"
#include "passes/kernel/GroupKernels.h"
#include "passes/kernel/gpu/GpuAbi.h"
#include "llvm/ADT/StringMap.h"

using namespace mlir;

namespace dsc {
#define GEN_PASS_DEF_BUILDGPUKERNELSPASS
#include "passes/Passes.h.inc"

namespace {

struct Chosen {
  GpuChoice choice;
  std::string symbol;
  AffineExpr flops; ///< null if not known
};

std::string explainGpuChoice(const Chosen &chosen) {
  std::string text;
  llvm::raw_string_ostream os(text);
  const GpuShape &shape = chosen.choice.shape;
  os << chosen.choice.family->name() << ", blocks " << printDim(shape.blocks) << " of " << shape.threads
     << " threads, " << shape.sharedBytes << " bytes of shared memory\n";
  printRefusals(chosen.choice.refusals, os);
  return text;
}

struct BuildGpuKernelsPass : impl::BuildGpuKernelsPassBase<BuildGpuKernelsPass> {
  using BuildGpuKernelsPassBase::BuildGpuKernelsPassBase;

  void runOnOperation() override {
    SmallVector<GroupOp> groups = findGroups(getOperation(), Target::Cuda);
    if (groups.empty())
      return;
    OpBuilder b = OpBuilder::atBlockEnd(getOperation().getBody());
    module = ModuleOp::create(b, getOperation().getLoc(), getTargetName(Target::Cuda));
    module->setAttr("dsc.target", b.getStringAttr(getTargetName(Target::Cuda)));
    llvm::StringMap<Chosen> kernels;
    for (GroupOp group : groups) {
      if (failed(checkGroup(group)))
        return signalPassFailure();
      auto [entry, isNew] = kernels.try_emplace(structureOfGroup(group));
      Chosen &chosen = entry->second;
      if (isNew && failed(createKernel(group, chosen)))
        return signalPassFailure();
      AffineExpr one = getAffineConstantExpr(1, &getContext());
      replaceByLaunch(group, chosen.symbol, {chosen.choice.shape.blocks, one, one}, 1, chosen.flops);
    }
    numKernels = kernels.size();
  }

  LogicalResult createKernel(GroupOp group, Chosen &chosen) {
    chosen.choice = chooseGpuFamily(group);
    if (!chosen.choice.family)
      return group.emitOpError("expected a group that a GPU family takes");
    chosen.flops = countFlops(group);
    chosen.symbol = ("g" + Twine(count++)).str();
    KernelOp kernel =
        createKernelDeclaration(group, chosen.symbol, Target::Cuda, chosen.choice.family->name(), 0);
    if (explain)
      kernel.setWhy(explainGpuChoice(chosen));
    func::FuncOp function = createGpuFunction(module, group, chosen.symbol, chosen.choice.shape);
    OpBuilder inside(function.getBody().front().getTerminator());
    GpuBody body = bindGpuArguments(inside, function, group, chosen.choice.shape);
    return chosen.choice.family->emit(group, body);
  }

  ModuleOp module;
  unsigned count = 0;
};

} // namespace

void buildChooseGpuGroups(OpPassManager &passes, ArrayRef<std::string> targets) {
  if (targets.size() > 1) {
    SplitVariantsPassOptions split;
    split.targets.assign(targets.begin(), targets.end());
    passes.addPass(createSplitVariantsPass(split));
  }
  passes.addPass(createChooseGpuGroupsPass());
  passes.addPass(createInsertTransfersPass());
}

void buildGpuKernels(OpPassManager &passes, bool explain) {
  BuildGpuKernelsPassOptions build;
  build.explain = explain;
  passes.addPass(createBuildGpuKernelsPass(build));
  passes.addPass(createLowerGpuKernelsPass());
}

} // namespace dsc
