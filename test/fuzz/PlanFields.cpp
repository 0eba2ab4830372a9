// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Walks the object API of the schema, table by table.
#include "PlanFields.h"

namespace dsc::test {

using namespace schema;

namespace {

class Collector {
public:
  explicit Collector(PlanFields &out) : out(out) {}

  void visit(PlanT &plan) {
    if (plan.min_runtime)
      add(*plan.min_runtime);
    add(plan.producer, plan.requirements, plan.devices, plan.segments, plan.kernels, plan.functions, plan.metadata);
    for (std::string &text : plan.locations)
      add(text);
  }

private:
  template <class... Values>
  void add(Values &...values) {
    (addOne(values), ...);
  }

  template <class T>
  std::enable_if_t<std::is_arithmetic_v<T> || std::is_enum_v<T>> addOne(T &value) {
    out.fields.push_back({&value, sizeof value});
  }
  void addOne(std::string &text) { out.texts.push_back(&text); }
  void addOne(Version &version) { out.fields.push_back({&version, sizeof version}); }
  void addOne(ShapeOp &op) {
    uint8_t *bytes = reinterpret_cast<uint8_t *>(&op);
    out.fields.push_back({bytes, 1});
    out.fields.push_back({bytes + 4, 4});
    out.fields.push_back({bytes + 8, 4});
  }

  template <class T>
  void addOne(std::vector<T> &items) {
    addList(items, [&items](size_t i) { items.push_back(T(items[i])); });
    for (T &item : items)
      addOne(item);
  }
  template <class T>
  void addOne(std::vector<std::unique_ptr<T>> &items) {
    addList(items, [](size_t) {});
    for (auto &item : items)
      if (item)
        table(*item);
  }
  template <class Items>
  void addList(Items &items, std::function<void(size_t)> repeat) {
    out.lists.push_back({[&items] { return items.size(); },
                         [&items](size_t i) { items.erase(items.begin() + long(i)); }, std::move(repeat),
                         [&items](size_t a, size_t b) { std::swap(items[a], items[b]); }});
  }

  void table(KeyValueT &t) { add(t.key, t.value); }
  void table(SegmentT &t) { add(t.kind, t.offset, t.size, t.align, t.digest, t.isa, t.sm, t.crc32c); }
  void table(DeviceSlotT &t) { add(t.kind, t.mem_bytes); }
  void table(SymbolT &t) { add(t.name, t.kind, t.min, t.max, t.multiple_of); }
  void table(TensorDescT &t) { add(t.name, t.dtype, t.shape, t.batch_dim, t.align); }
  void table(KernelCodeT &t) { add(t.segment, t.entry, t.symbol, t.block, t.cluster, t.shared_mem); }
  void table(KernelT &t) { add(t.name, t.abi, t.access, t.num_dims, t.num_maps, t.codes, t.scratch); }
  void table(BufferT &t) {
    add(t.place, t.device_slot, t.index, t.offset, t.size, t.size_slot, t.parent, t.dtype, t.shape, t.first_use,
        t.last_use, t.offset_slot);
  }
  void table(TensorMapT &t) { add(t.buffer, t.dtype, t.dims, t.strides, t.box, t.element_strides, t.swizzle); }
  void table(StepT &t) {
    add(t.kind, t.device_slot, t.queue, t.kernel, t.buffers, t.dims, t.grid, t.maps, t.deps, t.programs, t.loc, t.flops,
        t.bytes, t.grain);
  }
  void table(ProgramT &t) { add(t.steps); }
  void table(UnitT &t) {
    add(t.first_step, t.num_steps, t.cost_us, t.weight_bytes, t.arena_bytes, t.live_after, t.stage);
  }
  void table(CostPointT &t) { add(t.bounds, t.predicted_us); }
  void table(EntryT &t) { add(t.bounds, t.arenas, t.buffers, t.maps, t.programs, t.units, t.costs); }
  void table(VariantT &t) { add(t.name, t.quality, t.metric, t.entries); }
  void table(FunctionT &t) { add(t.name, t.inputs, t.outputs, t.symbols, t.constants, t.ops, t.variants); }

  PlanFields &out;
};

} // namespace

PlanFields listFields(PlanT &plan) {
  PlanFields fields;
  Collector(fields).visit(plan);
  return fields;
}

} // namespace dsc::test
