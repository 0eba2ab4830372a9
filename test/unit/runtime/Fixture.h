// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Opens hand-built plans through the C API; everything is released at the end of a test.
#ifndef DSC_TEST_UNIT_RUNTIME_FIXTURE_H
#define DSC_TEST_UNIT_RUNTIME_FIXTURE_H

#include "PlanBuilder.h"

#include <dsc/dsc.hpp>
#include <gtest/gtest.h>

#include <cstring>

namespace dsc::test {

/// A dsc_error ready to use.
struct Error : dsc_error {
  Error() {
    memset(static_cast<dsc_error *>(this), 0, sizeof(dsc_error));
    struct_size = sizeof(dsc_error);
  }
};

/// A tensor over memory of the test.
template <class T>
dsc_tensor tensor(std::vector<T> &data, int32_t dtype, const std::vector<int64_t> &shape) {
  dsc_tensor t = {};
  t.struct_size = sizeof t;
  t.dtype = dtype;
  t.device_kind = DSC_CPU;
  t.rank = int32_t(shape.size());
  std::copy(shape.begin(), shape.end(), t.shape);
  t.data = data.data();
  t.data_bytes = data.size() * sizeof(T);
  return t;
}

/// An output the context provides.
inline dsc_tensor stagedOutput() {
  dsc_tensor t = {};
  t.struct_size = sizeof t;
  return t;
}

/// True where the machine can run the test kernels; tests that execute skip themselves otherwise.
inline bool canExecute() {
  return __builtin_cpu_supports("avx2");
}

class RuntimeTest : public ::testing::Test {
protected:
  void TearDown() override {
    dsc_context_release(context);
    dsc_plan_release(plan);
    dsc_runtime_release(runtime);
  }

  /// A runtime of one thread unless `options` says otherwise.
  void start(dsc_runtime_options options = sized<dsc_runtime_options>()) {
    if (!options.num_threads && !options.threads)
      options.num_threads = 1;
    ASSERT_EQ(dsc_runtime_create(&options, &runtime, &error), DSC_OK) << error.message;
  }

  dsc_status open(const Bytes &bytes, dsc_plan_options options = sized<dsc_plan_options>()) {
    if (!runtime)
      start();
    dsc_plan_release(plan);
    // malloc'ed at the exact size, so that the sanitizer sees a read behind the end.
    file.reset(static_cast<uint8_t *>(aligned_alloc(64, (bytes.size() + 63) & ~size_t(63))));
    std::copy(bytes.begin(), bytes.end(), file.get());
    return dsc_plan_open_memory(runtime, file.get(), bytes.size(), &options, &plan, &error);
  }

  dsc_status create(dsc_context_options options = sized<dsc_context_options>()) {
    dsc_context_release(context);
    return dsc_context_create(plan, &options, &context, &error);
  }

  /// Opens and creates; fails the test on an error.
  void prepare(const Bytes &bytes) {
    if (!canExecute())
      GTEST_SKIP() << "this machine lacks CPU level v3";
    ASSERT_EQ(open(bytes), DSC_OK) << error.message;
    ASSERT_EQ(create(), DSC_OK) << error.message;
  }

  dsc_status run(std::vector<dsc_tensor> in, std::vector<dsc_tensor> &out, uint64_t timeoutNs = 0) {
    return dsc_context_run(context, in.data(), uint32_t(in.size()), out.data(), uint32_t(out.size()), timeoutNs, &error);
  }

  struct Free {
    void operator()(uint8_t *p) const { free(p); }
  };
  std::unique_ptr<uint8_t, Free> file;
  dsc_runtime *runtime = nullptr;
  dsc_plan *plan = nullptr;
  dsc_context *context = nullptr;
  Error error;
};

} // namespace dsc::test
#endif
