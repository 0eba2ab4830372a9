// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From plan ops to the schema's tables: one function per table, one assignment per field.

#include "compiler/emit/PlanTables.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace dsc {
namespace {

template <class To> std::vector<To> toVector(ArrayRef<int64_t> values) {
  return std::vector<To>(values.begin(), values.end()); // -1 becomes 0xFFFFFFFF: none
}

/// A struct, so that every function sees all others.
struct TableMaker {
  /// One table per op of kind `Op` in `region`, in order.
  template <class Op, class Table> static void toRows(Region &region, std::vector<std::unique_ptr<Table>> &rows) {
    for (auto op : region.getOps<Op>()) {
      rows.push_back(std::make_unique<Table>());
      toTable(op, *rows.back());
    }
  }

  static std::string toString(std::optional<StringRef> text) { return text ? text->str() : std::string(); }

  static void toTable(plan::KeyValueOp op, schema::KeyValueT &table) {
    table.key = op.getKey().str();
    table.value = op.getValue().str();
  }

  static void toTable(plan::DeviceSlotOp op, schema::DeviceSlotT &table) {
    table.kind = schema::DeviceKind(op.getKind());
    table.mem_bytes = op.getMemBytes();
  }

  static void toTable(plan::SegmentOp op, schema::SegmentT &table) {
    table.kind = schema::SegmentKind(op.getKind());
    table.size = op.getSize();
    table.align = op.getAlign();
    table.isa = schema::CpuIsa(op.getIsa());
    table.sm = op.getSm();
    table.sm_a = op.getSmA();
  }

  static void toTable(plan::KernelCodeOp op, schema::KernelCodeT &table) {
    table.segment = op.getSegment();
    table.entry = op.getEntry();
    table.symbol = toString(op.getSymbol());
    table.block = toVector<uint32_t>(op.getBlock());
    table.cluster = toVector<uint32_t>(op.getCluster());
    table.shared_mem = op.getSharedMem();
  }

  static void toTable(plan::KernelOp op, schema::KernelT &table) {
    table.name = op.getName().str();
    table.abi = op.getAbi();
    table.access = toVector<uint8_t>(op.getAccess());
    table.num_dims = op.getNumDims();
    table.num_maps = op.getNumMaps();
    table.scratch = op.getScratch();
    toRows<plan::KernelCodeOp>(op.getCodes(), table.codes);
  }

  static void toTable(plan::TensorDescOp op, schema::TensorDescT &table) {
    table.name = op.getName().str();
    table.dtype = schema::DType(op.getDtype());
    table.shape = toVector<uint32_t>(op.getShape());
    table.batch_dim = op.getBatchDim();
    table.align = op.getAlign();
  }

  static void toTable(plan::SymbolOp op, schema::SymbolT &table) {
    table.name = op.getName().str();
    table.kind = schema::SymbolKind(op.getKind());
    table.min = op.getMin();
    table.max = op.getMax();
    table.multiple_of = op.getMultipleOf();
  }

  static void toTable(plan::BufferOp op, schema::BufferT &table) {
    table.place = schema::Place(op.getPlace());
    table.device_slot = op.getDeviceSlot();
    table.index = op.getIndex();
    table.offset = op.getOffset();
    table.size = op.getSize();
    table.size_slot = op.getSizeSlot();
    table.parent = op.getParent();
    table.dtype = schema::DType(op.getDtype());
    table.shape = toVector<uint32_t>(op.getShape());
    table.first_use = op.getFirstUse();
    table.last_use = op.getLastUse();
    table.offset_slot = op.getOffsetSlot();
  }

  static void toTable(plan::TensorMapOp op, schema::TensorMapT &table) {
    table.buffer = op.getBuffer();
    table.dtype = schema::DType(op.getDtype());
    table.dims = toVector<uint32_t>(op.getDims());
    table.strides = toVector<uint32_t>(op.getStrides());
    table.box = toVector<uint32_t>(op.getBox());
    table.element_strides = toVector<uint32_t>(op.getElementStrides());
    table.swizzle = op.getSwizzle();
    table.l2_promotion = op.getL2Promotion();
    table.oob_fill = op.getOobFill();
    table.interleave = op.getInterleave();
  }

  static void toTable(plan::StepOp op, schema::StepT &table) {
    table.kind = schema::StepKind(op.getKind());
    table.device_slot = op.getDeviceSlot();
    table.queue = op.getQueue();
    table.kernel = op.getKernel();
    table.buffers = toVector<uint32_t>(op.getBuffers());
    table.dims = toVector<uint32_t>(op.getDims());
    table.grid = toVector<uint32_t>(op.getGrid());
    table.maps = toVector<uint32_t>(op.getMaps());
    table.deps = toVector<uint32_t>(op.getDeps());
    table.programs = toVector<uint32_t>(op.getPrograms());
    table.loc = op.getLoc();
    table.flops = op.getFlops();
    table.bytes = op.getBytes();
    table.grain = op.getGrain();
  }

  static void toTable(plan::ProgramOp op, schema::ProgramT &table) { toRows<plan::StepOp>(op.getSteps(), table.steps); }

  static void toTable(plan::UnitOp op, schema::UnitT &table) {
    table.first_step = op.getFirstStep();
    table.num_steps = op.getNumSteps();
    table.cost_us.assign(op.getCostUs().begin(), op.getCostUs().end());
    table.measured = op.getMeasured();
    table.weight_bytes = op.getWeightBytes();
    table.arena_bytes = op.getArenaBytes();
    table.live_after = toVector<uint32_t>(op.getLiveAfter());
    table.stage = op.getStage();
  }

  static void toTable(plan::CostPointOp op, schema::CostPointT &table) {
    table.bounds = toVector<int64_t>(op.getBounds());
    table.predicted_us = op.getPredictedUs().convertToFloat();
  }

  static void toTable(plan::EntryOp op, schema::EntryT &table) {
    table.bounds = toVector<int64_t>(op.getBounds());
    table.arenas = toVector<uint64_t>(op.getArenas());
    toRows<plan::BufferOp>(op.getBuffers(), table.buffers);
    toRows<plan::TensorMapOp>(op.getMaps(), table.maps);
    toRows<plan::ProgramOp>(op.getPrograms(), table.programs);
    toRows<plan::UnitOp>(op.getUnits(), table.units);
    toRows<plan::CostPointOp>(op.getCosts(), table.costs);
    table.open = op.getOpen();
  }

  static void toTable(plan::VariantOp op, schema::VariantT &table) {
    table.name = op.getName().str();
    table.quality = op.getQuality().convertToFloat();
    table.metric = toString(op.getMetric());
    toRows<plan::EntryOp>(op.getEntries(), table.entries);
  }

  static void toTable(plan::FunctionOp op, schema::FunctionT &table) {
    table.name = op.getName().str();
    toRows<plan::TensorDescOp>(op.getInputs(), table.inputs);
    toRows<plan::TensorDescOp>(op.getOutputs(), table.outputs);
    toRows<plan::SymbolOp>(op.getSymbols(), table.symbols);
    table.constants = toVector<int64_t>(op.getConstants());
    for (auto row : op.getOps().getOps<plan::ShapeOpOp>())
      table.ops.emplace_back(schema::ShapeOpKind(row.getOp()), row.getA(), row.getB());
    toRows<plan::VariantOp>(op.getVariants(), table.variants);
    table.rows_independent = op.getRowsIndependent();
  }
};

} // namespace

schema::PlanT toTables(plan::PlanOp op) {
  schema::PlanT table;
  ArrayRef<int64_t> version = op.getMinRuntime();
  table.min_runtime = std::make_unique<schema::Version>(version[0], version[1], version[2]);
  table.producer = op.getProducer().str();
  table.requirements = op.getRequirements();
  TableMaker::toRows<plan::DeviceSlotOp>(op.getDevices(), table.devices);
  TableMaker::toRows<plan::SegmentOp>(op.getSegments(), table.segments);
  TableMaker::toRows<plan::KernelOp>(op.getKernels(), table.kernels);
  TableMaker::toRows<plan::FunctionOp>(op.getFunctions(), table.functions);
  for (auto location : op.getLocations().getAsValueRange<StringAttr>())
    table.locations.push_back(location.str());
  TableMaker::toRows<plan::KeyValueOp>(op.getMetadata(), table.metadata);
  return table;
}

} // namespace dsc
