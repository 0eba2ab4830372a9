// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Cut tables: what a plan may say in one, how it is cut at load, and which stages a pipeline takes.
#include "PipelineFixture.h"

#include <functional>

namespace dsc::test {

using namespace schema;

TEST_F(PipelineTest, refusesWhatItCannotRun) {
  ASSERT_EQ(open(chainPlan(4).write()), DSC_OK) << error.message;
  auto fails = [&](const std::vector<dsc_stage> &stages, const char *message, dsc_status status = DSC_E_INVALID_ARGUMENT) {
    EXPECT_EQ(createPipeline(stages), status);
    EXPECT_STREQ(error.message, message);
    EXPECT_EQ(pipeline, nullptr);
  };
  fails(stagesAt({2}, 5), "stage 1: expected units that follow those of the stage before, up to 4");
  fails(stagesAt({2}, 3), "stage 2: expected units that follow those of the stage before, up to 4");
  auto stages = stagesAt({1, 2}, 4);
  stages[2].first_unit = 1;
  fails(stages, "stage 2: expected units that follow those of the stage before, up to 4");
  stages = stagesAt({1, 2}, 4);
  stages[1].struct_size = 8;
  fails(stages, "stage 1: expected units that follow those of the stage before, up to 4");
  EXPECT_EQ(createPipeline(stagesAt({2}, 4), 65), DSC_E_INVALID_ARGUMENT);
  EXPECT_STREQ(error.message, "expected stages with their number and a depth of at most 64");
  auto options = sized<dsc_pipeline_options>();
  options.variant = 1;
  EXPECT_EQ(createPipeline(options), DSC_E_NOT_FOUND);
  options = sized<dsc_pipeline_options>();
  options.num_stages = 1;
  EXPECT_EQ(createPipeline(options), DSC_E_INVALID_ARGUMENT);
  EXPECT_EQ(dsc_pipeline_create(plan, nullptr, nullptr, &error), DSC_E_INVALID_ARGUMENT);
  EXPECT_EQ(dsc_pipeline_create(nullptr, nullptr, &pipeline, &error), DSC_E_INVALID_ARGUMENT);
  if (canExecute())
    EXPECT_EQ(createPipeline(stagesAt({0, 2, 2}, 4)), DSC_OK) << "stages without units are left out: " << error.message;
  ASSERT_EQ(open(chainPlan(20).write()), DSC_OK) << error.message;
  std::vector<uint32_t> cuts;
  for (uint32_t i = 1; i < 17; ++i)
    cuts.push_back(i);
  fails(stagesAt(cuts, 20), "expected at most 16 stages", DSC_E_LIMIT);
}

TEST_F(PipelineTest, refusesWrongCutTables) {
  auto refuses = [&](const std::function<void(std::vector<std::unique_ptr<UnitT>> &)> &change, const std::string &message) {
    PlanFile file = chainPlan(4);
    change(file.plan.functions[0]->variants[0]->entries[0]->units);
    EXPECT_EQ(open(file.write()), DSC_E_CORRUPT_PLAN) << "for: " << message;
    EXPECT_EQ(error.message, message);
  };
  const std::string stages = ": expected the stage of the unit before or the next, from 0";
  const std::string all = ": expected all buffers that are alive behind it, and no others";
  const std::string each = ": expected buffers that are alive behind it, each once and in ascending order";
  const std::string bytes = ": expected no more bytes than the plan has, and truth values of 0 or 1";
  refuses([](auto &units) { units[0]->stage = 1; }, "unit 0" + stages);
  refuses([](auto &units) { units[1]->stage = 2; }, "unit 1" + stages);
  refuses([](auto &units) { units[1]->stage = 1; }, "unit 2" + stages);
  refuses([](auto &units) { units[2]->live_after.pop_back(); }, "unit 2" + all);
  refuses([](auto &units) { units[2]->live_after.push_back(4); }, "unit 2" + all);
  refuses([](auto &units) { units[3]->live_after = {4}; }, "unit 3" + all);
  refuses([](auto &units) { units[2]->live_after[0] = 1; }, "unit 2" + each);
  refuses([](auto &units) { units[2]->live_after[1] = units[2]->live_after[0]; }, "unit 2" + each);
  refuses([](auto &units) { std::swap(units[2]->live_after[0], units[2]->live_after[1]); }, "unit 2" + each);
  refuses([](auto &units) { units[2]->live_after[1] = 99; }, "unit 2" + each);
  refuses([](auto &units) { units[1]->arena_bytes = 3 * 256 + 1; }, "unit 1" + bytes);
  refuses([](auto &units) { units[1]->weight_bytes = 1 << 20; }, "unit 1" + bytes);
}

class PartitionTest : public PipelineTest {
protected:
  dsc_status partition(std::vector<dsc_stage> &stages) {
    return dsc_plan_partition(plan, 0, 0, stages.data(), uint32_t(stages.size()), &report, &error);
  }
  /// A chain of units of these costs.
  void openCosts(const std::vector<float> &costs) {
    PlanFile file = chainPlan(uint32_t(costs.size()));
    auto &units = file.plan.functions[0]->variants[0]->entries[0]->units;
    for (size_t i = 0; i < costs.size(); ++i)
      units[i]->cost_us = {costs[i]};
    ASSERT_EQ(open(file.write()), DSC_OK) << error.message;
  }
  dsc_partition_report report = sized<dsc_partition_report>();
};

TEST_F(PartitionTest, cutsForTheSmallestBottleneck) {
  openCosts({6, 15, 24, 48, 2, 7});
  std::vector<dsc_stage> stages(3, sized<dsc_stage>());
  ASSERT_EQ(partition(stages), DSC_OK) << error.message;
  EXPECT_EQ(report.stages_used, 3u);
  EXPECT_NEAR(report.bottleneck_us, 48, 1e-9);
  EXPECT_NEAR(report.lower_bound_us, 48, 1e-9);
  EXPECT_NEAR(report.optimum_us, 48, 1e-9);
  EXPECT_NEAR(report.balance, 102.0 / 3 / 48, 1e-9);
  EXPECT_EQ(stages[0].num_units, 3u);
  EXPECT_EQ(stages[1].first_unit, 3u);
  EXPECT_EQ(stages[2].num_units, 2u);
  EXPECT_NEAR(stages[0].compute_us, 45, 1e-9);
  EXPECT_NEAR(stages[1].transfer_us, 1.001, 1e-9);
  EXPECT_EQ(stages[0].receive_bytes, 0u);
  EXPECT_EQ(stages[1].receive_bytes, 2 * 256u) << "a step reads the two results before it";
  if (canExecute()) {
    ASSERT_EQ(createPipeline(stages), DSC_OK) << error.message;
    Item item(2);
    ASSERT_EQ(submit(item), DSC_OK) << error.message;
    ASSERT_EQ(wait(item), DSC_OK) << error.message;
    EXPECT_EQ(item.y[0], 2 * fibonacci(7));
  }
}

TEST_F(PartitionTest, leavesStagesThatDoNotPay) {
  openCosts({10, 10, 10, 10});
  std::vector<dsc_stage> stages(3, sized<dsc_stage>());
  ASSERT_EQ(partition(stages), DSC_OK) << error.message;
  EXPECT_EQ(report.stages_used, 2u);
  EXPECT_EQ(stages[2].num_units, 0u);
  EXPECT_EQ(stages[2].first_unit, 4u);
  EXPECT_EQ(dsc_plan_partition(plan, 0, 0, stages.data(), 2, nullptr, &error), DSC_OK) << "the report may be left out";
}

TEST_F(PartitionTest, countsBatchesWithoutBoundAsOne) {
  PlanBuilder b = batchPlan(INT64_MAX);
  b.finish(true);
  ASSERT_EQ(open(b.file.write()), DSC_OK) << error.message;
  std::vector<dsc_stage> stages(2, sized<dsc_stage>());
  ASSERT_EQ(partition(stages), DSC_OK) << error.message;
  EXPECT_EQ(stages[1].receive_bytes, 16u);
}

TEST_F(PartitionTest, keepsMemoryAndSaysWhatIsWrong) {
  PlanBuilder b = addPlan(16);
  b.finish(true);
  for (auto &unit : b.entry().units)
    unit->weight_bytes = 64;
  ASSERT_EQ(open(b.file.write()), DSC_OK) << error.message;
  auto fails = [&](std::vector<dsc_stage> stages, const char *message, dsc_status status) {
    EXPECT_EQ(partition(stages), status);
    EXPECT_STREQ(error.message, message);
  };
  std::vector<dsc_stage> stages(2, sized<dsc_stage>());
  stages[0].mem_bytes = stages[1].mem_bytes = 63;
  fails(stages, "unit 0 needs more memory than any stage has", DSC_E_LIMIT);
  stages[0].mem_bytes = stages[1].mem_bytes = 127; // two items of what is alive do not fit beside one unit
  fails(stages, "the units need more memory than the stages have", DSC_E_LIMIT);
  stages[0].reserved = 1;
  fails(stages, "stage 0: expected a dsc_stage with its struct_size set", DSC_E_INVALID_ARGUMENT);
  stages[0] = sized<dsc_stage>();
  stages[1].struct_size = 0;
  fails(stages, "stage 1: expected a dsc_stage with its struct_size set", DSC_E_INVALID_ARGUMENT);
  stages[1] = sized<dsc_stage>();
  stages[1].device_kind = DSC_CUDA;
  fails(stages, "stage 1: expected a CPU, which is all this runtime has", DSC_E_UNSUPPORTED_DEVICE);
  fails(std::vector<dsc_stage>(17, sized<dsc_stage>()), "expected 1 to 1024 units and 1 to 16 stages", DSC_E_LIMIT);
  fails({}, "expected stages, but got none", DSC_E_INVALID_ARGUMENT);
  stages.assign(1, sized<dsc_stage>());
  EXPECT_EQ(dsc_plan_partition(plan, 0, 1, stages.data(), 1, &report, &error), DSC_E_NOT_FOUND);
  EXPECT_EQ(dsc_plan_partition(nullptr, 0, 0, stages.data(), 1, &report, &error), DSC_E_NOT_FOUND);
  openCosts({10, -1});
  fails({sized<dsc_stage>()}, "unit 1 runs on no CPU", DSC_E_UNSUPPORTED_DEVICE);
}

} // namespace dsc::test
