// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Plans that are sealed correctly and wrong in one place.
#ifndef DSC_TEST_UNIT_RUNTIME_REFUSALS_H
#define DSC_TEST_UNIT_RUNTIME_REFUSALS_H

#include "Fixture.h"

#include <functional>

namespace dsc::test {

class RefusalTest : public RuntimeTest {
protected:
  using Change = std::function<void(PlanBuilder &)>;

  /// `change` is applied to a finished plan, which must then be refused with `status` and a message holding `text`.
  void refuses(PlanBuilder builder, const Change &change, const std::string &text,
               dsc_status status = DSC_E_CORRUPT_PLAN) {
    builder.finish();
    change(builder);
    EXPECT_EQ(open(builder.file.write()), status) << "for: " << text << ", message: " << error.message;
    EXPECT_NE(std::string(error.message).find(text), std::string::npos) << error.message << " lacks: " << text;
    EXPECT_EQ(plan, nullptr);
  }
  void refuses(const Change &change, const std::string &text, dsc_status status = DSC_E_CORRUPT_PLAN) {
    refuses(addPlan(16), change, text, status);
  }
  void accepts(PlanBuilder builder, const Change &change) {
    builder.finish();
    change(builder);
    EXPECT_EQ(open(builder.file.write()), DSC_OK) << error.message;
  }

  static schema::StepT &step(PlanBuilder &b, size_t i) { return *b.entry().programs[0]->steps[i]; }
  static schema::BufferT &buffer(PlanBuilder &b, size_t i) { return *b.entry().buffers[i]; }
  static schema::KernelT &kernel(PlanBuilder &b) { return *b.file.plan.kernels[0]; }
};

} // namespace dsc::test
#endif
