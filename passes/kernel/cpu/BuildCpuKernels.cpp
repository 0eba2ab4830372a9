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

/// Everything of a group that its kernel depends on: the body and all types, not where they came from.
std::string structureOf(GroupOp group) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  OwningOpRef<GroupOp> copy = group.clone();
  copy->setStage(0);
  copy->setCostNs(0);
  // Operands print as unknown values; what matters of them are the types, which the body's arguments repeat.
  copy->print(stream, OpPrintingFlags().printGenericOpForm().useLocalScope());
  return text.substr(text.find('{'));
}

/// "cpu_rows_gelu_f32": target, family, main op, type of the first result.
std::string readableName(GroupOp group, StringRef family) {
  std::string name = ("cpu_" + family).str();
  for (Operation &op : group.getBlock()->without_terminator())
    if (!isa<ConstantOp, DimValuesOp>(op)) {
      name += ("_" + op.getName().stripDialect()).str();
      if (name.size() > 48)
        break;
    }
  llvm::raw_string_ostream(name) << "_" << cast<RankedTensorType>(group.getResultTypes().front()).getElementType();
  return name;
}

/// Whether every size is a constant or an expression, and so is their product: 64 bits must hold it.
bool hasKnownSizes(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor)
    return true;
  Dims dims = getDims(tensor);
  return !llvm::is_contained(dims, AffineExpr()) && productOfDims(dims, type.getContext());
}

/// What families take for granted; only written by hand can it be otherwise.
LogicalResult checkGroup(GroupOp group) {
  if (group.getNumResults() == 0)
    return group.emitOpError("expected a result to compute");
  for (Type type : group.getInputs().getTypes())
    if (!hasKnownSizes(type))
      return group.emitOpError("expected operands of known sizes, but got ") << type;
  WalkResult walked = group->walk([&](Operation *op) {
    for (Type type : op->getResultTypes())
      if (!hasKnownSizes(type)) {
        op->emitOpError("expected a result of known sizes, but got ") << type;
        return WalkResult::interrupt();
      }
    return WalkResult::advance();
  });
  return failure(walked.wasInterrupted());
}

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
    SmallVector<GroupOp> groups;
    getOperation().walk([&](GroupOp group) {
      if (group.getTarget() == "cpu")
        groups.push_back(group);
    });
    llvm::StringMap<Chosen> kernels;
    for (GroupOp group : groups) {
      if (failed(checkGroup(group)))
        return signalPassFailure();
      auto [entry, isNew] = kernels.try_emplace(structureOf(group));
      Chosen &chosen = entry->second;
      if (isNew && failed(createKernel(group, chosen)))
        return signalPassFailure();
      createLaunch(group, chosen);
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
    OpBuilder b(getOperation().getContext());
    b.setInsertionPoint(group->getParentOfType<func::FuncOp>());
    SmallVector<int8_t> access(group.getNumOperands(), 1);
    access.append(group.getNumResults(), 2);
    auto kernel =
        KernelOp::create(b, group.getLoc(), chosen.symbol, access, kernelDims(group).size(), chosen.shape.scratchBytes,
                         readableName(group, chosen.family->name()), StringAttr());
    if (explain)
      kernel.setWhy(explainChoice(group, *chosen.family, chosen.shape, chosen.refusals, getLevels()));
    for (auto [level, module] : modules) {
      func::FuncOp function = createKernelFunction(module, group.getLoc(), chosen.symbol);
      OpBuilder inside(function.getBody().front().getTerminator());
      KernelBody body = bindKernelArguments(inside, function, group, chosen.shape, *level);
      if (failed(chosen.family->emit(group, body)))
        return failure();
    }
    return success();
  }

  void createLaunch(GroupOp group, const Chosen &chosen) {
    OpBuilder b(group);
    // Equal groups have equal expressions, so the shape of the first one holds for all.
    auto launch = LaunchOp::create(b, group.getLoc(), group.getResultTypes(), chosen.symbol, group.getInputs(),
                                   DimsAttr::get(b.getContext(), kernelDims(group)),
                                   DimsAttr::get(b.getContext(), {chosen.shape.tiles}), chosen.shape.grain,
                                   chosen.flops ? DimsAttr::get(b.getContext(), {chosen.flops}) : DimsAttr(),
                                   group.getStage(), group.getCostNs());
    group.replaceAllUsesWith(launch.getOutputs());
    group.erase();
  }

  SmallVector<std::pair<const CpuLevel *, ModuleOp>> modules;
  unsigned count = 0;
};

} // namespace
} // namespace dsc
