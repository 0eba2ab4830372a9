// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Pipelines at work: every cut gives the bytes of one context, and each item has its own fate.
#include "PipelineFixture.h"

#include <atomic>
#include <chrono>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace dsc::test {

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

TEST_F(PipelineTest, itemsOfAnySizeFailAlone) {
  if (!canExecute())
    GTEST_SKIP() << "this machine lacks CPU level v3";
  ASSERT_EQ(open(checkPlan().write()), DSC_OK) << error.message;
  for (const std::vector<uint32_t> &cuts : {std::vector<uint32_t>{}, {1}, {2}, {1, 2}}) {
    ASSERT_EQ(createPipeline(stagesAt(cuts, 3), 4), DSC_OK) << error.message;
    std::vector<std::vector<int32_t>> x, y;
    std::vector<dsc_tensor> in, out;
    std::vector<uint64_t> tickets(4);
    for (int64_t batch : {3, 8, 1, 5}) {
      x.emplace_back(size_t(batch) * 4, int32_t(batch));
      y.emplace_back(32, -7);
    }
    x[1][17] = -1;
    for (size_t i = 0; i < 4; ++i) {
      in.push_back(tensor(x[i], DSC_I32, {int64_t(x[i].size()) / 4, 4}));
      out.push_back(tensor(y[i], DSC_I32, {}));
    }
    for (size_t i = 0; i < 4; ++i)
      ASSERT_EQ(dsc_pipeline_submit(pipeline, &in[i], 1, &out[i], 1, &tickets[i], &error), DSC_OK) << error.message;
    for (size_t i = 4; i-- > 0;) { // in any order
      dsc_status status = dsc_pipeline_wait(pipeline, tickets[i], 0, &error);
      ASSERT_EQ(status, i == 1 ? DSC_E_BAD_DATA : DSC_OK) << error.message;
      if (i == 1) {
        EXPECT_EQ(error.where, 1u);
        EXPECT_STREQ(error.message, "step 1 ('node_0') met data out of range (code 7)");
        continue;
      }
      EXPECT_TRUE(std::equal(x[i].begin(), x[i].end(), y[i].begin()));
      EXPECT_EQ(out[i].shape[0], int64_t(x[i].size()) / 4);
    }
  }
}

TEST_F(PipelineTest, checksAnItemBeforeItIsTaken) {
  prepareChain(3, {1}, 1);
  Item item(1);
  item.in.shape[0] = 65;
  EXPECT_EQ(submit(item), DSC_E_INVALID_ARGUMENT);
  item.in.shape[0] = 64;
  item.out.data = nullptr;
  EXPECT_EQ(submit(item), DSC_E_INVALID_ARGUMENT);
  EXPECT_STREQ(error.message, "'y': expected 256 bytes, but got 0");
  item.out = tensor(item.y, DSC_F32, {});
  EXPECT_EQ(dsc_pipeline_submit(pipeline, &item.in, 1, &item.out, 1, nullptr, &error), DSC_E_INVALID_ARGUMENT);
  EXPECT_EQ(dsc_pipeline_submit(nullptr, &item.in, 1, &item.out, 1, &item.ticket, &error), DSC_E_INVALID_ARGUMENT);
  EXPECT_EQ(dsc_pipeline_wait(nullptr, 1, 0, &error), DSC_E_INVALID_ARGUMENT);
  for (uint64_t ticket : {uint64_t(0), uint64_t(1), UINT64_MAX})
    EXPECT_EQ(dsc_pipeline_wait(pipeline, ticket, 0, &error), DSC_E_NOT_FOUND);
  Item second(2), third(3);
  ASSERT_EQ(submit(item), DSC_OK) << error.message;
  ASSERT_EQ(submit(second), DSC_OK) << error.message;
  EXPECT_EQ(submit(third), DSC_E_LIMIT);
  EXPECT_STREQ(error.message, "all 2 slots of the pipeline are taken: wait for a ticket");
  EXPECT_EQ(wait(second), DSC_OK);
  EXPECT_EQ(wait(second), DSC_E_NOT_FOUND) << "a ticket is good for one wait";
  EXPECT_EQ(submit(third), DSC_OK);
  EXPECT_EQ(wait(third), DSC_OK);
  EXPECT_EQ(wait(item), DSC_OK);
  EXPECT_EQ(third.y[63], 3 * fibonacci(4));
}

TEST_F(PipelineTest, waitsNoLongerThanAsked) {
  if (!canExecute())
    GTEST_SKIP() << "this machine lacks CPU level v3";
  ASSERT_EQ(open(slowPlan(4, 4000).write()), DSC_OK) << error.message;
  ASSERT_EQ(createPipeline(stagesAt({2}, 4)), DSC_OK) << error.message;
  std::vector<uint32_t> y(4000);
  dsc_tensor out = tensor(y, DSC_U32, {});
  uint64_t ticket;
  ASSERT_EQ(dsc_pipeline_submit(pipeline, nullptr, 0, &out, 1, &ticket, &error), DSC_OK) << error.message;
  EXPECT_EQ(dsc_pipeline_wait(pipeline, ticket, 1, &error), DSC_E_DEADLINE);
  EXPECT_EQ(dsc_pipeline_wait(pipeline, ticket, 1000, &error), DSC_E_DEADLINE);
  ASSERT_EQ(dsc_pipeline_wait(pipeline, ticket, UINT64_MAX, &error), DSC_OK) << error.message;
  EXPECT_EQ(y[3999], 1u);
}

TEST_F(PipelineTest, abortEndsEveryItem) {
  if (!canExecute())
    GTEST_SKIP() << "this machine lacks CPU level v3";
  ASSERT_EQ(open(slowPlan(64, 2000).write()), DSC_OK) << error.message;
  ASSERT_EQ(createPipeline(stagesAt({20, 40}, 64), 2), DSC_OK) << error.message;
  std::vector<std::vector<uint32_t>> y(6, std::vector<uint32_t>(2000));
  std::vector<dsc_tensor> out;
  std::vector<uint64_t> tickets(6);
  for (auto &each : y)
    out.push_back(tensor(each, DSC_U32, {}));
  for (size_t i = 0; i < 6; ++i)
    ASSERT_EQ(dsc_pipeline_submit(pipeline, nullptr, 0, &out[i], 1, &tickets[i], &error), DSC_OK) << error.message;
  std::thread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    dsc_pipeline_abort(pipeline);
  });
  for (uint64_t ticket : tickets)
    EXPECT_EQ(dsc_pipeline_wait(pipeline, ticket, 0, &error), DSC_E_CANCELLED);
  other.join();
  EXPECT_EQ(dsc_pipeline_submit(pipeline, nullptr, 0, &out[0], 1, &tickets[0], &error), DSC_E_CANCELLED);
  EXPECT_STREQ(error.message, "the pipeline was aborted");
}

TEST_F(PipelineTest, releaseWaitsForItemsInFlight) {
  if (!canExecute())
    GTEST_SKIP() << "this machine lacks CPU level v3";
  ASSERT_EQ(open(slowPlan(6, 500).write()), DSC_OK) << error.message;
  for (uint32_t round = 0; round < 20; ++round) {
    ASSERT_EQ(createPipeline(stagesAt({2, 4}, 6), 1 + round % 4), DSC_OK) << error.message;
    std::vector<std::vector<uint32_t>> y(6, std::vector<uint32_t>(500));
    std::vector<dsc_tensor> out;
    for (auto &each : y)
      out.push_back(tensor(each, DSC_U32, {}));
    uint64_t ticket;
    for (uint32_t i = 0; i < round % 4; ++i)
      ASSERT_EQ(dsc_pipeline_submit(pipeline, nullptr, 0, &out[i], 1, &ticket, &error), DSC_OK) << error.message;
    dsc_pipeline_release(pipeline); // the memory of y is not touched behind this
    pipeline = nullptr;
  }
  dsc_pipeline_release(nullptr);
  dsc_pipeline_abort(nullptr);
}

TEST_F(PipelineTest, manyThreadsMayShareOne) {
  prepareChain(8, {2, 5}, 3);
  std::atomic<int> wrong{0};
  auto work = [&](float value) {
    for (int i = 0; i < 200; ++i) {
      Item item(value + float(i));
      Error own;
      dsc_status status;
      do
        status = dsc_pipeline_submit(pipeline, &item.in, 1, &item.out, 1, &item.ticket, &own);
      while (status == DSC_E_LIMIT);
      if (status || dsc_pipeline_wait(pipeline, item.ticket, 0, &own) ||
          item.y != std::vector<float>(64, (value + float(i)) * fibonacci(9)))
        ++wrong;
    }
  };
  std::thread a(work, 1.0f), b(work, 1000.0f), c(work, 5000.0f);
  work(20.0f);
  a.join();
  b.join();
  c.join();
  EXPECT_EQ(wrong, 0);
}

TEST_F(PipelineTest, stagesHaveThreadsOfTheirOwn) {
  auto options = sized<dsc_runtime_options>();
  options.num_threads = 4;
  start(options);
  if (!canExecute())
    GTEST_SKIP() << "this machine lacks CPU level v3";
  ASSERT_EQ(open(chainPlan(5, 5000).write()), DSC_OK) << error.message;
  for (uint32_t threads : {0u, 1u, 3u}) {
    ASSERT_EQ(createPipeline(stagesAt({1, 3}, 5), 2, threads), DSC_OK) << error.message;
    for (int i = 0; i < 50; ++i) {
      Item first(2, 5000), second(3, 5000);
      ASSERT_EQ(submit(first), DSC_OK) << error.message;
      ASSERT_EQ(submit(second), DSC_OK) << error.message;
      ASSERT_EQ(wait(first), DSC_OK) << error.message;
      ASSERT_EQ(wait(second), DSC_OK) << error.message;
      ASSERT_EQ(first.y, std::vector<float>(5000, 2 * fibonacci(6)));
      ASSERT_EQ(second.y, std::vector<float>(5000, 3 * fibonacci(6)));
    }
  }
}

TEST_F(PipelineTest, runsAsThePlanWasCompiled) {
  if (!canExecute())
    GTEST_SKIP() << "this machine lacks CPU level v3";
  PlanFile file = chainPlan(6);
  auto &units = file.plan.functions[0]->variants[0]->entries[0]->units;
  for (size_t i = 2; i < 6; ++i)
    units[i]->stage = i < 5 ? 1 : 2;
  ASSERT_EQ(open(file.write()), DSC_OK) << error.message;
  auto info = sized<dsc_variant_info>();
  ASSERT_EQ(dsc_plan_variant(plan, 0, 0, &info, &error), DSC_OK);
  EXPECT_EQ(info.num_units, 6u);
  EXPECT_EQ(info.num_stages, 3u);
  ASSERT_EQ(createPipeline(sized<dsc_pipeline_options>()), DSC_OK) << error.message;
  std::vector<std::unique_ptr<Item>> items;
  for (int i = 0; i < 6; ++i) { // three stages of two slots
    items.push_back(std::make_unique<Item>(float(i)));
    ASSERT_EQ(submit(*items.back()), DSC_OK) << error.message;
  }
  EXPECT_EQ(submit(*items[0]), DSC_E_LIMIT);
  for (auto &item : items)
    EXPECT_EQ(wait(*item), DSC_OK);
}

TEST_F(PipelineTest, aChildCannotUseIt) {
  prepareChain(3, {1});
  pid_t child = fork();
  if (child == 0) {
    Item item(1);
    bool refused = submit(item) == DSC_E_INVALID_ARGUMENT && wait(item) == DSC_E_INVALID_ARGUMENT;
    dsc_pipeline_release(pipeline);
    _exit(refused ? 0 : 1);
  }
  int status = 1;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

} // namespace dsc::test
