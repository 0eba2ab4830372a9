// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Cancellation, time limits, concurrent use, and the hooks: allocator, threads, trace, observe.
#include "Fixture.h"

#include <atomic>
#include <chrono>
#include <thread>

namespace dsc::test {

using namespace schema;

/// `steps` launches of about 50,000 cycles a tile.
static PlanBuilder slowPlan(int steps, int64_t tiles = 64) {
  PlanBuilder b;
  uint32_t n = b.constant(tiles);
  b.output("y", DType::U32, {n});
  b.buffer(Place::Output, 0, 0, 4 * uint64_t(tiles), DType::U32).shape = {n};
  uint32_t spin = b.kernel("spin", {2});
  for (int i = 0; i < steps; ++i)
    b.launch(spin, {0}, n);
  return b;
}

using HooksTest = RuntimeTest;

TEST_F(HooksTest, timeLimits) {
  prepare(slowPlan(20).bytes());
  std::vector<dsc_tensor> out = {stagedOutput()};
  EXPECT_EQ(run({}, out, 1), DSC_E_DEADLINE);
  out = {stagedOutput()};
  EXPECT_EQ(run({}, out, UINT64_MAX), DSC_OK) << error.message;
}

TEST_F(HooksTest, cancelEndsTheRunInProgressOnly) {
  prepare(slowPlan(20000).bytes());
  std::vector<dsc_tensor> out = {stagedOutput()};
  dsc_context_cancel(context); // no run: no effect on the next one
  std::thread canceller([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    dsc_context_cancel(context);
  });
  EXPECT_EQ(run({}, out), DSC_E_CANCELLED);
  canceller.join();
  EXPECT_EQ(open(slowPlan(1).bytes()), DSC_OK);
  EXPECT_EQ(create(), DSC_OK);
  out = {stagedOutput()};
  EXPECT_EQ(run({}, out), DSC_OK);
}

TEST_F(HooksTest, oneThreadInAContext) {
  prepare(slowPlan(20000).bytes());
  std::atomic<dsc_status> first{DSC_OK};
  std::thread other([&] {
    dsc_tensor out = stagedOutput();
    first = dsc_context_run(context, nullptr, 0, &out, 1, 0, nullptr);
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  std::vector<dsc_tensor> out = {stagedOutput()};
  EXPECT_EQ(run({}, out), DSC_E_INVALID_ARGUMENT);
  dsc_context_cancel(context);
  other.join();
  EXPECT_EQ(first, DSC_E_CANCELLED);
}

TEST_F(HooksTest, contextsShareThePool) {
  auto options = sized<dsc_runtime_options>();
  options.num_threads = 3;
  start(options);
  prepare(addPlan(5000).bytes());
  auto work = [&](float value) {
    dsc_context *own = nullptr;
    ASSERT_EQ(dsc_context_create(plan, nullptr, &own, nullptr), DSC_OK);
    std::vector<float> x(5000, value), y(5000, 1), z(5000);
    dsc_tensor in[] = {tensor(x, DSC_F32, {5000}), tensor(y, DSC_F32, {5000})}, out = tensor(z, DSC_F32, {});
    for (int i = 0; i < 300; ++i) {
      ASSERT_EQ(dsc_context_run(own, in, 2, &out, 1, 0, nullptr), DSC_OK);
      ASSERT_EQ(std::count(z.begin(), z.end(), value + 2), 5000);
    }
    dsc_context_release(own);
  };
  std::thread a(work, 1.0f), b(work, 2.0f);
  work(3.0f);
  a.join();
  b.join();
}

TEST_F(HooksTest, callersThreads) {
  auto threads = sized<dsc_threads>();
  std::atomic<int> regions{0};
  threads.concurrency = 4;
  threads.self = &regions;
  threads.parallel_for = [](void *self, uint32_t n, void (*body)(void *, uint32_t), void *arg) {
    ++*static_cast<std::atomic<int> *>(self);
    for (uint32_t i = n; i-- > 0;)
      std::thread(body, arg, i).join();
  };
  auto options = sized<dsc_runtime_options>();
  options.threads = &threads;
  start(options);
  prepare(addPlan(16).bytes());
  std::vector<float> x(16, 1), y(16, 2);
  std::vector<dsc_tensor> out = {stagedOutput()};
  ASSERT_EQ(run({tensor(x, DSC_F32, {16}), tensor(y, DSC_F32, {16})}, out), DSC_OK) << error.message;
  EXPECT_EQ(static_cast<float *>(out[0].data)[15], 4.0f);
  EXPECT_EQ(regions, 2);
}

TEST_F(HooksTest, traceAndObserve) {
  struct Seen {
    std::vector<std::string> spans, values;
  } seen;
  auto options = sized<dsc_runtime_options>();
  options.num_threads = 1;
  options.hook_self = &seen;
  options.trace = [](void *self, const dsc_trace_event *e) {
    EXPECT_LE(e->begin_ns, e->end_ns);
    static_cast<Seen *>(self)->spans.push_back(std::to_string(e->kind) + " " + e->name);
  };
  options.observe = [](void *self, uint64_t step, const char *name, const dsc_tensor *value) {
    float first = *static_cast<float *>(value->data);
    static_cast<Seen *>(self)->values.push_back(std::to_string(step) + " " + name + " " + std::to_string(int(first)) + " of " +
                                                std::to_string(value->shape[0]));
  };
  start(options);
  prepare(addPlan(16).bytes());
  std::vector<float> x(16, 1), y(16, 2);
  std::vector<dsc_tensor> out = {stagedOutput()};
  ASSERT_EQ(run({tensor(x, DSC_F32, {16}), tensor(y, DSC_F32, {16})}, out), DSC_OK);
  EXPECT_EQ(seen.spans, (std::vector<std::string>{"2 digests", "1 open", "5 node_0", "5 node_1", "4 main"}));
  EXPECT_EQ(seen.values, (std::vector<std::string>{"0 node_0 3 of 16", "1 node_1 4 of 16"}));
}

/// Fails the N-th allocation; counts what is not given back.
struct Failing {
  int64_t left, live = 0, calls = 0;
  dsc_allocator hooks() {
    auto h = sized<dsc_allocator>();
    h.self = this;
    h.alloc = [](void *self, uint64_t bytes, uint64_t align, dsc_device_kind, int32_t) -> void * {
      auto &f = *static_cast<Failing *>(self);
      ++f.calls;
      if (f.left-- == 0)
        return nullptr;
      ++f.live;
      return aligned_alloc(align, (bytes + align - 1) / align * align);
    };
    h.free = [](void *self, void *p, uint64_t, dsc_device_kind, int32_t) {
      --static_cast<Failing *>(self)->live;
      free(p);
    };
    return h;
  }
};

TEST_F(HooksTest, everyAllocationMayFail) {
  std::vector<Bytes> plans = {addPlan(16).bytes(), batchPlan(8).bytes(), batchPlan(INT64_MAX).bytes()};
  int64_t dims[] = {4};
  for (const Bytes &bytes : plans)
    for (int64_t n = 0;; ++n) {
      Failing failing{n};
      dsc_allocator hooks = failing.hooks();
      auto options = sized<dsc_runtime_options>();
      options.num_threads = 2;
      options.allocator = &hooks;
      dsc_runtime *r = nullptr;
      dsc_plan *p = nullptr;
      dsc_context *c = nullptr;
      auto settings = sized<dsc_context_options>();
      settings.max_dims = dims;
      dsc_status status = dsc_runtime_create(&options, &r, &error);
      if (!status)
        status = dsc_plan_open_memory(r, bytes.data(), bytes.size(), nullptr, &p, &error);
      settings.num_max_dims = dsc_plan_symbol_count(p, 0);
      if (!status && canExecute())
        status = dsc_context_create(p, &settings, &c, &error);
      dsc_pipeline *pipeline = nullptr;
      auto cut = sized<dsc_pipeline_options>();
      cut.max_dims = dims;
      cut.num_max_dims = settings.num_max_dims;
      cut.num_threads = 2;
      if (!status && canExecute())
        status = dsc_pipeline_create(p, &cut, &pipeline, &error);
      auto stage = sized<dsc_stage>();
      if (!status)
        status = dsc_plan_partition(p, 0, 0, &stage, 1, nullptr, &error);
      dsc_runtime_release(r); // any order
      dsc_pipeline_release(pipeline);
      dsc_plan_release(p);
      dsc_context_release(c);
      EXPECT_EQ(failing.live, 0) << "leak after failure " << n;
      if (status == DSC_OK)
        break;
      ASSERT_EQ(status, DSC_E_OUT_OF_MEMORY) << n << " " << error.message;
      ASSERT_LT(n, 1000);
    }
}

} // namespace dsc::test
