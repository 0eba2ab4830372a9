// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Level modules become code segments; kernels learn where they start in each.

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

FailureOr<SmallVector<LevelCode>> findLevels(ModuleOp module) {
  SmallVector<LevelCode> levels;
  for (auto nested : module.getOps<ModuleOp>()) {
    auto name = nested->getAttrOfType<StringAttr>("dsc.level");
    const CpuLevel *level = name ? findCpuLevel(name) : nullptr;
    if (!level)
      return nested.emitError() << "expected a module with the level of its code in 'dsc.level'";
    levels.push_back({nested, level, {}});
  }
  llvm::sort(levels, [](const LevelCode &a, const LevelCode &b) { return a.level < b.level; });
  return levels;
}

/// The segment of a blob, at the end of the plan's segments.
void createSegment(plan::PlanOp plan, LevelCode &code) {
  OpBuilder builder = OpBuilder::atBlockEnd(&plan.getSegments().front());
  int64_t size = code.blob.bytes.size();
  auto type = RankedTensorType::get({size}, builder.getI8Type());
  AsmResourceBlob bytes = HeapAsmResourceBlob::allocateAndCopyWithAlign(
      ArrayRef<char>(reinterpret_cast<const char *>(code.blob.bytes.data()), size), 64, /*dataIsMutable=*/false);
  auto value = DenseResourceElementsAttr::get(type, ("code_" + code.level->name).str(), std::move(bytes));
  auto segment = plan::SegmentOp::create(builder, plan.getLoc(), plan::SegmentKind::CpuCode, size, codeAlign,
                                         getIsa(code.level->name));
  builder.createBlock(&segment.getContents());
  plan::BlobOp::create(builder, plan.getLoc(), 0, size, value, Attribute());
}

/// Adds the code of each kernel that `plan` uses.
LogicalResult addEntries(plan::PlanOp plan, const LevelCode &code, int64_t segment) {
  llvm::StringMap<uint64_t> offsets;
  for (const CpuEntry &entry : code.blob.entries)
    offsets[entry.symbol] = entry.offset;
  for (auto kernel : plan.getKernels().getOps<plan::KernelOp>()) {
    auto offset = offsets.find(kernel.getFunction().value_or(""));
    if (offset == offsets.end())
      return kernel.emitOpError("expected code of every level, but level ")
             << code.level->name << " has none in one of its modules";
    OpBuilder builder = OpBuilder::atBlockEnd(&kernel.getCodes().front());
    plan::KernelCodeOp::create(builder, kernel.getLoc(), segment, int64_t(offset->second), StringAttr(),
                               ArrayRef<int64_t>(), ArrayRef<int64_t>());
  }
  return success();
}

} // namespace

FailureOr<int64_t> addCodeSegments(ModuleOp module, plan::PlanOp plan) {
  FailureOr<SmallVector<LevelCode>> levels = findLevels(module);
  if (failed(levels))
    return failure();
  auto kernels = plan.getKernels().getOps<plan::KernelOp>();
  int64_t segment = llvm::range_size(plan.getSegments().getOps<plan::SegmentOp>()), bytes = 0;
  for (LevelCode &code : *levels) {
    // A plan of copies only has no code.
    if (!kernels.empty()) {
      FailureOr<CpuBlob> blob = compileCpuBlob(code.module, *code.level);
      if (failed(blob))
        return failure();
      code.blob = std::move(*blob);
      createSegment(plan, code);
      if (failed(addEntries(plan, code, segment++)))
        return failure();
      bytes += code.blob.bytes.size();
    }
    code.module.erase();
  }
  for (plan::KernelOp kernel : kernels)
    kernel.removeFunctionAttr();
  return bytes;
}

} // namespace dsc
