// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Plans by hand: the object API of the schema, segments, and a file with correct layout, digests and seal.
#ifndef DSC_TEST_UNIT_RUNTIME_PLANBUILDER_H
#define DSC_TEST_UNIT_RUNTIME_PLANBUILDER_H

#include "runtime/schema/PlanFile.h"
#include "runtime/schema/plan_generated.h"

#include <memory>
#include <string>
#include <vector>

namespace dsc::test {

using Bytes = std::vector<uint8_t>;

/// Tables of a plan and the bytes of its segments, `plan.segments` and `segments` being parallel.
struct PlanFile {
  schema::PlanT plan;
  std::vector<Bytes> segments;

  /// Sets offsets, sizes and digests from the bytes.
  void updateSegments();
  /// Serialises `plan` as it is: header, metadata, seal, padding, segments.
  Bytes write() const;
};

/// Header, seal and segments around any metadata.
Bytes assemble(const uint8_t *metadata, size_t metaBytes, const std::vector<Bytes> &segments);

/// Builds a plan with one function of one variant and one entry.
class PlanBuilder {
public:
  PlanBuilder();

  uint32_t symbol(const std::string &name, int64_t min, int64_t max,
                  schema::SymbolKind kind = schema::SymbolKind::Caller);
  /// Slot of a constant. All symbols come before the first constant, all constants before the first op.
  uint32_t constant(int64_t value);
  uint32_t op(schema::ShapeOpKind kind, uint32_t a, uint32_t b);
  uint32_t input(const std::string &name, schema::DType type, std::vector<uint32_t> shape);
  uint32_t output(const std::string &name, schema::DType type, std::vector<uint32_t> shape);
  schema::BufferT &buffer(schema::Place place, uint32_t index, uint64_t offset, uint64_t size,
                          schema::DType type = schema::DType::F32);
  uint32_t lastBuffer() const { return uint32_t(entry().buffers.size() - 1); }
  /// A view of `parent`.
  schema::BufferT &view(uint32_t parent, uint64_t offset, uint64_t size, schema::DType type = schema::DType::F32);
  /// A kernel of Kernels.h for both levels (the same v3 code).
  uint32_t kernel(const std::string &name, std::vector<uint8_t> access, uint16_t numDims = 0, uint32_t scratch = 0);
  schema::StepT &launch(uint32_t kernel, std::vector<uint32_t> buffers, uint32_t tiles, std::vector<uint32_t> dims = {});
  schema::StepT &step(schema::StepKind kind, std::vector<uint32_t> buffers, std::vector<uint32_t> dims = {});
  uint32_t weights(Bytes bytes);
  void arena(uint64_t bytes) { entry().arenas[0] = bytes; }

  schema::FunctionT &function() { return *file.plan.functions[0]; }
  schema::EntryT &entry() { return *file.plan.functions[0]->variants[0]->entries[0]; }
  const schema::EntryT &entry() const { return *file.plan.functions[0]->variants[0]->entries[0]; }

  /// One unit over all steps, or one for each, bounds from the symbols, digests; then the file.
  PlanFile &finish(bool unitPerStep = false);
  Bytes bytes() { return finish().write(); }

  PlanFile file;

private:
  void addUnit(uint32_t first, uint32_t count);
};

/// z = x + y over `elements` floats: two inputs, an arena buffer t = x + y and a second step z = t + w, w being weights
/// of ones.
PlanBuilder addPlan(int64_t elements = 1000);

/// y = fibonacci(steps + 1) * x over `elements` floats: each step adds the results of the two before it, over three arena
/// buffers in turn. A unit for each step.
PlanFile chainPlan(uint32_t steps, int64_t elements = 64);

/// A chain of three units on [batch, 4] i32 with 1 <= batch <= 8: a copy, a check that fails on negative numbers, a copy.
PlanFile checkPlan();

/// `steps` units that take about 50,000 cycles for each of `tiles`; the last one writes the output, ones.
PlanFile slowPlan(uint32_t steps, int64_t tiles);

/// y = x + x over [batch, 4] floats, 1 <= batch <= `maxBatch` (INT64_MAX: an open entry), through an arena buffer.
PlanBuilder batchPlan(int64_t maxBatch);

} // namespace dsc::test
#endif
