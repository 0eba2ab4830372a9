// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Verifiers of the plan dialect: what the runtime's validator checks of a file, said in the compiler's terms.

#include "dialects/plan/Plan.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#define GET_OP_CLASSES
#include "dialects/plan/PlanOps.cpp.inc"

using namespace mlir;

namespace dsc::plan {

static int64_t countOps(Region &region) { return llvm::range_size(region.front()); }

static bool inRange(int64_t index, int64_t count) { return index >= 0 && index < count; }

/// Checks that every element of `indices` is a position below `count`.
static LogicalResult checkAll(Operation *op, StringRef what, ArrayRef<int64_t> indices, int64_t count) {
  for (int64_t index : indices)
    if (!inRange(index, count))
      return op->emitOpError() << "expected " << what << " below " << count << ", but got " << index;
  return success();
}

/// As checkAll, for a single position that may be absent.
static LogicalResult checkOptional(Operation *op, StringRef what, int64_t index, int64_t count) {
  return index == none ? success() : checkAll(op, what, index, count);
}

LogicalResult PlanOp::verify() {
  if (getMinRuntime().size() != 3) // (c1)
    return emitOpError() << "expected three parts in 'min_runtime', but got " << getMinRuntime().size();
  for (int64_t part : getMinRuntime())
    if (!inRange(part, 1 << 16)) // (c1)
      return emitOpError() << "expected parts of 'min_runtime' from 0 to 65535, but got " << part;
  return success();
}

LogicalResult PlanOp::verifyRegions() {
  SmallVector<SegmentOp> segments(getSegments().getOps<SegmentOp>());
  for (KernelOp kernel : getKernels().getOps<KernelOp>())
    for (auto code : kernel.getCodes().getOps<KernelCodeOp>()) { // (c2)
      if (failed(checkAll(code, "a segment", code.getSegment(), segments.size())))
        return failure();
      SegmentKind kind = segments[code.getSegment()].getKind();
      if (kind == SegmentKind::Weights || kind == SegmentKind::Debug)
        return code.emitOpError() << "expected a code segment, but got " << stringifySegmentKind(kind);
    }
  WalkResult result = walk([&](BufferOp buffer) { // (c2)
    if (buffer.getPlace() != Place::Weights || buffer.getParent() != none)
      return WalkResult::advance();
    if (failed(checkAll(buffer, "a segment", buffer.getIndex(), segments.size())))
      return WalkResult::interrupt();
    SegmentOp segment = segments[buffer.getIndex()];
    if (segment.getKind() == SegmentKind::Weights && buffer.getOffset() >= 0 && buffer.getSize() >= 0 &&
        buffer.getOffset() <= segment.getSize() - buffer.getSize())
      return WalkResult::advance();
    buffer.emitOpError() << "expected a range inside a weights segment";
    return WalkResult::interrupt();
  });
  return failure(result.wasInterrupted());
}

LogicalResult SegmentOp::verify() {
  if (!llvm::isPowerOf2_64(getAlign())) // (c1)
    return emitOpError() << "expected a power of two as 'align', but got " << getAlign();
  return success();
}

LogicalResult SegmentOp::verifyRegions() {
  int64_t end = 0;
  for (auto blob : getContents().getOps<BlobOp>()) { // (c2)
    int64_t offset = blob.getOffset(), size = blob.getSize();
    if (offset < end || size < 0 || size > getSize() || offset > getSize() - size)
      return blob.emitOpError() << "expected bytes within " << end << " and " << getSize() << ", but got " << offset
                                << " and " << size << " more";
    end = offset + size;
  }
  return success();
}

LogicalResult KernelOp::verify() {
  for (int64_t access : getAccess()) // (c1)
    if (access < 1 || access > 3)
      return emitOpError() << "expected 1, 2 or 3 in 'access', but got " << access;
  return success();
}

LogicalResult SymbolOp::verify() {
  int64_t min = getMin(), max = getMax();
  // Data may hold negative numbers; a caller's size cannot be.
  if ((min < 0 && getKind() == SymbolKind::Caller) || min > max) // (c1)
    return emitOpError() << "expected 0 <= min <= max, but got " << min << " and " << max;
  return success();
}

int64_t FunctionOp::getSlotCount() {
  return countOps(getSymbols()) + int64_t(getConstants().size()) + countOps(getOps());
}

LogicalResult FunctionOp::verifyRegions() {
  int64_t slot = getSlotCount() - countOps(getOps());
  for (auto op : getOps().getOps<ShapeOpOp>()) // (c1)
    if (failed(checkAll(op, "a slot", {op.getA(), op.getB()}, slot++)))
      return failure();
  for (Region *region : {&getInputs(), &getOutputs()})
    for (auto tensor : region->getOps<TensorDescOp>()) // (c2)
      if (failed(checkAll(tensor, "a slot", tensor.getShape(), slot)))
        return failure();
  return success();
}

namespace {

/// Checks one entry; counts what positions refer to once.
class EntryVerifier {
public:
  explicit EntryVerifier(EntryOp entry)
      : entry(entry), function(entry->getParentOfType<FunctionOp>()), plan(entry->getParentOfType<PlanOp>()),
        slots(function.getSlotCount()), buffers(entry.getBuffers().getOps<BufferOp>()),
        kernels(plan.getKernels().getOps<KernelOp>()), locations(plan.getLocations().size()) {}

  LogicalResult verify() {
    if (failed(verifyBounds()))
      return failure();
    for (auto [index, buffer] : llvm::enumerate(buffers))
      if (failed(verifyBuffer(index, buffer)))
        return failure();
    for (auto program : entry.getPrograms().getOps<ProgramOp>())
      for (auto [index, step] : llvm::enumerate(program.getSteps().getOps<StepOp>()))
        if (failed(verifyStep(index, step)) || failed(verifyWrites(step)))
          return failure();
    return failed(verifyArena()) ? failure() : verifyUnits();
  }

private:
  LogicalResult verifyBounds();
  LogicalResult verifyBuffer(int64_t index, BufferOp buffer);
  LogicalResult verifyStep(int64_t index, StepOp step);
  LogicalResult verifyWrites(StepOp step);
  LogicalResult verifyArena();
  LogicalResult verifyUnit(UnitOp unit, int64_t stageBefore);
  LogicalResult verifyUnits();

  EntryOp entry;
  FunctionOp function;
  PlanOp plan;
  int64_t slots;
  SmallVector<BufferOp> buffers;
  SmallVector<KernelOp> kernels;
  int64_t locations;
};

} // namespace

LogicalResult EntryVerifier::verifyBounds() {
  int64_t symbols = countOps(function.getSymbols()), devices = countOps(plan.getDevices());
  if (int64_t(entry.getBounds().size()) != symbols) // (c1)
    return entry.emitOpError() << "expected " << symbols << " bounds, but got " << entry.getBounds().size();
  if (int64_t(entry.getArenas().size()) != devices)
    return entry.emitOpError() << "expected " << devices << " arenas, but got " << entry.getArenas().size();
  return success();
}

LogicalResult EntryVerifier::verifyBuffer(int64_t index, BufferOp buffer) {
  int64_t parent = buffer.getParent(), offset = buffer.getOffset(), size = buffer.getSize();
  if (failed(checkAll(buffer, "a slot", buffer.getShape(), slots)) ||
      failed(checkOptional(buffer, "a slot", buffer.getSizeSlot(), slots)) ||
      failed(checkOptional(buffer, "a slot", buffer.getOffsetSlot(), slots)))
    return failure();
  if (failed(checkAll(buffer, "a device", buffer.getDeviceSlot(), entry.getArenas().size()))) // (c1)
    return failure();
  if (size < 0 || offset < 0)
    return buffer.emitOpError() << "expected sizes and offsets that are not negative";
  if (failed(checkOptional(buffer, "an earlier parent", parent, index))) // (c2)
    return failure();
  if (parent != none && !entry.getOpen() && size > buffers[parent].getSize() - offset)
    return buffer.emitOpError() << "expected a view inside " << buffers[parent].getSize() << " bytes, but got "
                                << uint64_t(offset) + uint64_t(size);
  if (buffer.getPlace() == Place::Input)
    return checkAll(buffer, "an input", buffer.getIndex(), countOps(function.getInputs()));
  if (buffer.getPlace() == Place::Output)
    return checkAll(buffer, "an output", buffer.getIndex(), countOps(function.getOutputs()));
  return success();
}

LogicalResult EntryVerifier::verifyStep(int64_t index, StepOp step) {
  if (failed(checkAll(step, "a buffer", step.getBuffers(), buffers.size())) || // (c4)
      failed(checkAll(step, "a slot", step.getDims(), slots)) ||
      failed(checkAll(step, "a slot", step.getGrid(), slots)) ||
      failed(checkAll(step, "a program", step.getPrograms(), countOps(entry.getPrograms()))) ||
      failed(checkOptional(step, "a slot", step.getFlops(), slots)) ||
      failed(checkOptional(step, "a slot", step.getBytes(), slots)) ||
      failed(checkOptional(step, "a location", step.getLoc(), locations)) ||
      failed(checkAll(step, "an earlier step", step.getDeps(), index))) // (c5)
    return failure();
  if (step.getKind() != StepKind::Launch) {
    size_t fewest = step.getKind() == StepKind::Copy ? 2 : step.getKind() == StepKind::Fill ? 1 : 0;
    if (step.getBuffers().size() < fewest)
      return step.emitOpError() << "expected " << fewest << " buffers, but got " << step.getBuffers().size();
    return checkOptional(step, "a kernel", step.getKernel(), kernels.size());
  }
  if (failed(checkAll(step, "a kernel", step.getKernel(), kernels.size())))
    return failure();
  KernelOp kernel = kernels[step.getKernel()];
  if (step.getBuffers().size() != kernel.getAccess().size())
    return step.emitOpError() << "expected " << kernel.getAccess().size() << " buffers, but got "
                              << step.getBuffers().size();
  if (int64_t(step.getDims().size()) != kernel.getNumDims())
    return step.emitOpError() << "expected " << kernel.getNumDims() << " dims, but got " << step.getDims().size();
  return success();
}

/// Positions in `step`'s buffers that it writes.
static SmallVector<int64_t> getWritten(StepOp step, MutableArrayRef<KernelOp> kernels) {
  if (step.getKind() == StepKind::Copy || step.getKind() == StepKind::Fill)
    return {step.getBuffers().back()};
  SmallVector<int64_t> written;
  if (step.getKind() == StepKind::Launch)
    for (auto [buffer, access] : llvm::zip_equal(step.getBuffers(), kernels[step.getKernel()].getAccess()))
      if (access & 2)
        written.push_back(buffer);
  return written;
}

LogicalResult EntryVerifier::verifyWrites(StepOp step) {
  for (int64_t index : getWritten(step, kernels)) { // (c6)
    while (buffers[index].getParent() != none)
      index = buffers[index].getParent();
    Place place = buffers[index].getPlace();
    if (place == Place::Input || place == Place::Weights)
      return step.emitOpError() << "expected to write an arena or output buffer, but got " << stringifyPlace(place);
  }
  return success();
}

LogicalResult EntryVerifier::verifyArena() {
  if (entry.getOpen())
    return success();
  SmallVector<BufferOp> roots;
  for (BufferOp buffer : buffers)
    if (buffer.getPlace() == Place::Arena && buffer.getParent() == none && buffer.getSize() > 0)
      roots.push_back(buffer);
  llvm::sort(roots, [](BufferOp a, BufferOp b) { return a.getOffset() < b.getOffset(); });
  for (size_t i = 0; i < roots.size(); ++i) { // (c3)
    BufferOp buffer = roots[i];
    int64_t arena = entry.getArenas()[buffer.getDeviceSlot()];
    if (buffer.getSize() > arena || buffer.getOffset() > arena - buffer.getSize())
      return buffer.emitOpError() << "expected to end inside the arena, but got "
                                  << uint64_t(buffer.getOffset()) + uint64_t(buffer.getSize());
    int64_t end = buffer.getOffset() + buffer.getSize();
    for (size_t j = i + 1; j < roots.size() && roots[j].getOffset() < end; ++j)
      if (roots[j].getFirstUse() <= buffer.getLastUse() && buffer.getFirstUse() <= roots[j].getLastUse())
        return roots[j].emitOpError() << "expected no overlap with a live buffer, but got offset "
                                      << roots[j].getOffset() << " below " << end;
  }
  return success();
}

LogicalResult EntryVerifier::verifyUnit(UnitOp unit, int64_t stageBefore) {
  if (unit.getCostUs().size() != entry.getArenas().size()) // (c8)
    return unit.emitOpError() << "expected " << entry.getArenas().size() << " costs, but got " << unit.getCostUs().size();
  if (failed(checkAll(unit, "a buffer", unit.getLiveAfter(), buffers.size())))
    return failure();
  ArrayRef<int64_t> live = unit.getLiveAfter();
  if (std::adjacent_find(live.begin(), live.end(), std::greater_equal<int64_t>()) != live.end())
    return unit.emitOpError() << "expected 'live_after' in ascending order, each buffer once";
  int64_t most = unit.getFirstStep() > 0 ? stageBefore + 1 : 0;
  if (unit.getStage() < stageBefore || unit.getStage() > most)
    return unit.emitOpError() << "expected a stage of " << stageBefore << " to " << most << ", but got " << unit.getStage();
  return success();
}

LogicalResult EntryVerifier::verifyUnits() {
  auto programs = entry.getPrograms().getOps<ProgramOp>();
  int64_t steps = programs.empty() ? 0 : countOps((*programs.begin()).getSteps()), next = 0, stage = 0;
  for (auto unit : entry.getUnits().getOps<UnitOp>()) { // (c7)
    if (unit.getFirstStep() != next)
      return unit.emitOpError() << "expected to start at step " << next << ", but got " << unit.getFirstStep();
    next += unit.getNumSteps();
    if (failed(verifyUnit(unit, stage)))
      return failure();
    stage = unit.getStage();
  }
  if (next != steps)
    return entry.emitOpError() << "expected units that cover " << steps << " steps, but got " << next;
  return success();
}

LogicalResult EntryOp::verifyRegions() { return EntryVerifier(*this).verify(); }

} // namespace dsc::plan
