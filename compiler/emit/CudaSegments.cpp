// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The module @cuda becomes a segment of PTX and, where there is a ptxas, cubins; kernels get a code for each.

#include "compiler/emit/CodeSegments.h"
#include "compiler/emit/Ptx.h"

#include "mlir/IR/Diagnostics.h"

using namespace mlir;

namespace dsc {
namespace {

constexpr int64_t cudaAlign = 64;
constexpr const char *noPtxas = "none";

/// Adds a segment's code to every kernel that the module has.
void addEntries(plan::PlanOp plan, ArrayRef<PtxEntry> entries, int64_t segment) {
  for (auto kernel : plan.getKernels().getOps<plan::KernelOp>()) {
    const PtxEntry *entry = llvm::find_if(
        entries, [&](const PtxEntry &entry) { return entry.symbol == kernel.getFunction().value_or(""); });
    if (entry == entries.end())
      continue;
    OpBuilder builder = OpBuilder::atBlockEnd(&kernel.getCodes().front());
    auto code = plan::KernelCodeOp::create(builder, kernel.getLoc(), segment, /*entry=*/0,
                                           builder.getStringAttr(entry->symbol), entry->block, ArrayRef<int64_t>());
    code.setSharedMem(entry->sharedBytes);
  }
}

void warnAbout(Location loc, const SmTarget &target, const PtxasReport &report) {
  for (const std::string &warning : report.warnings)
    emitWarning(loc) << target.name << ": " << warning;
  if (report.spillBytes || report.stackBytes)
    emitWarning(loc) << target.name << ": kernels spill " << report.spillBytes << " bytes and keep "
                     << report.stackBytes << " bytes on the stack";
}

/// Adds a cubin per architecture, the best first. Gives their bytes.
FailureOr<int64_t> addCubins(plan::PlanOp plan, const PtxCode &code, StringRef ptxas) {
  int64_t bytes = 0;
  for (const SmTarget &target : llvm::reverse(getSmTargets())) {
    PtxasReport report;
    FailureOr<std::vector<char>> cubin = assembleCubin(plan.getLoc(), ptxas, code.text, target, report);
    if (failed(cubin))
      return failure();
    warnAbout(plan.getLoc(), target, report);
    auto [segment, position] = appendCodeSegment(plan, target.name, plan::SegmentKind::CudaCubin, *cubin, cudaAlign,
                                                 plan::CpuIsa::None);
    segment.setSm(target.sm);
    segment.setSmA(target.specific);
    addEntries(plan, code.entries, position);
    bytes += cubin->size();
  }
  return bytes;
}

} // namespace

FailureOr<int64_t> addCudaSegments(ModuleOp module, plan::PlanOp plan, StringRef ptxas) {
  FailureOr<PtxCode> code = compilePtx(module);
  if (failed(code))
    return failure();
  int64_t bytes = 0;
  if (ptxas != noPtxas) {
    std::string program = findPtxas(ptxas);
    if (program.empty() && !ptxas.empty())
      return emitError(plan.getLoc()) << "expected a program that assembles PTX, but got '" << ptxas
                                      << "'; --ptxas=none leaves its work to the driver";
    if (program.empty())
      emitWarning(plan.getLoc()) << "no ptxas is found, so the plan has PTX only, which the driver compiles whenever it "
                                    "loads the plan; install the CUDA toolkit or name the program by --ptxas=PATH";
    FailureOr<int64_t> cubins = program.empty() ? FailureOr<int64_t>(0) : addCubins(plan, *code, program);
    if (failed(cubins))
      return failure();
    bytes += *cubins;
  }
  // The driver wants a text that ends.
  ArrayRef<char> text(code->text.c_str(), code->text.size() + 1);
  auto [segment, position] = appendCodeSegment(plan, "ptx", plan::SegmentKind::CudaPtx, text, cudaAlign,
                                               plan::CpuIsa::None);
  segment.setSm(getSmTargets().front().sm);
  addEntries(plan, code->entries, position);
  return bytes + text.size();
}

} // namespace dsc
