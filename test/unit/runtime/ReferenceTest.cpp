// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Rows P5 and P8 of the table of bad plans: indices, arguments, names, counts.
#include "Refusals.h"

namespace dsc::test {

using namespace schema;

using ReferenceTest = RefusalTest;

TEST_F(ReferenceTest, indicesBelowTheirCount) {
  refuses([](auto &b) { step(b, 0).kernel = 1; }, "step 0: expected a kernel that exists");
  refuses([](auto &b) { step(b, 1).buffers[0] = 5; }, "step 1: expected buffers that exist");
  refuses([](auto &b) { step(b, 1).loc = 2; }, "step 1: expected a location that exists");
  refuses([](auto &b) { step(b, 0).device_slot = 1; }, "step 0: expected a device that exists");
  refuses([](auto &b) { step(b, 0).grid = {99}; }, "step 0: expected sizes that are known before it");
  refuses([](auto &b) { step(b, 0).flops = 99; }, "step 0: expected costs of known sizes");
  refuses([](auto &b) { buffer(b, 3).device_slot = 1; }, "buffer 3: expected a known place on a device that exists");
  refuses([](auto &b) { buffer(b, 2).index = 2; }, "buffer 2: expected a segment that exists");
  refuses([](auto &b) { buffer(b, 0).index = 2; }, "buffer 0: expected the whole of a tensor that exists");
  refuses([](auto &b) { buffer(b, 3).size_slot = 1; }, "buffer 3: expected slots that exist");
  refuses([](auto &b) { buffer(b, 3).shape = {7}; }, "buffer 3: expected slots that exist");
  refuses([](auto &b) { buffer(b, 3).parent = 3; }, "buffer 3: expected a parent in front of it");
  refuses([](auto &b) { buffer(b, 3).parent = 4; }, "buffer 3: expected a parent in front of it");
  refuses([](auto &b) { buffer(b, 4).parent = 3; }, "buffer 4: expected the place of its parent");
  refuses([](auto &b) { kernel(b).codes[0]->segment = 2; }, "kernel 0: expected a segment that exists");
  refuses([](auto &b) { b.function().inputs[0]->shape = {1}; }, "input 0: expected a rank of at most 8, of slots that exist");
  refuses([](auto &b) { b.function().ops.push_back(ShapeOp(ShapeOpKind::Add, 0, 1)); },
          "slot 1: expected operands in front of the operation");
}

TEST_F(ReferenceTest, dependencesAndPrograms) {
  refuses([](auto &b) { step(b, 1).deps = {1}; }, "step 1: expected dependences on earlier steps");
  refuses([](auto &b) { step(b, 0).deps = {1}; }, "step 0: expected dependences on earlier steps");
  accepts(addPlan(16), [](auto &b) { step(b, 1).deps = {0}; });
  refuses([](auto &b) { step(b, 0).programs = {0}; }, "step 0: expected a device that exists and no sub-programs");
  refuses([](auto &b) { b.entry().programs.push_back(std::make_unique<ProgramT>()); }, "sub-programs", DSC_E_VERSION);
  refuses([](auto &b) { b.entry().programs.clear(); }, "programs 0: expected a main program");
  for (StepKind kind : {StepKind::Branch, StepKind::Repeat})
    refuses([&](auto &b) { step(b, 0).kind = kind; }, "branch and repeat need a newer runtime", DSC_E_VERSION);
}

TEST_F(ReferenceTest, argumentsOfKernels) {
  refuses([](auto &b) { step(b, 0).buffers.pop_back(); }, "step 0: expected the arguments of its kernel");
  refuses([](auto &b) { step(b, 0).dims = {0}; }, "step 0: expected the arguments of its kernel");
  refuses([](auto &b) { step(b, 0).maps = {0}; }, "step 0: expected the arguments of its kernel");
  refuses([](auto &b) { step(b, 0).grid = {0, 0, 0}; }, "step 0: expected a grid for its device");
  refuses([](auto &b) { step(b, 0).grain = 0; }, "a grain above 0");
  refuses([](auto &b) { kernel(b).codes[0]->segment = 1; kernel(b).codes[0]->symbol = "k"; },
          "kernel 0: expected code in a code segment");
  refuses([](auto &b) { buffer(b, 2).index = 0; }, "buffer 2: expected an aligned range inside a segment of weights");
  refuses([](auto &b) { kernel(b).access = {1, 1, 4}; }, "kernel 0: expected access modes 1 to 3");
  refuses([](auto &b) { kernel(b).codes.clear(); }, "kernel 0: expected 1 to 64 codes");
  refuses([](auto &b) { kernel(b).abi = 2; }, "calling convention", DSC_E_VERSION);
}

TEST_F(ReferenceTest, whoWritesWhat) {
  refuses([](auto &b) { step(b, 0).buffers = {0, 1, 2}; }, "step 0: expected no write to weights or inputs");
  refuses([](auto &b) { step(b, 0).buffers = {0, 1, 0}; }, "step 0: expected no write to weights or inputs");
  refuses([](auto &b) { step(b, 0).buffers = {0, 3, 3}; kernel(b).access = {1, 1, 3}; },
          "step 0: expected no buffer that is read before it is written");
  refuses([](auto &b) { step(b, 1).buffers = {3, 2, 3}; }, "buffer 4: expected a step that writes this output");
  refuses([](auto &b) { b.buffer(Place::Output, 0, 0, 64); }, "buffer 5: expected one root for each input and output");
  refuses([](auto &b) { buffer(b, 4).place = Place::Arena; step(b, 1).buffers[2] = 3; }, "output 0: expected a buffer");
  refuses([](auto &b) { b.buffer(Place::Fault, 0, 0, 64); step(b, 0).buffers = {0, 5, 3}; },
          "step 0: expected the fault word as last buffer, written");
}

TEST_F(ReferenceTest, namesAndCounts) {
  refuses([](auto &b) { b.function().name = ""; }, "function 0: expected a name of 1 to 1024 bytes");
  refuses([](auto &b) { b.function().name = std::string(1 << 20, 'a'); }, "function 0: expected a name");
  refuses([](auto &b) { b.function().name = std::string("a\0b", 3); }, "function 0: expected a name");
  refuses([](auto &b) { b.function().inputs[1]->name = "x"; }, "input 2: expected unique names");
  refuses([](auto &b) { b.file.plan.functions.clear(); }, "functions 0: expected at least one");
  refuses([](auto &b) { b.function().variants.clear(); }, "variants 0: expected at least one");
  refuses([](auto &b) { b.function().variants[0]->entries.clear(); }, "variant 0: expected at least one entry");
  refuses([](auto &b) { b.function().outputs.clear(); b.entry().buffers.resize(4); step(b, 1).buffers[2] = 3; },
          "function 0: expected at least one output");
  refuses([](auto &b) { b.entry().units.clear(); }, "units 0: expected at least one");
  refuses([](auto &b) { b.entry().units[0]->num_steps = 3; }, "unit 0: expected steps that follow");
  refuses([](auto &b) { b.entry().units[0]->num_steps = 1; b.entry().units[0]->live_after = {3}; },
          "units 1: expected all steps of the program");
  refuses([](auto &b) { b.entry().units[0]->first_step = 1; }, "unit 0: expected steps that follow");
  refuses([](auto &b) { b.file.plan.devices.clear(); b.entry().arenas.clear(); }, "devices 0: expected 1 to 16");
  refuses([](auto &b) { b.entry().arenas.clear(); }, "arenas 0: expected one for each device slot");
  refuses([](auto &b) { b.entry().bounds = {1}; }, "bounds 1: expected one for each symbol");
  refuses([](auto &b) { b.file.plan.producer = ""; }, "producer 0: expected a text");
}

TEST_F(ReferenceTest, functionsWithoutInputsAreLegal) {
  PlanBuilder b;
  b.output("y", DType::U8, {b.constant(7)});
  b.buffer(Place::Output, 0, 0, 7, DType::U8);
  b.step(StepKind::Fill, {0});
  accepts(std::move(b), [](auto &) {});
}

TEST_F(ReferenceTest, duplicateFunctions) {
  PlanBuilder other = addPlan(16);
  other.finish();
  refuses([&](auto &b) { b.file.plan.functions.push_back(std::move(other.file.plan.functions[0])); },
          "functions 2: expected unique names");
}

} // namespace dsc::test
