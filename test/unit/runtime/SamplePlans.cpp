// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The plans that tests start from.
#include "PlanBuilder.h"

namespace dsc::test {

using namespace schema;

PlanFile chainPlan(uint32_t steps, int64_t elements) {
  PlanBuilder b;
  uint32_t n = b.constant(elements);
  b.input("x", DType::F32, {n});
  b.output("y", DType::F32, {n});
  uint64_t bytes = 4 * uint64_t(elements), stride = alignUp(bytes, bufferAlign);
  b.buffer(Place::Input, 0, 0, bytes).shape = {n};
  for (uint32_t s = 0; s + 1 < steps; ++s)
    b.buffer(Place::Arena, 0, s % 3 * stride, bytes).shape = {n};
  b.buffer(Place::Output, 0, 0, bytes).shape = {n};
  b.arena(3 * stride);
  uint32_t add = b.kernel("add", {1, 1, 2});
  for (uint32_t s = 0; s < steps; ++s)
    b.launch(add, {s, s > 0 ? s - 1 : 0, s + 1}, n);
  b.finish(true);
  return std::move(b.file);
}

PlanFile checkPlan() {
  PlanBuilder b;
  uint32_t batch = b.symbol("batch", 1, 8);
  uint32_t four = b.constant(4), sixteen = b.constant(16);
  uint32_t elements = b.op(ShapeOpKind::Mul, batch, four), bytes = b.op(ShapeOpKind::Mul, batch, sixteen);
  b.input("x", DType::I32, {batch, four});
  b.output("y", DType::I32, {batch, four});
  auto add = [&](Place place, uint64_t offset) {
    BufferT &buffer = b.buffer(place, 0, offset, 128, DType::I32);
    buffer.shape = {batch, four};
    buffer.size_slot = bytes;
  };
  add(Place::Input, 0);
  add(Place::Arena, 0);
  add(Place::Arena, 128);
  b.buffer(Place::Fault, 0, 0, 64, DType::U8);
  add(Place::Output, 0);
  b.arena(256);
  b.step(StepKind::Copy, {0, 1});
  b.launch(b.kernel("check", {1, 2, 3}), {1, 2, 3}, elements);
  b.step(StepKind::Copy, {2, 4});
  b.finish(true);
  return std::move(b.file);
}

PlanFile slowPlan(uint32_t steps, int64_t tiles) {
  PlanBuilder b;
  uint32_t n = b.constant(tiles);
  b.output("y", DType::U32, {n});
  uint64_t bytes = 4 * uint64_t(tiles);
  for (uint32_t s = 0; s < steps; ++s)
    b.buffer(s + 1 < steps ? Place::Arena : Place::Output, 0, 0, bytes, DType::U32).shape = {n};
  b.arena(alignUp(bytes, bufferAlign));
  uint32_t spin = b.kernel("spin", {2});
  for (uint32_t s = 0; s < steps; ++s)
    b.launch(spin, {s}, n);
  b.finish(true);
  return std::move(b.file);
}

PlanBuilder addPlan(int64_t elements) {
  PlanBuilder b;
  std::vector<float> ones(static_cast<size_t>(elements), 1.0f);
  const uint8_t *data = reinterpret_cast<const uint8_t *>(ones.data());
  uint32_t weights = b.weights(Bytes(data, data + 4 * elements));
  uint32_t n = b.constant(elements);
  b.input("x", DType::F32, {n});
  b.input("y", DType::F32, {n});
  b.output("z", DType::F32, {n});
  uint64_t bytes = 4 * uint64_t(elements);
  b.buffer(Place::Input, 0, 0, bytes).shape = {n};
  b.buffer(Place::Input, 1, 0, bytes).shape = {n};
  b.buffer(Place::Weights, weights, 0, bytes).shape = {n};
  b.buffer(Place::Arena, 0, 0, bytes).shape = {n};
  b.buffer(Place::Output, 0, 0, bytes).shape = {n};
  b.arena(alignUp(bytes, bufferAlign));
  uint32_t add = b.kernel("add", {1, 1, 2});
  b.launch(add, {0, 1, 3}, n);
  b.launch(add, {3, 2, 4}, n);
  return b;
}

PlanBuilder batchPlan(int64_t maxBatch) {
  PlanBuilder b;
  bool open = maxBatch == INT64_MAX;
  uint32_t batch = b.symbol("batch", 1, maxBatch);
  uint32_t four = b.constant(4), sixteen = b.constant(16);
  uint32_t elements = b.op(ShapeOpKind::Mul, batch, four), bytes = b.op(ShapeOpKind::Mul, batch, sixteen);
  b.input("x", DType::F32, {batch, four});
  b.function().inputs[0]->batch_dim = 0;
  b.output("y", DType::F32, {batch, four});
  uint64_t most = open ? 0 : 16 * uint64_t(maxBatch);
  for (Place place : {Place::Input, Place::Arena, Place::Output}) {
    BufferT &buffer = b.buffer(place, 0, 0, most);
    buffer.shape = {batch, four};
    buffer.size_slot = bytes;
    buffer.last_use = open ? 1 : 0;
  }
  b.arena(open ? 0 : alignUp(most, bufferAlign));
  b.entry().open = open;
  uint32_t add = b.kernel("add", {1, 1, 2});
  b.launch(add, {0, 0, 1}, elements);
  b.step(StepKind::Copy, {1, 2});
  return b;
}

} // namespace dsc::test
