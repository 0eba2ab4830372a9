// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From plan ops to plain data, table by table.

#include "tools/dsc-inspect/PlanView.h"

#include "llvm/ADT/StringExtras.h"

#include <algorithm>

namespace dsc::inspect {
namespace {

/// A value no version of this program knows is shown as such.
std::string nameOf(llvm::StringRef name) { return name.empty() ? "unknown" : name.str(); }

std::string describeIsa(plan::CpuIsa isa) {
  llvm::StringRef name = plan::stringifyCpuIsa(isa);
  name.consume_front("x86_");
  return name == "none" ? "" : nameOf(name);
}

std::string describeLevel(plan::SegmentOp segment) {
  if (segment.getSm() != 0)
    return "sm_" + std::to_string(segment.getSm()) + (segment.getSmA() ? "a" : "");
  return describeIsa(segment.getIsa());
}

Amount amountAt(const Sizes &sizes, int64_t slot) { return slot == plan::none ? Amount() : sizes.at(slot); }

TensorView describeTensor(plan::TensorDescOp op, const Sizes &sizes) {
  return {toUtf8(op.getName()), nameOf(plan::stringifyDType(op.getDtype())), sizes.texts(op.getShape())};
}

BufferView describeBuffer(plan::BufferOp op, int64_t index, llvm::ArrayRef<BufferView> earlier, const Sizes &sizes) {
  BufferView buffer;
  buffer.place = nameOf(plan::stringifyPlace(op.getPlace()));
  buffer.dtype = nameOf(plan::stringifyDType(op.getDtype()));
  buffer.shape = sizes.texts(op.getShape());
  // A symbolic size is also stored as it is at the bounds, unless those are open.
  buffer.size = amountAt(sizes, op.getSizeSlot());
  if (op.getSizeSlot() == plan::none)
    buffer.size = {std::to_string(op.getSize()), int64_t(op.getSize())};
  buffer.deviceSlot = op.getDeviceSlot();
  buffer.index = op.getIndex();
  buffer.parent = op.getParent();
  buffer.firstUse = op.getFirstUse();
  buffer.lastUse = op.getLastUse();
  buffer.root = index;
  buffer.offset = op.getOffset();
  if (buffer.parent != plan::none) {
    const BufferView &parent = earlier[buffer.parent];
    buffer.root = parent.root;
    buffer.hasOffset = op.getOffsetSlot() == plan::none && (parent.root == buffer.parent || parent.hasOffset);
    if (parent.root != buffer.parent)
      buffer.offset = int64_t(uint64_t(buffer.offset) + uint64_t(parent.offset));
  }
  return buffer;
}

/// How a step uses its buffers, in order.
std::vector<Argument> describeArguments(plan::StepOp step, llvm::MutableArrayRef<plan::KernelOp> kernels) {
  std::vector<Argument> arguments;
  for (auto [index, buffer] : llvm::enumerate(step.getBuffers())) {
    int64_t access = 1;
    if (step.getKind() == plan::StepKind::Launch)
      access = kernels[step.getKernel()].getAccess()[index];
    else if (step.getKind() == plan::StepKind::Fill || (step.getKind() == plan::StepKind::Copy && index == 1))
      access = 2;
    arguments.push_back({buffer, access});
  }
  return arguments;
}

class EntryReader {
public:
  EntryReader(plan::PlanOp plan, plan::FunctionOp function, plan::EntryOp entry, llvm::ArrayRef<int64_t> bounds)
      : op(entry), kernels(plan.getKernels().getOps<plan::KernelOp>()), locations(plan.getLocations()),
        sizes(function, bounds) {
    for (auto [symbol, bound] : llvm::zip_equal(function.getSymbols().getOps<plan::SymbolOp>(), entry.getBounds()))
      view.bounds.push_back({toUtf8(symbol.getName()), bound == INT64_MAX ? std::nullopt : std::optional<int64_t>(bound)});
  }

  EntryView read() {
    view.arenas.assign(op.getArenas().begin(), op.getArenas().end());
    view.isOpen = op.getOpen();
    for (auto buffer : op.getBuffers().getOps<plan::BufferOp>())
      view.buffers.push_back(describeBuffer(buffer, int64_t(view.buffers.size()), view.buffers, sizes));
    auto programs = op.getPrograms().getOps<plan::ProgramOp>();
    if (!programs.empty())
      for (auto step : (*programs.begin()).getSteps().getOps<plan::StepOp>())
        view.steps.push_back(readStep(step));
    for (auto unit : op.getUnits().getOps<plan::UnitOp>())
      view.units.push_back(readUnit(unit));
    return std::move(view);
  }

private:
  StepView readStep(plan::StepOp step);
  UnitView readUnit(plan::UnitOp unit);

  plan::EntryOp op;
  llvm::SmallVector<plan::KernelOp> kernels;
  mlir::ArrayAttr locations;
  Sizes sizes;
  EntryView view;
};

StepView EntryReader::readStep(plan::StepOp step) {
  StepView result;
  result.kind = nameOf(plan::stringifyStepKind(step.getKind()));
  if (step.getLoc() != plan::none)
    result.name = toUtf8(llvm::cast<mlir::StringAttr>(locations[step.getLoc()]).getValue());
  result.kernel = step.getKernel();
  result.deviceSlot = step.getDeviceSlot();
  result.queue = step.getQueue();
  result.grain = step.getGrain();
  result.flops = amountAt(sizes, step.getFlops());
  result.bytes = amountAt(sizes, step.getBytes());
  result.grid = sizes.texts(step.getGrid());
  result.dims = sizes.texts(step.getDims());
  result.deps.assign(step.getDeps().begin(), step.getDeps().end());
  result.arguments = describeArguments(step, kernels);
  for (auto [buffer, access] : result.arguments)
    if (view.buffers[view.buffers[buffer].root].place == "weights")
      result.weightBytes += view.buffers[buffer].size.value.value_or(0);
  return result;
}

UnitView EntryReader::readUnit(plan::UnitOp unit) {
  UnitView result;
  result.firstStep = unit.getFirstStep();
  result.numSteps = unit.getNumSteps();
  result.weightBytes = unit.getWeightBytes();
  result.arenaBytes = unit.getArenaBytes();
  result.stage = unit.getStage();
  result.isMeasured = unit.getMeasured();
  size_t device = result.numSteps > 0 ? size_t(view.steps[result.firstStep].deviceSlot) : 0;
  if (device < unit.getCostUs().size())
    result.costUs = std::max(0.0f, unit.getCostUs()[device]);
  for (int64_t buffer : unit.getLiveAfter())
    if (buffer >= 0 && buffer < int64_t(view.buffers.size()))
      result.liveBytes += view.buffers[buffer].size.value.value_or(0);
  for (int64_t i = 0; i < result.numSteps; ++i)
    view.steps[result.firstStep + i].unit = int64_t(view.units.size());
  return result;
}

/// What the symbols are taken to be.
llvm::SmallVector<int64_t> chooseSizes(plan::FunctionOp function, plan::EntryOp entry, const llvm::StringMap<int64_t> &dims) {
  llvm::SmallVector<int64_t> sizes;
  for (auto [symbol, bound] : llvm::zip_equal(function.getSymbols().getOps<plan::SymbolOp>(), entry.getBounds())) {
    auto it = dims.find(symbol.getName());
    sizes.push_back(it == dims.end() ? bound : it->second);
  }
  return sizes;
}

FunctionView describeFunction(plan::PlanOp plan, plan::FunctionOp op, const llvm::StringMap<int64_t> &dims) {
  FunctionView function;
  function.name = toUtf8(op.getName());
  function.rowsIndependent = op.getRowsIndependent();
  llvm::SmallVector<int64_t> open(llvm::range_size(op.getSymbols().front()), INT64_MAX);
  Sizes sizes(op, open);
  for (auto tensor : op.getInputs().getOps<plan::TensorDescOp>())
    function.inputs.push_back(describeTensor(tensor, sizes));
  for (auto tensor : op.getOutputs().getOps<plan::TensorDescOp>())
    function.outputs.push_back(describeTensor(tensor, sizes));
  for (auto symbol : op.getSymbols().getOps<plan::SymbolOp>())
    function.symbols.push_back({toUtf8(symbol.getName()), nameOf(plan::stringifySymbolKind(symbol.getKind())),
                                int64_t(symbol.getMin()), int64_t(symbol.getMultipleOf()),
                                symbol.getMax() == uint64_t(INT64_MAX) ? std::nullopt : std::optional<int64_t>(symbol.getMax())});
  for (auto variant : op.getVariants().getOps<plan::VariantOp>()) {
    VariantView view{toUtf8(variant.getName()), toUtf8(variant.getMetric().value_or("")),
                     variant.getQuality().convertToFloat(), {}};
    for (auto entry : variant.getEntries().getOps<plan::EntryOp>()) {
      view.entries.push_back(EntryReader(plan, op, entry, chooseSizes(op, entry, dims)).read());
      connectSteps(view.entries.back(), function.inputs.size(), function.outputs.size());
    }
    function.variants.push_back(std::move(view));
  }
  return function;
}

/// "cpu_gemm_matmul_add_f32" is of target cpu and family gemm.
KernelView describeKernel(plan::KernelOp op, llvm::MutableArrayRef<plan::SegmentOp> segments) {
  KernelView kernel;
  kernel.name = toUtf8(op.getName());
  llvm::StringRef name = kernel.name;
  auto [target, rest] = name.split('_');
  kernel.target = target.str();
  kernel.family = rest.split('_').first.str();
  for (auto code : op.getCodes().getOps<plan::KernelCodeOp>())
    kernel.levels.push_back(describeLevel(segments[code.getSegment()]));
  kernel.abi = op.getAbi();
  kernel.scratch = op.getScratch();
  return kernel;
}

void countUses(PlanView &view) {
  for (const FunctionView &function : view.functions)
    for (const VariantView &variant : function.variants)
      for (const EntryView &entry : variant.entries)
        for (const StepView &step : entry.steps)
          if (step.kernel != plan::none)
            ++view.kernels[step.kernel].uses;
}

} // namespace

PlanView makeView(plan::PlanOp plan, const PlanFrame &frame, llvm::StringRef file, const llvm::StringMap<int64_t> &dims) {
  PlanView view;
  view.file = toUtf8(file);
  view.producer = toUtf8(plan.getProducer());
  view.minRuntime = llvm::join(llvm::map_range(plan.getMinRuntime(), [](int64_t part) { return std::to_string(part); }), ".");
  view.frame = frame;
  for (auto device : plan.getDevices().getOps<plan::DeviceSlotOp>())
    view.devices.push_back(nameOf(plan::stringifyDeviceKind(device.getKind())));
  llvm::SmallVector<plan::SegmentOp> segments(plan.getSegments().getOps<plan::SegmentOp>());
  for (auto [segment, offset] : llvm::zip_equal(segments, frame.segmentOffsets))
    view.segments.push_back({nameOf(plan::stringifySegmentKind(segment.getKind())), describeLevel(segment),
                             int64_t(offset), int64_t(segment.getSize()), int64_t(segment.getAlign())});
  for (auto kernel : plan.getKernels().getOps<plan::KernelOp>())
    view.kernels.push_back(describeKernel(kernel, segments));
  for (auto function : plan.getFunctions().getOps<plan::FunctionOp>())
    view.functions.push_back(describeFunction(plan, function, dims));
  for (auto pair : plan.getMetadata().getOps<plan::KeyValueOp>())
    view.metadata.push_back({toUtf8(pair.getKey()), toUtf8(pair.getValue())});
  countUses(view);
  return view;
}

std::string describeType(const std::string &dtype, llvm::ArrayRef<std::string> shape) {
  return dtype + "[" + llvm::join(shape, ",") + "]";
}

} // namespace dsc::inspect
