// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Row P12 of the table of bad plans: misuse of the API.
#include "Fixture.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace dsc::test {

using ApiTest = RuntimeTest;

TEST_F(ApiTest, nullPointers) {
  EXPECT_EQ(dsc_runtime_create(nullptr, nullptr, &error), DSC_E_INVALID_ARGUMENT);
  start();
  EXPECT_EQ(dsc_plan_open_memory(runtime, nullptr, 0, nullptr, &plan, &error), DSC_E_INVALID_ARGUMENT);
  EXPECT_EQ(dsc_plan_open_file(runtime, "x", nullptr, nullptr, nullptr), DSC_E_INVALID_ARGUMENT);
  EXPECT_EQ(dsc_context_create(nullptr, nullptr, &context, nullptr), DSC_E_INVALID_ARGUMENT);
  EXPECT_EQ(dsc_context_run(nullptr, nullptr, 0, nullptr, 0, 0, nullptr), DSC_E_INVALID_ARGUMENT);
  dsc_context_cancel(nullptr);
  dsc_context_release(nullptr);
  EXPECT_STREQ(dsc_status_name(DSC_E_BAD_DATA), "bad data");
  EXPECT_STREQ(dsc_status_name(99), "unknown status");
}

TEST_F(ApiTest, sizedStructs) {
  struct Longer {
    dsc_runtime_options options;
    uint64_t tail;
  } longer = {};
  longer.options.struct_size = 0;
  EXPECT_EQ(dsc_runtime_create(&longer.options, &runtime, &error), DSC_E_INVALID_ARGUMENT);
  longer.options.struct_size = 1u << 31;
  EXPECT_EQ(dsc_runtime_create(&longer.options, &runtime, &error), DSC_E_INVALID_ARGUMENT);
  longer.options.struct_size = sizeof longer;
  longer.tail = 1;
  EXPECT_EQ(dsc_runtime_create(&longer.options, &runtime, &error), DSC_E_INVALID_ARGUMENT) << "unknown tail";
  longer.tail = 0;
  longer.options.num_threads = 1;
  EXPECT_EQ(dsc_runtime_create(&longer.options, &runtime, &error), DSC_OK) << error.message;
  auto flags = sized<dsc_plan_options>();
  flags.flags = 1u << 30;
  EXPECT_EQ(open(addPlan(16).bytes(), flags), DSC_E_INVALID_ARGUMENT);
}

class TensorTest : public RuntimeTest {
protected:
  std::vector<float> x = std::vector<float>(17, 1.0f), y = std::vector<float>(16, 2.0f), z = std::vector<float>(16);
  /// Runs z = x + y + 1 with one tensor changed (0: x, 1: y, 2: the output).
  dsc_status with(int which, const std::function<void(dsc_tensor &)> &change) {
    dsc_tensor t[3] = {tensor(x, DSC_F32, {16}), tensor(y, DSC_F32, {16}), tensor(z, DSC_F32, {})};
    change(t[which]);
    return dsc_context_run(context, t, 2, t + 2, 1, 0, &error);
  }
};

TEST_F(TensorTest, everythingIsCheckedBeforeAKernelRuns) {
  prepare(addPlan(16).bytes());
  EXPECT_EQ(with(0, [](auto &) {}), DSC_OK) << error.message;
  for (int which : {0, 1, 2}) {
    EXPECT_EQ(with(which, [](auto &t) { t.struct_size = 0; }), DSC_E_INVALID_ARGUMENT);
    EXPECT_EQ(with(which, [](auto &t) { t.dtype = DSC_I32; }), DSC_E_INVALID_ARGUMENT);
    EXPECT_EQ(with(which, [](auto &t) { t.device_kind = DSC_CUDA; }), DSC_E_INVALID_ARGUMENT);
    EXPECT_EQ(with(which, [](auto &t) { t.data_bytes = 63; }), DSC_E_INVALID_ARGUMENT);
    EXPECT_EQ(with(which, [](auto &t) { t.reserved = 1; }), DSC_E_INVALID_ARGUMENT);
  }
  EXPECT_EQ(with(1, [](auto &t) { t.struct_size = 8; }), DSC_E_INVALID_ARGUMENT) << "mixed sizes";
  EXPECT_EQ(with(0, [](auto &t) { t.rank = 2; }), DSC_E_INVALID_ARGUMENT);
  EXPECT_EQ(with(0, [](auto &t) { t.rank = -1; }), DSC_E_INVALID_ARGUMENT);
  EXPECT_EQ(with(0, [](auto &t) { t.shape[0] = 15; }), DSC_E_INVALID_ARGUMENT);
  EXPECT_EQ(with(0, [](auto &t) { t.shape[0] = -16; }), DSC_E_INVALID_ARGUMENT);
  EXPECT_EQ(with(0, [](auto &t) { t.strides[0] = 2; }), DSC_E_INVALID_ARGUMENT);
  EXPECT_EQ(with(0, [](auto &t) { t.strides[0] = 1; }), DSC_OK);
  EXPECT_EQ(with(0, [](auto &t) { t.data = nullptr; }), DSC_E_INVALID_ARGUMENT);
  EXPECT_EQ(with(2, [&](auto &t) { t.data = x.data(); }), DSC_E_INVALID_ARGUMENT) << "aliases an input";
  EXPECT_EQ(with(2, [&](auto &t) { t.data = y.data() + 8; }), DSC_E_INVALID_ARGUMENT);
  EXPECT_EQ(with(0, [&](auto &t) { t.data = x.data() + 1; }), DSC_OK) << "element alignment is enough: " << error.message;
  EXPECT_EQ(with(0, [](auto &) {}), DSC_OK) << "the context stays usable";
  std::vector<dsc_tensor> none;
  EXPECT_EQ(run({}, none), DSC_E_INVALID_ARGUMENT);
}

TEST_F(TensorTest, requiredAlignment) {
  PlanBuilder b = addPlan(16);
  b.function().inputs[0]->align = 4096;
  prepare(b.bytes());
  void *aligned = aligned_alloc(4096, 8192);
  memset(aligned, 0, 8192);
  EXPECT_EQ(with(0, [&](auto &t) { t.data = aligned; }), DSC_OK) << error.message;
  EXPECT_EQ(with(0, [&](auto &t) { t.data = static_cast<char *>(aligned) + 4; }), DSC_E_INVALID_ARGUMENT);
  free(aligned);
}

TEST_F(ApiTest, questionsAboutAPlan) {
  PlanBuilder b = batchPlan(8);
  b.function().rows_independent = true;
  b.file.plan.metadata.push_back(std::make_unique<schema::KeyValueT>());
  b.file.plan.metadata[0]->key = "model";
  b.file.plan.metadata[0]->value = "tiny";
  ASSERT_EQ(open(b.bytes()), DSC_OK) << error.message;
  EXPECT_STREQ(dsc_plan_metadata(plan, "model"), "tiny");
  EXPECT_EQ(dsc_plan_metadata(plan, "other"), nullptr);
  EXPECT_STREQ(dsc_plan_function_name(plan, 0), "main");
  EXPECT_EQ(dsc_plan_function_name(plan, 1), nullptr);
  EXPECT_EQ(dsc_plan_function_flags(plan, 0), uint32_t(DSC_FN_ROWS_INDEPENDENT));
  auto info = sized<dsc_tensor_info>();
  ASSERT_EQ(dsc_plan_input(plan, 0, 0, &info, &error), DSC_OK);
  EXPECT_EQ(std::make_pair(info.min_shape[0], info.max_shape[0]), std::make_pair(int64_t(1), int64_t(8)));
  EXPECT_STREQ(info.symbol[0], "batch");
  EXPECT_EQ(info.symbol[1], nullptr);
  EXPECT_EQ(dsc_plan_input(plan, 0, 1, &info, &error), DSC_E_NOT_FOUND);
  info.struct_size = 4;
  EXPECT_EQ(dsc_plan_input(plan, 0, 0, &info, &error), DSC_E_INVALID_ARGUMENT);
  auto symbol = sized<dsc_symbol_info>();
  ASSERT_EQ(dsc_plan_symbol(plan, 0, 0, &symbol, &error), DSC_OK);
  EXPECT_EQ(symbol.max, 8);
  auto bucket = sized<dsc_bucket_info>();
  ASSERT_EQ(dsc_plan_bucket(plan, 0, 0, 0, &bucket, &error), DSC_OK);
  EXPECT_EQ(bucket.batch, 8);
  EXPECT_EQ(bucket.arena_bytes, 128u);
  auto variant = sized<dsc_variant_info>();
  ASSERT_EQ(dsc_plan_variant(plan, 0, 0, &variant, &error), DSC_OK);
  EXPECT_STREQ(variant.name, "fp32");
}

TEST_F(ApiTest, files) {
  start();
  std::string folder = testing::TempDir() + "dsc-api-" + std::to_string(getpid());
  mkdir(folder.c_str(), 0700);
  std::string path = folder + "/plan.dsc", fifo = folder + "/fifo";
  Bytes bytes = addPlan(16).bytes();
  FILE *out = fopen(path.c_str(), "wb");
  fwrite(bytes.data(), 1, bytes.size(), out);
  fclose(out);
  for (uint32_t flags : {0u, unsigned(DSC_PLAN_COPY), unsigned(DSC_PLAN_PREFAULT), unsigned(DSC_PLAN_VERIFY)}) {
    auto options = sized<dsc_plan_options>();
    options.flags = flags;
    ASSERT_EQ(dsc_plan_open_file(runtime, path.c_str(), &options, &plan, &error), DSC_OK) << error.message;
    if (canExecute()) {
      EXPECT_EQ(create(), DSC_OK) << error.message;
      std::vector<float> x(16, 1), y(16, 2);
      std::vector<dsc_tensor> z = {stagedOutput()};
      EXPECT_EQ(run({tensor(x, DSC_F32, {16}), tensor(y, DSC_F32, {16})}, z), DSC_OK) << error.message;
    }
    dsc_plan_release(plan); // the context keeps it alive
    plan = nullptr;
  }
  mkfifo(fifo.c_str(), 0600);
  EXPECT_EQ(dsc_plan_open_file(runtime, fifo.c_str(), nullptr, &plan, &error), DSC_E_IO) << "must not hang";
  EXPECT_EQ(dsc_plan_open_file(runtime, folder.c_str(), nullptr, &plan, &error), DSC_E_IO);
  EXPECT_EQ(dsc_plan_open_file(runtime, "/dev/zero", nullptr, &plan, &error), DSC_E_IO);
  EXPECT_EQ(dsc_plan_open_file(runtime, (folder + "/none").c_str(), nullptr, &plan, &error), DSC_E_NOT_FOUND);
  EXPECT_EQ(strstr(error.message, folder.c_str()), nullptr) << "no paths in messages";
  for (const std::string &each : {path, fifo})
    unlink(each.c_str());
  rmdir(folder.c_str());
}

TEST_F(ApiTest, forkedChildrenAreRefused) {
  prepare(batchPlan(8).bytes());
  pid_t child = fork();
  if (child == 0) {
    std::vector<float> x(4);
    std::vector<dsc_tensor> out = {stagedOutput()};
    bool refused = run({tensor(x, DSC_F32, {1, 4})}, out) == DSC_E_INVALID_ARGUMENT;
    dsc_context_release(context);
    dsc_plan_release(plan);
    dsc_runtime_release(runtime);
    _exit(refused ? 0 : 1);
  }
  int status = 1;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

} // namespace dsc::test
