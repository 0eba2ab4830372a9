// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Makes one kernel per distinct group: its declaration, its launches, and a function in the module of every level.

#include "passes/kernel/cpu/BuildCpuKernels.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "passes/CountFlops.h"
#include "passes/Passes.h"
#include "passes/kernel/GroupKernels.h"
#include "passes/kernel/cpu/ExplainKernel.h"
#include "passes/kernel/cpu/Families.h"
#include "passes/kernel/cpu/KernelAbi.h"
#include "passes/kernel/cpu/LoopFamily.h"
#include "llvm/ADT/StringMap.h"

using namespace mlir;

namespace dsc {
#define GEN_PASS_DEF_BUILDCPUKERNELSPASS
#include "passes/Passes.h.inc"

ArrayRef<const KernelFamily *> cpuKernelFamilies() {
  static const KernelFamily *const families[] = {&gemmFamily(),       &convFamily(), &attentionFamily(),
                                                 &sequentialFamily(), &transposeFamily(), &rowsFamily(),
                                                 &loopsFamily()};
  return families;
}

namespace {

struct Chosen {
  const KernelFamily *family;
  KernelShape shape;
  std::string symbol;
  AffineExpr flops; ///< null if not known
  SmallVector<RefusedFamily> refusals;
};

struct BuildCpuKernelsPass : impl::BuildCpuKernelsPassBase<BuildCpuKernelsPass> {
  using BuildCpuKernelsPassBase::BuildCpuKernelsPassBase;

  void runOnOperation() override {
    if (failed(createModules()))
      return signalPassFailure();
    llvm::StringMap<Chosen> kernels;
    for (GroupOp group : findGroups(getOperation(), Target::Cpu)) {
      if (failed(checkGroup(group)))
        return signalPassFailure();
      auto [entry, isNew] = kernels.try_emplace(structureOfGroup(group));
      Chosen &chosen = entry->second;
      if (isNew && failed(createKernel(group, chosen)))
        return signalPassFailure();
      replaceByLaunch(group, chosen.symbol, chosen.shape.tiles, chosen.shape.grain, chosen.flops);
    }
    numKernels = kernels.size();
  }

  LogicalResult createModules() {
    OpBuilder b = OpBuilder::atBlockEnd(getOperation().getBody());
    bool hasDots = hasDotProducts();
    for (const std::string &name : levels) {
      const CpuLevel *level = findCpuLevel(name);
      if (!level)
        return getOperation().emitError() << "expected a known CPU level, but got \"" << name << "\"";
      if (level->vnni && !hasDots && !modules.empty()) // the level before has the same code
        continue;
      auto module = ModuleOp::create(b, getOperation().getLoc(), "cpu_" + name);
      module->setAttr("dsc.level", b.getStringAttr(name));
      modules.push_back({level, module});
    }
    return success();
  }

  bool hasDotProducts() {
    return getOperation()
        ->walk([](Operation *op) {
          return isa<QMatmulOp, QConvOp>(op) ? WalkResult::interrupt() : WalkResult::advance();
        })
        .wasInterrupted();
  }

  /// The first family that takes the group; the last one takes every group.
  void choose(GroupOp group, Chosen &chosen) {
    auto families = cpuKernelFamilies();
    for (const KernelFamily *family : families) {
      // The loops define what the others compute; what needs the memory of its results has one definition.
      if (!fast && family != families.back() && family != &sequentialFamily())
        continue;
      std::string whyNot;
      FailureOr<KernelShape> shape = family->match(group, whyNot);
      if (failed(shape)) {
        chosen.refusals.push_back({family->name(), whyNot});
        continue;
      }
      chosen.family = family;
      chosen.shape = *shape;
      return;
    }
    assert(false && "expected the last family to take every group");
  }

  SmallVector<const CpuLevel *> getLevels() const {
    return llvm::map_to_vector(modules, [](const auto &entry) { return entry.first; });
  }

  LogicalResult createKernel(GroupOp group, Chosen &chosen) {
    choose(group, chosen);
    chosen.flops = countFlops(group);
    chosen.symbol = ("k" + Twine(count++)).str();
    KernelOp kernel = createKernelDeclaration(group, chosen.symbol, Target::Cpu, chosen.family->name(),
                                              chosen.shape.scratchBytes);
    if (explain)
      kernel.setWhy(explainChoice(group, *chosen.family, chosen.shape, chosen.refusals, getLevels()));
    if (auto refused = group->getAttrOfType<StringAttr>(refusedByGpuName); explain && refused)
      kernel.setWhy((*kernel.getWhy() + refused.getValue()).str());
    for (auto [level, module] : modules) {
      func::FuncOp function = createKernelFunction(module, group.getLoc(), chosen.symbol);
      OpBuilder inside(function.getBody().front().getTerminator());
      KernelBody body = bindKernelArguments(inside, function, group, chosen.shape, *level);
      if (failed(chosen.family->emit(group, body)))
        return failure();
    }
    return success();
  }

  SmallVector<std::pair<const CpuLevel *, ModuleOp>> modules;
  unsigned count = 0;
};

} // namespace
} // namespace dsc
