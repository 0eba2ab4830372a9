// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Pipelines of hand-built plans: every cut gives the bytes of one context, and each item has its own fate.
#include "Fixture.h"

#include <atomic>
#include <thread>

namespace dsc::test {

using namespace schema;

class PipelineTest : public RuntimeTest {
protected:
  void TearDown() override {
    dsc_pipeline_release(pipeline);
    RuntimeTest::TearDown();
  }

  /// Stages that begin at these units; unit 0 begins the first one.
  static std::vector<dsc_stage> stagesAt(const std::vector<uint32_t> &cuts, uint32_t numUnits) {
    std::vector<dsc_stage> stages;
    uint32_t first = 0;
    for (size_t i = 0; i <= cuts.size(); ++i) {
      uint32_t end = i < cuts.size() ? cuts[i] : numUnits;
      stages.push_back(sized<dsc_stage>());
      stages.back().first_unit = first;
      stages.back().num_units = end - first;
      first = end;
    }
    return stages;
  }

  dsc_status createPipeline(const std::vector<dsc_stage> &stages, uint32_t depth = 0, uint32_t threads = 0) {
    auto options = sized<dsc_pipeline_options>();
    options.stages = stages.data();
    options.num_stages = uint32_t(stages.size());
    options.depth = depth;
    options.num_threads = threads;
    return createPipeline(options);
  }
  dsc_status createPipeline(const dsc_pipeline_options &options) {
    dsc_pipeline_release(pipeline);
    return dsc_pipeline_create(plan, &options, &pipeline, &error);
  }
  /// A pipeline of a chain of `numUnits` steps; the test is skipped where kernels cannot run.
  void prepareChain(uint32_t numUnits, const std::vector<uint32_t> &cuts, uint32_t depth = 0) {
    if (!canExecute())
      GTEST_SKIP() << "this machine lacks CPU level v3";
    ASSERT_EQ(open(chainPlan(numUnits).write()), DSC_OK) << error.message;
    ASSERT_EQ(createPipeline(stagesAt(cuts, numUnits), depth), DSC_OK) << error.message;
  }

  struct Item {
    std::vector<float> x, y;
    dsc_tensor in, out;
    uint64_t ticket = 0;
    explicit Item(float value, size_t elements = 64) : x(elements, value), y(elements, -1) {
      in = tensor(x, DSC_F32, {int64_t(elements)});
      out = tensor(y, DSC_F32, {});
    }
  };
  dsc_status submit(Item &item) { return dsc_pipeline_submit(pipeline, &item.in, 1, &item.out, 1, &item.ticket, &error); }
  dsc_status wait(const Item &item, uint64_t timeoutNs = 0) { return dsc_pipeline_wait(pipeline, item.ticket, timeoutNs, &error); }

  dsc_pipeline *pipeline = nullptr;
};

static float fibonacci(uint32_t n) { return n < 2 ? 1 : fibonacci(n - 1) + fibonacci(n - 2); }

TEST_F(PipelineTest, everyCutGivesTheSameValues) {
  constexpr uint32_t numUnits = 6;
  if (!canExecute())
    GTEST_SKIP() << "this machine lacks CPU level v3";
  ASSERT_EQ(open(chainPlan(numUnits).write()), DSC_OK) << error.message;
  for (uint32_t mask = 0; mask < 1u << (numUnits - 1); ++mask) {
    std::vector<uint32_t> cuts;
    for (uint32_t unit = 1; unit < numUnits; ++unit)
      if (mask >> (unit - 1) & 1)
        cuts.push_back(unit);
    ASSERT_EQ(createPipeline(stagesAt(cuts, numUnits), 1 + mask % 4), DSC_OK) << error.message;
    std::vector<std::unique_ptr<Item>> items;
    size_t done = 0;
    for (int i = 0; i < 9; ++i) {
      items.push_back(std::make_unique<Item>(float(i + 1)));
      while (submit(*items.back()) == DSC_E_LIMIT)
        ASSERT_EQ(wait(*items[done++]), DSC_OK) << error.message;
    }
    for (; done < items.size(); ++done)
      ASSERT_EQ(wait(*items[done]), DSC_OK) << error.message;
    for (int i = 0; i < 9; ++i) {
      ASSERT_EQ(items[size_t(i)]->y, std::vector<float>(64, float(i + 1) * fibonacci(numUnits + 1))) << "cuts " << mask;
      ASSERT_EQ(items[size_t(i)]->out.shape[0], 64);
    }
  }
}

} // namespace dsc::test
