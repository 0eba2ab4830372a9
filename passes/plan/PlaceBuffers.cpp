// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// dsc-place-buffers: gives the arena buffers of entries with bounds their offsets, with the runtime's own planner.

#include "passes/Passes.h"

#include "dialects/plan/Plan.h"
#include "runtime/schema/MemoryPlanner.h"
#include "runtime/schema/PlanFile.h"

using namespace mlir;

namespace dsc {
#define GEN_PASS_DEF_PLACEBUFFERSPASS
#include "passes/Passes.h.inc"

namespace {

struct PlaceBuffersPass : impl::PlaceBuffersPassBase<PlaceBuffersPass> {
  void runOnOperation() override {
    WalkResult result = getOperation().walk([&](plan::EntryOp entry) {
      return entry.getOpen() || succeeded(place(entry)) ? WalkResult::advance() : WalkResult::interrupt();
    });
    if (result.wasInterrupted())
      signalPassFailure();
  }

  LogicalResult place(plan::EntryOp entry) {
    SmallVector<plan::BufferOp> roots;
    std::vector<schema::PlannedBuffer> planned;
    for (auto buffer : entry.getBuffers().getOps<plan::BufferOp>())
      if (buffer.getPlace() == plan::Place::Arena && buffer.getParent() == plan::none) {
        roots.push_back(buffer);
        planned.push_back({uint64_t(buffer.getSize()), uint32_t(buffer.getFirstUse()), uint32_t(buffer.getLastUse()), 0});
      }
    std::vector<uint32_t> work(2 * planned.size());
    schema::MemoryPlan memory = {};
    if (!schema::planMemory(planned.data(), planned.size(), schema::bufferAlign, work.data(), memory))
      return entry.emitOpError() << "expected buffers that fit into 2^63 bytes together";
    for (auto [buffer, slot] : llvm::zip_equal(roots, planned))
      buffer.setOffset(int64_t(slot.offset));
    entry.setArenas(ArrayRef<int64_t>{int64_t(memory.arenaBytes)});
    setUnitArenas(entry);
    arenaBytes += memory.arenaBytes;
    lowerBound += memory.lowerBound;
    return success();
  }

  /// A unit needs the arena up to the last byte that its steps touch.
  void setUnitArenas(plan::EntryOp entry) {
    auto buffers = llvm::to_vector(entry.getBuffers().getOps<plan::BufferOp>());
    auto programs = entry.getPrograms().getOps<plan::ProgramOp>();
    auto steps = llvm::to_vector((*programs.begin()).getSteps().getOps<plan::StepOp>());
    for (auto unit : entry.getUnits().getOps<plan::UnitOp>()) {
      int64_t bytes = 0;
      for (plan::StepOp step : ArrayRef(steps).slice(unit.getFirstStep(), unit.getNumSteps()))
        for (int64_t index : step.getBuffers()) {
          while (buffers[index].getParent() != plan::none)
            index = buffers[index].getParent();
          if (buffers[index].getPlace() == plan::Place::Arena)
            bytes = std::max(bytes, int64_t(buffers[index].getOffset() + buffers[index].getSize()));
        }
      unit.setArenaBytes(int64_t(schema::alignUp(uint64_t(bytes), schema::bufferAlign)));
    }
  }
};

} // namespace
} // namespace dsc
