// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Writes the records of a plan as plan ops: one function per table.

#include "passes/plan/PlanRecords.h"

using namespace mlir;

namespace dsc {
namespace {

constexpr int64_t segmentAlign = 4096;

class Creator {
public:
  Creator(ModuleOp module, PlanRecords &records)
      : builder(module.getBodyRegion()), loc(module.getLoc()), records(records), program(records.program) {
    builder.setInsertionPointToEnd(module.getBody());
  }

  plan::PlanOp create(StringRef functionName);

private:
  /// Makes `region`'s block and builds what it holds.
  template <class Fill> void fill(Region &region, Fill body) {
    OpBuilder::InsertionGuard guard(builder);
    builder.createBlock(&region);
    body();
  }
  void createSegment();
  void createKernel(KernelOp kernel);
  void createFunction(StringRef name);
  void createTensor(const TensorRecord &tensor);
  void createEntry();
  void createBuffer(const BufferRecord &buffer);
  void createStep(const StepRecord &step);
  void createUnit(const UnitRecord &unit);
  template <class Op> Op create(NamedAttrList &attrs, unsigned regions = 0) {
    OperationState state(loc, Op::getOperationName());
    state.addAttributes(attrs);
    for (unsigned i = 0; i < regions; ++i)
      state.addRegion();
    return cast<Op>(builder.create(state));
  }
  Attribute integer(int64_t value) { return builder.getI64IntegerAttr(value); }
  Attribute list(ArrayRef<int64_t> values) { return builder.getDenseI64ArrayAttr(values); }
  template <class EnumAttr, class Enum> Attribute symbol(Enum value) {
    return EnumAttr::get(builder.getContext(), value);
  }
  /// Sets `name` unless the value is the schema's default.
  void setOptional(NamedAttrList &attrs, StringRef name, int64_t value, int64_t defaultValue) {
    if (value != defaultValue)
      attrs.set(name, integer(value));
  }
  void setOptional(NamedAttrList &attrs, StringRef name, ArrayRef<int64_t> values) {
    if (!values.empty())
      attrs.set(name, list(values));
  }

  OpBuilder builder;
  Location loc;
  PlanRecords &records;
  ShapeProgram &program;
};

plan::PlanOp Creator::create(StringRef functionName) {
  NamedAttrList attrs;
  attrs.set("min_runtime", list({1, 0, 0}));
  attrs.set("producer", builder.getStringAttr("dsc"));
  SmallVector<StringRef> locations(records.locations.begin(), records.locations.end());
  if (!locations.empty())
    attrs.set("locations", builder.getStrArrayAttr(locations));
  auto op = create<plan::PlanOp>(attrs, 5);
  fill(op.getDevices(), [&] {
    NamedAttrList slot;
    slot.set("kind", symbol<plan::DeviceKindAttr>(plan::DeviceKind::Cpu));
    create<plan::DeviceSlotOp>(slot);
  });
  fill(op.getSegments(), [&] { createSegment(); });
  fill(op.getKernels(), [&] { llvm::for_each(records.kernels, [&](KernelOp kernel) { createKernel(kernel); }); });
  fill(op.getFunctions(), [&] { createFunction(functionName); });
  fill(op.getMetadata(), [] {});
  return op;
}

void Creator::createSegment() {
  if (records.weights.getEntries().empty())
    return;
  NamedAttrList attrs;
  attrs.set("kind", symbol<plan::SegmentKindAttr>(plan::SegmentKind::Weights));
  // Weights without elements have an address too, so the segment is never empty.
  int64_t bytes = records.weights.getBytes();
  attrs.set("size", integer(bytes ? bytes : WeightImage::align));
  attrs.set("align", integer(segmentAlign));
  auto segment = create<plan::SegmentOp>(attrs, 1);
  fill(segment.getContents(), [&] {
    for (const WeightImage::Entry &entry : records.weights.getEntries()) {
      NamedAttrList blob;
      blob.set("offset", integer(entry.offset));
      blob.set("size", integer(entry.bytes));
      blob.set("value", entry.value);
      if (entry.packing)
        blob.set("packing", entry.packing);
      create<plan::BlobOp>(blob);
    }
  });
}

void Creator::createKernel(KernelOp kernel) {
  NamedAttrList attrs;
  attrs.set("name", kernel.getNameAttr());
  attrs.set("function", builder.getStringAttr(kernel.getSymName()));
  attrs.set("access", list(llvm::to_vector_of<int64_t>(kernel.getAccess())));
  setOptional(attrs, "num_dims", kernel.getNumDims(), 0);
  setOptional(attrs, "scratch", kernel.getScratch(), 0);
  auto op = create<plan::KernelOp>(attrs, 1);
  fill(op.getCodes(), [] {});
}

void Creator::createTensor(const TensorRecord &tensor) {
  NamedAttrList attrs;
  attrs.set("name", builder.getStringAttr(tensor.name));
  attrs.set("dtype", symbol<plan::DTypeAttr>(tensor.dtype));
  attrs.set("shape", list(program.resolve(tensor.shape)));
  setOptional(attrs, "align", tensor.align, 1);
  create<plan::TensorDescOp>(attrs);
}

void Creator::createFunction(StringRef name) {
  NamedAttrList attrs;
  attrs.set("name", builder.getStringAttr(name));
  attrs.set("constants", list(program.getConstants()));
  auto op = create<plan::FunctionOp>(attrs, 5);
  fill(op.getInputs(), [&] { llvm::for_each(records.inputs, [&](auto &tensor) { createTensor(tensor); }); });
  fill(op.getOutputs(), [&] { llvm::for_each(records.outputs, [&](auto &tensor) { createTensor(tensor); }); });
  fill(op.getSymbols(), [&] {
    for (SymbolOp symbolOp : records.symbols) {
      bool isCaller = symbolOp.getKind() == SymbolKind::Caller;
      NamedAttrList row;
      row.set("name", builder.getStringAttr(symbolOp.getSymName()));
      row.set("kind", symbol<plan::SymbolKindAttr>(isCaller ? plan::SymbolKind::Caller : plan::SymbolKind::Data));
      row.set("min", integer(symbolOp.getMin()));
      row.set("max", integer(symbolOp.getMax()));
      setOptional(row, "multiple_of", symbolOp.getMultipleOf(), 1);
      create<plan::SymbolOp>(row);
    }
  });
  fill(op.getOps(), [&] {
    for (const ShapeProgram::Instruction &instruction : program.getInstructions()) {
      NamedAttrList row;
      row.set("op", symbol<plan::ShapeOpKindAttr>(instruction.op));
      row.set("a", integer(program.resolve(instruction.a)));
      row.set("b", integer(program.resolve(instruction.b)));
      create<plan::ShapeOpOp>(row);
    }
  });
  fill(op.getVariants(), [&] {
    NamedAttrList row;
    row.set("name", builder.getStringAttr("default"));
    auto variant = create<plan::VariantOp>(row, 1);
    fill(variant.getEntries(), [&] { createEntry(); });
  });
}

void Creator::createEntry() {
  NamedAttrList attrs;
  attrs.set("bounds", list(llvm::map_to_vector(records.symbols, [](SymbolOp op) { return int64_t(op.getMax()); })));
  attrs.set("arenas", list({records.arenaBytes}));
  if (records.open)
    attrs.set("open", builder.getBoolAttr(true));
  auto entry = create<plan::EntryOp>(attrs, 5);
  fill(entry.getBuffers(), [&] { llvm::for_each(records.buffers, [&](auto &buffer) { createBuffer(buffer); }); });
  fill(entry.getMaps(), [] {});
  fill(entry.getPrograms(), [&] {
    NamedAttrList none;
    auto main = create<plan::ProgramOp>(none, 1);
    fill(main.getSteps(), [&] { llvm::for_each(records.steps, [&](auto &step) { createStep(step); }); });
  });
  fill(entry.getUnits(), [&] {
    for (const UnitRecord &unit : formUnits(records))
      createUnit(unit);
  });
  fill(entry.getCosts(), [] {});
}

void Creator::createBuffer(const BufferRecord &buffer) {
  NamedAttrList attrs;
  attrs.set("place", symbol<plan::PlaceAttr>(buffer.place));
  setOptional(attrs, "index", buffer.index, 0);
  setOptional(attrs, "parent", buffer.parent, plan::none);
  setOptional(attrs, "offset", buffer.offset, 0);
  setOptional(attrs, "size", buffer.size, 0);
  setOptional(attrs, "size_slot", program.resolve(buffer.sizeSlot), plan::none);
  attrs.set("dtype", symbol<plan::DTypeAttr>(buffer.dtype));
  setOptional(attrs, "shape", program.resolve(buffer.shape));
  // Views share their root's memory: only the root's lifetime counts.
  if (buffer.parent == plan::none && buffer.place == plan::Place::Arena) {
    setOptional(attrs, "first_use", std::max<int64_t>(buffer.firstUse, 0), 0);
    setOptional(attrs, "last_use", std::max<int64_t>(buffer.lastUse, 0), 0);
  }
  create<plan::BufferOp>(attrs);
}

void Creator::createStep(const StepRecord &step) {
  NamedAttrList attrs;
  attrs.set("kind", symbol<plan::StepKindAttr>(step.kind));
  setOptional(attrs, "kernel", step.kernel, plan::none);
  setOptional(attrs, "buffers", step.buffers);
  setOptional(attrs, "dims", program.resolve(step.dims));
  setOptional(attrs, "grid", program.resolve(step.grid));
  setOptional(attrs, "loc", step.loc, plan::none);
  setOptional(attrs, "flops", program.resolve(step.flops), plan::none);
  setOptional(attrs, "bytes", program.resolve(step.bytes), plan::none);
  setOptional(attrs, "grain", step.grain, 1);
  create<plan::StepOp>(attrs);
}

/// Its bytes of the arena are known when buffers have their place.
void Creator::createUnit(const UnitRecord &unit) {
  NamedAttrList attrs;
  attrs.set("first_step", integer(unit.firstStep));
  attrs.set("num_steps", integer(unit.numSteps));
  attrs.set("cost_us", builder.getDenseF32ArrayAttr({float(double(unit.costNs) * 1e-3)}));
  setOptional(attrs, "weight_bytes", unit.weightBytes, 0);
  setOptional(attrs, "live_after", unit.liveAfter);
  setOptional(attrs, "stage", unit.stage, 0);
  create<plan::UnitOp>(attrs);
}

} // namespace

plan::PlanOp createPlan(ModuleOp module, StringRef functionName, PlanRecords &records) {
  return Creator(module, records).create(functionName);
}

} // namespace dsc
