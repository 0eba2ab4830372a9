// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Executes hand-built plans.
#include "Fixture.h"

#include "runtime/src/Cpu.h"

namespace dsc::test {

using namespace schema;

using RunTest = RuntimeTest;

TEST_F(RunTest, addsThroughArenaAndWeights) {
  prepare(addPlan(1000).bytes());
  std::vector<float> x(1000), y(1000), z(1000);
  for (int i = 0; i < 1000; ++i) {
    x[size_t(i)] = float(i);
    y[size_t(i)] = float(2 * i);
  }
  std::vector<dsc_tensor> out = {tensor(z, DSC_F32, {})};
  ASSERT_EQ(run({tensor(x, DSC_F32, {1000}), tensor(y, DSC_F32, {1000})}, out), DSC_OK) << error.message;
  for (int i = 0; i < 1000; ++i)
    ASSERT_EQ(z[size_t(i)], float(3 * i + 1));
  EXPECT_EQ(out[0].rank, 1);
  EXPECT_EQ(out[0].shape[0], 1000);
  EXPECT_EQ(out[0].dtype, DSC_F32);
}

TEST_F(RunTest, givesOutputsOfItsOwn) {
  prepare(addPlan(16).bytes());
  std::vector<float> x(16, 1), y(16, 2);
  std::vector<dsc_tensor> out = {stagedOutput()};
  ASSERT_EQ(run({tensor(x, DSC_F32, {16}), tensor(y, DSC_F32, {16})}, out), DSC_OK) << error.message;
  ASSERT_NE(out[0].data, nullptr);
  EXPECT_EQ(out[0].data_bytes, 64u);
  EXPECT_EQ(static_cast<float *>(out[0].data)[15], 4.0f);
}

TEST_F(RunTest, symbolicSizesWithinBounds) {
  prepare(batchPlan(8).bytes());
  for (int64_t batch : {1, 3, 8}) {
    std::vector<float> x(size_t(batch) * 4, float(batch));
    std::vector<dsc_tensor> out = {stagedOutput()};
    ASSERT_EQ(run({tensor(x, DSC_F32, {batch, 4})}, out), DSC_OK) << error.message;
    EXPECT_EQ(out[0].shape[0], batch);
    EXPECT_EQ(static_cast<float *>(out[0].data)[batch * 4 - 1], float(2 * batch));
  }
  std::vector<float> x(36);
  std::vector<dsc_tensor> out = {stagedOutput()};
  EXPECT_EQ(run({tensor(x, DSC_F32, {9, 4})}, out), DSC_E_LIMIT);
  EXPECT_NE(strstr(error.message, "batch"), nullptr);
  EXPECT_EQ(run({tensor(x, DSC_F32, {0, 4})}, out), DSC_E_INVALID_ARGUMENT);
  EXPECT_EQ(run({tensor(x, DSC_F32, {8, 4})}, out), DSC_OK) << "the context stays usable";
}

TEST_F(RunTest, openSizesNeedMaxDims) {
  if (!canExecute())
    GTEST_SKIP();
  ASSERT_EQ(open(batchPlan(INT64_MAX).bytes()), DSC_OK) << error.message;
  EXPECT_EQ(create(), DSC_E_INVALID_ARGUMENT);
  EXPECT_NE(strstr(error.message, "batch"), nullptr);
  int64_t dims[] = {5};
  auto options = sized<dsc_context_options>();
  options.max_dims = dims;
  options.num_max_dims = 1;
  ASSERT_EQ(create(options), DSC_OK) << error.message;
  std::vector<float> x(24, 3.0f);
  std::vector<dsc_tensor> out = {stagedOutput()};
  ASSERT_EQ(run({tensor(x, DSC_F32, {5, 4})}, out), DSC_OK) << error.message;
  EXPECT_EQ(static_cast<float *>(out[0].data)[19], 6.0f);
  out = {stagedOutput()};
  EXPECT_EQ(run({tensor(x, DSC_F32, {6, 4})}, out), DSC_E_LIMIT);
}

/// A plan whose output size is read from its input: out[i] = dims[i] for i < n, n = the input.
static PlanBuilder dataPlan() {
  PlanBuilder b;
  uint32_t n = b.symbol("n", 0, 4, SymbolKind::Data);
  uint32_t one = b.constant(1), eight = b.constant(8);
  uint32_t bytes = b.op(ShapeOpKind::Mul, n, eight);
  b.input("count", DType::I64, {one});
  b.output("y", DType::I64, {n});
  b.buffer(Place::Input, 0, 0, 8, DType::I64);
  BufferT &out = b.buffer(Place::Output, 0, 0, 32, DType::I64);
  out.size_slot = bytes;
  out.shape = {n};
  uint32_t dims = b.kernel("dims", {2}, 4);
  b.step(StepKind::ReadDim, {0}, {n});
  b.launch(dims, {1}, n, {eight, one, n, bytes});
  return b;
}

TEST_F(RunTest, readsSizesFromData) {
  prepare(dataPlan().bytes());
  std::vector<int64_t> count = {3};
  std::vector<dsc_tensor> out = {stagedOutput()};
  ASSERT_EQ(run({tensor(count, DSC_I64, {1})}, out), DSC_OK) << error.message;
  EXPECT_EQ(out[0].shape[0], 3);
  const int64_t *y = static_cast<int64_t *>(out[0].data);
  EXPECT_EQ(std::vector<int64_t>(y, y + 3), (std::vector<int64_t>{8, 1, 3}));
  for (int64_t bad : {int64_t(5), int64_t(-1), INT64_MAX}) {
    count[0] = bad;
    out = {stagedOutput()};
    EXPECT_EQ(run({tensor(count, DSC_I64, {1})}, out), DSC_E_BAD_DATA);
    EXPECT_EQ(error.where, 0u);
  }
  count[0] = 4;
  out = {stagedOutput()};
  EXPECT_EQ(dsc_context_output_shapes(context, nullptr, 0, out.data(), 1, &error), DSC_E_INVALID_ARGUMENT);
  dsc_tensor in = tensor(count, DSC_I64, {1});
  ASSERT_EQ(dsc_context_output_shapes(context, &in, 1, out.data(), 1, &error), DSC_OK) << error.message;
  EXPECT_EQ(out[0].shape[0], 4);
  EXPECT_EQ(out[0].data_bytes, 32u);
}

TEST_F(RunTest, zeroTilesRunNothing) {
  prepare(dataPlan().bytes());
  std::vector<int64_t> count = {0};
  std::vector<dsc_tensor> out = {stagedOutput()};
  ASSERT_EQ(run({tensor(count, DSC_I64, {1})}, out), DSC_OK) << error.message;
  EXPECT_EQ(out[0].shape[0], 0);
}

TEST_F(RunTest, fillAndBarrier) {
  PlanBuilder b;
  uint32_t n = b.constant(7);
  b.output("y", DType::U8, {n});
  b.buffer(Place::Output, 0, 0, 7, DType::U8);
  b.step(StepKind::Fill, {0});
  b.step(StepKind::Barrier, {});
  prepare(b.bytes());
  std::vector<uint8_t> y(7, 9);
  std::vector<dsc_tensor> out = {tensor(y, DSC_U8, {})};
  ASSERT_EQ(run({}, out), DSC_OK) << error.message;
  EXPECT_EQ(y, std::vector<uint8_t>(7, 0));
}

TEST_F(RunTest, faultsNameTheStep) {
  PlanBuilder b;
  uint32_t n = b.constant(4);
  b.input("x", DType::I32, {n});
  b.output("y", DType::I32, {n});
  b.buffer(Place::Input, 0, 0, 16, DType::I32);
  b.buffer(Place::Output, 0, 0, 16, DType::I32);
  b.buffer(Place::Fault, 0, 0, faultBytes, DType::I32);
  b.launch(b.kernel("check", {1, 2, 2}), {0, 1, 2}, n);
  prepare(b.bytes());
  std::vector<int32_t> x = {1, 2, -3, 4};
  std::vector<dsc_tensor> out = {stagedOutput()};
  EXPECT_EQ(run({tensor(x, DSC_I32, {4})}, out), DSC_E_BAD_DATA);
  EXPECT_EQ(error.where, 0u);
  EXPECT_NE(strstr(error.message, "node_0"), nullptr);
  x[2] = 3;
  out = {stagedOutput()};
  EXPECT_EQ(run({tensor(x, DSC_I32, {4})}, out), DSC_OK) << "the fault word is per run";
}

/// Reports the MXCSR of each tile.
static PlanBuilder statePlan(int64_t tiles, const char *kernel = "mxcsr", DType type = DType::U32) {
  PlanBuilder b;
  uint32_t n = b.constant(tiles);
  uint64_t bytes = uint64_t(tiles) * (type == DType::U32 ? 4 : 8);
  b.output("y", type, {n});
  b.buffer(Place::Output, 0, 0, bytes, type);
  b.launch(b.kernel(kernel, {2}, 0, 64), {0}, n);
  return b;
}

TEST_F(RunTest, floatingPointStateIsOurs) {
  auto options = sized<dsc_runtime_options>();
  options.num_threads = 4;
  start(options);
  prepare(statePlan(64).bytes());
  uint32_t before = __builtin_ia32_stmxcsr(), hostile = before | 0x8040; // flush to zero, denormals are zero
  __builtin_ia32_ldmxcsr(hostile);
  std::vector<dsc_tensor> out = {stagedOutput()};
  dsc_status status = run({}, out);
  uint32_t after = __builtin_ia32_stmxcsr();
  __builtin_ia32_ldmxcsr(before);
  ASSERT_EQ(status, DSC_OK) << error.message;
  EXPECT_EQ(after, hostile) << "the host's state comes back";
  for (int i = 0; i < 64; ++i)
    EXPECT_EQ(static_cast<uint32_t *>(out[0].data)[i] & 0xFFC0u, rt::kernelMxcsr & 0xFFC0u);
}

TEST_F(RunTest, threadsHaveTheirOwnScratch) {
  auto options = sized<dsc_runtime_options>();
  options.num_threads = 4;
  start(options);
  prepare(statePlan(10000, "scratch", DType::I64).bytes());
  for (int repeat = 0; repeat < 50; ++repeat) {
    std::vector<dsc_tensor> out = {stagedOutput()};
    ASSERT_EQ(run({}, out), DSC_OK) << error.message;
    for (int64_t i = 0; i < 10000; ++i)
      ASSERT_EQ(static_cast<int64_t *>(out[0].data)[i], i);
  }
}

TEST_F(RunTest, enqueueRunsAndWaitRepeatsItsStatus) {
  prepare(statePlan(4).bytes());
  dsc_tensor out = stagedOutput();
  EXPECT_EQ(dsc_context_wait(context, 0, &error), DSC_OK);
  EXPECT_EQ(dsc_context_enqueue(context, nullptr, 0, &out, 1, &out, &error), DSC_E_INVALID_ARGUMENT) << "no streams here";
  EXPECT_EQ(dsc_context_enqueue(context, nullptr, 0, &out, 1, nullptr, &error), DSC_OK) << error.message;
  EXPECT_EQ(dsc_context_wait(context, 0, &error), DSC_OK);
  EXPECT_EQ(dsc_context_enqueue(context, nullptr, 0, &out, 0, nullptr, &error), DSC_E_INVALID_ARGUMENT);
  EXPECT_EQ(dsc_context_wait(context, 0, &error), DSC_E_INVALID_ARGUMENT);
}

} // namespace dsc::test
