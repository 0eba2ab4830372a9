// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From verified tables of the schema to plan ops: one function per table, one attribute per field that is not its default.

#include "compiler/emit/PlanTables.h"

#include "mlir/IR/Builders.h"

using namespace mlir;

namespace dsc {
namespace {

/// 0xFFFFFFFF is none.
int64_t toPosition(uint32_t index) { return index == 0xFFFFFFFFu ? plan::none : int64_t(index); }

/// Collects the attributes of one op.
class Row {
public:
  explicit Row(OpBuilder &builder) : builder(builder) {}

  Row &text(StringRef name, const std::string &value) {
    attrs.set(name, builder.getStringAttr(value));
    return *this;
  }
  /// Left out when empty.
  Row &optionalText(StringRef name, const std::string &value) { return value.empty() ? *this : text(name, value); }
  Row &integer(StringRef name, int64_t value) {
    attrs.set(name, builder.getI64IntegerAttr(value));
    return *this;
  }
  /// Left out when it is the schema's default.
  Row &integer(StringRef name, int64_t value, int64_t defaultValue) {
    return value == defaultValue ? *this : integer(name, value);
  }
  Row &position(StringRef name, uint32_t value) { return integer(name, toPosition(value), plan::none); }
  Row &flag(StringRef name, bool value) {
    if (value)
      attrs.set(name, builder.getBoolAttr(true));
    return *this;
  }
  Row &real(StringRef name, float value) {
    attrs.set(name, builder.getF32FloatAttr(value));
    return *this;
  }
  template <class T> Row &list(StringRef name, const std::vector<T> &values) {
    attrs.set(name, builder.getDenseI64ArrayAttr(SmallVector<int64_t>(values.begin(), values.end())));
    return *this;
  }
  /// Left out when empty.
  template <class T> Row &optionalList(StringRef name, const std::vector<T> &values) {
    return values.empty() ? *this : list(name, values);
  }
  template <class Attr, class Enum> Row &symbol(StringRef name, Enum value) {
    attrs.set(name, Attr::get(builder.getContext(), static_cast<decltype(Attr().getValue())>(value)));
    return *this;
  }
  Row &attribute(StringRef name, Attribute value) {
    attrs.set(name, value);
    return *this;
  }

  NamedAttrList attrs;

private:
  OpBuilder &builder;
};

class Maker {
public:
  Maker(OpBuilder &builder, Location loc) : builder(builder), loc(loc) {}

  template <class Op> Op make(const Row &row, unsigned regions = 0) {
    OperationState state(loc, Op::getOperationName());
    state.addAttributes(row.attrs);
    for (unsigned i = 0; i < regions; ++i)
      state.addRegion();
    return cast<Op>(builder.create(state));
  }
  /// Makes the region's block and one op per table.
  template <class Table> void fill(Region &region, const std::vector<std::unique_ptr<Table>> &tables) {
    OpBuilder::InsertionGuard guard(builder);
    builder.createBlock(&region);
    for (const auto &table : tables)
      fromTable(*table);
  }

  void fromTable(const schema::KeyValueT &table);
  void fromTable(const schema::DeviceSlotT &table);
  void fromTable(const schema::SegmentT &table);
  void fromTable(const schema::KernelCodeT &table);
  void fromTable(const schema::KernelT &table);
  void fromTable(const schema::TensorDescT &table);
  void fromTable(const schema::SymbolT &table);
  void fromTable(const schema::BufferT &table);
  void fromTable(const schema::TensorMapT &table);
  void fromTable(const schema::StepT &table);
  void fromTable(const schema::ProgramT &table);
  void fromTable(const schema::UnitT &table);
  void fromTable(const schema::CostPointT &table);
  void fromTable(const schema::EntryT &table);
  void fromTable(const schema::VariantT &table);
  void fromTable(const schema::FunctionT &table);
  void fromTable(const schema::ShapeOp &row);

  OpBuilder &builder;
  Location loc;
};

void Maker::fromTable(const schema::KeyValueT &table) {
  make<plan::KeyValueOp>(Row(builder).text("key", table.key).text("value", table.value));
}

void Maker::fromTable(const schema::DeviceSlotT &table) {
  make<plan::DeviceSlotOp>(
      Row(builder).symbol<plan::DeviceKindAttr>("kind", table.kind).integer("mem_bytes", table.mem_bytes, 0));
}

void Maker::fromTable(const schema::SegmentT &table) {
  Row row(builder);
  row.symbol<plan::SegmentKindAttr>("kind", table.kind).integer("size", table.size, 0).integer("align", table.align, 4096);
  if (table.isa != schema::CpuIsa::None)
    row.symbol<plan::CpuIsaAttr>("isa", table.isa);
  row.integer("sm", table.sm, 0).flag("sm_a", table.sm_a);
  auto op = make<plan::SegmentOp>(row, 1);
  OpBuilder::InsertionGuard guard(builder);
  builder.createBlock(&op.getContents());
}

void Maker::fromTable(const schema::KernelCodeT &table) {
  make<plan::KernelCodeOp>(Row(builder)
                               .integer("segment", table.segment)
                               .integer("entry", table.entry, 0)
                               .optionalText("symbol", table.symbol)
                               .optionalList("block", table.block)
                               .optionalList("cluster", table.cluster)
                               .integer("shared_mem", table.shared_mem, 0));
}

void Maker::fromTable(const schema::KernelT &table) {
  auto op = make<plan::KernelOp>(Row(builder)
                                     .text("name", table.name)
                                     .integer("abi", table.abi, 1)
                                     .list("access", table.access)
                                     .integer("num_dims", table.num_dims, 0)
                                     .integer("num_maps", table.num_maps, 0)
                                     .integer("scratch", table.scratch, 0),
                                 1);
  fill(op.getCodes(), table.codes);
}

void Maker::fromTable(const schema::TensorDescT &table) {
  make<plan::TensorDescOp>(Row(builder)
                               .text("name", table.name)
                               .symbol<plan::DTypeAttr>("dtype", table.dtype)
                               .list("shape", table.shape)
                               .integer("batch_dim", table.batch_dim, -1)
                               .integer("align", table.align, 1));
}

void Maker::fromTable(const schema::SymbolT &table) {
  make<plan::SymbolOp>(Row(builder)
                           .text("name", table.name)
                           .symbol<plan::SymbolKindAttr>("kind", table.kind)
                           .integer("min", table.min)
                           .integer("max", table.max)
                           .integer("multiple_of", table.multiple_of, 1));
}

void Maker::fromTable(const schema::ShapeOp &row) {
  make<plan::ShapeOpOp>(
      Row(builder).symbol<plan::ShapeOpKindAttr>("op", row.op()).integer("a", row.a()).integer("b", row.b()));
}

void Maker::fromTable(const schema::BufferT &table) {
  make<plan::BufferOp>(Row(builder)
                           .symbol<plan::PlaceAttr>("place", table.place)
                           .integer("device_slot", table.device_slot, 0)
                           .integer("index", table.index, 0)
                           .integer("offset", table.offset, 0)
                           .integer("size", table.size, 0)
                           .position("size_slot", table.size_slot)
                           .position("parent", table.parent)
                           .symbol<plan::DTypeAttr>("dtype", table.dtype)
                           .optionalList("shape", table.shape)
                           .integer("first_use", table.first_use, 0)
                           .integer("last_use", table.last_use, 0)
                           .position("offset_slot", table.offset_slot));
}

void Maker::fromTable(const schema::TensorMapT &table) {
  make<plan::TensorMapOp>(Row(builder)
                              .integer("buffer", table.buffer)
                              .symbol<plan::DTypeAttr>("dtype", table.dtype)
                              .list("dims", table.dims)
                              .list("strides", table.strides)
                              .list("box", table.box)
                              .list("element_strides", table.element_strides)
                              .integer("swizzle", table.swizzle, 0)
                              .integer("l2_promotion", table.l2_promotion, 0)
                              .integer("oob_fill", table.oob_fill, 0)
                              .integer("interleave", table.interleave, 0));
}

void Maker::fromTable(const schema::StepT &table) {
  make<plan::StepOp>(Row(builder)
                         .symbol<plan::StepKindAttr>("kind", table.kind)
                         .integer("device_slot", table.device_slot, 0)
                         .integer("queue", table.queue, 0)
                         .position("kernel", table.kernel)
                         .optionalList("buffers", table.buffers)
                         .optionalList("dims", table.dims)
                         .optionalList("grid", table.grid)
                         .optionalList("maps", table.maps)
                         .optionalList("deps", table.deps)
                         .optionalList("programs", table.programs)
                         .position("loc", table.loc)
                         .position("flops", table.flops)
                         .position("bytes", table.bytes)
                         .integer("grain", table.grain, 1));
}

void Maker::fromTable(const schema::ProgramT &table) {
  Row row(builder);
  fill(make<plan::ProgramOp>(row, 1).getSteps(), table.steps);
}

void Maker::fromTable(const schema::UnitT &table) {
  make<plan::UnitOp>(Row(builder)
                         .integer("first_step", table.first_step)
                         .integer("num_steps", table.num_steps)
                         .attribute("cost_us", builder.getDenseF32ArrayAttr(table.cost_us))
                         .flag("measured", table.measured)
                         .integer("weight_bytes", table.weight_bytes, 0)
                         .integer("arena_bytes", table.arena_bytes, 0)
                         .optionalList("live_after", table.live_after)
                         .integer("stage", table.stage, 0));
}

void Maker::fromTable(const schema::CostPointT &table) {
  make<plan::CostPointOp>(Row(builder).list("bounds", table.bounds).real("predicted_us", table.predicted_us));
}

void Maker::fromTable(const schema::EntryT &table) {
  auto op = make<plan::EntryOp>(
      Row(builder).list("bounds", table.bounds).list("arenas", table.arenas).flag("open", table.open), 5);
  fill(op.getBuffers(), table.buffers);
  fill(op.getMaps(), table.maps);
  fill(op.getPrograms(), table.programs);
  fill(op.getUnits(), table.units);
  fill(op.getCosts(), table.costs);
}

void Maker::fromTable(const schema::VariantT &table) {
  Row row(builder);
  row.text("name", table.name).optionalText("metric", table.metric);
  if (table.quality != -1.0f)
    row.real("quality", table.quality);
  fill(make<plan::VariantOp>(row, 1).getEntries(), table.entries);
}

void Maker::fromTable(const schema::FunctionT &table) {
  auto op = make<plan::FunctionOp>(Row(builder)
                                       .text("name", table.name)
                                       .list("constants", table.constants)
                                       .flag("rows_independent", table.rows_independent),
                                   5);
  fill(op.getInputs(), table.inputs);
  fill(op.getOutputs(), table.outputs);
  fill(op.getSymbols(), table.symbols);
  {
    OpBuilder::InsertionGuard guard(builder);
    builder.createBlock(&op.getOps());
    for (const schema::ShapeOp &row : table.ops)
      fromTable(row);
  }
  fill(op.getVariants(), table.variants);
}

} // namespace

plan::PlanOp fromTables(const schema::PlanT &table, OpBuilder &builder, Location loc) {
  Maker maker(builder, loc);
  Row row(builder);
  row.list("min_runtime", std::vector<int64_t>{table.min_runtime->major(), table.min_runtime->minor(),
                                               table.min_runtime->patch()});
  row.text("producer", table.producer).integer("requirements", table.requirements, 0);
  SmallVector<StringRef> locations(table.locations.begin(), table.locations.end());
  if (!locations.empty())
    row.attribute("locations", builder.getStrArrayAttr(locations));
  auto op = maker.make<plan::PlanOp>(row, 5);
  maker.fill(op.getDevices(), table.devices);
  maker.fill(op.getSegments(), table.segments);
  maker.fill(op.getKernels(), table.kernels);
  maker.fill(op.getFunctions(), table.functions);
  maker.fill(op.getMetadata(), table.metadata);
  return op;
}

} // namespace dsc
