// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// JSON for programs, and for the page that dsc-inspect makes.

#include "tools/dsc-inspect/Print.h"

#include "llvm/Support/JSON.h"

namespace dsc::inspect {
namespace {

using llvm::json::OStream;

void print(OStream &json, llvm::StringRef key, llvm::ArrayRef<std::string> texts) {
  json.attributeArray(key, [&] {
    for (const std::string &text : texts)
      json.value(text);
  });
}

void print(OStream &json, llvm::StringRef key, llvm::ArrayRef<int64_t> values) {
  json.attributeArray(key, [&] {
    for (int64_t value : values)
      json.value(value);
  });
}

void print(OStream &json, llvm::StringRef key, std::optional<int64_t> value) {
  json.attribute(key, value ? llvm::json::Value(*value) : llvm::json::Value(nullptr));
}

/// The number, null if it is not known; the formula beside it where there is one.
void print(OStream &json, llvm::StringRef key, const Amount &amount) {
  print(json, key, amount.value);
  if (!amount.text.empty() && !(amount.value && amount.text == std::to_string(*amount.value)))
    json.attribute((key + "_formula").str(), amount.text);
}

/// The array `key` with one object per item, filled by `body`.
template <class Items, class Body> void printList(OStream &json, llvm::StringRef key, const Items &items, Body body) {
  json.attributeArray(key, [&] {
    for (const auto &item : items)
      json.object([&] { body(item); });
  });
}

void printTensors(OStream &json, llvm::StringRef key, llvm::ArrayRef<TensorView> tensors) {
  printList(json, key, tensors, [&](const TensorView &tensor) {
    json.attribute("name", tensor.name);
    json.attribute("dtype", tensor.dtype);
    print(json, "shape", tensor.shape);
  });
}

void printBuffer(OStream &json, const BufferView &buffer) {
  json.attribute("place", buffer.place);
  json.attribute("dtype", buffer.dtype);
  print(json, "shape", buffer.shape);
  print(json, "size", buffer.size);
  json.attribute("root", buffer.root);
  if (buffer.hasOffset)
    json.attribute("offset", buffer.offset);
  if (buffer.parent != plan::none)
    return;
  json.attribute("index", buffer.index);
  json.attribute("device", buffer.deviceSlot);
  json.attribute("first_use", buffer.firstUse);
  json.attribute("last_use", buffer.lastUse);
}

void printStep(OStream &json, const StepView &step) {
  json.attribute("kind", step.kind);
  json.attribute("name", step.name);
  json.attribute("unit", step.unit);
  json.attribute("device", step.deviceSlot);
  if (step.kernel != plan::none)
    json.attribute("kernel", step.kernel);
  if (!step.flops.text.empty())
    print(json, "flops", step.flops);
  if (!step.bytes.text.empty())
    print(json, "bytes", step.bytes);
  json.attribute("weight_bytes", step.weightBytes);
  print(json, "grid", step.grid);
  print(json, "dims", step.dims);
  json.attribute("grain", step.grain);
  json.attribute("queue", step.queue);
  print(json, "deps", step.deps);
  printList(json, "arguments", step.arguments, [&](const Argument &argument) {
    json.attribute("buffer", argument.buffer);
    json.attribute("access", argument.access == 1 ? "read" : argument.access == 2 ? "write" : "both");
  });
  if (step.measuredUs)
    json.attribute("measured_us", *step.measuredUs);
}

void printUnit(OStream &json, const UnitView &unit) {
  json.attribute("first_step", unit.firstStep);
  json.attribute("num_steps", unit.numSteps);
  json.attribute("stage", unit.stage);
  if (unit.costUs > 0)
    json.attribute("predicted_us", unit.costUs);
  json.attribute("is_measured", unit.isMeasured);
  json.attribute("weight_bytes", unit.weightBytes);
  json.attribute("arena_bytes", unit.arenaBytes);
  json.attribute("sent_bytes", unit.liveBytes);
}

void printGraph(OStream &json, const EntryView &entry) {
  print(json, "layers", entry.layout.layer);
  auto printPlaces = [&](llvm::ArrayRef<double> places) {
    for (double x : places)
      json.value(double(int64_t(x * 1000 + 0.5)) / 1000);
  };
  json.attributeArray("x", [&] { printPlaces(entry.layout.x); });
  json.attributeArray("lanes", [&] {
    for (const auto &lane : entry.layout.lanes)
      json.array([&] { printPlaces(lane); });
  });
  json.attributeArray("edges", [&] {
    for (const Edge &edge : entry.edges)
      json.array([&] {
        for (int64_t value : {edge.from, edge.to, edge.buffer})
          json.value(value);
      });
  });
}

void printEntry(OStream &json, const EntryView &entry) {
  json.attributeObject("bounds", [&] {
    for (const auto &[name, bound] : entry.bounds)
      print(json, name, bound);
  });
  json.attribute("is_open", entry.isOpen);
  print(json, "arenas", entry.arenas);
  printList(json, "buffers", entry.buffers, [&](const BufferView &buffer) { printBuffer(json, buffer); });
  printList(json, "steps", entry.steps, [&](const StepView &step) { printStep(json, step); });
  printList(json, "units", entry.units, [&](const UnitView &unit) { printUnit(json, unit); });
  json.attributeObject("graph", [&] { printGraph(json, entry); });
}

void printFunction(OStream &json, const FunctionView &function) {
  json.attribute("name", function.name);
  json.attribute("rows_independent", function.rowsIndependent);
  printTensors(json, "inputs", function.inputs);
  printTensors(json, "outputs", function.outputs);
  printList(json, "symbols", function.symbols, [&](const SymbolView &symbol) {
    json.attribute("name", symbol.name);
    json.attribute("kind", symbol.kind);
    json.attribute("min", symbol.min);
    print(json, "max", symbol.max);
    json.attribute("multiple_of", symbol.multipleOf);
  });
  printList(json, "variants", function.variants, [&](const VariantView &variant) {
    json.attribute("name", variant.name);
    if (variant.quality >= 0) {
      json.attribute("quality", variant.quality);
      json.attribute("metric", variant.metric);
    }
    printList(json, "entries", variant.entries, [&](const EntryView &entry) { printEntry(json, entry); });
  });
}

void printPlan(OStream &json, const PlanView &plan) {
  json.attribute("file", plan.file);
  json.attribute("digest", plan.frame.digest);
  json.attribute("format", std::to_string(plan.frame.formatMajor) + "." + std::to_string(plan.frame.formatMinor));
  json.attribute("min_runtime", plan.minRuntime);
  json.attribute("producer", plan.producer);
  json.attribute("file_bytes", int64_t(plan.frame.fileBytes));
  json.attribute("metadata_bytes", int64_t(plan.frame.metadataBytes));
  print(json, "devices", plan.devices);
  printList(json, "metadata", plan.metadata, [&](const auto &pair) {
    json.attribute("key", pair.first);
    json.attribute("value", pair.second);
  });
  printList(json, "segments", plan.segments, [&](const SegmentView &segment) {
    json.attribute("kind", segment.kind);
    json.attribute("level", segment.level);
    json.attribute("offset", segment.offset);
    json.attribute("size", segment.size);
    json.attribute("align", segment.align);
  });
  printList(json, "kernels", plan.kernels, [&](const KernelView &kernel) {
    json.attribute("name", kernel.name);
    json.attribute("target", kernel.target);
    json.attribute("family", kernel.family);
    print(json, "levels", kernel.levels);
    json.attribute("abi", kernel.abi);
    json.attribute("scratch", kernel.scratch);
    json.attribute("uses", kernel.uses);
  });
  printList(json, "functions", plan.functions, [&](const FunctionView &function) { printFunction(json, function); });
}

} // namespace

void printJson(const PlanView &plan, llvm::raw_ostream &os, unsigned indent) {
  OStream json(os, indent);
  json.object([&] { printPlan(json, plan); });
  os << '\n';
}

} // namespace dsc::inspect
