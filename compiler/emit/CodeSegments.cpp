// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Modules of code become segments; kernels learn where they start in each.

#include "compiler/emit/CodeSegments.h"

#include "compiler/emit/CpuBlob.h"

#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/StringMap.h"

using namespace mlir;

namespace dsc {
namespace {

constexpr int64_t codeAlign = 4096;

struct LevelCode {
  ModuleOp module;
  const CpuLevel *level;
  CpuBlob blob;
};

plan::CpuIsa getIsa(StringRef level) {
  if (level == "v3")
    return plan::CpuIsa::X86V3;
  return level == "v4" ? plan::CpuIsa::X86V4 : plan::CpuIsa::X86V4VnniBf16;
}

/// The modules of CPU levels; `cuda` becomes the module of that target, if there is one.
FailureOr<SmallVector<LevelCode>> findLevels(ModuleOp module, ModuleOp &cuda) {
  SmallVector<LevelCode> levels;
  for (auto nested : module.getOps<ModuleOp>()) {
    if (auto target = nested->getAttrOfType<StringAttr>("dsc.target");
        target && target.getValue() == getTargetName(Target::Cuda)) {
      cuda = nested;
      continue;
    }
    auto name = nested->getAttrOfType<StringAttr>("dsc.level");
    const CpuLevel *level = name ? findCpuLevel(name) : nullptr;
    if (!level)
      return nested.emitError() << "expected a module with the level of its code in 'dsc.level'";
    levels.push_back({nested, level, {}});
  }
  llvm::sort(levels, [](const LevelCode &a, const LevelCode &b) { return a.level < b.level; });
  return levels;
}

/// Adds the code of every level to each kernel that has none yet.
LogicalResult addLevelCodes(plan::PlanOp plan, ArrayRef<LevelCode> levels, ArrayRef<int64_t> segments) {
  SmallVector<llvm::StringMap<uint64_t>> offsets(levels.size());
  for (auto [level, offset] : llvm::zip(levels, offsets))
    for (const CpuEntry &entry : level.blob.entries)
      offset[entry.symbol] = entry.offset;
  for (auto kernel : plan.getKernels().getOps<plan::KernelOp>()) {
    // What has code by now has it for CUDA, and none for the CPU.
    if (!kernel.getCodes().front().empty())
      continue;
    OpBuilder builder = OpBuilder::atBlockEnd(&kernel.getCodes().front());
    for (auto [level, offset, segment] : llvm::zip(levels, offsets, segments)) {
      auto entry = offset.find(kernel.getFunction().value_or(""));
      if (entry == offset.end())
        return kernel.emitOpError("expected code of every level, but level ")
               << level.level->name << " has none in one of its modules";
      plan::KernelCodeOp::create(builder, kernel.getLoc(), segment, int64_t(entry->second), StringAttr(),
                                 ArrayRef<int64_t>(), ArrayRef<int64_t>());
    }
  }
  return success();
}

} // namespace

std::pair<plan::SegmentOp, int64_t> appendCodeSegment(plan::PlanOp plan, StringRef name, plan::SegmentKind kind,
                                                      ArrayRef<char> bytes, int64_t align, plan::CpuIsa isa) {
  int64_t position = llvm::range_size(plan.getSegments().getOps<plan::SegmentOp>()), size = bytes.size();
  OpBuilder builder = OpBuilder::atBlockEnd(&plan.getSegments().front());
  auto type = RankedTensorType::get({size}, builder.getI8Type());
  AsmResourceBlob blob = HeapAsmResourceBlob::allocateAndCopyWithAlign(bytes, 64, /*dataIsMutable=*/false);
  auto value = DenseResourceElementsAttr::get(type, ("code_" + name).str(), std::move(blob));
  auto segment = plan::SegmentOp::create(builder, plan.getLoc(), kind, size, align, isa);
  builder.createBlock(&segment.getContents());
  plan::BlobOp::create(builder, plan.getLoc(), 0, size, value, Attribute());
  return {segment, position};
}

FailureOr<int64_t> addCodeSegments(ModuleOp module, plan::PlanOp plan, StringRef ptxas) {
  ModuleOp cuda;
  FailureOr<SmallVector<LevelCode>> levels = findLevels(module, cuda);
  if (failed(levels))
    return failure();
  auto kernels = plan.getKernels().getOps<plan::KernelOp>();
  int64_t bytes = 0;
  if (cuda) {
    FailureOr<int64_t> cudaBytes = addCudaSegments(cuda, plan, ptxas);
    if (failed(cudaBytes))
      return failure();
    bytes += *cudaBytes;
    cuda.erase();
  }
  // A plan without kernels on the CPU has no code of any level.
  bool hasCpuKernels =
      llvm::any_of(kernels, [](plan::KernelOp kernel) { return kernel.getCodes().front().empty(); });
  SmallVector<int64_t> positions;
  for (LevelCode &code : *levels) {
    if (hasCpuKernels) {
      FailureOr<CpuBlob> blob = compileCpuBlob(code.module, *code.level);
      if (failed(blob))
        return failure();
      code.blob = std::move(*blob);
      ArrayRef<char> raw(reinterpret_cast<const char *>(code.blob.bytes.data()), code.blob.bytes.size());
      positions.push_back(appendCodeSegment(plan, code.level->name, plan::SegmentKind::CpuCode, raw, codeAlign,
                                            getIsa(code.level->name))
                              .second);
      bytes += code.blob.bytes.size();
    }
    code.module.erase();
  }
  if (hasCpuKernels && failed(addLevelCodes(plan, *levels, positions)))
    return failure();
  for (plan::KernelOp kernel : kernels)
    kernel.removeFunctionAttr();
  return bytes;
}

} // namespace dsc
