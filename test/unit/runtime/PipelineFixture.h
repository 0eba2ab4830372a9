// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Pipelines over hand-built plans.
#ifndef DSC_TEST_UNIT_RUNTIME_PIPELINEFIXTURE_H
#define DSC_TEST_UNIT_RUNTIME_PIPELINEFIXTURE_H

#include "Fixture.h"

namespace dsc::test {

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

inline float fibonacci(uint32_t n) { return n < 2 ? 1 : fibonacci(n - 1) + fibonacci(n - 2); }

} // namespace dsc::test
#endif
