// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Rows P6 and P7 of the table of bad plans: ranges, sizes, liveness, enumerations, numbers.
#include "Refusals.h"

#include <cmath>

namespace dsc::test {

using namespace schema;

using RangeTest = RefusalTest;

TEST_F(RangeTest, buffersInsideWhatHoldsThem) {
  refuses([](auto &b) { buffer(b, 3).offset = 64; }, "buffer 3: expected an aligned range inside its arena");
  refuses([](auto &b) { buffer(b, 3).offset = 32; buffer(b, 3).size = 32; }, "buffer 3: expected an aligned range");
  refuses([](auto &b) { buffer(b, 3).offset = ~uint64_t(63); }, "buffer 3: expected an aligned range inside its arena");
  refuses([](auto &b) { buffer(b, 3).size = ~uint64_t(0); }, "buffer 3: expected an aligned range inside its arena");
  refuses([](auto &b) { buffer(b, 2).offset = 4096; }, "buffer 2: expected an aligned range inside a segment of weights");
  refuses([](auto &b) { buffer(b, 2).size = 68; }, "buffer 2: expected an aligned range inside a segment of weights");
  refuses([](auto &b) { buffer(b, 0).size = 60; }, "buffer 0: expected the size of its tensor");
  refuses([](auto &b) { buffer(b, 4).dtype = DType::I32; }, "buffer 4: expected the element type of its tensor");
  refuses([](auto &b) { b.view(3, 32, 64); }, "buffer 5: expected a range inside its parent");
  refuses([](auto &b) { b.view(3, ~uint64_t(0), 64); }, "buffer 5: expected a range inside its parent");
  refuses([](auto &b) { b.view(3, 0, 64).offset_slot = 0; }, "buffer 5: expected a range inside its parent at the bounds");
  refuses([](auto &b) { buffer(b, 3).offset_slot = 0; }, "buffer 3: expected a symbolic offset in views only");
  refuses([](auto &b) { buffer(b, 3).shape = {0, 0}; }, "buffer 3: expected a shape that fits its size");
  refuses([](auto &b) { b.buffer(Place::Fault, 0, 0, 32); }, "buffer 5: expected a fault word of 64 bytes");
  refuses([](auto &b) { b.entry().arenas[0] = uint64_t(1) << 60; }, "bytes of arena", DSC_E_LIMIT);
  accepts(addPlan(16), [](auto &b) { b.view(3, 32, 32); });
}

TEST_F(RangeTest, liveBuffersShareNoByte) {
  // A second arena buffer: w = x + y, then t = w + x, z = t + w.
  auto make = [](uint64_t offset) {
    PlanBuilder b = addPlan(16);
    b.buffer(Place::Arena, 0, offset, 64);
    b.arena(256);
    b.entry().programs[0]->steps.clear();
    b.launch(0, {0, 1, 5}, 0);
    b.launch(0, {5, 0, 3}, 0);
    b.launch(0, {3, 2, 4}, 0);
    return b;
  };
  accepts(make(64), [](auto &) {});
  refuses(make(0), [](auto &) {}, "expected bytes that no other live buffer uses");
  refuses(make(64), [](auto &b) { buffer(b, 5).size = 128; buffer(b, 5).offset = 64; buffer(b, 3).offset = 128; },
          "expected bytes that no other live buffer uses");
  // Dead before the other is born: the same bytes are fine.
  PlanBuilder b = addPlan(16);
  b.buffer(Place::Arena, 0, 0, 64);
  b.entry().programs[0]->steps.clear();
  b.launch(0, {0, 1, 5}, 0);
  b.launch(0, {5, 2, 4}, 0);
  b.launch(0, {0, 1, 3}, 0);
  accepts(std::move(b), [](auto &) {});
}

TEST_F(RangeTest, shapeProgramAtTheBounds) {
  auto plan = [] { return batchPlan(8); };
  accepts(plan(), [](auto &) {});
  refuses(plan(), [](auto &b) { b.function().constants[0] = INT64_MAX; }, "without overflow or division by zero");
  refuses(plan(), [](auto &b) { b.function().constants[0] = 0; b.function().ops[0] = ShapeOp(ShapeOpKind::FloorDiv, 0, 1); },
          "without overflow or division by zero");
  refuses(plan(), [](auto &b) { b.function().constants[1] = 32; }, "expected a size at the bounds inside the reserved bytes");
  refuses(plan(), [](auto &b) { b.function().constants[1] = -16; }, "expected a size at the bounds");
  refuses(plan(), [](auto &b) { b.function().constants[0] = -4; }, "expected a size that is not negative");
  refuses(plan(), [](auto &b) { b.entry().bounds = {9}; }, "bound 0: expected a value in the range of its symbol");
  refuses(plan(), [](auto &b) { b.function().symbols[0]->min = 9; }, "symbol 0: expected min <= max");
  refuses(plan(), [](auto &b) { b.function().symbols[0]->multiple_of = 0; }, "a positive multiple");
  refuses(plan(), [](auto &b) { b.function().symbols[0]->kind = SymbolKind::Data; }, "symbol 0: expected caller symbols");
  refuses(plan(), [](auto &b) { b.function().inputs[0]->shape = {1, 1}; }, "symbol 0: expected caller symbols");
}

TEST_F(RangeTest, sizesBelowTheBoundsAreCheckedAtRunTime) {
  // bytes = (9 - batch) * 16: largest at the smallest batch, where the reserved memory does not suffice.
  PlanBuilder b = batchPlan(8);
  b.function().constants.push_back(9);
  b.function().ops = {ShapeOp(ShapeOpKind::Mul, 0, 1), ShapeOp(ShapeOpKind::Sub, 3, 0), ShapeOp(ShapeOpKind::Mul, 5, 2)};
  step(b, 0).grid = {4};
  for (size_t i = 0; i < 3; ++i)
    buffer(b, i).size_slot = i == 1 ? 6 : schema::noIndex;
  buffer(b, 1).shape.clear();
  buffer(b, 1).size = 16;
  b.entry().programs[0]->steps.pop_back();
  step(b, 0).buffers = {0, 0, 2};
  b.arena(64);
  prepare(b.bytes());
  std::vector<float> x(32, 1.0f);
  std::vector<dsc_tensor> out = {stagedOutput()};
  EXPECT_EQ(run({tensor(x, DSC_F32, {8, 4})}, out), DSC_OK) << error.message;
  out = {stagedOutput()};
  EXPECT_EQ(run({tensor(x, DSC_F32, {1, 4})}, out), DSC_E_LIMIT);
  EXPECT_EQ(error.where, 1u);
}

TEST_F(RangeTest, enumerations) {
  auto wrong = [&](const std::function<void(PlanBuilder &, uint8_t)> &set, uint8_t past, const char *text) {
    for (uint8_t value : {uint8_t(0), past, uint8_t(255)})
      refuses([&](auto &b) { set(b, value); }, text);
  };
  wrong([](auto &b, uint8_t v) { step(b, 0).kind = StepKind(v); }, 8, "step 0: expected a known kind");
  wrong([](auto &b, uint8_t v) { buffer(b, 3).place = Place(v); }, 6, "buffer 3: expected a known place");
  wrong([](auto &b, uint8_t v) { buffer(b, 3).dtype = DType(v); }, 18, "buffer 3: expected a known element type");
  wrong([](auto &b, uint8_t v) { b.function().inputs[0]->dtype = DType(v); }, 18, "input 0: expected a known element type");
  wrong([](auto &b, uint8_t v) { b.file.plan.devices[0]->kind = DeviceKind(v); }, 3, "device 0: expected a known kind");
  wrong([](auto &b, uint8_t v) { b.file.plan.segments[1]->kind = SegmentKind(v); }, 6, "segment 1: expected a known kind");
  wrong([](auto &b, uint8_t v) { b.file.plan.segments[0]->isa = CpuIsa(v); }, 4, "segment 0: expected a known CPU level");
  for (uint8_t value : {uint8_t(0), uint8_t(8)})
    refuses(batchPlan(8), [&](auto &b) { b.function().ops[0] = ShapeOp(ShapeOpKind(value), 0, 1); }, "expected a known operation");
  refuses(batchPlan(8), [](auto &b) { b.function().symbols[0]->kind = SymbolKind(3); }, "symbol 0: expected a known kind");
}

TEST_F(RangeTest, numbers) {
  for (float cost : {NAN, INFINITY, -INFINITY, 1e30f})
    refuses([&](auto &b) { b.entry().units[0]->cost_us = {cost}; }, "unit 0: expected finite costs");
  accepts(addPlan(16), [](auto &b) { b.entry().units[0]->cost_us = {-1.0f}; }); // "cannot run there"
  for (float quality : {2.0f, -2.0f, float(NAN)})
    refuses([&](auto &b) { b.function().variants[0]->quality = quality; }, "variant 0: expected a quality from -1 to 1");
  refuses([](auto &b) { b.function().inputs[0]->shape.assign(9, 0); }, "input 0: expected a rank of at most 8");
  refuses([](auto &b) { buffer(b, 3).shape.assign(9, 0); }, "a rank of at most 8");
  refuses([](auto &b) { b.function().inputs[0]->align = 3; }, "input 0: expected a power-of-two alignment");
  refuses([](auto &b) { b.function().inputs[0]->batch_dim = 1; }, "input 0: expected a batch dimension inside");
  refuses([](auto &b) { b.file.plan.requirements = 1; }, "features this runtime does not know", DSC_E_VERSION);
  refuses([](auto &b) { kernel(b).scratch = 1u << 31; }, "kernel 0: expected at most 1 GiB of scratch");
  refuses([](auto &b) { buffer(b, 3).first_use = 1; }, "buffer 3: expected a lifetime inside the program");
  refuses([](auto &b) { buffer(b, 3).last_use = 2; }, "buffer 3: expected a lifetime inside the program");
  refuses([](auto &b) { b.function().constants[0] = -1; }, "expected a size that is not negative");
}

} // namespace dsc::test
