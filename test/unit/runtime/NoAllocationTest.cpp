// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A run allocates nothing: malloc, mmap and their kin are interposed for the real shared library.
#include "Fixture.h"

#include <atomic>
#include <dlfcn.h>
#include <sys/mman.h>

static std::atomic<bool> isWatching{false};
static std::atomic<int> calls{0};

static void count() {
  if (isWatching)
    ++calls;
}

extern "C" {
void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);

void *malloc(size_t n) {
  count();
  return __libc_malloc(n);
}
void *calloc(size_t n, size_t m) {
  count();
  return __libc_calloc(n, m);
}
void *realloc(void *p, size_t n) {
  count();
  return __libc_realloc(p, n);
}
void *aligned_alloc(size_t align, size_t n) {
  count();
  return __libc_memalign(align, n);
}
int posix_memalign(void **p, size_t align, size_t n) {
  count();
  *p = __libc_memalign(align, n);
  return *p ? 0 : 12;
}
void *mmap(void *at, size_t n, int prot, int flags, int fd, off_t offset) {
  count();
  using Real = void *(*)(void *, size_t, int, int, int, off_t);
  static Real real = reinterpret_cast<Real>(dlsym(RTLD_NEXT, "mmap"));
  return real(at, n, prot, flags, fd, offset);
}
}

namespace dsc::test {

using NoAllocationTest = RuntimeTest;

TEST_F(NoAllocationTest, runsAllocateNothing) {
  auto options = sized<dsc_runtime_options>();
  options.num_threads = 2;
  start(options);
  int before = calls;
  isWatching = true;
  ASSERT_EQ(open(batchPlan(64).bytes()), DSC_OK) << error.message;
  isWatching = false;
  EXPECT_GT(calls, before) << "the library's calls must be seen";
  if (!canExecute())
    GTEST_SKIP();
  ASSERT_EQ(create(), DSC_OK) << error.message;
  std::vector<float> x(256, 1.0f), y(256);
  dsc_tensor in = tensor(x, DSC_F32, {64, 4}), staged = stagedOutput(), own = tensor(y, DSC_F32, {}), bad = in;
  bad.shape[0] = 65;
  calls = 0;
  isWatching = true;
  int status = 0;
  for (int64_t batch = 1; batch <= 64; ++batch) {
    in.shape[0] = batch;
    staged.data = nullptr;
    status |= dsc_context_run(context, &in, 1, &staged, 1, 0, &error);
    status |= dsc_context_run(context, &in, 1, &own, 1, 1000000000, &error);
    status |= dsc_context_enqueue(context, &in, 1, &own, 1, nullptr, &error);
    status |= dsc_context_set_variant(context, 0, &error);
    status |= dsc_context_output_shapes(context, &in, 1, &own, 1, &error);
    own.data_bytes = 4 * 256;
    status |= dsc_context_run(context, &bad, 1, &own, 1, 0, &error) == DSC_OK;
  }
  isWatching = false;
  EXPECT_EQ(status, 0) << error.message;
  EXPECT_EQ(calls, 0);
}

TEST_F(NoAllocationTest, pipelinesAllocateNothing) {
  if (!canExecute())
    GTEST_SKIP();
  PlanFile file = chainPlan(4, 256);
  file.plan.functions[0]->variants[0]->entries[0]->units[3]->stage = 1;
  ASSERT_EQ(open(file.write()), DSC_OK) << error.message;
  dsc_pipeline *pipeline = nullptr;
  ASSERT_EQ(dsc_pipeline_create(plan, nullptr, &pipeline, &error), DSC_OK) << error.message;
  std::vector<float> x(256, 1.0f), y(256), z(256);
  dsc_tensor in = tensor(x, DSC_F32, {256}), first = tensor(y, DSC_F32, {}), second = tensor(z, DSC_F32, {});
  calls = 0;
  isWatching = true;
  int status = 0;
  for (int i = 0; i < 100; ++i) {
    uint64_t tickets[2];
    status |= dsc_pipeline_submit(pipeline, &in, 1, &first, 1, &tickets[0], &error);
    status |= dsc_pipeline_submit(pipeline, &in, 1, &second, 1, &tickets[1], &error);
    status |= dsc_pipeline_wait(pipeline, tickets[0], 0, &error);
    status |= dsc_pipeline_wait(pipeline, tickets[1], 1000000000, &error);
  }
  isWatching = false;
  dsc_pipeline_release(pipeline);
  EXPECT_EQ(status, 0) << error.message;
  EXPECT_EQ(calls, 0);
  EXPECT_EQ(z[255], 8.0f);
}

} // namespace dsc::test
