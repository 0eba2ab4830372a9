// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Lists every number and every vector of a plan's tables, so that a mutator can pick one.
#ifndef DSC_TEST_FUZZ_PLANFIELDS_H
#define DSC_TEST_FUZZ_PLANFIELDS_H

#include "runtime/schema/plan_generated.h"

#include <functional>

namespace dsc::test {

/// A number in memory.
struct Field {
  void *data;
  size_t bytes;
};

/// A vector that can lose, swap or (numbers only) repeat an element.
struct List {
  std::function<size_t()> size;
  std::function<void(size_t)> remove, repeat;
  std::function<void(size_t, size_t)> swap;
};

struct PlanFields {
  std::vector<Field> fields;
  std::vector<List> lists;
  std::vector<std::string *> texts;
};

PlanFields listFields(schema::PlanT &plan);

} // namespace dsc::test
#endif
